"""A seller's orders come in, once and wholly, and follow what happens on Allegro."""

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from builders.markets import Market, a_market
from builders.orders import a_numbered_form, for_a_company
from standins.allegro import changes
from standins.allegro.faults import Fault
from standins.allegro.orders import Order as Sold
from stragan.kit.clock import real_now
from stragan.orders.models import Order, OrderEvent, OrderLine, OrderRevision
from stragan.orders.states import OrderStatus, PaymentState, Queue
from stragan.shops.models import PendingForm, QuarantinedForm, Shop

pytestmark = pytest.mark.django_db


@pytest.fixture
def market(settings: Any) -> Iterator[Market]:
    with a_market(settings, orders=40) as found:
        yield found


@pytest.fixture
def empty(settings: Any) -> Iterator[Market]:
    with a_market(settings) as found:
        yield found


def outcome(run: Any) -> tuple[int, int, int, int, int]:
    return run.new, run.changed, run.superseded, run.quarantined, run.failed


def test_first_fetch_brings_every_order_with_allegros_totals(market: Market) -> None:
    run = market.fetch(market.connect())
    assert run.state == "done", run.error_code
    assert market.ours() == market.truth()
    assert run.new == len(market.truth())
    assert (run.superseded, run.quarantined, run.failed) == (0, 0, 0)


def test_numbers_follow_the_time_of_purchase(market: Market) -> None:
    market.fetch(market.connect())
    orders = [order for order in market.orders().values() if order.bought_at]
    assert [order.number for order in orders] == list(range(1, len(orders) + 1))
    assert [order.bought_at for order in orders] == sorted(filter(None, (o.bought_at for o in orders)))


def test_a_second_fetch_changes_nothing(market: Market) -> None:
    shop = market.connect()
    market.fetch(shop)
    before = list(Order.objects.for_company(market.company).order_by("id").values())
    run = market.fetch(shop)
    assert outcome(run) == (0, 0, 0, 0, 0)
    assert list(Order.objects.for_company(market.company).order_by("id").values()) == before
    assert OrderRevision.objects.count() == len(before)


def test_new_orders_come_in_one_page_of_the_list(market: Market) -> None:
    shop = market.connect()
    market.fetch(shop)
    market.world.log.clear()
    market.world.add_orders(30, seller=0)
    run = market.fetch(shop, trigger="background")
    assert run.new == 30
    assert market.ours() == market.truth()
    assert market.asked("/order/checkout-forms") == 1


def test_one_new_order_is_asked_for_by_its_id(market: Market) -> None:
    shop = market.connect()
    market.fetch(shop)
    market.fetch(shop)
    market.world.log.clear()
    market.world.add_orders(1, seller=0)
    assert market.fetch(shop, trigger="background").new == 1
    assert market.asked("/order/checkout-forms/") == 1
    assert market.asked("/order/checkout-forms") == 1


def test_a_paid_order_becomes_paid_here(empty: Market) -> None:
    form = a_numbered_form(1, status="FILLED_IN")
    form["payment"] |= {"paidAmount": None, "finishedAt": None}
    empty.put(form)
    shop = empty.connect()
    empty.fetch(shop)
    order = empty.orders()[form["id"]]
    assert (order.status, order.queue) == (OrderStatus.OPEN, Queue.WAITING_PAYMENT)
    empty.put(a_numbered_form(1, updatedAt="2026-11-21T09:18:05.001Z"))
    run = empty.fetch(shop)
    order.refresh_from_db()
    assert run.changed == 1
    assert (order.status, order.queue) == (OrderStatus.PAID, Queue.TO_ISSUE)
    assert order.paid_at is not None
    event = OrderEvent.objects.get(order=order, verb="released")
    assert {"field": "status", "old": "FILLED_IN", "new": "READY_FOR_PROCESSING"} in event.facts["changes"]


def test_a_cancelled_order_leaves_the_list_but_is_kept(empty: Market) -> None:
    empty.put(a_numbered_form(1))
    shop = empty.connect()
    empty.fetch(shop)
    changes.cancel(empty.world, empty.world.live_orders()[0], by_buyer=True)
    assert empty.fetch(shop).changed == 1
    order = next(iter(empty.orders().values()))
    assert (order.status, order.visible, order.queue) == (OrderStatus.CANCELLED, False, Queue.DONE)
    assert OrderEvent.objects.filter(order=order, verb="cancelled").count() == 1


