"""Statements whose text is made once: Django takes longer to write a small one than it takes to answer."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache, wraps
from typing import Any, Final, ParamSpec, cast

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet

P = ParamSpec("P")
Values = QuerySet[Any, tuple[Any, ...]]  # a ``values_list`` of any table
_KEPT: Final = 200  # of one kind, up to ten kilobytes each; the one not asked for longest is forgotten


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


def compiled(rows: Values) -> Compiled:
    """Make the statement of *rows*, a ``values_list`` that asks nothing while it is put together."""
    compiler = rows.query.get_compiler(rows.db)
    try:
        sql, values = compiler.as_sql()
    except EmptyResultSet:  # what cannot find anything is not asked
        return Compiled("", (), ())
    columns = enumerate(column for column, _sql, _alias in compiler.select)
    converted = tuple((place, column) for place, column in columns if _converters(column))
    return Compiled(sql, tuple(values), converted)


def made_once(make: Callable[P, Values]) -> Callable[P, Compiled]:
    """Keep the statement of each query set that *make* gives, by its arguments: for what many pages ask."""

    @lru_cache(maxsize=_KEPT)
    @wraps(make)
    def made(*args: P.args, **kwargs: P.kwargs) -> Compiled:
        return compiled(make(*args, **kwargs))

    return cast("Callable[P, Compiled]", made)


def _converters(expression: Any) -> list[Callable[..., Any]]:
    """What Django makes a value of this column with."""
    return [*connection.ops.get_db_converters(expression), *expression.get_db_converters(connection)]


def _converted(row: tuple[Any, ...], steps: Sequence[tuple[int, Any, Callable[..., Any]]]) -> tuple[Any, ...]:
    values = list(row)
    for place, expression, convert in steps:
        values[place] = convert(values[place], expression, connection)
    return tuple(values)
