"""Registers the area with Django."""

from django.apps import AppConfig


class ProductsConfig(AppConfig):
    """Pages: the catalog."""

    name = "stragan.web.products"
    label = "web_products"
