"""Stock on its way to an offer has one sender; emptying an offer is looked up before it is repeated."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import translation

from builders.companies import a_member
from builders.markets import Market, a_market
from builders.orders import a_numbered_form
from builders.sendings import impatient
from builders.stock import a_product, in_stock
from standins.allegro.faults import Fault
from stragan.flows import push_stock
from stragan.flows.refresh_offers import refresh
from stragan.jobs.scheduler import ask_for_pushes
from stragan.kit import clock
from stragan.kit.clock import real_now
from stragan.kit.messages import text_of
from stragan.kit.shared_clock import shared_now
from stragan.products.models import OfferLink, Product
from stragan.shops import pushes
from stragan.shops.models import Offer, OfferPush, PushState, Shop

pytestmark = pytest.mark.django_db(transaction=True)

NOW = datetime.now(tz=UTC)
PATCH = "PATCH /sale/product-offers"
PUT = "PUT /sale/offer-quantity-change-commands"


@pytest.fixture
def market(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Market]:
    monkeypatch.setattr("stragan.flows.tokens.client_of", impatient)
    with a_market(settings) as found:
        found.world.settings.access_token_seconds = 43_199
        yield found


@pytest.fixture
def offer_id(market: Market) -> str:
    """An offer that runs, by Allegro's number."""
    return next(
        offer.id
        for offer in market.world.sellers[0].catalog.common
        if not market.world.stock.is_ended(offer.id)
    )


def a_shop_with(market: Market, offer_id: str, *, pieces: int, sold: int = 0) -> Shop:
    """A shop whose stock of one product is sent to one offer: so many pieces, of which some were sold."""
    shop, product = market.connect(), a_product(market.company)
    in_stock(market.company, product, pieces)
    OfferLink.objects.for_company(market.company).create(
        company=market.company,
        seller_id=shop.seller_id,
        offer_id=offer_id,
        product=product,
        by_hand=True,
        at=NOW,
    )
    refresh(shop_id=shop.pk, now=NOW)
    if sold:
        form = a_numbered_form(1)
        form["lineItems"][0]["offer"]["id"], form["lineItems"][0]["quantity"] = offer_id, sold
        market.put(form)
    market.fetch(shop)
    push_stock.switch(company=market.company, on=True, by=a_member(market.company), now=NOW)
    return shop


def go(market: Market, shop: Shop) -> OfferPush:
    push_stock.plan(company_id=market.company.pk, now=NOW)
    push_stock.work(shop_id=shop.pk)
    return OfferPush.objects.for_company(market.company).get()


def taken(shop: Shop) -> OfferPush:
    """What waits, on its way now by another process."""
    with transaction.atomic():
        row = pushes.next_due(shop.pk, now=shared_now(), due_by=real_now())
        assert row is not None
        pushes.start(row, quantity=70, now=shared_now())
    return row


def look(shop: Shop, row: OfferPush, *, after: timedelta = timedelta(0)) -> str:
    """Work once more, with the row due; *after* lies between its sending and now."""
    values: dict[str, Any] = {"due_at": shared_now()}
    if after:
        values["sent_at"] = shared_now() - after
    OfferPush.objects.across_companies().filter(pk=row.pk).update(**values)
    push_stock.work(shop_id=shop.pk)
    row.refresh_from_db()
    return row.state


def test_an_emptying_whose_answer_is_lost_is_looked_up_and_not_repeated(
    market: Market, offer_id: str
) -> None:
    shop = a_shop_with(market, offer_id, pieces=1, sold=1)
    lost = market.world.faults.add(Fault(kind="drop_after", path="product-offers", method="PATCH"))
    row = go(market, shop)
    assert (row.state, row.quantity, lost.struck) == (PushState.SENDING, 0, 1)
    assert row.command_id
    assert row.sent_at is not None
    assert look(shop, row) == PushState.SENT
    assert lost.struck == 1
    offer = Offer.objects.for_company(market.company).get(offer_id=offer_id)
    assert (offer.available, offer.is_active) == (0, False)


