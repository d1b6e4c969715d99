"""Printed invoices, read back as a person or a program would."""

import io
from dataclasses import replace
from datetime import date
from decimal import Decimal
from itertools import pairwise

import pypdf
import pytest
from pypdf.generic import ArrayObject, Destination, DictionaryObject, PdfObject, StreamObject

from builders.snapshots import (
    a_company,
    a_company_invoice,
    a_consumer,
    a_deposit_invoice,
    a_line,
    a_seller,
    an_exempt_invoice,
    an_invoice,
    an_invoice_of,
    unpaid,
    with_lines,
)
from stragan.core.snapshot import DocumentKind, DocumentSnapshot, Payment
from stragan.formats.pdf import render
from stragan.formats.pdf.document import document_of
from stragan.formats.pdf.styles import GRID


def read(pdf: bytes) -> pypdf.PdfReader:
    return pypdf.PdfReader(io.BytesIO(pdf))


def dictionary(value: object) -> DictionaryObject:
    """Follow a reference to the dictionary it must be."""
    found = value.get_object() if isinstance(value, PdfObject) else value
    assert isinstance(found, DictionaryObject)
    return found


def pages_of(snapshot: DocumentSnapshot) -> list[str]:
    return [page.extract_text().replace("\u00a0", " ") for page in read(render(snapshot)).pages]


def text_of(snapshot: DocumentSnapshot) -> str:
    return "\n".join(pages_of(snapshot))


def test_a_paid_consumer_invoice_says_everything_the_law_asks_for() -> None:
    text = text_of(an_invoice())
    for part in (
        "Faktura\nFV 119/11/2026",
        "Przykład Handel sp. z o.o.",
        "NIP 1111111111",
        "BDO 000000000",
        "Anna Próbna-Wzorcowa\nul. Testowa 7/12\n80-001 Gdańsk",
        "Data wystawienia 23.11.2026",
        "Data zapłaty 21.11.2026",
        "a1b2c3d4-0000-11ef-8000-00000000e5f6",
        "1 Kubek emaliowany 0,5 l „Las”, zielony\nSKU KE-05-Z\n2 szt. 34,99 23% 69,98",
        "23% 86,97 20,00 106,97",
        "Razem 86,97 20,00 106,97",
        "Należność ogółem",
        "106,97 zł",
        "słownie: sto sześć złotych 97/100",
        "Zapłacono 21.11.2026 106,97",
        "Pozostało do zapłaty 0,00",
        "płatność Allegro (PayU)",
        "Faktura dla nabywcy bez NIP,\nwystawiona poza KSeF.",
        "strona 1 z 1",
    ):
        assert part in text
    assert "Rachunek" not in text
    assert "Rabat" not in text


def test_an_unpaid_company_invoice_says_how_to_pay_and_that_ksef_has_not_got_it() -> None:
    text = text_of(a_company_invoice())
    for part in (
        "NIP 5555555555",
        "Data sprzedaży 22.11.2026",
        "Numer KSeF\nnie wysłano do KSeF",
        "SKU LB-2041 · EAN 5900000000015\n2 szt. 149,00 −20,00 23% 278,00",
        "5% 209,01 10,45 219,46",
        "Do zapłaty",
        "termin 7.12.2026",
        "804,50 zł",
        "Termin 7.12.2026 (14 dni)",
        "85 9990 0000 0000 0000 0000 1234",
        "Bank Bank Przykładowy S.A.",
        "Tytuł FV 118/11/2026",
    ):
        assert part in text
    assert "poza KSeF" not in text


def test_an_exempt_seller_prints_the_basis_and_no_tax() -> None:
    text = text_of(an_exempt_invoice())
    assert "zwolnienie: art. 113 ust. 1 ustawy o VAT" in text
    assert "Cena Rabat Wartość" in text
    assert "Stawka" not in text
    assert "brutto" not in text
    assert "Rękodzieło Żaneta Próbna · ul. Ćwiczebna 12, 31-999 Kraków · NIP 2222222222" in text


def test_exempt_lines_of_a_vat_payer_print_their_basis() -> None:
    base = replace(an_invoice(), exemption_basis="art. 43 ust. 1 pkt 29 ustawy o VAT")
    text = text_of(with_lines(base, a_line(1), a_line(2, vat_code="zw")))
    assert "zw – zwolnienie: art. 43 ust. 1 pkt 29 ustawy o VAT" in text
    assert "zw 69,98 0,00 69,98" in text


def test_a_deposit_stands_outside_the_invoice_total() -> None:
    text = text_of(a_deposit_invoice())
    for part in (
        "Kaucja za opakowania – poza podstawą VAT, nie jest częścią należności z faktury",
        "Butelka PET do 3 l 18 0,50 9,00",
        "Razem kaucja 13,00",
        "Razem 106,59 15,24 121,83",
        "Należność ogółem (faktura) 121,83",
        "Kaucja (poza VAT) 13,00",
        "134,83 zł",
        "słownie: sto trzydzieści cztery\nzłote 83/100",
    ):
        assert part in text


