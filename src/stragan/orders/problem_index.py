"""Orders by any of their problems: ``problems`` names a code, in a form that an index can be limited to.

A partial index per code, not one column with the first code: an order often has several. Each holds only the
orders with that problem, so a page is read from its newest end and a count stops at its end, however many
orders there are; those without problems, almost all, stand in none of them. The condition is the list itself,
so nothing has to be kept in step with it. It has no parameters, for SQLite finds no partial index by those.
"""

from typing import Any, Final

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.sql.compiler import SQLCompiler

from stragan.orders.states import Problem

LONGEST_NAME: Final = 30  # of an index


class HasProblem(models.Func):
    """Whether ``problems`` names *code*, one of ``Problem``."""

    output_field = models.BooleanField()

    def __init__(self, code: str) -> None:
        """Ask for *code*; an unknown one never gets into a statement."""
        self.code = Problem(code).value
        super().__init__(models.F("problems"))

    def as_sqlite(
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **_context: Any
    ) -> tuple[str, tuple[Any, ...]]:
        """Look into the text of the list."""
        del connection
        column, params = compiler.compile(self.source_expressions[0])
        return f"instr({column}, '\"{self.code}\"') > 0", tuple(params)

    def as_postgresql(
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **_context: Any
    ) -> tuple[str, tuple[Any, ...]]:
        """Look into the list."""
        del connection
        column, params = compiler.compile(self.source_expressions[0])
        return f"{column} @> '[\"{self.code}\"]'::jsonb", tuple(params)


def problem_indexes() -> list[models.Index]:
    """One index per problem. What hides orders stands at its end, so that they are passed over unread.

    The deletion stands before the date: with two columns given SQLite prefers it to the index of all orders.
    """
    return [
        models.Index(
            fields=["company", "deleted_at", "-created_at", "-id", "visible", "queue"],
            name=f"order_{problem.value}"[:LONGEST_NAME],
            condition=models.Q(HasProblem(problem.value)),
        )
        for problem in Problem
    ]
