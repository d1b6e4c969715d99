"""The table of figures beside their budgets, on the terminal, as JSON, and in the documentation."""

import json
import os
import platform
import sqlite3
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from bench.places import RESULTS, ROOT
from bench.targets import TARGETS, Database, Target

DOCUMENT: Final = ROOT / "docs" / "performance.md"
_BEGIN: Final = "<!-- figures: written by `make bench` with --publish -->"
_END: Final = "<!-- end of figures -->"
_NAMES: Final[dict[Database, str]] = {"sqlite": "SQLite", "postgres": "PostgreSQL"}


def machine() -> dict[str, str]:
    """Say what was measured on."""
    return {
        "cores": f"{os.cpu_count()}",
        "python": platform.python_version(),
        "sqlite": sqlite3.sqlite_version,
        "load": f"{os.getloadavg()[2]:.1f}",
    }


def store(result: Mapping[str, Any]) -> Path:
    """Write the result beside the earlier ones."""
    RESULTS.mkdir(parents=True, exist_ok=True)
    path = RESULTS / f"{result['at'][:16].replace(':', '')}.json"
    path.write_text(json.dumps(result, indent=1, ensure_ascii=False))
    return path


def rows(figures: Mapping[str, Mapping[str, Any]]) -> list[tuple[str, ...]]:
    """Give the lines of the table, one per target and database."""
    measured = [database for database in _NAMES if database in figures]
    return [
        _row(target, database, figures[database].get(target.key))
        for target in TARGETS
        for database in measured
    ]


def table(figures: Mapping[str, Mapping[str, Any]]) -> str:
    """Give the table for the terminal."""
    head = ("what", "database", "figure", "target", "", "pace", "of raw SQL", "note")
    lines = [head, *rows(figures)]
    widths = [max(len(line[place]) for line in lines) for place in range(len(head) - 1)]
    return "\n".join(
        "  ".join(
            [*(cell.ljust(width) for cell, width in zip(line, widths, strict=False)), line[-1]]
        ).rstrip()
        for line in lines
    )


def publish(result: Mapping[str, Any]) -> None:
    """Replace the table in the documentation."""
    about = result["machine"]
    lines = [
        f"Measured {result['at'][:10]} on {about['cores']} shared cores, Python {about['python']},"
        f" SQLite {about['sqlite']}; {result['seconds'] / 60:.0f} minutes in all, load {about['load']}.",
        "",
        "| what | database | figure | target | | pace | of raw SQL | note |",
        "|---|---|---|---|---|---|---|---|",
        *(f"| {' | '.join(line)} |" for line in rows(result["figures"])),
    ]
    text = DOCUMENT.read_text()
    before, rest = text.split(_BEGIN)
    after = rest.split(_END)[1]
    DOCUMENT.write_text(f"{before}{_BEGIN}\n" + "\n".join(lines) + f"\n{_END}{after}")


def _row(target: Target, database: Database, figure: Mapping[str, Any] | None) -> tuple[str, ...]:
    limit = f"{'≥' if target.is_rate else '≤'} {target.limit(database):g} {target.unit}".replace(" /s", "/s")
    if figure is None:
        return (target.what, _NAMES[database], "–", limit, "not measured", "–", "–", "")
    value, floor = float(figure["value"]), figure["floor"]
    share = None if not floor else value / floor if target.is_rate else floor / value
    pace = float(figure["pace"])
    is_enough = True
    if target.least_share is not None and share is not None and database == "sqlite":
        is_enough = share >= target.least_share
        limit = f"{limit}, {target.least_share:g} of raw"
    is_met = is_enough and target.is_met(value, database)
    is_met_at_pace = is_enough and target.is_met(target.at_pace(value, pace), database)
    return (
        target.what,
        _NAMES[database],
        f"{_shown(value)} {target.unit}".replace(" /s", "/s"),
        limit,
        "ok" if is_met else "ok at pace" if is_met_at_pace else "missed",
        f"{pace:.2f}" if target.follows_pace else "–",
        "–" if share is None else f"{share:.2f}",
        str(figure["note"]),
    )


def _shown(value: float) -> str:
    if value >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if value >= 10 else f"{value:.2f}"
