"""``stragan serve`` as it is, for long: a whole day's orders, and two of them on one database (make soak)."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from builders.installations import Installation, an_installation, wait_until
from builders.markets import a_world
from builders.trial_turns import SELLER, Turns, cancel, give_back, merge, move_house, pay, top_up
from standins.allegro.faults import Fault
from standins.allegro.orders import Order
from standins.allegro.server import running
from standins.allegro.world import World
from stragan.core.dates import warsaw_date
from stragan.shops.leases import new_owner

SOAK = int(os.environ.get("STRAGAN_SOAK", "0"))
LOGIN = "dom_i_kubek"
ORDERS = int(os.environ.get("STRAGAN_DAY_ORDERS", "5000"))
SPEED = float(os.environ.get("STRAGAN_DAY_SPEED", "60"))
DAY_S = 24 * 3600 / SPEED
TAKEN_OVER_S = 60.0
pytestmark = [pytest.mark.slow, pytest.mark.skipif(not SOAK, reason="a long run: make soak")]
# Share of a day's orders in each hour of it.
HOURS = (1, 1, 1, 1, 1, 1, 2, 4, 5, 6, 6, 6, 6, 5, 5, 5, 5, 5, 6, 7, 8, 7, 4, 2)


@pytest.fixture
def world() -> World:
    return a_world(seed=17, logins=(LOGIN,))  # of no order that is odd from the start


@pytest.fixture
def installation(world: World, tmp_path: Path) -> Iterator[Installation]:
    with running(world) as url, an_installation(tmp_path) as made:
        made.environment.update(
            STRAGAN_ALLEGRO_API_URL=url,
            STRAGAN_ALLEGRO_AUTH_URL=url,
            STRAGAN_ALLEGRO_CLIENT_ID="client",
            STRAGAN_ALLEGRO_CLIENT_SECRET="client",
            STRAGAN_SECRET_KEY="of both",
            STRAGAN_FIELD_KEYS="MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=",
        )
        made.init()
        since = (datetime.now(tz=UTC) - timedelta(days=5)).date().isoformat()
        done = made.command("shop", "connect", "Sklep", "--since", since, "--json")
        assert done.returncode == 0, done.stdout + done.stderr
        yield made


def truth(world: World) -> dict[str, str]:
    """Form id → status of what Allegro has."""
    return {order.id: order.status for order in world.live_orders() if order.seller == SELLER}


def ours(installation: Installation) -> dict[str, str]:
    """The same of what we have."""
    return dict(
        json.loads(
            installation.python(
                "import json\nfrom stragan.orders.models import Order\n"
                "rows = Order.objects.across_companies().filter(superseded_by=None, gone_at=None)\n"
                "print(json.dumps(dict(rows.values_list('allegro_id', 'allegro_status'))))"
            )
        )
    )


def a_day_passes(world: World, draw: random.Random, watch: "Watch") -> None:
    """Buy a day's orders by the hour, as dense as the speed makes them; some are changed on the way."""
    turns = Turns(world, draw)
    began = time.monotonic()
    instants = sorted(
        (hour + draw.random()) / 24 * DAY_S for hour in draw.choices(range(24), weights=HOURS, k=ORDERS)
    )
    for instant in instants:
        time.sleep(max(0.0, began + instant - time.monotonic()))
        (order,) = world.add_orders(
            1,
            kind=draw.choice(("plain", "plain", "plain", "bought", "filled_in", "cod_waiting")),
            seller=SELLER,
        )
        watch.sees(order.id)
        if draw.random() < 0.1:
            draw.choice((pay, cancel, merge, move_house, top_up))(turns)
        if draw.random() < 0.05:
            give_back(turns)


class Watch:
    """Looks with a process of its own how long some orders take to be here."""

    CODE = (
        "from stragan.cli.main import set_up_django\nset_up_django()\n"
        "import sys, time, threading, queue\nfrom stragan.orders.models import Order\n"
        "coming = queue.Queue()\n"
        "threading.Thread(target=lambda: [coming.put((l.strip(), time.monotonic())) for l in sys.stdin],"
        " daemon=True).start()\n"
        "waiting = {}\n"
        "while True:\n"
        "    while not coming.empty():\n"
        "        form_id, at = coming.get()\n        waiting[form_id] = at\n"
        "    rows = Order.objects.across_companies().filter(allegro_id__in=list(waiting)[:500])\n"
        "    for form_id in rows.values_list('allegro_id', flat=True):\n"
        "        print(round(time.monotonic() - waiting.pop(form_id), 1), flush=True)\n"
        "    time.sleep(0.5)\n"
    )

    def __init__(self, installation: Installation, *, each: int) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-c", self.CODE],
            env=installation.environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._each = each
        self._seen = 0

    def sees(self, form_id: str) -> None:
        """Note that this was bought now; each so-manieth is watched."""
        self._seen += 1
        if self._seen % self._each == 0:
            assert self._process.stdin is not None, "asked for"
            self._process.stdin.write(f"{form_id}\n")
            self._process.stdin.flush()

    def delays(self) -> list[float]:
        """Stop; seconds until each watched order was here."""
        self._process.kill()
        return sorted(map(float, self._process.communicate()[0].split()))


