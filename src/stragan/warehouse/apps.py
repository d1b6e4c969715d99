"""Registers the room with Django."""

from django.apps import AppConfig


class WarehouseConfig(AppConfig):
    """The warehouse room."""

    name = "stragan.warehouse"
    label = "warehouse"

    def ready(self) -> None:
        """Have the database guard what was moved, and levels follow the catalog."""
        from stragan.kit.guards import guard_table  # noqa: PLC0415 -- Django is not ready before
        from stragan.products.signals import products_changed  # noqa: PLC0415 -- same
        from stragan.warehouse.following import on_products_changed  # noqa: PLC0415 -- same

        products_changed.connect(on_products_changed, dispatch_uid="warehouse.levels")

        guard_table("warehouse_stockmove", refusal="a stock move cannot be changed or deleted")
        guard_table(
            "warehouse_stocknote",
            refusal="a stock note cannot be changed or deleted",
            same_row=(
                "public_id = NEW.public_id",
                "(company_id = NEW.company_id AND number = NEW.number)",
                "(series_id = NEW.series_id AND sequence = NEW.sequence)",
                "reverses_id = NEW.reverses_id",
            ),
        )
