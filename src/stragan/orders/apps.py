"""Registers the room with Django."""

from django.apps import AppConfig


class OrdersConfig(AppConfig):
    """The orders room."""

    name = "stragan.orders"
    label = "orders"

    def ready(self) -> None:
        """Have the table indexed for search."""
        from stragan.kit.search import search_table  # noqa: PLC0415 -- Django is not ready before

        search_table("orders_order")
