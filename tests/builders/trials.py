"""One trial: a seeded life at Allegro, a fault between, a mishap of ours; then all is compared.

The chief fault and the chief mishap follow from the number, so that a run of as many trials as there are
kinds meets each of them; other faults come by chance. Time passes for both sides by ``pass_time`` alone.
"""

import logging
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any, Final

import pytest
from django.db import connections

from builders.companies import a_company
from builders.markets import Market
from builders.trial_truth import SECRET, differences, secrets_in, tables_with_secrets
from builders.trial_turns import SELLER, Turns
from standins.allegro.faults import JOURNAL_KINDS, Fault
from standins.allegro.journal import Disturbance, disturbed
from standins.allegro.server import running
from standins.allegro.world import World
from stragan.core.dates import WARSAW
from stragan.flows import clients
from stragan.gateways.allegro import AllegroClient, Patience
from stragan.jobs import clock_put_right, scheduler
from stragan.jobs.running import run_job
from stragan.kit import clock, jobs, shared_clock
from stragan.kit.clock import real_now
from stragan.kit.shared_clock import shared_now
from stragan.project.logs import EventFormatter
from stragan.shops.models import Shop, ShopState

ORDERS: Final = 16
LOGIN: Final = "dom_i_kubek"
REFRESH: Final = "^/auth/oauth/token"
HASTE: Final = Patience(
    first_wait_s=0.001, rate_limited_wait_s=0.001, longest_wait_s=0.002, total_wait_s=0.05
)
SHORT_S: Final = 0.3
_NOISE: Final = 0.02
_SLOW: Final = {"slow": 0.03, "late": 2 * SHORT_S}

# name → what to switch on; those of the journal say their share of events.
FAULTS: Final[dict[str, dict[str, Any]]] = {
    "429": {"kind": "rate_limit"},
    "429 with Retry-After": {"kind": "rate_limit", "retry_after": 0},
    "429 for long": {"kind": "rate_limit", "retry_after": 900, "count": 1},
    "500": {"kind": "server_error", "status": 500},
    "502 as a page": {"kind": "server_error", "status": 502, "body": "html"},
    "503 without a body": {"kind": "server_error", "status": 503, "body": "empty"},
    "an outage": {"kind": "server_error", "status": 503, "count": 40},
    "slow": {"kind": "slow"},
    "late": {"kind": "late"},
    "cut body": {"kind": "cut_body"},
    "half a JSON": {"kind": "half_json"},
    "empty answer": {"kind": "empty_answer"},
    "page instead of JSON": {"kind": "html_page"},
    "reset before": {"kind": "drop_before"},
    "reset after": {"kind": "drop_after"},
    "401": {"kind": "expired_token"},
    "stale": {"kind": "stale", "count": 12},
    "refresh answered late": {"kind": "late", "path": REFRESH, "count": 1},
    "refresh answer lost": {"kind": "drop_after", "path": REFRESH, "count": 2},
    "refresh refused by 503": {"kind": "server_error", "path": REFRESH, "count": 2},
    "missing_events": {"share": 0.4},
    "duplicated_events": {"share": 0.5},
    "out_of_order_events": {"share": 0.5},
}


class Clocks:
    """Our clock against the real one: all of ours that is read at the edges follows it.

    The clock of a server goes right: for it time only passes.
    """

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.ahead = self.passed = timedelta(0)
        clocks = self
        of_the_server = shared_clock._of_the_server

        class Shifted(datetime):
            @classmethod
            def now(cls, tz: Any = None) -> datetime:  # type: ignore[override]  # a plain datetime is meant
                return datetime.now(tz=tz) + clocks.ahead

        patch.setattr(clock, "datetime", Shifted)
        patch.setattr(shared_clock, "_of_the_server", lambda: of_the_server() + clocks.passed)


