"""A shop that is far behind: few more requests than there must be, flat memory, new orders all the same."""

import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from math import ceil
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import pytest

from builders.installations import Installation, an_installation, wait_until
from builders.markets import Market, a_market
from ports import a_free_port
from stragan.flows.fetch_stages import JOURNAL_PAGE
from stragan.flows.list_walk import PAGE
from stragan.kit.clock import real_now
from stragan.shops.models import PendingForm, Shop

SOAK = int(os.environ.get("STRAGAN_SOAK", "0"))
LOGIN = "dom_i_kubek"
ORDERS = 1000
MANY = int(os.environ.get("STRAGAN_BACKLOG", "100000"))
MOST = 1.2  # times the least possible number of requests
ONCE = 4  # three counts, and a look behind the end of the journal: they weigh nothing where many are behind


def requests_of(market: Market) -> int:
    """Questions about orders so far."""
    return market.asked("/order/")


def least(*, orders: int, events: int) -> int:
    """Nobody can do with fewer: the latest event, full pages of the list, full pages of the journal."""
    return 1 + ceil(orders / PAGE) + ceil(events / JOURNAL_PAGE)


def grown(market: Market) -> tuple[int, int]:
    """Let as many orders again be bought, some seconds apart; how many there are more, and events."""
    before = len(market.world.journals[0].events)
    for _ in range(ORDERS):
        market.world.clock.advance(7)
        market.world.add_orders(1, seller=0)
    return ORDERS, len(market.world.journals[0].events) - before


@pytest.mark.django_db
def test_a_first_import_asks_for_little_more_than_each_page_once(settings: Any) -> None:
    with a_market(settings, orders=ORDERS, seed=5, logins=(LOGIN,)) as market:
        shop = market.connect()
        assert market.fetch(shop).state == "done"
        assert market.ours() == market.truth()
        events = len(market.world.journals[0].events)
        assert requests_of(market) <= MOST * least(orders=ORDERS, events=events) + ONCE


@pytest.mark.django_db
@pytest.mark.parametrize("is_list_due", [True, False])
def test_a_long_silence_is_caught_up_by_pages_not_by_single_orders(
    settings: Any, *, is_list_due: bool
) -> None:
    with a_market(settings, orders=20, seed=5, logins=(LOGIN,)) as market:
        shop = market.connect()
        market.fetch(shop)
        before = requests_of(market)
        orders, events = grown(market)
        reconciled_at = real_now() - timedelta(days=int(is_list_due))
        Shop.objects.for_company(market.company).update(reconciled_at=reconciled_at)
        assert market.fetch(shop, trigger="background").state == "done"
        assert market.ours() == market.truth()
        assert not PendingForm.objects.exists()
        asked = requests_of(market) - before
        assert asked <= MOST * least(orders=orders, events=events) + ONCE


# The long run: processes of their own, so that time and memory are theirs.


def asked_of(url: str, path: str, *, method: str, body: dict[str, object] | None = None) -> Any:
    """Ask the stand-in's own interface."""
    data = json.dumps(body).encode() if body is not None else None
    request = Request(f"{url}/_standin/{path}", data=data, method=method)  # noqa: S310 -- loopback
    with urlopen(request, timeout=300) as answer:  # noqa: S310 -- loopback
        return json.loads(answer.read())


