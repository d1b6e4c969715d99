"""By night all open orders are seen: what moved no date and left no event comes in all the same."""

import copy
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from builders.markets import NOW, Market, a_market
from standins.allegro import changes
from standins.allegro.faults import Fault
from standins.allegro.orders import Order as Sold
from stragan.core.dates import WARSAW, warsaw_date
from stragan.flows import fetch_nightly, fetch_stages, vanished_forms
from stragan.flows.sync_run import SyncHold
from stragan.orders.models import Order
from stragan.orders.states import OrderStatus
from stragan.shops.models import Shop

pytestmark = pytest.mark.django_db
NIGHT = (NOW.astimezone(WARSAW) + timedelta(days=2)).replace(hour=2, minute=0)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[datetime]:
    """What time it is for the night; the first entry counts."""
    instants = [NIGHT]
    for module in (fetch_nightly, fetch_stages, vanished_forms):
        monkeypatch.setattr(module, "real_now", lambda: instants[0])
    monkeypatch.setattr(fetch_stages, "shared_now", lambda: instants[0])
    return instants


@pytest.fixture
def market(settings: Any) -> Iterator[Market]:
    with a_market(settings, orders=40) as found:
        yield found


@pytest.fixture
def shop(market: Market) -> Shop:
    found = market.connect()
    market.fetch(found)
    # The list by updates was read lately, so that only the night can find anything.
    Shop.objects.for_company(market.company).update(
        reconciled_at=NIGHT + timedelta(days=30), nightly_at=NIGHT - timedelta(days=1)
    )
    return found


def an_open_order(market: Market) -> Sold:
    """One that is open here and was bought lately."""
    open_ids = set(
        Order.objects.for_company(market.company)
        .filter(visible=True, bought_at__gte=NOW - timedelta(days=10), allegro_status="READY_FOR_PROCESSING")
        .values_list("allegro_id", flat=True)
    )
    return next(order for order in market.world.live_orders() if order.id in open_ids)


def cancelled_silently(market: Market, order: Sold) -> None:
    """Cancel an order; neither ``updatedAt`` nor the journal tells."""
    form = copy.deepcopy(market.world.form(order))
    form["status"] = form["fulfillment"]["status"] = "CANCELLED"
    updated_ms = order.updated_ms
    market.world.touched(order, form, by_buyer=False)
    assert order.updated_ms == updated_ms


def by_night(market: Market, shop: Shop) -> Any:
    return market.fetch(shop, trigger="background")


def ours(market: Market, order: Sold) -> Order:
    return market.orders()[order.id]


@pytest.mark.usefixtures("clock")
def test_a_change_that_left_no_trace_is_found(market: Market, shop: Shop) -> None:
    order = an_open_order(market)
    cancelled_silently(market, order)
    assert by_night(market, shop).changed == 1
    assert ours(market, order).status == OrderStatus.CANCELLED
    shop.refresh_from_db()
    assert (shop.nightly_at, shop.nightly_until) == (NIGHT, None)


def test_an_order_that_vanished_is_asked_for_by_its_id_and_once_more_later(
    market: Market, shop: Shop, clock: list[datetime]
) -> None:
    order = an_open_order(market)
    market.world.retire(order)
    assert by_night(market, shop).failed == 1
    assert ours(market, order).gone_at is None
    clock[0] += timedelta(minutes=11)
    assert by_night(market, shop).changed == 1
    assert ours(market, order).gone_at is not None


def test_the_night_that_asks_too_soon_makes_no_second_word_of_the_first(
    market: Market, shop: Shop, clock: list[datetime]
) -> None:
    order = an_open_order(market)
    market.world.retire(order)
    assert by_night(market, shop).failed == 1
    clock[0] += timedelta(minutes=9)
    Shop.objects.for_company(market.company).update(nightly_until=shop.since_date)  # killed, and begun again
    assert by_night(market, shop).failed == 1
    assert ours(market, order).gone_at is None
    clock[0] += timedelta(minutes=1)
    assert by_night(market, shop).changed == 1
    assert ours(market, order).gone_at is not None


