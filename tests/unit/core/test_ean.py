"""Bar codes: length and check digit."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stragan.core.ean import InvalidEan, check_digit, is_ean, require_ean


@pytest.mark.parametrize("ean", ["5901234123457", "96385074", "036000291452", "15901234123454"])
def test_known_codes_are_right(ean: str) -> None:
    assert is_ean(ean)


@pytest.mark.parametrize(
    "ean", ["5901234123458", "590123412345", "", "59012341234AB", "５９０１２３４１２３４５７"]
)
def test_others_are_not(ean: str) -> None:
    assert not is_ean(ean)


def test_spaces_and_hyphens_are_no_part_of_it() -> None:
    assert require_ean("590 1234-123457") == "5901234123457"
    with pytest.raises(InvalidEan):
        require_ean("KUB-1")


@given(st.sampled_from([7, 11, 12, 13]).flatmap(lambda n: st.text("0123456789", min_size=n, max_size=n)))
def test_one_wrong_digit_is_always_seen(digits: str) -> None:
    ean = f"{digits}{check_digit(digits)}"
    assert is_ean(ean)
    for place, digit in enumerate(ean):
        assert not is_ean(f"{ean[:place]}{(int(digit) + 1) % 10}{ean[place + 1 :]}")
