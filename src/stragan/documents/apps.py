"""Registers the room with Django."""

from django.apps import AppConfig


class DocumentsConfig(AppConfig):
    """The documents room."""

    name = "stragan.documents"
    label = "documents"

    def ready(self) -> None:
        """Have the database guard issued documents and index them for search."""
        from stragan.kit.guards import guard_table  # noqa: PLC0415 -- Django is not ready before
        from stragan.kit.search import search_table  # noqa: PLC0415 -- same

        search_table("documents_document")
        guard_table("documents_printedlogo", refusal="a printed logo cannot be changed or deleted")
        guard_table(
            "documents_document",
            refusal="an issued document cannot be changed or deleted",
            same_row=(
                "public_id = NEW.public_id",
                "(company_id = NEW.company_id AND number = NEW.number)",
                "(series_id = NEW.series_id AND sequence = NEW.sequence)",
            ),
        )
