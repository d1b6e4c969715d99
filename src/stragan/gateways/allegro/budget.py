"""How fast this process may ask: one token bucket per application, far below Allegro's limit.

Allegro blocks a client id for a minute after 9,000 requests in one. Web and worker are separate
processes and several shops share one client id, so each process takes a third at most.
"""

import time
from collections.abc import Callable
from threading import Lock
from typing import Final

PER_MINUTE: Final = 3_000
BURST: Final = 50


class Budget:
    """A token bucket; safe to share between threads."""

    def __init__(
        self,
        *,
        per_minute: int = PER_MINUTE,
        burst: int = BURST,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        assert per_minute > 0, "a budget allows something"
        assert burst > 0, "a budget allows something"
        self._per_second = per_minute / 60
        self._burst = float(burst)
        self._clock = clock
        self._lock = Lock()
        self._tokens = self._burst
        self._counted_at = clock()

    def reserve(self) -> float:
        """Take one request and return how many seconds to wait before sending it."""
        with self._lock:
            now = self._clock()
            earned = (now - self._counted_at) * self._per_second
            self._tokens = min(self._burst, self._tokens + earned) - 1
            self._counted_at = now
            return max(0.0, -self._tokens / self._per_second)


_budgets: dict[str, Budget] = {}
_budgets_lock = Lock()


def budget_for(client_id: str) -> Budget:
    """Return the budget all clients of *client_id* share in this process."""
    with _budgets_lock:
        return _budgets.setdefault(client_id, Budget())
