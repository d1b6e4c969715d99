"""The daily record of sales: a month of days, and a day of documents with their orders and payers."""

from datetime import date
from typing import Any

from django.http import Http404
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_GET

from stragan.books import register, totals
from stragan.books.register import RevenueLine, VatLine
from stragan.books.states import period_of
from stragan.web.books import exports, words
from stragan.web.books.page import book_kept, books_page, is_payer, month_of, tabs
from stragan.web.shell.access import member_page
from stragan.web.shell.exporting import FORMATS
from stragan.web.shell.listing import Pages, address, page_number, page_size
from stragan.web.shell.middleware import CompanyRequest


@require_GET
@member_page()
@books_page
def month(request: CompanyRequest) -> HttpResponseBase:
    """Days of a month with their sums per VAT rate; of an exempt seller with their revenue."""
    shown, company, book = month_of(request), request.company, book_kept(request)
    payer = is_payer(request, period=shown.period)
    file_format = request.GET.get("export", "")
    if file_format in FORMATS:
        lines: Any = (
            register.vat_daily(company, shown.period)
            if payer
            else register.revenue_daily(company, book, shown.period)
        )
        return exports.daily(lines, period=shown.period, file_format=file_format)
    revenue_days = register.revenue_days(company, book, shown.period)
    days: list[Any] = list(register.vat_days(company, shown.period)) if payer else list(revenue_days)
    found: Any = (
        totals.vat_totals(company, [shown.period], daily=True)
        if payer
        else totals.revenue_totals(company, book, [shown.period], daily=True)
    )
    revenue: dict[date, Any] = {}
    for one in revenue_days:
        revenue[one.day] = revenue.get(one.day, 0) + one.amount
    rates = [rate.code for rate in register.rates_of(dict(found.fields))] if payer else []
    context = {
        "month": shown,
        "months": [
            {"label": label, "url": f"?period={period}", "is_current": period == shown.period}
            for period, label in shown.choices
        ],
        "previous_url": f"?period={shown.previous}",
        "next_url": f"?period={shown.next}" if shown.next else "",
        "tabs": tabs(request, current="daily", period=shown.period),
        "exports": {name: address(request, export=name) for name in FORMATS},
        "is_payer": payer,
        "rates": [words.rate_name(code) for code in rates],
        "days": [
            {
                "line": one,
                "cells": [_rate(one, code) for code in rates],
                "revenue": revenue.get(one.day),
                "due": words.month_name(one.due_period) if one.due_period else "",
            }
            for one in days
        ],
        "found": found,
        "found_cells": [_rate(found, code) for code in rates],
        "revenue_total": totals.revenue_totals(company, book, [shown.period], daily=True).amount,
    }
    return render(request, "books/daily.html", context)


@require_GET
@member_page()
@books_page
def day(request: CompanyRequest, on: str) -> HttpResponseBase:
    """Documents of one day's record, each with its order and payer."""
    try:
        when = date.fromisoformat(on)
    except ValueError as error:
        raise Http404 from error
    company, book = request.company, book_kept(request)
    payer = is_payer(request, period=period_of(when))
    number, size = page_number(request), page_size(request)
    begin, end = (number - 1) * size, number * size
    lines: list[VatLine | RevenueLine]
    found: Any
    if payer:
        found = totals.vat_totals_of_day(company, when)
        lines = [register.vat_line(row) for row in register.vat_rows_of_day(company, when)[begin:end]]
    else:
        found = totals.revenue_totals_of_day(company, book, when)
        rows = register.revenue_rows_of_day(company, book, when)[begin:end]
        lines = [register.revenue_line(row) for row in rows]
    context = {
        "day": when,
        "period": period_of(when),
        "is_payer": payer,
        "rows": [{"line": line, "kind": words.KINDS.get(line.kind, "")} for line in lines],
        "found": found,
        "rates": register.rates_of(dict(found.fields)) if payer else (),
        "pages": Pages.of(request, number=number, size=size, shown=len(lines), total=found.count),
    }
    return render(request, "books/day.html", context)


def _rate(line: Any, code: str) -> tuple[Any, Any]:
    """Give net and tax of a code; None where the day has nothing of it."""
    for rate in register.rates_of(dict(line.fields)):
        if rate.code == code:
            return rate.net, rate.vat
    return None, None
