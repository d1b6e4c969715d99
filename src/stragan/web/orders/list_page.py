"""Everything the order list shows, worked out before the template."""

from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from django.http import HttpRequest
from django.urls import reverse

from stragan.companies.models import Company
from stragan.companies.states import Ability, may
from stragan.documents import queries as documents
from stragan.kit import clock
from stragan.orders import queries
from stragan.orders.queries import COUNT_LIMIT, Count, OrderFilter, Tab
from stragan.shops.models import Shop, ShopState
from stragan.web.orders import columns, fetching, filter_menus, words
from stragan.web.orders.filtering import ListState
from stragan.web.orders.rows import DocumentMark, RowView, rows_of
from stragan.web.shell import show
from stragan.web.shell.listing import Pages

_ANY_ID: Final = UUID(int=0)


def shops_of(company: Company) -> list[Shop]:
    """Shops of *company* by name, removed ones last: their orders stay in the list."""
    rows = Shop.objects.for_company(company).defer(
        "access_token", "refresh_token", "client_secret", "scopes", "error_params"
    )
    return sorted(rows.order_by("name", "id"), key=lambda shop: shop.state == ShopState.REMOVED)


def marks_of(company: Company, order_ids: list[int]) -> dict[int, list[DocumentMark]]:
    """Documents of these orders, with their addresses."""
    # Looking the address up once and not a hundred times spares a tenth of the page's time.
    before, after = reverse("documents:detail", args=[_ANY_ID]).split(str(_ANY_ID))
    return {
        order_id: [
            DocumentMark(number=number, url=f"{before}{public_id}{after}") for number, public_id in links
        ]
        for order_id, links in documents.links_by_order(company, order_ids).items()
    }


def page_rows(company: Company, state: ListState, *, shops: list[Shop], now: datetime) -> list[RowView]:
    """The lines of the page: one statement for orders, one for their documents."""
    found = queries.page_of_orders(company, state.wanted, offset=state.offset, limit=state.size)
    return rows_of(
        found,
        query=state.text,
        shops={shop.pk: shop.name for shop in shops},
        documents=marks_of(company, [row.id for row in found]),
        now=now,
    )


def tabs_of(state: ListState, counts: dict[Tab, Count]) -> list[dict[str, Any]]:
    """Tabs with their numbers; a tab keeps only the sort of the list, not its filters."""
    return [
        {
            "name": tab.value,
            "label": label,
            "count": counts[tab].number,
            "url": ListState(wanted=OrderFilter(tab=tab, sort=state.wanted.sort), size=state.size).text,
            "is_current": state.wanted.tab is tab,
            "is_warning": tab is Tab.ATTENTION and counts[tab].number > 0,
        }
        for tab, label in words.TABS.items()
    ]


def total_of(company: Company, wanted: OrderFilter, counts: dict[Tab, Count]) -> Count:
    """How many orders match; the tab's own number where nothing else narrows it."""
    return counts[wanted.tab] if wanted.is_plain else queries.count_orders(company, wanted)


def _within(state: ListState, total: Count) -> ListState:
    """A page past the end (rows went away since) becomes the last one; a capped count knows no end."""
    if state.offset < total.number or total.number > COUNT_LIMIT:
        return state
    return replace(state, page=max(1, -(-total.number // state.size)))


def context(
    request: HttpRequest, *, company: Company, role: str, state: ListState, now: datetime, today: date
) -> dict[str, Any]:
    """Collect the page."""
    wanted = state.wanted
    shops = shops_of(company)
    counts = queries.count_tabs(company)
    total = total_of(company, wanted, counts)
    state = _within(state, total)
    rows = page_rows(company, state, shops=shops, now=now)
    shown = columns.chosen(request)
    names = {shop.pk: shop.name for shop in shops}
    hides = wanted.tab is Tab.ALL and not (wanted.show_hidden or wanted.statuses or wanted.text)
    return {
        "state": state,
        "query": state.text,
        "tabs": tabs_of(state, counts),
        "rows": rows,
        "total": total.number,
        "is_capped": total.number > COUNT_LIMIT,
        "pages": Pages.of(request, number=state.page, size=state.size, shown=len(rows), total=total.number),
        "sort": "" if queries.is_search(wanted) else wanted.sort.value,
        "shown": shown,
        "column_choices": columns.choices(shown),
        "bar": filter_menus.build(state, shops=names, today=today),
        "hides": hides,
        "show_hidden_url": state.query(show_hidden=True),
        "hide_url": state.query(show_hidden=False) if wanted.show_hidden else "",
        "statuses": words.STATUSES,
        "fetch": fetching.toolbar(shops, now=clock.real_now()),
        "first_shop": next((shop for shop in shops if shop.state != ShopState.REMOVED), None),
        "may_fetch": may(role, Ability.FETCH_ORDERS),
        "may_change": may(role, Ability.CHANGE_ORDERS),
        "may_issue": may(role, Ability.ISSUE_DOCUMENTS),
        "vat_payer": company.vat_payer,
        "example_amount": show.money(Decimal("42.99")),
    }
