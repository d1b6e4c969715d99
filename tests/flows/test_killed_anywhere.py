"""Killed at any statement or instant and run again: stock, books and numbers as if nothing happened."""

import csv
import os
import random
import signal
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from pathlib import Path

import pytest

from builders import warm
from builders.installations import ROOT, Installation, an_installation
from standins.allegro.server import running
from standins.allegro.world import World

SOAK = int(os.environ.get("STRAGAN_SOAK", "0"))
pytestmark = [pytest.mark.slow, pytest.mark.skipif(not SOAK, reason="a long run: make soak")]
ORDERS = 90
LONGEST_S = 1800.0
LIFE = "from builders import season\n"
SEASON = f"{LIFE}season.live()"
COMMAND = "from stragan.cli.main import main\nmain({words!r})"
PRELUDE = "from stragan.cli.main import set_up_django\nset_up_django()\n"
LOGIN = "dom_i_kubek"


@pytest.fixture
def world() -> World:
    made = World(seed=23, orders=ORDERS, logins=(LOGIN,))
    made.settings.approve_device_after = 0
    return made


@pytest.fixture
def installations(world: World, tmp_path: Path) -> Iterator[list[Installation]]:
    """Two alike, with goods in stock and a shop to fetch from: one to kill, one to compare."""
    with running(world) as allegro, ExitStack() as stack:
        sheet = tmp_path / "goods.csv"
        skus = {offer.sku: offer.name for offer in world.sellers[0].catalog.all() if offer.sku}
        with sheet.open("w", newline="") as file:
            rows = csv.writer(file, delimiter=";")
            rows.writerow(["sku", "nazwa", "stan"])
            rows.writerows([sku, name, "40"] for sku, name in skus.items())
        made = []
        for name in ("killed", "spared"):
            one = stack.enter_context(an_installation(tmp_path / name))
            one.environment.update(
                PYTHONPATH=f"{ROOT / 'src'}:{ROOT / 'tests'}",
                STRAGAN_ALLEGRO_API_URL=allegro,
                STRAGAN_ALLEGRO_AUTH_URL=allegro,
                STRAGAN_ALLEGRO_CLIENT_ID="client",
                STRAGAN_ALLEGRO_CLIENT_SECRET="client",
            )
            one.init()
            for words in (
                ["products", "import", str(sheet)],
                ["shop", "connect", "Sklep", "--since", "2026-01-01"],
            ):
                done = one.command(*words, "--json")
                assert done.returncode == 0, done.stdout + done.stderr
            made.append(one)
        yield made


def lives(installation: Installation) -> int:
    """Live through the season undisturbed; how many statements it took."""
    return int(finishes(installation, f"{LIFE}print(season.live())").split()[-1])


def finishes(installation: Installation, code: str) -> str:
    """Run *code* to its end, however busy the machine is; what it printed."""
    done = warm.run(["-c", PRELUDE + code], environment=installation.environment, seconds=LONGEST_S)
    assert done.returncode == 0, done.stderr
    return done.stdout


def dies_at_statement(installation: Installation, number: int) -> bool:
    """Live until statement *number*; whether it came to that."""
    environment = {**installation.environment, "STRAGAN_DIES_AT": str(number)}
    words = ["-c", f"{PRELUDE}{LIFE}season.live()"]
    done = warm.run(words, environment=environment, seconds=LONGEST_S)
    assert done.returncode in {0, -signal.SIGKILL}, done.stderr
    return done.returncode != 0


def dies_at_instant(installation: Installation, code: str, seconds: float, tell: Path) -> bool:
    """Run *code* and kill it from outside after so long; whether it still ran."""
    tell.unlink(missing_ok=True)
    told = f"import os, pathlib\npathlib.Path({str(tell)!r}).write_text(str(os.getpid()))\n"
    with ThreadPoolExecutor(max_workers=1) as pool:
        life = pool.submit(
            warm.run,
            ["-c", f"{PRELUDE}{told}{code}"],
            environment=installation.environment,
            seconds=LONGEST_S,
        )
        while not (tell.exists() and tell.read_text()) and not life.done():
            time.sleep(0.005)
        time.sleep(seconds)
        with suppress(ProcessLookupError):  # it may end by itself in this very instant
            if not life.done():
                os.kill(int(tell.read_text()), signal.SIGKILL)
        code_of_end = life.result().returncode
    assert code_of_end in {0, -signal.SIGKILL}, life.result().stderr
    return code_of_end != 0


def end_state(installation: Installation) -> str:
    return finishes(installation, f"{LIFE}print(season.end_state())").splitlines()[-1]


def test_killed_at_any_statement_and_lived_again_it_all_adds_up(installations: list[Installation]) -> None:
    killed, spared = installations
    draw = random.Random(SOAK)  # noqa: S311 -- the same moments every time
    statements = lives(spared)
    kills = 0
    for number in range(SOAK):
        # Early ones keep work for those that follow; late ones reach what comes last.
        kills += dies_at_statement(killed, draw.randrange(1, statements // (1 if number % 4 == 3 else 8)))
        end_state(killed)  # what must always hold is asserted there
    lives(killed)
    ended = end_state(killed)
    lives(killed)
    assert end_state(killed) == ended  # nothing was left to do
    assert end_state(spared) == ended
    assert kills, "it was never killed"
    print(f"{kills} kills")  # noqa: T201 -- what the long run tells


def test_killed_at_any_instant_with_commands_and_workers_it_all_adds_up(
    installations: list[Installation], tmp_path: Path
) -> None:
    killed, spared = installations
    draw = random.Random(SOAK)  # noqa: S311 -- the same moments every time
    kills = 0
    for words in (["orders", "fetch"], ["documents", "issue", "invoice", "--ready"], None):
        code = SEASON if words is None else COMMAND.format(words=[*words, "--json"])
        started = time.monotonic()
        finishes(spared, code)
        lasted = time.monotonic() - started
        for number in range(SOAK // 2):
            limit_s = lasted if number % 4 == 3 else lasted / 3
            kills += dies_at_instant(killed, code, draw.uniform(0, limit_s), tmp_path / "pid")
            if number % 3 == 0:
                worker = COMMAND.format(words=["worker"])
                kills += dies_at_instant(killed, worker, draw.uniform(0.2, 3), tmp_path / "pid")
            end_state(killed)
        finishes(killed, code)
    assert end_state(killed) == end_state(spared)
    assert kills, "it was never killed"
    print(f"{kills} kills")  # noqa: T201 -- what the long run tells
