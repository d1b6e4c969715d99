"""The statement of completeness on paper, from words and figures that are ready to be printed."""

import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from stragan.formats.pdf.compiler import compiled
from stragan.formats.pdf.glyphs import substituted
from stragan.formats.pdf.styles import COLORS

TEMPLATE: Final = Path(__file__).parent / "statement.typ"


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A few lines under a label."""

    label: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Cells as they are printed; ``none`` is said where there are no rows."""

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    none: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintedStatement:
    """Everything that stands on the pages."""

    title: str
    subtitle: str
    author: str
    footer: str
    verdict: str
    reason: str
    parties: tuple[Block, ...]
    figures: Table
    sources: Table
    differences: Table
    signature: tuple[tuple[str, str], ...]
    labels: dict[str, str]


def render_statement(statement: PrintedStatement, *, made_at: datetime) -> bytes:
    """Print a statement as PDF/A-3a with PDF/UA-1 tags; the same bytes for the same statement."""
    data = {
        "title": substituted(statement.title),
        "subtitle": substituted(statement.subtitle),
        "author": substituted(statement.author),
        "footer": substituted(statement.footer),
        "verdict": substituted(statement.verdict),
        "reason": substituted(statement.reason),
        "parties": [
            {"label": block.label, "lines": list(map(substituted, block.lines))}
            for block in statement.parties
        ],
        "figures": _table(statement.figures),
        "sources": _table(statement.sources),
        "differences": _table(statement.differences),
        "signature": [[name, substituted(value)] for name, value in statement.signature],
        "labels": statement.labels,
        "colors": {name: COLORS[name] for name in ("text", "accent", "secondary", "hairline", "tint")},
    }
    return compiled(TEMPLATE, {"statement": json.dumps(data, ensure_ascii=False)}, made_at=made_at)


def _table(table: Table) -> dict[str, object]:
    rows = [[substituted(cell) for cell in row] for row in table.rows]
    return {"header": list(table.header), "rows": rows, "none": table.none}
