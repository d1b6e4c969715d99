"""Corrections in minus that wait for confirmation of receipt: the list, and the deed that ends it."""

import re
from collections.abc import Set as AbstractSet
from datetime import date
from typing import Final

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from stragan.books.queries import awaited_sums, awaiting_receipt
from stragan.books.states import Confirmation
from stragan.companies.states import Ability
from stragan.core.errors import StraganError
from stragan.flows.confirm_receipt import confirm_receipt
from stragan.kit import clock
from stragan.kit.messages import text_of_error
from stragan.web.books import exports, words
from stragan.web.books.page import books_page, can, month_of, tabs
from stragan.web.shell import show
from stragan.web.shell.access import member_page
from stragan.web.shell.exporting import FORMATS
from stragan.web.shell.listing import Pages, address, page_number, page_size, page_within
from stragan.web.shell.middleware import CompanyRequest

MOST_AT_ONCE: Final = 1000
ID: Final = re.compile(r"[0-9]{1,18}")


@require_http_methods(["GET", "HEAD", "POST"])
@member_page()
@books_page
def waiting(request: CompanyRequest) -> HttpResponseBase:
    """Every correction whose tax stands nowhere yet, oldest first, with their sum; also as a file.

    Whoever keeps the books notes here the day the receipt of the chosen ones was confirmed.
    """
    if request.method == "POST":
        if not can(request, Ability.KEEP_BOOKS):
            raise PermissionDenied
        return _received(request)
    file_format = request.GET.get("export", "")
    if file_format in FORMATS:
        return exports.waiting(awaiting_receipt(request.company), file_format=file_format)
    return _page(request)


def confirmation_of(request: CompanyRequest) -> tuple[date, Confirmation] | None:
    """The day that was written and how the receipt was confirmed; None where one of them is missing."""
    try:
        return date.fromisoformat(request.POST.get("day", "")), Confirmation(request.POST.get("how", ""))
    except ValueError:
        return None


def not_confirmed() -> str:
    """What is said where the day or the way is missing."""
    return _("Write the day on which the receipt was confirmed, and choose how.")


def _received(request: CompanyRequest) -> HttpResponse:
    chosen = {int(text) for text in request.POST.getlist("document") if ID.fullmatch(text)}
    if len(chosen) > MOST_AT_ONCE:
        error = _("Choose at most %(count)s corrections at once.") % {"count": show.number(MOST_AT_ONCE)}
        return _page(request, error=error, chosen=chosen, status=422)
    found = list(awaiting_receipt(request.company).defer("snapshot").filter(pk__in=chosen))
    if not found:
        return _page(request, error=_("Choose at least one correction that waits."), status=422)
    confirmed = confirmation_of(request)
    if confirmed is None:
        return _page(request, error=not_confirmed(), chosen=chosen, status=422)
    day, how = confirmed
    now = clock.business_now()
    try:
        with transaction.atomic():
            noted = confirm_receipt(
                found, company=request.company, day=day, how=how, by=request.user, now=now
            )
    except StraganError as refusal:
        return _page(request, error=text_of_error(refusal), chosen=chosen, status=422)
    said = ngettext(
        "%(count)s correction is in the VAT register of %(month)s.",
        "%(count)s corrections are in the VAT register of %(month)s.",
        len(noted),
    )
    messages.success(request, said % {"count": show.number(len(noted)), "month": f"{day:%m/%Y}"})
    return redirect(f"{reverse('books:waiting')}?done=1")  # the selection is forgotten there


def _page(
    request: CompanyRequest, *, error: str = "", chosen: AbstractSet[int] = frozenset(), status: int = 200
) -> HttpResponse:
    company, month = request.company, month_of(request)
    documents = awaiting_receipt(company)
    whole = awaited_sums(documents)
    register = f"{reverse('books:vat')}?period={month.period}"
    size = page_size(request)
    number = page_within(page_number(request), size=size, total=whole.count)
    shown = documents.select_related("corrects").defer("snapshot", "corrects__snapshot")
    rows = list(shown[(number - 1) * size : number * size])
    context = {
        "month": month,
        "part_urls": {
            "all": register,
            "named": f"{register}&part=named",
            "daily": f"{register}&part=daily",
            "waiting": f"{reverse('books:waiting')}?period={month.period}",
        },
        "tabs": tabs(request, current="vat", period=month.period),
        "exports": {name: address(request, export=name, page=None) for name in FORMATS},
        "rows": rows,
        "whole": whole,
        "error": error,
        "chosen": chosen,
        "day": request.POST.get("day", ""),
        "how": request.POST.get("how", ""),
        "ways": words.CONFIRMATIONS.items(),
        "today": clock.business_today(),
        "may_keep": can(request, Ability.KEEP_BOOKS),
        "pages": Pages.of(request, number=number, size=size, shown=len(rows), total=whole.count),
    }
    return render(request, "books/waiting.html", context, status=status)
