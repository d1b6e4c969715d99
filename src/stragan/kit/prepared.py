"""Statements that PostgreSQL plans once per connection: those that every page sends alike.

A count over several partial indexes takes longer to plan than to do. The values stand in the text, so the
one plan is made for them and they prove the conditions of partial indexes; PostgreSQL makes it anew when
statistics or tables change.
"""

import hashlib
from collections.abc import Sequence
from typing import Any, Final
from weakref import WeakKeyDictionary

from django.db import ProgrammingError, connection

_MOST: Final = 50  # of one connection; what comes after them is planned each time
# Behind a pooler another server process may answer: one that has not prepared it, or for somebody else has.
_MIXED_UP: Final = frozenset({"26000", "42P05"})
# By the connection to the server: Django's wrapper of it connects anew.
_prepared: WeakKeyDictionary[Any, set[str]] = WeakKeyDictionary()


def row_of(sql: str, values: Sequence[Any]) -> tuple[Any, ...]:
    """Give the one row that a statement has.

    Within a transaction it is sent as it is, for a name that is not known would end the transaction.
    """
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql" and not connection.in_atomic_block:
            _execute(cursor, sql, values)
        else:
            cursor.execute(sql, values)
        row: tuple[Any, ...] = cursor.fetchone()
        return row


def _execute(cursor: Any, sql: str, values: Sequence[Any]) -> None:
    known = _prepared.setdefault(connection.connection, set())
    # Made of statement and values: whoever prepared the same name meant the same.
    name = f"stragan_{hashlib.sha256(repr((sql, values)).encode()).hexdigest()[:40]}"
    if name not in known and len(known) >= _MOST:
        cursor.execute(sql, values)
        return
    try:
        if name not in known:
            known.add(name)
            cursor.execute(f"PREPARE {name} AS {sql}", values)
        cursor.execute(f"EXECUTE {name}")
    except ProgrammingError as error:
        if getattr(error.__cause__, "sqlstate", None) not in _MIXED_UP:
            raise
        cursor.execute(sql, values)
