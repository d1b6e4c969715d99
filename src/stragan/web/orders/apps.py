"""Registers the area with Django."""

from django.apps import AppConfig


class OrdersConfig(AppConfig):
    """Pages: orders."""

    name = "stragan.web.orders"
    label = "web_orders"
