"""The clock that all machines agree on who share a database: leases are taken, renewed and judged by it.

A machine whose own clock is ahead would else take over what another one is still at.
"""

from datetime import datetime

from django.db import connection

from stragan.kit.clock import real_now


def shared_now() -> datetime:
    """The instant by PostgreSQL's clock, aware; on SQLite, which is of one machine, by that machine's."""
    return _of_the_server() if connection.vendor == "postgresql" else real_now()


def _of_the_server() -> datetime:
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")  # now() would be when the transaction began
        found: datetime = cursor.fetchone()[0]
    return found
