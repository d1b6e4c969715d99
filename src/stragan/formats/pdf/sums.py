"""A table of sums at the end of a document."""

from dataclasses import dataclass

from stragan.formats.pdf.blocks import Block, Entry
from stragan.formats.pdf.breaking import fit
from stragan.formats.pdf.faces import width
from stragan.formats.pdf.styles import CAP, GRID, MM, STYLES, block_height


@dataclass(frozen=True, slots=True)
class Sums:
    """A table of sums: widths, header, rows, a bold last row, and remarks below.

    The first cell of a row may hold several lines. Grouped rows come in threes: before, after, difference.
    """

    block: Block
    widths: list[float]
    header: list[str]
    rows: list[list[str]]
    total: list[str]
    sizes: list[float]
    remarks: list[Entry]
    grouped: bool = False

    @property
    def height(self) -> float:
        """Height from the rule to the bottom of the last row or remark."""
        body = 0.0
        if self.header:
            header = CAP * STYLES["key"].size + 2 * GRID.sums
            lines = (1 + row[0].count("\n") for row in (*self.rows, *([self.total] if self.total else [])))
            body = header + sum(block_height("sum", count) + 2 * GRID.sums for count in lines)
        return self.block.height + body + sum(entry.height for entry in self.remarks)


def sizes_of(columns: list[list[str]], widths: list[float]) -> list[float]:
    """Print size of each column of figures at which its longest (bold) figure fits."""
    usual = STYLES["sum_strong"].size
    sizes = [usual]
    for texts, room in zip(columns[1:], widths[1:], strict=True):
        longest = max(texts, key=lambda text: width(text, bold=True), default="")
        sizes.append(fit(longest, style="sum_strong", limit=room - 2 * MM, floor=usual / 2).size)
    return sizes
