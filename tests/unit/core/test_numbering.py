"""Numbers of documents."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stragan.core.numbering import InvalidPattern, checked_pattern, format_number, may_collide, period_of

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


@pytest.mark.parametrize(
    ("one", "other", "collides"),
    [
        ("FV {nr}/{month}/{year}", "FV {nr}/{month}/{year}", True),
        ("FV {nr}/{month}/{year}", "PAR {nr}/{month}/{year}", False),
        ("FV {nr}/{month}/{year}", "FV {nr}/{year}", False),
        ("FV {nr}/{month}/{year}", "FV {nr}/11/{year}", True),
        ("F{nr}", "F1{nr}", True),
        ("F{nr}{year}", "F{nr}{month}{year}", True),
        ("F0{nr}", "F{nr}", False),
    ],
)
def test_patterns_that_could_give_one_number_are_found(one: str, other: str, *, collides: bool) -> None:
    assert may_collide(one, other) is collides
    assert may_collide(other, one) is collides


@given(
    patterns=st.lists(
        st.sampled_from(
            ["F{nr}", "F{nr}/{year}", "F{year}{nr}", "F{nr}{month}{year}", "F1{nr}", "F{month}{year}{nr}"]
        ),
        min_size=2,
        max_size=2,
        unique=True,
    ),
    first=st.integers(min_value=1, max_value=99_999),
    second=st.integers(min_value=1, max_value=99_999),
    days=st.tuples(
        st.dates(date(2026, 1, 1), date(2030, 12, 31)), st.dates(date(2026, 1, 1), date(2030, 12, 31))
    ),
)
def test_patterns_told_apart_never_give_one_number(
    patterns: list[str], first: int, second: int, days: tuple[date, date]
) -> None:
    numbers = {
        format_number(pattern, sequence=sequence, issue_date=day)
        for pattern, sequence, day in zip(patterns, (first, second), days, strict=True)
    }
    assert len(numbers) == 2 or may_collide(*patterns)
