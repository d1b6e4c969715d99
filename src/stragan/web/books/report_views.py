"""Enter the monthly report of a cash register, and take one back."""

from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import Http404
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from stragan.books.actions.reports import enter_report, take_report_back
from stragan.books.models import CashReport
from stragan.books.states import Register, is_period
from stragan.companies.states import Ability
from stragan.core.errors import StraganError
from stragan.kit import clock
from stragan.kit.messages import text_of_error
from stragan.web.books import words
from stragan.web.books.page import book_kept, books_page, is_payer
from stragan.web.books.report_form import ReportForm
from stragan.web.shell.access import member_page
from stragan.web.shell.middleware import CompanyRequest


@require_http_methods(["GET", "HEAD", "POST"])
@member_page(Ability.KEEP_BOOKS)
@books_page
def enter(request: CompanyRequest, period: str) -> HttpResponseBase:
    """The form "Raport miesięczny kasy"; posting it writes the RO row and its revenue."""
    if not is_period(period):
        raise Http404
    book = book_kept(request)
    form = ReportForm(
        request.POST or None,
        is_payer=is_payer(request, period=period),
        is_ryczalt=book is Register.RYCZALT,
        rate=request.company.ryczalt_rate,
    )
    if form.is_bound and form.is_valid():
        try:
            with transaction.atomic():
                report = enter_report(
                    form.facts(period),
                    company=request.company,
                    book=book,
                    by=request.user,
                    now=clock.business_now(),
                )
        except StraganError as refusal:
            form.add_error(None, text_of_error(refusal))
        else:
            messages.success(request, _("The report %(number)s is posted.") % {"number": report.number})
            return redirect("books:month", period)
    context = {"form": form, "period": period, "name": words.month_name(period)}
    return render(request, "books/report.html", context, status=422 if form.is_bound else 200)


@require_POST
@member_page(Ability.KEEP_BOOKS)
@books_page
def take_back(request: CompanyRequest, public_id: UUID) -> HttpResponseBase:
    """Write a report in minus, so that a right one can be entered."""
    report = CashReport.objects.for_company(request.company).filter(public_id=public_id).first()
    if report is None:
        raise Http404
    try:
        with transaction.atomic():
            take_report_back(report, company=request.company, by=request.user, now=clock.business_now())
    except StraganError as refusal:
        messages.error(request, text_of_error(refusal))
    else:
        messages.success(request, _("The report %(number)s is taken back.") % {"number": report.number})
    return redirect("books:month", report.period)