def test_a_status_set_by_hand_stays(empty: Market) -> None:
    empty.put(a_numbered_form(1))
    shop = empty.connect()
    empty.fetch(shop)
    order = next(iter(empty.orders().values()))
    Order.objects.for_company(empty.company).filter(pk=order.pk).update(
        status=OrderStatus.OPEN, status_by_hand=True
    )
    empty.put(a_numbered_form(1, messageToSeller="nowa wiadomość"))
    assert empty.fetch(shop).changed == 1
    order.refresh_from_db()
    assert (order.status, order.has_message) == (OrderStatus.OPEN, True)


def test_a_merged_purchase_supersedes_the_orders_it_came_from(empty: Market) -> None:
    first, second = a_numbered_form(1, status="BOUGHT"), a_numbered_form(2, status="BOUGHT")
    empty.put(first)
    empty.put(second)
    shop = empty.connect()
    empty.fetch(shop)
    merged = a_numbered_form(3)
    merged["lineItems"] = [*first["lineItems"], *second["lineItems"]]
    merged["summary"]["totalToPay"]["amount"] = merged["payment"]["paidAmount"]["amount"] = "94.99"
    for order in empty.world.live_orders():
        empty.world.retire(order)
    empty.put(merged)
    run = empty.fetch(shop)
    orders = empty.orders()
    assert (run.new, run.superseded) == (1, 2)
    assert {orders[form["id"]].superseded_by_id for form in (first, second)} == {orders[merged["id"]].pk}
    assert not any(orders[form["id"]].visible for form in (first, second))
    assert OrderLine.objects.for_company(empty.company).filter(order=orders[merged["id"]]).count() == 2
    assert OrderLine.objects.for_company(empty.company).count() == 2
    assert outcome(empty.fetch(shop)) == (0, 0, 0, 0, 0)


def test_an_unpaid_order_that_allegro_lost_is_marked_and_kept(empty: Market) -> None:
    empty.put(a_numbered_form(1, status="FILLED_IN"))
    shop = empty.connect()
    empty.fetch(shop)
    order = empty.world.live_orders()[0]
    empty.world.emit(order, "BUYER_MODIFIED")
    empty.world.retire(order)
    run = empty.fetch(shop)
    stored = next(iter(empty.orders().values()))
    assert run.state == "done"
    assert stored.gone_at is not None
    assert (stored.visible, stored.queue) == (False, Queue.DONE)
    assert not PendingForm.objects.exists()


def a_paid_order_that_vanishes(market: Market) -> tuple[Shop, Sold]:
    market.put(a_numbered_form(1))
    shop = market.connect()
    market.fetch(shop)
    sold = market.world.live_orders()[0]
    market.world.emit(sold, "BUYER_MODIFIED")
    market.world.retire(sold)
    return shop, sold


def first_said(*, ago: timedelta) -> None:
    """Let Allegro have said that long ago that it has no such form; the form is due now."""
    PendingForm.objects.update(first_gone_at=real_now() - ago, due_at=real_now())


def test_a_paid_order_is_gone_only_when_allegro_says_so_twice(empty: Market) -> None:
    shop, sold = a_paid_order_that_vanishes(empty)
    for _ in range(2):  # the second time at once, before its time
        run = empty.fetch(shop)
        order = empty.orders()[sold.id]
        assert (run.state, run.failed, run.changed) == ("done", 1, 0)
        assert (order.gone_at, order.visible, order.queue) == (None, True, Queue.TO_ISSUE)
    row = PendingForm.objects.get()
    assert (row.error_code, row.attempts) == ("allegro_form_gone", 1)
    assert row.due_at - real_now() > timedelta(minutes=9)
    first_said(ago=timedelta(minutes=10))
    run = empty.fetch(shop, trigger="background")
    order = empty.orders()[sold.id]
    assert (run.failed, run.changed) == (0, 1)
    assert order.gone_at is not None
    assert (order.visible, order.queue) == (False, Queue.DONE)
    assert not PendingForm.objects.exists()


def test_an_event_that_has_it_asked_for_sooner_makes_no_second_word_of_it(empty: Market) -> None:
    shop, sold = a_paid_order_that_vanishes(empty)
    empty.fetch(shop, trigger="background")
    first_said(ago=timedelta(minutes=4))
    first = PendingForm.objects.get().first_gone_at
    PendingForm.objects.update(due_at=real_now() + timedelta(minutes=6))
    empty.world.emit(sold, "BUYER_MODIFIED")
    run = empty.fetch(shop, trigger="background")
    row = PendingForm.objects.get()
    assert (run.failed, empty.orders()[sold.id].gone_at) == (1, None)
    assert (row.first_gone_at, row.attempts) == (first, 1)
    wait = row.due_at - real_now()
    assert timedelta(minutes=5, seconds=30) < wait <= timedelta(minutes=6)
    empty.world.log.clear()
    empty.fetch(shop, trigger="background")
    assert empty.asked("/order/checkout-forms/") == 0  # not each minute until then


