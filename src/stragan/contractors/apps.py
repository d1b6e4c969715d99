"""Registers the room with Django."""

from django.apps import AppConfig


class ContractorsConfig(AppConfig):
    """The contractors room."""

    name = "stragan.contractors"
    label = "contractors"

    def ready(self) -> None:
        """Have the table indexed for search."""
        from stragan.kit.search import search_table  # noqa: PLC0415 -- Django is not ready before

        search_table("contractors_contractor")