def test_cash_on_delivery_is_due_at_the_door() -> None:
    text = text_of(an_invoice(payment=unpaid(None, "cod")))
    assert "Sposób za pobraniem" in text
    assert "przy odbiorze" in text
    assert "Rachunek" not in text


def test_a_part_payment_shows_what_is_left() -> None:
    part = Payment(
        method="transfer", provider="", paid=Decimal("6.97"), paid_date=date(2026, 11, 22), due_date=None
    )
    text = text_of(an_invoice(payment=part))
    assert "Zapłacono 22.11.2026 6,97" in text
    assert "Pozostało do zapłaty 100,00" in text
    dated = text_of(an_invoice(payment=replace(part, due_date=date(2026, 12, 7))))
    assert "Pozostało do 7.12.2026 100,00" in dated


def test_an_overpayment_is_shown() -> None:
    more = replace(an_invoice().payment, paid=Decimal("110.00"))
    text = text_of(an_invoice(payment=more))
    assert "Pozostało do zapłaty 0,00" in text
    assert "Nadpłata 3,03" in text


def test_amounts_in_another_currency_carry_its_code() -> None:
    text = text_of(
        an_invoice(currency="CZK", buyer=replace(a_consumer(), country="CZ", postal_code="110 00"))
    )
    assert "106,97 CZK" in text
    assert "kwoty w CZK" in text
    assert "Czechy" in text
    assert "sto sześć i 97/100 CZK" in " ".join(text.split())


def test_an_eu_company_and_reverse_charge_are_named() -> None:
    buyer = replace(a_company(), nip="", vat_eu="SK1234567890", country="SK")
    text = text_of(with_lines(an_invoice(buyer=buyer), a_line(1, vat_code="oo")))
    assert "VAT UE SK1234567890" in text
    assert "odwrotne obciążenie" in text


def test_quantities_and_long_amounts_fit_their_columns() -> None:
    base = an_invoice(supply_date=None, supply_kind=None)
    line = a_line(
        quantity=Decimal("1234.5678"),
        unit="opakowanie zbiorcze",
        unit_gross=Decimal("987654.32"),
        gross=Decimal("1219327103.99"),
    )
    text = text_of(with_lines(base, line))
    assert "1 234,5678" in text
    assert "1 219 327 103,99 zł" in text
    assert "Data sprzedaży" not in text


def test_the_file_is_a_tagged_polish_archive_document() -> None:
    reader = read(render(an_invoice()))
    root = reader.root_object
    assert str(root["/Lang"]) == "pl-PL"
    assert bool(dictionary(root["/MarkInfo"])["/Marked"])
    assert "/StructTreeRoot" in root
    metadata = root["/Metadata"].get_object()
    assert isinstance(metadata, StreamObject)
    xmp = metadata.get_data().decode()
    for part in ("<pdfaid:part>3<", "<pdfaid:conformance>A<", "<pdfuaid:part>1<"):
        assert part in xmp
    assert reader.metadata is not None
    assert reader.metadata.title == "Faktura FV 119/11/2026"
    assert [entry.title for entry in reader.outline if isinstance(entry, Destination)] == [
        "Faktura FV 119/11/2026"
    ]
    assert reader.metadata.author == "Przykład Handel sp. z o.o."
    assert str(reader.metadata["/CreationDate"]) == "D:20261123101530Z"


def test_only_our_fonts_are_used_and_all_are_embedded() -> None:
    names = set()
    for page in read(render(an_invoice(notes="ﬀ ə ₺ ⅓"))).pages:
        for font in dictionary(dictionary(page["/Resources"])["/Font"]).values():
            descendants = dictionary(font)["/DescendantFonts"]
            assert isinstance(descendants, ArrayObject)
            descendant = dictionary(descendants[0])
            assert "/FontFile2" in dictionary(descendant["/FontDescriptor"])
            names.add(str(descendant["/BaseFont"]).split("+")[1])
    assert names <= {"Lato-Regular", "Lato-Bold", "NotoSans", "NotoSans-Regular", "NotoSans-Bold"}
    assert {"Lato-Regular", "Lato-Bold"} <= names


@pytest.mark.parametrize("count", [*range(1, 61), 100])
def test_any_number_of_lines_is_planned_without_orphans(count: int) -> None:
    document = document_of(an_invoice_of(count))
    assert document.pages
    assert [(page.first_row, page.end_row) for page in document.pages][-1][1] == count
    last = document.pages[-1]
    assert last.end_row - last.first_row >= min(2, count)
    assert document.table.dense == (count >= 19)


