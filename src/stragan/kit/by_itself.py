"""A column that must not choose the index: SQLite would take one of its own, of ten times the rows."""

from typing import Any

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.sql.compiler import SQLCompiler


class ByItself(models.Func):
    """A column that SQLite must not choose an index by."""

    arity = 1
    template = "%(expressions)s"

    def as_sqlite(
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **context: Any
    ) -> tuple[str, tuple[Any, ...]]:
        """Put a plus before it, which SQLite's manual recommends for that."""
        return self.as_sql(compiler, connection, template="+%(expressions)s", **context)
