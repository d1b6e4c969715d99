"""Tokens are refreshed in time, by one at a time, and a dead connection asks for its owner."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from django.db import OperationalError, connection

from builders.database_troubles import a_full_disk, a_lock_of_somebody_else
from builders.markets import Market, a_market
from standins.allegro.faults import Fault
from stragan.flows import clients
from stragan.flows.clients import refresher_of
from stragan.flows.tokens import ASKED_AGAIN, Session, access_token
from stragan.gateways.allegro import (
    AllegroClient,
    AllegroUnavailable,
    Budget,
    Grant,
    RateLimited,
    ReconnectNeeded,
)
from stragan.kit.clock import real_now
from stragan.kit.models import AuditEvent
from stragan.shops import leases
from stragan.shops.models import PendingForm, Shop, ShopState

TOKENS = "/auth/oauth/token"


@pytest.fixture
def market(settings: Any) -> Iterator[Market]:
    with a_market(settings, orders=6) as found:
        yield found


def reread(shop: Shop) -> Shop:
    shop.refresh_from_db()
    return shop


def age(shop: Shop, *, hours: float) -> None:
    """Let the tokens have been obtained that long ago."""
    reread(shop)
    assert shop.token_obtained_at is not None
    assert shop.token_expires_at is not None
    shift = timedelta(hours=hours)
    Shop.objects.for_company(shop.company_id).update(
        token_obtained_at=shop.token_obtained_at - shift, token_expires_at=shop.token_expires_at - shift
    )


@pytest.mark.django_db
def test_a_young_token_is_used_as_it_is(market: Market) -> None:
    shop = market.connect()
    market.world.log.clear()
    assert access_token(shop.pk) == reread(shop).access_token
    assert market.asked(TOKENS) == 0


@pytest.mark.django_db
def test_a_token_is_refreshed_after_three_quarters_of_its_life(market: Market) -> None:
    shop = market.connect()
    age(shop, hours=9.5)
    before = reread(shop).refresh_token
    market.world.log.clear()
    token = access_token(shop.pk)
    reread(shop)
    assert (token, shop.token_lease_until) == (shop.access_token, None)
    assert shop.refresh_token != before
    assert market.asked(TOKENS) == 1


@pytest.mark.django_db
def test_a_refused_token_is_refreshed_once_and_the_call_repeated(market: Market) -> None:
    shop = market.connect()
    market.world.grants.expire_access(None)
    with Session(shop.pk) as session:
        assert session.call(lambda client: client.me()).login == "dom_i_kubek"
    assert session.requests == 2


@pytest.mark.django_db
def test_a_change_begins_when_nothing_is_left_to_wait_for(market: Market) -> None:
    shop = market.connect()
    age(shop, hours=13)
    market.world.log.clear()
    seen: list[tuple[str, int]] = []

    def begin() -> None:
        seen.append(("begin", market.asked(TOKENS)))

    def ask(client: AllegroClient) -> None:
        seen.append(("ask", market.asked(TOKENS)))
        client.me()

    with Session(shop.pk) as session:
        session.write(ask, begin=begin)
        assert seen == [("begin", 1), ("ask", 1)]
        market.world.grants.expire_access(None)
        session.write(ask, begin=begin)
    assert seen[2:] == [("begin", 1), ("ask", 1), ("begin", 2), ("ask", 2)]


@pytest.mark.django_db
def test_a_change_does_not_begin_while_the_quota_is_spent(
    market: Market, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Spent:
        def take(self) -> Grant:
            return Grant(requests=0, seconds=600)

        def limited(self, *, wait_s: float) -> None:
            raise AssertionError(wait_s)

    def penniless(**given: Any) -> AllegroClient:
        return AllegroClient(
            api_url=given["api_url"],
            access_token=given["access_token"],
            user_agent=clients.agent(),
            budget=Budget(quota=Spent()),
        )

    shop = market.connect()
    monkeypatch.setattr("stragan.flows.tokens.client_of", penniless)
    begun: list[str] = []
    with Session(shop.pk) as session, pytest.raises(RateLimited):
        session.write(lambda client: client.me(), begin=lambda: begun.append("begun"))
    assert begun == []


@pytest.mark.django_db
def test_a_dead_connection_asks_to_reconnect_and_loses_nothing(market: Market) -> None:
    shop = market.connect()
    market.fetch(shop)
    cursor = reread(shop).cursor
    PendingForm.objects.create(shop=shop, form_id="x-1", event_at=real_now(), due_at=real_now())
    market.world.grants.remove_app(None)
    run = market.fetch(shop)
    reread(shop)
    assert (run.state, run.error_code) == ("failed", "allegro_reconnect_needed")
    assert (shop.state, shop.state_reason) == (ShopState.RECONNECT, "allegro_reconnect_needed")
    assert (shop.cursor, PendingForm.objects.count()) == (cursor, 1)
    assert AuditEvent.objects.for_company(market.company).filter(verb="shop.reconnect_needed").count() == 1
    market.world.log.clear()
    with pytest.raises(ReconnectNeeded):
        access_token(shop.pk)
    assert not market.world.log.counts


@pytest.mark.django_db
def test_while_allegro_does_not_answer_the_old_token_is_used_to_its_end(market: Market) -> None:
    shop = market.connect()
    age(shop, hours=10)
    market.world.faults.add(Fault(kind="server_error", path=TOKENS))
    assert access_token(shop.pk) == reread(shop).access_token
    age(shop, hours=3)
    with pytest.raises(AllegroUnavailable):
        access_token(shop.pk)
    assert reread(shop).state == ShopState.CONNECTED


@pytest.mark.django_db
def test_a_kill_between_the_answer_and_the_commit_is_made_good_within_the_grace(market: Market) -> None:
    shop = market.connect()
    with refresher_of(shop) as auth:
        auth.refresh(refresh_token=reread(shop).refresh_token)  # the answer that died with its process
    with Session(shop.pk) as session:
        assert session.call(lambda client: client.me()).login == "dom_i_kubek"
    assert reread(shop).state == ShopState.CONNECTED


@contextmanager
def tokens_not_kept(trouble: Callable[[], OperationalError], *, times: int) -> Iterator[list[str]]:
    """Let the database refuse so many times to keep a pair."""
    refused: list[str] = []

    def refuse(execute: Callable[..., Any], sql: str, given: Any, many: bool, context: Any) -> Any:  # noqa: FBT001 -- Django calls it so
        if sql.startswith("UPDATE") and '"refresh_token" =' in sql and len(refused) < times:
            refused.append(sql)
            raise trouble()
        return execute(sql, given, many, context)

    with connection.execute_wrapper(refuse):
        yield refused


@pytest.mark.django_db(transaction=True)
def test_a_pair_that_a_busy_database_refuses_is_kept_a_moment_later(market: Market) -> None:
    shop = market.connect()
    age(shop, hours=13)
    before = reread(shop).refresh_token
    market.world.log.clear()
    with tokens_not_kept(a_lock_of_somebody_else, times=2) as refused:
        token = access_token(shop.pk)
    assert len(refused) == 2
    assert (token, market.asked(TOKENS)) == (reread(shop).access_token, 1)
    assert shop.refresh_token != before


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("trouble", "code"), [(a_lock_of_somebody_else, "database_busy"), (a_full_disk, "database_full")]
)
def test_a_pair_that_is_lost_is_asked_for_again_within_the_grace(
    market: Market, monkeypatch: pytest.MonkeyPatch, trouble: Callable[[], OperationalError], code: str
) -> None:
    monkeypatch.setattr("stragan.flows.tokens._STORE_PAUSES_S", (0.01, 0.01))
    shop = market.connect()
    age(shop, hours=13)
    with tokens_not_kept(trouble, times=99) as refused:
        run = market.fetch(shop)
    assert (run.state, run.error_code, len(refused)) == ("failed", code, 3)
    assert reread(shop).token_lease_until is None
    assert shop.next_sync_at is not None
    assert shop.next_sync_at - real_now() <= ASKED_AGAIN
    assert market.fetch(shop).state == "done"
    assert reread(shop).state == ShopState.CONNECTED


@pytest.mark.django_db(transaction=True)
def test_many_at_once_refresh_once(market: Market) -> None:
    shop = market.connect()
    age(shop, hours=13)
    market.world.faults.add(Fault(kind="slow", path=TOKENS, seconds=0.3))
    market.world.log.clear()
    found: list[str] = []

    def ask() -> None:
        try:
            found.append(access_token(shop.pk))
        finally:
            connection.close()

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert found == [reread(shop).access_token] * 4
    assert market.asked(TOKENS) == 1


@pytest.mark.django_db
def test_the_lease_of_a_dead_process_is_taken_at_once_and_of_a_distant_one_in_time(market: Market) -> None:
    shop = market.connect()
    now = real_now()
    dead = leases.new_owner().split(":")
    dead[1] = "99999999"
    assert leases.take(shop.pk, owner=":".join(dead), now=now)
    assert leases.take(shop.pk, owner="far-away:1:abc", now=now)
    assert not leases.take(shop.pk, owner=leases.new_owner(), now=now + timedelta(seconds=44))
    assert leases.take(shop.pk, owner=leases.new_owner(), now=now + timedelta(seconds=61))


@pytest.mark.django_db
def test_who_lost_the_shop_writes_nothing_more(market: Market) -> None:
    shop = market.connect()
    mine, now = leases.new_owner(), real_now()
    assert leases.take(shop.pk, owner=mine, now=now)
    assert leases.take(shop.pk, owner="far-away:1:abc", now=now + timedelta(seconds=61))
    with pytest.raises(leases.LeaseLost):
        leases.renew(shop.pk, owner=mine, now=now)
    leases.release(shop.pk, owner=mine)
    assert reread(shop).lease_owner == "far-away:1:abc"
