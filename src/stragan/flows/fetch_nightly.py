"""What the journal and the dates of updates never tell: every open order held against Allegro, by night.

A status can change without moving ``updatedAt`` and without an event. So each night the purchases of two
weeks are read once more, day by day, and every order that is still open here is seen, whatever its age.
"""

from datetime import date, datetime, timedelta
from typing import Final

from django.db.models import Count, Q
from django.db.models.functions import TruncDate

from stragan.core.dates import DAY, WARSAW, start_of_warsaw_day, warsaw_date
from stragan.flows.list_walk import PAGE, By, walk
from stragan.flows.sync_run import SyncHold, update_shop
from stragan.kit.clock import real_now
from stragan.kit.jobs import CLOCKS_DIFFER
from stragan.orders.models import Order
from stragan.orders.states import AllegroStatus
from stragan.shops import pending

NIGHT_HOURS: Final = range(1, 5)  # in Warsaw
READ_AGAIN: Final = timedelta(days=14)
ASKED_WHEN_GONE: Final = timedelta(days=14)
OPEN_FOR: Final = timedelta(days=60)  # an order left open for longer will not change any more
_BETWEEN: Final = timedelta(hours=20)
_MISSED: Final = timedelta(hours=44)  # a machine that is off at night does it by day


def needs_night(hold: SyncHold) -> bool:
    """Whether the open orders are to be seen now: once a night, or by day where the night was missed."""
    shop, now = hold.shop, real_now()
    if hold.row.trigger != "background":
        return False
    if shop.nightly_until is not None:
        return True  # begun, and killed
    since = now - (shop.nightly_at or shop.first_import_done_at or now)
    if since < -CLOCKS_DIFFER:
        return True  # by a clock that has been put right since
    return since > _MISSED or (since > _BETWEEN and now.astimezone(WARSAW).hour in NIGHT_HOURS)


def look_at_open_orders(hold: SyncHold) -> None:
    """Go through the days of purchase, oldest first; goes on where it was killed.

    A day is read from the list where that takes fewer requests than its open orders one by one. What the
    list does not show is recorded to be fetched by id; so are paid orders that Allegro let go lately.
    """
    shop = hold.shop
    hold.stage("night")
    today = warsaw_date(hold.now())
    first = max(shop.since_date, today - OPEN_FOR)
    counts = _orders_by_day(hold, since=first)
    day = max(first, shop.nightly_until or first)
    while day <= today:
        orders, visible = counts.get(day, (0, 0))
        if day > today - READ_AGAIN or visible > orders // PAGE + 1:
            _read_day(hold, day)
        else:
            _record(hold, day, seen=set())
        day += DAY
    hold.commit(lambda: update_shop(shop, nightly_until=None, nightly_at=real_now()))


def _orders_by_day(hold: SyncHold, *, since: date) -> dict[date, tuple[int, int]]:
    """Say how many orders of each day of purchase there are here, and how many of them are open."""
    rows = Order.objects.for_company(hold.shop.company_id).filter(
        seller_id=hold.shop.seller_id, bought_at__gte=start_of_warsaw_day(since)
    )
    found: dict[date, tuple[int, int]] = {}
    sums = rows.order_by().annotate(day=TruncDate("bought_at", tzinfo=WARSAW)).values("day", "visible")
    for row in sums.annotate(number=Count("id")):
        orders, visible = found.get(row["day"], (0, 0))
        found[row["day"]] = (orders + row["number"], visible + row["number"] * row["visible"])
    return found


def _read_day(hold: SyncHold, day: date) -> None:
    start, end = start_of_warsaw_day(day), start_of_warsaw_day(day + DAY)
    seen: set[str] = set()
    for step in walk(hold.ask, by=By.BOUGHT, start=start, end=end):
        hold.store(step.forms)
        seen.update(form.form_id for form in step.forms)
    _record(hold, day, seen=seen)


def _record(hold: SyncHold, day: date, *, seen: set[str]) -> None:
    """Note the day as done, together with its open orders that nobody has shown us."""
    shop = hold.shop
    is_open = Q(visible=True, gone_at__isnull=True)
    may_come_back = Q(
        gone_at__gte=real_now() - ASKED_WHEN_GONE,
        allegro_status=AllegroStatus.READY_FOR_PROCESSING,
        deleted_at__isnull=True,
    )
    rows = Order.objects.for_company(shop.company_id).filter(
        is_open | may_come_back,
        seller_id=shop.seller_id,
        superseded_by__isnull=True,
        bought_at__gte=start_of_warsaw_day(day),
        bought_at__lt=start_of_warsaw_day(day + DAY),
    )
    unseen = set(rows.values_list("allegro_id", flat=True)) - seen
    wanted: dict[str, datetime] = dict.fromkeys(unseen, real_now())

    def write() -> None:
        pending.add_pending(shop=shop, events=wanted, now=real_now())
        update_shop(shop, nightly_until=day + DAY)

    hold.commit(write)
