"""Corrections that wait for the day of receipt, as an accountant sees them: list, deed, file, document."""

import csv
import io
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from builders.book_keeping import Firm, a_correction, a_sale
from builders.companies import NOW, a_company, a_member
from stragan.books.actions.months import close_month
from stragan.books.models import VatRow
from stragan.books.queries import awaiting_receipt
from stragan.core.snapshot import DocumentKind
from stragan.documents.models import Document

pytestmark = pytest.mark.django_db
PAGE = "/books/vat/waiting/"
SAID = {"day": "2026-11-03", "how": "reply"}


@pytest.fixture(autouse=True)
def _today(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STRAGAN_NOW", NOW.isoformat())


@pytest.fixture
def firm() -> Firm:
    return Firm(company=a_company(books="kpir"))


def given_back(firm: Firm, left: str) -> Document:
    said = a_sale(DocumentKind.INVOICE, [("23", Decimal("123.00"))], issue_date=date(2026, 10, 3))
    invoice = firm.issue(said)
    back = a_correction(said, [("23", Decimal(left))], on=date(2026, 10, 20))
    return firm.issue(back, corrects=invoice)


def opened(firm: Firm, *, role: str = "accountant", language: str = "pl") -> Client:
    client = Client(headers={"Accept-Language": language})
    client.force_login(a_member(firm.company, email=f"{role}-{language}@firma.example", role=role))
    return client


def text(response: Any) -> str:
    found: str = response.content.decode().replace("\xa0", " ").replace("\u2212", "-")
    return found


def test_the_page_lists_what_waits_with_its_sum_and_a_way_to_each(firm: Firm) -> None:
    correction = given_back(firm, "12.30")
    given_back(firm, "61.50")
    page = text(opened(firm).get(PAGE))
    assert reverse("documents:detail", args=[correction.public_id]) in page
    assert reverse("documents:detail", args=[correction.corrects.public_id]) in page  # type: ignore[union-attr]
    assert "20.10.2026" in page
    assert correction.buyer_name in page
    assert "-20,70" in page
    assert "Razem, 2 korekty" in page
    for total in ("-140,00", "-32,20", "-172,20"):
        assert total in page
    english = text(opened(firm, language="en").get(PAGE))
    assert "Awaiting confirmation of receipt" in english
    assert "Total, 2 corrections" in english


def test_the_register_leads_there_only_while_something_waits(firm: Firm) -> None:
    client = opened(firm)
    for period in ("2026-10", "2026-12"):  # with rows and without
        assert PAGE not in text(client.get(reverse("books:vat"), {"period": period}))
    given_back(firm, "12.30")
    for period in ("2026-10", "2026-12"):
        page = text(client.get(reverse("books:vat"), {"period": period}))
        assert f"{PAGE}?period={period}" in page
        assert "Do rozliczenia" in page
    assert PAGE not in text(client.get(reverse("books:revenue"), {"period": "2026-10"}))


def test_one_or_several_are_confirmed_with_one_day(firm: Firm) -> None:
    client = opened(firm)
    first, second, third = (given_back(firm, left) for left in ("12.30", "61.50", "100.00"))
    done = client.post(PAGE, {"document": [first.pk], "day": "2026-10-31", "how": "reply"}, follow=True)
    assert "1 korekta jest w rejestrze VAT za 10/2026." in text(done)
    done = client.post(PAGE, SAID | {"document": [second.pk, third.pk]}, follow=True)
    assert "2 korekty są w rejestrze VAT za 11/2026." in text(done)
    assert "Żadna korekta nie czeka na potwierdzenie" in text(done)
    rows = VatRow.objects.for_company(firm.company).order_by("document_id")
    periods = dict(rows.values_list("document_id", "period"))
    assert [periods[one.pk] for one in (first, second, third)] == ["2026-10", "2026-11", "2026-11"]


def test_a_refusal_says_why_and_keeps_what_was_chosen(firm: Firm) -> None:
    client = opened(firm)
    correction = given_back(firm, "12.30")
    chosen = {"document": [correction.pk]}
    ticked = f'aria-label="{correction.number}" checked'
    for day, reason in (
        ("kiedyś", "Podaj dzień potwierdzenia odbioru i to, jak go potwierdzono."),
        ("2026-10-19", f"Odbioru korekty {correction.number} nie można było potwierdzić przed 20.10.2026"),
        ("2026-11-24", f"Odbioru korekty {correction.number} nie można było potwierdzić przed 20.10.2026"),
    ):
        refused = client.post(PAGE, {**chosen, "day": day, "how": "reply"})
        assert refused.status_code == 422
        assert reason in text(refused)
        assert ticked in text(refused)
    for wrong in ({}, {"document": ["x", "9" * 30, 0]}):
        refused = client.post(PAGE, {**wrong, "day": "2026-11-03", "how": "reply"})
        assert refused.status_code == 422
        assert "Wybierz co najmniej jedną" in text(refused)
    many = {"document": [correction.pk, *range(10**9, 10**9 + 1000)]}
    refused = client.post(PAGE, {**many, "day": "2026-11-03", "how": "reply"})
    assert "Wybierz naraz najwyżej tyle korekt: 1 000." in text(refused).replace("\xa0", " ")
    close_month(company=firm.company, registers=["vat"], period="2026-10", by=firm.boss, now=NOW)
    refused = client.post(PAGE, {**chosen, "day": "2026-10-31", "how": "reply"})
    assert refused.status_code == 422
    assert "Następny otwarty to 11/2026" in text(refused)
    assert list(awaiting_receipt(firm.company)) == [correction]


def test_who_only_looks_sees_the_list_without_the_deed(firm: Firm) -> None:
    correction = given_back(firm, "12.30")
    client = opened(firm, role="clerk")
    page = text(client.get(PAGE))
    assert correction.number in page
    assert 'name="day"' not in page
    assert client.post(PAGE, SAID | {"document": [correction.pk]}).status_code == 403


def test_nobody_confirms_for_another_company(firm: Firm) -> None:
    correction = given_back(firm, "12.30")
    stranger = Firm(company=a_company(books="kpir", nip="1111111111"))
    client = opened(stranger)
    assert correction.number not in text(client.get(PAGE))
    assert client.post(PAGE, SAID | {"document": [correction.pk]}).status_code == 422
    assert list(awaiting_receipt(firm.company)) == [correction]


def test_the_list_can_be_taken_away_as_a_file(firm: Firm) -> None:
    correction = given_back(firm, "12.30")
    client = opened(firm)
    answer = client.get(PAGE, {"export": "csv"})
    lines = b"".join(answer.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    head, row = csv.reader(io.StringIO(lines), delimiter=";")
    assert head == ["Lp.", "Numer", "Wystawiono", "Koryguje", "NIP", "Nazwa", "Netto", "VAT", "Brutto"]
    assert row[1:4] == [correction.number, "2026-10-20", "invoice 1"]
    assert row[6:] == ["-90,00", "-20,70", "-110,70"]
    assert client.get(PAGE, {"export": "xlsx"}).content.startswith(b"PK")
    month = client.get(reverse("books:vat"), {"period": "2026-10", "export": "csv"})
    assert correction.number not in b"".join(month.streaming_content).decode()  # type: ignore[attr-defined]


def test_the_document_says_that_it_waits_and_then_when_it_was_received(firm: Firm) -> None:
    correction = given_back(firm, "12.30")
    client = opened(firm)
    address = reverse("documents:detail", args=[correction.public_id])
    page = text(client.get(address))
    assert "do rozliczenia" in page
    assert PAGE in page
    client.post(PAGE, {"document": [correction.pk], "day": "2026-11-03", "how": "reply"})
    page = text(client.get(address))
    assert "do rozliczenia" not in page
    assert "Potwierdzono odbiór przez nabywcę: 03.11.2026" in page


def test_who_is_no_payer_any_more_still_finds_what_waits(firm: Firm) -> None:
    correction = given_back(firm, "12.30")
    firm.company.vat_payer, firm.company.vat_exemption_basis = False, "art. 113 ust. 1 ustawy o VAT"
    firm.company.save(update_fields=["vat_payer", "vat_exemption_basis"])
    client = opened(firm)
    december = {"period": "2026-12"}
    assert reverse("books:vat") in text(client.get(reverse("books:revenue"), december))
    client.post(PAGE, {"document": [correction.pk], "day": "2026-11-03", "how": "reply"})
    assert reverse("books:vat") not in text(client.get(reverse("books:revenue"), december))


def test_the_past_to_be_posted_tells_the_tax_that_will_wait(firm: Firm) -> None:
    said = a_sale(DocumentKind.INVOICE, [("23", Decimal("123.00"))], issue_date=date(2026, 10, 3))
    back = a_correction(said, [("23", Decimal("12.30"))], on=date(2026, 10, 20))
    firm.store(back, corrects=firm.store(said))
    page = text(opened(firm).get(reverse("books:past")))
    assert "Do -20,70 VAT z korekt zmniejszających czeka na potwierdzenie odbioru" in page
    assert ">23,00<" in page
