"""What can be sold here reaches the offers on Allegro: once switched on, once per change, never blindly."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db.models.signals import post_save

from builders.companies import a_member
from builders.markets import Market, a_market
from builders.orders import a_numbered_form
from builders.stock import a_bundle, a_product, in_stock
from standins.allegro.faults import Fault
from stragan.companies.models import Company
from stragan.flows import push_stock
from stragan.flows.push_stock import WarehouseOff
from stragan.flows.refresh_offers import refresh
from stragan.flows.sellable import sellable
from stragan.jobs.scheduler import ask_for_plans, ask_for_pushes
from stragan.kit.models import AuditEvent, Job
from stragan.products.models import OfferLink, Product
from stragan.shops import pushes
from stragan.shops.models import Offer, OfferPush, PushState, Shop

pytestmark = pytest.mark.django_db(transaction=True)

NOW = datetime.now(tz=UTC)
COMMANDS = "/sale/offer-quantity-change-commands/{command_id} "


@pytest.fixture
def market(settings: Any) -> Iterator[Market]:
    with a_market(settings) as found:
        found.world.settings.access_token_seconds = 43_199
        yield found


@pytest.fixture
def shop(market: Market) -> Shop:
    shop = market.connect()
    market.fetch(shop)
    return shop


@pytest.fixture
def boss(market: Market) -> Any:
    return a_member(market.company)


def ids(market: Market, count: int = 2) -> list[str]:
    """Offers that run, by Allegro's numbers."""
    stock = market.world.stock
    running = [offer.id for offer in market.world.sellers[0].catalog.common if not stock.is_ended(offer.id)]
    return running[:count]


def linked(market: Market, shop: Shop, product: Product, *offer_ids: str) -> None:
    for offer_id in offer_ids:
        OfferLink.objects.for_company(market.company).create(
            company=market.company,
            seller_id=shop.seller_id,
            offer_id=offer_id,
            product=product,
            by_hand=True,
            at=NOW,
        )
    refresh(shop_id=shop.pk, now=NOW)


def on(market: Market, boss: Any) -> None:
    push_stock.switch(company=market.company, on=True, by=boss, now=NOW)


def module(market: Market, *, on: bool) -> None:
    Company.objects.filter(pk=market.company.pk).update(allegro_module=on)


def go(market: Market, shop: Shop) -> int:
    """One round of the worker; gives how many offers were noted."""
    count = push_stock.plan(company_id=market.company.pk, now=NOW)
    push_stock.work(shop_id=shop.pk)
    return count


def left(market: Market, offer_id: str) -> int:
    return market.world.stock.available(offer_id)


def later() -> None:
    OfferPush.objects.across_companies().update(due_at=NOW - timedelta(minutes=1))


def states(market: Market) -> list[str]:
    return list(OfferPush.objects.for_company(market.company).order_by("id").values_list("state", flat=True))


def test_nothing_is_ever_sent_while_the_switch_is_off(market: Market, shop: Shop, boss: Any) -> None:
    product = a_product(market.company)
    first, _ = ids(market)
    before = left(market, first)
    linked(market, shop, product, first)
    in_stock(market.company, product, 77)
    assert go(market, shop) == 0
    assert ask_for_plans(now=NOW) == 0
    on(market, boss)
    push_stock.plan(company_id=market.company.pk, now=NOW)
    assert states(market) == [PushState.WAITING]
    push_stock.switch(company=market.company, on=False, by=boss, now=NOW)
    assert states(market) == []
    assert go(market, shop) == 0
    # Even a row that should not be there is left alone.
    offer = Offer.objects.for_company(market.company).get(offer_id=first)
    pushes.want(market.company, {offer.pk: shop.pk}, now=NOW)
    push_stock.work(shop_id=shop.pk)
    assert ask_for_pushes(now=NOW + timedelta(minutes=1)) == 0
    assert left(market, first) == before
    assert market.asked("PUT /sale") == market.asked("PATCH /sale") == 0


