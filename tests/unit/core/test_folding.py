"""Folding for search."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stragan.core.folding import fold


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("ŻÓŁW", "zolw"),
        ("żółw", "zolw"),
        ("Łódź", "lodz"),
        ("Zażółć gęślą jaźń", "zazolc gesla jazn"),
        ("  Jan\t\u00a0 Kowalski\n", "jan kowalski"),
        ("Straße", "strasse"),
        ("Příliš žluťoučký kůň", "prilis zlutoucky kun"),
        ("Ćwirđ Søren Œuvre Ħ", "cwird soren oeuvre h"),
        ("İstanbul ısı", "istanbul isi"),
        ("ｆｕｌｌ №5 ™", "full no5 tm"),
        ("co\u00adope\u200bration", "cooperation"),
        ("SKU-12/A_b", "sku-12/a_b"),
        ("", ""),
    ],
)
def test_text_is_folded_to_plain_letters(text: str, folded: str) -> None:
    assert fold(text) == folded


@given(st.text())
def test_folding_twice_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(st.text(alphabet="aąbcćdeęfghijklłmnńoóprsśtuwyzźż "))
def test_case_does_not_matter_to_search(text: str) -> None:
    assert fold(text.upper()) == fold(text)
