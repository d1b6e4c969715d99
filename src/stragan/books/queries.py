"""What is asked about the books."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from django.db.models import Count, Exists, OuterRef, QuerySet, Sum

from stragan.books.entries import Keeping
from stragan.books.models import (
    AwaitedReceipt,
    CashReport,
    ClosedMonth,
    CorrectionReceipt,
    RevenueRow,
    VatRow,
)
from stragan.books.states import Register, RowType
from stragan.companies.models import Books, Company
from stragan.core.errors import Refused
from stragan.core.money import ZERO
from stragan.documents.models import Document
from stragan.kit.compiled import Values, made_once


class BooksOff(Refused):
    """The company keeps no books here."""

    code = "books_off"


BOOKS: Final = {Books.KPIR: Register.KPIR, Books.RYCZALT: Register.RYCZALT}


def book_of(company: Company) -> Register | None:
    """Give the book of revenue the company keeps now, if any."""
    return BOOKS.get(Books(company.books))


def closed_months(company: Company) -> dict[str, frozenset[str]]:
    """Give the months that take no more rows, by register."""
    found: dict[str, set[str]] = {}
    for register, period in _closed(company).rows():
        found.setdefault(register, set()).add(period)
    return {register: frozenset(periods) for register, periods in found.items()}


@made_once
def _closed(company: Company) -> Values:
    rows = ClosedMonth.objects.for_company(company).filter(reopened_at__isnull=True)
    return rows.values_list("register", "period")


def keeping_of(company: Company, book: Register) -> Keeping:
    """Read how the company keeps *book* now."""
    return Keeping(book=book, ryczalt_rate=company.ryczalt_rate, closed=closed_months(company))


def posted_ids(company: Company, document_ids: Iterable[int]) -> set[int]:
    """Say which of these documents have rows in the registers kept now, taken back or not."""
    ids = list(document_ids)
    book = book_of(company)
    vat = VatRow.objects.for_company(company).filter(document_id__in=ids, reverses__isnull=True)
    found = set(vat.values_list("document_id", flat=True))
    if book is not None:
        revenue = RevenueRow.objects.for_company(company).filter(
            document_id__in=ids, reverses__isnull=True, book=book
        )
        found |= set(revenue.values_list("document_id", flat=True))
    return {pk for pk in found if pk is not None}


def standing_months(company: Company, document_id: int) -> list[tuple[str, str]]:
    """Give register and month of every row of a document that was not taken back."""
    standing = {"document_id": document_id, "reverses__isnull": True, "reversals": None}
    vat = VatRow.objects.for_company(company).filter(**standing).order_by("id")
    revenue = RevenueRow.objects.for_company(company).filter(**standing).order_by("id")
    return [
        *((Register.VAT.value, period) for period in vat.values_list("period", flat=True)),
        *revenue.values_list("book", "period"),
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Awaited:
    """Corrections whose tax waits until their receipt is confirmed; sums in PLN, in minus."""

    count: int
    net: Decimal
    vat: Decimal
    gross: Decimal


def awaiting_receipt(company: Company) -> QuerySet[Document]:
    """Corrections in minus whose tax waits until their receipt is confirmed, oldest first."""
    waiting = AwaitedReceipt.objects.for_company(company).values("document_id")
    return Document.objects.for_company(company).filter(pk__in=waiting).order_by("issue_date", "id")


def count_awaiting_receipt(company: Company) -> int:
    """How many corrections wait so."""
    return AwaitedReceipt.objects.for_company(company).count()


def awaited_sums(documents: QuerySet[Document]) -> Awaited:
    """Count and add up corrections that wait."""
    sums = documents.order_by().aggregate(
        count=Count("pk"), all_net=Sum("net"), all_vat=Sum("vat"), all_gross=Sum("gross")
    )
    return Awaited(
        count=sums["count"],
        net=sums["all_net"] or ZERO,
        vat=sums["all_vat"] or ZERO,
        gross=sums["all_gross"] or ZERO,
    )


def receipt_days(company: Company, document_ids: Iterable[int]) -> dict[int, date]:
    """Give the day the receipt of each of these documents was confirmed, by id; none where it was not."""
    return {pk: day for pk, (day, _how) in confirmations(company, document_ids).items()}


def confirmations(company: Company, document_ids: Iterable[int]) -> dict[int, tuple[date, str]]:
    """The day the receipt of each of these documents was confirmed, and how, by id."""
    rows = CorrectionReceipt.objects.for_company(company).filter(document_id__in=list(document_ids))
    found = rows.order_by("id").values_list("document_id", "day", "how")  # the latest counts
    return {document_id: (day, how) for document_id, day, how in found}


def flat_rate_amounts(
    company: Company, document_ids: Iterable[int], *, of_corrections: bool = False
) -> dict[int, dict[str, Decimal]]:
    """Give what documents have in the flat-rate register, per rate, by id; none for those not in it.

    With *of_corrections*: what their corrections have there, together, by the id of the corrected document.
    """
    column = "document__corrects_id" if of_corrections else "document_id"
    sums = (
        RevenueRow.objects.for_company(company)
        .filter(book=Register.RYCZALT, **{f"{column}__in": list(document_ids)})
        .order_by()
        .values_list(column, "rate")
        .annotate(all_amounts=Sum("amount"))
    )
    found: dict[int, dict[str, Decimal]] = {}
    for document_id, rate, amount in sums:
        found.setdefault(document_id, {})[rate] = amount or ZERO
    return found


def standing_reports(company: Company, book: Register, period: str) -> list[CashReport]:
    """Give the reports of cash registers of a month that were not taken back, oldest first."""
    # From the few reports to their rows, not through all rows of the month.
    rows = RevenueRow.objects.across_companies().filter(
        report=OuterRef("pk"), book=book, period=period, type=RowType.RO
    )
    rows = rows.filter(reverses__isnull=True, reversals=None)
    reports = CashReport.objects.for_company(company).filter(Exists(rows))
    return list(reports.order_by("id"))
