"""Pieces a page is made of: paragraphs broken into lines, blocks under a rule, their heights."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from stragan.formats.pdf.breaking import fit, wrap
from stragan.formats.pdf.faces import width
from stragan.formats.pdf.styles import CAP, GRID, STYLES, block_height


@dataclass(frozen=True, slots=True)
class Entry:
    """A paragraph, with an optional key at its left. ``above`` is free space over its capitals."""

    style: str
    lines: list[str]
    size: float
    above: float = 0
    key: list[str] = field(default_factory=list)
    indent: float = 0

    @property
    def height(self) -> float:
        """Height with the space above."""
        keys = CAP * (self.size - STYLES["key"].size) + block_height("key", len(self.key)) if self.key else 0
        return self.above + max(block_height(self.style, len(self.lines), size=self.size), keys)


@dataclass(frozen=True, slots=True)
class Block:
    """Entries under a rule and a label; ``aside`` stands at the right end of the label."""

    label: str
    entries: list[Entry]
    aside: str = ""

    @property
    def height(self) -> float:
        """Height from the rule to the last baseline."""
        return (
            GRID.rule_gap
            + block_height("label", 1)
            + GRID.label_gap
            + sum(entry.height for entry in self.entries)
        )


def below(style: str, *, lead: float, size: float | None = None) -> float:
    """Space above an entry so that its baseline lies *lead* points under the one before."""
    return lead - CAP * (size or STYLES[style].size)


def paragraph(text: str, *, style: str, limit: float = GRID.column, lead: float | None = None) -> list[Entry]:
    """Wrap a text into one entry, or none for an empty text."""
    lines = wrap(text, style=style, limit=limit)
    kind = STYLES[style]
    return [Entry(style, lines, kind.size, below(style, lead=lead or kind.pitch))] if lines else []


def pair(key: str, value: str, *, indent: float) -> list[Entry]:
    """Wrap a value beside its key."""
    lines = wrap(value, style="value", limit=GRID.column - indent)
    return [Entry("value", lines or [""], STYLES["value"].size, below("value", lead=12.6), [key], indent)]


def exact_pair(key: str, value: str, *, indent: float) -> list[Entry]:
    """Put an identifier beside its key, shrunk to its place and never hyphenated."""
    fitted = fit(value, style="value", limit=GRID.column - indent)
    above = below("value", lead=12.6, size=fitted.size)
    return [Entry("value", fitted.lines, fitted.size, above, [key], indent)]


def inline_pair(key: str, value: str, *, style: str) -> list[Entry]:
    """Put a short key right before its value: "NIP 1111111111"."""
    indent = width(key) * STYLES["key"].size + 4.5
    fitted = fit(value, style=style, limit=GRID.column - indent)
    above = below(style, lead=12.6, size=fitted.size)
    return [Entry(style, fitted.lines, fitted.size, above, [key], indent)]


def identifier(key: str, value: str, *, limit: float = GRID.column) -> list[Entry]:
    """Put an identifier under its key, shrunk to the column and never hyphenated."""
    fitted = fit(value, style="value", limit=limit)
    return [
        *paragraph(key, style="key", lead=12.2),
        Entry("value", fitted.lines, fitted.size, below("value", lead=11, size=fitted.size)),
    ]


def block(label: str, entries: Iterable[Sequence[Entry]], *, aside: str = "") -> Block:
    """Join entries into a block; the first stands right under the label."""
    flat = [entry for part in entries for entry in part]
    if flat:
        first = flat[0]
        flat[0] = Entry(first.style, first.lines, first.size, 0, first.key, first.indent)
    return Block(label, flat, aside)
