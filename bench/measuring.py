"""Clocks and percentiles, and how a part tells the figures it found."""

import json
import math
import statistics
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final

_TURNS: Final = 100_000
# What they took on the quick cores of the table of 26 November 2026, so that code which has not changed since
# (a command, a start, a first PDF) comes out at pace 1 there; the loop alone would tell of quicker cores yet.
_TURNS_MS: Final = 2.5
_paces: list[float] = []


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One measured value in the unit of its target; *floor* is what raw SQL took in the same run.

    *pace* is that of its own repetitions; without one, of all looks since the last figure.
    """

    key: str
    value: float
    floor: float | None = None
    pace: float | None = None
    note: str = ""
    details: Mapping[str, object] = field(default_factory=dict)


def look_at_pace() -> float:
    """Time a fixed piece of Python: how slow the machine is just now."""
    started = time.perf_counter()
    total = 0
    for turn in range(_TURNS):
        total += turn
    pace = (time.perf_counter() - started) * 1000 / _TURNS_MS
    _paces.append(pace)
    return pace


def _pace() -> float:
    """Give the middle of all looks since the last figure, at least three."""
    for _ in range(3):
        look_at_pace()
    found = statistics.median(_paces)
    _paces.clear()
    return found


def tell(figure: Figure) -> None:
    """Hand a figure to the process that collects them, with the pace of the machine meanwhile."""
    since_last = _pace()
    row = {
        "key": figure.key,
        "value": round(figure.value, 3),
        "floor": None if figure.floor is None else round(figure.floor, 3),
        "pace": round(figure.pace or since_last, 2),
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Timed:
    """How long each repetition took, in ms, and the pace of the machine around each.

    A machine may change its pace in the middle of twenty repetitions, so each is held against its own.
    """

    ms: tuple[float, ...]
    paces: tuple[float, ...]

    @property
    def p50(self) -> float:
        """The middle one."""
        return median(self.ms)

    @property
    def p95(self) -> float:
        """What 95 of 100 do not exceed."""
        return p95(self.ms)

    @property
    def at_pace(self) -> float:
        """``p95`` of what each would have taken where the budgets were set."""
        return p95([ms / pace for ms, pace in zip(self.ms, self.paces, strict=True)])

    @property
    def pace(self) -> float:
        """How many times slower the machine was, as ``p95`` felt it."""
        return self.p95 / self.at_pace


def timed(
    work: Callable[[], object], *, times: int, warm_up: int = 2, between: Callable[[], object] = int
) -> Timed:
    """Do *work* again and again, the first few left out.

    *between* is done after each time and not counted: what a server does when its answer has gone.
    """
    for _ in range(warm_up):
        work()
    took = []
    looks = [look_at_pace()]
    for _ in range(times):
        started = time.perf_counter()
        work()
        took.append((time.perf_counter() - started) * 1000)
        between()
        looks.append(look_at_pace())
    around = [(before + after) / 2 for before, after in pairwise(looks)]
    return Timed(ms=tuple(took), paces=tuple(around))
