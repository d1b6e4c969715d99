"""A check that reads one source for long is not taken for dead."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from builders.markets import Market, a_market
from builders.orders import a_numbered_form
from stragan.flows import reconcile_shop
from stragan.gateways.allegro import Heard
from stragan.orders.check_runs import is_dead
from stragan.orders.models import Order, ReconcileRun
from stragan.shops.models import Shop

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def market(settings: Any) -> Iterator[Market]:
    with a_market(settings) as found:
        for number in range(1, 6):
            found.put(a_numbered_form(number))
        yield found


@pytest.fixture
def shop(market: Market) -> Shop:
    """A shop with an order that Allegro's list lacks."""
    shop = market.connect()
    market.fetch(shop)
    order = Order.objects.for_company(market.company).order_by("id")[0]
    Order.objects.for_company(market.company).filter(pk=order.pk).update(
        allegro_id="3a000000-0000-11f0-8000-000000000000"
    )
    shop.refresh_from_db()
    return shop


def alive_at_answers(market: Market, shop: Shop) -> dict[str, bool]:
    """Run a check and let it seem dead after each answer.

    Tells by path whether it showed life again before the next answer.
    """
    now = datetime.now(tz=UTC)
    run = ReconcileRun.objects.for_company(market.company).create(
        company=market.company,
        since=date(2026, 11, 1),
        until=date(2026, 11, 30),
        state="running",
        started_at=now,
        heartbeat_at=now,
    )
    alive: dict[str, bool] = {}

    def hear(heard: Heard) -> None:
        run.refresh_from_db()
        path = heard.path.partition("?")[0]
        alive[path] = alive.get(path, True) and not is_dead(run, now=datetime.now(tz=UTC))
        ReconcileRun.objects.across_companies().update(heartbeat_at=now - timedelta(hours=1))

    reconcile_shop.ShopCheck(run=run, shop=shop, heard=hear).work()
    return alive


def test_a_check_shows_life_while_it_reads_any_source(
    market: Market, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reconcile_shop, "TOLD_EVERY_S", 0.0)
    alive = alive_at_answers(market, shop)
    assert {"/order/events", "/payments/payment-operations", "/payments/refunds"} <= set(alive)
    assert "/order/checkout-forms/3a000000-0000-11f0-8000-000000000000" in alive
    assert [path for path, is_alive in alive.items() if not is_alive] == []


def test_a_check_writes_of_its_life_only_now_and_then(market: Market, shop: Shop) -> None:
    assert not alive_at_answers(market, shop)["/payments/payment-operations"]
