"""Close months of registers, and open them again with a reason; both leave a trace."""

from collections.abc import Sequence
from datetime import datetime

from stragan.books.actions.posting import lock_ledger
from stragan.books.models import ClosedMonth
from stragan.books.states import last_day
from stragan.companies.models import Company, User
from stragan.core.dates import warsaw_date
from stragan.core.errors import Conflict, Refused
from stragan.kit import audit


class PeriodNotOver(Refused):
    """Only a month that has ended can be closed: documents of today must have a place to go."""

    code = "period_not_over"


class PeriodStateChanged(Conflict):
    """The month was closed or reopened by somebody else meanwhile."""

    code = "period_state_changed"


class ReopenReasonMissing(Refused):
    """Reopening a month needs a reason."""

    code = "reopen_reason_missing"


def close_month(*, company: Company, registers: Sequence[str], period: str, by: User, now: datetime) -> None:
    """Close a month of some registers: it takes no more rows and gives none back. In one transaction.

    :raises PeriodNotOver: the month has not ended in Warsaw.
    :raises PeriodStateChanged: one of the registers is closed already.
    """
    if last_day(period) >= warsaw_date(now):
        raise PeriodNotOver(month=period)
    lock_ledger(company)
    rows = ClosedMonth.objects.for_company(company)
    if rows.filter(register__in=registers, period=period, reopened_at__isnull=True).exists():
        raise PeriodStateChanged(month=period)
    rows.bulk_create(
        ClosedMonth(company=company, register=register, period=period, closed_at=now, closed_by=by)
        for register in registers
    )
    _record("books.closed", company=company, registers=registers, period=period, by=by, now=now)


def reopen_month(
    *, company: Company, registers: Sequence[str], period: str, reason: str, by: User, now: datetime
) -> None:
    """Let a month take rows again. In the caller's transaction.

    :raises ReopenReasonMissing: *reason* is empty.
    :raises PeriodStateChanged: none of the registers is closed.
    """
    if not reason.strip():
        raise ReopenReasonMissing
    lock_ledger(company)
    rows = ClosedMonth.objects.for_company(company).filter(
        register__in=registers, period=period, reopened_at__isnull=True
    )
    if not rows.update(reopened_at=now, reopened_by=by, reopen_reason=reason.strip()[:300]):
        raise PeriodStateChanged(month=period)
    _record("books.reopened", company=company, registers=registers, period=period, by=by, now=now)


def _record(
    verb: str, *, company: Company, registers: Sequence[str], period: str, by: User, now: datetime
) -> None:
    deed = audit.Deed(
        verb=verb,
        subject="books",
        company_id=company.pk,
        user_id=by.pk,
        facts={"registers": list(registers), "period": period},
    )
    audit.record([deed], at=now)
