"""The list of documents, with the totals of everything it matches."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final

from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.dates import MONTHS
from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy
from django.views.decorators.http import require_GET

from stragan.companies.models import Company
from stragan.companies.queries import is_payer_on, vat_history, was_ever_payer
from stragan.companies.states import Ability, may
from stragan.core.snapshot import DocumentKind
from stragan.documents.models import Document
from stragan.documents.queries import DocumentRow, corrected_ids, linked_numbers, rows_by_id, rows_in
from stragan.documents.sums import Share, Sums, sums_of
from stragan.flows.hand_document import contractor_with
from stragan.kit import clock
from stragan.kit.counting import LIMIT, SEARCH_LIMIT, Counted, count_rows, is_capped
from stragan.shops.models import Shop
from stragan.web.documents import words
from stragan.web.documents.filtering import (
    TOTALS_AT_ONCE,
    DocumentFilter,
    last_of_month,
    matching,
    months_back,
)
from stragan.web.documents.rows import rows_of
from stragan.web.shell.access import member_page
from stragan.web.shell.listing import Pages, page_number, page_size, page_within
from stragan.web.shell.middleware import CompanyRequest

MONTHS_OFFERED: Final = 12
STATE_NAMES: Final[dict[str, str | Promise]] = {
    "valid": pgettext_lazy("documents", "not void"),
    "void": pgettext_lazy("documents", "void"),
    "corrected": pgettext_lazy("documents", "corrected"),
}
ORDER_NAMES: Final[dict[str, str | Promise]] = {
    "with": pgettext_lazy("documents", "with an order"),
    "without": pgettext_lazy("documents", "without an order"),
}


@require_GET
@member_page()
def document_list(request: CompanyRequest) -> HttpResponse:
    """The list; for htmx only its body."""
    wanted, company = DocumentFilter.read(request.GET), request.company
    rows = matching(company, wanted)
    number, size = page_number(request), page_size(request)
    reads = _found if wanted.is_search else _listed
    shown, count, number = reads(rows, number=number, size=size)
    is_long = is_capped(count) or count > TOTALS_AT_ONCE
    sums = [] if is_long else sums_of(rows)
    ids = [document.id for document in shown]
    history = vat_history(company)
    context = {
        "rows": rows_of(
            shown,
            tail=wanted.tail,
            linked=linked_numbers(company, ids),
            corrected=corrected_ids(company, ids),
            is_payer=lambda day: is_payer_on(history, day),
        ),
        "totals": _named(sums),
        "count": count,
        "pages": Pages.of(request, number=number, size=size, shown=len(shown), total=count),
        "wanted": wanted,
        "sort": wanted.sort or ("" if wanted.is_search else "-issue_date"),
        "totals_url": f"{reverse('documents:totals')}{wanted.address()}" if is_long else "",
        "shows_vat": any(one.vat_payer for one in history),
        "may_issue": may(request.membership.role, Ability.ISSUE_DOCUMENTS),
        **_menus(company, wanted, today=clock.business_today()),
    }
    is_fragment = request.headers.get("HX-Request") == "true" and (
        request.headers.get("HX-History-Restore-Request") != "true"
    )
    return render(request, "documents/_documents.html" if is_fragment else "documents/list.html", context)


def _listed(rows: QuerySet[Document], *, number: int, size: int) -> tuple[list[DocumentRow], Counted, int]:
    """Read page *number*, or the last one; gives how many documents fit and which page it is, too."""
    shown = rows_in(rows, start=0, size=size) if number == 1 else []
    if 0 < len(shown) < size:
        return shown, Counted(len(shown), limit=LIMIT), number
    count = count_rows(rows, limit=LIMIT)
    if number > 1:
        number = page_within(number, size=size, total=count)
        shown = rows_in(rows, start=(number - 1) * size, size=size)
    return shown, count, number


def _found(rows: QuerySet[Document], *, number: int, size: int) -> tuple[list[DocumentRow], Counted, int]:
    """As ``_listed``, of a search: its words are looked for once, to count and to show."""
    ids = list(rows.values_list("pk", flat=True)[: SEARCH_LIMIT + 1])
    count = Counted(len(ids), limit=SEARCH_LIMIT)
    number = page_within(number, size=size, total=count)
    start = (number - 1) * size
    if count.is_capped and start + size > len(ids):
        return rows_in(rows, start=start, size=size), count, number
    return rows_by_id(ids[start : start + size]), count, number


@require_GET
@member_page()
def totals(request: CompanyRequest) -> HttpResponse:
    """The sums of a filter that matches more documents than a page waits for."""
    wanted = DocumentFilter.read(request.GET)
    context = {
        "totals": _named(sums_of(matching(request.company, wanted))),
        "shows_vat": was_ever_payer(request.company),
    }
    return render(request, "documents/parts/totals.html", context)


def _named(sums: Sequence[Sums]) -> list[dict[str, Any]]:
    """Sums with what they are of; currencies are named where there is more than the złoty."""
    has_others = any(one.currency != "PLN" for one in sums)
    return [
        {
            "sums": one,
            "label": words.share_of(one.share, one.count),
            "currency": one.currency if has_others else "",
            "is_sale": one.share is Share.SALES,
        }
        for one in sums
    ]


def _menus(company: Company, wanted: DocumentFilter, *, today: date) -> dict[str, Any]:
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
            for kind in DocumentKind
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
        "states": _choices(wanted, "state", wanted.state, STATE_NAMES),
        "state": STATE_NAMES.get(wanted.state, ""),
        "clear_state": wanted.address(state=""),
        "orders": _choices(wanted, "order", wanted.order, ORDER_NAMES),
        "order": ORDER_NAMES.get(wanted.order, ""),
        "clear_order": wanted.address(order=""),
        **_shops(company, wanted),
        "contractor": _contractor(company, wanted),
        "clear_contractor": wanted.address(contractor=""),
        "clear_amount": wanted.address(least=None, most=None),
        "filter_count": _narrowing(wanted),
    }


def _narrowing(wanted: DocumentFilter) -> int:
    has_amount = wanted.least is not None or wanted.most is not None
    parts = (wanted.since or wanted.until, wanted.kind, wanted.ksef, wanted.text, wanted.state)
    return sum(map(bool, (*parts, wanted.order, wanted.shop, wanted.contractor, has_amount)))


def _choices(
    wanted: DocumentFilter, name: str, current: str, names: Mapping[str, str | Promise]
) -> list[dict[str, Any]]:
    return [
        {"label": label, "url": wanted.address(**{name: value}), "is_current": value == current}
        for value, label in names.items()
    ]


def _shops(company: Company, wanted: DocumentFilter) -> dict[str, Any]:
    shops = dict(Shop.objects.for_company(company).order_by("name", "id").values_list("id", "name"))
    return {
        "shop_choices": [
            {"label": name, "url": wanted.address(shop=pk), "is_current": pk == wanted.shop}
            for pk, name in shops.items()
        ],
        "shop": shops.get(wanted.shop, ""),
        "clear_shop": wanted.address(shop=""),
    }


def _contractor(company: Company, wanted: DocumentFilter) -> str:
    found = contractor_with(company, wanted.contractor) if wanted.contractor else None
    return found.name if found else ""


def month_name(day: date) -> str:
    """Write a month for people: ``listopad 2026``, ``November 2026``."""
    return f"{MONTHS[day.month]} {day.year}"
