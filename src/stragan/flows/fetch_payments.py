"""Reads the payment operations of a shop's wallets; safe to repeat and to kill anywhere."""

import logging
from datetime import datetime, timedelta
from typing import Final

from stragan.core.dates import start_of_warsaw_day
from stragan.core.errors import StraganError
from stragan.flows.hearing import Ears
from stragan.flows.hearing_lists import store_payments
from stragan.flows.payment_walk import walk_wallet
from stragan.flows.tokens import Session
from stragan.flows.troubles import mends_itself, told
from stragan.kit.clock import real_now
from stragan.orders import money_rows
from stragan.orders.states import MoneyGap
from stragan.shops import payments
from stragan.shops.models import Shop
from stragan.shops.queries import shop_in_use

FIRST: Final = timedelta(days=60)  # as far back as the journal reaches
OVERLAP: Final = timedelta(hours=3)  # operations may be listed late
FIRST_WINDOW: Final = timedelta(hours=6)  # what a kill costs at most
LONGEST_WINDOW: Final = timedelta(days=8)  # where little happens
_FEW: Final = 50  # operations of a window

logger = logging.getLogger(__name__)


def fetch_payments(*, shop_id: int) -> bool:
    """Read both wallets from where the last run ended, with an overlap, up to now. Real time.

    False where Allegro could not be asked to the end, which is noted; orders do not wait for this.
    """
    shop = shop_in_use(shop_id)
    if shop is None:
        return False
    now = real_now()
    row = payments.reading_of(shop, now=now)
    payments.put_clock_right(row, now=now)
    since = row.since or max(start_of_warsaw_day(shop.since_date), now - FIRST)
    start = max(since, row.until - OVERLAP) if row.until else since
    try:
        ears = Ears()
        with Session(shop_id, heard=ears.hear) as session:
            window = FIRST_WINDOW
            while start < now:
                stop = min(start + window, now)
                count = _read_window(shop, session, ears, since=since, start=start, stop=stop)
                window = min(2 * window, LONGEST_WINDOW) if count < _FEW else FIRST_WINDOW
                start = stop
    except StraganError as trouble:
        logger.warning(
            "payments.fetch.failed",
            extra={"shop_id": shop_id, "code": trouble.code, "trace_id": trouble.params.get("trace_id")},
        )
        mends = mends_itself(trouble)
        payments.fail(shop, code=trouble.code, params=told(trouble), now=real_now(), may_mend_itself=mends)
        return False
    payments.end(shop, now=real_now())
    if row.until is None:
        money_rows.ask_again_of_shop(shop, MoneyGap.PAYMENTS_UNREAD)
    return True


def _read_window(
    shop: Shop, session: Session, ears: Ears, *, since: datetime, start: datetime, stop: datetime
) -> int:
    found = [
        move
        for wallet in payments.WALLETS
        for part in walk_wallet(session.call, wallet=wallet, start=start, end=stop)
        for move in part
    ]
    store_payments(
        shop, found, heard=ears.take(), also=lambda: payments.reached(shop, since=since, until=stop)
    )
    return len(found)
