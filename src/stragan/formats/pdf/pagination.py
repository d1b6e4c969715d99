"""Which lines stand on which page, decided by arithmetic before anything is typeset."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

KEPT_LINES: Final = 2
"""The totals never stand without at least so many lines above them."""

TOLERANCE: Final = 0.5  # points; sums of roundings


@dataclass(frozen=True, slots=True)
class Space:
    """Heights in points: of a page, of what precedes the rows on the first and later pages, of the end."""

    page: float
    first: float
    later: float
    tail: float


def _fill(rows: Sequence[float], space: Space) -> list[list[int]] | None:
    """Put rows on pages one after another; None if a row is taller than a page, or the head is."""
    room = space.page - TOLERANCE
    if space.first > room or any(space.later + height > room for height in rows):
        return None
    pages: list[list[int]] = [[]]
    used = space.first
    for place, height in enumerate(rows):
        if used + height > room:
            pages.append([])
            used = space.later
        pages[-1].append(place)
        used += height
    return pages


def pages_of(rows: Sequence[float], space: Space) -> list[list[int]] | None:
    """Divide rows into pages so that the end fits on the last one with at least two lines.

    Pages are filled in order. When the end does not fit below the last line, the page breaks before
    the last line but one: breaking there moves nothing above it, so the decision is final. A
    document of one or two lines then keeps only its head on the first page.
    Returns places of rows by page, or None when no such division exists; then the text must flow.
    """
    pages = _fill(rows, space)
    if pages is None:
        return None
    last = pages[-1]
    start = space.first if len(pages) == 1 else space.later
    fits = start + sum(rows[place] for place in last) + space.tail <= space.page - TOLERANCE
    if fits and (len(pages) == 1 or len(last) >= min(KEPT_LINES, len(rows))):
        return pages
    kept = list(range(max(len(rows) - KEPT_LINES, 0), len(rows)))
    if space.later + sum(rows[place] for place in kept) + space.tail > space.page - TOLERANCE:
        return None
    head, *others = [[place for place in page if place not in kept] for page in pages]
    return [head, *filter(None, others), kept]
