"""One page of offers as it is shown: with its product, what is left here, and how fresh all that is."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from html import escape
from typing import Any, Final

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from stragan.companies.models import Company
from stragan.formats.sheets import Column, Kind
from stragan.kit.among import Among
from stragan.kit.messages import text_of
from stragan.products.models import Product
from stragan.shops.models import Offer, Shop, ShopState
from stragan.warehouse.queries import stands_of
from stragan.web.orders.links import offer_url
from stragan.web.shell import show
from stragan.web.shell.templatetags import st
from stragan.web.shell.templatetags.rows import NONE

WORKS_AT_MOST: Final = timedelta(minutes=30)
_EXPORTED_AT_ONCE: Final = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class RowView:
    """What ``each_row`` places, all of it text; ``*_html`` are made here from constants and escaped words.

    ``ours_html`` is what the product could still be sold of here, a dash where nothing is counted.
    """

    id: str
    url: str
    number: str
    title: str
    name: str
    sku_html: str
    shop: str
    price_html: str
    left_html: str
    ours_html: str
    ours_css: str
    product_html: str
    sold_html: str
    state_html: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """Why the offers of a shop are old."""

    shop_id: int
    shop: str
    what: str
    needs_consent: bool


def rows_of(
    company: Company, offers: Sequence[Offer], *, shops: Mapping[int, Shop], may_link: bool
) -> list[RowView]:
    """Offers of a page with what stands beside them; a few statements for any number."""
    ids = {offer.product_id for offer in offers if offer.product_id is not None}
    read = Product.objects.for_company(company).filter(Among("id", ids)).order_by("id")
    found = list(read.only("id", "name", "sku", "is_bundle")) if ids else []
    products = {product.pk: product.name for product in found}
    stands = stands_of(company, found) if company.warehouse and found else []
    ours = {stand.product_id: stand.available for stand in stands}
    names = {pk: shop.name for pk, shop in shops.items()}
    page = _Page(products=products, ours=ours, shops=names, link=_link_pattern() if may_link else None)
    return [_row(offer, page=page) for offer in offers]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Page:
    """What the rows of one page have in common; ``link`` is None for those who may not link."""

    products: Mapping[int, str]
    ours: Mapping[int, Decimal]
    shops: Mapping[int, str]
    link: tuple[str, str, SafeString] | None


def _link_pattern() -> tuple[str, str, SafeString]:
    """The address of linking around the offer's id, and the words of the link; looked up once a page."""
    before, after = reverse("offers:product", args=[0]).split("0")
    return before, after, format_html("{}{}", st.icon("link", "st-icon--14"), _("Link to a product"))


def _products(company: Company, offers: Sequence[Offer]) -> dict[int, str]:
    ids = {offer.product_id for offer in offers if offer.product_id is not None}
    if not ids:
        return {}
    rows = Product.objects.for_company(company).filter(Among("id", ids)).order_by("id")
    return dict(rows.values_list("id", "name"))


def _row(offer: Offer, *, page: _Page) -> RowView:
    ours = page.ours.get(offer.product_id) if offer.product_id is not None else None
    differs = ours is not None and offer.is_active and offer.available != max(0, int(ours))
    return RowView(
        id=str(offer.pk),
        url=offer_url(marketplace=offer.marketplace, offer_id=offer.offer_id),
        number=offer.offer_id,
        title=f"{offer.name} · {offer.sku}" if offer.sku else offer.name,
        name=offer.name or show.NONE,
        sku_html=_html(' <span class="st-login">', offer.sku, "</span>") if offer.sku else "",
        shop=page.shops.get(offer.shop_id, ""),
        price_html=NONE if offer.price is None else show.money(offer.price, offer.currency),
        left_html=NONE if offer.available is None else show.number(offer.available),
        ours_html=NONE if ours is None else show.quantity(ours),
        ours_css=" st-amber" if differs else "",
        product_html=_product(offer, page),
        sold_html=show.number(offer.sold) if offer.sold else NONE,
        state_html=_state(offer),
    )


def _product(offer: Offer, page: _Page) -> str:
    name = page.products.get(offer.product_id, "") if offer.product_id is not None else ""
    if page.link is None:
        return name or NONE
    before, after, words = page.link
    url = f"{before}{offer.pk}{after}"
    if name:
        return _html(f'<a href="{url}" title="', name, '">', name, "</a>")
    return _html(f'<a class="of-link" href="{url}">{words}<span class="st-sr"> ', offer.name, "</span></a>")


