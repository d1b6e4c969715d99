"""Counts of lists: exact as far as somebody reads them, "more than" beyond that."""

from collections.abc import Iterable
from typing import Any, Final, Self

from django.db.models import QuerySet

from stragan.kit import prepared

Statement = tuple[str, tuple[Any, ...]]

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


def counting(several: Iterable[QuerySet[Any, Any]]) -> Statement:
    """Make the one statement that counts each of *several* as ``count_rows`` would.

    Making it takes longer than counting: who counts the same on every page keeps it.
    """
    counts: list[str] = []
    values: list[Any] = []
    for rows in several:
        sql, params = rows.values("pk")[: LIMIT + 1].query.sql_with_params()
        counts.append(f"(SELECT COUNT(*) FROM ({sql}) counted)")  # noqa: S608 -- Django's own statement
        values += params
    return f"SELECT {', '.join(counts)}", tuple(values)


def counted(statement: Statement) -> list[Counted]:
    """Send what ``counting`` made."""
    return [Counted(count) for count in prepared.row_of(*statement)]


def is_capped(total: int) -> bool:
    """Whether *total* is a count that stopped at its limit; a plain number has the limit of lists."""
    return total > getattr(total, "limit", LIMIT)