def stated(installation: Installation, day: date) -> dict[str, Any]:
    """Make the day's statement and read it."""
    told = installation.python(
        "from datetime import date\nfrom stragan.flows.state_completeness import make_statement\n"
        "from stragan.orders import statements\nfrom stragan.shops.models import Shop\n"
        "shop = Shop.objects.across_companies().get()\n"
        f"made = make_statement(shop_id=shop.pk, day=date.fromisoformat('{day.isoformat()}'))\n"
        "print(statements.file_of(made).decode())",
        seconds=900,
    )
    found: dict[str, Any] = json.loads(told)["statement"]
    return found


def unexplained(statement: dict[str, Any]) -> list[dict[str, Any]]:
    """What of a statement keeps it from being complete."""
    return [one for one in statement["differences"] if not one["explained"]]


def told_of(world: World, statement: dict[str, Any]) -> list[object]:
    """What is unexplained, with what the stand-in has of it."""
    orders = [(one, world.by_id.get(one["order"])) for one in unexplained(statement)]
    return [(one, order.kind, world.form(order)) for one, order in orders if order is not None]


def day_of(order: Order) -> date:
    """The Warsaw day an order was bought on."""
    return day_at(order.bought_ms)


def day_at(instant_ms: int) -> date:
    """The Warsaw day of an instant."""
    return warsaw_date(datetime.fromtimestamp(instant_ms / 1000, tz=UTC))