def test_what_allegro_says_of_each_form_counts_from_its_own_answer(empty: Market) -> None:
    for number in (1, 2):
        empty.put(a_numbered_form(number))
    shop = empty.connect()
    empty.fetch(shop)
    for sold in empty.world.live_orders():
        empty.world.emit(sold, "BUYER_MODIFIED")
        empty.world.retire(sold)
    empty.world.faults.add(Fault(kind="slow", path="^/order/checkout-forms/.", seconds=1.5, skip=1))
    assert empty.fetch(shop, trigger="background").failed == 2
    first, second = PendingForm.objects.order_by("first_gone_at").values_list("first_gone_at", flat=True)
    assert first is not None
    assert second is not None
    assert second - first >= timedelta(seconds=1.5)


@pytest.mark.usefixtures("without_pauses")
def test_an_outage_in_between_does_not_forget_what_allegro_said_first(empty: Market) -> None:
    shop, sold = a_paid_order_that_vanishes(empty)
    empty.fetch(shop, trigger="background")
    first_said(ago=timedelta(minutes=11))
    outage = empty.world.faults.add(Fault(kind="server_error", path=sold.id))
    empty.fetch(shop, trigger="background")
    assert PendingForm.objects.get().error_code == "allegro_unavailable"
    outage.count = 0
    PendingForm.objects.update(due_at=real_now())
    empty.fetch(shop, trigger="background")
    assert empty.orders()[sold.id].gone_at is not None


def test_what_a_clock_ahead_noted_is_a_first_word_once_it_is_right(empty: Market) -> None:
    shop, sold = a_paid_order_that_vanishes(empty)
    empty.fetch(shop, trigger="background")
    first_said(ago=timedelta(days=-1))
    empty.fetch(shop, trigger="background")
    row = PendingForm.objects.get()
    assert empty.orders()[sold.id].gone_at is None
    assert row.first_gone_at is not None
    assert row.first_gone_at <= real_now()
    assert row.due_at - real_now() <= timedelta(minutes=10)


def test_a_paid_order_that_is_there_again_was_never_gone(empty: Market) -> None:
    shop, sold = a_paid_order_that_vanishes(empty)
    empty.fetch(shop)
    empty.put(a_numbered_form(1))
    assert outcome(empty.fetch(shop)) == (0, 0, 0, 0, 0)
    assert not PendingForm.objects.exists()
    assert not OrderEvent.objects.filter(order=empty.orders()[sold.id], verb="gone").exists()


@pytest.mark.parametrize("status", ["FILLED_IN", "READY_FOR_PROCESSING"])
def test_a_page_that_says_not_found_says_nothing_of_an_order(empty: Market, status: str) -> None:
    form = a_numbered_form(1, status=status)
    form["updatedAt"] = "2026-11-01T10:00:00Z"
    empty.put(form)
    shop = empty.connect()
    empty.fetch(shop)
    empty.world.emit(empty.world.live_orders()[0], "BUYER_MODIFIED")
    empty.world.faults.add(Fault(kind="server_error", path=form["id"], status=404, body="html"))
    Shop.objects.for_company(empty.company).update(reconciled_at=real_now())
    for _ in range(2):
        PendingForm.objects.update(due_at=real_now())
        assert empty.fetch(shop, trigger="background").failed == 1
    order = empty.orders()[form["id"]]
    assert (order.gone_at, order.visible) == (None, True)
    assert PendingForm.objects.get().error_code == "allegro_unavailable"


def test_a_payload_that_cannot_be_read_is_put_aside_and_blocks_nobody(empty: Market) -> None:
    broken = a_numbered_form(1)
    broken["lineItems"][0]["price"] = {"amount": "dwanaście", "currency": "PLN"}
    empty.put(broken)
    empty.put(a_numbered_form(2))
    shop = empty.connect()
    run = empty.fetch(shop)
    row = QuarantinedForm.objects.for_company(empty.company).get()
    assert (run.new, run.quarantined, run.state) == (1, 1, "done")
    assert row.form_id == broken["id"]
    assert row.path == "$.lineItems[0].price.amount"
    assert row.reason == "expected an amount such as 12.34, found dwanaście"
    assert not PendingForm.objects.exists()
    assert outcome(empty.fetch(shop)) == (0, 0, 0, 0, 0)
    empty.put(a_numbered_form(1))
    assert empty.fetch(shop).new == 1
    row.refresh_from_db()
    assert row.resolved_at is not None


