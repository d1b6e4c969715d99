"""Confirmed receipt of a correction in minus: the month its tax goes down in (VAT Act art. 29a(13a))."""

from collections.abc import Sequence
from datetime import date, datetime

from stragan.books.actions.posting import Posting, post, require_open, take_back_vat
from stragan.books.entries import Entries, VatEntry
from stragan.books.models import AwaitedReceipt, CorrectionReceipt, VatRow
from stragan.books.queries import closed_months
from stragan.books.register import fields_of, standing
from stragan.books.states import Confirmation, Register, RowType, period_of
from stragan.companies.models import Company, User
from stragan.core.dates import warsaw_date
from stragan.core.errors import Refused
from stragan.core.money import ZERO
from stragan.documents.models import Document
from stragan.kit import audit


class ReceiptDayWrong(Refused):
    """Receipt is not confirmed before the correction is issued, or in the future."""

    code = "receipt_day_wrong"


def note_receipts(
    documents: Sequence[Document], *, company: Company, day: date, how: Confirmation, by: User, now: datetime
) -> None:
    """Note the day the receipt of each of these was confirmed, and how. The caller holds the ledger.

    :raises ReceiptDayWrong: the day is before the issue date of one of them, or in the future.
    """
    for document in documents:
        if not document.issue_date <= day <= warsaw_date(now):
            raise ReceiptDayWrong(number=document.number, issued=document.issue_date.isoformat())
    CorrectionReceipt.objects.for_company(company).bulk_create(
        CorrectionReceipt(company=company, document=document, day=day, how=how, at=now, by=by)
        for document in documents
    )
    deeds = [
        audit.Deed(
            verb="books.correction_received",
            subject="document",
            subject_id=document.pk,
            company_id=company.pk,
            user_id=by.pk,
            facts={"number": document.number, "day": day.isoformat(), "how": how.value},
        )
        for document in documents
    ]
    audit.record(deeds, at=now)


def post_awaited(entries: Sequence[tuple[int, VatEntry]], *, company: Company, now: datetime) -> None:
    """Write the VAT rows of corrections that waited, by document id, in the months of their days.

    :raises stragan.books.actions.posting.PeriodClosed: one of these months is closed.
    """
    closed = closed_months(company)
    for _, entry in entries:
        require_open(closed, register=Register.VAT, period=period_of(entry.day))
    postings = [Posting(document_id=pk, entries=Entries(vat=entry)) for pk, entry in entries]
    post(postings, company=company, now=now)
    ids = [pk for pk, _ in entries]
    AwaitedReceipt.objects.for_company(company).filter(document_id__in=ids).delete()


def move_rows(document_ids: Sequence[int], *, company: Company, day: date, now: datetime) -> None:
    """Move VAT rows that stand already to the month of *day*: taken back and written anew.

    :raises stragan.books.actions.posting.PeriodClosed: the month of a row, or that of *day*, is closed.
    """
    rows = standing(VatRow.objects.for_company(company)).filter(
        document_id__in=document_ids, document__isnull=False
    )
    moving = [row for row in rows.order_by("id") if row.period != period_of(day)]
    closed = closed_months(company)
    for period in dict.fromkeys([*(row.period for row in moving), *([period_of(day)] if moving else [])]):
        require_open(closed, register=Register.VAT, period=period)
    postings = [
        Posting(document_id=row.document_id, entries=Entries(vat=_entry(row, day=day)), turn=row.turn + 1)
        for row in moving
    ]
    take_back_vat(moving, company=company, now=now)
    post(postings, company=company, now=now)


def _entry(row: VatRow, *, day: date) -> VatEntry:
    return VatEntry(
        type=RowType(row.type),
        daily=row.daily,
        number=row.number,
        issue_date=row.issue_date,
        sale_date=row.sale_date,
        day=day,
        period=period_of(day),
        due_period="",
        country=row.country,
        tax_id=row.tax_id,
        name=row.name,
        gtu=row.gtu,
        fields=fields_of(row),
        net=row.net or ZERO,
        vat=row.vat or ZERO,
        gross=row.gross or ZERO,
    )
