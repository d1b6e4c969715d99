"""Reads the billing entries of a shop; safe to repeat and to kill anywhere."""

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from stragan.archive.states import Kind
from stragan.core.dates import start_of_warsaw_day
from stragan.core.errors import StraganError
from stragan.flows.billing_walk import walk_billing
from stragan.flows.hearing import Ears
from stragan.flows.hearing_lists import LISTS, keep_page
from stragan.flows.order_money import keep_fees
from stragan.flows.tokens import Session
from stragan.flows.troubles import mends_itself, told
from stragan.gateways.allegro import AllegroClient, Marketplace
from stragan.kit.clock import real_now
from stragan.orders import money_rows
from stragan.orders.states import MoneyGap
from stragan.shops import billing
from stragan.shops.models import BillingRead, Shop
from stragan.shops.queries import shop_in_use

FIRST: Final = timedelta(days=365)
OVERLAP: Final = timedelta(hours=3)  # entries may be listed late
LOOK_BACK: Final = timedelta(days=7)  # once a day: what was listed very late
LOOK_BACK_EVERY: Final = timedelta(days=1)
FIRST_WINDOW: Final = timedelta(days=1)  # what a kill costs at most
LONGEST_WINDOW: Final = timedelta(days=32)  # where little happens
MOST_REQUESTS: Final = 300  # of one run; the next goes on a minute later
_NO_LIMIT: Final = 10**9  # looking back ends by itself, and would begin anew if it were cut off
_FEW: Final = 100  # entries of a window
_ASKED_ELSEWHERE: Final = "allegro-business-"  # billed with the marketplace of their country

logger = logging.getLogger(__name__)


def fetch_billing(*, shop_id: int) -> bool:
    """Read all marketplaces from where the last run ended, with an overlap, up to now. Real time.

    False where Allegro could not be asked to the end, which is noted; orders do not wait for this.
    """
    shop = shop_in_use(shop_id)
    if shop is None:
        return False
    row = billing.reading_of(shop, now=real_now())
    try:
        with Session(shop_id) as session:
            _read(shop, session, row=row, now=real_now())
    except StraganError as trouble:
        logger.warning(
            "billing.fetch.failed",
            extra={"shop_id": shop_id, "code": trouble.code, "trace_id": trouble.params.get("trace_id")},
        )
        mends = mends_itself(trouble)
        billing.fail(shop, code=trouble.code, params=told(trouble), now=real_now(), may_mend_itself=mends)
        return False
    return True


def _read(shop: Shop, session: Session, *, row: BillingRead, now: datetime) -> None:
    billing.put_clock_right(row, now=now)
    is_first = row.looked_back_at is None
    looks_back = row.looked_back_at is not None and now - row.looked_back_at >= LOOK_BACK_EVERY
    if looks_back or not row.marketplaces:
        found = session.call(lambda client: _billed(client, shop))
        since = max(start_of_warsaw_day(shop.since_date), now - FIRST)
        billing.begin(shop, marketplaces=found, since=since)
        row.refresh_from_db()
    assert row.since is not None, "reading has begun"
    start, most = row.since, MOST_REQUESTS
    if row.until is not None:
        start = max(row.since, row.until - (LOOK_BACK if looks_back else OVERLAP))
        most = MOST_REQUESTS if not looks_back else _NO_LIMIT
    window, ears = FIRST_WINDOW, Ears()
    session.listen(ears.hear)
    while start < now and session.requests < most:
        stop = min(start + window, now)
        count = _read_window(shop, session, ears, marketplaces=row.marketplaces, start=start, stop=stop)
        window = min(2 * window, LONGEST_WINDOW) if count < _FEW else FIRST_WINDOW
        start = stop
    billing.end(shop, now=real_now(), looked_back=is_first or looks_back, is_whole=start >= now)
    if is_first:
        money_rows.ask_again_of_shop(shop, MoneyGap.FEES_UNREAD)


def _billed(client: AllegroClient, shop: Shop) -> list[str]:
    """Give the marketplaces that have entries of their own, the shop's first."""
    found: tuple[Marketplace, ...] = client.marketplaces()
    ids = [one.id for one in found if not one.id.startswith(_ASKED_ELSEWHERE)]
    return list(dict.fromkeys([*filter(None, [shop.marketplace]), *ids]))


def _read_window(
    shop: Shop,
    session: Session,
    ears: Ears,
    *,
    marketplaces: Sequence[str],
    start: datetime,
    stop: datetime,
) -> int:
    found = [
        fee
        for marketplace in marketplaces
        for page in walk_billing(session.call, marketplace=marketplace, start=start, end=stop)
        for fee in page
    ]
    with transaction.atomic(durable=True):
        now = real_now()
        keep_page(shop, ears.take(), LISTS[Kind.FEES], fresh=keep_fees(shop, found, now=now), at=now)
        billing.reached(shop, until=stop)
    return len(found)
