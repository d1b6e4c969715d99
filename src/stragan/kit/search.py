"""Search by any part of a word: a trigram index over one folded column, on both databases.

SQLite gets an FTS5 table fed by triggers, PostgreSQL a GIN index. Both are put back after every
``migrate``, since SQLite drops a table's triggers when Django rebuilds it.
"""

from typing import Final, TypeVar

from django.db import connections, models
from django.db.models.expressions import RawSQL

from stragan.core.folding import fold
from stragan.kit.among import Among

M = TypeVar("M", bound=models.Model)

SEARCHED_TABLES: Final[list[str]] = []
SHORTEST_TRIGRAM: Final = 3
_PAGES_AT_ONCE: Final = 500


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


def squeeze_search(table: str, using: str = "default") -> None:
    """Write the index of *table* anew, some pages at a time, so that nothing of deleted texts stays in it.

    SQLite only; what PostgreSQL deleted is taken away by its autovacuum.
    """
    connection = connections[using]
    if connection.vendor != "sqlite":
        return
    index, pages = f"{table}_search", -_PAGES_AT_ONCE  # a negative number begins with all segments there are
    with connection.cursor() as cursor:
        while True:
            cursor.execute("SELECT total_changes()")
            [before] = cursor.fetchone()
            cursor.execute(f"INSERT INTO {index}({index}, rank) VALUES ('merge', %s)", [pages])
            cursor.execute("SELECT total_changes()")
            if cursor.fetchone()[0] - before < 2:  # noqa: PLR2004 -- as SQLite's manual says: it has come to the end
                return
            pages = _PAGES_AT_ONCE


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
    return rows.extra(
        tables=[f"{table}_search"],
        where=[f"{table}_search.rowid = {table}.id", f"{table}_search MATCH %s"],
        params=[_quoted(text)],
        # Rows come out of the index in this order, so nothing is sorted.
        order_by=[f"-{table}_search.rowid"],
    )


def pointing_to(name: str, rows: models.QuerySet[M], text: str, *, low: int, high: int) -> models.Q:
    """Whether the key *name* points to one of *rows* that holds every word, as ``containing``.

    *low* and *high* are the lowest and highest key there is: a narrow range is found fast, however frequent
    the words. The caller sees to the company. On PostgreSQL only *rows* are looked at, on SQLite all of their
    table. There the ids are read first, since it takes a subquery for a row or two and looks at each instead.
    """
    if connections[rows.db].vendor == "postgresql":
        found = containing(rows.filter(pk__gte=low, pk__lte=high), text)
        return models.Q(Among(name, found.order_by().values_list("pk", flat=True)))
    index = f"{rows.model._meta.db_table}_search"  # noqa: SLF001 -- Django's documented way to a table's name
    ids = RawSQL(  # noqa: S611 -- the table's own name; the words are parameters
        f"SELECT rowid FROM {index} WHERE {index} MATCH %s AND rowid BETWEEN %s AND %s",
        (_quoted(text), low, high),
    )
    return models.Q(**{f"{name}__in": ids})


def _quoted(text: str) -> str:
    """Write the words of *text* for FTS5; none that is long enough finds nothing."""
    words = [word for word in fold(text).split(" ") if len(word) >= SHORTEST_TRIGRAM]
    return " AND ".join('"' + word.replace('"', '""') + '"' for word in words) or '""'


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
