"""What the fonts cannot draw."""

import unicodedata
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders.snapshots import a_consumer, a_line, an_invoice, with_lines
from stragan.formats.pdf import GlyphGap, glyph_gaps, substituted
from stragan.formats.pdf.faces import drawable
from stragan.formats.pdf.glyphs import ORDINARY


@pytest.mark.parametrize(
    "text",
    [
        "Zażółć gęślą jaźń ŹDŹBŁO",
        "Příliš žluťoučký kůň",
        "Ľudmila Skúšobná",
        "Árvíztűrő tükörfúrógép",
        "Ελληνικά, Кириллица, Їжак",
        "−20,00 € · „cytat” – 25 m² × 3 °C ½ □",
        "#$*_@<>\\{}[]`~",
    ],
)
def test_european_text_and_markup_stay_as_they_are(text: str) -> None:
    assert substituted(text) == text


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("Kubek 😀", "Kubek □"),
        ("日本", "□□"),
        ("שלום", "□□□□"),
        ("zł\ue000oty", "zł□oty"),
        ("dzwonek\u0007", "dzwonek"),
        ("mi\u00adęk\u200bki\ufeff", "miękki"),
        ("\u202e12,34\u202c", "12,34"),
        ("rodzina 👩\u200d👧\ufe0f", "rodzina □□"),
        ("raz\ndwa\ttrzy", "raz dwa trzy"),
        ("a\u0328 z\u0307", "ą ż"),
        ("\ud800", "□"),
    ],
)
def test_what_cannot_be_drawn_is_replaced_or_taken_out(text: str, printed: str) -> None:
    assert substituted(text) == printed


@given(st.text())
def test_substituting_leaves_only_drawable_visible_text(text: str) -> None:
    printed = substituted(text)
    assert substituted(printed) == printed
    assert all(drawable(char) for char in printed)
    assert not any(unicodedata.category(char) in {"Cc", "Cf", "Zl", "Zp"} for char in printed)


def test_ordinary_letters_are_all_drawn_and_composed() -> None:
    letters = [chr(code) for code in range(0x2300) if ORDINARY.fullmatch(chr(code))]
    assert len(letters) > 300
    for letter in letters:
        assert drawable(letter)
        assert unicodedata.normalize("NFC", letter) == letter
        assert not unicodedata.category(letter).startswith(("C", "M"))


def test_gaps_name_the_field_and_the_characters() -> None:
    name = "Kubek 😀 na 茶, 😀"
    snapshot = replace(
        with_lines(an_invoice(), a_line(1), a_line(2, name=name)), buyer=replace(a_consumer(), city="北京")
    )
    assert glyph_gaps(snapshot) == (
        GlyphGap("buyer.city", "北京", "北京"),
        GlyphGap("lines[1].name", name, "😀茶"),
    )


def test_an_ordinary_invoice_has_no_gaps() -> None:
    assert glyph_gaps(an_invoice(notes="Uwagi: ąęśćżźńół\n\u200bdruga linia □")) == ()
