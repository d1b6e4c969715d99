"""What goes wrong on our side: killed at any step, two at once, clocks that jump, a full disk, a lock.

Each mishap does one look's work in its own bad way. What it was is over when it returns; what it left
behind stays. Processes that die are forked, so that they die as processes do.
"""

import logging
import os
import signal
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any, Final

from django.conf import settings
from django.db import connection, connections

from builders.database_troubles import cut_the_line
from builders.trials import REFRESH, SHORT_S, Trial
from standins.allegro.faults import Fault
from stragan.flows.fetch_shop import fetch_shop
from stragan.gateways.allegro.transport import Transport
from stragan.kit.clock import business_now
from stragan.shops import leases

FAR: Final = timedelta(days=400)
_TRIES: Final = 12
_FULL_TABLES: Final = ("orders_order", "shops_pendingform", "shops_syncrun")


def command(trial: Trial) -> None:
    """What ``orders fetch`` does: the whole of it, whatever is due."""
    fetch_shop(shop_id=trial.shop.pk, trigger="command", now=business_now())


def forked(trial: Trial, deed: Callable[[], None]) -> int:
    """Do *deed* in a process of its own; gives its id."""
    del trial
    connections.close_all()
    pid = os.fork()
    if pid:
        return pid
    code = 1
    try:
        deed()
        code = 0
    except Exception:
        logging.getLogger("stragan.jobs").exception("jobs.broke")
    finally:
        os._exit(code)


def ends(pid: int) -> int:
    """Wait for a forked process; its exit code, negative where a signal ended it."""
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


@contextmanager
def at_statement(number: int, deed: Callable[[], None]) -> Iterator[None]:
    """Do *deed* before that statement, and not again."""
    seen = 0

    def count(execute: Callable[..., Any], sql: str, given: Any, many: bool, context: Any) -> Any:  # noqa: FBT001 -- Django calls it so
        nonlocal seen
        seen += 1
        if seen == number:
            deed()
        return execute(sql, given, many, context)

    with connection.execute_wrapper(count):
        yield


def die() -> None:
    """As kill -9."""
    os.kill(os.getpid(), signal.SIGKILL)


def dies_at_request(number: int, *, after: bool) -> None:
    """Die at that question to Allegro, before it is sent or as soon as its answer is here."""
    exchange = Transport._exchange
    seen = 0

    def counted(self: Transport, call: Any) -> Any:
        nonlocal seen
        seen += 1
        if seen == number and not after:
            die()
        answer = exchange(self, call)
        if seen == number:
            die()
        return answer

    Transport._exchange = counted  # type: ignore[method-assign]  # in a forked process only


def killed(trial: Trial, begin: Callable[[int], None], *, longest: int) -> int:
    """Let processes die, later ones earlier, until one did; gives how many died."""
    number = trial.draw.randrange(1, longest)
    for _ in range(_TRIES):

        def life(number: int = number) -> None:
            begin(number)

        if ends(forked(trial, life)) == -signal.SIGKILL:
            return 1
        number = max(1, number // 2)
    return 0


def killed_at_a_statement(trial: Trial) -> int:
    """Kill -9 before any statement."""

    def life(number: int) -> None:
        with at_statement(number, die):
            command(trial)

    return killed(trial, life, longest=160)


def killed_before_asking(trial: Trial) -> int:
    """Kill -9 before any question to Allegro."""

    def life(number: int) -> None:
        dies_at_request(number, after=False)
        command(trial)

    return killed(trial, life, longest=8)


def killed_after_asking(trial: Trial) -> int:
    """Kill -9 with the answer just here."""

    def life(number: int) -> None:
        dies_at_request(number, after=True)
        command(trial)

    return killed(trial, life, longest=8)


def killed_while_refreshing(trial: Trial) -> int:
    """Kill -9 between Allegro's new tokens and our storing them."""
    trial.world.grants.expire_access(0)

    def life(_number: int) -> None:
        connection.ensure_connection()
        dies_at_request(1 + int(trial.world.faults.active != []), after=True)
        command(trial)

    return killed(trial, life, longest=2)


def elsewhere() -> None:
    """Be another machine."""
    leases._place = lambda: "elsewhere"  # in a forked process only


def two_at_once(trial: Trial) -> int:
    """A command beside the worker."""
    pids = [forked(trial, lambda: command(trial)), forked(trial, trial.work)]
    assert -signal.SIGKILL not in [ends(pid) for pid in pids]
    return 1


def two_refresh_at_once(trial: Trial) -> int:
    """The token ran out, and two processes find that out together."""
    trial.world.grants.expire_access(0)
    return two_at_once(trial)


def machines_whose_clocks_differ(trial: Trial) -> int:
    """Two machines; on PostgreSQL the one that is ahead respects the lease of the other all the same."""

    def ahead() -> None:
        elsewhere()
        trial.clocks.ahead += timedelta(seconds=90)
        command(trial)

    pids = [forked(trial, lambda: command(trial)), forked(trial, ahead)]
    for pid in pids:
        ends(pid)
    return 1


def other_machine_killed(trial: Trial) -> int:
    """The other machine dies with the lease in its hands; nobody here can see that it is dead."""

    def life(number: int) -> None:
        elsewhere()
        with at_statement(number, die):
            command(trial)

    struck = killed(trial, life, longest=160)
    trial.look()
    return struck


def clock_ahead(trial: Trial) -> int:
    """For one look our clock is more than a year ahead."""
    return _with_clock(trial, FAR)


def clock_behind(trial: Trial) -> int:
    """For one look our clock is more than a year behind."""
    return _with_clock(trial, -FAR)


def clock_put_back(trial: Trial) -> int:
    """Our clock was two hours ahead and is put right."""
    return _with_clock(trial, timedelta(hours=2))


def _with_clock(trial: Trial, jump: timedelta) -> int:
    trial.clocks.ahead += jump
    try:
        trial.look()
    finally:
        trial.clocks.ahead -= jump
    return 1


def disk_full(trial: Trial) -> int:
    """No page more can be written, from any statement on."""
    if connection.vendor == "postgresql":
        return _refused_by_postgres(trial)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM")
    limited = []

    def limit() -> None:
        raw = connection.connection
        pages = raw.execute("PRAGMA page_count").fetchone()[0]
        raw.execute(f"PRAGMA max_page_count = {pages}")
        limited.append(pages)

    trial.world.add_orders(25, seller=0)
    with at_statement(trial.draw.randrange(1, 20), limit):
        _try(lambda: command(trial))
    return len(limited)


def _refused_by_postgres(trial: Trial) -> int:
    """PostgreSQL cannot be given a small disk here: triggers refuse as it would."""
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE FUNCTION trial_full() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            "RAISE EXCEPTION 'could not extend file' USING ERRCODE = 'disk_full'; END $$"
        )
        for table in _FULL_TABLES:
            cursor.execute(
                f"CREATE TRIGGER trial_full BEFORE INSERT OR UPDATE ON {table} "
                "FOR EACH ROW EXECUTE FUNCTION trial_full()"
            )
    try:
        _try(lambda: command(trial))
    finally:
        with connection.cursor() as cursor:
            cursor.execute("DROP FUNCTION trial_full() CASCADE")
    return 1