def test_stock_waits_while_the_allegro_module_is_off_and_goes_on_afterwards(
    market: Market, shop: Shop, boss: Any
) -> None:
    mug, plate = a_product(market.company), a_product(market.company, sku="TAL-1")
    first, second = ids(market)
    before = left(market, first), left(market, second)
    linked(market, shop, mug, first)
    linked(market, shop, plate, second)
    on(market, boss)
    in_stock(market.company, mug, 77)
    push_stock.plan(company_id=market.company.pk, now=NOW)
    assert ask_for_pushes(now=NOW + timedelta(minutes=1)) == 1
    waiting = states(market)
    module(market, on=False)
    in_stock(market.company, plate, 66)
    assert ask_for_plans(now=NOW) == 0
    assert ask_for_pushes(now=NOW + timedelta(minutes=1)) == 0
    assert go(market, shop) == 0  # jobs asked for before
    assert states(market) == waiting
    assert (left(market, first), left(market, second)) == before
    module(market, on=True)
    assert ask_for_plans(now=NOW) == 1
    assert go(market, shop) == 1
    assert (left(market, first), left(market, second)) == (77, 66)


def test_the_module_switched_off_in_the_middle_stops_before_the_next_offer(
    market: Market, shop: Shop, boss: Any
) -> None:
    product = a_product(market.company)
    first, second = ids(market)
    linked(market, shop, product, first, second)
    on(market, boss)
    in_stock(market.company, product, 77)
    push_stock.plan(company_id=market.company.pk, now=NOW)

    def off_once_sent(**_: object) -> None:
        module(market, on=False)

    post_save.connect(off_once_sent, sender=OfferPush)
    try:
        push_stock.work(shop_id=shop.pk)
    finally:
        post_save.disconnect(off_once_sent, sender=OfferPush)
    assert sorted(states(market)) == [PushState.SENDING, PushState.WAITING]
    assert market.asked("PUT " + COMMANDS) == 0
    module(market, on=True)
    later()
    push_stock.work(shop_id=shop.pk)
    later()
    push_stock.work(shop_id=shop.pk)
    assert (left(market, first), left(market, second)) == (77, 77)


def test_every_offer_of_a_product_gets_what_can_be_sold(market: Market, shop: Shop, boss: Any) -> None:
    product = a_product(market.company)
    first, second = ids(market)
    linked(market, shop, product, first, second)
    in_stock(market.company, product, "77.5")
    on(market, boss)
    planned, has_more = push_stock.preview(market.company, limit=10)
    assert {(one.offer.offer_id, one.stock.quantity) for one in planned} == {(first, 77), (second, 77)}
    assert not has_more
    assert push_stock.preview(market.company, limit=1)[1]
    assert go(market, shop) == 2
    assert (left(market, first), left(market, second)) == (77, 77)
    assert states(market) == [PushState.SENT, PushState.SENT]
    assert push_stock.preview(market.company, limit=10) == ([], False)
    assert go(market, shop) == 0
    in_stock(market.company, product, 3)
    assert go(market, shop) == 2
    assert left(market, first) == 80
    assert market.asked(f"PUT {COMMANDS}") == 4


def test_changes_before_it_is_sent_are_sent_as_one(market: Market, shop: Shop, boss: Any) -> None:
    product = a_product(market.company)
    first, _ = ids(market)
    linked(market, shop, product, first)
    on(market, boss)
    for pieces in (50, 20, 10):
        in_stock(market.company, product, pieces)
        push_stock.plan(company_id=market.company.pk, now=NOW)
    assert states(market) == [PushState.WAITING]
    push_stock.work(shop_id=shop.pk)
    assert left(market, first) == 80
    assert market.asked(f"PUT {COMMANDS}") == 1


def test_reservations_and_unpaid_purchases_are_taken_off(market: Market, shop: Shop, boss: Any) -> None:
    product = a_product(market.company)
    first, _ = ids(market)
    linked(market, shop, product, first)
    in_stock(market.company, product, 100)
    for number, status, pieces in ((1, "READY_FOR_PROCESSING", 10), (2, "FILLED_IN", 5)):
        form = a_numbered_form(number, status=status)
        line = form["lineItems"][0]
        line["offer"]["id"], line["quantity"] = first, pieces
        market.put(form)
    market.fetch(shop)
    stock = sellable(market.company, [product.pk])[product.pk]
    figures = f"{stock.on_hand} {stock.reserved} {stock.unpaid} {stock.quantity}"
    assert figures == "100 10 5 85"
    on(market, boss)
    go(market, shop)
    assert left(market, first) == 85


def test_a_bundle_gets_as_many_as_its_parts_make(market: Market, shop: Shop, boss: Any) -> None:
    mug, plate = a_product(market.company), a_product(market.company, "Talerz", sku="TAL")
    bundle = a_bundle(market.company, {mug: "1", plate: "2"})
    first, second = ids(market)
    linked(market, shop, bundle, first)
    linked(market, shop, plate, second)
    in_stock(market.company, mug, 90)
    in_stock(market.company, plate, 101)
    on(market, boss)
    go(market, shop)
    assert (left(market, first), left(market, second)) == (50, 101)


