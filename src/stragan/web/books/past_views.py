"""Post the past: what would come into the books per month, and the progress of the job."""

from contextlib import suppress
from typing import Any

from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from stragan.books.models import PastPosting
from stragan.companies.states import Ability
from stragan.core.errors import Conflict
from stragan.core.money import ZERO
from stragan.flows import book_past
from stragan.kit import clock
from stragan.web.books import words
from stragan.web.books.page import book_kept, books_page
from stragan.web.shell.access import member_page
from stragan.web.shell.middleware import CompanyRequest


@require_http_methods(["GET", "HEAD", "POST"])
@member_page(Ability.KEEP_BOOKS)
@books_page
def past(request: CompanyRequest) -> HttpResponseBase:
    """Preview and start; while a job works, its progress."""
    if request.method == "POST":
        with suppress(Conflict):  # somebody else has started it: the page shows its progress
            book_past.start(
                request.company, by=request.user, now=clock.business_now(), asked_at=clock.real_now()
            )
        return redirect("books:past")
    context = _progress(request)
    if not context["is_working"]:
        book = book_kept(request)
        months = book_past.preview(request.company, book=book)
        context |= {
            "months": [{"name": words.month_name(one.period), "month": one} for one in months],
            "documents": sum(one.documents for one in months),
            "net": sum((one.net for one in months), ZERO),
            "vat": sum((one.vat for one in months), ZERO),
            "awaited": sum((one.awaited for one in months), ZERO),
            "any_closed": any(one.is_closed for one in months),
            "book_name": words.REGISTERS[book],
        }
    return render(request, "books/past.html", context)


@require_GET
@member_page(Ability.KEEP_BOOKS)
@books_page
def progress(request: CompanyRequest) -> HttpResponseBase:
    """The progress alone, for polling."""
    return render(request, "books/_past_progress.html", _progress(request))


def _progress(request: CompanyRequest) -> dict[str, Any]:
    run = PastPosting.objects.for_company(request.company).order_by("-id").first()
    return {"run": run, "is_working": run is not None and run.finished_at is None}
