"""WYSTAW in the browser: five kinds by VAT status, their drafts, the question about receipts."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from builders.companies import NOW
from builders.orders import a_numbered_form, for_a_company, stored
from stragan.core.snapshot import DocumentKind
from stragan.documents.actions import Author
from stragan.documents.models import Document, IssueRun
from stragan.documents.queries import snapshot_of
from stragan.flows.issue_document import issue_documents
from stragan.flows.issue_preparing import Wish
from stragan.kit.audit import Actor
from web.documents.pages import form_of, text_of

SignIn = Callable[..., Client]
TODAY = date(2026, 11, 23)
PAYER = "Faktura f Paragony p Pro forma r Oferta o Inny przychód – sprzedaż i"
EXEMPT = "Faktura (bez VAT) f Paragony p Pro forma (bez VAT) r Oferta o Inny przychód – sprzedaż i"


def url(order: Any, kind: str, name: str = "draft") -> str:
    return reverse(f"documents:{name}", args=[order.pk, kind])


def issued(company: Any, order: Any, kind: DocumentKind) -> Document:
    author = Author(user=None, actor=Actor.COMMAND, now=NOW, asked_at=NOW)
    wish = Wish(company=company, kind=kind, issue_date=TODAY, today=TODAY)
    [outcome] = issue_documents([order.pk], wish=wish, author=author)
    document: Document = outcome.document  # type: ignore[union-attr]  # nothing refuses it
    return document


def choose_receipts(company: Any, receipts: str) -> None:
    company.receipts = receipts
    company.save()


def exempt(company: Any) -> None:
    company.vat_payer, company.vat_exemption_basis = False, "art. 113 ust. 1 ustawy o VAT"
    company.save()


@pytest.mark.parametrize("is_payer", [True, False])
def test_the_menu_follows_the_vat_status(
    signed_in: SignIn, company: Any, order: Any, *, is_payer: bool
) -> None:
    if not is_payer:
        exempt(company)
    client = signed_in()
    menu = PAYER if is_payer else EXEMPT
    assert menu in text_of(client.get("/orders/"))
    assert menu in text_of(client.get(f"/orders/{order.pk}/"))


@pytest.mark.parametrize(
    ("kind", "number", "button"),
    [
        ("invoice", "FV 1/11/2026", "Wystaw fakturę"),
        ("receipt", "PAR 1/11/2026", "Wystaw paragon"),
        ("pro_forma", "PRO 1/11/2026", "Wystaw pro formę"),
        ("offer", "OF 1/11/2026", "Wystaw ofertę"),
        ("other_income", "IP 1/11/2026", "Wystaw inny przychód"),
    ],
)
def test_every_kind_is_issued_from_its_draft(
    signed_in: SignIn, order: Any, kind: str, number: str, button: str
) -> None:
    company = order.company
    choose_receipts(company, "non_fiscal")
    client = signed_in()
    page = client.get(url(order, kind))
    text = text_of(page)
    assert number in text
    assert button in text
    answer = client.post(url(order, kind, "issue"), {**form_of(page), "do": "issue"}, follow=True)
    document = Document.objects.for_company(company).get()
    assert document.number == number
    assert f"Wystawiono {number}" in text_of(answer)


def test_other_income_has_no_buyer_and_papers_say_how_long_they_hold(
    signed_in: SignIn, company: Any, order: Any
) -> None:
    client = signed_in()
    assert 'name="buyer.name"' not in client.get(url(order, "other_income")).content.decode()
    page = client.get(url(order, "offer"))
    assert 'name="supply_date"' not in page.content.decode()
    assert "bez ruchu magazynu i bez księgowania" in text_of(page)
    sent = form_of(page) | {"valid_until": "2026-12-24", "do": "issue"}
    client.post(url(order, "offer", "issue"), sent)
    snapshot = snapshot_of(Document.objects.for_company(company).get())
    assert snapshot.valid_until == date(2026, 12, 24)


def test_a_seller_without_vat_sees_no_vat_in_the_draft(signed_in: SignIn, company: Any, order: Any) -> None:
    exempt(company)
    page = signed_in().get(url(order, "invoice"))
    html = page.content.decode()
    assert "Faktura (bez VAT)" in text_of(page)
    assert '<select class="form-select"' not in html[html.index('id="draft-form"') :]
    assert form_of(page)["lines.0.vat_code"] == "zw"


def test_what_receipts_are_is_asked_once_before_the_first(
    signed_in: SignIn, company: Any, order: Any
) -> None:
    client = signed_in()
    question = client.get(url(order, "receipt")).headers["Location"]
    assert question == f"/documents/receipts/?order={order.pk}"
    assert "Czym są paragony w Twojej firmie?" in text_of(client.get(question))
    unanswered = client.post("/documents/receipts/", {"order": order.pk})
    assert (unanswered.status_code, "Wybierz jedno z dwojga." in text_of(unanswered)) == (422, True)
    answer = client.post("/documents/receipts/", {"order": order.pk, "receipts": "non_fiscal"})
    assert answer.headers["Location"] == url(order, "receipt")
    company.refresh_from_db()
    assert company.receipts == "non_fiscal"
    assert client.get(url(order, "receipt")).status_code == 200


def test_who_may_not_choose_is_told_whom_to_ask(signed_in: SignIn, company: Any, order: Any) -> None:
    signed_in("owner")
    clerk = signed_in("clerk")
    page = clerk.get(f"/documents/receipts/?order={order.pk}")
    assert "Zapytaj: owner@example.com" in text_of(page)
    assert clerk.post("/documents/receipts/", {"receipts": "fiscal"}).status_code == 422
    company.refresh_from_db()
    assert company.receipts == ""


def test_a_run_of_receipts_asks_first_and_is_checked_again_by_the_answer(
    signed_in: SignIn, company: Any, shop: Any
) -> None:
    orders = stored(shop, [a_numbered_form(1), a_numbered_form(2)], now=NOW)
    client = signed_in()
    client.post("/orders/issue/", {"order": [one.pk for one in orders], "kind": "receipt"})
    run = IssueRun.objects.for_company(company).get()
    preview = reverse("documents:preview", args=[run.public_id])
    assert client.get(preview).headers["Location"] == f"/documents/receipts/?run={run.public_id}"
    answer = client.post(
        "/documents/receipts/", {"run": str(run.public_id), "receipts": "fiscal"}, follow=True
    )
    assert "Zablokowane 2" in text_of(answer)
    assert run.items.filter(code="fiscal_receipt_missing").count() == 2


def test_a_fiscal_receipt_is_kept_with_its_number_register_and_day(
    signed_in: SignIn, company: Any, order: Any
) -> None:
    choose_receipts(company, "fiscal")
    client = signed_in()
    page = client.get(url(order, "receipt"))
    assert "Brakuje numeru paragonu fiskalnego" in text_of(page)
    sent = form_of(page) | {
        "fiscal_receipt.number": "000123",
        "fiscal_receipt.register_id": "ZAB 1301234567",
        "fiscal_receipt.day": "2026-11-22",
        "do": "issue",
    }
    client.post(url(order, "receipt", "issue"), sent)
    receipt = snapshot_of(Document.objects.for_company(company).get()).fiscal_receipt
    assert receipt is not None
    assert (receipt.number, receipt.register_id, receipt.date) == (
        "000123",
        "ZAB 1301234567",
        date(2026, 11, 22),
    )


def test_a_pro_forma_is_made_into_an_invoice_from_its_page(
    signed_in: SignIn, company: Any, order: Any
) -> None:
    paper = issued(company, order, DocumentKind.PRO_FORMA)
    client = signed_in()
    detail = reverse("documents:detail", args=[paper.public_id])
    assert "Wystaw fakturę" in text_of(client.get(detail))
    page = client.post(f"{detail}convert/invoice/", follow=True)
    assert "Na podstawie PRO 1/11/2026" in text_of(page)
    client.post(url(order, "invoice", "issue"), {**form_of(page), "do": "issue"})
    invoice = Document.objects.for_company(company).get(kind="invoice")
    assert invoice.converted_from_id == paper.pk
    again = client.post(f"{detail}convert/receipt/", follow=True)
    assert "Z dokumentu PRO 1/11/2026 nie można tego zrobić" in text_of(again)


@pytest.mark.parametrize("confirmed", [True, False])
def test_an_invoice_to_a_fiscal_receipt_bears_a_nip_only_if_the_receipt_does(
    signed_in: SignIn, company: Any, shop: Any, *, confirmed: bool
) -> None:
    choose_receipts(company, "fiscal")
    [order] = stored(shop, [for_a_company(a_numbered_form(1))], now=NOW)
    client = signed_in()
    page = client.get(url(order, "receipt"))
    known = {"number": "7", "register_id": "ZAB 1", "day": "2026-11-22"}
    sent = form_of(page) | {f"fiscal_receipt.{name}": value for name, value in known.items()}
    client.post(url(order, "receipt", "issue"), {**sent, "do": "issue"})
    receipt = Document.objects.for_company(company).get()
    assert "Faktura do paragonu" in text_of(client.get(f"/orders/{order.pk}/"))
    page = client.post(reverse("documents:convert", args=[receipt.public_id, "invoice"]), follow=True)
    assert "art. 106b ust. 5" in text_of(page)
    sent = form_of(page) | ({"receipt_had_nip": "1"} if confirmed else {})
    answer = client.post(url(order, "invoice", "issue"), {**sent, "do": "issue"})
    invoice = Document.objects.for_company(company).filter(kind="invoice").first()
    assert (answer.status_code, invoice is not None) == ((302, True) if confirmed else (422, False))
    if invoice is not None:
        snapshot = snapshot_of(invoice)
        assert (snapshot.to_receipt, snapshot.receipt_had_nip, invoice.original) == (
            "PAR 1/11/2026",
            True,
            False,
        )


def test_the_preview_names_the_kind_and_says_that_papers_move_nothing(signed_in: SignIn, shop: Any) -> None:
    orders = stored(shop, [a_numbered_form(1), a_numbered_form(2, status="FILLED_IN")], now=NOW)
    client = signed_in()
    page = client.post(
        "/orders/issue/", {"order": [one.pk for one in orders], "kind": "pro_forma"}, follow=True
    )
    text = text_of(page)
    assert "Pro forma" in text
    assert "PRO 1–2/11/2026" in text
    assert "Magazyn i księgi bez zmian dokument handlowy" in text
    assert "Wystaw 2 dokumenty" in text


def test_the_preview_of_a_seller_without_vat_has_no_vat(signed_in: SignIn, company: Any, shop: Any) -> None:
    exempt(company)
    orders = stored(shop, [a_numbered_form(1), a_numbered_form(2)], now=NOW)
    page = signed_in().post(
        "/orders/issue/", {"order": [one.pk for one in orders], "kind": "invoice"}, follow=True
    )
    text = text_of(page)
    assert "Faktura (bez VAT)" in text
    assert "109,98 zł sprzedawca zwolniony z VAT" in text
    assert "Netto" not in text