def test_what_nobody_counted_is_left_alone(market: Market, shop: Shop, boss: Any) -> None:
    product = a_product(market.company)
    first, second = ids(market)
    linked(market, shop, product, first)
    form = a_numbered_form(1)
    form["lineItems"][0]["offer"]["id"] = first
    market.put(form)
    market.fetch(shop)
    on(market, boss)
    assert go(market, shop) == 0
    assert push_stock.preview(market.company, limit=5) == ([], False)
    counted = a_product(market.company, "Talerz", sku="TAL")
    linked(market, shop, counted, second)
    in_stock(market.company, counted, 60)
    Offer.objects.for_company(market.company).filter(offer_id=second).update(in_allegro_stock=True)
    assert go(market, shop) == 0


def test_no_stock_ends_the_offer_and_never_goes_below_zero(market: Market, shop: Shop, boss: Any) -> None:
    product = a_product(market.company)
    first, _ = ids(market)
    linked(market, shop, product, first)
    in_stock(market.company, product, 1)
    form = a_numbered_form(1)
    form["lineItems"][0]["offer"]["id"], form["lineItems"][0]["quantity"] = first, 4
    market.put(form)
    market.fetch(shop)
    on(market, boss)
    go(market, shop)
    assert left(market, first) == 0
    assert market.world.stock.is_ended(first)
    offer = Offer.objects.for_company(market.company).get(offer_id=first)
    assert (offer.available, offer.is_active) == (0, False)
    assert market.asked("PATCH /sale/product-offers") == 1
    assert market.asked(f"PUT {COMMANDS}") == 0


def test_a_lost_answer_is_looked_up_before_anything_is_sent_again(
    market: Market, shop: Shop, boss: Any
) -> None:
    product = a_product(market.company)
    first, _ = ids(market)
    linked(market, shop, product, first)
    in_stock(market.company, product, 70)
    on(market, boss)
    market.world.faults.add(Fault(kind="drop_after", path="quantity-change-commands", method="PUT", count=1))
    go(market, shop)
    row = OfferPush.objects.for_company(market.company).get()
    assert (row.state, row.quantity) == (PushState.SENDING, 70)
    assert row.command_id in market.world.stock.commands
    push_stock.work(shop_id=shop.pk)  # not due yet: nothing is asked
    later()
    push_stock.work(shop_id=shop.pk)
    assert states(market) == [PushState.SENT]
    assert left(market, first) == 70
    assert len(market.world.stock.commands) == 1


def test_a_command_that_never_arrived_is_worked_out_anew(market: Market, shop: Shop, boss: Any) -> None:
    product = a_product(market.company)
    first, _ = ids(market)
    linked(market, shop, product, first)
    in_stock(market.company, product, 70)
    on(market, boss)
    market.world.faults.add(Fault(kind="drop_before", path="quantity-change-commands", method="PUT", count=1))
    go(market, shop)
    assert states(market) == [PushState.SENDING]
    in_stock(market.company, product, 5)
    later()
    push_stock.work(shop_id=shop.pk)
    assert left(market, first) == 75
    assert len(market.world.stock.commands) == 1


