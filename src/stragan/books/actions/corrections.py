"""When the buyer got a correction in minus: the month its tax goes down in (VAT Act art. 29a(13a))."""

from datetime import date, datetime

from stragan.books.actions.posting import (
    Posting,
    lock_ledger,
    post,
    require_open,
    take_back_vat,
)
from stragan.books.entries import Entries, VatEntry
from stragan.books.models import CorrectionReceipt, VatRow
from stragan.books.queries import closed_months
from stragan.books.register import fields_of
from stragan.books.states import Register, RowType, period_of
from stragan.companies.models import Company, User
from stragan.core.dates import warsaw_date
from stragan.core.errors import Refused
from stragan.core.money import ZERO
from stragan.documents.models import Document
from stragan.kit import audit


class ReceiptDayWrong(Refused):
    """Nobody gets a correction before it is issued, or in the future."""

    code = "receipt_day_wrong"


def confirm_receipt(document: Document, *, company: Company, day: date, by: User, now: datetime) -> None:
    """Note the day the buyer got a correction in minus; its VAT row moves to the month of that day.

    The row is taken back and written anew, so both months must be open; in the same month nothing moves.
    Revenue stays in the month of the correction (PIT Act art. 14(1m)). In the caller's transaction.

    :raises ReceiptDayWrong: the day is before the issue date or in the future.
    :raises stragan.books.actions.posting.PeriodClosed: one of the two months is closed.
    """
    if not document.issue_date <= day <= warsaw_date(now):
        raise ReceiptDayWrong(issued=document.issue_date.isoformat())
    lock_ledger(company)
    rows = VatRow.objects.for_company(company).filter(
        document_id=document.pk, reverses__isnull=True, document__isnull=False, reversals=None
    )
    row = rows.first()
    if row is not None and row.period != period_of(day):
        closed = closed_months(company)
        require_open(closed, register=Register.VAT, period=row.period)
        require_open(closed, register=Register.VAT, period=period_of(day))
        entry = _entry(row, day=day)
        turn = row.turn + 1
        take_back_vat([row], company=company, now=now)
        post(
            [Posting(document_id=document.pk, entries=Entries(vat=entry), turn=turn)],
            company=company,
            now=now,
        )
    CorrectionReceipt.objects.for_company(company).create(
        company=company, document=document, day=day, at=now, by=by
    )
    deed = audit.Deed(
        verb="books.correction_received",
        subject="document",
        subject_id=document.pk,
        company_id=company.pk,
        user_id=by.pk,
        facts={"number": document.number, "day": day.isoformat()},
    )
    audit.record([deed], at=now)


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
