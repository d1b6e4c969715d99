"""Words before a number say what is looked for, in the words of 2019 and of today."""

import pytest

from stragan.orders.search_words import Scope, read


@pytest.mark.parametrize(
    ("text", "scope", "rest"),
    [
        ("transakcja 10482", Scope.ORDER, "10482"),
        ("nr transakcji 10482", Scope.ORDER, "10482"),
        ("Numer zamówienia: 10482", Scope.ORDER, "10482"),
        ("zamówienie #10482", Scope.ORDER, "10482"),
        ("order no. 10482", Scope.ORDER, "10482"),
        ("transaction number 10482", Scope.ORDER, "10482"),
        ("aukcja 12345678901", Scope.OFFER, "12345678901"),
        ("nr aukcji 12345678901", Scope.OFFER, "12345678901"),
        ("oferta kubek emaliowany", Scope.OFFER, "kubek emaliowany"),
        ("auction 12345678901", Scope.OFFER, "12345678901"),
        ("offer 12345678901", Scope.OFFER, "12345678901"),
        ("kubek order", Scope.ANYTHING, "kubek order"),
        ("oferta", Scope.ANYTHING, "oferta"),
        ("numer", Scope.ANYTHING, "numer"),
        ("Ordereczek", Scope.ANYTHING, "ordereczek"),
        ("żółw łódź", Scope.ANYTHING, "zolw lodz"),
        ("", Scope.ANYTHING, ""),
    ],
)
def test_words_before_a_number_narrow_what_is_searched(text: str, scope: Scope, rest: str) -> None:
    asked = read(text)
    assert (asked.scope, asked.text) == (scope, rest)


def test_only_an_order_named_by_figures_has_a_number() -> None:
    assert read("transakcja 10482").number == 10482
    assert read("10482").number is None
    assert read("aukcja 10482").number is None
    assert read("zamówienie 5f1a0001-aaaa").number is None
    assert read(f"zamówienie {'9' * 40}").number is None
