"""Registers the room with Django."""

from django.apps import AppConfig


class DocumentsConfig(AppConfig):
    """The documents room."""

    name = "stragan.documents"
    label = "documents"

    def ready(self) -> None:
        """Have the database guard issued documents."""
        from stragan.kit.guards import guard_table  # noqa: PLC0415 -- Django is not ready before

        guard_table("documents_document", refusal="an issued document cannot be changed or deleted")
