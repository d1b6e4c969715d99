"""Write rows into the registers, and take them back; always inside the caller's one transaction."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Final

from stragan.books.entries import Entries, RevenueEntry, VatEntry
from stragan.books.models import AwaitedReceipt, Ledger, RevenueRow, RevenueSum, VatRow, VatSum
from stragan.books.queries import closed_months
from stragan.books.states import VAT_FIELDS, Register, next_period
from stragan.companies.models import Company
from stragan.core.errors import Refused
from stragan.core.money import ZERO
from stragan.kit.bulk import add_to_sums, insert_rows

_COMMON: Final = (
    "company", "document", "report", "reverses", "turn", "type", "daily", "number", "issue_date", "day",
    "period", "due_period", "country", "tax_id", "name", "posted_at",
)  # fmt: skip
_K: Final = tuple(name.lower() for name in VAT_FIELDS)
_VAT_AMOUNTS: Final = (*_K, "net", "vat", "gross")
_VAT: Final = (*_COMMON, "sale_date", "gtu", "procedures", *_VAT_AMOUNTS)
_REVENUE: Final = (*_COMMON, "book", "rate", "address", "description", "amount")
_AWAITED: Final = ("company", "document", "posted_at")
_VAT_KEY: Final = ("company", "period", "day", "type")
_REVENUE_KEY: Final = ("company", "book", "period", "day", "type", "rate")

SumKey = tuple[object, ...]


class PeriodClosed(Refused):
    """The month is closed: nothing is written into it or taken back from it."""

    code = "period_closed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Posting:
    """What a document, or a report typed in, writes."""

    document_id: int | None = None
    report_id: int | None = None
    entries: Entries
    turn: int = 1


@dataclass(slots=True)
class _Sums:
    """Adds up what a transaction writes, by the key of the table of sums."""

    found: dict[SumKey, list[int | Decimal]]

    def add(self, key: SumKey, amounts: Sequence[Decimal], *, count: int) -> None:
        """Count one row more; *count* is -1 for one that takes another back."""
        known = self.found.get(key)
        if known is None:
            self.found[key] = [1, count, *amounts]
        else:
            self.found[key] = [
                known[0] + 1,
                known[1] + count,
                *(a + b for a, b in zip(known[2:], amounts, strict=True)),
            ]

    def rows(self) -> list[tuple[object, ...]]:
        """Give rows for the table, in the order of their keys."""
        return [(*key, *self.found[key]) for key in sorted(self.found, key=repr)]


def lock_ledger(company: Company) -> None:
    """Wait for the company's ledger and keep it until the transaction ends.

    Whoever posts, closes or reopens holds it, so a month is not closed under a document on its way. On
    SQLite the transaction itself is the lock.
    """
    rows = Ledger.objects.for_company(company)
    if rows.select_for_update().first() is None:
        rows.bulk_create([Ledger(company=company)], ignore_conflicts=True)
        rows.select_for_update().get()


def post(postings: Iterable[Posting], *, company: Company, now: datetime) -> None:
    """Write rows, their sums and whose tax waits: at most five statements, however many documents."""
    vat_rows: list[Sequence[object]] = []
    awaited: list[Sequence[object]] = []
    revenue_rows: list[Sequence[object]] = []
    vat_sums, revenue_sums = _Sums({}), _Sums({})
    for one in postings:
        entry = one.entries.vat
        if entry is not None:
            fields = entry.fields
            amounts = (*(fields.get(name, ZERO) for name in VAT_FIELDS), entry.net, entry.vat, entry.gross)
            vat_rows.append(
                (*_common(one, entry, company=company, now=now), entry.sale_date, entry.gtu, "", *amounts)
            )
            vat_sums.add((company.pk, entry.period, entry.day, entry.type.value), amounts, count=1)
        if one.entries.awaits_receipt:
            awaited.append((company.pk, one.document_id, now))
        for row in one.entries.revenue:
            revenue_rows.append(
                (
                    *_common(one, row, company=company, now=now),
                    row.book.value,
                    row.rate,
                    row.address,
                    row.description,
                    row.amount,
                )
            )
            key = (company.pk, row.book.value, row.period, row.day, row.type.value, row.rate)
            revenue_sums.add(key, (row.amount,), count=1)
    insert_rows(VatRow, columns=_VAT, rows=vat_rows)
    insert_rows(RevenueRow, columns=_REVENUE, rows=revenue_rows)
    insert_rows(AwaitedReceipt, columns=_AWAITED, rows=awaited)
    _add_sums(vat_sums, revenue_sums)


def take_back(
    *, company: Company, now: datetime, document_id: int | None = None, report_id: int | None = None
) -> tuple[list[VatRow], list[RevenueRow]]:
    """Write a row in minus for every row of a document or report that still stands; gives the new rows.

    They stand where the rows stand that they take back, so a month that is closed refuses.

    :raises PeriodClosed: a row stands in a closed month.
    """
    of_it = {"document_id": document_id} if document_id is not None else {"report_id": report_id}
    vat = list(VatRow.objects.for_company(company).filter(reverses__isnull=True, reversals=None, **of_it))
    revenue = list(
        RevenueRow.objects.for_company(company).filter(reverses__isnull=True, reversals=None, **of_it)
    )
    closed = closed_months(company)
    for row in vat:
        require_open(closed, register=Register.VAT, period=row.period)
    for entry in revenue:
        require_open(closed, register=entry.book, period=entry.period)
    take_back_vat(vat, company=company, now=now)
    _take_back_revenue(revenue, company=company, now=now)
    return vat, revenue


def take_back_vat(rows: Sequence[VatRow], *, company: Company, now: datetime) -> None:
    """Write rows in minus for *rows*, which become the new ones; their months were seen to be open."""
    sums = _Sums({})
    for row in rows:
        _turn_round(row, _VAT_AMOUNTS, now=now)
        amounts = [getattr(row, name) for name in _VAT_AMOUNTS]
        sums.add((company.pk, row.period, row.day, row.type), amounts, count=-1)
    VatRow.objects.for_company(company).bulk_create(rows)
    _add_sums(sums, _Sums({}))


def _take_back_revenue(rows: Sequence[RevenueRow], *, company: Company, now: datetime) -> None:
    sums = _Sums({})
    for row in rows:
        _turn_round(row, ("amount",), now=now)
        key = (company.pk, row.book, row.period, row.day, row.type, row.rate)
        sums.add(key, [row.amount or ZERO], count=-1)
    RevenueRow.objects.for_company(company).bulk_create(rows)
    _add_sums(_Sums({}), sums)


def require_open(closed: Mapping[str, frozenset[str]], *, register: str, period: str) -> None:
    """See that a month takes rows.

    :raises PeriodClosed: it is closed; ``next`` is the first month after it that is open.
    """
    months = closed.get(register, frozenset())
    if period not in months:
        return
    following = period
    while following in months:
        following = next_period(following)
    raise PeriodClosed(month=period, next=following, date=f"{following}-01")


def _common(
    one: Posting, entry: VatEntry | RevenueEntry, *, company: Company, now: datetime
) -> tuple[object, ...]:
    return (
        company.pk,
        one.document_id,
        one.report_id,
        None,
        one.turn,
        entry.type.value,
        entry.daily,
        entry.number,
        entry.issue_date,
        entry.day,
        entry.period,
        entry.due_period,
        entry.country,
        entry.tax_id,
        entry.name,
        now,
    )


def _turn_round(row: VatRow | RevenueRow, amounts: Sequence[str], *, now: datetime) -> None:
    row.reverses_id, row.pk = row.pk, None
    row._state.adding = True  # noqa: SLF001 -- Django's documented way to copy a row
    row.posted_at = now
    for name in amounts:
        setattr(row, name, -getattr(row, name))


def _add_sums(vat: _Sums, revenue: _Sums) -> None:
    add_to_sums(VatSum, key=_VAT_KEY, sums=("rows", "count", *_VAT_AMOUNTS), rows=vat.rows())
    add_to_sums(RevenueSum, key=_REVENUE_KEY, sums=("rows", "count", "amount"), rows=revenue.rows())
