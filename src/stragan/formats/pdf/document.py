"""A whole document as data for the template: what is printed where, page by page."""

from dataclasses import dataclass
from datetime import date
from itertools import accumulate
from typing import Final

from stragan.core.money import ZERO
from stragan.core.snapshot import DocumentSnapshot
from stragan.formats.pdf import wording
from stragan.formats.pdf.breaking import fit, wrap
from stragan.formats.pdf.correcting import groups_of
from stragan.formats.pdf.faces import width
from stragan.formats.pdf.head import Head, head_of
from stragan.formats.pdf.lines import LinesTable, lines_of
from stragan.formats.pdf.logo import Logo, logo_for
from stragan.formats.pdf.pagination import Space, pages_of
from stragan.formats.pdf.printable import printable
from stragan.formats.pdf.styles import CAP, COLORS, GRID, MM, STYLES, Grid, Style
from stragan.formats.pdf.tail import Tail, tail_of

FOOTER_WIDTH: Final = 152 * MM
RUNNING_WIDTH: Final = 120 * MM
RUNNING_NUMBER: Final = 80 * MM
FOOTER_LINES: Final = 4
"""Company text with more lines goes into the notes: the foot of the page has no room for it."""


@dataclass(frozen=True, slots=True)
class Page:
    """One planned page: its rows (from, to), whether the end or wide notes follow, sums carried."""

    first_row: int
    end_row: int
    tail: bool
    notes: bool
    carried_in: str
    carried_out: str
    label: str


@dataclass(frozen=True, slots=True)
class Running:
    """The line over the second and later pages."""

    title: str
    size: float
    date: str
    seller: str


@dataclass(frozen=True, slots=True)
class Document:
    """Everything the template needs. Without pages the text flows: something is taller than a page."""

    title: str
    author: str
    subject: str
    head: Head
    table: LinesTable
    tail: Tail
    footer: list[str]
    running: Running
    pages: list[Page]
    styles: dict[str, Style]
    colors: dict[str, str]
    grid: Grid
    cap: float
    wide: float
    stamp: str
    logo: Logo | None


def _footer(snapshot: DocumentSnapshot) -> str:
    """Company data for the foot of the page; a company that wrote none gets its name, address, NIP."""
    seller = snapshot.seller
    if seller.footer.strip():
        return seller.footer
    address = ", ".join(filter(None, (seller.street, f"{seller.postal_code} {seller.city}".strip())))
    return " · ".join(filter(None, (seller.name, address, f"NIP {seller.nip}" if seller.nip else "")))


def _running(snapshot: DocumentSnapshot, title: str) -> Running:
    """Shrink a long number; shorten the seller's name when it would meet the carried sum."""
    usual = STYLES["running"].size
    date = f"z dnia {wording.day(snapshot.issue_date)}"
    fitted = fit(f"{title} {snapshot.number}", style="running_strong", limit=RUNNING_NUMBER, floor=usual / 2)
    name = fitted.lines[0] + " …" * (len(fitted.lines) > 1)
    taken = width(name, bold=True) * fitted.size + width(date) * usual + 6 * MM
    lines = wrap(snapshot.seller.name, style="running", limit=RUNNING_WIDTH - taken)
    seller = lines[0] + " …" * (len(lines) > 1) if lines else ""
    return Running(name, fitted.size, date, seller)


def _notes_place(tail: Tail, *, left: float) -> tuple[bool, bool] | None:
    """Tell whether wide notes stand on the last page or on one more; None if they fill more than one."""
    if tail.wide_notes is None:
        return False, False
    height = tail.wide_notes.height
    if GRID.block_gap + height <= left:
        return True, False
    return (False, True) if height <= GRID.body_height else None


def _pages(table: LinesTable, head: Head, tail: Tail) -> list[Page]:
    """Plan the pages and the sums carried from one to the next; empty when nothing can be planned."""
    space = Space(
        page=GRID.body_height,
        first=head.height + GRID.head_gap + table.header_height,
        later=table.header_height,
        tail=GRID.block_gap + tail.height,
    )
    heights = [row.height for row in table.rows]
    plan = pages_of(heights, space)
    if plan is None:
        return []
    start = space.first if len(plan) == 1 else space.later
    used = start + sum(heights[place] for place in plan[-1]) + space.tail
    notes = _notes_place(tail, left=space.page - used)
    if notes is None:
        return []
    beside, apart = notes
    count = len(plan) + apart
    sums = [ZERO, *accumulate(row.gross for row in table.rows)]
    pages = []
    end = 0
    for place, rows in enumerate(plan, start=1):
        start_row, end = end, end + len(rows)
        last = place == len(plan)
        pages.append(
            Page(
                first_row=start_row,
                end_row=end,
                tail=last,
                notes=last and beside,
                carried_in=wording.amount(sums[start_row]) if start_row else "",
                carried_out=wording.amount(sums[end]) if end and not last else "",
                label=f"strona {place} z {count}",
            )
        )
    if apart:
        pages.append(
            Page(
                end,
                end,
                tail=False,
                notes=True,
                carried_in="",
                carried_out="",
                label=f"strona {count} z {count}",
            )
        )
    return pages


def document_of(snapshot: DocumentSnapshot, *, voided_on: date | None = None, logo: bytes = b"") -> Document:
    """Turn a snapshot into what the template prints; *voided_on* is the day a void one was voided.

    *logo* is a PNG or JPEG for the third column; anything else is left out.
    """
    shown = printable(snapshot)
    footer = wrap(_footer(shown), style="footer", limit=FOOTER_WIDTH)
    fits = len(footer) <= FOOTER_LINES
    head = head_of(shown, voided_on=voided_on)
    table = groups_of(shown, shown.corrected) if shown.corrected else lines_of(shown)
    tail = tail_of(shown, footer="" if fits else _footer(shown))
    return Document(
        title=f"{head.title} {shown.number}".strip(),
        author=shown.seller.name,
        subject=f"{head.title} dla: {shown.buyer.name}" if shown.buyer.name else head.title,
        head=head,
        table=table,
        tail=tail,
        footer=footer if fits else [],
        running=_running(shown, head.title),
        pages=_pages(table, head, tail),
        styles=STYLES,
        colors=COLORS,
        grid=GRID,
        cap=CAP,
        wide=GRID.wide,
        stamp="ANULOWANY" if voided_on else "",
        logo=logo_for(logo, company=shown.seller.name),
    )
