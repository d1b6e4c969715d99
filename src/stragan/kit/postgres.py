"""What each connection to PostgreSQL is set to, beyond what Django does.

Instants are read by one call into C. psycopg reads them by a pattern and Django gives each another zone
afterwards: a page of a hundred rows holds some three hundred, and that took more than all its other columns.
"""

from datetime import UTC, datetime
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created


def set_connections() -> None:
    """Set every connection to come; SQLite's have their settings already."""
    connection_created.connect(_set, dispatch_uid="stragan.postgres")


def _set(connection: BaseDatabaseWrapper, **_: Any) -> None:
    if connection.vendor == "postgresql" and connection.timezone is UTC:
        assert connection.connection is not None, "the signal comes after connecting"
        connection.connection.adapters.register_loader("timestamptz", _instant_loader())


def _instant_loader() -> type:
    from psycopg.types.datetime import TimestamptzLoader  # noqa: PLC0415 -- not installed with SQLite alone

    class InstantLoader(TimestamptzLoader):
        """Reads an instant as text, in UTC."""

        timezone = UTC  # Django looks here whether the zone is that of the connection

        def load(self, data: Any) -> datetime:
            """Read it; what Python cannot hold (an infinite one, say) psycopg refuses itself."""
            try:
                found = datetime.fromisoformat(bytes(data).decode())
            except ValueError:
                found = super().load(data)
            return found if found.tzinfo is UTC else found.astimezone(UTC)

    return InstantLoader