def database_locked(trial: Trial) -> int:
    """Another program writes for a while, and we have no patience."""
    taken: list[Any] = []

    def lock() -> None:
        if connection.vendor == "postgresql":
            connection.connection.execute("SET lock_timeout = '20ms'")
            other = connection.get_new_connection(connection.get_connection_params())
            other.execute("LOCK TABLE orders_order, shops_pendingform IN EXCLUSIVE MODE")
        else:
            connection.connection.execute("PRAGMA busy_timeout = 20")
            other = sqlite3.connect(
                str(settings.DATABASES["default"]["NAME"]), timeout=0, isolation_level=None
            )
            try:
                other.execute("BEGIN IMMEDIATE")
            except sqlite3.OperationalError:  # we are writing: then it waits for us
                other.close()
                return
        taken.append(other)

    connection.ensure_connection()
    start = trial.draw.randrange(1, 12)
    try:
        with at_statement(start, lock), at_statement(start + 1, lambda: None if taken else lock()):
            _try(lambda: command(trial))
        if not taken:
            lock()
            _try(lambda: command(trial))
    finally:
        for one in taken:
            one.close()
        connections.close_all()
    return len(taken)


def database_away(trial: Trial) -> int:
    """The server ends our connection (PostgreSQL); where there is no server, the process is ended."""
    if connection.vendor != "postgresql":
        return killed_at_a_statement(trial)
    ended = []

    def end() -> None:
        cut_the_line()
        ended.append(True)

    number = trial.draw.randrange(2, 40)
    while not ended and number:
        with at_statement(number, end):
            _try(lambda: command(trial))
        number //= 2
    return len(ended)


def consent_withdrawn(trial: Trial) -> int:
    """The seller removes the application, and a day later connects it again."""
    trial.world.grants.remove_app(0)
    trial.pass_time(65)
    trial.look()
    trial.reconnect_where_asked()
    return 1


def allegro_hangs(trial: Trial) -> int:
    """Allegro refreshes our tokens and then says nothing, once."""
    trial.world.grants.expire_access(0)
    fault = Fault(kind="late", path=REFRESH, count=1, seconds=2 * SHORT_S)
    trial.world.faults.active.insert(0, fault)  # before what else may befall a refresh
    _try(lambda: command(trial))
    return fault.struck


def _try(deed: Callable[[], None]) -> None:
    """Do it as a worker's thread would: what breaks is told, and its connection ends with it."""
    try:
        deed()
    except Exception:
        logging.getLogger("stragan.jobs").exception("jobs.broke")
    finally:
        connections.close_all()
        time.sleep(0)


MISHAPS: Final[dict[str, Callable[[Trial], int]]] = {
    deed.__name__.replace("_", " "): deed
    for deed in (
        killed_at_a_statement,
        killed_before_asking,
        killed_after_asking,
        killed_while_refreshing,
        two_at_once,
        two_refresh_at_once,
        machines_whose_clocks_differ,
        other_machine_killed,
        clock_ahead,
        clock_behind,
        clock_put_back,
        disk_full,
        database_locked,
        database_away,
        consent_withdrawn,
        allegro_hangs,
    )
}


def befall(trial: Trial) -> None:
    """Let the mishap of this trial happen."""
    name = list(MISHAPS)[trial.number % len(MISHAPS)]
    trial.survived[name] += MISHAPS[name](trial)
    trial.mishap = name