def test_two_currencies_in_one_order_are_put_aside(empty: Market) -> None:
    mixed = a_numbered_form(1)
    mixed["delivery"]["cost"]["currency"] = "EUR"
    empty.put(mixed)
    assert empty.fetch(empty.connect()).quarantined == 1
    assert "an amount in EUR" in QuarantinedForm.objects.for_company(empty.company).get().reason


def test_an_id_too_long_for_the_table_is_put_aside(empty: Market) -> None:
    empty.put(a_numbered_form(1, id="x" * 70))
    empty.put(a_numbered_form(2))
    run = empty.fetch(empty.connect())
    assert (run.new, run.quarantined, run.state) == (1, 1, "done")


def test_a_form_without_a_date_of_purchase_comes_by_the_journal(empty: Market) -> None:
    form = a_numbered_form(1)
    form["lineItems"][0]["boughtAt"] = None
    empty.put(form)
    assert empty.fetch(empty.connect()).new == 1


def test_an_event_that_names_no_form_is_looked_up_around_its_time(empty: Market) -> None:
    shop = empty.connect()
    empty.fetch(shop)
    PendingForm.objects.create(
        shop=shop, form_id="event:17954", event_at="2026-11-20T09:16:00Z", due_at="2026-11-20T09:16:00Z"
    )
    empty.world.faults.disturb("missing_events", probability=1.0)
    empty.put(a_numbered_form(1))
    assert empty.fetch(shop, trigger="background").new == 1
    assert not PendingForm.objects.exists()


def test_an_event_that_was_never_written_is_made_up_for_by_the_list(empty: Market) -> None:
    empty.put(a_numbered_form(1))
    shop = empty.connect()
    empty.fetch(shop)
    empty.world.faults.disturb("missing_events", probability=1.0)
    empty.world.add_orders(3, seller=0)
    assert empty.fetch(shop).new == 3


@pytest.mark.parametrize("bought_at", ["2026-11-20T09:16:00Z", None])
def test_a_form_dated_ahead_hides_none_of_those_to_come(empty: Market, bought_at: str | None) -> None:
    form = a_numbered_form(1, updatedAt="2099-01-01T00:00:00Z")
    form["lineItems"][0]["boughtAt"] = bought_at
    empty.put(form)
    shop = empty.connect()
    for _ in range(2):
        empty.fetch(shop)
        shop.refresh_from_db()
        assert shop.updates_until is not None
        assert shop.updates_until <= real_now()
    empty.world.faults.disturb("missing_events", probability=1.0)
    empty.world.add_orders(3, seller=0)
    assert empty.fetch(shop).new == 3


def test_a_shop_that_a_form_dated_ahead_had_moved_on_reads_all_updates_anew(empty: Market) -> None:
    shop = empty.connect()
    empty.fetch(shop)
    Shop.objects.for_company(empty.company).update(updates_until="2099-01-01T00:00:00Z")
    empty.world.faults.disturb("missing_events", probability=1.0)
    empty.world.add_orders(3, seller=0)
    assert empty.fetch(shop).new == 3
    shop.refresh_from_db()
    assert shop.updates_until is not None
    assert shop.updates_until <= real_now()


def test_a_shop_whose_journal_was_empty_at_first_asks_the_list_too(empty: Market) -> None:
    shop = empty.connect()
    assert empty.fetch(shop).new == 0
    empty.world.faults.disturb("missing_events", probability=1.0)
    empty.world.add_orders(3, seller=0)
    assert empty.fetch(shop).new == 3
    assert empty.fetch(shop).new == 0


def test_amounts_are_taken_as_they_are(empty: Market) -> None:
    form = for_a_company(a_numbered_form(1))
    form["lineItems"][0]["deposit"] = {"price": {"amount": "0.50", "currency": "PLN"}}
    form["lineItems"][0]["quantity"] = 3
    form["summary"]["totalToPay"]["amount"] = form["payment"]["paidAmount"]["amount"] = "136.49"
    empty.put(form)
    empty.fetch(empty.connect())
    order = next(iter(empty.orders().values()))
    assert order.total == Decimal("136.49")
    assert order.deposit == Decimal("1.50")
    assert order.delivery_cost == Decimal("14.99")
    assert order.payment_state == PaymentState.PAID
    assert (order.problems, order.buyer_nip, order.wants_invoice) == ([], "5260250274", True)


