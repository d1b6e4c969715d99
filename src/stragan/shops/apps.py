"""Registers the room with Django."""

from django.apps import AppConfig


class ShopsConfig(AppConfig):
    """The shops room."""

    name = "stragan.shops"
    label = "shops"

    def ready(self) -> None:
        """Have offers indexed for search, and payment operations kept as they came."""
        from stragan.kit.guards import guard_table  # noqa: PLC0415 -- Django is not ready before
        from stragan.kit.search import search_table  # noqa: PLC0415 -- Django is not ready before

        search_table("shops_offer")
        guard_table("shops_paymentoperation", refusal="a payment operation cannot be changed or deleted")
        guard_table("shops_billingentry", refusal="a billing entry cannot be changed or deleted")
