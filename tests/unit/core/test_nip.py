"""Tax identifiers as buyers type them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stragan.core.nip import (
    InvalidNip,
    InvalidVatEu,
    checked_nip,
    checked_vat_eu,
    format_nip,
    is_valid_nip,
    normalize_nip,
)

WEIGHTS = (6, 5, 7, 2, 3, 4, 5, 6, 7)


@pytest.mark.parametrize(
    "text",
    [
        "1234563218",
        "123-456-32-18",
        "PL 123 456 32 18",
        "pl1234563218",
        " 123\u00a0456\u00a032\u00a018\t",
        "123–456–32–18",
    ],
)
def test_a_nip_is_found_under_its_spelling(text: str) -> None:
    assert is_valid_nip(text)
    assert checked_nip(text) == "1234563218"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "1234563217",  # check digit
        "123456321",  # too short
        "12345632180",
        "0000000000",  # right check digit, impossible number
        "1004567891",  # no tax office 100
        "DE1234563218",
        "١٢٣٤٥٦٣٢١٨",  # digits, but not ours
        "1234S63218",
    ],
)
def test_anything_else_is_refused(text: str) -> None:
    assert not is_valid_nip(text)
    with pytest.raises(InvalidNip):
        checked_nip(text)


def test_a_nip_is_printed_in_groups() -> None:
    assert format_nip(normalize_nip("PL1234563218")) == "123-456-32-18"


@given(st.from_regex(r"[1-9][1-9][0-9]{7}", fullmatch=True), st.integers(min_value=0, max_value=9))
def test_only_one_check_digit_is_right(stem: str, digit: int) -> None:
    right = sum(weight * int(sign) for weight, sign in zip(WEIGHTS, stem, strict=True)) % 11
    assert is_valid_nip(f"{stem}{digit}") == (digit == right)


@pytest.mark.parametrize(
    ("text", "number"),
    [("CZ 25123891", "CZ25123891"), ("de136-695-976", "DE136695976"), ("PL 123-456-32-18", "PL1234563218")],
)
def test_a_vat_number_keeps_its_prefix(text: str, number: str) -> None:
    assert checked_vat_eu(text) == number


@pytest.mark.parametrize(
    "text", ["", "CZ25123890", "DE136695977", "US123456789", "25123891", "ＤＥ136695976"]
)
def test_a_wrong_vat_number_is_refused(text: str) -> None:
    with pytest.raises(InvalidVatEu):
        checked_vat_eu(text)