@contextmanager
def a_crowded_allegro(orders: int) -> Iterator[str]:
    """A stand-in of so many orders in a process of its own, which makes its forms when asked for them."""
    port = a_free_port()
    words = ["-m", "standins.allegro", "--port", str(port), "--orders", str(orders), "--days", "50"]
    words += ["--seller", LOGIN, "--approve-device-after", "0", "--seed", "3"]
    process = subprocess.Popen([sys.executable, *words], stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None, "asked for"
        assert process.stdout.readline()
        url = f"http://127.0.0.1:{port}"
        wait_until(lambda: _answers(url), seconds=60, what="the stand-in answers")
        yield url
    finally:
        process.kill()
        process.communicate()


def _answers(url: str) -> bool:
    try:
        return bool(asked_of(url, "state", method="GET"))
    except OSError:
        return False


def memory_mib(pid: int) -> float:
    """What a process holds for itself (the file it maps belongs to the kernel); 0 of one that has ended."""
    with suppress(ProcessLookupError, FileNotFoundError):
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Anonymous:"):
                return int(line.split()[1]) / 1024
    return 0.0


def counts(url: str) -> dict[str, int]:
    """Requests so far by what was asked."""
    found: dict[str, int] = asked_of(url, "log?latest=0", method="GET")["counts"]
    return found


@pytest.fixture
def shop_of_many(tmp_path: Path) -> Iterator[tuple[Installation, str]]:
    with a_crowded_allegro(MANY) as url, an_installation(tmp_path) as installation:
        installation.environment.update(
            STRAGAN_ALLEGRO_API_URL=url,
            STRAGAN_ALLEGRO_AUTH_URL=url,
            STRAGAN_ALLEGRO_CLIENT_ID="client",
            STRAGAN_ALLEGRO_CLIENT_SECRET="client",
        )
        installation.init()
        since = (datetime.now(tz=UTC) - timedelta(days=55)).date().isoformat()
        done = installation.command("shop", "connect", "Sklep", "--since", since, "--json")
        assert done.returncode == 0, done.stdout + done.stderr
        yield installation, url


@pytest.mark.slow
@pytest.mark.skipif(not SOAK, reason="a long run: make soak")
def test_a_hundred_thousand_orders_behind(
    shop_of_many: tuple[Installation, str], record_property: Any
) -> None:
    installation, url = shop_of_many
    look = (
        "import sys, time\nfrom stragan.orders.models import Order\n"
        "for line in sys.stdin:\n"
        "    form_id = line.strip()\n    started = time.monotonic()\n"
        "    rows = Order.objects.across_companies().filter(allegro_id=form_id)\n"
        "    while time.monotonic() - started < 90 and not rows.exists():\n"
        "        time.sleep(0.5)\n"
        "    print(round(time.monotonic() - started, 1), flush=True)\n"
    )
    prelude = "from stragan.cli.main import set_up_django\nset_up_django()\n"
    watching = subprocess.Popen(
        [sys.executable, "-c", prelude + look],
        env=installation.environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert watching.stdin is not None, "asked for"
    assert watching.stdout is not None, "asked for"
    began = time.monotonic()
    process = installation.start(["-m", "stragan", "orders", "fetch", "--json"])
    memory, delays = [], []
    while process.poll() is None:
        (bought,) = asked_of(url, "orders", method="POST", body={"count": 1, "kind": "plain"})["orders"]
        watching.stdin.write(f"{bought['id']}\n")
        watching.stdin.flush()
        delay = float(watching.stdout.readline())
        if process.poll() is None:  # what is bought as it ends waits for the next run
            delays.append(delay)
        memory.append(memory_mib(process.pid))
    watching.kill()
    watching.communicate()
    seconds = time.monotonic() - began
    line = json.loads(process.communicate()[0].splitlines()[-1])
    events = sum(count for what, count in counts(url).items() if "/order/events" in what)
    asked = sum(count for what, count in counts(url).items() if "/order/" in what)
    needed = 1 + ceil(MANY / PAGE) + events
    memory = [one for one in memory if one]
    figures = {
        "orders": line["new"],
        "seconds": round(seconds),
        "requests": asked,
        "least": needed,
        "ratio": round(asked / needed, 3),
        "new orders seen after, longest s": max(delays),
        "new orders seen after, median s": statistics.median(delays),
        "memory at a fifth, MiB": round(memory[len(memory) // 5]),
        "memory at most, MiB": round(max(memory)),
    }
    record_property("figures", figures)
    assert line["new"] >= MANY
    assert (line["failed"], line["quarantined"]) == (0, 0)
    assert asked <= MOST * needed, figures
    assert max(delays) <= 60, figures
    assert max(memory) <= 1.25 * memory[len(memory) // 5] + 10, figures
