"""A bar chart as numbers for an SVG: where each bar, line and label stands. No drawing happens here."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from django.utils.translation import gettext as _

from stragan.core.dates import SATURDAY
from stragan.web.shell import show

WIDTH: Final = 790
HEIGHT: Final = 240
LEFT: Final = 60
RIGHT: Final = 8
TOP: Final = 10
BOTTOM: Final = 26
GAP: Final = 6
LABEL_EVERY: Final = 4
LINES: Final = 4
_STEPS: Final = (1, 2, 5)
_THOUSAND: Final = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One day. Coordinates are in the units of the view box."""

    x: str
    y: str
    width: str
    height: str
    css: str
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """A text with its place."""

    x: str
    y: str
    text: str
    css: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """Everything the template draws."""

    bars: tuple[Bar, ...]
    lines: tuple[Label, ...]  # hairlines with their value at the left
    days: tuple[Label, ...]
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    right: int = WIDTH - RIGHT


def chart_of(days: Sequence[tuple[date, Decimal]], *, today: date) -> Chart:
    """Lay out one bar a day, oldest first; weekends and the day in progress have styles of their own."""
    step = step_for(max((amount for _day, amount in days), default=Decimal(0)))
    ceiling = step * LINES
    room = HEIGHT - TOP - BOTTOM
    pitch = (WIDTH - LEFT - RIGHT) / max(len(days), 1)
    base = HEIGHT - BOTTOM
    bars, labels = [], []
    for place, (day, amount) in enumerate(days):
        height = float(max(amount, Decimal(0)) / ceiling) * room
        x = LEFT + place * pitch + GAP / 2
        is_today = day == today
        bars.append(
            Bar(
                x=_unit(x),
                y=_unit(base - height),
                width=_unit(pitch - GAP),
                height=_unit(height),
                css="bar bar--today"
                if is_today
                else ("bar bar--weekend" if day.weekday() >= SATURDAY else "bar"),
                title=f"{show.day(day)}: {show.money(amount)}",
            )
        )
        if is_today or (place % LABEL_EVERY == 1 and len(days) - place > LABEL_EVERY / 2):
            text = _("today") if is_today else show.day(day, short=True)
            is_second = not is_today and place // LABEL_EVERY % 2 == 0
            labels.append(
                Label(
                    x=_unit(x + (pitch - GAP) / 2),
                    y=_unit(base + 18),
                    text=text,
                    css="is-second" if is_second else "",
                )
            )
    lines = tuple(
        Label(x=_unit(LEFT - 8), y=_unit(base - room * line / LINES), text=rounded(step * line))
        for line in range(LINES + 1)
    )
    return Chart(bars=tuple(bars), lines=lines, days=tuple(labels))


def step_for(highest: Decimal) -> int:
    """The distance between hairlines: 1, 2 or 5 with zeros, so that four of them hold *highest*."""
    power = 1
    while True:
        for step in _STEPS:
            if step * power * LINES >= highest and step * power >= 1:
                return step * power
        power *= 10


def rounded(value: int) -> str:
    """A value of the axis: ``20 tys.`` from a thousand on."""
    if value and value % _THOUSAND == 0:
        return _("%(thousands)sk") % {"thousands": show.number(value // _THOUSAND)}
    return show.number(value)


def _unit(value: float) -> str:
    return f"{value:.1f}"
