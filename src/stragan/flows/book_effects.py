"""What documents write into the registers, in the transaction that issues, corrects or voids them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import TypeVar

from django.db.models import QuerySet

from stragan.books import queries
from stragan.books.actions.posting import Posting, lock_ledger, post, take_back
from stragan.books.entries import (
    Entries,
    Keeping,
    RevenueEntry,
    Sale,
    VatEntry,
    awaits_receipt,
    entries_of,
    ryczalt_amounts,
    sale_of,
)
from stragan.books.models import RevenueRow, VatRow
from stragan.books.states import POSTED_KINDS, Register, RowType, first_day, next_period, period_of
from stragan.companies.models import Company
from stragan.companies.queries import vat_standing
from stragan.core.money import ZERO
from stragan.core.snapshot import DocumentKind, DocumentSnapshot, from_bytes
from stragan.documents.actions import Author, Prepared
from stragan.documents.content import Refusal, SellerProfile
from stragan.documents.models import Document
from stragan.documents.sellers import profile_of
from stragan.flows import goods_facts
from stragan.flows.posted import Posted

R = TypeVar("R", VatRow, RevenueRow)


@dataclass(frozen=True, slots=True, kw_only=True)
class BookEntry:
    """One row of a register. ``register`` is vat, kpir or ryczalt; ``period`` a month such as 2026-11."""

    register: str
    period: str
    day: date
    net: Decimal
    vat: Decimal
    gross: Decimal


def keeping_of(company: Company) -> Keeping | None:
    """Read how the company keeps its books now; None where it keeps none here."""
    book = queries.book_of(company)
    return None if book is None else queries.keeping_of(company, book)


def hold(*, company: Company) -> Keeping | None:
    """Keep the ledger until the transaction ends; gives how the books are kept, which stays true until then.

    Before stock is locked, so that nobody waits in a ring.
    """
    if queries.book_of(company) is not None:
        lock_ledger(company)
    return keeping_of(company)


def closed_vat_months(keeping: Keeping | None) -> frozenset[str]:
    """Months whose VAT register takes no more rows; none where the company keeps no books here."""
    return frozenset() if keeping is None else keeping.closed.get(Register.VAT, frozenset())


def refusal(
    *, company: Company, keeping: Keeping | None, kind: DocumentKind, issue_date: date
) -> Refusal | None:
    """Say that the month of *issue_date* is closed, with the next open one.

    Where *keeping* was read with the ledger held the answer stays true: asked again under the series' lock,
    before a number is taken.
    """
    if keeping is None or not keeping.closed or kind not in POSTED_KINDS:
        return None
    period = period_of(issue_date)
    months = _closed_on(issue_date, company=company, book=keeping.book, closed=keeping.closed)
    if period not in months:
        return None
    following = period
    while following in months:
        following = next_period(following)
    params = {"month": period, "next": following, "date": first_day(following).isoformat()}
    return Refusal(code="period_closed", params=params, field="issue_date")


def undo_refusal(document: Document, *, company: Company, is_locked: bool = False) -> Refusal | None:
    """Say that *document* stands in a closed month, or was issued in one; its rows stay there then.

    A row stands in the month of its own day: an invoice of November for money of October has its tax in
    October. With *is_locked* the ledger is held until the transaction ends, so that the answer stays true.
    """
    if is_locked:
        lock_ledger(company)
    closed = queries.closed_months(company)
    if not closed:
        return None
    standing = queries.standing_months(company, document.pk)
    months = [period for register, period in standing if period in closed.get(register, ())]
    book = queries.book_of(company)
    issued = period_of(document.issue_date)
    if book is not None and issued in _closed_on(
        document.issue_date, company=company, book=book, closed=closed
    ):
        months.append(issued)
    if not months:
        return None
    return Refusal(code="document_in_closed_month", params={"number": document.number, "month": min(months)})


def _closed_on(
    day: date, *, company: Company, book: Register, closed: Mapping[str, frozenset[str]]
) -> frozenset[str]:
    """Give the closed months of the registers that a document issued on *day* is meant for."""
    registers = [book.value]
    if vat_standing(company, on=day).vat_payer:
        registers.append(Register.VAT.value)
    return frozenset[str]().union(*(closed.get(register, ()) for register in registers))


def foresee(prepared: Sequence[Prepared], *, company: Company) -> Mapping[int, tuple[BookEntry, ...]]:
    """Say what issuing would post, by order id; changes nothing."""
    keeping = keeping_of(company) if prepared else None
    if keeping is None:
        return {}
    profile = profile_of(company, on=prepared[0].content.issue_date)
    return {
        one.order_id: _told(entries_of(_sale_to_be(one, profile=profile), keeping=keeping))
        for one, _ in goods_facts.decided(prepared, company=company)
    }


def apply(
    posted: Sequence[Posted], *, company: Company, author: Author, keeping: Keeping | None = None
) -> Mapping[int, tuple[BookEntry, ...]]:
    """Post documents just issued (corrections too); by document id.

    *keeping* is what ``hold`` answered in this transaction; where it was not asked, it is now.
    """
    counted = [one for one in posted if one.snapshot.kind in POSTED_KINDS]
    if not counted:
        return {}
    keeping = keeping or hold(company=company)
    if keeping is None:
        return {}
    planned = plan([(one.document, one.snapshot) for one in counted], company=company, keeping=keeping)
    post(
        [Posting(document_id=pk, entries=entries) for pk, entries in planned.items()],
        company=company,
        now=author.now,
    )
    return {pk: _told(entries) for pk, entries in planned.items()}


def plan(
    documents: Sequence[tuple[Document, DocumentSnapshot]], *, company: Company, keeping: Keeping
) -> dict[int, Entries]:
    """Say what each document writes, by its id; corrections are read with their originals.

    A correction in minus whose day of receipt was noted before it is posted does not wait for it.
    """
    original_ids = {document.corrects_id for document, _ in documents if document.corrects_id is not None}
    originals: dict[int, DocumentSnapshot] = {}
    orders = {document.pk: document.order_id for document, _ in documents}
    chains: dict[int, dict[str, Decimal]] = {}
    if original_ids:
        rows = Document.objects.for_company(company).filter(pk__in=original_ids)
        for pk, order_id, data in rows.values_list("id", "order_id", "snapshot"):
            originals[pk], orders[pk] = from_bytes(bytes(data)), order_id
        if keeping.book is Register.RYCZALT:
            chains = _chains(originals, orders=orders, company=company, keeping=keeping)
    roots = [document.corrects_id or document.pk for document, _ in documents]
    sales = goods_facts.filled(
        [
            (orders[root], sale_of(snapshot, original=originals.get(root)))
            for root, (_, snapshot) in zip(roots, documents, strict=True)
        ],
        company=company,
        book=keeping.book,
    )
    waiting = [
        document.pk for (document, _), sale in zip(documents, sales, strict=True) if awaits_receipt(sale)
    ]
    received = queries.receipt_days(company, waiting) if waiting else {}
    planned: dict[int, Entries] = {}
    for root, (document, _), made in zip(roots, documents, sales, strict=True):
        sale = replace(made, received=received.get(document.pk))
        planned[document.pk] = entries = entries_of(sale, keeping=keeping, posted_before=chains.get(root))
        if root in chains and root != document.pk:
            # Several corrections of one chain may come at once, when the past is posted.
            _add(chains[root], {row.rate: row.amount for row in entries.revenue})
    return planned


def _chains(
    originals: Mapping[int, DocumentSnapshot],
    *,
    orders: Mapping[int, int | None],
    company: Company,
    keeping: Keeping,
) -> dict[int, dict[str, Decimal]]:
    """Give what corrected documents and their corrections have in the flat-rate register, per rate.

    An original that has no row of its own stands there nonetheless: in a cash register's report, or it is
    about to be posted.
    """
    own = queries.flat_rate_amounts(company, originals)
    moved = queries.flat_rate_amounts(company, originals, of_corrections=True)
    chains = {pk: own[pk] for pk in originals if own.get(pk)}
    absent = [pk for pk in originals if pk not in chains]
    sales = goods_facts.filled(
        [(orders[pk], sale_of(originals[pk])) for pk in absent], company=company, book=keeping.book
    )
    chains |= {pk: ryczalt_amounts(sale, keeping=keeping) for pk, sale in zip(absent, sales, strict=True)}
    for pk, amounts in moved.items():
        _add(chains[pk], amounts)
    return chains


def _add(amounts: dict[str, Decimal], more: Mapping[str, Decimal]) -> None:
    for rate, amount in more.items():
        amounts[rate] = amounts.get(rate, ZERO) + amount


def undo(posted: Posted, *, company: Company, author: Author) -> tuple[BookEntry, ...]:
    """Take back the rows of a voided document, also where no books are kept any more.

    :raises stragan.books.actions.posting.PeriodClosed: a row stands in a closed month.
    """
    lock_ledger(company)
    vat, revenue = take_back(document_id=posted.document.pk, company=company, now=author.now)
    return (*map(_vat_row, vat), *map(_revenue_row, revenue))


def recall(document_ids: Iterable[int], *, company: Company) -> Mapping[int, tuple[BookEntry, ...]]:
    """Tell what documents have posted, by document id; of a void one the rows that took it back."""
    ids = list(document_ids)
    if not ids:
        return {}
    found: dict[int, list[BookEntry]] = {}
    posted = {"document_id__in": ids, "reverses__isnull": True, "document__isnull": False}
    vat = VatRow.objects.for_company(company)
    for row in _latest(list(vat.filter(**posted).order_by("id")), vat):
        found.setdefault(row.document_id or 0, []).append(_vat_row(row))
    revenue = RevenueRow.objects.for_company(company).select_related("document").defer("document__snapshot")
    for entry in _latest(list(revenue.filter(**posted).order_by("id")), revenue):
        found.setdefault(entry.document_id or 0, []).append(_revenue_row(entry))
    return {pk: tuple(entries) for pk, entries in found.items()}


def _latest(rows: Sequence[R], of_company: QuerySet[R]) -> list[R]:
    """Rows that stand; of a document that has none left, those that took its rows back."""
    taken = list(of_company.filter(reverses_id__in=[row.pk for row in rows]).order_by("id"))
    gone = {row.reverses_id for row in taken}
    standing = [row for row in rows if row.pk not in gone]
    kept = {row.document_id for row in standing}
    return standing + [row for row in taken if row.document_id not in kept]


def _sale_to_be(one: Prepared, *, profile: SellerProfile) -> Sale:
    content = one.content
    is_reference = content.kind is DocumentKind.RECEIPT and profile.fiscal_receipts
    return Sale(
        kind=content.kind,
        number="",
        issue_date=content.issue_date,
        supply_date=content.supply_date,
        supply_kind=content.supply_kind,
        vat_payer=profile.vat_payer,
        rates=one.sums.rates,
        lines=content.lines,
        is_fiscal=content.fiscal_receipt.day is not None and (is_reference or bool(content.to_receipt)),
        repeats_receipt=bool(content.to_receipt),
    )


def _told(entries: Entries) -> tuple[BookEntry, ...]:
    vat = (_entry(Register.VAT, entries.vat),) if entries.vat else ()
    return (*vat, *(_entry(row.book, row) for row in entries.revenue))


def _entry(register: Register, row: VatEntry | RevenueEntry) -> BookEntry:
    """An invoice to a receipt is told without sums: it stands in the register and is never added up."""
    is_shown_only = row.type is RowType.FP
    net = row.amount if isinstance(row, RevenueEntry) else row.net
    return BookEntry(
        register=register.value,
        period=row.period,
        day=row.day,
        net=ZERO if is_shown_only else net,
        vat=ZERO if is_shown_only else row.vat,
        gross=ZERO if is_shown_only else row.gross,
    )


def _vat_row(row: VatRow) -> BookEntry:
    is_shown_only = row.type == RowType.FP
    net, vat, gross = (ZERO if is_shown_only else amount or ZERO for amount in (row.net, row.vat, row.gross))
    return BookEntry(
        register=Register.VAT.value, period=row.period, day=row.day, net=net, vat=vat, gross=gross
    )


def _revenue_row(row: RevenueRow) -> BookEntry:
    """KPiR has one row per document, so its tax is the document's; flat-rate rows have none."""
    amount = row.amount or ZERO
    vat = (row.document.vat if row.book == Register.KPIR and row.document else None) or ZERO
    if row.reverses_id is not None:
        vat = -vat
    return BookEntry(
        register=row.book, period=row.period, day=row.day, net=amount, vat=vat, gross=amount + vat
    )
