"""Amounts in words."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stragan.core.money import NotExact
from stragan.core.words import LARGEST, NoWords, in_words, zloty_plural


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        ("0.00", "zero złotych 00/100"),
        ("0.01", "zero złotych 01/100"),
        ("1.00", "jeden złoty 00/100"),
        ("2.50", "dwa złote 50/100"),
        ("4.00", "cztery złote 00/100"),
        ("5.00", "pięć złotych 00/100"),
        ("12.00", "dwanaście złotych 00/100"),
        ("14.99", "czternaście złotych 99/100"),
        ("21.00", "dwadzieścia jeden złotych 00/100"),
        ("22.00", "dwadzieścia dwa złote 00/100"),
        ("106.97", "sto sześć złotych 97/100"),
        ("112.00", "sto dwanaście złotych 00/100"),
        ("804.50", "osiemset cztery złote 50/100"),
        ("1000.00", "tysiąc złotych 00/100"),
        ("1803.00", "tysiąc osiemset trzy złote 00/100"),
        ("12463.38", "dwanaście tysięcy czterysta sześćdziesiąt trzy złote 38/100"),
        ("2000000.00", "dwa miliony złotych 00/100"),
        ("5000000000.10", "pięć miliardów złotych 10/100"),
    ],
)
def test_zlotys_are_written_in_polish(amount: str, words: str) -> None:
    assert in_words(Decimal(amount), currency="PLN") == words


@pytest.mark.parametrize(
    ("currency", "words"),
    [("EUR", "dziewięćdziesiąt siedem i 40/100 EUR"), ("CZK", "dziewięćdziesiąt siedem i 40/100 CZK")],
)
def test_other_currencies_keep_their_code(currency: str, words: str) -> None:
    assert in_words(Decimal("97.40"), currency=currency) == words


@pytest.mark.parametrize("amount", [Decimal("-0.01"), LARGEST + Decimal("0.01")])
def test_amounts_without_words_are_refused(amount: Decimal) -> None:
    with pytest.raises(NoWords):
        in_words(amount, currency="PLN")


def test_a_fraction_of_a_grosz_is_refused() -> None:
    with pytest.raises(NotExact):
        in_words(Decimal("1.005"), currency="PLN")


@given(st.decimals(min_value=0, max_value=LARGEST, places=2))
def test_every_amount_ends_with_its_grosze(amount: Decimal) -> None:
    grosze = int(amount * 100) % 100
    assert in_words(amount, currency="PLN").endswith(f" {grosze:02d}/100")


@given(st.integers(min_value=0, max_value=10**9))
def test_the_plural_follows_the_last_two_digits(hundreds: int) -> None:
    assert zloty_plural(hundreds * 100 + 13) == "złotych"
    assert zloty_plural(hundreds * 100 + 23) == "złote"
    assert zloty_plural(hundreds * 100 + 31) == "złotych"
