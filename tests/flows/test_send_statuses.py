"""Allegro's fulfilment status follows chosen deeds and people; our own five statuses never reach it."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from builders.issuing import an_invoice
from builders.markets import Market, a_market
from builders.sendings import Desk, a_desk, impatient
from standins.allegro.faults import Fault
from stragan.flows import outgoing, parcels
from stragan.flows.outgoing import StatusUnknown, WriterOff
from stragan.kit.audit import Actor
from stragan.orders.actions import set_status
from stragan.orders.states import OrderStatus
from stragan.outbox import actions
from stragan.outbox.states import Kind

pytestmark = pytest.mark.django_db(transaction=True)

NOW = datetime.now(tz=UTC)
PUT = "PUT /order/checkout-forms/{form_id}/fulfillment "


@pytest.fixture
def market(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Market]:
    monkeypatch.setattr("stragan.flows.tokens.client_of", impatient)
    with a_market(settings) as found:
        yield found


@pytest.fixture
def desk(market: Market) -> Desk:
    return a_desk(market)


def on_allegro(desk: Desk, number: int = 1) -> str:
    order = desk.market.world.by_id[desk.order(number).allegro_id]
    return str(desk.market.world.form(order)["fulfillment"]["status"])


def changes_of(desk: Desk, number: int = 1) -> int:
    """How often the status was changed on Allegro, by its own journal."""
    order = desk.market.world.by_id[desk.order(number).allegro_id]
    events = desk.market.world.journals[0].events
    return sum(e.type == "FULFILLMENT_STATUS_CHANGED" and e.form_id == order.id for e in events)


def wish(desk: Desk, target: str, number: int = 1) -> None:
    outgoing.send_status(order=desk.order(number), target=target, by=desk.boss, now=NOW)


def test_our_own_statuses_never_reach_allegro(desk: Desk) -> None:
    desk.switch(Kind.STATUS, on_issue="PROCESSING")
    set_status(
        company=desk.market.company,
        order_ids=[desk.order(1).pk],
        status=OrderStatus.CLOSED,
        user=desk.boss,
        now=NOW,
    )
    desk.look()
    assert (desk.states(), on_allegro(desk)) == ([], "NEW")


def test_deeds_change_the_status_only_as_the_shop_chose(market: Market) -> None:
    desk = a_desk(market, orders=2)
    desk.switch(Kind.STATUS)
    an_invoice(desk.order(1))
    assert desk.states() == []
    desk.switch(Kind.STATUS, on_issue="READY_FOR_SHIPMENT", on_parcel="SENT")
    an_invoice(desk.order(2))
    desk.settle()
    assert (on_allegro(desk, 1), on_allegro(desk, 2)) == ("NEW", "READY_FOR_SHIPMENT")
    parcels.add_parcel(
        order=desk.order(2), carrier="Jan", waybill="1", user=None, actor=Actor.COMMAND, now=NOW
    )
    desk.settle()
    assert (on_allegro(desk, 2), changes_of(desk, 2)) == ("SENT", 2)
    market.fetch(desk.shop)
    assert desk.order(2).fulfillment_status == "SENT"


def test_by_itself_a_status_only_goes_forward(market: Market) -> None:
    desk = a_desk(market, orders=2)
    desk.switch(Kind.STATUS, on_issue="PROCESSING")
    wish(desk, "SENT")
    wish(desk, "SUSPENDED", 2)
    desk.settle()
    for number in (1, 2):
        an_invoice(desk.order(number))
    desk.settle()
    assert [on_allegro(desk, number) for number in (1, 2)] == ["SENT", "SUSPENDED"]
    assert desk.states()[2:] == [("done", "sending_status_further")] * 2
    wish(desk, "PROCESSING")  # a person may go back
    desk.settle()
    assert on_allegro(desk) == "PROCESSING"


def test_a_newer_wish_takes_the_place_of_one_that_waits(desk: Desk) -> None:
    desk.switch(Kind.STATUS)
    wish(desk, "PROCESSING")
    wish(desk, "SENT")
    assert desk.states() == [("given_up", "sending_newer_wish"), ("waiting", "")]
    desk.settle()
    assert (on_allegro(desk), changes_of(desk)) == ("SENT", 1)


def test_calls_that_go_wrong_change_the_status_once(market: Market, monkeypatch: pytest.MonkeyPatch) -> None:
    class Killed(BaseException):
        pass

    kinds = ("drop_after", "drop_before", "server_error", "rate_limit")
    desk = a_desk(market, orders=len(kinds) + 2)
    desk.switch(Kind.STATUS)
    for number, kind in enumerate(kinds, 1):
        wish(desk, "SENT", number)
        wrong = Fault(kind=kind, path="/fulfillment", method="PUT", count=1, retry_after=600)
        fault = market.world.faults.add(wrong)
        desk.settle()
        assert fault.struck
        assert (on_allegro(desk, number), changes_of(desk, number)) == ("SENT", 1), kind
    for number, name in enumerate(("begin", "succeed"), len(kinds) + 1):
        wish(desk, "SENT", number)

        def die(*_args: Any, **_more: Any) -> None:
            raise Killed

        with monkeypatch.context() as killing:
            killing.setattr(actions, name, die)
            with pytest.raises(Killed):
                desk.settle()
        desk.settle()
        assert (on_allegro(desk, number), changes_of(desk, number)) == ("SENT", 1), name
    assert set(desk.states()) == {("done", "")}


def test_an_order_of_allegros_own_warehouse_is_left_alone(desk: Desk) -> None:
    desk.switch(Kind.STATUS)
    order = desk.market.world.by_id[desk.order(1).allegro_id]
    form = desk.market.world.form(order)
    form["fulfillment"]["provider"] = {"id": "ALLEGRO"}
    wish(desk, "SENT")
    desk.settle()
    assert desk.states() == [("failed", "sending_status_by_allegro")]
    assert desk.market.asked(PUT) == 0


def test_what_cannot_be_wished_is_refused(desk: Desk) -> None:
    with pytest.raises(WriterOff):
        wish(desk, "SENT")
    desk.switch(Kind.STATUS)
    for target in ("RETURNED", "", "COS"):
        with pytest.raises(StatusUnknown):
            wish(desk, target)
