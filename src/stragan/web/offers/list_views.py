"""The offers of the company's shops: what is on sale, what it sells, what is left (S5)."""

from typing import Any, Final, cast
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django.views.decorators.http import require_GET, require_POST

from stragan.companies.states import Ability, may
from stragan.core.errors import StraganError
from stragan.flows import refresh_offers
from stragan.kit import clock
from stragan.kit.messages import text_of_error
from stragan.kit.paging import page_of
from stragan.shops.models import Shop, ShopState
from stragan.web.offers import rows as listed
from stragan.web.offers.filtering import TABS, OfferFilter, count_of, matching
from stragan.web.shell import show
from stragan.web.shell.access import member_page
from stragan.web.shell.exporting import FORMATS, table_response
from stragan.web.shell.listing import Pages, page_number, page_size, page_within
from stragan.web.shell.middleware import CompanyRequest

_BELOW_CHOICES: Final = (1, 5, 10, 50)


@require_GET
@member_page()
def offer_list(request: CompanyRequest) -> HttpResponse:
    """The list; for htmx only its body."""
    wanted = OfferFilter.read(request.GET)
    shops, hidden = _shops(request)
    number, size = page_number(request), page_size(request)
    found = matching(request.company, wanted, hidden_shops=hidden)
    total = count_of(found, is_search=bool(wanted.text))
    number = page_within(number, size=size, total=total)
    offers = page_of(found, start=(number - 1) * size, size=size)
    role = request.membership.role
    may_link = may(role, Ability.CHANGE_PRODUCTS)
    context = {
        "rows": listed.rows_of(request.company, offers, shops=shops, may_link=may_link),
        "pages": Pages.of(request, number=number, size=size, shown=len(offers), total=total),
        "total": total,
        "wanted": wanted,
        "sort": wanted.sort,
        "tabs": _tabs(request, wanted, hidden=hidden),
        "shops": list(shops.values()),
        "shows_shop": len(shops) > 1 and wanted.shop_id is None,
        "shows_ours": request.company.warehouse,
        "is_bare": not offers and not wanted.count and wanted.tab == "active",
        "may_refresh": may(role, Ability.FETCH_ORDERS),
        **listed.freshness(shops, now=clock.real_now()),
        **_menus(request, wanted, shops=shops),
    }
    is_fragment = request.headers.get("HX-Request") == "true" and (
        request.headers.get("HX-History-Restore-Request") != "true"
    )
    return render(request, "offers/_offers.html" if is_fragment else "offers/list.html", context)


@require_GET
@member_page()
def progress(request: CompanyRequest) -> HttpResponse:
    """How the refreshing goes, asked for once a second while it does."""
    shops, _hidden = _shops(request)
    context = {
        "may_refresh": may(request.membership.role, Ability.FETCH_ORDERS),
        **listed.freshness(shops, now=clock.real_now()),
    }
    response = render(request, "offers/_refresh.html", context)
    if not context["is_refreshing"]:
        response["HX-Trigger"] = "offers-changed"
    return response


@require_POST
@member_page(Ability.FETCH_ORDERS)
def refresh(request: CompanyRequest) -> HttpResponse:
    """Have the offers read from Allegro now."""
    shops, _hidden = _shops(request)
    wanted = [shop for shop in shops.values() if request.POST.get("shop", "") in {"", str(shop.pk)}]
    if not wanted:
        raise Http404
    try:
        count = refresh_offers.ask(shops=wanted, now=clock.real_now())
    except StraganError as refusal:
        messages.error(request, text_of_error(refusal))
    else:
        text = ngettext(
            "The offers of %(count)s shop are being read.",
            "The offers of %(count)s shops are being read.",
            count,
        )
        messages.success(request, text % {"count": show.number(count)})
    return redirect("offers:list")


@require_GET
@member_page()
def export(request: CompanyRequest) -> HttpResponse:
    """All offers of the filter, as a sheet."""
    file_format = request.GET.get("format", "xlsx")
    if file_format not in FORMATS:
        raise Http404
    shops, hidden = _shops(request)
    found = matching(request.company, OfferFilter.read(request.GET), hidden_shops=hidden)
    table = table_response(
        listed.export_rows(request.company, found, shops=shops),
        columns=listed.export_columns(),
        title=_("Offers"),
        file_format=file_format,
    )
    return cast("HttpResponse", table)


def _shops(request: CompanyRequest) -> tuple[dict[int, Shop], list[int]]:
    """Shops by id, and the ids of those that were removed."""
    rows = Shop.objects.for_company(request.company).select_related("offer_refresh").order_by("name", "id")
    found = list(rows)
    kept = {shop.pk: shop for shop in found if shop.state != ShopState.REMOVED}
    return kept, [shop.pk for shop in found if shop.pk not in kept]


def _tabs(request: CompanyRequest, wanted: OfferFilter, *, hidden: list[int]) -> list[dict[str, Any]]:
    names = {
        "active": pgettext("offers", "On sale"),
        "unmatched": pgettext("offers", "Without a product"),
        "ended": pgettext("offers", "Ended"),
    }
    return [
        {
            "label": names[tab],
            "url": f"?{urlencode({'tab': tab})}" if tab != "active" else "?",
            "count": count_of(
                matching(request.company, OfferFilter(tab=tab), hidden_shops=hidden), is_search=False
            ),
            "is_current": tab == wanted.tab,
        }
        for tab in TABS
    ]


def _menus(request: CompanyRequest, wanted: OfferFilter, *, shops: dict[int, Shop]) -> dict[str, Any]:
    """Choices of the filter bar: name, what is set, and the address of each choice."""

    def menu(name: str, label: str, choices: list[tuple[str, str]], current: str) -> dict[str, Any]:
        return {
            "label": label,
            "current": dict(choices).get(current, ""),
            "clear": _address(request, **{name: None}),
            "choices": [
                {"label": text, "url": _address(request, **{name: value}), "is_current": value == current}
                for value, text in choices
            ],
        }

    below = [(str(n), _("fewer than %(n)s") % {"n": n}) for n in _BELOW_CHOICES]
    if wanted.below is not None and str(wanted.below) not in dict(below):
        below.append((str(wanted.below), _("fewer than %(n)s") % {"n": wanted.below}))
    menus = [
        menu("below", _("Left on Allegro"), below, "" if wanted.below is None else str(wanted.below)),
        menu("sold", _("Sold in 30 days"), [("yes", _("sold")), ("no", _("not sold"))], wanted.sold),
    ]
    if wanted.tab != "unmatched":
        choices = [("yes", _("with a product")), ("no", _("without a product"))]
        menus.append(menu("product", _("Product"), choices, wanted.product))
    if len(shops) > 1:
        names = [(str(pk), shop.name) for pk, shop in shops.items()]
        menus.insert(0, menu("shop", _("Shop"), names, str(wanted.shop_id or "")))
    return {"menus": menus, "clear_text": _address(request, q=None), "query": _address(request)}


def _address(request: CompanyRequest, **changes: str | None) -> str:
    query = request.GET.copy()
    query.pop("page", None)
    for name, value in changes.items():
        query.pop(name, None)
        if value:
            query[name] = value
    return f"?{query.urlencode()}"
