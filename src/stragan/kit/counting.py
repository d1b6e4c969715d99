"""Counts of lists: exact as far as somebody reads them, "more than" beyond that."""

from typing import Any, Final, Self

from django.db.models import QuerySet

LIMIT: Final = 10_000
SEARCH_LIMIT: Final = 500  # each hit of an index of words is looked up by itself


class Counted(int):
    """A number of rows; one that exceeds its ``limit`` says only that there are more than the limit."""

    limit: int

    def __new__(cls, number: int, *, limit: int = LIMIT) -> Self:
        """Keep *number*, and how far was counted."""
        made = super().__new__(cls, number)
        made.limit = limit
        return made

    @property
    def is_capped(self) -> bool:
        """Whether there are more than were counted."""
        return self > self.limit


def count_rows(rows: QuerySet[Any, Any], *, limit: int = LIMIT) -> Counted:
    """Count *rows*, in their order, up to *limit* and one."""
    return Counted(rows.values("pk")[: limit + 1].count(), limit=limit)


def is_capped(total: int) -> bool:
    """Whether *total* is a count that stopped at its limit; a plain number has the limit of lists."""
    return total > getattr(total, "limit", LIMIT)
