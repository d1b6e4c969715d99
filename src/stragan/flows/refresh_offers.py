"""Reads the offers of a shop from Allegro's list, page by page; safe to repeat and to kill anywhere."""

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import Sum

from stragan.archive.states import Kind
from stragan.core.errors import StraganError
from stragan.flows import offer_products, push_stock
from stragan.flows.hearing import Ears
from stragan.flows.hearing_lists import LISTS, keep_page
from stragan.flows.tokens import Session
from stragan.flows.troubles import mends_itself, told
from stragan.gateways.allegro import AllegroClient, ListedOffer, OfferPage
from stragan.kit import jobs
from stragan.kit.clock import real_now
from stragan.orders.models import OrderLine
from stragan.orders.states import AllegroStatus
from stragan.shops import offers
from stragan.shops.actions import ModuleOff, ShopNotConnected
from stragan.shops.models import Shop, ShopState
from stragan.shops.offers import OfferData
from stragan.shops.queries import shop_in_use

JOB: Final = "offers.refresh"
PAGE: Final = 1_000
SOLD_DAYS: Final = 30
_BY_ID: Final = 100
_SOON: Final = 1  # a person waits for it

logger = logging.getLogger(__name__)


def ask(*, shops: Sequence[Shop], now: datetime) -> int:
    """A person asks: have the offers of connected shops read; gives how many shops. Real time.

    :raises ShopNotConnected: none of them is connected.
    :raises ModuleOff: the company switched the Allegro module off.
    """
    if any(not shop.company.allegro_module for shop in shops):
        raise ModuleOff
    connected = [shop for shop in shops if shop.state == ShopState.CONNECTED]
    if shops and not connected:
        raise ShopNotConnected(shop=shops[0].name)
    with transaction.atomic(durable=True):
        for shop in connected:
            offers.postpone(shop.pk, now=now)
            jobs.enqueue(
                jobs.Request(
                    name=JOB,
                    key=f"{JOB}:{shop.pk}",
                    arguments={"shop_id": shop.pk},
                    company_id=shop.company_id,
                    priority=_SOON,
                ),
                now=now,
            )
    return len(connected)


def refresh(*, shop_id: int, now: datetime) -> bool:
    """Read all offers of a shop; False where Allegro could not be asked to the end, which is noted.

    Offers that the list no longer shows are asked for by their ids before they count as ended.
    """
    shop = shop_in_use(shop_id)
    if shop is None:
        return False
    started_at = real_now()
    offers.begin(shop, now=started_at)
    try:
        ears = Ears()
        with Session(shop_id, heard=ears.hear) as session:
            _read_list(shop, session, ears)
            _look_for_unseen(shop, session, ears, since=started_at)
    except StraganError as trouble:
        logger.warning("offers.refresh.failed", extra={"shop_id": shop_id, "code": trouble.code})
        mends = mends_itself(trouble)
        offers.fail(shop, code=trouble.code, params=told(trouble), now=real_now(), may_mend_itself=mends)
        return False
    offers.put_sold(shop, sold_lately(shop, now=now))
    offer_products.follow(company=shop.company)
    offers.end(shop, now=real_now())
    push_stock.plan(company_id=shop.company_id, now=real_now(), everything=True)
    return True


def _read_list(shop: Shop, session: Session, ears: Ears) -> None:
    read = 0
    while True:
        page: OfferPage = session.call(lambda client: _page(client, offset=read))  # noqa: B023 -- runs at once
        with transaction.atomic(durable=True):
            _take_in(shop, page, ears)
            read += len(page.offers)
            offers.tell(shop, read=read, to_do=max(read, page.total_count))
        if len(page.offers) < PAGE:
            return


def _page(client: AllegroClient, *, offset: int) -> OfferPage:
    return client.list_offers(limit=PAGE, offset=offset)


def _take_in(shop: Shop, page: OfferPage, ears: Ears, *, forgotten: Sequence[str] = ()) -> None:
    found, now = [data_of(one) for one in page.offers], real_now()
    changed = offers.changed(shop, found)
    offers.take_in(shop=shop, offers=found, now=now)
    offers.forget(shop, forgotten, now=now)
    keep_page(shop, ears.take(), LISTS[Kind.OFFERS], fresh=changed, at=now, forgotten=forgotten)


def _look_for_unseen(shop: Shop, session: Session, ears: Ears, *, since: datetime) -> None:
    """What moved between two pages was passed over; what is not there by its id either is over."""
    unseen = offers.unseen_since(shop, since=since)
    for start in range(0, len(unseen), _BY_ID):
        part = unseen[start : start + _BY_ID]
        page: OfferPage = session.call(lambda client: client.list_offers(limit=PAGE, offer_ids=part))  # noqa: B023 -- runs at once
        with transaction.atomic(durable=True):
            _take_in(shop, page, ears, forgotten=sorted(set(part) - {one.id for one in page.offers}))


def sold_lately(shop: Shop, *, now: datetime) -> dict[str, int]:
    """Pieces bought of each offer in 30 days, by our orders; cancelled and merged ones do not count.

    Orders are downloaded after they were bought, so those downloaded earlier need not be read.
    """
    since = now - timedelta(days=SOLD_DAYS)
    rows = (
        OrderLine.objects.for_company(shop.company_id)
        .filter(
            order__company=shop.company_id,
            order__created_at__gte=since,
            order__bought_at__gte=since,
            order__superseded_by__isnull=True,
            order__gone_at__isnull=True,
            order__deleted_at__isnull=True,
            seller_id=shop.seller_id,
        )
        .exclude(order__allegro_status=AllegroStatus.CANCELLED)
    )
    sums = rows.order_by().values("offer_id").annotate(pieces=Sum("quantity"))
    return {
        offer_id: min(pieces, 2_000_000_000) for offer_id, pieces in sums.values_list("offer_id", "pieces")
    }


def data_of(listed: ListedOffer) -> OfferData:
    """Say what Allegro's list says in our own words; what is absent stays empty."""
    price, publication = listed.selling_mode.price, listed.publication
    available = listed.stock.available
    return OfferData(
        offer_id=listed.id,
        name=" ".join((listed.name or "").split()),
        sku=(listed.external.id or "").strip(),
        price=price.amount if price else None,
        currency=price.currency if price else "",
        available=min(available, 2_000_000_000) if available is not None and available >= 0 else None,
        status=publication.status or "",
        in_allegro_stock=listed.is_fulfillment,
        category_id=listed.category.id or "",
        marketplace=publication.marketplaces.base.id or "",
        started_at=publication.started_at,
        ended_at=publication.ended_at,
    )
