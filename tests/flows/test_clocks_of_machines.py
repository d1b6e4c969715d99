"""A machine whose clock is ahead takes over nothing that another one is at, where both share a server."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection

from builders.companies import a_company, a_shop
from builders.markets import a_market
from builders.orders import a_numbered_form
from builders.sendings import a_desk, impatient
from stragan.flows.fetch_shop import fetch_shop
from stragan.jobs.worker import Worker
from stragan.kit import clock, jobs
from stragan.kit.clock import real_now
from stragan.kit.jobs import Request
from stragan.kit.models import Job
from stragan.kit.shared_clock import shared_now
from stragan.outbox import actions
from stragan.outbox.states import Kind
from stragan.shops import leases
from stragan.shops.models import PendingForm

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite is of one machine"),
]

AHEAD = timedelta(seconds=140)


@pytest.fixture
def ahead(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Be a machine whose clock is ahead of the other's, and of the server's."""

    class Shifted(datetime):
        @classmethod
        def now(cls, tz: Any = None) -> datetime:  # type: ignore[override]  # a plain datetime is meant
            return datetime.now(tz=tz) + AHEAD

    monkeypatch.setattr(clock, "datetime", Shifted)
    yield
    connection.close()


@pytest.mark.usefixtures("ahead")
def test_the_shared_clock_is_the_servers() -> None:
    assert real_now() - shared_now() > AHEAD / 2
    assert shared_now() < shared_now()


def test_a_running_job_stays_with_its_worker(request: pytest.FixtureRequest) -> None:
    jobs.enqueue(Request(name="shops.sync", key="k", arguments={"shop_id": 0}), now=shared_now())
    job = jobs.claim(worker="other", now=shared_now())
    assert job is not None
    request.getfixturevalue("ahead")
    worker = Worker(threads=1)
    worker._take_all()
    job.refresh_from_db()
    assert (job.worker, job.attempts, job.state) == ("other", 1, "running")
    Job.objects.update(worker=worker.name)
    worker._running = {job.pk: None}  # type: ignore[dict-item]  # no thread is needed to renew
    worker._renew()
    job.refresh_from_db()
    assert job.lease_until is not None
    assert job.lease_until - shared_now() <= timedelta(seconds=jobs.LEASE_S)


def test_a_shop_that_is_being_fetched_stays_with_its_holder(request: pytest.FixtureRequest) -> None:
    shop = a_shop(a_company(), next_sync_at=real_now() + timedelta(hours=1))
    assert leases.take(shop.pk, owner="elsewhere:1:x", now=shared_now())
    request.getfixturevalue("ahead")
    assert fetch_shop(shop_id=shop.pk, trigger="background", now=real_now(), wait=False) is None
    shop.refresh_from_db()
    assert shop.lease_owner == "elsewhere:1:x"
    assert shop.next_sync_at is not None
    assert timedelta(seconds=5) < shop.next_sync_at - real_now() < timedelta(minutes=1)


def test_a_thing_that_is_being_sent_stays_with_its_sender(
    request: pytest.FixtureRequest, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("stragan.flows.tokens.client_of", impatient)
    from stragan.flows import outgoing, send_back  # noqa: PLC0415 -- beside what is patched

    with a_market(settings) as market:
        desk = a_desk(market)
        desk.switch(Kind.STATUS)
        row = outgoing.send_status(order=desk.order(1), target="SENT", by=desk.boss, now=real_now())
        actions.take(row, now=shared_now())
        assert actions.begin(row, now=shared_now())
        request.getfixturevalue("ahead")
        send_back.work(shop_id=desk.shop.pk)
        row.refresh_from_db()
        assert (row.state, row.attempts) == ("sending", 1)


@pytest.mark.usefixtures("ahead")
def test_what_a_machine_ahead_asks_for_it_does_at_once() -> None:
    jobs.enqueue(Request(name="nobody.knows", key="k"), now=real_now())
    worker = Worker(threads=1)
    worker._take_all()
    for thread in list(worker._running.values()):
        thread.join(10)
    assert Job.objects.get().attempts == 1


def test_a_machine_ahead_makes_no_second_word_of_the_first(
    request: pytest.FixtureRequest, settings: Any
) -> None:
    with a_market(settings) as market:
        market.put(a_numbered_form(1))
        shop = market.connect()
        market.fetch(shop)
        sold = market.world.live_orders()[0]
        market.world.retire(sold)
        PendingForm.objects.create(
            shop=shop,
            form_id=sold.id,
            event_at=real_now(),
            due_at=real_now(),
            first_gone_at=shared_now() - timedelta(minutes=8),
        )
        request.getfixturevalue("ahead")
        assert market.fetch(shop).failed == 1
        assert market.orders()[sold.id].gone_at is None
