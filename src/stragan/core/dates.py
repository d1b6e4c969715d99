"""Legal days: instants seen in Warsaw, half-open periods, Polish public holidays, working days."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

WARSAW: Final = ZoneInfo("Europe/Warsaw")
DAY: Final = timedelta(days=1)
SATURDAY: Final = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """Days from *since* up to, but without, *until*; a missing end is open."""

    since: date | None = None
    until: date | None = None

    def __contains__(self, day: date) -> bool:
        return (self.since is None or self.since <= day) and (self.until is None or day < self.until)


ALWAYS: Final = Period()


@dataclass(frozen=True, slots=True, kw_only=True)
class _FixedHoliday:
    month: int
    day: int
    valid: Period = ALWAYS


# Act of 18 January 1951 on non-working days, as amended. Movable days follow Easter below.
_FIXED_HOLIDAYS: Final = (
    _FixedHoliday(month=1, day=1),
    _FixedHoliday(month=1, day=6, valid=Period(since=date(2011, 1, 1))),
    _FixedHoliday(month=5, day=1),
    _FixedHoliday(month=5, day=3),
    _FixedHoliday(month=8, day=15),
    _FixedHoliday(month=11, day=1),
    _FixedHoliday(month=11, day=11),
    _FixedHoliday(month=12, day=24, valid=Period(since=date(2025, 2, 1))),
    _FixedHoliday(month=12, day=25),
    _FixedHoliday(month=12, day=26),
)
_SINGLE_HOLIDAYS: Final = frozenset({date(2018, 11, 12)})  # the centenary of independence
_DAYS_AFTER_EASTER: Final = (0, 1, 49, 60)  # Easter, its Monday, Pentecost, Corpus Christi


def warsaw_date(instant: datetime) -> date:
    """Give the calendar day in Warsaw at *instant*, which must be aware."""
    assert instant.tzinfo is not None, "an instant without a time zone has no day"
    return instant.astimezone(WARSAW).date()


def start_of_warsaw_day(day: date) -> datetime:
    """Give the instant (UTC) at which *day* begins in Warsaw."""
    return datetime.combine(day, time.min, tzinfo=WARSAW).astimezone(UTC)


def months_before(day: date, months: int) -> date:
    """Give the same day *months* earlier, or the last of its month where that is shorter."""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    following = date(year + (month == 11), (month + 1) % 12 + 1, 1)  # noqa: PLR2004 -- December, counted from 0
    return min(date(year, month + 1, 1) + timedelta(days=day.day - 1), following - DAY)


def easter_sunday(year: int) -> date:
    """Give Easter Sunday of a Gregorian *year* (the algorithm of Meeus, Jones and Butcher)."""
    golden = year % 19
    century, of_century = divmod(year, 100)
    skipped = century - century // 4 - (century - (century + 8) // 25 + 1) // 3
    moon = (19 * golden + skipped + 15) % 30
    weekday = (32 + 2 * (century % 4) + 2 * (of_century // 4) - moon - of_century % 4) % 7
    late = (golden + 11 * moon + 22 * weekday) // 451
    month, day = divmod(moon + weekday - 7 * late + 114, 31)
    return date(year, month, day + 1)


@lru_cache(maxsize=64)
def public_holidays(year: int) -> frozenset[date]:
    """Give the Polish non-working holidays of *year*, without ordinary Sundays."""
    fixed = ((date(year, holiday.month, holiday.day), holiday.valid) for holiday in _FIXED_HOLIDAYS)
    easter = easter_sunday(year)
    return frozenset(
        {day for day, valid in fixed if day in valid}
        | {easter + timedelta(days=days) for days in _DAYS_AFTER_EASTER}
        | {day for day in _SINGLE_HOLIDAYS if day.year == year}
    )


def is_working_day(day: date) -> bool:
    """Say whether *day* is neither Saturday, Sunday nor a public holiday."""
    return day.weekday() < SATURDAY and day not in public_holidays(day.year)


def previous_working_day(day: date) -> date:
    """Give the last working day before *day*."""
    day -= DAY
    while not is_working_day(day):
        day -= DAY
    return day


def next_working_day(day: date) -> date:
    """Give the first working day after *day*."""
    day += DAY
    while not is_working_day(day):
        day += DAY
    return day


def working_day_on_or_after(day: date) -> date:
    """Move a deadline that falls on a free day to the next working day (Tax Ordinance art. 12 § 5)."""
    return day if is_working_day(day) else next_working_day(day)


def exchange_rate_date(*, tax_point: date, issue_date: date) -> date:
    """Give the day of the NBP table A rate for VAT: the working day before the tax point.

    An invoice issued before the tax point takes the working day before its issue (VAT Act art. 31a(1)-(2)).
    """
    return previous_working_day(min(tax_point, issue_date))


def month_of(day: date) -> Period:
    """Give the calendar month that contains *day*."""
    since = day.replace(day=1)
    return Period(since=since, until=(since + timedelta(days=31)).replace(day=1))
