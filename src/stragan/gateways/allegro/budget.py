"""How fast we may ask: a token bucket per process, and a quota that all processes of a client id share.

Allegro blocks a client id for a minute after 9,000 requests in one, whoever sent them. The bucket keeps
one process from sending them all at once; the quota, kept by whoever makes the clients, counts what all
processes on all machines send. A process takes requests from it in blocks.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock
from typing import Final, Protocol

PER_MINUTE: Final = 3_000
BURST: Final = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """Requests that may be sent within *seconds*; with none of them, how long to wait before asking again."""

    requests: int
    seconds: float


class NoShareLeft(Exception):
    """All processes together have asked enough; ``seconds`` says for how long."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"{seconds:.1f} s")
        self.seconds = seconds


class Quota(Protocol):
    """What all processes of one application may ask together."""

    def take(self) -> Grant:
        """Take a block of requests."""
        ...

    def limited(self, *, wait_s: float) -> None:
        """Tell all that Allegro has had enough of us for that long."""
        ...


class Budget:
    """A token bucket; safe to share between threads."""

    def __init__(
        self,
        *,
        per_minute: int = PER_MINUTE,
        burst: int = BURST,
        clock: Callable[[], float] = time.monotonic,
        quota: Quota | None = None,
    ) -> None:
        assert per_minute > 0, "a budget allows something"
        assert burst > 0, "a budget allows something"
        self._per_second = per_minute / 60
        self._burst = float(burst)
        self._clock = clock
        self._lock = Lock()
        self._tokens = self._burst
        self._counted_at = clock()
        self._quota = quota
        self._granted = 0
        self._granted_until = 0.0

    def reserve(self) -> float:
        """Take one request and return how many seconds to wait before sending it.

        :raises NoShareLeft: all processes together have asked enough.
        """
        with self._lock:
            self._take_share()
            now = self._clock()
            earned = (now - self._counted_at) * self._per_second
            self._tokens = min(self._burst, self._tokens + earned) - 1
            self._counted_at = now
            return max(0.0, -self._tokens / self._per_second)

    def limited(self, *, wait_s: float) -> None:
        """Note that Allegro answered "too many requests": every process waits."""
        if self._quota is not None:
            with self._lock:
                self._granted = 0
            self._quota.limited(wait_s=wait_s)

    def _take_share(self) -> None:
        if self._quota is None:
            return
        if self._granted <= 0 or self._clock() >= self._granted_until:
            grant = self._quota.take()
            if not grant.requests:
                raise NoShareLeft(grant.seconds)
            self._granted, self._granted_until = grant.requests, self._clock() + grant.seconds
        self._granted -= 1


_budgets: dict[str, Budget] = {}
_budgets_lock = Lock()


def budget_for(client_id: str, *, quota: Quota | None = None) -> Budget:
    """Return the budget all clients of *client_id* share in this process; *quota* counts where it is new."""
    with _budgets_lock:
        if client_id not in _budgets:
            _budgets[client_id] = Budget(quota=quota)
        return _budgets[client_id]
