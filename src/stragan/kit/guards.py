"""Triggers that make the database itself refuse to change or delete what must stay.

Each guarded table is registered by the room that owns it. Guards are put back after every
``migrate``, since SQLite drops a table's triggers when Django rebuilds it, and are looked for at
start. A database owner can still drop a trigger: the hash kept with each document tells.
"""

from dataclasses import dataclass
from typing import Final

from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper


@dataclass(frozen=True, slots=True)
class Guard:
    """What an append-only table refuses with, and the SQL conditions that name an existing row."""

    refusal: str
    same_row: tuple[str, ...]


GUARDED: Final[dict[str, Guard]] = {}


def guard_table(table: str, *, refusal: str, same_row: tuple[str, ...] = ()) -> None:
    """Register *table* as append-only; *refusal* is the word the database answers with.

    *same_row* holds SQL conditions, one per unique constraint, that find the row which an
    ``INSERT OR REPLACE`` of ``NEW`` would silently put away on SQLite.
    """
    GUARDED[table] = Guard(refusal, ("id = NEW.id", *same_row))


def install_guards(using: str = "default") -> None:
    """Create the triggers of all registered tables that exist; safe to repeat."""
    connection = connections[using]
    existing = set(connection.introspection.table_names())
    with connection.cursor() as cursor:
        for table, guard in GUARDED.items():
            if table in existing:
                for statement in _statements(connection, table, guard):
                    cursor.execute(statement)


def remove_guards(using: str = "default") -> None:
    """Drop the triggers: for the test suite, which empties tables, and for nothing else."""
    connection = connections[using]
    with connection.cursor() as cursor:
        for table in GUARDED:
            for name in _trigger_names(table, connection.vendor):
                on = f" ON {table}" if connection.vendor == "postgresql" else ""
                cursor.execute(f"DROP TRIGGER IF EXISTS {name}{on}")


def missing_guards(using: str = "default") -> list[str]:
    """Names of triggers that should be there and are not."""
    connection = connections[using]
    sql = (
        "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal"
        if connection.vendor == "postgresql"
        else "SELECT name FROM sqlite_master WHERE type = 'trigger'"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql)
        present = {row[0] for row in cursor.fetchall()}
    wanted = [name for table in GUARDED for name in _trigger_names(table, connection.vendor)]
    return [name for name in wanted if name not in present]


def _trigger_names(table: str, vendor: str) -> list[str]:
    # INSERT OR REPLACE slips past a delete trigger on SQLite, TRUNCATE past row triggers on PostgreSQL.
    last = "truncate" if vendor == "postgresql" else "replace"
    return [f"{table}_no_update", f"{table}_no_delete", f"{table}_no_{last}"]


def _statements(connection: BaseDatabaseWrapper, table: str, guard: Guard) -> list[str]:
    if connection.vendor == "postgresql":
        function = f"{table}_refuse"
        body = (
            f"BEGIN RAISE EXCEPTION '{guard.refusal}' USING ERRCODE = 'integrity_constraint_violation'; END"
        )
        return [
            f"CREATE OR REPLACE FUNCTION {function}() RETURNS trigger AS $$ {body} $$ LANGUAGE plpgsql",
            *(
                f"CREATE OR REPLACE TRIGGER {table}_no_{event} BEFORE {event} ON {table} "
                f"FOR EACH {'STATEMENT' if event == 'truncate' else 'ROW'} EXECUTE FUNCTION {function}()"
                for event in ("update", "delete", "truncate")
            ),
        ]
    refuse = f"BEGIN SELECT RAISE(ABORT, '{guard.refusal}'); END"
    return [
        f"CREATE TRIGGER IF NOT EXISTS {table}_no_update BEFORE UPDATE ON {table} {refuse}",
        f"CREATE TRIGGER IF NOT EXISTS {table}_no_delete BEFORE DELETE ON {table} {refuse}",
        f"CREATE TRIGGER IF NOT EXISTS {table}_no_replace BEFORE INSERT ON {table} "
        f"WHEN EXISTS (SELECT 1 FROM {table} WHERE {' OR '.join(guard.same_row)}) {refuse}",
    ]
