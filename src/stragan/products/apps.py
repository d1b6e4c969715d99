"""Registers the room with Django."""

from django.apps import AppConfig


class ProductsConfig(AppConfig):
    """The products room."""

    name = "stragan.products"
    label = "products"

    def ready(self) -> None:
        """Have the catalog indexed for search."""
        from stragan.kit.search import search_table  # noqa: PLC0415 -- Django is not ready before

        search_table("products_product")