def test_what_blocks_a_document_stands_at_the_order(empty: Market) -> None:
    form = for_a_company(a_numbered_form(1), nip="")
    form["lineItems"][0]["tax"] = None
    form["summary"]["totalToPay"]["amount"] = "55.00"
    empty.put(form)
    empty.fetch(empty.connect())
    order = next(iter(empty.orders().values()))
    assert order.problems == ["total_mismatch", "vat_missing", "company_nip_missing"]
    assert (order.problem, order.queue) == ("total_mismatch", Queue.ATTENTION)


def test_orders_are_found_by_folded_words(empty: Market) -> None:
    empty.put(for_a_company(a_numbered_form(1), name="ŻÓŁW Łódzki sp. z o.o."))
    empty.fetch(empty.connect())
    text = next(iter(empty.orders().values())).search_text
    assert "zolw lodzki" in text
    assert "kupujacy_1" in text
    assert "kub-1" in text


def test_a_shop_with_a_stale_cursor_is_imported_anew(market: Market) -> None:
    shop = market.connect()
    market.fetch(shop)
    market.world.add_orders(3, seller=0)
    shop.refresh_from_db()
    assert shop.synced_at is not None
    Shop.objects.for_company(market.company).update(synced_at=shop.synced_at.replace(year=2025))
    run = market.fetch(shop)
    assert (run.new, run.state) == (3, "done")
    assert market.ours() == market.truth()


def test_a_cursor_that_allegro_refuses_costs_a_full_import(market: Market) -> None:
    shop = market.connect()
    market.fetch(shop)
    market.world.add_orders(3, seller=0)
    Shop.objects.for_company(market.company).update(cursor="not-a-number")
    run = market.fetch(shop)
    assert (run.new, run.state) == (3, "done")
    assert market.ours() == market.truth()


def test_a_first_import_goes_on_where_it_was_stopped(settings: Any) -> None:
    with a_market(settings, orders=900, seed=9) as market:
        shop = market.connect()
        market.world.faults.add(_refusal("/order/checkout-forms", skip=3, status=400))
        run = market.fetch(shop)
        assert (run.state, run.error_code) == ("failed", "allegro_rejected")
        shop.refresh_from_db()
        assert shop.windows_done_until is not None
        market.world.faults.clear()
        market.world.log.clear()
        again = market.fetch(shop)
        assert again.state == "done"
        assert run.new + again.new == len(market.truth())
        assert market.ours() == market.truth()
        windows = [seen for seen in market.world.log.entries if "boughtAt.gte" in seen.query]
        assert len(windows) <= -(-len(market.truth()) // 99) - 2


def test_orders_bought_before_the_first_day_stay_out(empty: Market) -> None:
    old = a_numbered_form(1)
    old["lineItems"][0]["boughtAt"] = "2026-11-01T10:00:00Z"
    empty.put(old)
    empty.put(a_numbered_form(2))
    order = next(order for order in empty.world.live_orders() if order.id == old["id"])
    journal = empty.world.journals[0]
    journal.events[:] = [event for event in journal.events if event.form_id != order.id]
    run = empty.fetch(empty.connect(since_date=date(2026, 11, 15)))
    assert run.new == 1


def test_allegros_latest_event_is_known_where_the_journal_is_not_read_to_it(market: Market) -> None:
    shop = market.connect()
    market.fetch(shop)
    shop.refresh_from_db()
    before = shop.cursor
    assert shop.latest_event_id == before
    market.world.add_orders(50, seller=0)
    latest = str(market.world.journals[0].events[-1].id)
    market.world.faults.add(_refusal("/order/events", skip=0, status=403))
    assert market.fetch(shop).state == "failed"
    shop.refresh_from_db()
    assert (shop.cursor, shop.latest_event_id) == (before, latest)
    assert shop.latest_event_at is not None
    assert shop.cursor_at is not None
    assert shop.latest_event_at > shop.cursor_at
    market.world.faults.clear()
    assert market.fetch(shop).new == 50
    shop.refresh_from_db()
    assert (shop.cursor, shop.latest_event_at) == (latest, shop.cursor_at)


def test_orders_come_where_allegro_does_not_tell_its_latest_event(market: Market) -> None:
    shop = market.connect()
    market.fetch(shop)
    market.world.add_orders(3, seller=0)
    market.world.faults.add(_refusal("/order/event-stats", skip=0, status=403))
    assert market.fetch(shop).new == 3
    shop.refresh_from_db()
    assert shop.latest_event_id == shop.cursor


def _refusal(path: str, *, skip: int, status: int) -> Fault:
    return Fault(kind="server_error", path=path, skip=skip, status=status)
