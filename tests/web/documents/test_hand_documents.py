"""Documents written by hand: begun, filled in, refused beside the field, issued, found again."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from builders.companies import NOW
from builders.issuing import corrected, voided
from builders.stock import a_product, in_stock, level
from stragan.contractors.models import Contractor
from stragan.documents.models import Document, Draft, OrderDocument
from stragan.products.models import Product
from web.documents.pages import text_of

pytestmark = pytest.mark.django_db(transaction=True)
SignIn = Callable[..., Client]
NEW = "documents:new"


def begun(client: Client, kind: str = "invoice", **more: str) -> Draft:
    client.post(reverse(NEW), {"kind": kind, **more})
    return Draft.objects.across_companies().latest("id")


def the_form(draft: Draft, **changes: str) -> dict[str, str]:
    """One lamp for 123.00 at 23 %, for a firm."""
    values = {
        "seen_at": draft.saved_at.isoformat(),
        "issue_date": "2026-11-23",
        "supply_date": "",
        "due_date": "2026-12-07",
        "method": "transfer",
        "buyer.name": "Lampy S.A.",
        "buyer.nip": "525-224-84-81",
        "buyer.street": "ul. Jasna 1",
        "buyer.postal_code": "00-950",
        "buyer.city": "Warszawa",
        "buyer.country": "PL",
        "buyer.company": "1",
        "lines.count": "1",
        "lines.0.origin": "0",
        "lines.0.name": "Lampa",
        "lines.0.quantity": "1",
        "lines.0.unit": "szt.",
        "lines.0.unit_gross": "123,00",
        "lines.0.discount": "",
        "lines.0.vat_code": "23",
        "notes": "",
    }
    return values | changes


def url(name: str, draft: Draft) -> str:
    return reverse(f"documents:{name}", args=[draft.public_id])


def test_an_invoice_without_an_order_is_issued_and_brings_its_contractor(
    signed_in: SignIn, company: Any
) -> None:
    client = signed_in()
    draft = begun(client)
    assert "FV 1/11/2026" in text_of(client.get(url("hand", draft)))
    done = client.post(url("issue_hand", draft), the_form(draft), follow=True)
    assert "Wystawiono FV 1/11/2026." in text_of(done)
    document = Document.objects.for_company(company).get()
    assert (document.order_id, str(document.gross), str(document.vat)) == (None, "123.00", "23.00")
    assert (document.buyer_name, document.original) == ("Lampy S.A.", True)
    assert Contractor.objects.for_company(company).get().match_key == "nip:5252248481"
    assert not Draft.objects.across_companies().exists()
    assert not OrderDocument.objects.across_companies().exists()
    assert client.get(url("hand", draft)).status_code == 404
    detail = text_of(client.get(reverse("documents:detail", args=[document.public_id])))
    assert "Bez zamówienia" in detail


@pytest.mark.parametrize("kind", ["receipt", "pro_forma", "offer", "other_income"])
def test_every_kind_can_be_written(signed_in: SignIn, company: Any, kind: str) -> None:
    company.receipts = "non_fiscal"
    company.save()
    client = signed_in()
    draft = begun(client, kind)
    done = client.post(url("issue_hand", draft), the_form(draft), follow=True)
    assert "Wystawiono" in text_of(done)
    assert Document.objects.for_company(company).get().kind == kind


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"lines.0.name": ""}, "Pozycja nie ma nazwy"),
        ({"lines.0.unit_gross": "sto"}, "Nie można odczytać tej wartości"),
        ({"lines.0.unit_gross": "0"}, "nic nie jest wart"),
        ({"buyer.nip": "5252248482"}, "NIP"),
        ({"buyer.city": ""}, "nabywcy"),
        ({"issue_date": "2026-11-30"}, "w przyszłości"),
        ({"supply_date": "2099-12-31"}, "Popraw ją na najpóźniej 22.01.2027"),
        ({"supply_date": "2016-11-23"}, "najwcześniejszy dzień to 01.01.2020"),
        ({"supply_date": "1926-11-23"}, "podatek się przedawnił"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_lost(
    signed_in: SignIn, changes: dict[str, str], said: str
) -> None:
    client = signed_in()
    draft = begun(client)
    answer = client.post(url("issue_hand", draft), the_form(draft, **changes))
    assert answer.status_code == 422
    assert said in text_of(answer)
    assert not Document.objects.across_companies().exists()
    assert Draft.objects.across_companies().get().pk == draft.pk


def test_a_supply_of_last_year_is_asked_about_and_may_be_right(signed_in: SignIn, company: Any) -> None:
    client = signed_in()
    draft = begun(client)
    seen = client.post(url("hand", draft), the_form(draft, supply_date="2025-11-23"), follow=True)
    assert "o ponad trzy miesiące wcześniejsza od daty wystawienia. Sprawdź rok." in text_of(seen)
    draft.refresh_from_db()
    client.post(url("issue_hand", draft), the_form(draft, supply_date="2025-11-23"), follow=True)
    assert str(Document.objects.for_company(company).get().supply_date) == "2025-11-23"


def test_lines_are_added_and_removed_and_saved_without_scripts(signed_in: SignIn) -> None:
    client = signed_in()
    draft = begun(client)
    answer = client.post(url("hand", draft), the_form(draft, do="add"))
    assert 'name="lines.1.name"' in answer.content.decode()
    more = {
        "lines.count": "2",
        "lines.1.origin": "1",
        "lines.1.name": "Żarówka",
        "lines.1.quantity": "2",
        "lines.1.unit": "szt.",
        "lines.1.unit_gross": "10",
        "lines.1.discount": "",
        "lines.1.vat_code": "8",
    }
    fragment = client.post(
        url("hand", draft), the_form(draft, **more, do="save"), headers={"HX-Request": "true"}
    )
    assert "143,00 zł" in text_of(fragment)
    answer = client.post(url("hand", draft), the_form(draft, **more, do="remove.0"))
    assert "Żarówka" in answer.content.decode()
    assert "Lampa" not in answer.content.decode()
    assert "Lampy S.A." in text_of(client.get(reverse(NEW)))


def test_a_contractor_and_a_product_are_taken_over(signed_in: SignIn, company: Any) -> None:
    contractor = Contractor.objects.for_company(company).create(
        company=company,
        match_key="allegro:44",
        name="Anna Próbna",
        allegro_buyer_id="44",
        street="ul. Długa 5",
        postal_code="90-001",
        city="Łódź",
        search_text="anna probna lodz",
        created_at=NOW,
        updated_at=NOW,
    )
    Product.objects.for_company(company).create(
        company=company,
        name="Kubek",
        name_key="kubek",
        sku="KUB-1",
        price=Decimal("40.00"),
        vat_code="23",
        search_text="kubek kub-1",
        created_at=NOW,
        changed_at=NOW,
    )
    client = signed_in()
    draft = begun(client)
    empty = the_form(
        draft, **{"lines.0.name": "", "lines.0.unit_gross": "0", "buyer.nip": "", "buyer.company": ""}
    )
    found = client.post(url("hand", draft), empty | {"find_contractor": "próbna", "find_product": "kub"})
    assert "Anna Próbna" in text_of(found)
    product = Product.objects.for_company(company).get()
    client.post(url("hand", draft), empty | {"do": f"contractor.{contractor.pk}"})
    page = client.post(
        url("hand", draft),
        empty
        | {"do": f"product.{product.pk}", "buyer.name": "Anna Próbna", "buyer.street": "ul. Długa 5"}
        | {"buyer.postal_code": "90-001", "buyer.city": "Łódź"},
    )
    assert 'value="Kubek"' in page.content.decode()
    draft.refresh_from_db()
    assert draft.content is not None
    line = draft.content["lines"][0]
    assert (line["sku"], line["vat_code"], line["unit_gross"]) == ("KUB-1", "23", "40.00")
    sent = the_form(draft, **{"lines.0.name": "Kubek", "lines.0.unit_gross": "40", "buyer.nip": ""})
    sent |= {"buyer.company": "", "buyer.name": "Anna Próbna"}
    client.post(url("issue_hand", draft), sent)
    document = Document.objects.for_company(company).get()
    assert document.contractor_id == contractor.pk


def test_nothing_is_red_before_it_was_typed_and_nothing_speaks_of_allegro(signed_in: SignIn) -> None:
    client = signed_in()
    draft = begun(client)
    half = the_form(draft, **{"buyer.name": "", "buyer.street": "", "lines.0.vat_code": ""})
    seen = text_of(client.post(url("hand", draft), half))
    assert "Podaj nazwę" not in seen
    draft.refresh_from_db()
    refused = client.post(url("issue_hand", draft), half | {"seen_at": draft.saved_at.isoformat()})
    assert refused.status_code == 422
    said = text_of(refused)
    assert "Podaj nazwę i pełny adres nabywcy." in said
    assert "Wybierz stawkę VAT tej pozycji." in said
    assert "danych nabywcy z Allegro" not in said


def issued(client: Client, kind: str, **changes: str) -> Document:
    draft = begun(client, kind)
    client.post(url("issue_hand", draft), the_form(draft, **changes))
    return Document.objects.across_companies().latest("id")


def converted(client: Client, document: Document, kind: str) -> Draft:
    client.post(reverse("documents:convert", args=[document.public_id, kind]))
    return Draft.objects.across_companies().latest("id")


@pytest.mark.parametrize(("paper", "kind"), [("pro_forma", "invoice"), ("offer", "receipt")])
def test_a_paper_without_an_order_becomes_a_document(
    signed_in: SignIn, company: Any, paper: str, kind: str
) -> None:
    company.receipts = "non_fiscal"
    company.save()
    client = signed_in()
    source = issued(client, paper)
    draft = converted(client, source, kind)
    assert converted(client, source, kind) == draft
    shown = text_of(client.get(url("hand", draft)))
    assert source.number in shown
    done = client.post(url("issue_hand", draft), the_form(draft, **{"lines.0.unit_gross": "100,00"}))
    assert done.status_code == 302
    document = Document.objects.for_company(company).latest("id")
    assert (document.kind, document.converted_from, str(document.gross)) == (kind, source, "100.00")
    assert (document.buyer_name, document.contractor) == ("Lampy S.A.", source.contractor)
    detail = text_of(client.get(reverse("documents:detail", args=[source.public_id])))
    assert document.number in detail
    assert "Wystaw fakturę" not in detail
    client.post(reverse("documents:convert", args=[source.public_id, kind]))
    assert not Draft.objects.across_companies().exists()


def test_a_receipt_without_an_order_gets_its_invoice_which_counts_nowhere_again(
    signed_in: SignIn, company: Any
) -> None:
    company.receipts = "non_fiscal"
    company.save()
    client = signed_in()
    receipt = issued(client, "receipt")
    draft = converted(client, receipt, "invoice")
    refused = client.post(url("issue_hand", draft), the_form(draft, **{"lines.0.unit_gross": "100,00"}))
    assert refused.status_code == 422
    draft.refresh_from_db()
    assert client.post(url("issue_hand", draft), the_form(draft)).status_code == 302
    invoice = Document.objects.for_company(company).latest("id")
    assert (invoice.converted_from, invoice.original) == (receipt, False)


def test_a_paper_voided_meanwhile_becomes_nothing(signed_in: SignIn, company: Any) -> None:
    client = signed_in()
    source = issued(client, "pro_forma")
    draft = converted(client, source, "invoice")
    voided(source)
    answer = client.post(url("issue_hand", draft), the_form(draft))
    assert answer.status_code == 422
    assert Document.objects.for_company(company).get() == source


def test_goods_of_the_catalog_leave_the_stock_and_come_back_when_voided(
    signed_in: SignIn, company: Any
) -> None:
    client = signed_in()
    product = a_product(company, "Lampa", sku="LAM-1")
    in_stock(company, product, 5)
    draft = begun(client)
    found = the_form(draft) | {"do": f"product.{product.pk}", "lines.0.name": "", "lines.0.unit_gross": ""}
    client.post(url("hand", draft), found)
    draft.refresh_from_db()
    client.post(url("issue_hand", draft), the_form(draft, **{"lines.0.quantity": "2"}))
    invoice = Document.objects.for_company(company).get()
    assert level(product) == ("3", "0")
    detail = text_of(client.get(reverse("documents:detail", args=[invoice.public_id])))
    assert "WZ 1/11/2026" in detail
    corrected(invoice, {1: "1"})
    assert level(product) == ("4", "0")


def test_an_exempt_seller_has_no_rates_to_choose(signed_in: SignIn, company: Any) -> None:
    company.vat_payer, company.vat_exemption_basis = False, "art. 113 ust. 1 ustawy o VAT"
    company.save()
    client = signed_in()
    draft = begun(client)
    assert "bez VAT" in text_of(client.get(reverse(NEW)))
    client.post(url("issue_hand", draft), the_form(draft, **{"lines.0.vat_code": "zw"}))
    document = Document.objects.for_company(company).get()
    assert (str(document.vat), str(document.gross)) == ("0.00", "123.00")


def test_drafts_of_others_are_not_there(signed_in: SignIn, stranger: Client) -> None:
    draft = begun(signed_in())
    assert stranger.get(url("hand", draft)).status_code == 404
    assert stranger.post(url("issue_hand", draft), the_form(draft)).status_code == 404
    assert stranger.post(url("discard_hand", draft)).status_code == 404
    assert Draft.objects.across_companies().count() == 1


def test_a_draft_is_discarded_and_repeated_issuing_finds_nothing(signed_in: SignIn) -> None:
    client = signed_in()
    draft = begun(client)
    assert client.post(url("discard_hand", draft), follow=True).status_code == 200
    assert client.post(url("issue_hand", draft), the_form(draft)).status_code == 404
    again = begun(client)
    client.post(url("issue_hand", again), the_form(again))
    assert client.post(url("issue_hand", again), the_form(again)).status_code == 404
    assert Document.objects.across_companies().count() == 1


def test_a_draft_somebody_else_saved_is_not_overwritten(signed_in: SignIn) -> None:
    owner, clerk = signed_in(), signed_in("clerk")
    draft = begun(owner)
    stale = the_form(draft)
    clerk.post(url("hand", draft), stale | {"lines.0.name": "Od Kamila"})
    draft.refresh_from_db()
    draft.saved_at = NOW.replace(hour=10)
    draft.save()
    answer = owner.post(url("hand", draft), stale | {"lines.0.name": "Od Joanny"})
    assert answer.status_code == 409
    draft.refresh_from_db()
    assert draft.content is not None
    assert draft.content["lines"][0]["name"] == "Od Kamila"
