"""Measures of the documents: page, columns and type, in points. The template gets them as data."""

from dataclasses import dataclass
from typing import Final

MM: Final = 72 / 25.4
CAP: Final = 0.72
"""Height of a line above its baseline, in ems: the capitals of Lato. Lines have nothing below it."""


@dataclass(frozen=True, slots=True)
class Style:
    """A kind of text. ``pitch`` is the distance between the baselines of its lines."""

    size: float
    pitch: float
    color: str = "text"
    bold: bool = False


@dataclass(frozen=True, slots=True)
class Grid:
    """The page: three columns and what stands between the blocks."""

    width: float = 210 * MM
    height: float = 297 * MM
    side: float = 18 * MM
    top: float = 17 * MM
    bottom: float = 26 * MM
    column: float = 54 * MM
    gutter: float = 6 * MM
    rule_gap: float = 2.2 * MM  # from the rule of a block to its label
    label_gap: float = 1.9 * MM  # from the label to the body
    title_gap: float = 9.8 * MM  # from the number to the parties
    head_gap: float = 8 * MM  # from the parties to the lines
    block_gap: float = 7 * MM
    box_inset: float = 3.5 * MM
    box_top: float = 3 * MM
    cell: float = 1.2 * MM  # on both sides of the figures in the table of lines
    sums: float = 1.05 * MM  # above and below the figures of a table of sums
    part_pitch: float = 11.6  # between baselines of the small rows in the box with the amount
    before_rule: float = 11  # from the rows before the amount to its label, with their rule
    after_rule: float = 12  # from the words to the rows after them, with their rule
    figure_above: float = 7.8
    words_above: float = 7.6

    @property
    def wide(self) -> float:
        """Columns 1–2."""
        return 2 * self.column + self.gutter

    @property
    def text_width(self) -> float:
        """All columns."""
        return 3 * self.column + 2 * self.gutter

    @property
    def body_height(self) -> float:
        """What a page can hold."""
        return self.height - self.top - self.bottom


GRID: Final = Grid()

STYLES: Final[dict[str, Style]] = {
    "title": Style(22, 22.6, bold=True),
    "number": Style(22, 22.6, color="accent"),
    "disclaimer": Style(8.8, 11, bold=True),
    "label": Style(7.5, 9.6, color="accent", bold=True),
    "party": Style(10.5, 12.6, bold=True),
    "address": Style(9, 11.8),
    "strong": Style(9, 11.8, bold=True),
    "value": Style(9, 11.4),
    "key": Style(7.5, 9.4, color="secondary"),
    "body": Style(9, 11.2),
    "line": Style(8.8, 10),
    "line_strong": Style(8.8, 10, bold=True),
    "dense": Style(8.4, 9.6),
    "dense_strong": Style(8.4, 9.6, bold=True),
    "ordinal": Style(8.8, 10, color="secondary"),
    "dense_ordinal": Style(8.4, 9.6, color="secondary"),
    "code": Style(7.5, 9.2, color="secondary"),
    "sum": Style(9, 11.8),
    "sum_strong": Style(9, 11.8, bold=True),
    "due_label": Style(9.5, 11.8, color="accent", bold=True),
    "due_aside": Style(7.5, 9.4),  # full color: one-bit printing turns the tint under it into dots
    "due": Style(23, 26, bold=True),
    "currency": Style(11, 13),
    "words": Style(8, 9.4),
    "part": Style(8, 9.4),
    "footer": Style(7, 8, color="secondary"),
    "page": Style(7, 8),
    "running": Style(7.5, 9.4),
    "running_strong": Style(7.5, 9.4, bold=True),
    "running_key": Style(7.5, 9.4, color="secondary"),
}

COLORS: Final[dict[str, str]] = {
    "text": "#16201e",
    "secondary": "#56615e",
    "accent": "#0d5c50",
    "hairline": "#c3cbc8",
    "tint": "#eef4f2",
    "stamp": "#b0241b3d",
}

FLOOR: Final = 7.0
"""The smallest print: what does not fit at this size is broken into lines."""


def block_height(style: str, lines: int, *, size: float | None = None) -> float:
    """Height of a paragraph of *lines* lines from the top of its capitals to its last baseline."""
    kind = STYLES[style]
    return CAP * (size or kind.size) + max(lines - 1, 0) * kind.pitch
