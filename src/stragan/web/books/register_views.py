"""The VAT register and the book of revenue: a month of rows, its totals, files to take away."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final, TypeVar

from django.db.models import Max, Min, Q, QuerySet
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from stragan.books import register, totals
from stragan.books.models import RevenueRow, VatRow
from stragan.books.queries import closed_months, count_awaiting_receipt
from stragan.books.register import RevenueLine, VatLine
from stragan.books.states import Register
from stragan.companies.models import Company
from stragan.documents.models import Document
from stragan.kit.among import Among
from stragan.kit.search import SHORTEST_TRIGRAM, pointing_to
from stragan.web.books import exports, words
from stragan.web.books.page import Month, book_kept, books_page, is_payer, month_of, tabs
from stragan.web.books.rows import Writer, rate_cells
from stragan.web.shell.access import member_page
from stragan.web.shell.exporting import FORMATS
from stragan.web.shell.listing import Pages, address, page_number, page_size
from stragan.web.shell.middleware import CompanyRequest

LONGEST_TEXT: Final = 100
MOST_DAYS: Final = 1000  # days and rates of a month, all on one page
PARTS: Final = ("named", "daily")
R = TypeVar("R", VatRow, RevenueRow)


@require_GET
@member_page()
@books_page
def vat(request: CompanyRequest) -> HttpResponseBase:
    """The VAT sales register of a month; for htmx only its body."""
    month, company = month_of(request), request.company
    file_format = request.GET.get("export", "")
    if file_format in FORMATS:
        return exports.vat(company, month.period, file_format=file_format)
    part, text = _filter(request)
    number, size = page_number(request), page_size(request)
    whole = totals.vat_totals(company, [month.period])
    found = whole
    lines: Sequence[VatLine]
    if text:
        rows = _searched(VatRow.objects.for_company(company).filter(period=month.period), company, text)
        found = totals.vat_totals_of(rows)
        of_text = register.standing(rows).order_by("day", "id")
        lines = [register.vat_line(row) for row in register.sliced(of_text, (number - 1) * size, size)]
        pages = Pages.of(request, number=number, size=size, shown=len(lines), total=found.count)
    elif part == "daily":
        lines = register.vat_days(company, month.period)
        found = totals.vat_totals(company, [month.period], daily=True)
        pages = Pages.of(request, number=1, size=MOST_DAYS, shown=len(lines), total=len(lines))
    else:
        own = totals.vat_totals(company, [month.period], daily=False)
        of_month = register.vat_rows(company, month.period, daily=False)
        raw = register.sliced(of_month, (number - 1) * size, size + 1)
        days = [] if part == "named" else register.vat_days(company, month.period)
        cut, of_page = register.page_of(raw, size=size, is_first=number == 1, days=days)
        gone = _taken_back(VatRow.objects.for_company(company), cut)
        lines = list(register.merged((register.vat_line(row) for row in cut if row.id not in gone), of_page))
        found = own if part == "named" else whole
        pages = _pages(
            request, raw=len(cut), rows=own.rows, count=own.count, days=(days, of_page), shown=len(lines)
        )
    writer = Writer(period=month.period)
    rates = [rate.code for rate in register.rates_of(dict(whole.fields))] or ["23"]
    context = {
        **_common(request, month, current="vat", part=part, text=text),
        "rows": [writer.vat(line, rates) for line in lines],
        "heads": [words.rate_name(code) for code in rates],
        "whole": whole,
        "found": found,
        "found_cells": rate_cells(dict(found.fields), rates, amount=writer.amount),
        "is_payer": is_payer(request, period=month.period),
        "is_closed": month.period in closed_months(company).get(Register.VAT, ()),
        "pages": pages,
    }
    if waiting := count_awaiting_receipt(company):
        context["waiting_count"] = waiting
        context["part_urls"]["waiting"] = f"{reverse('books:waiting')}?period={month.period}"
    return render(request, _template(request, "vat"), context)


@require_GET
@member_page()
@books_page
def revenue(request: CompanyRequest) -> HttpResponseBase:
    """KPiR or the flat-rate register of a month, with the year so far; for htmx only its body."""
    month, company, book = month_of(request), request.company, book_kept(request)
    file_format = request.GET.get("export", "")
    if file_format in FORMATS:
        return exports.revenue(company, book, month.period, file_format=file_format)
    part, text = _filter(request)
    number, size = page_number(request), page_size(request)
    whole = totals.revenue_totals(company, book, [month.period])
    found = whole
    lines: Sequence[RevenueLine]
    if text:
        of_book = RevenueRow.objects.for_company(company).filter(book=book, period=month.period)
        rows = _searched(of_book, company, text)
        found = totals.revenue_totals_of(rows)
        of_text = register.standing(rows).order_by("day", "id")
        lines = [register.revenue_line(row) for row in register.sliced(of_text, (number - 1) * size, size)]
        pages = Pages.of(request, number=number, size=size, shown=len(lines), total=found.count)
    elif part == "daily":
        lines = register.revenue_days(company, book, month.period)
        found = totals.revenue_totals(company, book, [month.period], daily=True)
        pages = Pages.of(request, number=1, size=MOST_DAYS, shown=len(lines), total=len(lines))
    else:
        own = totals.revenue_totals(company, book, [month.period], daily=False)
        own_rows = register.revenue_rows(company, book, month.period, daily=False)
        raw = register.sliced(own_rows, (number - 1) * size, size + 1)
        days = [] if part == "named" else register.revenue_days(company, book, month.period)
        cut, of_page = register.page_of(raw, size=size, is_first=number == 1, days=days)
        gone = _taken_back(RevenueRow.objects.for_company(company), cut)
        lines = list(
            register.merged((register.revenue_line(row) for row in cut if row.id not in gone), of_page)
        )
        found = own if part == "named" else whole
        pages = _pages(
            request, raw=len(cut), rows=own.rows, count=own.count, days=(days, of_page), shown=len(lines)
        )
    writer = Writer(period=month.period)
    year = [f"{month.period[:4]}-{place:02}" for place in range(1, int(month.period[5:]) + 1)]
    context = {
        **_common(request, month, current="revenue", part=part, text=text),
        "rows": [writer.revenue(line) for line in lines],
        "book": book.value,
        "title": words.REGISTERS[book],
        "is_ryczalt": book is Register.RYCZALT,
        "whole": whole,
        "found": found,
        "year": totals.revenue_totals(company, book, year),
        "year_before": totals.revenue_totals(company, book, year[:-1]),
        "is_closed": month.period in closed_months(company).get(book, ()),
        "pages": pages,
    }
    return render(request, _template(request, "revenue"), context)


def _pages(
    request: CompanyRequest,
    *,
    raw: int,
    rows: int,
    count: int,
    days: tuple[Sequence[Any], Sequence[Any]],
    shown: int,
) -> Pages:
    """Give the line under a register: pages are cut by its own rows, and days come in between.

    *raw*: own rows of the page; *rows*: of all; *count*: of those that stand; *days*: of month and page.
    """
    of_month, of_page = days
    line = Pages.of(request, number=page_number(request), size=page_size(request), shown=raw, total=rows)
    before = of_month.index(of_page[0]) if of_page else 0
    first = max(line.first, 1) + before if shown else 0
    return replace(line, first=first, last=first + max(shown - 1, 0), total=count + len(of_month))


def _filter(request: CompanyRequest) -> tuple[str, str]:
    part = request.GET.get("part", "")
    return (part if part in PARTS else ""), request.GET.get("q", "").strip()[:LONGEST_TEXT]


def _common(request: CompanyRequest, month: Month, *, current: str, part: str, text: str) -> dict[str, Any]:
    return {
        "month": month,
        "months": [
            {
                "label": label,
                "url": address(request, period=period, page=None),
                "is_current": period == month.period,
            }
            for period, label in month.choices
        ],
        "previous_url": address(request, period=month.previous, page=None),
        "next_url": address(request, period=month.next, page=None) if month.next else "",
        "tabs": tabs(request, current=current, period=month.period),
        "part": part,
        "part_urls": {name or "all": address(request, part=name or None, page=None) for name in ("", *PARTS)},
        "text": text,
        "exports": {name: address(request, export=name, page=None) for name in FORMATS},
        "without_text": address(request, q=None, page=None),
        "clear_url": f"?period={month.period}",
    }


def _searched(rows: QuerySet[R], company: Company, text: str) -> QuerySet[R]:
    """Of the *rows* of a month those of documents that hold *text*, and reports whose number begins with it.

    A text too short to look for anywhere is the beginning of a number or a tax id.
    """
    if not any(len(word) >= SHORTEST_TRIGRAM for word in text.split()):
        return rows.filter(Q(number__istartswith=text) | Q(tax_id__startswith=text))
    # Apart: of two at once SQLite reads all rows of the month.
    low, high = (rows.aggregate(end=end("document_id"))["end"] or 0 for end in (Min, Max))
    documents = Document.objects.for_company(company)
    found = pointing_to("document_id", documents, text, low=low, high=high)
    # By report: beside the month SQLite would read all of its rows.
    reports = rows.model.objects.across_companies().filter(
        report__isnull=False, document__isnull=True, number__istartswith=text
    )
    of_reports = list(reports.values_list("pk", flat=True))
    return rows.filter(found | Q(Among("id", of_reports)) if of_reports else found)


def _taken_back(rows: QuerySet[R], shown: Sequence[Any]) -> set[int]:
    """Which of the shown rows are taken back or take another back: they cancel and are not shown."""
    ids = [row.id for row in shown]
    reversed_ids = rows.filter(Among("reverses_id", ids)).values_list("reverses_id", flat=True)
    return {pk for pk in reversed_ids if pk} | {row.id for row in shown if row.reverses_id is not None}


def _template(request: CompanyRequest, name: str) -> str:
    is_fragment = request.headers.get("HX-Request") == "true" and (
        request.headers.get("HX-History-Restore-Request") != "true"
    )
    return f"books/_{name}.html" if is_fragment else f"books/{name}.html"