@pytest.mark.parametrize(
    ("count", "pages"), [(10, 1), (12, 1), (14, 2), (18, 2), (19, 1), (25, 2), (40, 2), (100, 3)]
)
def test_the_printed_pages_are_the_planned_ones(count: int, pages: int) -> None:
    snapshot = an_invoice_of(count)
    printed = pages_of(snapshot)
    planned = document_of(snapshot).pages
    assert len(printed) == len(planned) == pages
    for text, page in zip(printed, planned, strict=True):
        assert page.label in text
        assert "Nazwa towaru lub usługi" in text
        assert f"SKU M-{1000 + 7 * page.first_row}" in text
        assert f"SKU M-{1000 + 7 * (page.end_row - 1)}" in text
    for before, after in pairwise(printed):
        carried = before.split("do przeniesienia ")[1].split("\n")[0]
        assert f"z przeniesienia {carried}" in after
        assert "Faktura FV 120/11/2026 z dnia 23.11.2026" in after
    assert "słownie" in printed[-1]


def test_notes_too_long_for_a_column_take_the_whole_width() -> None:
    notes = "\n".join(
        f"Uwaga numer {place}: prosimy o sprawdzenie przesyłki przy kurierze." for place in range(20)
    )
    printed = pages_of(an_invoice(notes=notes))
    assert len(printed) == 1
    assert "Uwaga numer 19: prosimy o sprawdzenie przesyłki przy kurierze.\n" in printed[0] + "\n"


def test_notes_that_do_not_fit_under_the_totals_get_a_page_of_their_own() -> None:
    notes = "\n".join(f"Uwaga numer {place}." for place in range(40))
    first, second = pages_of(an_invoice(notes=notes))
    assert "słownie" in first
    assert "strona 1 z 2" in first
    assert "do przeniesienia" not in first
    assert second.count("Uwaga numer") == 40
    assert "strona 2 z 2" in second


@pytest.mark.parametrize(
    "snapshot",
    [an_invoice(), a_company_invoice(), a_deposit_invoice(), an_exempt_invoice(), an_invoice_of(40)],
)
def test_the_printed_height_is_the_planned_one(snapshot: DocumentSnapshot) -> None:
    document = document_of(snapshot)
    last = document.pages[-1]
    rows = document.table.rows[last.first_row : last.end_row]
    head = document.head.height + GRID.head_gap if len(document.pages) == 1 else 0
    planned = (
        GRID.top + head + document.table.header_height + sum(row.height for row in rows)
        + GRID.block_gap + document.tail.height
    )  # fmt: skip
    baselines: list[float] = []
    page = read(render(snapshot)).pages[-1]

    def note(text: str, outer: list[float], inner: list[float], *_: object) -> None:
        if text.strip():
            baselines.append(GRID.height - (inner[5] * outer[3] + outer[5]))

    page.extract_text(visitor_text=note)
    body = [baseline for baseline in baselines if baseline < GRID.height - GRID.bottom]
    assert max(body) == pytest.approx(planned, abs=0.1)


def test_company_text_too_long_for_the_foot_goes_into_the_notes() -> None:
    footer = "Sąd Rejonowy dla miasta stołecznego Warszawy, kapitał zakładowy. " * 12
    snapshot = an_invoice(seller=a_seller(footer=footer))
    assert document_of(snapshot).footer == []
    assert " ".join(text_of(snapshot).split()).count("Sąd Rejonowy") == 12


def test_a_name_taller_than_a_page_flows_over_pages_and_nothing_is_cut() -> None:
    name = " ".join(f"słowo{place}" for place in range(2500))
    snapshot = with_lines(an_invoice(), a_line(1, name=name), a_line(2))
    assert document_of(snapshot).pages == []
    text = text_of(snapshot)
    assert "słowo2499" in text
    assert "słownie" in text
    assert "strona 2 z" in text


def test_a_simple_invoice_is_small() -> None:
    assert len(render(an_invoice())) <= 70 * 1024


def test_the_shop_alias_stays_inside_the_system() -> None:
    assert "przyklad-handel" not in text_of(a_company_invoice())


@pytest.mark.parametrize(
    ("kind", "title", "what_it_is_not"),
    [
        (DocumentKind.PRO_FORMA, "Pro forma", "Nie jest fakturą ani dowodem księgowym."),
        (DocumentKind.OFFER, "Oferta", "Nie jest fakturą ani dowodem księgowym."),
        (DocumentKind.RECEIPT, "Potwierdzenie sprzedaży", "Nie jest paragonem fiskalnym ani fakturą."),
        (DocumentKind.OTHER_INCOME, "Inny przychód – sprzedaż", "Nie jest fakturą ani paragonem."),
    ],
)
def test_every_other_kind_says_under_its_title_what_it_is_not(
    kind: DocumentKind, title: str, what_it_is_not: str
) -> None:
    text = " ".join(text_of(an_invoice(kind=kind)).split())
    assert text.startswith(f"{title} ")
    assert what_it_is_not in text
