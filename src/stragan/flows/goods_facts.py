"""What the books ask of the goods on documents: GTU and flat rate, kept with the document from issue on.

A product may change, be matched anew or leave the order afterwards: what was decided at issue stays, so that
posting the past and corrections say of the goods what their document said.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TypeAlias, TypeVar

from stragan.books.entries import Sale
from stragan.books.queries import book_of
from stragan.books.states import POSTED_KINDS, Register
from stragan.companies.models import Company
from stragan.core.snapshot import LineKind, SnapshotLine
from stragan.documents.actions import Prepared
from stragan.documents.content import DraftLine
from stragan.flows import stock_lines
from stragan.flows.stock_lines import Article

Line = TypeVar("Line", SnapshotLine, DraftLine, SnapshotLine | DraftLine)


Products: TypeAlias = Sequence[Article | None]  # of the lines of one document


def decided(prepared: Sequence[Prepared], *, company: Company) -> list[tuple[Prepared, Products | None]]:
    """Put GTU and flat rate of their products into the goods of documents about to be issued.

    Where a book is kept that is the last word: goods without a rate of their own take the company's. Where
    none is kept, what the product does not say is left open for whoever posts the past. Each comes with the
    products of its lines, unless nobody had to ask for them. At most four statements.
    """
    if not prepared or prepared[0].content.kind not in POSTED_KINDS:  # all are of one kind
        return [(one, None) for one in prepared]
    sales = [stock_lines.Sale(order_id=one.order_id, lines=one.content.lines) for one in prepared]
    found = stock_lines.products_of(sales, company=company)
    book = book_of(company)
    gtu = None if book is None else ""
    rate = company.ryczalt_rate if book is Register.RYCZALT else None
    complete: list[tuple[Prepared, Products | None]] = []
    for one, products in zip(prepared, found, strict=True):
        lines = tuple(
            _said(line, product, gtu=gtu, rate=rate) if line.kind is LineKind.GOODS else line
            for line, product in zip(one.content.lines, products, strict=True)
        )
        complete.append((replace(one, content=replace(one.content, lines=lines)), products))
    return complete


def filled(sales: Sequence[tuple[int | None, Sale]], *, company: Company, book: Register) -> list[Sale]:
    """Complete sales, each with the id of its order, by what was left open when they were issued.

    Asks nothing where nothing is open, else at most four statements.
    """
    asked = [
        stock_lines.Sale(
            order_id=order_id, lines=[line for line in _lines_of(sale) if _is_open(line, book=book)]
        )
        for order_id, sale in sales
    ]
    if not any(one.lines for one in asked):
        return [sale for _, sale in sales]
    found = stock_lines.products_of(asked, company=company, is_past=True)
    return [
        _completed(sale, iter(products), book=book) for (_, sale), products in zip(sales, found, strict=True)
    ]


def _lines_of(sale: Sale) -> Iterator[SnapshotLine | DraftLine]:
    """In the order in which ``_completed`` asks for them."""
    yield from sale.lines
    if sale.corrected is not None:
        yield from sale.corrected.before
        yield from sale.corrected.after


def _is_open(line: SnapshotLine | DraftLine, *, book: Register) -> bool:
    is_rate_asked = book is Register.RYCZALT and line.ryczalt_rate is None
    return line.kind is LineKind.GOODS and (line.gtu is None or is_rate_asked)


def _completed(sale: Sale, products: Iterator[Article | None], *, book: Register) -> Sale:
    def whole(lines: Sequence[Line]) -> tuple[Line, ...]:
        return tuple(
            _said(line, next(products), gtu="", rate="") if _is_open(line, book=book) else line
            for line in lines
        )

    sale = replace(sale, lines=whole(sale.lines))
    corrected = sale.corrected
    if corrected is None:
        return sale
    before, after = whole(corrected.before), whole(corrected.after)
    return replace(sale, corrected=replace(corrected, before=before, after=after))


def _said(line: Line, product: Article | None, *, gtu: str | None, rate: str | None) -> Line:
    """What the line says already stays; else its product speaks, else the given values."""
    said_gtu, said_rate = (product.gtu, product.ryczalt_rate) if product else ("", "")
    return replace(
        line,
        gtu=said_gtu or gtu if line.gtu is None else line.gtu,
        ryczalt_rate=said_rate or rate if line.ryczalt_rate is None else line.ryczalt_rate,
    )
