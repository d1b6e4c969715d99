"""Months of the books: their state and sums, what to look at before closing, closing and reopening."""

from typing import Any, Final
from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from stragan.books import totals
from stragan.books.actions.months import close_month, reopen_month
from stragan.books.models import ClosedMonth, VatRow
from stragan.books.queries import awaiting_receipt, closed_months, confirmations, standing_reports
from stragan.books.register import rates_of
from stragan.books.states import Register, is_period, last_day
from stragan.companies.models import Receipts
from stragan.companies.states import Ability
from stragan.core.errors import StraganError
from stragan.core.money import ZERO
from stragan.flows import book_checks, book_past
from stragan.flows.confirm_receipt import confirm_receipt
from stragan.kit import clock
from stragan.kit.messages import text_of_error
from stragan.web.books import words
from stragan.web.books.page import (
    book_kept,
    books_page,
    can,
    month_of,
    registers_of,
)
from stragan.web.books.waiting_views import confirmation_of, not_confirmed
from stragan.web.shell.access import member_page
from stragan.web.shell.middleware import CompanyRequest

MONTHS: Final = 12
MOST_CORRECTIONS: Final = 50


@require_GET
@member_page()
@books_page
def months(request: CompanyRequest) -> HttpResponseBase:
    """A year of months, newest first; with ``check`` also their differences to the documents."""
    today = month_of(request).today
    year = request.GET.get("year", "")
    year = year if is_period(f"{year}-01") else today[:4]
    company, book = request.company, book_kept(request)
    periods = [f"{year}-{place:02}" for place in range(MONTHS, 0, -1)]
    periods = [period for period in periods if period <= today]
    vat = totals.vat_totals_by_month(company, periods)
    revenue = totals.revenue_totals_by_month(company, book, periods)
    closed = closed_months(company)
    is_checked = "check" in request.GET
    rows = [
        {
            "period": period,
            "name": words.month_name(period),
            "vat": vat.get(period) or totals.VatTotals(),
            "revenue": revenue.get(period) or totals.RevenueTotals(),
            "states": [
                {"label": words.REGISTERS[register], "is_closed": period in closed.get(register, ())}
                for register in registers_of(request, period=period)
            ],
            "is_over": last_day(period) < clock.business_today(),
            "difference": book_checks.difference(company, period, book=book) if is_checked else None,
        }
        for period in periods
    ]
    context = {
        "rows": rows,
        "year": year,
        "previous_year": int(year) - 1,
        "next_year": int(year) + 1 if year < today[:4] else "",
        "book_name": words.REGISTERS[book],
        "is_checked": is_checked,
        "has_past": book_past.has_past(company, book=book),
        "whole": {
            "net": sum((one.net for one in vat.values()), ZERO),
            "vat": sum((one.vat for one in vat.values()), ZERO),
            "revenue": sum((one.amount for one in revenue.values()), ZERO),
        },
    }
    is_fragment = request.headers.get("HX-Request") == "true"
    return render(request, "books/_months.html" if is_fragment else "books/months.html", context)


@require_GET
@member_page()
@books_page
def month(request: CompanyRequest, period: str) -> HttpResponseBase:
    """One month: sums, reports of cash registers, closing and its history; with ``check`` also its checklist.

    The checklist looks at every document of the month, so it comes after the page.
    """
    asked = _asked(period)
    if "check" in request.GET and request.headers.get("HX-Request") == "true":
        return render(request, "books/_checks.html", {"period": asked, **_checks(request, asked)})
    return _month_page(request, asked)


@require_POST
@member_page(Ability.CLOSE_MONTHS)
@books_page
def close(request: CompanyRequest, period: str) -> HttpResponseBase:
    """Close the chosen registers of a month."""
    asked = _asked(period)
    kept = registers_of(request, period=asked)
    chosen = [register.value for register in kept if register.value in request.POST.getlist("register")]
    if not chosen:
        messages.error(request, _("Choose at least one register."))
        return redirect("books:month", asked)
    try:
        with transaction.atomic():
            close_month(
                company=request.company,
                registers=chosen,
                period=asked,
                by=request.user,
                now=clock.business_now(),
            )
    except StraganError as refusal:
        return _month_page(request, asked, error=text_of_error(refusal), status=422)
    messages.success(
        request,
        _("%(month)s is closed. Documents go to the next open month.") % {"month": words.month_name(asked)},
    )
    return redirect("books:month", asked)


@require_POST
@member_page(Ability.CLOSE_MONTHS)
@books_page
def reopen(request: CompanyRequest, period: str) -> HttpResponseBase:
    """Open the chosen registers of a month again, with a reason."""
    asked = _asked(period)
    chosen = [register.value for register in Register if register.value in request.POST.getlist("register")]
    try:
        with transaction.atomic():
            reopen_month(
                company=request.company,
                registers=chosen,
                period=asked,
                reason=request.POST.get("reason", ""),
                by=request.user,
                now=clock.business_now(),
            )
    except StraganError as refusal:
        return _month_page(request, asked, error=text_of_error(refusal), status=422)
    messages.success(request, _("%(month)s is open again.") % {"month": words.month_name(asked)})
    return redirect("books:month", asked)


