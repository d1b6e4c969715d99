"""Time of the stand-in: epoch milliseconds inside, ISO texts outside."""

import time
from datetime import UTC, datetime
from typing import Final

SECOND: Final = 1_000
MINUTE: Final = 60 * SECOND
HOUR: Final = 60 * MINUTE
DAY: Final = 24 * HOUR


class Clock:
    """Starts at *start_ms* and ticks on with real time, unless frozen; tests may push it."""

    def __init__(self, start_ms: int, *, frozen: bool = False) -> None:
        self._start_ms = start_ms
        self._began = time.monotonic()
        self._frozen = frozen

    def now_ms(self) -> int:
        """Return the present instant in epoch milliseconds."""
        if self._frozen:
            return self._start_ms
        return self._start_ms + int((time.monotonic() - self._began) * SECOND)

    def advance(self, seconds: float) -> None:
        """Push the clock ahead."""
        self._start_ms += int(seconds * SECOND)


def iso(instant_ms: int) -> str:
    """Write an instant the way Allegro does: UTC, milliseconds, Z."""
    moment = datetime.fromtimestamp(instant_ms // SECOND, UTC)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{instant_ms % SECOND:03d}Z"


def parse(text: str) -> int:
    """Read an ISO instant.

    :raises ValueError: the text is none.
    """
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return round(moment.timestamp() * SECOND)
