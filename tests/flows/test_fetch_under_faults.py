"""Faults, kills and strange payloads: nothing is lost, nothing is doubled, totals stay Allegro's."""

import json
import os
import random
import signal
import time
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from builders.installations import Installation, an_installation
from builders.markets import Market, a_market, a_world
from standins.allegro.clock import parse
from standins.allegro.faults import Fault
from standins.allegro.server import running
from standins.allegro.world import World
from stragan.flows import clients
from stragan.gateways.allegro import AllegroClient, Patience
from stragan.kit.clock import real_now
from stragan.orders.models import Order, OrderLine, OrderRevision
from stragan.shops.models import PendingForm, Shop

KINDS = ("rate_limit", "server_error", "cut_body", "drop_before", "drop_after", "expired_token")


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """Waits between repeated calls are cut short; how often they are repeated stays."""

    def client_of(*, api_url: str, access_token: str, client_id: str) -> AllegroClient:
        del client_id
        return AllegroClient(
            api_url=api_url,
            access_token=access_token,
            user_agent=clients.agent(),
            patience=Patience(first_wait_s=0.001, rate_limited_wait_s=0.001, longest_wait_s=0.01),
        )

    monkeypatch.setattr("stragan.flows.tokens.client_of", client_of)


# `make soak` raises the number of seeds and kills.
SOAK = int(os.environ.get("STRAGAN_SOAK", "0"))


def one_in_ten(world: World, *, seed: int) -> None:
    """Every tenth request goes wrong, in one way or another."""
    for number, kind in enumerate(KINDS):
        world.faults.add(Fault(kind=kind, probability=0.1 / len(KINDS), seed=seed * 100 + number))
    for kind in ("duplicated_events", "out_of_order_events", "missing_events"):
        world.faults.disturb(kind, probability=0.1, seed=seed)


@pytest.mark.django_db
@pytest.mark.usefixtures("hasty")
@pytest.mark.parametrize("seed", range(1, 1 + max(3, SOAK)))
def test_one_fault_in_ten_loses_and_doubles_nothing(settings: Any, seed: int) -> None:
    with a_market(settings, orders=250, seed=seed) as market:
        shop = market.connect()
        one_in_ten(market.world, seed=seed)
        for _ in range(3):
            market.world.add_orders(20, seller=0)
            settled(market, shop)
        assert market.ours() == market.truth()
        assert_whole(market)


def settled(market: Market, shop: Shop) -> None:
    """Fetch until a run ends well, as the scheduler would."""
    for _ in range(8):
        if market.fetch(shop).state == "done" and not PendingForm.objects.exists():
            return
    pytest.fail("no run ended well")


def assert_whole(market: Market) -> None:
    """Numbers are consecutive, every purchase stands once, every order has its revisions."""
    orders = list(Order.objects.for_company(market.company).order_by("number"))
    assert [order.number for order in orders] == list(range(1, len(orders) + 1))
    lines = Counter(
        OrderLine.objects.for_company(market.company)
        .filter(order__superseded_by__isnull=True)
        .values_list("order__allegro_id", flat=True)
    )
    live = [order for order in orders if order.superseded_by_id is None and order.gone_at is None]
    assert {order.allegro_id: order.line_count for order in live} == dict(lines)
    assert OrderRevision.objects.count() == sum(order.revision_count for order in orders)


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
def test_a_command_waits_for_its_twin_and_both_end_well(killed: tuple[Installation, World]) -> None:
    installation, world = killed
    twins = [installation.start(["-m", "stragan", "orders", "fetch", "--json"]) for _ in range(2)]
    lines = [json.loads(twin.communicate(timeout=60)[0].splitlines()[-1]) for twin in twins]
    assert [twin.returncode for twin in twins] == [0, 0]
    expected = sum(order.seller == 0 for order in world.live_orders())
    assert sorted(line["new"] for line in lines) == [0, expected]