@require_POST
@member_page(Ability.KEEP_BOOKS)
@books_page
def received(request: CompanyRequest, period: str, public_id: UUID) -> HttpResponseBase:
    """Note when the receipt of a correction in minus was confirmed."""
    asked = _asked(period)
    found = book_checks.corrections_in_minus(request.company, asked).filter(public_id=public_id).first()
    if found is None:
        raise Http404
    confirmed = confirmation_of(request)
    if confirmed is None:
        return _month_page(request, asked, error=not_confirmed(), status=422)
    day, how = confirmed
    now = clock.business_now()
    try:
        with transaction.atomic():
            confirm_receipt([found], company=request.company, day=day, how=how, by=request.user, now=now)
    except StraganError as refusal:
        return _month_page(request, asked, error=text_of_error(refusal), status=422)
    messages.success(
        request, _("Noted: the receipt of the correction %(number)s is confirmed.") % {"number": found.number}
    )
    return redirect("books:month", asked)


def _asked(period: str) -> str:
    if not is_period(period):
        raise Http404
    return period


def _month_page(request: CompanyRequest, period: str, *, error: str = "", status: int = 200) -> HttpResponse:
    company, book = request.company, book_kept(request)
    closed = closed_months(company)
    states = [
        {
            "register": register.value,
            "label": words.REGISTERS[register],
            "is_closed": period in closed.get(register, ()),
        }
        for register in registers_of(request, period=period)
    ]
    history = (
        ClosedMonth.objects.for_company(company)
        .filter(period=period)
        .select_related("closed_by", "reopened_by")
    )
    vat = totals.vat_totals(company, [period])
    context = {
        "period": period,
        "name": words.month_name(period),
        "error": error,
        "states": states,
        "any_open": any(not one["is_closed"] for one in states),
        "any_closed": any(one["is_closed"] for one in states),
        "is_over": last_day(period) < clock.business_today(),
        "is_payer": states[0]["register"] == Register.VAT,
        "vat": vat,
        "vat_rates": _rates(vat),
        "revenue": totals.revenue_totals(company, book, [period]),
        "book_name": words.REGISTERS[book],
        "is_ryczalt": book is Register.RYCZALT,
        **(_checks(request, period) if "check" in request.GET else {}),
        "corrections": _corrections(request, period),
        "ways": words.CONFIRMATIONS.items(),
        "reports": standing_reports(company, book, period),
        "history": [{"label": words.REGISTERS[one.register], "row": one} for one in history.order_by("-id")],
        "may_close": can(request, Ability.CLOSE_MONTHS),
        "may_keep": can(request, Ability.KEEP_BOOKS),
        "today": clock.business_today(),
    }
    return render(request, "books/month.html", context, status=status)


def _checks(request: CompanyRequest, period: str) -> dict[str, Any]:
    """What to look at before closing."""
    company, book = request.company, book_kept(request)
    lacks_report = company.receipts == Receipts.FISCAL and not standing_reports(company, book, period)
    return {
        "checks": book_checks.checklist(company, period, book=book),
        "difference": book_checks.difference(company, period, book=book),
        "lacks_report": lacks_report,
    }


def _rates(found: totals.VatTotals) -> list[dict[str, Any]]:
    return [{"name": words.rate_name(rate.code), "rate": rate} for rate in rates_of(dict(found.fields))]


def _corrections(request: CompanyRequest, period: str) -> list[dict[str, Any]]:
    """Corrections in minus of the month: when their receipt was confirmed, where their tax stands."""
    company = request.company
    found = list(book_checks.corrections_in_minus(company, period).defer("snapshot")[:MOST_CORRECTIONS])
    ids = [document.pk for document in found]
    noted = confirmations(company, ids)
    waiting = set(awaiting_receipt(company).filter(pk__in=ids).values_list("pk", flat=True))
    rows = VatRow.objects.for_company(company).filter(
        document_id__in=ids, document__isnull=False, reverses__isnull=True, reversals=None
    )
    periods = dict(rows.values_list("document_id", "period"))
    return [
        {
            "document": document,
            "day": noted[document.pk][0] if document.pk in noted else None,
            "how": noted[document.pk][1] if document.pk in noted else "",
            "how_word": words.CONFIRMATIONS.get(noted[document.pk][1], "") if document.pk in noted else "",
            "waits": document.pk in waiting,
            "stands": words.month_name(periods[document.pk]) if document.pk in periods else "",
        }
        for document in found
    ]
