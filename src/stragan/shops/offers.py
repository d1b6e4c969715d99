"""Offers as rows: taken in from Allegro's list, kept when they end, and how their refreshing stands."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final

from django.db import transaction
from django.db.models import Q

from stragan.companies.models import Company
from stragan.core.folding import fold
from stragan.kit.tenancy import CompanyQuerySet
from stragan.shops.models import Offer, OfferRefresh, Shop, ShopState
from stragan.shops.queries import due_for

REFRESHED_EVERY: Final = timedelta(hours=1)
AFTER_TROUBLE: Final = timedelta(minutes=10)
ENDED: Final = "ENDED"
LIVE: Final = frozenset({"ACTIVE", "ACTIVATING"})
_AT_ONCE: Final = 500
_KEPT: Final = frozenset({"company", "shop", "offer_id", "product_id", "sold", "seen_level"})


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferData:
    """One offer as Allegro's list says it."""

    offer_id: str
    name: str
    sku: str
    price: Decimal | None
    currency: str
    available: int | None
    status: str
    in_allegro_stock: bool
    category_id: str
    marketplace: str
    started_at: datetime | None
    ended_at: datetime | None


def take_in(*, shop: Shop, offers: Sequence[OfferData], now: datetime) -> None:
    """Store a page of offers: new ones, and what changed of known ones. Runs in the caller's transaction."""
    latest = {one.offer_id: one for one in offers}
    fresh = [
        Offer(
            company_id=shop.company_id,
            shop=shop,
            offer_id=one.offer_id,
            name=one.name[:300],
            name_key=fold(one.name)[:300],
            sku=one.sku[:120],
            price=one.price,
            currency=one.currency,
            available=one.available,
            status=one.status[:20],
            is_active=one.status in LIVE,
            in_allegro_stock=one.in_allegro_stock,
            category_id=one.category_id[:40],
            marketplace=one.marketplace[:40],
            started_at=one.started_at,
            ended_at=one.ended_at if one.status not in LIVE else None,
            refreshed_at=now,
            search_text=fold(f"{one.name} {one.offer_id} {one.sku}"),
        )
        for one in latest.values()
    ]
    columns = [
        field.name
        for field in Offer._meta.concrete_fields  # noqa: SLF001 -- Django's documented way to the columns
        if not field.primary_key and field.name not in _KEPT
    ]
    Offer.objects.across_companies().bulk_create(
        fresh,
        update_conflicts=True,
        unique_fields=["shop", "offer_id"],
        update_fields=columns,
        batch_size=_AT_ONCE,
    )


def changed(shop: Shop, offers: Sequence[OfferData]) -> set[str]:
    """Ids of offers that are new or say something else than what is stored."""
    told = {one.offer_id: one for one in offers}
    rows = Offer.objects.for_company(shop.company_id).filter(shop=shop, offer_id__in=list(told))
    same = {
        row.offer_id for row in rows.iterator(chunk_size=_AT_ONCE) if _says_the_same(row, told[row.offer_id])
    }
    return set(told) - same


def _says_the_same(row: Offer, one: OfferData) -> bool:
    stored = (row.name, row.sku, row.price, row.currency, row.available, row.status, row.in_allegro_stock)
    told = (one.name[:300], one.sku[:120], one.price, one.currency, one.available, one.status[:20])
    ended_at = one.ended_at if one.status not in LIVE else None
    return (*stored, row.category_id, row.marketplace, row.started_at, row.ended_at) == (
        *told,
        one.in_allegro_stock,
        one.category_id[:40],
        one.marketplace[:40],
        one.started_at,
        ended_at,
    )


def unseen_since(shop: Shop, *, since: datetime) -> list[str]:
    """Ids of offers counted as running that the latest pass of the list did not show."""
    rows = Offer.objects.for_company(shop.company_id).filter(shop=shop, refreshed_at__lt=since)
    return list(rows.filter(is_active=True).order_by("id").values_list("offer_id", flat=True))


