"""Spreading an amount: exact, fair, and the same every time."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stragan.core.money import NotExact, from_minor, round_half_up, spread, to_minor

GROSZE = st.integers(min_value=0, max_value=10_000_000)
WEIGHTS = st.lists(GROSZE, min_size=1, max_size=12)


def test_halves_go_away_from_zero_on_both_sides() -> None:
    assert round_half_up(Decimal("1.665")) == Decimal("1.67")
    assert round_half_up(Decimal("-1.665")) == Decimal("-1.67")


def test_a_fraction_of_a_grosz_has_no_minor_units() -> None:
    with pytest.raises(NotExact):
        to_minor(Decimal("0.005"))


@given(st.integers(min_value=-(10**15), max_value=10**15))
def test_minor_units_survive_a_round_trip(minor: int) -> None:
    assert to_minor(from_minor(minor)) == minor


def test_equal_fractions_of_unlike_weights_give_the_grosz_to_the_larger_weight() -> None:
    # Shares of 4700 grosze in 31.00: three of the four end in exactly 12/31 of a grosz.
    weights = [Decimal(text) for text in ("17.60", "2.72", "4.55", "6.13")]
    assert spread(Decimal("47.00"), weights) == [
        Decimal("26.69"),
        Decimal("4.12"),
        Decimal("6.90"),
        Decimal("9.29"),
    ]


@given(GROSZE, WEIGHTS)
def test_parts_follow_the_largest_remainder_in_exact_fractions(minor: int, weights: list[int]) -> None:
    parts = spread(from_minor(minor), [from_minor(weight) for weight in weights])
    assert sum(parts) == from_minor(minor)
    if not sum(weights):
        assert parts[0] == from_minor(minor)
        return
    shares = [Fraction(minor * weight, sum(weights)) for weight in weights]
    expected = [int(share) for share in shares]
    order = sorted(
        range(len(weights)), key=lambda place: (expected[place] - shares[place], -weights[place], place)
    )
    for place in order[: minor - sum(expected)]:
        expected[place] += 1
    assert parts == [from_minor(part) for part in expected]


@given(GROSZE, WEIGHTS)
def test_spreading_a_refund_mirrors_spreading_the_charge(minor: int, weights: list[int]) -> None:
    amounts = [from_minor(weight) for weight in weights]
    assert spread(from_minor(-minor), amounts) == [-part for part in spread(from_minor(minor), amounts)]


def test_zero_has_no_sign_on_paper() -> None:
    assert str(round_half_up(Decimal("-0.001"))) == "0.00"
