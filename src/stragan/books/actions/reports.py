"""Enter the monthly report of a cash register, and take one back that was wrong."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Final

from stragan.books.actions.posting import Posting, lock_ledger, post, require_open, take_back
from stragan.books.entries import Entries, RevenueEntry, VatEntry
from stragan.books.models import CashReport, RevenueRow
from stragan.books.queries import closed_months
from stragan.books.states import Register, RowType, last_day
from stragan.companies.models import Company, User
from stragan.companies.queries import vat_standing
from stragan.core.errors import Refused
from stragan.core.money import ZERO
from stragan.core.snapshot import RateTotal
from stragan.core.statutory_fields import jpk_v7_sums
from stragan.core.vat import percent_of, vat_from_gross
from stragan.kit import audit

# A cash register rounds on each receipt, so its tax differs from the tax of the sum; not by much.
_LEAST_TOLERANCE: Final = Decimal("5.00")
_TOLERANCE: Final = Decimal("0.01")


class CashReportEmpty(Refused):
    """A report without any amount."""

    code = "cash_report_empty"


class CashReportExists(Refused):
    """A report with this number stands in the month already."""

    code = "cash_report_exists"


class CashReportVatUnlikely(Refused):
    """The tax is not what the rate makes of the gross, even with rounding on each receipt."""

    code = "cash_report_vat_unlikely"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportFacts:
    """What the report says. ``rates`` are its own sums, never computed here (amounts in PLN)."""

    period: str
    number: str
    register_id: str
    rates: Sequence[RateTotal]
    ryczalt_rate: str = ""  # empty: the company's


def enter_report(
    facts: ReportFacts, *, company: Company, book: Register, by: User, now: datetime
) -> CashReport:
    """Post a report on the last day of its month: RO in the VAT register, its net in the book of revenue.

    Runs in the caller's transaction.

    :raises CashReportEmpty: nothing was sold.
    :raises CashReportVatUnlikely: tax and gross of a rate do not fit.
    :raises CashReportExists: a report of this number stands in the month.
    :raises stragan.books.actions.posting.PeriodClosed: the month is closed in one of the registers.
    """
    rates = tuple(rate for rate in facts.rates if rate.gross)
    day = last_day(facts.period)
    _check(rates, day_of=facts)
    lock_ledger(company)
    vat_payer = vat_standing(company, on=day).vat_payer
    closed = closed_months(company)
    for register in (book, Register.VAT) if vat_payer else (book,):
        require_open(closed, register=register, period=facts.period)
    known = RevenueRow.objects.for_company(company).filter(
        book=book, period=facts.period, daily=False, type=RowType.RO, number=facts.number
    )
    if known.filter(report__isnull=False, reverses__isnull=True, reversals=None).exists():
        raise CashReportExists(number=facts.number)
    net, vat, gross = (sum((getattr(rate, name) for rate in rates), ZERO) for name in ("net", "vat", "gross"))
    report = CashReport.objects.for_company(company).create(
        company=company,
        period=facts.period,
        number=facts.number,
        register_id=facts.register_id,
        day=day,
        rates=[
            {name: str(getattr(rate, name)) for name in ("code", "net", "vat", "gross")} for rate in rates
        ],
        net=net,
        vat=vat,
        gross=gross,
        at=now,
        by=by,
    )
    entries = Entries(
        vat=_vat_entry(report, rates) if vat_payer else None,
        revenue=(_revenue_entry(report, book, facts.ryczalt_rate or company.ryczalt_rate),),
    )
    post([Posting(report_id=report.pk, entries=entries)], company=company, now=now)
    _record("books.report_entered", report, by=by, now=now)
    return report


def take_report_back(report: CashReport, *, company: Company, by: User, now: datetime) -> None:
    """Write the rows of a report in minus; another one can be entered then. In the caller's transaction.

    :raises stragan.books.actions.posting.PeriodClosed: the month is closed.
    """
    lock_ledger(company)
    vat, revenue = take_back(report_id=report.pk, company=company, now=now)
    if vat or revenue:
        _record("books.report_taken_back", report, by=by, now=now)


def _check(rates: Sequence[RateTotal], *, day_of: ReportFacts) -> None:
    if not rates:
        raise CashReportEmpty
    for rate in rates:
        expected = vat_from_gross(rate.gross, percent=percent_of(rate.code, on=last_day(day_of.period)))
        tolerance = max(_LEAST_TOLERANCE, expected * _TOLERANCE) if expected else ZERO
        if abs(rate.vat - expected) > tolerance or rate.vat > rate.gross:
            raise CashReportVatUnlikely(vat_code=rate.code, vat=rate.vat, expected=expected)


def _vat_entry(report: CashReport, rates: Sequence[RateTotal]) -> VatEntry:
    return VatEntry(
        type=RowType.RO,
        daily=False,
        number=report.number,
        issue_date=report.day,
        sale_date=None,
        day=report.day,
        period=report.period,
        due_period="",
        country="",
        tax_id="",
        name="",
        gtu="",
        fields=jpk_v7_sums(rates),
        net=report.net or ZERO,
        vat=report.vat or ZERO,
        gross=report.gross or ZERO,
    )


def _revenue_entry(report: CashReport, book: Register, ryczalt_rate: str) -> RevenueEntry:
    net = report.net or ZERO
    return RevenueEntry(
        book=book,
        type=RowType.RO,
        daily=False,
        number=report.number,
        issue_date=report.day,
        day=report.day,
        period=report.period,
        due_period="",
        country="",
        tax_id="",
        name="",
        address="",
        description="cash_report",
        rate=ryczalt_rate if book is Register.RYCZALT else "",
        amount=net,
        vat=report.vat or ZERO,
        gross=report.gross or ZERO,
    )


def _record(verb: str, report: CashReport, *, by: User, now: datetime) -> None:
    deed = audit.Deed(
        verb=verb,
        subject="cash_report",
        subject_id=report.pk,
        company_id=report.company_id,
        user_id=by.pk,
        facts={"number": report.number, "period": report.period},
    )
    audit.record([deed], at=now)
