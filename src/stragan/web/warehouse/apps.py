"""Registers the area with Django."""

from django.apps import AppConfig


class WarehouseConfig(AppConfig):
    """Pages: stock."""

    name = "stragan.web.warehouse"
    label = "web_warehouse"
