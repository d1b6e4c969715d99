"""Clocks and percentiles, and how a part tells the figures it found."""

import json
import math
import statistics
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

_TURNS: Final = 100_000
# What they took on the quick cores of the table of 26 November 2026, so that code which has not changed since
# (a command, a start, a first PDF) comes out at pace 1 there; the loop alone would tell of quicker cores yet.
_TURNS_MS: Final = 2.5
_paces: list[float] = []


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One measured value in the unit of its target; *floor* is what raw SQL took in the same run."""

    key: str
    value: float
    floor: float | None = None
    note: str = ""
    details: Mapping[str, object] = field(default_factory=dict)


def look_at_pace() -> None:
    """Time a fixed piece of Python: how slow the machine is just now."""
    started = time.perf_counter()
    total = 0
    for turn in range(_TURNS):
        total += turn
    _paces.append((time.perf_counter() - started) * 1000 / _TURNS_MS)


def _pace() -> float:
    """Give the middle of all looks since the last figure, at least three."""
    for _ in range(3):
        look_at_pace()
    found = statistics.median(_paces)
    _paces.clear()
    return found


def tell(figure: Figure) -> None:
    """Hand a figure to the process that collects them, with the pace of the machine meanwhile."""
    row = {
        "key": figure.key,
        "value": round(figure.value, 3),
        "floor": None if figure.floor is None else round(figure.floor, 3),
        "pace": round(_pace(), 2),
        "note": figure.note,
        "details": dict(figure.details),
    }
    print(json.dumps(row), flush=True)


def say(text: str) -> None:
    """Tell the person who waits."""
    sys.stderr.write(f"   {text}\n")
    sys.stderr.flush()


def p95(values: Sequence[float]) -> float:
    """Give the value that 95 of 100 do not exceed."""
    return sorted(values)[max(math.ceil(len(values) * 0.95) - 1, 0)]


def median(values: Sequence[float]) -> float:
    """Give the middle value."""
    return statistics.median(values)


def timed_ms(
    work: Callable[[], object], *, times: int, warm_up: int = 2, between: Callable[[], object] = int
) -> list[float]:
    """Do *work* again and again; gives how long each time took, in ms, the first few left out.

    *between* is done after each time and not counted: what a server does when its answer has gone.
    """
    for _ in range(warm_up):
        work()
    found = []
    for _ in range(times):
        started = time.perf_counter()
        work()
        found.append((time.perf_counter() - started) * 1000)
        between()
        look_at_pace()
    return found
