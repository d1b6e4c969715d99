"""Registers the room with Django."""

from django.apps import AppConfig


class BooksConfig(AppConfig):
    """The books room."""

    name = "stragan.books"
    label = "books"

    def ready(self) -> None:
        """Have the database guard what is posted."""
        from stragan.kit.guards import guard_table  # noqa: PLC0415 -- Django is not ready before

        posted = "a posted row cannot be changed or deleted"
        guard_table(
            "books_vatrow",
            refusal=posted,
            same_row=(
                "(reverses_id IS NULL AND NEW.reverses_id IS NULL AND document_id = NEW.document_id "
                "AND turn = NEW.turn)",
                "reverses_id = NEW.reverses_id",
            ),
        )
        guard_table(
            "books_revenuerow",
            refusal=posted,
            same_row=(
                "(reverses_id IS NULL AND NEW.reverses_id IS NULL AND document_id = NEW.document_id "
                "AND book = NEW.book AND rate = NEW.rate AND turn = NEW.turn)",
                "reverses_id = NEW.reverses_id",
            ),
        )
        guard_table("books_cashreport", refusal=posted, same_row=("public_id = NEW.public_id",))
