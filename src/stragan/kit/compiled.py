"""Statements whose text is made once: Django takes longer to write a small one than it takes to answer."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet


@dataclass(frozen=True, slots=True)
class Compiled:
    """The text and values of a ``values_list``, and which of its columns come as something else."""

    sql: str
    values: tuple[Any, ...]
    converted: tuple[tuple[int, Any], ...]  # the column's place and expression

    def rows(self) -> list[tuple[Any, ...]]:
        """Ask, each time anew."""
        if not self.sql:
            return []
        with connection.cursor() as cursor:
            cursor.execute(self.sql, self.values)
            found: list[tuple[Any, ...]] = cursor.fetchall()
        if not self.converted:
            return found
        # Of the connection that asks: kept ones would hold on to that of a thread which has ended.
        steps = [
            (place, expression, convert)
            for place, expression in self.converted
            for convert in _converters(expression)
        ]
        return [_converted(row, steps) for row in found]


def compiled(rows: QuerySet[Any, tuple[Any, ...]]) -> Compiled:
    """Make the statement of *rows*, a ``values_list`` that asks nothing while it is put together.

    For those that many pages ask alike: who asks keeps it by what it was made of.
    """
    compiler = rows.query.get_compiler(rows.db)
    try:
        sql, values = compiler.as_sql()
    except EmptyResultSet:  # what cannot find anything is not asked
        return Compiled("", (), ())
    columns = enumerate(column for column, _sql, _alias in compiler.select)
    converted = tuple((place, column) for place, column in columns if _converters(column))
    return Compiled(sql, tuple(values), converted)


def _converters(expression: Any) -> list[Callable[..., Any]]:
    """What Django makes a value of this column with."""
    return [*connection.ops.get_db_converters(expression), *expression.get_db_converters(connection)]


def _converted(row: tuple[Any, ...], steps: Sequence[tuple[int, Any, Callable[..., Any]]]) -> tuple[Any, ...]:
    values = list(row)
    for place, expression, convert in steps:
        values[place] = convert(values[place], expression, connection)
    return tuple(values)