def forget(shop: Shop, offer_ids: Iterable[str], *, now: datetime) -> None:
    """Count offers that Allegro no longer has as ended; they are kept."""
    rows = Offer.objects.for_company(shop.company_id).filter(shop=shop)
    ids = list(offer_ids)
    for start in range(0, len(ids), _AT_ONCE):
        part = rows.filter(offer_id__in=ids[start : start + _AT_ONCE])
        part.update(status=ENDED, is_active=False, ended_at=now, refreshed_at=now)


@transaction.atomic
def put_sold(shop: Shop, sold: Mapping[str, int]) -> None:
    """Store how many pieces of each offer were bought lately; those not named sold none."""
    rows = Offer.objects.for_company(shop.company_id).filter(shop=shop)
    changed = []
    for offer in rows.filter(Q(sold__gt=0) | Q(offer_id__in=list(sold)[:_AT_ONCE])).only(
        "id", "offer_id", "sold"
    ):
        count = sold.get(offer.offer_id, 0)
        if offer.sold != count:
            offer.sold = count
            changed.append(offer)
    known = {offer.offer_id for offer in changed}
    names = [offer_id for offer_id in sold if offer_id not in known]
    for start in range(0, len(names), _AT_ONCE):
        part = names[start : start + _AT_ONCE]
        for offer in rows.filter(offer_id__in=part).only("id", "offer_id", "sold"):
            if offer.sold != sold[offer.offer_id]:
                offer.sold = sold[offer.offer_id]
                changed.append(offer)
    Offer.objects.across_companies().bulk_update(changed, ["sold"], batch_size=_AT_ONCE)


def put_products(company: Company, products: Mapping[int, int | None]) -> None:
    """Store which products offers (by the row's id) sell now; what is to be sent is looked at anew."""
    rows = Offer.objects.for_company(company)
    by_product: dict[int | None, list[int]] = {}
    for pk, product_id in products.items():
        by_product.setdefault(product_id, []).append(pk)
    for product_id, ids in by_product.items():
        for start in range(0, len(ids), _AT_ONCE):
            rows.filter(pk__in=ids[start : start + _AT_ONCE]).update(product_id=product_id, seen_level=None)


# Refreshing


def begin(shop: Shop, *, now: datetime) -> None:
    """Note that the list is being read."""
    OfferRefresh.objects.update_or_create(
        shop=shop,
        defaults={"started_at": now, "read": 0, "to_do": 0, "next_at": now + REFRESHED_EVERY},
    )


def tell(shop: Shop, *, read: int, to_do: int) -> None:
    """Note progress for those who watch."""
    OfferRefresh.objects.filter(shop=shop).update(read=read, to_do=to_do)


def end(shop: Shop, *, now: datetime) -> None:
    """Note that the whole list was read."""
    OfferRefresh.objects.filter(shop=shop).update(
        finished_at=now, next_at=now + REFRESHED_EVERY, error_code="", error_params={}
    )


def fail(
    shop: Shop, *, code: str, params: Mapping[str, object], now: datetime, may_mend_itself: bool
) -> None:
    """Note why the list could not be read, and when to try again."""
    pause = AFTER_TROUBLE if may_mend_itself else 6 * REFRESHED_EVERY
    OfferRefresh.objects.filter(shop=shop).update(
        error_code=code, error_params=dict(params), next_at=now + pause
    )


def due_shops(now: datetime) -> list[tuple[int, int]]:
    """Connected shops whose offers are to be read now: (shop id, company id)."""
    return due_for("offer_refresh", now=now)


def postpone(shop_id: int, *, now: datetime) -> None:
    """Ask no more for a while: somebody was asked to read the list."""
    OfferRefresh.objects.update_or_create(shop_id=shop_id, defaults={"next_at": now + AFTER_TROUBLE})


def offers_of(company: Company) -> CompanyQuerySet[Offer]:
    """Offers of the company's shops that were not removed."""
    return Offer.objects.for_company(company).exclude(shop__state=ShopState.REMOVED)
