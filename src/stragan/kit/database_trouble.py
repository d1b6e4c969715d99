"""What to tell when the database itself cannot go on: full, busy for too long, or out of reach."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from django.db import InterfaceError, OperationalError, connection

from stragan.core.errors import Unavailable


class DatabaseFull(Unavailable):
    """The disk under the database has no room left; nothing of the deed was kept."""

    code = "database_full"


class DatabaseBusy(Unavailable):
    """Somebody else kept the rows for longer than we wait; nothing of the deed was kept."""

    code = "database_busy"


class DatabaseAway(Unavailable):
    """The database does not answer, or its file cannot be opened or written."""

    code = "database_away"


_OF_SQLITE: Final[dict[str, type[Unavailable]]] = {
    "SQLITE_FULL": DatabaseFull,
    "SQLITE_BUSY": DatabaseBusy,
    "SQLITE_LOCKED": DatabaseBusy,
    "SQLITE_IOERR": DatabaseAway,
    "SQLITE_CANTOPEN": DatabaseAway,
    "SQLITE_READONLY": DatabaseAway,
}
# Classes and codes of https://www.postgresql.org/docs/current/errcodes-appendix.html
_OF_POSTGRESQL: Final[dict[str, type[Unavailable]]] = {
    "53100": DatabaseFull,
    "55P03": DatabaseBusy,  # lock not available
    "57014": DatabaseBusy,  # statement timeout
    "40P01": DatabaseBusy,  # deadlock
    "08": DatabaseAway,
    "57P": DatabaseAway,
    "53": DatabaseAway,  # too many connections
    "58030": DatabaseAway,  # the server cannot read or write its files
}


def trouble_of(error: BaseException | None) -> Unavailable | None:
    """Give what *error* of the database means; None where it is something else, such as a missing table."""
    if isinstance(error, InterfaceError):
        # Else the driver was used in a wrong way, which is a bug.
        return DatabaseAway() if "closed" in str(error) else None
    if not isinstance(error, OperationalError):
        return None
    cause = error.__cause__
    name = getattr(cause, "sqlite_errorname", None)
    if name is not None:
        return _first(_OF_SQLITE, str(name))
    state = getattr(cause, "sqlstate", None)
    return DatabaseAway() if state is None and cause is not None else _first(_OF_POSTGRESQL, str(state))


def _first(kinds: dict[str, type[Unavailable]], code: str) -> Unavailable | None:
    # Codes get longer as they get more precise: SQLITE_IOERR_WRITE, 57P01.
    return next((kind() for start, kind in kinds.items() if code.startswith(start)), None)


def drop_dead_connection() -> None:
    """Make the next statement connect anew where the server cut the line; never within a transaction."""
    if not connection.in_atomic_block:
        connection.close_if_unusable_or_obsolete()


@contextmanager
def told_as_trouble() -> Iterator[None]:
    """Let what the database could not do come out as trouble that has a sentence.

    :raises Unavailable: the database is full, busy or away.
    """
    try:
        yield
    except (OperationalError, InterfaceError) as error:
        trouble = trouble_of(error)
        if trouble is None:
            raise
        raise trouble from error