def test_an_emptying_that_allegro_does_later_is_done_when_the_offer_says_so(
    market: Market, offer_id: str
) -> None:
    shop = a_shop_with(market, offer_id, pieces=1, sold=1)
    market.world.stock.slow_looks = 2
    row = go(market, shop)
    offer = Offer.objects.for_company(market.company).get(offer_id=offer_id)
    assert (row.state, offer.is_active) == (PushState.SENDING, True)
    assert [look(shop, row) for _ in range(3)] == [PushState.SENDING, PushState.SENDING, PushState.SENT]
    assert (market.asked(PATCH), market.world.stock.is_ended(offer_id)) == (1, True)


def test_an_emptying_that_never_arrived_is_worked_out_anew_after_its_time(
    market: Market, offer_id: str
) -> None:
    shop = a_shop_with(market, offer_id, pieces=1, sold=1)
    drop = market.world.faults.add(Fault(kind="drop_before", path="product-offers", method="PATCH", count=1))
    row = go(market, shop)
    assert drop.struck == 1
    assert look(shop, row) == PushState.SENDING  # Allegro may still be at it
    assert not market.world.stock.is_ended(offer_id)
    first = row.command_id
    assert look(shop, row, after=timedelta(minutes=6)) == PushState.SENT
    assert row.command_id != first
    assert market.world.stock.is_ended(offer_id)


def test_goods_that_come_in_before_an_emptying_is_repeated_are_sent_instead(
    market: Market, offer_id: str
) -> None:
    shop = a_shop_with(market, offer_id, pieces=1, sold=1)
    market.world.faults.add(Fault(kind="drop_before", path="product-offers", method="PATCH", count=1))
    row = go(market, shop)
    in_stock(market.company, Product.objects.for_company(market.company).get(), 66)
    assert look(shop, row, after=timedelta(minutes=6)) == PushState.SENT
    assert market.world.stock.available(offer_id) == 66


