"""Journals as the samples show them and worse ones: the right state in the end, and the cursor moves."""

import copy
import json
import os
from pathlib import Path
from typing import Any

import pytest

from builders.markets import Market, a_market
from builders.orders import a_numbered_form
from stragan.orders.models import Order
from stragan.shops.models import PendingForm, Shop

NUMBERED = "5f1a{0:04}-aaaa-11f1-9000-{0:012}"


def samples(pattern: str) -> list[Any]:
    folder = Path(os.environ["STRAGAN_SCHEMAS_DIR"]) / "allegro" / "samples"
    return [json.loads(path.read_text()) for path in sorted(folder.glob(pattern))]


def an_event(number: int, form_id: str | None, **changes: Any) -> dict[str, Any]:
    """An event of a form; *changes* override what it says."""
    order: dict[str, Any] = {"lineItems": []}
    if form_id is not None:
        order["checkoutForm"] = {"id": form_id, "revision": "1"}
    told = {"id": str(number), "type": "BOUGHT", "occurredAt": "2026-11-20T09:00:00.000Z", "order": order}
    return told | changes


def caught_up(market: Market, told: list[dict[str, Any]]) -> Shop:
    """Connect first, so that only the journal brings what it tells; then read it in the background."""
    shop = market.connect()
    market.world.told = []
    market.fetch(shop)
    market.world.told = told
    run = market.fetch(shop, trigger="background")
    assert run.state == "done", run.error_code
    shop.refresh_from_db()
    assert list(PendingForm.objects.values_list("form_id", "error_code")) == []
    return shop


@pytest.mark.schemas
@pytest.mark.django_db
def test_the_sample_journals_end_in_the_right_state(settings: Any) -> None:
    forms = samples("*-cf-*.json")
    pages = [page["events"] for page in samples("2[34]-events-page-*.json")]
    with a_market(settings) as market:
        shop = market.connect()
        market.world.told = []
        market.fetch(shop)
        for form in forms:
            market.put(form)
        for page in pages:
            market.world.told = [*(market.world.told or []), *page]
            assert market.fetch(shop, trigger="background").state == "done"
            shop.refresh_from_db()
            assert shop.cursor == page[-1]["id"]
        known = {form["id"]: form["status"] for form in forms}
        held = Order.objects.for_company(market.company).filter(gone_at__isnull=True)
        assert dict(held.values_list("allegro_id", "allegro_status")) == known
        assert not PendingForm.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    "odd",
    [
        {"occurredAt": "yesterday"},
        {"occurredAt": None},
        {"occurredAt": "1970-01-01T00:00:00.000Z"},
        {"occurredAt": "2999-01-01T00:00:00.000Z"},
        {"type": "NEVER_HEARD_OF"},
        {"type": None},
        {"order": None},
        {"order": {"lineItems": None, "checkoutForm": None}},
        {"order": {"lineItems": [{"id": 7}], "checkoutForm": "none"}},
        {"order": {"checkoutForm": {"id": "x" * 300}}},
        {"order": {"checkoutForm": {"id": "00000000-0000-0000-0000-000000000000"}}},
    ],
)
def test_one_odd_event_stops_none_of_those_around_it(settings: Any, odd: dict[str, Any]) -> None:
    with a_market(settings, orders=4, seed=3) as market:
        ids = [order.id for order in market.world.add_orders(2, kind="plain", seller=0)]
        told = [an_event(1, ids[0]), an_event(2, ids[0], **odd), an_event(3, ids[1])]
        assert caught_up(market, told).cursor == "3"
        assert set(ids) <= market.orders().keys()


@pytest.mark.django_db
def test_an_order_paid_alone_after_it_was_filled_in_with_another_comes_in(settings: Any) -> None:
    with a_market(settings) as market:
        alone = a_numbered_form(1)
        shop = market.connect()
        market.fetch(shop)
        market.world.told = []
        market.put(alone)
        market.world.hide(market.world.by_id[alone["id"]], source="list")
        line = {"id": alone["lineItems"][0]["id"]}
        told = [
            an_event(1, NUMBERED.format(7, 7), type="FILLED_IN"),
            an_event(2, alone["id"], type="READY_FOR_PROCESSING"),
        ]
        told[0]["order"]["lineItems"] = [line, {"id": NUMBERED.format(8, 8)}]
        told[1]["order"]["lineItems"] = [line]
        market.world.told = told
        assert market.fetch(shop, trigger="background").new == 1


@pytest.mark.django_db
def test_ids_that_descend_within_a_page_move_the_cursor_forward_only(settings: Any) -> None:
    with a_market(settings, orders=4, seed=3) as market:
        ids = [order.id for order in market.world.add_orders(3, kind="plain", seller=0)]
        told = [an_event(number, form_id) for number, form_id in zip((12, 14, 13), ids, strict=True)]
        shop = caught_up(market, told)
        assert shop.cursor == "14"
        market.world.told = copy.deepcopy(told[:1])  # an answer from before
        assert market.fetch(shop, trigger="background").state == "done"
        shop.refresh_from_db()
        assert shop.cursor == "14"
        assert set(ids) <= market.orders().keys()


@pytest.mark.django_db
def test_a_journal_of_one_order_over_and_over_asks_for_it_once(settings: Any) -> None:
    with a_market(settings, orders=4, seed=3) as market:
        (order,) = market.world.add_orders(1, kind="plain", seller=0)
        shop = caught_up(market, [an_event(number, order.id) for number in range(1, 2501)])
        assert shop.cursor == "2500"
        assert market.asked("/order/checkout-forms/{form_id}") <= 1
