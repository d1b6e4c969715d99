"""Statements whose text is made once: Django takes longer to write a small one than it takes to answer."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet

_Converter = tuple[int, Sequence[Callable[..., Any]], Any]


@dataclass(frozen=True, slots=True)
class Compiled:
    """The text and values of a ``values_list``, and what makes Python's values of the database's."""

    sql: str
    values: tuple[Any, ...]
    converters: tuple[_Converter, ...]

    def rows(self) -> list[tuple[Any, ...]]:
        """Ask, each time anew."""
        if not self.sql:
            return []
        with connection.cursor() as cursor:
            cursor.execute(self.sql, self.values)
            found: list[tuple[Any, ...]] = cursor.fetchall()
        return [self._converted(row) for row in found] if self.converters else found

    def _converted(self, row: tuple[Any, ...]) -> tuple[Any, ...]:
        values = list(row)
        for place, converters, expression in self.converters:
            for convert in converters:
                values[place] = convert(values[place], expression, connection)
        return tuple(values)


def compiled(rows: QuerySet[Any, tuple[Any, ...]]) -> Compiled:
    """Make the statement of *rows*, a ``values_list`` that asks nothing while it is put together.

    For those that many pages ask alike: who asks keeps it by what it was made of.
    """
    compiler = rows.query.get_compiler(rows.db)
    try:
        sql, values = compiler.as_sql()
    except EmptyResultSet:  # what cannot find anything is not asked
        return Compiled("", (), ())
    found = compiler.get_converters([column for column, _sql, _alias in compiler.select])
    converters = tuple((place, tuple(several), expression) for place, (several, expression) in found.items())
    return Compiled(sql, tuple(values), converters)
