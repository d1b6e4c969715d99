"""The loop of a worker process: looks for due jobs, hands them to threads, renews their leases.

A thread gets one job, or several small ones that are alike. The main thread only looks and renews, so a
job that keeps a thread busy for minutes keeps its lease. Every look is one read of an index; nothing is
locked until there is something to take.
"""

import logging
import os
import secrets
import socket
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

from django.db import Error as DatabaseError
from django.db import close_old_connections, connections

from stragan.jobs.registry import at_once
from stragan.jobs.running import run_jobs
from stragan.jobs.scheduler import Scheduler
from stragan.kit import jobs
from stragan.kit.clock import real_now
from stragan.kit.memory import give_back
from stragan.kit.models import Job
from stragan.kit.shared_clock import shared_now

LOOK_S: Final = 0.4
RENEW_S: Final = 15.0
STOP_LIMIT_S: Final = 10.0
ORPHAN_LIMIT_S: Final = 3.0

logger = logging.getLogger("stragan.jobs")


def _never() -> bool:
    return False


@dataclass(slots=True)
class Worker:
    """One process that does jobs, *threads* at a time."""

    threads: int = 3
    is_orphan: Callable[[], bool] = _never
    stop_limit_s: float = STOP_LIMIT_S
    name: str = field(
        default_factory=lambda: f"{socket.gethostname()[:40]}:{os.getpid()}:{secrets.token_hex(3)}"
    )
    _is_stopping: bool = False
    _wake: threading.Event = field(default_factory=threading.Event)
    _running: dict[int, threading.Thread] = field(default_factory=dict)
    _has_worked: bool = False  # since memory was given back

    def stop(self) -> None:
        """Take no more jobs; ``run`` returns when the running ones are done or their time is up."""
        self._is_stopping = True  # no more than that: signal handlers call this

    def is_stopping(self) -> bool:
        """Whether somebody asked this worker to stop."""
        return self._is_stopping

    def run(self) -> int:
        """Work until stopped."""
        logger.info("jobs.worker_started", extra={"worker": self.name})
        scheduler = Scheduler()
        renew_at = time.monotonic() + RENEW_S
        while not self._is_stopping:
            try:
                if time.monotonic() >= renew_at:
                    self._renew()
                    renew_at = time.monotonic() + RENEW_S
                scheduler.tick(now=real_now())
                self._take_all()
            except DatabaseError:
                # The database went away or stayed locked: leases hold for a while, so look again.
                logger.exception("jobs.database_trouble")
                close_old_connections()
                time.sleep(1)
            self._rest()
            self._wake.wait(LOOK_S)
            self._wake.clear()
        return self._finish()

    def _rest(self) -> None:
        if self._has_worked and not self._running:
            self._has_worked = False
            give_back()

    def _take_all(self) -> None:
        while (busy := self._busy()) < self.threads and not self._is_stopping:
            now, due_by = shared_now(), real_now()
            # The last free thread is kept for what a person waits for: a first import takes minutes.
            is_last = busy == self.threads - 1 > 0
            priority = jobs.SOMEBODY_WAITS if is_last else jobs.ANY_PRIORITY
            if not jobs.is_any_due(now=now, due_by=due_by, priority=priority):
                return
            job = jobs.claim(worker=self.name, now=now, due_by=due_by, priority=priority)
            if job is None:
                return
            alike: list[Job] = []
            try:
                alike = jobs.claim_alike(job, now=now, due_by=due_by, limit=at_once(job.name) - 1)
            finally:
                self._start([job, *alike])  # the first one is ours, whatever became of the others

    def _start(self, taken: Sequence[Job]) -> None:
        thread = threading.Thread(target=self._do, args=[taken], name=f"job-{taken[0].pk}", daemon=True)
        for job in taken:
            self._running[job.pk] = thread
        self._has_worked = True
        thread.start()

    def _do(self, taken: Sequence[Job]) -> None:
        try:
            run_jobs(taken)
        finally:
            connections.close_all()  # this thread's own
            for job in taken:
                self._running.pop(job.pk, None)
            self._wake.set()

    def _busy(self) -> int:
        return len(set(self._running.copy().values()))

    def _alive(self) -> list[int]:
        return list(self._running)

    def _renew(self) -> None:
        close_old_connections()
        held = self._alive()
        if held:
            jobs.extend_leases(held, worker=self.name, now=shared_now())

    def _finish(self) -> int:
        """Wait for running jobs within a limit, then hand the rest back: another worker starts them anew."""
        deadline = time.monotonic() + (ORPHAN_LIMIT_S if self.is_orphan() else self.stop_limit_s)
        while self._alive() and time.monotonic() < deadline:
            self._wake.wait(0.1)
            self._wake.clear()
        left = self._alive()
        if left:
            jobs.release_stopped(left, worker=self.name, now=real_now())
            logger.warning("jobs.handed_back", extra={"jobs": left})
        logger.info("jobs.worker_stopped", extra={"worker": self.name})
        logging.shutdown()
        if left:
            # Threads in the middle of a job must not go on beside the worker that takes it up.
            os._exit(0)
        return 0
