"""Which lines stand on which page, decided by arithmetic before anything is typeset."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

KEPT_LINES: Final = 2
"""The totals never stand without at least so many lines above them."""

TOLERANCE: Final = 1.0  # point; sums of roundings


@dataclass(frozen=True, slots=True)
class Space:
    """Heights in points: of a page, of what precedes the rows on the first and later pages, of the end."""

    page: float
    first: float
    later: float
    tail: float


def _fill(rows: Sequence[float], space: Space) -> list[list[int]] | None:
    """Put rows on pages one after another; None if one is taller than a page or the head is."""
    pages: list[list[int]] = [[]]
    used = space.first
    for place, height in enumerate(rows):
        if used + height > space.page - TOLERANCE:
            if not pages[-1]:
                return None
            pages.append([])
            used = space.later
            if used + height > space.page - TOLERANCE:
                return None
        pages[-1].append(place)
        used += height
    return pages


def pages_of(rows: Sequence[float], space: Space) -> list[list[int]] | None:
    """Divide rows into pages so that the end fits on the last one with at least two lines.

    Pages are filled in order. When the end does not fit below the last line, the page breaks before
    the last line but one: breaking there moves nothing above it, so the decision is final.
    Returns places of rows by page, or None when no such division exists; then the text must flow.
    """
    pages = _fill(rows, space)
    if pages is None:
        return None
    last = pages[-1]
    start = space.first if len(pages) == 1 else space.later
    fits = start + sum(rows[place] for place in last) + space.tail <= space.page - TOLERANCE
    if fits and (len(pages) == 1 or len(last) >= KEPT_LINES):
        return pages
    kept = list(range(max(len(rows) - KEPT_LINES, 0), len(rows)))
    if space.later + sum(rows[place] for place in kept) + space.tail > space.page - TOLERANCE:
        return None
    rest = [[place for place in page if place not in kept] for page in pages]
    if not rest[0]:
        return None
    return [*filter(None, rest), kept]
