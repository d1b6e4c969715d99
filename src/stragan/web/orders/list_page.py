"""Everything the order list shows, worked out before the template."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from django.db import DEFAULT_DB_ALIAS
from django.urls import reverse

from stragan.companies.models import Company
from stragan.companies.queries import vat_standing
from stragan.companies.states import Ability, may
from stragan.documents import queries as documents
from stragan.kit import clock
from stragan.kit.compiled import Values, made_once
from stragan.kit.counting import Counted
from stragan.orders import check_runs, money_rows, queries
from stragan.orders.queries import OrderFilter, Tab
from stragan.products.models import Product
from stragan.shops.models import Shop, ShopState
from stragan.web.orders import columns, fetching, filter_menus, views, words
from stragan.web.orders.columns import Column
from stragan.web.orders.filtering import ListState
from stragan.web.orders.rows import DocumentMark, LineWords, RowView, rows_of
from stragan.web.shell import kinds, show
from stragan.web.shell.listing import Pages, page_within
from stragan.web.shell.middleware import CompanyRequest

_ANY_ID: Final = UUID(int=0)
_NOT_SHOWN: Final = frozenset({"access_token", "refresh_token", "client_secret", "scopes", "error_params"})
_OF_SHOP: Final = [
    column.attname
    for column in Shop._meta.concrete_fields  # noqa: SLF001 -- Django's documented way
    if column.name not in _NOT_SHOWN
]


def shops_of(company: Company) -> list[Shop]:
    """Shops of *company* by name, removed ones last: their orders stay in the list."""
    shops = [Shop.from_db(DEFAULT_DB_ALIAS, _OF_SHOP, row) for row in _shops(company).rows()]
    return sorted(shops, key=lambda shop: shop.state == ShopState.REMOVED)


@made_once
def _shops(company: Company) -> Values:
    return Shop.objects.for_company(company).order_by("name", "id").values_list(*_OF_SHOP)


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


def line_words(company: Company, order_ids: list[int]) -> dict[int, LineWords]:
    """SKUs and products of these orders, each once."""
    return {
        order_id: LineWords(
            sku=", ".join(dict.fromkeys(sku for sku, _product in lines if sku)),
            product=", ".join(dict.fromkeys(product for _sku, product in lines if product)),
        )
        for order_id, lines in queries.lines_of_orders(company, order_ids).items()
    }


def page_rows(
    company: Company, state: ListState, *, shops: list[Shop], shown: Sequence[Column], now: datetime
) -> list[RowView]:
    """The lines of the page: a statement for orders, one for documents; for lines and money if shown."""
    found = queries.page_of_orders(company, state.wanted, offset=state.offset, limit=state.size)
    return rows_of(
        found,
        query=state.text,
        shops={shop.pk: shop.name for shop in shops},
        documents=marks_of(company, [row.id for row in found]),
        differing=check_runs.differing_orders(row.id for row in found),
        lines=line_words(company, [row.id for row in found])
        if any(column.needs_lines for column in shown)
        else {},
        sums=money_rows.sums_of(company, [row.id for row in found])
        if any(column.needs_money for column in shown)
        else {},
        now=now,
    )


def tabs_of(state: ListState, counts: dict[Tab, Counted]) -> list[dict[str, Any]]:
    """Tabs with their numbers; a tab keeps only the sort of the list, not its filters."""
    return [
        {
            "name": tab.value,
            "label": label,
            "count": counts[tab],
            "url": _tab_url(tab, state),
            "is_current": state.wanted.tab is tab and not state.wanted.deleted,
            "is_warning": tab is Tab.ATTENTION and counts[tab] > 0,
        }
        for tab, label in words.TABS.items()
    ]


def _tab_url(tab: Tab, state: ListState) -> str:
    text = ListState(wanted=OrderFilter(tab=tab, sort=state.wanted.sort), size=state.size).text
    # Without a word the list would open with the view chosen for that.
    return text if len(text) > 1 else "?tab=all"


def product_name(company: Company, product_id: int) -> str:
    """Name of the product the list is narrowed to, empty where the company has no such product."""
    name = Product.objects.for_company(company).filter(pk=product_id).values_list("name", flat=True).first()
    return name or ""


def total_of(company: Company, wanted: OrderFilter, counts: dict[Tab, Counted]) -> Counted:
    """How many orders match; the tab's own number where nothing else narrows it."""
    return counts[wanted.tab] if wanted.is_plain else queries.count_orders(company, wanted)


def context(
    request: CompanyRequest, *, company: Company, role: str, state: ListState, now: datetime, today: date
) -> dict[str, Any]:
    """Collect the page."""
    wanted = state.wanted
    shops = shops_of(company)
    counts = queries.count_tabs(company)
    total = total_of(company, wanted, counts)
    state = replace(state, page=page_within(state.page, size=state.size, total=total))
    liking = views.liking_of(company, request.user, view_id=state.view)
    shown = columns.shown(liking.columns)
    rows = page_rows(company, state, shops=shops, shown=shown, now=now)
    names = {shop.pk: shop.name for shop in shops}
    product = product_name(company, wanted.product_id) if wanted.product_id else ""
    return {
        "state": state,
        "list_url": reverse("orders:list"),
        "query": state.text,
        "counts": counts,
        "tabs": tabs_of(state, counts),
        "rows": rows,
        "total": total,
        "pages": Pages.of(request, number=state.page, size=state.size, shown=len(rows), total=total),
        "sort": "" if queries.is_search(wanted) else wanted.sort.value,
        "columns": shown,
        "room": columns.room(shown),
        "chooser": columns.chooser(shown),
        "liking": liking,
        "plain_url": "?tab=all",
        "bar": filter_menus.build(state, shops=names, product=product, today=today),
        "hides": wanted.tab is Tab.ALL and not wanted.shows_all and not wanted.deleted,
        "is_bin": wanted.deleted,
        "bin_url": ListState(wanted=OrderFilter(deleted=True), size=state.size).text,
        "show_hidden_url": state.query(show_hidden=True),
        "hide_url": state.query(show_hidden=False) if wanted.show_hidden else "",
        "statuses": words.STATUSES,
        "fetch": fetching.toolbar(shops, now=clock.real_now()),
        "first_shop": next((shop for shop in shops if shop.state != ShopState.REMOVED), None),
        "may_fetch": may(role, Ability.FETCH_ORDERS),
        "may_change": may(role, Ability.CHANGE_ORDERS),
        "may_issue": may(role, Ability.ISSUE_DOCUMENTS),
        "kinds": kinds.menu(vat_payer=vat_standing(company, on=today).vat_payer),
        "example_amount": show.money(Decimal("42.99")),
    }
