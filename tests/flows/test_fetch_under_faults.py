"""Single faults told apart, kills of whole commands, the official samples; test_sync_trials has all."""

import json
import os
import random
import signal
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.db import IntegrityError, connection

from builders.database_troubles import a_full_disk, cut_the_line
from builders.installations import Installation, an_installation
from builders.markets import a_market, a_world
from builders.sendings import impatient
from standins.allegro.clock import parse
from standins.allegro.faults import Fault
from standins.allegro.server import running
from standins.allegro.world import World
from stragan.flows import fetch_stages
from stragan.flows.import_orders import Outcome, Prepared, store_forms
from stragan.flows.sync_run import SyncHold
from stragan.gateways.allegro import LatestEvent
from stragan.kit.clock import real_now
from stragan.shops.models import PendingForm, Shop


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """Waits between repeated calls are cut short; how often they are repeated stays."""
    monkeypatch.setattr("stragan.flows.tokens.client_of", impatient)


EVENTS = "/order/event-stats"
SOAK = int(os.environ.get("STRAGAN_SOAK", "0"))


@pytest.mark.django_db
@pytest.mark.usefixtures("hasty")
def test_an_outage_ends_the_run_and_keeps_what_is_to_be_done(settings: Any) -> None:
    with a_market(settings, orders=4) as market:
        shop = market.connect()
        market.fetch(shop)
        market.fetch(shop)
        market.world.add_orders(1, seller=0)
        market.world.faults.add(Fault(kind="server_error", path="/order/checkout-forms"))
        run = market.fetch(shop, trigger="background")
        shop.refresh_from_db()
        assert PendingForm.objects.count() == 1
        assert (run.failed, run.new) == (1, 0)
        assert shop.next_sync_at is not None
        market.world.faults.clear()
        PendingForm.objects.update(due_at=real_now())
        assert market.fetch(shop, trigger="background").new == 1
        assert not PendingForm.objects.exists()


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has no line to cut")
@pytest.mark.django_db(transaction=True)
def test_a_line_that_the_server_cuts_ends_the_run_in_words_and_the_next_one_brings_all(settings: Any) -> None:
    with a_market(settings, orders=4) as market:
        shop = market.connect()
        market.world.log.clear()
        cut: list[str] = []

        def at_a_question(execute: Any, sql: str, given: Any, many: bool, context: Any) -> Any:  # noqa: FBT001 -- Django calls it so
            if (
                not cut
                and "allegro_module" in sql
                and not connection.in_atomic_block
                and market.asked(EVENTS)
            ):
                cut.append(sql)
                cut_the_line()
            return execute(sql, given, many, context)

        with connection.execute_wrapper(at_a_question):
            run = market.fetch(shop)
        assert cut
        run.refresh_from_db()
        assert (run.state, run.error_code) == ("failed", "database_away")
        shop.refresh_from_db()
        assert (shop.lease_owner, shop.failures_in_row, shop.error_code) == ("", 1, "database_away")
        assert market.fetch(shop).state == "done"
        assert len(market.orders()) == 3  # the fourth is another seller's