@dataclass(slots=True)
class Trial:
    """A shop of ours, the Allegro behind it, and what has befallen both."""

    number: int
    market: Market
    clocks: Clocks
    draw: Random
    log: Path
    turns: Turns
    shop: Shop
    timeout_s: float = 20.0
    mishap: str = ""
    survived: Counter[str] = field(default_factory=Counter)
    _active: list[tuple[str, Fault]] = field(default_factory=list)

    @property
    def world(self) -> World:
        """Allegro."""
        return self.market.world

    @property
    def chief(self) -> str:
        """The fault this trial is about."""
        return list(FAULTS)[self.number % len(FAULTS)]

    def pass_time(self, seconds: float) -> None:
        """Let time pass here and there."""
        self.world.clock.advance(seconds)
        self.clocks.ahead += timedelta(seconds=seconds)
        self.clocks.passed += timedelta(seconds=seconds)

    def work(self) -> None:
        """What a worker does when it looks: ask for what is due, do it job by job."""
        now = real_now()
        clock_put_right.make_due(now=now, lease_now=shared_now())
        scheduler.ask_for_syncs(now=now)
        scheduler.ask_for_payments(now=now)
        jobs.fail_abandoned(now=shared_now())
        while (job := jobs.claim(worker="trial", now=shared_now(), due_by=real_now())) is not None:
            run_job(job)

    def look(self) -> None:
        """As ``work``, whatever becomes of it; connections end with it as those of a thread do."""
        try:
            self.work()
        except Exception:
            logging.getLogger("stragan.jobs").exception("jobs.database_trouble")
        finally:
            connections.close_all()

    def minutes_pass(self) -> None:
        """Let a minute or two of work go by, look by look; most of the time nothing is due."""
        for _ in range(self.draw.choice((3, 5, 8))):
            self.pass_time(15)
            self.look()

    # Allegro's side

    def disturb(self) -> None:
        """Switch the chief fault on, and a little of all the others."""
        self.timeout_s = SHORT_S
        seed = self.number
        for place, (name, given) in enumerate(FAULTS.items()):
            is_chief = name == self.chief
            if "share" in given:
                share = given["share"] if is_chief else _NOISE
                self.world.faults.disturb(name, probability=share, seed=seed)
                continue
            if not is_chief and ("count" in given or given.get("path") == REFRESH):
                continue
            values = {"count": 4, "seconds": _SLOW.get(given["kind"], 1.0), **given}
            values |= {"skip": self.draw.randrange(4)} if is_chief and given.get("path") != REFRESH else {}
            fault = Fault(seed=seed * 100 + place, probability=1.0 if is_chief else _NOISE, **values)
            self._active.append((name, self.world.faults.add(fault)))

    def expire_tokens(self) -> None:
        """Where the fault is one of refreshing, let the token run out."""
        if self.chief.startswith("refresh"):
            self.world.grants.expire_access(SELLER)

    def heal(self) -> None:
        """Allegro is well again; what struck is counted."""
        for name, fault in self._active:
            self.survived[name] += fault.struck
        self._active.clear()
        journal = self.world.faults.journal
        for event in self.world.journals[SELLER].events:
            for kind, attribute in JOURNAL_KINDS.items():
                alone = Disturbance(seed=journal.seed, **{attribute: getattr(journal, attribute)})
                self.survived[kind] += disturbed(event, alone) != disturbed(event, Disturbance())
        self.world.faults.clear()
        self.timeout_s = 20.0

    # Ours

    def reconnect_where_asked(self) -> None:
        """A person does what the shop's page asks for."""
        self.shop.refresh_from_db()
        if self.shop.state == ShopState.RECONNECT:
            self.survived["connected again by hand"] += 1
            kept, self.world.faults.active = self.world.faults.active, []
            self.market.connect(since_date=self.shop.since_date)
            self.world.faults.active = kept

    def settle(self) -> None:
        """Hours and a night pass in peace; what Allegro held back has come out."""
        self.turns.take(0)
        for _ in range(2):
            self.reconnect_where_asked()
            self.pass_time(16 * 60)
            self.look()
        here = real_now().astimezone(WARSAW)
        night = (here + timedelta(hours=44)).replace(hour=2, minute=30, second=0)
        self.pass_time((night - here).total_seconds())
        self.look()
        self.pass_time(70)
        self.look()

    def assert_survived(self) -> None:
        """All is as Allegro has it, the cursor stands at the end, and no secret lies about."""
        told = differences(self.world, self.market.company)
        assert not told, "\n".join(told)
        self.shop.refresh_from_db()
        latest = self.world.journals[SELLER].latest()
        assert latest is not None, "something was bought"
        # What Allegro told twice has an id of its own just above.
        assert int(self.shop.cursor) // 10 == latest.id // 10
        assert self.shop.error_code == ""
        assert secrets_in(self.log.read_text()) == []
        assert tables_with_secrets() == []
        assert self.survived[self.chief] > 0, f"{self.chief} never struck"
        assert self.survived[self.mishap] > 0, f"never happened: {self.mishap}"


@contextmanager
def a_trial(settings: Any, patch: pytest.MonkeyPatch, folder: Path, *, number: int) -> Iterator[Trial]:
    """A shop connected to a world of a few days."""
    draw = Random(f"trial:{number}")  # noqa: S311 -- the same life every time
    world = World(seed=number, orders=ORDERS, logins=(LOGIN,), days=6.0)
    world.settings.approve_device_after = 0
    world.settings.clients = {"trial": SECRET}
    log = folder / "log"
    handler = logging.FileHandler(log)
    handler.setFormatter(EventFormatter())
    root = logging.getLogger()
    root.addHandler(handler)
    try:
        with running(world) as url:
            settings.ALLEGRO_API_URL = settings.ALLEGRO_AUTH_URL = url
            settings.ALLEGRO_CLIENT_ID, settings.ALLEGRO_CLIENT_SECRET = "trial", SECRET
            market = Market(world, url, a_company())
            clocks = Clocks(patch)
            since = (datetime.now(tz=UTC) - timedelta(days=8)).date()
            trial = Trial(
                number=number,
                market=market,
                clocks=clocks,
                draw=draw,
                log=log,
                turns=Turns(world, draw),
                shop=market.connect(since_date=date(since.year, since.month, since.day)),
            )
            _hurry(patch, trial)
            yield trial
    finally:
        root.removeHandler(handler)
        handler.close()


def _hurry(patch: pytest.MonkeyPatch, trial: Trial) -> None:
    """Cut waiting short; how often something is tried stays."""

    def client_of(*, api_url: str, access_token: str, client_id: str, heard: Any = None) -> AllegroClient:
        del client_id
        return AllegroClient(
            api_url=api_url,
            access_token=access_token,
            user_agent=clients.agent(),
            patience=HASTE,
            timeout_s=trial.timeout_s,
            heard=heard,
        )

    patch.setattr("stragan.flows.tokens.client_of", client_of)
    patch.setattr("stragan.flows.tokens._PAUSE_S", 0.01)
    patch.setattr("stragan.flows.clients._REFRESH_TIMEOUT_S", SHORT_S)
    patch.setattr("stragan.flows.sync_run._PAUSE_S", 0.01)
    patch.setattr("stragan.flows.fetch_shop._LOOKS_EVERY_S", 0.01)
