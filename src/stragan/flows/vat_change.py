"""VAT that falls into another time than its document: told before issuing, never guessed."""

from collections.abc import Sequence
from datetime import date

from stragan.books.states import period_of
from stragan.companies.queries import VatStretch, is_payer_on
from stragan.core.snapshot import DocumentKind
from stragan.documents.content import Refusal
from stragan.documents.states import ORIGINAL_KINDS


def warnings_of(
    kind: DocumentKind,
    *,
    supply_date: date | None,
    issue_date: date,
    history: Sequence[VatStretch],
    closed: frozenset[str],
) -> tuple[Refusal, ...]:
    """Say that VAT became due, or did not, under another status than that of the issue date, or too early.

    The document follows the status of its issue date. VAT of a sale is due by the status of the day of
    supply or of payment before it (VAT Act art. 19a(1), (8)), and in the month of that day: where it is
    among the *closed* ones the row goes to the next that is open. A person decides what follows from that.
    """
    if kind not in ORIGINAL_KINDS or supply_date is None:
        return ()
    then, now = (is_payer_on(history, day) for day in (supply_date, issue_date))
    if then != now:
        code = "vat_due_before_exemption" if then else "vat_not_due_before_registration"
        return (Refusal(code=code, params={"sold": supply_date.isoformat()}, field="supply_date"),)
    month = period_of(supply_date)
    if now and month in closed and month != period_of(issue_date):
        return (Refusal(code="vat_month_closed", params={"month": month}, field="supply_date"),)
    return ()
