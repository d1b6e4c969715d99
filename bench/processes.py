"""The product as processes: start, memory, jobs taken up, what a killed worker leaves, idle time."""

import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from http.cookiejar import CookieJar
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlencode

from bench.measuring import Figure, look_at_pace, median, p95, say, tell
from bench.places import EMAIL, PASSWORD
from bench.targets import Database
from stragan.cli.main import set_up_django

STARTS: Final = 3
COMMANDS: Final = 5
PICK_UPS: Final = 20
IDLE_S: Final = 20.0
MINI: Final = 1024 * 1024
_TICKS: Final = os.sysconf("SC_CLK_TCK")


def measure(_database: Database) -> None:
    """Start, stop, kill and count."""
    set_up_django()
    _command()
    with _serving():
        say("static files are gathered")
    starts = []
    for _ in range(STARTS):
        started = time.perf_counter()
        with _serving() as (_process, url):
            _get(url)
            starts.append(time.perf_counter() - started)
        look_at_pace()
    tell(Figure(key="start", value=median(starts), note=f"of {STARTS}, to the end of the log-in page"))
    with _serving() as (process, url):
        _pick_up()
        _browse(url)
        _memory(process.pid)
        _idle(process.pid)
    _killed()


def _command() -> None:
    took = []
    for _ in range(COMMANDS):
        started = time.perf_counter()
        subprocess.run(
            [sys.executable, "-m", "stragan", "shop", "list", "--json"], check=True, capture_output=True
        )
        took.append(time.perf_counter() - started)
        look_at_pace()
    tell(Figure(key="command", value=median(took), note=f"median of {COMMANDS}"))


@contextmanager
def _serving() -> Iterator[tuple["subprocess.Popen[str]", str]]:
    words = [sys.executable, "-m", "stragan", "serve", "--port", "0", "--json"]
    process = subprocess.Popen(words, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None, "asked for"
    try:
        yield process, json.loads(process.stdout.readline())["url"]
    finally:
        process.terminate()
        process.wait()
        process.stdout.close()


def _get(url: str) -> None:
    with urllib.request.urlopen(url, timeout=10) as answer:
        answer.read()


def _browse(url: str) -> None:
    """Log in and look at orders often enough that every web process has answered."""
    cookies = CookieJar()
    browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(cookies))
    page = browser.open(f"{url}/account/login/").read().decode()
    token = page.split('name="csrfmiddlewaretoken" value="')[1].split('"')[0]
    form = urlencode({"csrfmiddlewaretoken": token, "login": EMAIL, "password": PASSWORD}).encode()
    request = urllib.request.Request(f"{url}/account/login/", form, {"Referer": f"{url}/account/login/"})
    browser.open(request).read()
    for _ in range(40):
        text = browser.open(f"{url}/orders/").read().decode()
        assert "or-table" in text, "the list is shown"


def _memory(pid: int) -> None:
    shares = {child: _pss_mib(child) for child in _tree(pid)}
    names = {
        child: Path(f"/proc/{child}/cmdline").read_bytes().replace(b"\0", b" ").decode() for child in shares
    }
    told = {f"{child}": f"{mib:.0f} MiB {names[child].strip()[-60:]}" for child, mib in shares.items()}
    say(f"{told}")
    web = max(mib for child, mib in shares.items() if "web" in names[child])
    worker = max(mib for child, mib in shares.items() if "worker" in names[child])
    tell(Figure(key="memory_web", value=web, note="the largest of master and two processes, after 40 pages"))
    tell(Figure(key="memory_worker", value=worker))
    tell(Figure(key="memory_all", value=sum(shares.values()), note=f"{len(shares)} processes", details=told))


