"""A page of a list far from its beginning, without reading the rows before it."""

from typing import Any, TypeVar

from django.db import models

M = TypeVar("M", bound=models.Model)


def page_of(rows: models.QuerySet[M], *, start: int, size: int) -> list[M]:
    """Read *size* of *rows* from *start* on: first their ids, which the index of the list holds.

    *rows* are of one table with a ``CompanyManager`` and narrowed to a company.
    """
    if not start:
        return list(rows[:size])
    ids = list(rows.values_list("pk", flat=True)[start : start + size])
    manager: Any = rows.model._default_manager  # noqa: SLF001 -- Django's documented way to a manager
    found: dict[int, M] = manager.across_companies().in_bulk(ids)
    return [found[pk] for pk in ids if pk in found]