@pytest.mark.parametrize("age", [timedelta(days=1), timedelta(days=30)])
def test_a_paid_order_that_was_gone_and_is_back_comes_back_by_itself(
    market: Market, shop: Shop, clock: list[datetime], age: timedelta
) -> None:
    order = an_open_order(market)
    rows = Order.objects.for_company(market.company).filter(allegro_id=order.id)
    rows.update(bought_at=NOW - age, gone_at=NIGHT - timedelta(days=3), visible=False, queue="done")
    market.world.hide(order, source="list")
    by_night(market, shop)
    stored = ours(market, order)
    assert (stored.gone_at, stored.visible) == (None, True)
    rows.update(gone_at=clock[0], visible=False)
    market.world.retire(order)
    clock[0] += timedelta(days=1)
    assert by_night(market, shop).changed == 0
    clock[0] += timedelta(days=20)
    market.world.log.clear()
    by_night(market, shop)
    assert not any(order.id in seen.path for seen in market.world.log.entries), "it was given up"


@pytest.mark.usefixtures("clock")
def test_an_old_open_order_is_asked_for_without_reading_its_day(market: Market, shop: Shop) -> None:
    order = an_open_order(market)
    Order.objects.for_company(market.company).exclude(allegro_id=order.id).update(visible=False)
    old = NOW - timedelta(days=30)
    Order.objects.for_company(market.company).filter(allegro_id=order.id).update(bought_at=old)
    cancelled_silently(market, order)
    market.world.log.clear()
    by_night(market, shop)
    assert ours(market, order).status == OrderStatus.CANCELLED
    days = fetch_nightly.READ_AGAIN.days
    assert market.asked("/order/checkout-forms") <= days + 3


def test_it_is_done_once_a_night(market: Market, shop: Shop, clock: list[datetime]) -> None:
    by_night(market, shop)
    order = an_open_order(market)
    cancelled_silently(market, order)
    clock[0] = NIGHT + timedelta(hours=1)
    assert by_night(market, shop).changed == 0
    clock[0] = NIGHT + timedelta(days=1)
    assert by_night(market, shop).changed == 1


def test_a_missed_night_is_made_up_for_by_day(market: Market, shop: Shop, clock: list[datetime]) -> None:
    cancelled_silently(market, an_open_order(market))
    clock[0] = NIGHT.replace(hour=14)
    assert by_night(market, shop).changed == 0
    clock[0] += timedelta(days=2)
    assert by_night(market, shop).changed == 1


@pytest.mark.usefixtures("clock")
def test_it_goes_on_where_it_was_stopped(market: Market, shop: Shop) -> None:
    order = an_open_order(market)
    cancelled_silently(market, order)
    fault = Fault(kind="server_error", path="/order/checkout-forms", status=400, skip=5)
    market.world.faults.add(fault)
    assert by_night(market, shop).state == "failed"
    shop.refresh_from_db()
    assert shop.nightly_until is not None
    reached = shop.nightly_until
    market.world.faults.clear()
    market.world.log.clear()
    assert by_night(market, shop).state == "done"
    assert ours(market, order).status == OrderStatus.CANCELLED
    days_left = (warsaw_date(NOW) - reached).days + 1
    assert market.world.log.counts["GET /order/checkout-forms 200"] <= days_left + 1


def test_the_newest_orders_come_in_while_a_backlog_is_worked_off(
    market: Market, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With a glance after every page the newest order is stored before the oldest are all in."""
    monkeypatch.setattr("stragan.flows.sync_run.GLANCE_EVERY_S", -1.0)
    monkeypatch.setattr("stragan.flows.list_walk.PAGE", 5)
    monkeypatch.setattr(fetch_stages, "PAGE", 5)
    market.fetch(market.connect())
    assert market.ours() == market.truth()
    newest = market.world.sorted_orders(0, "updated")[-1]
    by_number = list(market.orders().values())
    assert ours(market, newest).number <= 15 < len(by_number)


def test_what_is_paid_while_a_backlog_is_worked_off_is_paid_here_at_the_next_glance(
    market: Market, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("stragan.flows.sync_run.GLANCE_EVERY_S", -1.0)
    monkeypatch.setattr("stragan.flows.list_walk.PAGE", 5)
    monkeypatch.setattr(fetch_stages, "PAGE", 5)
    (order,) = market.world.add_orders(1, kind="bought", seller=0)
    shop = market.connect()
    seen: list[str] = []
    glance = fetch_stages.glance

    def then_paid(hold: SyncHold) -> None:
        glance(hold)
        seen.append(ours(market, order).allegro_status)
        if len(seen) == 1:
            changes.pay(market.world, order)

    monkeypatch.setattr(fetch_stages, "glance", then_paid)
    run = market.fetch(shop)
    assert seen[:2] == ["BOUGHT", "READY_FOR_PROCESSING"]
    assert (run.new, run.changed) == (len(market.truth()), 0)
