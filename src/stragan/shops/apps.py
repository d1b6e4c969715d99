"""Registers the room with Django."""

from django.apps import AppConfig


class ShopsConfig(AppConfig):
    """The shops room."""

    name = "stragan.shops"
    label = "shops"
