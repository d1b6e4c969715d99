"""Who finds a shop held by another looks again when that lease ends; who is at it keeps it."""

import threading
import time
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from builders.companies import a_company, a_shop
from builders.markets import a_market
from builders.sendings import impatient
from standins.allegro.faults import Fault
from stragan.flows import sync_run
from stragan.flows.fetch_shop import fetch_shop
from stragan.gateways.allegro import LONGEST_SILENCE_S
from stragan.kit.clock import real_now
from stragan.kit.shared_clock import shared_now
from stragan.shops import leases


@pytest.mark.django_db
def test_a_shop_that_a_distant_machine_holds_is_due_when_its_lease_ends() -> None:
    now = real_now()
    shop = a_shop(a_company(), next_sync_at=now + timedelta(minutes=15))
    assert leases.take(shop.pk, owner="far-away:1:abc", now=now)
    assert fetch_shop(shop_id=shop.pk, trigger="background", now=now, wait=False) is None
    shop.refresh_from_db()
    assert shop.next_sync_at == now + leases.SYNC_LEASE
    assert leases.SYNC_LEASE.total_seconds() < 60


@pytest.mark.django_db(transaction=True)
def test_a_call_that_takes_longer_than_the_lease_does_not_lose_the_shop(
    settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("stragan.flows.tokens.client_of", impatient)
    monkeypatch.setattr(leases, "SYNC_LEASE", timedelta(seconds=1))
    monkeypatch.setattr(sync_run, "RENEWED_EVERY_S", 0.1)
    taken: list[bool] = []
    over = threading.Event()

    def watch(shop_id: int) -> None:
        try:
            while leases.held_until(shop_id) is None:
                time.sleep(0.01)
            while not over.wait(0.1):
                taken.append(leases.take(shop_id, owner="far-away:1:abc", now=shared_now()))
        finally:
            connection.close()

    with a_market(settings, orders=2) as market:
        shop = market.connect()
        for kind in ("slow", "server_error"):
            market.world.faults.add(Fault(kind=kind, path="/order/event-stats", seconds=0.5, count=4))
        watcher = threading.Thread(target=watch, args=[shop.pk])
        watcher.start()
        try:
            run = market.fetch(shop)
        finally:
            over.set()
            watcher.join(10)
    assert (run.state, run.error_code) == ("done", "")
    assert len(taken) > 10
    assert not any(taken[:-1])  # the last time the run may have been over


def test_the_lease_outlives_the_longest_silence_of_a_call() -> None:
    assert leases.SYNC_LEASE.total_seconds() > sync_run.RENEWED_EVERY_S + LONGEST_SILENCE_S
