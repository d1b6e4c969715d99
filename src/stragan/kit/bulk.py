"""Inserts many rows in one statement, without a model instance for each: the import's fast way in.

Four fifths of ``bulk_create`` are spent on instances and on preparing each value through several
layers. Here a column's kind decides once how its values are prepared. PostgreSQL is given many rows by
COPY: half the time of a statement with thousands of parameters, which must be written and parsed.
"""

import json
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import Final, cast
from uuid import UUID

from django.db import models, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from stragan.core.money import to_minor
from stragan.kit.fields import MinorUnitsField, TenThousandths

Prepare = Callable[[object], object]

_LARGEST_STATEMENT: Final = 30_000  # parameters; SQLite takes 32,766
_WORTH_COPYING: Final = 10  # rows; COPY goes to the server and back once more


def insert_rows(
    model: type[models.Model],
    *,
    columns: Sequence[str],
    rows: Iterable[Sequence[object]],
    returning: Sequence[str] = (),
    ignore_conflicts: bool = False,
    unique: Sequence[str] = (),
    refreshed: Sequence[str] = (),
) -> list[tuple[object, ...]]:
    """Insert *rows*, whose values stand in the order of *columns* (names of fields; of a relation, ids).

    Every column without a database default must be named. Runs in the caller's transaction. Gives the
    *returning* columns of the new rows, ``id`` or some of *columns*, in no certain order. With
    *ignore_conflicts* rows that break a unique key are left out; where *unique* columns are there already,
    the *refreshed* ones of that row are written.
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
    if (
        connection.vendor == "postgresql"
        and len(found) >= _WORTH_COPYING
        and not (ignore_conflicts or unique)
    ):
        return _copy_in(
            connection,
            meta.db_table,
            names,
            columns=columns,
            prepares=prepares,
            rows=found,
            returning=returning,
        )
    place = f"({','.join(['%s'] * len(columns))})"
    head = f"INSERT INTO {quote(meta.db_table)} ({names}) VALUES "  # noqa: S608 -- our own names only
    skip = " ON CONFLICT DO NOTHING" if ignore_conflicts else ""
    if unique:
        column = {name: quote(str(field.column)) for name, field in zip(columns, fields, strict=True)}
        fresh = ",".join(f"{column[name]}=excluded.{column[name]}" for name in refreshed)
        skip = f" ON CONFLICT ({','.join(column[name] for name in unique)}) DO UPDATE SET {fresh}"
    tail = f" RETURNING {','.join(map(quote, returning))}" if returning else ""
    answers: list[tuple[object, ...]] = []
    at_once = max(1, _LARGEST_STATEMENT // len(columns))
    with connection.cursor() as cursor:
        for start in range(0, len(found), at_once):
            part = found[start : start + at_once]
            values = [value for row in part for value in _prepared(prepares, row)]
            cursor.execute(head + ",".join([place] * len(part)) + skip + tail, values)
            if returning:
                answers += cursor.fetchall()
    return answers


def insert_instances(
    instances: Sequence[models.Model],
    *,
    key: str,
    unique: Sequence[str] = (),
    refreshed: Sequence[str] = (),
) -> None:
    """Insert new instances of one model and give them their ids; *key* is a text that tells them apart.

    A third of the time of ``bulk_create``; see ``insert_rows``.
    """
    if not instances:
        return
    meta = instances[0]._meta  # noqa: SLF001 -- Django's documented way to a model's columns
    fields = [field for field in meta.concrete_fields if not field.primary_key]
    answers = insert_rows(
        type(instances[0]),
        columns=[field.name for field in fields],
        rows=([getattr(row, field.attname) for field in fields] for row in instances),
        returning=["id", key],
        unique=unique,
        refreshed=refreshed,
    )
    ids = {value: pk for pk, value in answers}
    for row in instances:
        row.pk = ids[getattr(row, key)]
        row._state.adding, row._state.db = False, "default"  # noqa: SLF001 -- as ``bulk_create`` leaves them


def _copy_in(
    connection: BaseDatabaseWrapper,
    table: str,
    names: str,
    *,
    columns: Sequence[str],
    prepares: Sequence[Prepare | None],
    rows: Sequence[Sequence[object]],
    returning: Sequence[str],
) -> list[tuple[object, ...]]:
    """Insert by COPY, which answers nothing: ids that are asked for are taken from the sequence before."""
    quote = connection.ops.quote_name
    ids: list[int] = []
    with connection.cursor() as cursor:
        if "id" in returning:
            cursor.execute(
                "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)",
                [quote(table), len(rows)],
            )
            ids = [pk for (pk,) in cursor.fetchall()]
            names = f"{quote('id')},{names}"
        with (
            connection.wrap_database_errors,
            cursor.copy(f"COPY {quote(table)} ({names}) FROM STDIN") as copy,
        ):
            for place, row in enumerate(rows):
                values = _prepared(prepares, row)
                copy.write_row([ids[place], *values] if ids else values)
    places = [None if name == "id" else columns.index(name) for name in returning]
    return [
        tuple(ids[number] if place is None else row[place] for place in places)
        for number, row in enumerate(rows if returning else ())
    ]


def add_to_sums(
    model: type[models.Model],
    *,
    key: Sequence[str],
    sums: Sequence[str],
    rows: Iterable[Sequence[object]],
) -> None:
    """Add amounts to the rows of a table of sums, which are made where they are missing; one statement.

    Each of *rows* has the values of *key*, which is unique in the table, then what is added to *sums*; no key
    comes twice. Runs in the caller's transaction.
    """
    found = list(rows)
    if not found:
        return
    connection = transaction.get_connection()
    meta = model._meta  # noqa: SLF001 -- Django's documented way to a table's name and columns
    fields = [cast("models.Field[object, object]", meta.get_field(name)) for name in (*key, *sums)]
    prepares = [_prepare_for(field, connection) for field in fields]
    quote = connection.ops.quote_name
    columns = [quote(str(field.column)) for field in fields]
    table = quote(meta.db_table)
    place = f"({','.join(['%s'] * len(columns))})"
    added = ",".join(f"{column}={table}.{column}+excluded.{column}" for column in columns[len(key) :])
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} ({','.join(columns)}) VALUES {','.join([place] * len(found))} "  # noqa: S608 -- our own names only
            f"ON CONFLICT ({','.join(columns[: len(key)])}) DO UPDATE SET {added}",
            [value for row in found for value in _prepared(prepares, row)],
        )


def _prepared(prepares: Sequence[Prepare | None], row: Sequence[object]) -> list[object]:
    return [
        value if prepare is None or value is None else prepare(value)
        for prepare, value in zip(prepares, row, strict=True)
    ]


def _prepare_for(field: object, connection: BaseDatabaseWrapper) -> Prepare | None:
    """How values of a column go to the database; None where they go as they are."""
    is_sqlite = connection.vendor == "sqlite"
    kinds: tuple[tuple[type, Prepare | None], ...] = (
        (MinorUnitsField, cast("Prepare", _minor)),  # such a column holds amounts only
        (models.JSONField, json.dumps),
        (models.DateTimeField, cast("Prepare", _utc_text) if is_sqlite else None),
        (models.DateField, cast("Prepare", str) if is_sqlite else None),
    )
    if isinstance(field, TenThousandths):
        return field.get_prep_value
    if isinstance(field, models.UUIDField):
        return None if connection.features.has_native_uuid_field else _hex
    return next((prepare for kind, prepare in kinds if isinstance(field, kind)), None)


# Amounts and instants repeat from row to row. 1 and 1.0 are not the same amount: a float is refused.
_minor: Final = lru_cache(maxsize=4096, typed=True)(to_minor)


@lru_cache(maxsize=1024)
def _utc_text(instant: datetime) -> str:
    """Write an instant as Django does for SQLite."""
    return str(instant.astimezone(UTC).replace(tzinfo=None))


def _hex(value: object) -> str:
    return cast("UUID", value).hex
