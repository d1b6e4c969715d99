"""Inserts many rows in one statement, without a model instance for each: the import's fast way in.

Four fifths of ``bulk_create`` are spent on instances and on preparing each value through several
layers. Here a column's kind decides once how its values are prepared.
"""

import json
from collections.abc import Callable, Iterable, Sequence
from typing import Final, cast

from django.db import models, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from stragan.core.money import to_minor
from stragan.kit.fields import MinorUnitsField

Prepare = Callable[[object], object]

_LARGEST_STATEMENT: Final = 30_000  # parameters; SQLite takes 32,766


def insert_rows(
    model: type[models.Model],
    *,
    columns: Sequence[str],
    rows: Iterable[Sequence[object]],
    returning: Sequence[str] = (),
) -> list[tuple[object, ...]]:
    """Insert *rows*, whose values stand in the order of *columns* (names of fields; of a relation, ids).

    Every column without a database default must be named. Runs in the caller's transaction. Gives the
    *returning* columns of the new rows, in no certain order.
    """
    found = list(rows)
    if not found:
        return []
    connection = transaction.get_connection()
    meta = model._meta  # noqa: SLF001 -- Django's documented way to a table's name and columns
    fields = [cast("models.Field[object, object]", meta.get_field(name)) for name in columns]
    prepares = [_prepare_for(field, connection) for field in fields]
    quote = connection.ops.quote_name
    names = ",".join(quote(str(field.column)) for field in fields)
    place = f"({','.join(['%s'] * len(columns))})"
    head = f"INSERT INTO {quote(meta.db_table)} ({names}) VALUES "  # noqa: S608 -- our own names only
    tail = f" RETURNING {','.join(map(quote, returning))}" if returning else ""
    answers: list[tuple[object, ...]] = []
    at_once = max(1, _LARGEST_STATEMENT // len(columns))
    with connection.cursor() as cursor:
        for start in range(0, len(found), at_once):
            part = found[start : start + at_once]
            values = [
                value if prepare is None or value is None else prepare(value)
                for row in part
                for prepare, value in zip(prepares, row, strict=True)
            ]
            cursor.execute(head + ",".join([place] * len(part)) + tail, values)
            if returning:
                answers += cursor.fetchall()
    return answers


def _prepare_for(field: object, connection: BaseDatabaseWrapper) -> Prepare | None:
    """How values of a column go to the database; None where they go as they are."""
    if isinstance(field, MinorUnitsField):
        return cast("Prepare", to_minor)  # such a column holds amounts only
    if isinstance(field, models.JSONField):
        return json.dumps
    if isinstance(field, models.DateTimeField):
        return cast("Prepare", connection.ops.adapt_datetimefield_value)
    return None
