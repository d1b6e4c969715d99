"""Corrections and void documents on paper: before, after, difference; ANULOWANY."""

import io
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pypdf
import pytest

from builders.snapshots import a_line, an_exempt_seller, an_invoice, with_lines
from stragan.core.snapshot import DocumentKind, DocumentSnapshot
from stragan.documents.correcting import LineChange, freeze_correction, plan, state_of
from stragan.formats.pdf import render


def a_correction(original: DocumentSnapshot, *changes: LineChange, to_zero: bool = False) -> DocumentSnapshot:
    """A correction of *original*, dated the same day."""
    planned = plan(original, before=state_of(original, None), changes=changes, to_zero=to_zero)
    return freeze_correction(
        original, planned, frame=original, number="KOR 12/11/2026", reason="zwrot 1 szt. (poz. 1)"
    )


def words_of(snapshot: DocumentSnapshot, **options: Any) -> str:
    pages = pypdf.PdfReader(io.BytesIO(render(snapshot, **options))).pages
    text = " ".join(page.extract_text() for page in pages)
    return " ".join(text.replace("\xa0", " ").replace("−", "-").split())


def two_lines(**changes: Any) -> DocumentSnapshot:
    return with_lines(
        an_invoice(**changes),
        a_line(1, name="Lampka biurkowa LED", quantity=Decimal(2), unit_gross=Decimal("149.00")),
        a_line(2, name="Książka o remontach", vat_code="5", unit_gross=Decimal("49.90")),
    )


def test_a_correction_prints_before_after_and_difference() -> None:
    original = two_lines()
    text = words_of(a_correction(original, LineChange(position=1, quantity=Decimal(1))))
    assert text.startswith("Faktura korygująca KOR 12/11/2026 Do faktury")
    assert original.number in text
    assert "zwrot 1 szt. (poz. 1)" in text
    for word in ("przed", "po", "różnica", "-149,00", "Do zwrotu nabywcy", "149,00", "sto czterdzieści"):
        assert word in text, word
    assert "Książka" not in text  # it did not change


@pytest.mark.parametrize(
    ("kind", "title"),
    [
        (DocumentKind.RECEIPT, "Korekta potwierdzenia sprzedaży"),
        (DocumentKind.OTHER_INCOME, "Korekta innego przychodu"),
    ],
)
def test_only_the_correction_of_an_invoice_is_called_invoice(kind: DocumentKind, title: str) -> None:
    text = words_of(a_correction(two_lines(kind=kind), to_zero=True))
    assert text.startswith(title)
    assert "Faktura" not in text.split("Sprzedawca")[0]


def test_an_exempt_seller_prints_no_tax() -> None:
    original = with_lines(an_invoice(seller=an_exempt_seller()), a_line(1, vat_code="zw"))
    original = replace(original, exemption_basis="art. 113 ust. 1 ustawy o VAT")
    text = words_of(a_correction(original, to_zero=True))
    assert "art. 113 ust. 1" in text
    assert "Netto" not in text


def test_many_corrected_lines_keep_together_and_every_page_is_planned() -> None:
    original = with_lines(an_invoice(), *(a_line(place) for place in range(1, 31)))
    snapshot = a_correction(original, to_zero=True)
    pages = pypdf.PdfReader(io.BytesIO(render(snapshot))).pages
    assert len(pages) > 1
    last = pages[-1].extract_text()
    assert "różnica" in last
    assert "Do zwrotu nabywcy" in last


def test_a_void_document_says_so_and_prints_the_same_bytes_again() -> None:
    text = words_of(two_lines(), voided_on=date(2026, 11, 24))
    assert "Dokument anulowany 24.11.2026" in text
    assert "ANULOWANY" in text
    again = render(two_lines(), voided_on=date(2026, 11, 24))
    assert again == render(two_lines(), voided_on=date(2026, 11, 24)) != render(two_lines())
