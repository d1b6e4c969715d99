"""Days that matter in law: Warsaw's, holidays, working days."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stragan.core.dates import (
    Period,
    easter_sunday,
    exchange_rate_date,
    is_working_day,
    month_of,
    next_working_day,
    previous_working_day,
    public_holidays,
    start_of_warsaw_day,
    warsaw_date,
    working_day_on_or_after,
)


@pytest.mark.parametrize(
    ("instant", "day"),
    [
        (datetime(2026, 10, 31, 22, 59, tzinfo=UTC), date(2026, 10, 31)),  # winter time: UTC+1
        (datetime(2026, 10, 31, 23, 0, tzinfo=UTC), date(2026, 11, 1)),
        (datetime(2026, 7, 31, 22, 0, tzinfo=UTC), date(2026, 8, 1)),  # summer time: UTC+2
    ],
)
def test_the_day_is_warsaws(instant: datetime, day: date) -> None:
    assert warsaw_date(instant) == day


def test_days_start_at_midnight_in_warsaw() -> None:
    assert start_of_warsaw_day(date(2026, 11, 16)) == datetime(2026, 11, 15, 23, tzinfo=UTC)
    assert start_of_warsaw_day(date(2026, 3, 30)) == datetime(2026, 3, 29, 22, tzinfo=UTC)


@given(st.dates(min_value=date(1950, 1, 1), max_value=date(2200, 1, 1)))
def test_a_days_start_lies_in_that_day(day: date) -> None:
    assert warsaw_date(start_of_warsaw_day(day)) == day


@pytest.mark.parametrize(
    ("year", "easter"),
    [
        (2024, date(2024, 3, 31)),
        (2025, date(2025, 4, 20)),
        (2026, date(2026, 4, 5)),
        (2038, date(2038, 4, 25)),
    ],
)
def test_easter_is_where_calendars_have_it(year: int, easter: date) -> None:
    assert easter_sunday(year) == easter


def test_2026_has_its_fourteen_holidays() -> None:
    assert sorted(public_holidays(2026)) == [
        date(2026, 1, 1),
        date(2026, 1, 6),
        date(2026, 4, 5),
        date(2026, 4, 6),
        date(2026, 5, 1),
        date(2026, 5, 3),
        date(2026, 5, 24),
        date(2026, 6, 4),
        date(2026, 8, 15),
        date(2026, 11, 1),
        date(2026, 11, 11),
        date(2026, 12, 24),
        date(2026, 12, 25),
        date(2026, 12, 26),
    ]


def test_holidays_follow_the_law_of_their_year() -> None:
    assert is_working_day(date(2024, 12, 24))
    assert not is_working_day(date(2025, 12, 24))
    assert is_working_day(date(2010, 1, 6))
    assert not is_working_day(date(2011, 1, 6))
    assert not is_working_day(date(2018, 11, 12))


def test_working_days_step_over_christmas_and_the_year() -> None:
    assert previous_working_day(date(2026, 12, 28)) == date(2026, 12, 23)
    assert next_working_day(date(2026, 12, 23)) == date(2026, 12, 28)
    assert next_working_day(date(2026, 12, 31)) == date(2027, 1, 4)


def test_a_deadline_on_a_free_day_moves_forward_only() -> None:
    assert working_day_on_or_after(date(2026, 11, 15)) == date(2026, 11, 16)
    assert working_day_on_or_after(date(2026, 11, 16)) == date(2026, 11, 16)


def test_the_exchange_rate_is_of_the_working_day_before_the_earlier_event() -> None:
    assert exchange_rate_date(tax_point=date(2027, 1, 7), issue_date=date(2027, 1, 7)) == date(2027, 1, 5)
    assert exchange_rate_date(tax_point=date(2026, 6, 9), issue_date=date(2026, 6, 5)) == date(2026, 6, 3)
    assert exchange_rate_date(tax_point=date(2026, 6, 9), issue_date=date(2026, 6, 12)) == date(2026, 6, 8)


def test_periods_are_half_open() -> None:
    november = month_of(date(2026, 11, 30))
    assert november == Period(since=date(2026, 11, 1), until=date(2026, 12, 1))
    assert date(2026, 11, 30) in november
    assert date(2026, 12, 1) not in november
    assert month_of(date(2026, 12, 31)).until == date(2027, 1, 1)
    assert date(1, 1, 1) in Period()
