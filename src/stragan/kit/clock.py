"""The clock, read only at the edges (web, jobs, cli) and passed inwards.

``STRAGAN_NOW`` shifts *business* time for tests and the demo: it starts at that instant and ticks
on. Leases, back-off and token ages use ``real_now``.
"""

import os
import time
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache

from stragan.core.dates import warsaw_date


def real_now() -> datetime:
    """The machine's own instant, aware, UTC."""
    return datetime.now(tz=UTC)


def business_now() -> datetime:
    """The instant documents and lists are dated by: real time, or ``STRAGAN_NOW`` ticking on."""
    return real_now() + _shift(os.environ.get("STRAGAN_NOW", ""))


def business_today() -> date:
    """The day in Warsaw by ``business_now``."""
    return warsaw_date(business_now())


def is_shifted() -> bool:
    """Whether ``STRAGAN_NOW`` is in force; refused where production is connected."""
    return bool(os.environ.get("STRAGAN_NOW"))


@lru_cache(maxsize=8)
def _shift(text: str) -> timedelta:
    if not text:
        return timedelta(0)
    start = datetime.fromisoformat(text)
    if start.tzinfo is None:
        start = start.replace(tzinfo=UTC)
    return start - datetime.fromtimestamp(_process_start(), tz=UTC)


@lru_cache(maxsize=1)
def _process_start() -> float:
    return time.time()
