"""Lets the database count its tables, so that it finds the right index for a company's rows."""

from typing import Final

from django.db import connections

# Rows looked at per index; a million orders take a fifth of a second. SQLite takes a company to have no more
# rows than these: with a thousand it read all of them rather than look five hundred ids up.
_ANALYSIS_LIMIT: Final = 10_000


def refresh_statistics(using: str = "default") -> None:
    """Look at every index anew; harmless to repeat.

    Without it SQLite takes "of this company" for narrower than "of these hundred orders" and reads
    all documents to find a few. PostgreSQL keeps its statistics by itself.
    """
    connection = connections[using]
    if connection.vendor != "sqlite":
        return
    with connection.cursor() as cursor:
        cursor.execute(f"PRAGMA analysis_limit = {_ANALYSIS_LIMIT}")
        cursor.execute("ANALYZE")
