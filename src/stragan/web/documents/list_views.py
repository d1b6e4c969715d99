"""The list of documents, with the totals of everything it matches."""

from datetime import date
from typing import Any, Final

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.dates import MONTHS
from django.views.decorators.http import require_GET

from stragan.documents.models import Document
from stragan.documents.states import AVAILABLE_KINDS
from stragan.kit import clock
from stragan.web.documents import words
from stragan.web.documents.filtering import (
    DocumentFilter,
    last_of_month,
    matching,
    months_back,
    totals_of,
)
from stragan.web.shell.access import member_page
from stragan.web.shell.listing import Pages, page_number, page_size
from stragan.web.shell.middleware import CompanyRequest

MONTHS_OFFERED: Final = 12


@require_GET
@member_page()
def document_list(request: CompanyRequest) -> HttpResponse:
    """The list; for htmx only its body."""
    wanted = DocumentFilter.read(request.GET)
    number, size = page_number(request), page_size(request)
    rows = matching(request.company, wanted)
    totals = totals_of(rows)
    count = sum(one.count for one in totals)
    number = min(number, max(1, -(-count // size)))  # a page past the end is the last one
    shown = list(rows[(number - 1) * size : number * size])
    context = {
        "rows": [_row(document) for document in shown],
        "totals": totals,
        "count": count,
        "pages": Pages.of(request, number=number, size=size, shown=len(shown), total=count),
        "wanted": wanted,
        **_menus(wanted, today=clock.business_today()),
    }
    is_fragment = request.headers.get("HX-Request") == "true" and (
        request.headers.get("HX-History-Restore-Request") != "true"
    )
    return render(request, "documents/_documents.html" if is_fragment else "documents/list.html", context)


def _row(document: Document) -> dict[str, Any]:
    return {
        "document": document,
        "kind": words.kind_name(document.kind),
        "ksef": words.KSEF.get(document.ksef, document.ksef),
        "is_unsent": document.ksef == "not_sent",
    }


def _menus(wanted: DocumentFilter, *, today: date) -> dict[str, Any]:
    """Choices of the filter bar, each with the address it leads to."""
    month = wanted.month
    return {
        "months": [
            {
                "label": month_name(day),
                "url": wanted.address(**{"from": day, "to": last_of_month(day)}),
                "is_current": day == month,
            }
            for day in months_back(today, MONTHS_OFFERED)
        ],
        "month": month_name(month) if month else "",
        "clear_days": wanted.address(**{"from": None, "to": None}),
        "kinds": [
            {
                "label": words.kind_name(kind),
                "url": wanted.address(kind=kind),
                "is_current": kind == wanted.kind,
            }
            for kind in sorted(AVAILABLE_KINDS)
        ],
        "kind": words.kind_name(wanted.kind) if wanted.kind else "",
        "clear_kind": wanted.address(kind=""),
        "ksef_states": [
            {"label": label, "url": wanted.address(ksef=state), "is_current": state == wanted.ksef}
            for state, label in words.KSEF.items()
        ],
        "ksef": words.KSEF[wanted.ksef] if wanted.ksef else "",
        "clear_ksef": wanted.address(ksef=""),
        "clear_text": wanted.address(q=""),
        "filter_count": sum(map(bool, (wanted.since or wanted.until, wanted.kind, wanted.ksef, wanted.text))),
    }


def month_name(day: date) -> str:
    """Write a month for people: ``listopad 2026``, ``November 2026``."""
    return f"{MONTHS[day.month]} {day.year}"
