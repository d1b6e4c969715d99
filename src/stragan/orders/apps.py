"""Registers the room with Django."""

from django.apps import AppConfig


class OrdersConfig(AppConfig):
    """The orders room."""

    name = "stragan.orders"
    label = "orders"
