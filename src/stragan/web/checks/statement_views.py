"""Statements of completeness: the days with their state, made on demand, taken away as PDF and JSON."""

from collections.abc import Container
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from stragan.companies.states import Ability, may
from stragan.core.errors import StraganError
from stragan.flows import state_completeness, statement_files
from stragan.kit import clock, jobs
from stragan.kit.messages import text_of_error
from stragan.orders import statements
from stragan.orders.models import Statement
from stragan.shops.models import Shop
from stragan.shops.queries import shops_of
from stragan.web.checks.page import SourceRow, source_rows
from stragan.web.shell import show
from stragan.web.shell.access import member_page
from stragan.web.shell.middleware import CompanyRequest

DAYS: Final = 31
_TYPES: Final = {"pdf": "application/pdf", "json": "application/json"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One day of one shop; ``statement`` is None where none was made."""

    day: date
    shop: Shop
    statement: Statement | None
    is_asked_for: bool
    silent: tuple[SourceRow, ...]  # sources that were not compared

    @property
    def totals(self) -> list[tuple[Decimal, str]]:
        """What buyers pay, per currency."""
        sums = self.statement.totals if self.statement else {}
        return [(Decimal(total), currency) for currency, total in sums.items()]


@require_GET
@member_page()
def listing(request: CompanyRequest) -> HttpResponse:
    """The last month, day by day and shop by shop."""
    today = clock.business_today()
    last = _day(request.GET.get("until", "")) or today
    first = last - timedelta(days=DAYS - 1)
    shops = list(shops_of(request.company))
    known = statements.latest_by_day(request.company, first=first, last=last)
    asked = jobs.unfinished_keys(state_completeness.JOB, company_id=request.company.pk)
    rows = [
        _row(shop, last - timedelta(days=step), known, asked=asked)
        for step in range(DAYS)
        for shop in shops
        if shop.since_date <= last - timedelta(days=step) <= today
    ]
    return render(
        request,
        "checks/statements.html",
        {
            "rows": rows,
            "several": len(shops) > 1,
            "may_check": may(request.membership.role, Ability.FETCH_ORDERS),
            "today": today,
            "first": first,
            "last": last,
            "earlier": first - timedelta(days=1),
            "later": min(last + timedelta(days=DAYS), today) if last < today else None,
            "good": sum(row.statement is not None and row.statement.complete for row in rows),
            "bad": sum(row.statement is not None and not row.statement.complete for row in rows),
        },
    )


def _row(shop: Shop, day: date, known: dict[tuple[date, int], Statement], *, asked: Container[str]) -> Row:
    statement = known.get((day, shop.pk))
    sources = source_rows(statement.run) if statement and not statement.complete else []
    return Row(
        day=day,
        shop=shop,
        statement=statement,
        is_asked_for=state_completeness.key_of(shop.pk, day) in asked,
        silent=tuple(one for one in sources if not one.is_compared),
    )


@require_POST
@member_page(Ability.FETCH_ORDERS)
def make(request: CompanyRequest) -> HttpResponse:
    """Have the statement of a day made, or made anew."""
    shop = shops_of(request.company).filter(pk=_number(request.POST.get("shop", ""))).first()
    if shop is None:
        raise Http404
    today = clock.business_today()
    day = _day(request.POST.get("day", ""))
    if day is None:
        raise Http404
    try:
        state_completeness.ask(company=request.company, shop=shop, day=day, today=today, now=clock.real_now())
    except StraganError as refusal:
        messages.error(request, text_of_error(refusal))
    else:
        text = _("The statement of %(day)s is being made. Reload the page in a moment.")
        messages.success(request, text % {"day": show.day(day)})
    return redirect("checks:statements")


@require_GET
@member_page()
def file(request: CompanyRequest, statement_id: int, file_format: str) -> HttpResponse:
    """One statement as it was made: PDF or JSON."""
    statement = statements.statements_of(request.company).filter(pk=statement_id).first()
    if statement is None or file_format not in _TYPES:
        raise Http404
    data = statement_files.pdf_of(statement) if file_format == "pdf" else statements.file_of(statement)
    response = HttpResponse(data, content_type=_TYPES[file_format])
    name = statement_files.file_name(statement, file_format)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _number(text: str) -> int:
    return int(text) if text.isdecimal() else 0
