"""A database that cannot go on: errors as its driver raises them, caught from the real one."""

import sqlite3
import tempfile
from pathlib import Path

from django.db import InterfaceError, OperationalError, connection


def a_full_disk() -> OperationalError:
    """What Django raises when no page more can be written."""
    if connection.vendor == "postgresql":
        return _raised_by_postgres("53100")
    raw = sqlite3.connect(":memory:")
    raw.execute("CREATE TABLE full (text)")
    raw.execute("PRAGMA max_page_count = 2")
    return _raised(raw, "INSERT INTO full SELECT zeroblob(100000)")


def a_lock_of_somebody_else() -> OperationalError:
    """What Django raises when it has waited long enough."""
    if connection.vendor == "postgresql":
        return _raised_by_postgres("55P03")
    with tempfile.TemporaryDirectory() as folder:
        path = str(Path(folder) / "locked")
        other, raw = (sqlite3.connect(path, timeout=0, isolation_level=None) for _ in range(2))
        other.execute("BEGIN EXCLUSIVE")
        error = _raised(raw, "BEGIN IMMEDIATE")
        other.close()
        return error


def a_file_nobody_may_write() -> OperationalError:
    """What Django raises where the database is there and cannot be written."""
    if connection.vendor == "postgresql":
        return _raised_by_postgres("57P03")
    raw = sqlite3.connect(":memory:")
    raw.execute("PRAGMA query_only = 1")
    return _raised(raw, "CREATE TABLE full (text)")


def a_broken_disk() -> OperationalError:
    """What Django raises where the server cannot read or write its files."""
    assert connection.vendor == "postgresql", "SQLite has another name for it"
    return _raised_by_postgres("58030")


def a_closed_line() -> InterfaceError:
    """What Django raises where something is asked of a connection that is closed already."""
    return InterfaceError("connection already closed")


def cut_the_line() -> None:
    """Let the server end our connection, as it does when it restarts. PostgreSQL only."""
    pid = connection.connection.info.backend_pid
    with connection.get_new_connection(connection.get_connection_params()) as other:
        other.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])


def a_missing_table() -> OperationalError:
    """A bug, on SQLite: there it has the same class as a full disk."""
    return _raised(sqlite3.connect(":memory:"), "SELECT 1 FROM nothing")


def _raised(raw: sqlite3.Connection, statement: str) -> OperationalError:
    try:
        raw.execute(statement)
    except sqlite3.OperationalError as cause:
        return _as_django_raises(cause)
    finally:
        raw.close()
    raise AssertionError(statement)


def _raised_by_postgres(state: str) -> OperationalError:
    with connection.get_new_connection(connection.get_connection_params()) as raw:
        try:
            raw.execute(f"DO $$ BEGIN RAISE EXCEPTION 'made up' USING ERRCODE = '{state}'; END $$")
        except Exception as cause:  # noqa: BLE001 -- the driver's class for that code
            raw.rollback()
            return _as_django_raises(cause)
    raise AssertionError(state)


def _as_django_raises(cause: BaseException) -> OperationalError:
    error = OperationalError(*cause.args)
    error.__cause__ = cause
    return error