@pytest.mark.django_db
def test_a_full_database_ends_the_run_in_words_and_the_next_one_brings_all(
    settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    with a_market(settings, orders=3, seed=7) as market:
        shop = market.connect()

        def full(*_arguments: object, **_names: object) -> None:
            raise a_full_disk()

        with monkeypatch.context() as patched:
            patched.setattr("stragan.flows.sync_run.store_forms", full)
            run = market.fetch(shop)
        assert (run.state, run.error_code) == ("failed", "database_full")
        shop.refresh_from_db()
        assert (shop.error_code, shop.failures_in_row) == ("database_full", 1)
        assert market.fetch(shop).state == "done"
        assert market.ours() == market.truth()


@pytest.mark.django_db
def test_new_orders_stay_new_when_a_later_page_is_stored_form_by_form(
    settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("stragan.flows.sync_run.GLANCE_EVERY_S", -1.0)  # they are all seen again at once
    sizes: list[int] = []

    def refusing_the_second_page(*, shop: Shop, prepared: Prepared, now: datetime) -> Outcome:
        outcome = store_forms(shop=shop, prepared=prepared, now=now)
        sizes.append(len(prepared.unchanged))
        if len(sizes) == 2:
            raise IntegrityError
        return outcome

    with a_market(settings, orders=4) as market:
        monkeypatch.setattr("stragan.flows.sync_run.store_forms", refusing_the_second_page)
        run = market.fetch(market.connect())
        count = len(market.truth())
        assert sizes[:4] == [0, count, 1, 1]
        assert (run.new, run.unchanged, run.state) == (count, 0, "done")


@pytest.mark.django_db
@pytest.mark.usefixtures("hasty")
def test_a_form_that_fails_holds_up_no_other(settings: Any) -> None:
    with a_market(settings, orders=4) as market:
        shop = market.connect()
        market.fetch(shop)
        added = market.world.add_orders(3, seller=0)
        market.world.faults.add(Fault(kind="server_error", path=added[1].id, status=400))
        market.world.faults.add(Fault(kind="server_error", path="/order/checkout-forms$", status=400))
        PendingForm.objects.bulk_create(
            PendingForm(shop=shop, form_id=order.id, event_at=real_now(), due_at=real_now(), attempts=1)
            for order in added
        )
        Shop.objects.for_company(market.company).update(reconciled_at=real_now())
        run = market.fetch(shop, trigger="background")
        assert (run.new, run.failed, run.state) == (2, 1, "done")
        row = PendingForm.objects.get()
        assert (row.form_id, row.error_code, row.attempts) == (added[1].id, "allegro_rejected", 2)


@pytest.mark.django_db
@pytest.mark.usefixtures("hasty")
def test_a_form_that_came_in_this_run_and_fails_then_is_left_to_the_next(
    settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    with a_market(settings, orders=4) as market:
        shop = market.connect()
        known = market.world.live_orders()[0]
        read_journal = fetch_stages.read_journal

        def with_an_event_since(hold: SyncHold, *, head: LatestEvent | None) -> None:
            market.world.emit(known, "FULFILLMENT_STATUS_CHANGED")
            read_journal(hold, head=head)

        monkeypatch.setattr(fetch_stages, "read_journal", with_an_event_since)
        # Were the form asked for again and again, this would end some time.
        market.world.faults.add(Fault(kind="server_error", path=known.id, status=400, count=9))
        run = market.fetch(shop)
        assert (run.new, run.failed, run.state) == (len(market.truth()), 0, "done")
        assert market.asked("/order/checkout-forms/") == 1
        assert PendingForm.objects.get().attempts == 1


@pytest.mark.django_db
@pytest.mark.usefixtures("hasty")
@pytest.mark.parametrize(
    ("status", "code"), [(403, "allegro_scope_missing"), (409, "allegro_conflict"), (422, "allegro_rejected")]
)
def test_one_form_that_is_refused_waits_and_two_in_a_row_end_the_run(
    settings: Any, status: int, code: str
) -> None:
    with a_market(settings, orders=4) as market:
        shop = market.connect()
        market.fetch(shop)
        added = market.world.add_orders(3, seller=0)
        PendingForm.objects.bulk_create(
            PendingForm(shop=shop, form_id=order.id, event_at=real_now(), due_at=real_now(), attempts=1)
            for order in added
        )
        Shop.objects.for_company(market.company).update(reconciled_at=real_now())
        market.world.faults.disturb("missing_events", probability=1.0)
        market.world.faults.add(Fault(kind="server_error", path=added[1].id, status=status))
        run = market.fetch(shop, trigger="background")
        assert (run.new, run.failed, run.state) == (2, 1, "done")
        row = PendingForm.objects.get()
        assert (row.form_id, row.error_code, row.attempts) == (added[1].id, code, 2)
        assert row.due_at > real_now()
        market.world.faults.add(Fault(kind="server_error", path="/order/checkout-forms/", status=status))
        PendingForm.objects.create(
            shop=shop, form_id=added[0].id, event_at=real_now(), due_at=real_now(), attempts=1
        )
        PendingForm.objects.update(due_at=real_now())
        run = market.fetch(shop, trigger="background")
        assert (run.failed, run.state, run.error_code) == (2, "failed", code)


@pytest.mark.schemas
@pytest.mark.django_db
def test_every_official_sample_comes_in_with_its_total(settings: Any) -> None:
    samples = Path(os.environ["STRAGAN_SCHEMAS_DIR"]) / "allegro" / "samples"
    forms = [json.loads(path.read_text()) for path in sorted(samples.glob("*-cf-*.json"))]
    assert len(forms) > 20
    with a_market(settings) as market:
        for form in forms:
            market.put(form)
        run = market.fetch(market.connect())
        assert (run.quarantined, run.failed, run.state) == (0, 0, "done")
        assert {form_id: order.total for form_id, order in market.orders().items()} == {
            form["id"]: Decimal(form["summary"]["totalToPay"]["amount"]) for form in forms
        }
        for form in forms:
            complete = form["delivery"] is not None
            assert ("total_mismatch" not in market.orders()[form["id"]].problems) or not complete
        assert market.fetch(Shop.objects.for_company(market.company).get()).changed == 0


@pytest.fixture
def killed(tmp_path: Path) -> Iterator[tuple[Installation, World]]:
    """An installation of its own, connected to a stand-in of many orders."""
    now_ms = parse((datetime.now(tz=UTC) - timedelta(minutes=1)).isoformat())
    world = a_world(orders=1500, seed=11, now_ms=now_ms)
    with running(world) as url, an_installation(tmp_path) as installation:
        installation.environment.update(
            STRAGAN_ALLEGRO_API_URL=url,
            STRAGAN_ALLEGRO_AUTH_URL=url,
            STRAGAN_ALLEGRO_CLIENT_ID="client",
            STRAGAN_ALLEGRO_CLIENT_SECRET="client",
        )
        installation.init()
        world.settings.account = "dom_i_kubek"
        done = installation.command("shop", "connect", "Sklep", "--since", "2026-01-01", "--json")
        assert done.returncode == 0, done.stdout + done.stderr
        yield installation, world


@pytest.mark.slow
@pytest.mark.skipif(not SOAK, reason="a long run: make soak")
def test_killed_anywhere_and_run_again_the_outcome_is_the_same(
    killed: tuple[Installation, World],
) -> None:
    installation, world = killed
    draw = random.Random(5)  # noqa: S311 -- the same moments every time
    for _ in range(max(6, SOAK)):
        process = installation.start(["-m", "stragan", "orders", "fetch", "--json"])
        time.sleep(draw.uniform(0.4, 1.1))
        process.send_signal(signal.SIGKILL)
        process.communicate()
        world.add_orders(10, seller=0)
    started = time.monotonic()
    done = installation.command("orders", "fetch", "--json")
    assert done.returncode == 0, done.stdout + done.stderr
    assert time.monotonic() - started < 30, "a dead process on this machine is not waited for"
    listed = installation.command("orders", "list", "--all", "--json").stdout.splitlines()
    rows = [json.loads(line) for line in listed]
    ours = {row["allegro_id"]: row["total"] for row in rows if row["superseded_by"] is None}
    forms = [world.form(order) for order in world.live_orders() if order.seller == 0]
    assert ours == {form["id"]: form["summary"]["totalToPay"]["amount"] for form in forms}
    assert sorted(row["number"] for row in rows) == list(range(1, len(rows) + 1))
    again = json.loads(installation.command("orders", "fetch", "--json").stdout)
    assert (again["new"], again["changed"], again["failed"]) == (0, 0, 0)


@pytest.mark.slow
@pytest.mark.skipif(not SOAK, reason="a long run: make soak")
def test_a_command_waits_for_its_twin_and_both_end_well(killed: tuple[Installation, World]) -> None:
    installation, world = killed
    twins = [installation.start(["-m", "stragan", "orders", "fetch", "--json"]) for _ in range(2)]
    lines = [json.loads(twin.communicate(timeout=60)[0].splitlines()[-1]) for twin in twins]
    assert [twin.returncode for twin in twins] == [0, 0]
    expected = sum(order.seller == 0 for order in world.live_orders())
    assert sorted(line["new"] for line in lines) == [0, expected]