def test_a_day_of_orders_is_complete_and_says_so_truthfully(
    installation: Installation, world: World, record_property: Any
) -> None:
    watch = Watch(installation, each=20)
    with installation.serving():
        a_day_passes(world, random.Random(4), watch)  # noqa: S311 -- the same day every time
        wait_until(lambda: ours(installation) == truth(world), seconds=240, what="all orders are here")
        delays = watch.delays()
        sold = [order for order in world.live_orders() if order.index >= world.initial_orders]
        counted = 0
        for day in sorted({day_of(order) for order in sold}):  # two where midnight came between
            content = stated(installation, day)
            assert not unexplained(content), told_of(world, content)
            assert content["complete"] is True
            counted += content["allegro"]["orders"]
        plain = [
            order
            for order in sold
            if order.kind == "plain" and order.form is None and order.id not in world.refunds
        ]
        order = plain[len(plain) // 2]
        for source in ("list", "journal", "payments"):
            world.hide(order, source=source)
            told = stated(installation, day_of(order))
            assert told["complete"] is False, source
            assert [one["order"] for one in unexplained(told)] == [order.id], source
            world.hidden.clear()
            world.changed()
        form_id, [given] = next(iter(world.refunds.items()))
        for source in ("refunds", "refund_operations"):
            world.hide(world.by_id[form_id], source=source)
            told = stated(installation, day_at(given.created_ms))
            assert told["complete"] is False, source
            assert [one["order"] for one in unexplained(told)] == [form_id], source
            world.hidden.clear()
            world.changed()
        rename = (
            "from stragan.orders.models import Order\n"
            "rows = Order.objects.across_companies().filter(allegro_id={0!r})\nrows.update(allegro_id={1!r})"
        )
        installation.python(rename.format(order.id, "hidden"))
        told = stated(installation, day_of(order))
        assert told["complete"] is False
        assert order.id in [one["order"] for one in unexplained(told)]
    record_property(
        "figures",
        {
            "orders": ORDERS,
            "speed": SPEED,
            "orders by the statements": counted,
            "refunds": len(world.refunds),
            "seen after, median s": delays[len(delays) // 2],
            "seen after, 95 % s": delays[len(delays) * 95 // 100],
            "seen after, longest s": delays[-1],
            "requests": sum(world.log.counts.values()),
        },
    )


@contextmanager
def a_second_machine(installation: Installation, folder: Path) -> Iterator["subprocess.Popen[str]"]:
    """``serve`` of the same database under another host name, so that nobody here can see it die."""
    environment = {**installation.environment, "STRAGAN_DATA_DIR": str(folder / "second")}
    words = [sys.executable, "-m", "stragan", "serve", "--port", "0", "--json"]
    with (folder / "second.log").open("w") as log:
        process = subprocess.Popen(
            ["unshare", "--uts", "sh", "-c", 'hostname second && exec "$@"', "sh", *words],
            env=environment,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        )
    try:
        assert process.stdout is not None, "asked for"
        assert process.stdout.readline(), (folder / "second.log").read_text()
        yield process
    finally:
        process.kill()
        process.communicate()


SWITCH = """
from stragan.companies.models import User
from stragan.kit.clock import real_now
from stragan.outbox import actions
from stragan.outbox.states import Kind
from stragan.shops.models import Shop
shop = Shop.objects.across_companies().select_related("company").get()
choice = actions.Choice(unasked=True)
actions.switch(shop=shop, kind=Kind.INVOICE, on=True, choice=choice, by=User.objects.get(), now=real_now())
"""
RUNS = """
import json
from stragan.shops.models import SyncRun
rows = SyncRun.objects.across_companies().order_by("started_at")
print(json.dumps([[r.started_at.timestamp(), (r.finished_at or r.heartbeat_at).timestamp()] for r in rows]))
"""


HOLDER = """
from stragan.shops.models import Shop
print(Shop.objects.across_companies().get().lease_owner)
"""


def is_elsewhere(installation: Installation) -> bool:
    """Whether another machine than this one fetches just now; who fetches is a matter of chance."""
    holder, here = installation.python(HOLDER).strip(), new_owner().partition(":")[0]
    return bool(holder) and not holder.startswith(here)


def issue_all(installation: Installation) -> None:
    installation.command("documents", "issue", "invoice", "--ready", "--json")


@pytest.mark.skipif(
    os.environ.get("STRAGAN_TEST_DATABASE") != "postgres", reason="one database, two machines"
)
def test_two_serves_fetch_and_send_once_and_one_goes_on_alone(
    installation: Installation, world: World, tmp_path: Path, record_property: Any
) -> None:
    can = subprocess.run(["unshare", "--uts", "true"], check=False, capture_output=True)
    if can.returncode:
        pytest.skip("needs the right to give a process another host name")
    world.settings.scan_seconds = 0
    world.settings.invoice_pause_seconds = 0
    installation.python(SWITCH)
    with installation.serving(), a_second_machine(installation, tmp_path) as second:
        wait_until(lambda: ours(installation) == truth(world), seconds=150, what="the first import")
        for _ in range(4):
            world.add_orders(10, kind="plain", seller=SELLER)
            issue_all(installation)
            time.sleep(20)
        wait_until(lambda: ours(installation) == truth(world), seconds=90, what="all orders are here")
        issue_all(installation)
        wait_until(lambda: len(world.invoices) >= 40, seconds=240, what="the invoices are there")
        slow = Fault(kind="slow", path="/order/events", seconds=8.0)
        world.faults.add(slow)
        wait_until(lambda: is_elsewhere(installation), seconds=600, what="its turn")
        with suppress(ProcessLookupError):
            os.kill(second.pid, signal.SIGKILL)  # with the lease in its hands; its children end with it
        world.faults.clear()
        world.add_orders(1, kind="plain", seller=SELLER)
        died = time.monotonic()
        wait_until(lambda: ours(installation) == truth(world), seconds=90, what="the other takes over")
        taken_over_s = round(time.monotonic() - died, 1)
    sent = {form_id: len(entries) for form_id, entries in world.invoices.items()}
    assert set(sent.values()) == {1}, Counter(sent.values())
    runs = json.loads(installation.python(RUNS))
    overlapping = [pair for pair in pairwise(runs) if pair[0][1] > pair[1][0]]
    assert overlapping == []
    single = Counter(
        seen.path
        for seen in world.log.entries
        if seen.method == "GET"
        and seen.path.startswith("/order/checkout-forms/")
        and seen.path.count("/") == 3
    )
    record_property(
        "figures", {"invoices sent": len(sent), "runs": len(runs), "taken over after, s": taken_over_s}
    )
    assert taken_over_s <= TAKEN_OVER_S
    assert max(single.values(), default=0) <= 2, single.most_common(3)
