"""Numbers of documents."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stragan.core.numbering import InvalidPattern, checked_pattern, format_number, period_of

MONTHLY = "FV {nr}/{month}/{year}"


def test_a_number_has_a_two_digit_month() -> None:
    assert format_number(MONTHLY, sequence=118, issue_date=date(2026, 11, 30)) == "FV 118/11/2026"
    assert format_number(MONTHLY, sequence=5, issue_date=date(2026, 1, 2)) == "FV 5/01/2026"


@pytest.mark.parametrize(
    ("pattern", "period"),
    [(MONTHLY, "2026-11"), ("{year}/{month}/{nr} A", "2026-11"), ("PAR/{nr}/{year}", "2026"), ("Z{nr}", "")],
)
def test_the_fields_decide_when_counting_restarts(pattern: str, period: str) -> None:
    assert checked_pattern(f" {pattern} ") == pattern
    assert period_of(pattern, on=date(2026, 11, 16)) == period


@pytest.mark.parametrize(
    ("pattern", "reason"),
    [
        ("  ", "empty"),
        ("FV {nr}/" + "x" * 40, "too_long"),
        ("FV {nr}/{day}/{year}", "unknown_field"),
        ("FV {nr:03}/{year}", "unknown_field"),
        ("FV {nr}/{nr}", "repeated_field"),
        ("FV {month}/{year}", "no_number"),
        ("FV {nr}/{month}", "month_without_year"),
        ("FV {nr}}", "bad_characters"),
        ("FV\u0007 {nr}", "bad_characters"),
        ("FV  {nr}", "bad_characters"),
    ],
)
def test_a_pattern_that_cannot_work_is_refused(pattern: str, reason: str) -> None:
    with pytest.raises(InvalidPattern) as refusal:
        checked_pattern(pattern)
    assert refusal.value.params["reason"] == reason


@given(st.lists(st.tuples(st.integers(1, 10**6), st.dates()), min_size=2, max_size=8, unique=True))
def test_no_number_comes_twice_in_a_series(drawn: list[tuple[int, date]]) -> None:
    for pattern in (MONTHLY, "{nr}{month}{year}", "A{nr}/{year}"):
        keys = {(sequence, period_of(pattern, on=day)) for sequence, day in drawn}
        numbers = {format_number(pattern, sequence=sequence, issue_date=day) for sequence, day in drawn}
        assert len(numbers) == len(keys)
