"""Search by any part of a word: a trigram index over one folded column, on both databases.

SQLite gets an FTS5 table fed by triggers, PostgreSQL a GIN index. Both are put back after every
``migrate``, since SQLite drops a table's triggers when Django rebuilds it.
"""

from typing import Final, TypeVar

from django.db import connections, models

from stragan.core.folding import fold

M = TypeVar("M", bound=models.Model)

SEARCHED_TABLES: Final[list[str]] = []
SHORTEST_TRIGRAM: Final = 3


def search_table(table: str) -> None:
    """Register *table*, which has the folded column ``search_text``, for substring search."""
    if table not in SEARCHED_TABLES:
        SEARCHED_TABLES.append(table)


def install_search(using: str = "default") -> None:
    """Create the indexes of all registered tables that exist; safe to repeat."""
    connection = connections[using]
    existing = set(connection.introspection.table_names())
    with connection.cursor() as cursor:
        for table in SEARCHED_TABLES:
            if table not in existing:
                continue
            if connection.vendor == "postgresql":
                cursor.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
                cursor.execute(
                    f"CREATE INDEX IF NOT EXISTS {table}_search ON {table} "
                    "USING gin (search_text gin_trgm_ops)"
                )
                continue
            is_new = f"{table}_search" not in existing
            for statement in _fts_statements(table):
                cursor.execute(statement)
            if is_new:
                cursor.execute(f"INSERT INTO {table}_search({table}_search) VALUES ('rebuild')")


def containing(rows: models.QuerySet[M], text: str) -> models.QuerySet[M]:
    """Rows whose ``search_text`` holds every word of *text* somewhere, newest id first.

    Words of one or two characters are too short for the index and are ignored beside longer ones;
    a text without a longer word finds nothing here (lists look at the start of numbers instead).
    """
    words = [word for word in fold(text).split(" ") if len(word) >= SHORTEST_TRIGRAM]
    if not words:
        return rows.none()
    table = rows.model._meta.db_table  # noqa: SLF001 -- Django's documented way to a table's name
    if connections[rows.db].vendor == "postgresql":
        for word in words:
            rows = rows.filter(search_text__contains=word)
        return rows.order_by("-id")
    quoted = " AND ".join('"' + word.replace('"', '""') + '"' for word in words)
    return rows.extra(
        tables=[f"{table}_search"],
        where=[f"{table}_search.rowid = {table}.id", f"{table}_search MATCH %s"],
        params=[quoted],
        # Rows come out of the index in this order, so nothing is sorted.
        order_by=[f"-{table}_search.rowid"],
    )


def _fts_statements(table: str) -> list[str]:
    index = f"{table}_search"
    put = f"INSERT INTO {index}(rowid, search_text) VALUES (NEW.id, NEW.search_text);"
    take = f"INSERT INTO {index}({index}, rowid, search_text) VALUES ('delete', OLD.id, OLD.search_text);"
    return [
        f"CREATE VIRTUAL TABLE IF NOT EXISTS {index} USING fts5("
        f"search_text, content='{table}', content_rowid='id', tokenize='trigram')",
        f"CREATE TRIGGER IF NOT EXISTS {index}_put AFTER INSERT ON {table} BEGIN {put} END",
        f"CREATE TRIGGER IF NOT EXISTS {index}_take AFTER DELETE ON {table} BEGIN {take} END",
        f"CREATE TRIGGER IF NOT EXISTS {index}_change AFTER UPDATE OF search_text ON {table} "
        f"WHEN OLD.search_text <> NEW.search_text BEGIN {take} {put} END",
    ]
