"""A refresh that takes longer than its lease stays the only one, and the shop stays connected."""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection

from builders.database_troubles import a_lock_of_somebody_else
from builders.installations import wait_until
from builders.markets import Market, a_market
from standins.allegro.faults import Fault
from stragan.flows import tokens
from stragan.flows.tokens import access_token
from stragan.gateways.allegro import AllegroUnavailable, TokenPair
from stragan.kit.clock import real_now
from stragan.kit.shared_clock import shared_now
from stragan.shops import actions, leases
from stragan.shops.models import Shop, ShopState

pytestmark = pytest.mark.django_db(transaction=True)

TOKENS = "/auth/oauth/token"
LEASE_S, RENEWED_EVERY_S, SLOW_S = 1.5, 0.2, 4.0
ASKING = f"""
import sys
import django
from django.conf import settings
settings.DATABASES["default"]["NAME"] = sys.argv[1]
django.setup()
from datetime import timedelta
from stragan.flows import tokens
from stragan.shops import leases
leases.TOKEN_LEASE = timedelta(seconds={LEASE_S})
tokens.RENEWED_EVERY_S = {RENEWED_EVERY_S}
print(tokens.access_token(int(sys.argv[2])))
"""


@pytest.fixture
def market(settings: Any) -> Iterator[Market]:
    with a_market(settings) as found:
        yield found


@pytest.fixture
def shop(market: Market, monkeypatch: pytest.MonkeyPatch) -> Shop:
    """A shop whose access token is dead already, so that nobody can do without a refresh."""
    shop = market.connect()
    then = shared_now() - timedelta(days=1)
    Shop.objects.for_company(market.company).update(token_obtained_at=then, token_expires_at=then)
    monkeypatch.setattr(leases, "TOKEN_LEASE", timedelta(seconds=LEASE_S))
    monkeypatch.setattr(tokens, "RENEWED_EVERY_S", RENEWED_EVERY_S)
    market.world.log.clear()
    return shop