def test_a_sender_killed_after_the_call_sends_nothing_twice(
    market: Market, shop: Shop, boss: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    product = a_product(market.company)
    first, _ = ids(market)
    linked(market, shop, product, first)
    in_stock(market.company, product, 70)
    on(market, boss)
    push_stock.plan(company_id=market.company.pk, now=NOW)

    class Killed(BaseException):
        pass

    def die(*_args: object, **_more: object) -> None:
        raise Killed

    with monkeypatch.context() as dying:
        dying.setattr(pushes, "succeed", die)
        with pytest.raises(Killed):
            push_stock.work(shop_id=shop.pk)
    later()
    push_stock.work(shop_id=shop.pk)
    assert states(market) == [PushState.SENT]
    assert market.asked(f"PUT {COMMANDS}") == 1


def test_a_slow_command_is_asked_about_until_it_is_done(market: Market, shop: Shop, boss: Any) -> None:
    product = a_product(market.company)
    first, _ = ids(market)
    linked(market, shop, product, first)
    in_stock(market.company, product, 70)
    on(market, boss)
    market.world.stock.slow_looks = 2
    go(market, shop)
    in_stock(market.company, product, 1)
    push_stock.plan(company_id=market.company.pk, now=NOW)
    assert states(market) == [PushState.SENDING, PushState.WAITING]
    for _ in range(4):
        later()
        push_stock.work(shop_id=shop.pk)
    assert set(states(market)) == {PushState.SENT}
    assert left(market, first) == 71


def test_refusals_are_kept_with_their_reason_and_tried_again_by_hand(
    market: Market, shop: Shop, boss: Any
) -> None:
    product = a_product(market.company)
    first, second = ids(market)
    linked(market, shop, product, first, second)
    in_stock(market.company, product, 70)
    on(market, boss)
    market.world.stock.locked.add(first)
    push_stock.plan(company_id=market.company.pk, now=NOW)
    Offer.objects.for_company(market.company).filter(offer_id=second).update(is_active=False)
    push_stock.work(shop_id=shop.pk)
    rows = {row.offer.offer_id: row for row in OfferPush.objects.for_company(market.company)}
    assert (rows[first].state, rows[first].reason) == (
        PushState.FAILED,
        "Tej oferty nie można teraz zmienić.",
    )
    assert (rows[second].state, rows[second].reason_code) == (PushState.FAILED, "push_offer_ended")
    assert go(market, shop) == 0
    assert push_stock.plan(company_id=market.company.pk, now=NOW, everything=True) == 0
    market.world.stock.locked.clear()
    assert pushes.retry(market.company, [rows[first].pk], now=NOW) == 1
    push_stock.work(shop_id=shop.pk)
    assert left(market, first) == 70


def test_an_outage_and_a_missing_permission_lose_nothing(market: Market, shop: Shop, boss: Any) -> None:
    product = a_product(market.company)
    linked(market, shop, product, *ids(market))
    in_stock(market.company, product, 70)
    on(market, boss)
    market.world.faults.add(Fault(kind="rate_limit", path="quantity-change", retry_after=600))
    go(market, shop)
    assert sorted(states(market)) == [PushState.SENDING, PushState.WAITING]
    market.world.faults.clear()
    for grant in market.world.grants.grants:
        grant.scope = tuple(scope for scope in grant.scope if "offers:write" not in scope)
    later()
    push_stock.work(shop_id=shop.pk)
    assert OfferPush.objects.for_company(market.company).filter(reason_code="allegro_scope_missing").exists()
    for grant in market.world.grants.grants:
        grant.scope = (*grant.scope, "allegro:api:sale:offers:write")
    for _ in range(3):
        later()
        push_stock.work(shop_id=shop.pk)
    assert set(states(market)) == {PushState.SENT}
    assert [left(market, offer_id) for offer_id in ids(market)] == [70, 70]


def test_an_hourly_look_puts_right_what_was_changed_on_allegro(market: Market, shop: Shop, boss: Any) -> None:
    product = a_product(market.company)
    first, _ = ids(market)
    linked(market, shop, product, first)
    in_stock(market.company, product, 70)
    on(market, boss)
    go(market, shop)
    market.world.stock.put(first, 9)
    assert go(market, shop) == 0
    refresh(shop_id=shop.pk, now=NOW)
    push_stock.work(shop_id=shop.pk)
    assert left(market, first) == 70


def test_the_switch_needs_a_warehouse_and_leaves_a_trace(market: Market, shop: Shop, boss: Any) -> None:
    market.company.warehouse = False
    market.company.save()
    with pytest.raises(WarehouseOff):
        on(market, boss)
    market.company.warehouse = True
    market.company.save()
    on(market, boss)
    market.company.refresh_from_db()
    assert (market.company.push_stock, market.company.push_stock_changed_by) == (True, boss)
    trail = AuditEvent.objects.for_company(market.company).filter(verb="company.changed")
    assert trail.order_by("-id")[0].facts["columns"] == ["push_stock"]
    assert shop.company_id == market.company.pk


def test_the_scheduler_plans_each_minute_and_sends_what_waits(market: Market, shop: Shop, boss: Any) -> None:
    product = a_product(market.company)
    first, _ = ids(market)
    linked(market, shop, product, first)
    in_stock(market.company, product, 70)
    on(market, boss)
    assert ask_for_plans(now=NOW) == 1
    assert Job.objects.get(name="offers.plan").arguments == {"company_id": market.company.pk}
    push_stock.plan(company_id=market.company.pk, now=NOW)
    assert ask_for_pushes(now=NOW) == 1
    assert Job.objects.get(name="offers.push").arguments == {"shop_id": shop.pk}
    OfferPush.objects.for_company(market.company).update(state="sent", done_at=NOW - timedelta(days=31))
    assert pushes.forget_old(now=NOW) == 1
