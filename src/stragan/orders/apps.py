"""Registers the room with Django."""

from django.apps import AppConfig


class OrdersConfig(AppConfig):
    """The orders room."""

    name = "stragan.orders"
    label = "orders"

    def ready(self) -> None:
        """Have the table indexed for search, and statements kept as they were signed."""
        from stragan.kit.guards import guard_table  # noqa: PLC0415 -- Django is not ready before
        from stragan.kit.search import search_table  # noqa: PLC0415 -- Django is not ready before

        search_table("orders_order")
        guard_table("orders_statement", refusal="a statement cannot be changed or deleted")