def _state(offer: Offer) -> SafeString:
    if offer.is_active:
        return _sign("green", "circle-check", pgettext("offer", "On sale"))
    word = pgettext("offer", "Draft") if offer.status == "INACTIVE" else pgettext("offer", "Ended")
    sign = _sign("grey", "circle-minus", word)
    if not offer.ended_at:
        return sign
    return _html(f'{sign} <span class="st-3 st-small">', show.day(offer.ended_at, short=True), "</span>")


@lru_cache(maxsize=16)
def _sign(color: str, icon: str, word: str) -> SafeString:
    return st.status(color, icon, word)


def _html(*parts: str) -> SafeString:
    """Constants at even places, words between them, which are escaped."""
    pieces = (escape(part) if place % 2 else part for place, part in enumerate(parts))
    return mark_safe("".join(pieces))  # noqa: S308 -- constants, and what is escaped here


def freshness(shops: Mapping[int, Shop], *, now: datetime) -> dict[str, Any]:
    """When the offers were read last, whether they are being read, and what keeps them from it."""
    refreshes = [(shop, getattr(shop, "offer_refresh", None)) for shop in shops.values()]
    going = [row for _shop, row in refreshes if row is not None and _is_going(row, now=now)]
    finished = [row.finished_at for _shop, row in refreshes if row is not None and row.finished_at]
    return {
        "refreshed_at": min(finished, default=None),
        "is_refreshing": bool(going),
        "read": sum(row.read for row in going),
        "to_read": sum(row.to_do for row in going),
        "troubles": [
            Trouble(
                shop_id=shop.pk,
                shop=shop.name,
                what=text_of(row.error_code, {"shop": shop.name, **row.error_params}),
                needs_consent=shop.state == ShopState.RECONNECT or row.error_code == "allegro_scope_missing",
            )
            for shop, row in refreshes
            if row is not None and row.error_code
        ],
        "can_refresh": any(shop.state == ShopState.CONNECTED for shop in shops.values()),
        "now": now,
    }


def _is_going(row: Any, *, now: datetime) -> bool:
    """Whether a reading was begun and neither ended nor failed; one that is silent for long is dead."""
    if row.started_at is None or row.error_code or now - row.started_at > WORKS_AT_MOST:
        return False
    return row.finished_at is None or row.finished_at < row.started_at


def status_name(offer: Offer) -> str:
    """Allegro's word for the state of an offer, in ours."""
    names = {
        "ACTIVE": pgettext("offer", "On sale"),
        "ACTIVATING": pgettext("offer", "Being put up"),
        "INACTIVE": pgettext("offer", "Draft"),
        "ENDED": pgettext("offer", "Ended"),
    }
    return names.get(offer.status, offer.status)


def export_columns() -> Sequence[Column]:
    """Columns of the sheet."""
    return (
        Column(title=_("Offer number"), width=14),
        Column(title=_("Name"), width=48),
        Column(title=_("SKU")),
        Column(title=_("Shop")),
        Column(title=_("Price"), kind=Kind.AMOUNT),
        Column(title=_("Currency"), width=8),
        Column(title=_("Left on Allegro"), kind=Kind.NUMBER),
        Column(title=_("Product"), width=40),
        Column(title=_("Sold in 30 days"), kind=Kind.NUMBER),
        Column(title=_("State"), width=12),
        Column(title=_("Address"), width=40),
        Column(title=_("Refreshed"), kind=Kind.MOMENT),
    )


def export_rows(
    company: Company, found: QuerySet[Offer], *, shops: Mapping[int, Shop]
) -> Iterator[tuple[object, ...]]:
    """Every offer of the filter, in its order; in bounded memory."""
    ids = list(found.values_list("id", flat=True))
    for start in range(0, len(ids), _EXPORTED_AT_ONCE):
        part = ids[start : start + _EXPORTED_AT_ONCE]
        by_id = Offer.objects.for_company(company).in_bulk(part)
        offers = [by_id[pk] for pk in part if pk in by_id]
        products = _products(company, offers)
        for offer in offers:
            shop = shops.get(offer.shop_id)
            yield (
                offer.offer_id,
                offer.name,
                offer.sku,
                shop.name if shop else "",
                offer.price,
                offer.currency,
                offer.available,
                products.get(offer.product_id or 0, ""),
                offer.sold,
                status_name(offer),
                offer_url(marketplace=offer.marketplace, offer_id=offer.offer_id),
                show.local(offer.refreshed_at).replace(tzinfo=None),
            )
