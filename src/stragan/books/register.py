"""Registers as they are shown, written to files and listed: own rows, and one row a day of the daily record.

Rows that were taken back, and those that take them back, are left out: they cancel to the grosz.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, Final, TypeVar
from uuid import UUID

from django.db.models import F, Model, QuerySet

from stragan.books.models import RevenueRow, RevenueSum, VatRow, VatSum
from stragan.books.states import VAT_FIELDS, Mark, RowType, mark_of
from stragan.companies.models import Company
from stragan.core.money import ZERO
from stragan.core.snapshot import RateTotal
from stragan.kit.among import Among

# Base and tax of each VAT code in JPK_V7(3), in the order of documents; no tax where the second is empty.
RATE_FIELDS: Final = (
    ("23", "K_19", "K_20"),
    ("8", "K_17", "K_18"),
    ("5", "K_15", "K_16"),
    ("0", "K_13", ""),
    ("0 WDT", "K_21", ""),
    ("0 EX", "K_22", ""),
    ("zw", "K_10", ""),
    ("np", "K_11", ""),
)
# What a line says of its row, and of the row's document and order: no objects, for a page has a hundred.
_OF_ROW: Final = (
    *("id", "reverses_id", "report_id", "type", "number", "issue_date", "day", "period", "due_period"),
    *("country", "tax_id", "name"),
)
_OF_BOOK: Final[dict[type[Model], tuple[str, ...]]] = {
    VatRow: ("sale_date", "gtu", *(name.lower() for name in VAT_FIELDS), "net", "vat", "gross"),
    RevenueRow: ("rate", "address", "description", "amount"),
}
_OF_DOCUMENT: Final = {
    "document_kind": F("document__kind"),
    "document_ksef": F("document__ksef"),
    "document_public_id": F("document__public_id"),
    "document_buyer": F("document__buyer_name"),
    "order_id": F("document__order_id"),
    "order_number": F("document__order__number"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """What a line of either register says. ``count`` is how many documents a daily row stands for."""

    number: str
    kind: str  # of the document; empty for a daily row or a report
    type: str
    issue_date: date
    day: date
    period: str
    due_period: str
    country: str
    tax_id: str
    name: str
    is_daily: bool = False
    count: int = 1
    document_id: UUID | None = None
    buyer: str = ""
    order_id: int | None = None
    order_number: int | None = None
    report_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class VatLine(Line):
    """A line of the VAT register; ``fields`` are the sums per field of JPK_V7(3), zeros left out."""

    mark: Mark
    sale_date: date | None
    gtu: str
    fields: dict[str, Decimal] = field(default_factory=dict)
    net: Decimal
    vat: Decimal
    gross: Decimal

    @property
    def rates(self) -> tuple[RateTotal, ...]:
        """Sums per VAT code, in the order of documents."""
        return rates_of(self.fields)


@dataclass(frozen=True, slots=True, kw_only=True)
class RevenueLine(Line):
    """A line of KPiR (column 9) or of the flat-rate register (one per document and rate)."""

    rate: str
    address: str
    description: str
    amount: Decimal


L = TypeVar("L", VatLine, RevenueLine)


def rates_of(fields: dict[str, Decimal]) -> tuple[RateTotal, ...]:
    """Turn sums per field of the file into sums per VAT code."""
    rates = []
    for code, base, tax in RATE_FIELDS:
        if base in fields or tax in fields:
            net, vat = fields.get(base, ZERO), fields.get(tax, ZERO)
            rates.append(RateTotal(code=code, net=net, vat=vat, gross=net + vat))
    return tuple(rates)


# ``daily`` is asked with ``in``: as a bare condition SQLite would not find it in the index.
def vat_rows(company: Company, period: str, *, daily: bool) -> QuerySet[VatRow]:
    """Rows of a month as posted, in the order of the register; taken back ones too."""
    rows = VatRow.objects.for_company(company).filter(period=period, daily__in=[daily])
    return rows.order_by("day", "id")


def revenue_rows(company: Company, book: str, period: str, *, daily: bool) -> QuerySet[RevenueRow]:
    """Rows of a month of *book* as posted, in the order of the register; taken back ones too."""
    rows = RevenueRow.objects.for_company(company).filter(book=book, period=period, daily__in=[daily])
    return rows.order_by("day", "id")


R = TypeVar("R", VatRow, RevenueRow)


def with_documents(rows: QuerySet[R]) -> QuerySet[Any]:
    """Read of each row what its line says, with the document and the order."""
    columns = (*_OF_ROW, *_OF_BOOK[rows.model], *_OF_DOCUMENT)
    return rows.annotate(**_OF_DOCUMENT).values_list(*columns, named=True)


def _read(rows: QuerySet[R]) -> Iterator[Any]:
    """Read rows that stand, with their documents, in bounded memory."""
    return with_documents(standing(rows)).iterator(chunk_size=1000)


def sliced(rows: QuerySet[R], start: int, count: int) -> list[Any]:
    """Read *count* rows from *start* on: their ids from the index alone, then the rows of these."""
    ids = list(rows.values_list("pk", flat=True)[start : start + count])
    found: QuerySet[R] = rows.model.objects.across_companies().filter(Among("id", ids))
    by_id = {row.id: row for row in with_documents(found)}
    return [by_id[pk] for pk in ids]


def standing(rows: QuerySet[R]) -> QuerySet[R]:
    """Only rows that count: neither taken back nor taking back."""
    return rows.filter(reverses__isnull=True, reversals=None)


def vat_lines(company: Company, period: str, *, by_document: bool = False) -> Iterator[VatLine]:
    """The VAT register of a month; with *by_document* the daily record is given document by document."""
    rows = _read(vat_rows(company, period, daily=False))
    days = vat_daily(company, period) if by_document else vat_days(company, period)
    return merged(map(vat_line, rows), days)


def vat_daily(company: Company, period: str) -> Iterator[VatLine]:
    """The daily record of sales of a month, document by document."""
    return map(vat_line, _read(vat_rows(company, period, daily=True)))


def revenue_lines(
    company: Company, book: str, period: str, *, by_document: bool = False
) -> Iterator[RevenueLine]:
    """The book of revenue of a month; with *by_document* the daily record is given document by document."""
    rows = _read(revenue_rows(company, book, period, daily=False))
    days = revenue_daily(company, book, period) if by_document else revenue_days(company, book, period)
    return merged(map(revenue_line, rows), days)


def revenue_daily(company: Company, book: str, period: str) -> Iterator[RevenueLine]:
    """The daily record of sales of a month in the book of revenue, document by document."""
    return map(revenue_line, _read(revenue_rows(company, book, period, daily=True)))


def vat_rows_of_day(company: Company, day: date) -> QuerySet[Any]:
    """Rows of one day of the daily record that stand; some may stand in a later month."""
    periods = VatSum.objects.for_company(company).filter(day=day, type=RowType.WEW)
    rows = VatRow.objects.for_company(company).filter(
        period__in=list(periods.values_list("period", flat=True)), daily__in=[True], day=day
    )
    return with_documents(standing(rows)).order_by("period", "id")


def revenue_rows_of_day(company: Company, book: str, day: date) -> QuerySet[Any]:
    """Rows of one day of the daily record that stand in the book of revenue."""
    periods = RevenueSum.objects.for_company(company).filter(book=book, day=day, type=RowType.WEW)
    rows = RevenueRow.objects.for_company(company).filter(
        book=book, period__in=set(periods.values_list("period", flat=True)), daily__in=[True], day=day
    )
    return with_documents(standing(rows)).order_by("period", "id")


def merged(own: Iterable[L], daily: Iterable[L]) -> Iterator[L]:
    """Put rows of days behind the last own row of their day; both come in order of days."""
    waiting = iter(daily)
    next_daily = next(waiting, None)
    for line in own:
        while next_daily is not None and next_daily.day < line.day:
            yield next_daily
            next_daily = next(waiting, None)
        yield line
    if next_daily is not None:
        yield next_daily
    yield from waiting


def vat_days(company: Company, period: str) -> list[VatLine]:
    """The daily record of sales of a month as rows of the VAT register, one a day (WEW)."""
    rows = VatSum.objects.for_company(company).filter(period=period, type=RowType.WEW, count__gt=0)
    return [
        VatLine(
            **_daily(day=one.day, period=period, count=one.count),
            mark=mark_of(RowType.WEW, ""),
            sale_date=None,
            gtu="",
            fields=fields_of(one),
            net=one.net or ZERO,
            vat=one.vat or ZERO,
            gross=one.gross or ZERO,
        )
        for one in rows.order_by("day")
    ]


def revenue_days(company: Company, book: str, period: str) -> list[RevenueLine]:
    """The daily record of sales of a month as rows of the book of revenue, one a day and rate."""
    rows = RevenueSum.objects.for_company(company).filter(
        book=book, period=period, type=RowType.WEW, count__gt=0
    )
    return [
        RevenueLine(
            **_daily(day=one.day, period=period, count=one.count),
            rate=one.rate,
            address="",
            description="daily",
            amount=one.amount or ZERO,
        )
        for one in rows.order_by("day", "rate")
    ]


def _daily(*, day: date, period: str, count: int) -> dict[str, Any]:
    due = day.isoformat()[:7]
    return {
        "number": f"WEW {day:%d/%m/%Y}",
        "kind": "",
        "type": RowType.WEW.value,
        "issue_date": day,
        "day": day,
        "period": period,
        "due_period": due if due != period else "",
        "country": "",
        "tax_id": "",
        "name": "",
        "is_daily": True,
        "count": count,
    }


def fields_of(row: VatRow | VatSum) -> dict[str, Decimal]:
    """Give the sums per field of the file; pairs go together, zeros of both are left out."""
    amounts = {name: getattr(row, name.lower()) or ZERO for name in VAT_FIELDS}
    found: dict[str, Decimal] = {}
    for _, base, tax in RATE_FIELDS:
        if amounts[base] or (tax and amounts[tax]):
            found[base] = amounts[base]
            if tax:
                found[tax] = amounts[tax]
    return {name: found[name] for name in VAT_FIELDS if name in found}


def vat_line(row: Any) -> VatLine:
    """Give a posted row, read ``with_documents``, as a line."""
    return VatLine(
        **_posted(row),
        mark=mark_of(row.type, row.document_ksef or ""),
        sale_date=row.sale_date,
        gtu=row.gtu,
        fields=fields_of(row),
        net=row.net or ZERO,
        vat=row.vat or ZERO,
        gross=row.gross or ZERO,
    )


def revenue_line(row: Any) -> RevenueLine:
    """Give a posted row, read ``with_documents``, as a line."""
    return RevenueLine(
        **_posted(row),
        rate=row.rate,
        address=row.address,
        description=row.description,
        amount=row.amount or ZERO,
    )


def _posted(row: Any) -> dict[str, Any]:
    return {
        "number": row.number,
        "kind": row.document_kind or "",
        "type": row.type,
        "issue_date": row.issue_date,
        "day": row.day,
        "period": row.period,
        "due_period": row.due_period,
        "country": row.country,
        "tax_id": row.tax_id,
        "name": row.name,
        "document_id": row.document_public_id,
        "buyer": row.document_buyer or "",
        "order_id": row.order_id,
        "order_number": row.order_number,
        "report_id": row.report_id,
    }


def page_of(rows: Sequence[R], *, size: int, is_first: bool, days: Iterable[L]) -> tuple[list[R], list[L]]:
    """Cut a page out of own *rows*, of which one more than *size* were read; give the days that belong to it.

    A day stands behind its last own row: on the page where that row is, or before the first row.
    """
    shown = list(rows[:size])
    following = rows[size].day if len(rows) > size else None
    since = None if is_first or not shown else shown[0].day
    return shown, [
        one
        for one in days
        if (since is None or one.day >= since) and (following is None or one.day < following)
    ]