def _pick_up() -> None:
    """Ask for files of documents, one after another, and see when each is there."""
    from stragan.documents.models import Document
    from stragan.kit import jobs
    from stragan.kit.clock import real_now
    from stragan.kit.models import Job, JobState

    numbers = Document.objects.across_companies().filter(number__startswith="FV").order_by("id")
    took = []
    for pk in numbers.values_list("id", flat=True)[: PICK_UPS + 1]:
        time.sleep(0.137)  # out of step with the worker's looks
        started = time.perf_counter()
        key = f"bench:{time.time_ns()}"
        request = jobs.Request(name="documents.render_pdf", key=key, arguments={"document_id": pk})
        jobs.enqueue(request, now=real_now())
        done = Job.objects.filter(key=key, state=JobState.DONE)
        _wait_for(done.exists, seconds=30)
        took.append(time.perf_counter() - started)
    later = took[1:]  # the first one loads the typesetter
    tell(
        Figure(
            key="pick_up",
            value=p95(later),
            note=f"p50 {median(later):.2f} s, PDF made included; the worker's first {took[0]:.2f} s",
        )
    )


def _idle(pid: int) -> None:
    time.sleep(6)
    before, started = _cpu_s(pid), time.monotonic()
    time.sleep(IDLE_S)
    share = (_cpu_s(pid) - before) / (time.monotonic() - started) * 100
    tell(Figure(key="idle", value=share, note=f"of one core, over {IDLE_S:.0f} s"))


def _killed() -> None:
    """Kill a worker in the middle of a run with -9; another one must end it, each order invoiced once."""
    from stragan.companies.models import Company, User
    from stragan.core.snapshot import DocumentKind
    from stragan.documents.models import Document, IssueItem
    from stragan.flows import issue_many
    from stragan.flows.issue_document import ready_orders
    from stragan.kit.clock import business_now, business_today, real_now
    from stragan.orders.models import Order

    company = Company.objects.get()
    own = set(Order.objects.for_company(company).filter(seller_id="7300").values_list("id", flat=True))
    ids = [pk for pk in ready_orders(company) if pk in own]
    run = issue_many.prepare_run(
        company=company,
        kind=DocumentKind.INVOICE,
        order_ids=ids,
        issue_date=business_today(),
        user=User.objects.get(),
        now=business_now(),
    )
    clock = issue_many.Clock(business=business_now, real=real_now)
    issue_many.start_run(run=run, user=None, clock=clock)
    issued = IssueItem.objects.filter(run=run, state="issued")
    first = _worker()
    _wait_for(lambda: issued.count() > 0, seconds=30)
    first.kill()
    first.wait()
    done_by_first = issued.count()
    killed_at = time.monotonic()
    second = _worker()

    def is_taken_up() -> bool:
        return issued.count() > done_by_first

    _wait_for(is_taken_up, seconds=120)
    taken_up_s = time.monotonic() - killed_at
    _wait_for(lambda: issued.count() == len(ids), seconds=120)
    second.send_signal(signal.SIGTERM)
    second.wait()
    documents = Document.objects.for_company(company).filter(order_id__in=ids)
    pairs = documents.values_list("order_id", flat=True)
    assert sorted(pairs) == sorted(ids), "each order has one invoice"
    tell(
        Figure(
            key="killed",
            value=taken_up_s,
            note=f"{done_by_first} of {len(ids)} invoices before the kill, all of them once after it",
        )
    )


def _worker() -> "subprocess.Popen[bytes]":
    return subprocess.Popen([sys.executable, "-m", "stragan", "worker"])


def _wait_for(condition: Callable[[], bool], *, seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"not within {seconds} s"
        time.sleep(0.01)


def _tree(pid: int) -> Sequence[int]:
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [pid, *(deeper for child in children for deeper in _tree(int(child)))]


def _pss_mib(pid: int) -> float:
    lines: dict[str, Any] = dict(
        line.split(":", 1) for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()[1:]
    )
    return int(lines["Pss"].split()[0]) * 1024 / MINI


def _cpu_s(pid: int) -> float:
    fields = [Path(f"/proc/{child}/stat").read_text().rpartition(")")[2].split() for child in _tree(pid)]
    return sum(int(part[11]) + int(part[12]) for part in fields) / _TICKS