def test_who_waited_until_another_took_the_row_up_sends_nothing(
    market: Market, offer_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop = a_shop_with(market, offer_id, pieces=70)
    push_stock.plan(company_id=market.company.pk, now=NOW)
    begin = pushes.begin

    def after_a_long_wait(row: OfferPush, *, now: datetime) -> bool:
        """Let the other process come first: it finds that Allegro never heard of the command."""
        with monkeypatch.context() as other:
            other.setattr(pushes, "begin", begin)
            row_there = OfferPush.objects.across_companies().get(pk=row.pk)
            assert look(shop, row_there) == PushState.SENT
        return begin(row, now=now)

    monkeypatch.setattr(pushes, "begin", after_a_long_wait)
    push_stock.work(shop_id=shop.pk)
    row = OfferPush.objects.for_company(market.company).get()
    assert (row.state, row.quantity, market.asked(PUT)) == (PushState.SENT, 70, 1)
    assert list(market.world.stock.commands) == [row.command_id]


def test_who_lost_the_row_writes_nothing_more(market: Market, offer_id: str) -> None:
    shop = a_shop_with(market, offer_id, pieces=70)
    push_stock.plan(company_id=market.company.pk, now=NOW)
    mine = taken(shop)
    theirs = OfferPush.objects.across_companies().get(pk=mine.pk)
    pushes.look_again(theirs, now=shared_now())
    assert not pushes.begin(mine, now=shared_now())
    pushes.succeed(mine, now=NOW)
    pushes.refuse(mine, code="push_refused", reason="", now=NOW)
    pushes.give_back(mine, now=NOW)
    pushes.postpone(mine, code="", now=NOW)
    kept = OfferPush.objects.across_companies().get(pk=mine.pk)
    assert (kept.state, kept.attempts, kept.due_at) == (PushState.SENDING, 2, theirs.due_at)
    assert Offer.objects.for_company(market.company).get(offer_id=offer_id).available != 70


def test_a_command_that_allegro_says_nothing_of_for_a_day_is_given_up(market: Market, offer_id: str) -> None:
    shop = a_shop_with(market, offer_id, pieces=70)
    market.world.stock.slow_looks = 99
    row = go(market, shop)
    assert look(shop, row, after=timedelta(hours=23)) == PushState.SENDING
    assert look(shop, row, after=timedelta(hours=25)) == PushState.FAILED
    assert (row.reason_code, row.done_at is None) == ("push_unanswered", False)
    with translation.override("pl"):
        assert "przez dobę" in text_of(row.reason_code)
    pushes.want(market.company, {row.offer_id: shop.pk}, now=NOW)
    market.world.stock.slow_looks = 0
    push_stock.work(shop_id=shop.pk)
    assert OfferPush.objects.for_company(market.company).latest("id").state == PushState.SENT


def test_a_row_is_looked_at_as_often_as_it_takes(market: Market, offer_id: str) -> None:
    shop = a_shop_with(market, offer_id, pieces=70)
    market.world.stock.slow_looks = 99
    row = go(market, shop)
    OfferPush.objects.across_companies().update(attempts=32_767)  # all that a small integer holds
    assert look(shop, row) == PushState.SENDING
    assert row.attempts == 32_768


def test_a_wish_that_comes_while_a_row_is_given_back_takes_its_place(market: Market, offer_id: str) -> None:
    shop = a_shop_with(market, offer_id, pieces=70)
    push_stock.plan(company_id=market.company.pk, now=NOW)
    row = taken(shop)

    def wish(execute: Callable[..., Any], sql: str, given: Any, many: bool, context: Any) -> Any:  # noqa: FBT001 -- Django calls it so
        found = execute(sql, given, many, context)
        if sql.startswith("SELECT") and PushState.WAITING in (given or ()):
            pushes.want(market.company, {row.offer_id: shop.pk}, now=NOW)
        return found

    with connection.execute_wrapper(wish):
        pushes.give_back(row, now=shared_now())
    left = OfferPush.objects.for_company(market.company).get()
    assert left.pk != row.pk
    assert (left.state, left.attempts) == (PushState.WAITING, 0)


@pytest.fixture
def ahead(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Be a machine whose clock is ahead of the other's, and of the server's."""

    class Shifted(datetime):
        @classmethod
        def now(cls, tz: Any = None) -> datetime:  # type: ignore[override]  # a plain datetime is meant
            return datetime.now(tz=tz) + timedelta(minutes=5)

    monkeypatch.setattr(clock, "datetime", Shifted)
    yield
    connection.close()


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite is of one machine")
def test_what_another_machine_is_sending_stays_with_it(
    market: Market, offer_id: str, request: pytest.FixtureRequest
) -> None:
    shop = a_shop_with(market, offer_id, pieces=70)
    push_stock.plan(company_id=market.company.pk, now=NOW)
    row = taken(shop)
    request.getfixturevalue("ahead")
    assert real_now() > row.due_at
    push_stock.work(shop_id=shop.pk)
    kept = OfferPush.objects.across_companies().get(pk=row.pk)
    assert (kept.state, kept.attempts, market.asked(PUT)) == (PushState.SENDING, 1, 0)


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite is of one machine")
def test_what_a_machine_ahead_wants_it_sends_at_once(
    market: Market, offer_id: str, request: pytest.FixtureRequest
) -> None:
    shop = a_shop_with(market, offer_id, pieces=70)
    request.getfixturevalue("ahead")
    push_stock.plan(company_id=market.company.pk, now=real_now())
    push_stock.work(shop_id=shop.pk)
    assert OfferPush.objects.for_company(market.company).get().state == PushState.SENT


def test_a_stock_whose_predecessor_has_no_answer_waits_and_asks_for_no_work(
    market: Market, offer_id: str
) -> None:
    shop = a_shop_with(market, offer_id, pieces=70)
    market.world.stock.slow_looks = 9
    row = go(market, shop)
    pushes.want(market.company, {row.offer_id: shop.pk}, now=NOW)
    assert ask_for_pushes(now=NOW + timedelta(seconds=1)) == 0
    push_stock.work(shop_id=shop.pk)
    states = OfferPush.objects.for_company(market.company).order_by("id").values_list("state", flat=True)
    assert list(states) == [PushState.SENDING, PushState.WAITING]
    assert market.asked(PUT) == 1