def a_process(market: Market, shop: Shop) -> "subprocess.Popen[str]":
    """Another process on this database that asks for the shop's token."""
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "stragan.project.settings_test",
        "STRAGAN_ALLEGRO_API_URL": market.url,
        "STRAGAN_ALLEGRO_AUTH_URL": market.url,
        "STRAGAN_ALLEGRO_CLIENT_ID": "client",
        "STRAGAN_ALLEGRO_CLIENT_SECRET": "client",
    }
    words = [sys.executable, "-c", ASKING, str(connection.settings_dict["NAME"]), str(shop.pk)]
    return subprocess.Popen(words, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def is_refreshing(shop: Shop) -> bool:
    shop.refresh_from_db()
    return shop.token_lease_until is not None


def test_two_processes_and_a_slow_allegro_refresh_once(market: Market, shop: Shop) -> None:
    slow = market.world.faults.add(Fault(kind="slow", path=TOKENS, seconds=SLOW_S))
    processes = [a_process(market, shop) for _ in range(2)]
    told = [process.communicate(timeout=60) for process in processes]
    assert [process.returncode for process in processes] == [0, 0], told
    shop.refresh_from_db()
    assert [out.strip() for out, _ in told] == [shop.access_token] * 2
    assert (market.asked(TOKENS), slow.struck) == (1, 1)
    assert (shop.state, shop.token_lease_until) == (ShopState.CONNECTED, None)


def test_the_lease_of_a_process_that_dies_in_a_refresh_is_not_renewed_by_it(
    market: Market, shop: Shop
) -> None:
    market.world.faults.add(Fault(kind="late", path=TOKENS, seconds=SLOW_S, count=1))
    process = a_process(market, shop)
    wait_until(lambda: is_refreshing(shop), seconds=30, what="the refresh begins")
    time.sleep(LEASE_S)  # Allegro has traded the token by now, and its answer is on the way
    assert leases.take_token(shop.pk, now=shared_now()) is None
    process.kill()
    process.communicate()
    killed_s = time.monotonic()
    token = access_token(shop.pk)
    assert time.monotonic() - killed_s < LEASE_S + 2
    shop.refresh_from_db()
    assert (shop.state, shop.access_token) == (ShopState.CONNECTED, token)


@contextmanager
def renewals_refused(*, is_done: bool) -> Iterator[list[str]]:
    """Let the database fail at each renewal of the lease, before or after (*is_done*) it did it."""
    refused: list[str] = []

    def refuse(execute: Callable[..., Any], sql: str, given: Any, many: bool, context: Any) -> Any:  # noqa: FBT001 -- Django calls it so
        is_renewal = sql.startswith("UPDATE") and 'SET "token_lease_until"' in sql and " IN (" in sql
        if not is_renewal or None in given:
            return execute(sql, given, many, context)
        refused.append(sql)
        if is_done:
            execute(sql, given, many, context)
        raise a_lock_of_somebody_else()

    with connection.execute_wrapper(refuse):
        yield refused


@pytest.mark.parametrize("is_done", [True, False])
def test_a_database_that_balks_at_a_renewal_does_not_cost_the_pair(
    market: Market, shop: Shop, *, is_done: bool
) -> None:
    market.world.faults.add(Fault(kind="slow", path=TOKENS, seconds=1.0))
    before = shop.access_token
    with renewals_refused(is_done=is_done) as refused:
        token = access_token(shop.pk)
    shop.refresh_from_db()
    assert len(refused) > 1
    assert (token, market.asked(TOKENS)) == (shop.access_token, 1)
    assert token != before
    assert shop.token_lease_until is None


@contextmanager
def lease_ends(shop: Shop) -> Iterator[list[datetime]]:
    """Note when the lease ends, each time it is renewed here."""
    ends: list[datetime] = []

    def note(execute: Callable[..., Any], sql: str, given: Any, many: bool, context: Any) -> Any:  # noqa: FBT001 -- Django calls it so
        found = execute(sql, given, many, context)
        if sql.startswith("UPDATE") and 'SET "token_lease_until"' in sql and " IN (" in sql:
            until = Shop.objects.across_companies().get(pk=shop.pk).token_lease_until
            ends.extend([until] if until else [])
        return found

    with connection.execute_wrapper(note):
        yield ends


def test_a_refresh_without_an_end_is_given_up_within_the_grace_and_asked_again(
    market: Market, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tokens, "TRADED_WITHIN_S", 2 * LEASE_S)
    market.world.faults.add(Fault(kind="late", path=TOKENS, seconds=SLOW_S + 1, count=1))
    shop.refresh_from_db()
    before = shop.refresh_token
    with lease_ends(shop) as ends, pytest.raises(AllegroUnavailable) as silent:
        access_token(shop.pk)
    assert silent.value.params["problem"] == "timeout"
    assert len(ends) > 3
    # Whoever is killed at the end of it holds nobody up; two clocks measure that end.
    assert max(ends) <= shared_now() + timedelta(milliseconds=100)
    time.sleep(SLOW_S + 1 - 2 * LEASE_S + 0.5)  # the pair has come by now, and nobody takes it
    shop.refresh_from_db()
    assert (shop.refresh_token, shop.token_lease_until) == (before, None)
    assert access_token(shop.pk)
    shop.refresh_from_db()
    assert shop.state == ShopState.CONNECTED
    assert shop.refresh_token != before


def test_who_lost_the_lease_waits_no_longer_and_stores_no_pair(shop: Shop) -> None:
    mine = leases.take_token(shop.pk, now=shared_now())
    assert mine is not None
    is_answered = threading.Event()

    def trade() -> TokenPair:
        is_answered.wait(60)
        return TokenPair(access_token="late", refresh_token="late", expires_in_s=60, scopes=())

    other = leases.take_token(shop.pk, now=shared_now() + timedelta(seconds=2 * LEASE_S))
    assert other is not None
    with pytest.raises(AllegroUnavailable) as lost:
        tokens._traded(trade, lease=mine)
    assert lost.value.params["problem"] == "token_busy"
    is_answered.set()
    late = tokens.tokens_of(trade(), obtained_at=real_now())
    assert not actions.store_tokens(shop_id=shop.pk, tokens=late, lease=mine)
    shop.refresh_from_db()
    assert shop.refresh_token != "late"
    assert [shop.token_lease_until] == other.ends


def test_who_lost_the_right_to_refresh_neither_renews_nor_gives_it_free(shop: Shop) -> None:
    now = shared_now()
    mine = leases.take_token(shop.pk, now=now)
    other = leases.take_token(shop.pk, now=now + timedelta(seconds=2 * LEASE_S))
    assert mine is not None
    assert other is not None
    assert not mine.renew(now=now)
    mine.release()
    shop.refresh_from_db()
    assert [shop.token_lease_until] == other.ends
    assert other.renew(now=now)


def test_a_lease_is_renewed_several_times_before_it_ends() -> None:
    assert leases.TOKEN_LEASE.total_seconds() >= 4 * tokens.RENEWED_EVERY_S
    assert leases.TOKEN_LEASE.total_seconds() < tokens.TRADED_WITHIN_S < 60
