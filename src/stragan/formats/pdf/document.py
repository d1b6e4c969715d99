"""A whole document as data for the template: what is printed where, page by page."""

from dataclasses import dataclass
from decimal import Decimal
from itertools import accumulate
from typing import Final

from stragan.core.errors import Refused
from stragan.core.snapshot import DocumentSnapshot
from stragan.formats.pdf import wording
from stragan.formats.pdf.breaking import fit, wrap
from stragan.formats.pdf.faces import width
from stragan.formats.pdf.head import Head, head_of
from stragan.formats.pdf.lines import LinesTable, lines_of
from stragan.formats.pdf.pagination import Space, pages_of
from stragan.formats.pdf.printable import printable
from stragan.formats.pdf.styles import CAP, COLORS, GRID, MM, STYLES, Grid, Style
from stragan.formats.pdf.tail import Tail, tail_of

FOOTER_WIDTH: Final = 152 * MM
FOOTER_LINES: Final = 4
"""Company text with more lines goes into the notes: the foot of the page has no room for it."""


class KindNotPrintable(Refused):
    """No template exists for this kind of document."""

    code = "pdf.kind"


@dataclass(frozen=True, slots=True)
class Page:
    """One planned page: its rows (from, to), sums carried, its number as printed."""

    first_row: int
    end_row: int
    carried_in: str
    carried_out: str
    label: str


@dataclass(frozen=True, slots=True)
class Running:
    """The line over the second and later pages."""

    title: str
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
    text_width: float
    wide: float


def _footer(snapshot: DocumentSnapshot) -> str:
    """Company data for the foot of the page; a company that wrote none gets its name, address, NIP."""
    seller = snapshot.seller
    if seller.footer.strip():
        return seller.footer
    address = ", ".join(filter(None, (seller.street, f"{seller.postal_code} {seller.city}".strip())))
    return " · ".join(filter(None, (seller.name, address, f"NIP {seller.nip}" if seller.nip else "")))


def _running(snapshot: DocumentSnapshot, title: str) -> Running:
    """Shorten the seller's name when the running line would meet the carried sum."""
    name = f"{title} {snapshot.number}"
    head = fit(name, style="running_strong", limit=GRID.wide / 2, floor=STYLES["running"].size).lines[0]
    date = f"z dnia {wording.day(snapshot.issue_date)}"
    taken = (width(head, bold=True) + width(date) + 3) * STYLES["running"].size
    lines = wrap(snapshot.seller.name, style="running", limit=GRID.wide - taken)
    seller = lines[0] + " …" * (len(lines) > 1) if lines else ""
    return Running(head, date, seller)


def _pages(table: LinesTable, head: Head, tail: Tail) -> list[Page]:
    """Plan the pages and the sums carried from one to the next; empty when nothing can be planned."""
    space = Space(
        page=GRID.body_height,
        first=head.height + GRID.head_gap + table.header_height,
        later=table.header_height,
        tail=GRID.block_gap + tail.height,
    )
    plan = pages_of([row.height for row in table.rows], space)
    if plan is None:
        return []
    sums = [Decimal(0), *accumulate(row.gross for row in table.rows)]
    pages = []
    start = 0
    for place, rows in enumerate(plan):
        end = start + len(rows)
        pages.append(
            Page(
                first_row=start,
                end_row=end,
                carried_in=wording.amount(sums[start]) if start else "",
                carried_out=wording.amount(sums[end]) if end and place + 1 < len(plan) else "",
                label=f"strona {place + 1} z {len(plan)}",
            )
        )
        start = end
    return pages


def document_of(snapshot: DocumentSnapshot) -> Document:
    """Turn a snapshot into what the template prints.

    :raises KindNotPrintable: there is no template for this kind of document yet.
    """
    if snapshot.kind not in wording.TITLES:
        raise KindNotPrintable(kind=snapshot.kind.value)
    shown = printable(snapshot)
    footer = wrap(_footer(shown), style="footer", limit=FOOTER_WIDTH)
    fits = len(footer) <= FOOTER_LINES
    head = head_of(shown)
    table = lines_of(shown)
    tail = tail_of(shown, footer="" if fits else _footer(shown))
    return Document(
        title=f"{head.title} {shown.number}".strip(),
        author=shown.seller.name,
        subject=f"{head.title} dla: {shown.buyer.name}",
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
        text_width=GRID.text_width,
        wide=GRID.wide,
    )
