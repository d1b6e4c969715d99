"""Whether a key is one of a page's: what ``__in`` says, without Django looking at each of a hundred ids."""

from collections.abc import Iterable
from typing import Any

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.sql.compiler import SQLCompiler


class Among(models.Func):
    """Whether the column *name* holds one of *keys*, ids of our own tables; without any it is false."""

    output_field = models.BooleanField()
    conditional = True

    def __init__(self, name: str, keys: Iterable[int]) -> None:
        """Ask of the column *name*."""
        self.keys = list(keys)
        super().__init__(models.F(name))

    def as_sqlite(
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **_context: Any
    ) -> tuple[str, tuple[Any, ...]]:
        """Write a list of values."""
        del connection
        column, params = compiler.compile(self.source_expressions[0])
        return f"{column} IN ({', '.join(['%s'] * len(self.keys))})", (*params, *self.keys)

    def as_postgresql(
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **_context: Any
    ) -> tuple[str, tuple[Any, ...]]:
        """Send one array: planned as a list, but written and read as one value."""
        del connection
        column, params = compiler.compile(self.source_expressions[0])
        return f"{column} = ANY(%s::bigint[])", (*params, self.keys)
