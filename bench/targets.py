"""The budgets, one row for each; a figure without a row, or a row without a figure, is told."""

from dataclasses import dataclass
from typing import Final, Literal

Database = Literal["sqlite", "postgres"]
DATABASES: Final[tuple[Database, ...]] = ("sqlite", "postgres")


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """What is measured, in which unit, and the limit. A rate is to be at least that, all else at most."""

    key: str
    what: str
    unit: str
    sqlite: float
    postgres: float
    part: str
    least_share: float | None = None  # of the raw floor, on SQLite
    follows_pace: bool = True  # whether a machine twice as slow takes twice as long

    @property
    def is_rate(self) -> bool:
        """Whether more is better."""
        return self.unit == "/s"

    def limit(self, database: Database) -> float:
        """Give the budget on *database*."""
        return self.sqlite if database == "sqlite" else self.postgres

    def is_met(self, value: float, database: Database) -> bool:
        """Whether *value* keeps the budget."""
        limit = self.limit(database)
        return value >= limit if self.is_rate else value <= limit

    def at_pace(self, value: float, pace: float) -> float:
        """Give what *value* would be where the budgets were set; at pace 2 all takes twice as long here."""
        if not self.follows_pace:
            return value
        return value * pace if self.is_rate else value / pace


def _same(key: str, what: str, unit: str, limit: float, *, part: str) -> Target:
    follows = unit not in {"KiB", "MiB", "%"} and key not in {"pick_up", "killed"}
    return Target(
        key=key, what=what, unit=unit, sqlite=limit, postgres=limit, part=part, follows_pace=follows
    )


TARGETS: Final = (
    Target(
        key="import", what="import, pages of 100", unit="/s", sqlite=2500, postgres=1000, part="importing"
    ),
    Target(
        key="import_again", what="the same, repeated", unit="/s", sqlite=2500, postgres=1000, part="importing"
    ),
    Target(
        key="issue_bulk",
        what="bulk: issue + contractor + stock + books + audit",
        unit="/s",
        sqlite=600,
        postgres=300,
        part="issuing",
        least_share=0.13,
    ),
    Target(
        key="issue_one",
        what="one order interactively, p95",
        unit="ms",
        sqlite=30,
        postgres=40,
        part="issuing",
    ),
    _same("documents_pdf", "documents with PDF, one worker process (no XML yet)", "/s", 50, part="issuing"),
    _same("pdf_simple", "PDF, simple page, warm, p50", "ms", 15, part="printing"),
    _same("pdf_40", "PDF, 40 lines, warm, p50", "ms", 60, part="printing"),
    _same("pdf_first", "PDF, first of a process", "ms", 150, part="printing"),
    _same("pdf_size", "PDF, simple page, size", "KiB", 70, part="printing"),
    _same("list_default", "list at 1,000,000, default view, p95 in the view", "ms", 30, part="lists"),
    _same("list_tabs", "the same, slowest tab", "ms", 30, part="lists"),
    _same("list_filters", "the same, slowest single filter of the bar", "ms", 30, part="lists"),
    _same("list_layout", "whole layout, slowest of all these, p95", "ms", 60, part="lists"),
    _same("search", "search at 1,000,000, slowest of these, p95", "ms", 50, part="lists"),
    *(
        _same(f"list_{area}", f"{what}, slowest address, p95 in the view", "ms", 30, part="other_lists")
        for area, what in (
            ("documents", "1,000,000 documents"),
            ("products", "100,000 products"),
            ("offers", "100,000 offers"),
            ("stock", "stock of 100,000 products, 1,000,000 moves"),
            ("contractors", "300,000 contractors"),
            ("books", "registers of 1,000,000 documents"),
            ("money", "fees, payouts and changes of 1,000,000 orders"),
            ("frame", "START and the search for everything"),
        )
    ),
    _same("start", "first answer after a warm start", "s", 2, part="processes"),
    _same("command", "a command (shop list)", "s", 0.6, part="processes"),
    _same("memory_web", "memory (PSS), a web process", "MiB", 100, part="processes"),
    _same("memory_worker", "memory (PSS), worker that has printed", "MiB", 140, part="processes"),
    _same("memory_all", "memory (PSS), all of serve", "MiB", 300, part="processes"),
    _same("pick_up", "a job is done after being asked for, p95", "s", 1, part="processes"),
    _same("idle", "idle CPU of all of serve", "%", 1, part="processes"),
    _same("killed", "killed worker's job has run again, once in effect", "s", 60, part="processes"),
)
PARTS: Final = ("printing", "importing", "issuing", "processes", "lists", "other_lists")
