"""One box for everything: pages, orders, documents, contractors, products; and words of the list's search."""

from typing import Any

import pytest
from django.test import Client

from builders.companies import NOW, a_company, a_member, a_shop
from builders.orders import a_numbered_form, for_a_company, stored
from stragan.core.snapshot import DocumentKind
from stragan.documents.actions import Author
from stragan.flows.issue_document import issue_documents
from stragan.flows.issue_preparing import Wish
from stragan.kit.audit import Actor
from stragan.products.models import Product

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def client(company: Any) -> Client:
    client = Client(headers={"accept-language": "pl"})
    client.force_login(a_member(company))
    return client


@pytest.fixture
def orders(company: Any) -> list[Any]:
    first = for_a_company(a_numbered_form(1), name="Żółw sp. z o.o.")
    second = a_numbered_form(2)
    second["lineItems"][0]["offer"]["id"] = "98765432101"
    return stored(a_shop(company), [first, second], now=NOW)


def found(client: Client, text: str) -> str:
    answer = client.get("/search/", {"q": text}, headers={"HX-Request": "true"})
    assert answer.status_code == 200
    return answer.content.decode()


def listed(client: Client, text: str) -> list[str]:
    answer = client.get("/orders/", {"q": text}).content.decode()
    return [part.split('"')[0] for part in answer.split('<tr id="o')[1:]]


def test_a_buyer_leads_to_the_order_the_document_and_the_contractor(
    client: Client, company: Any, orders: list[Any]
) -> None:
    wish = Wish(company=company, kind=DocumentKind.INVOICE, issue_date=NOW.date(), today=NOW.date())
    author = Author(user=None, actor=Actor.COMMAND, now=NOW, asked_at=NOW)
    issue_documents([orders[0].pk], wish=wish, author=author)
    text = found(client, "zolw")
    assert f'href="/orders/{orders[0].pk}/"' in text
    assert "Dokumenty" in text
    assert 'aria-label="Kontrahenci"' in text
    assert "kupujacy_2" not in text


def test_products_and_pages_are_found_by_name(client: Client, company: Any, orders: list[Any]) -> None:
    Product.objects.for_company(company).create(
        company=company,
        name="Talerz duży",
        name_key="talerz duzy",
        search_text="talerz duzy tal-1",
        created_at=NOW,
        changed_at=NOW,
    )
    assert orders
    assert "Talerz duży" in found(client, "talerz")
    assert 'href="/documents/"' in found(client, "dokum")


def test_without_scripts_it_is_a_page_of_its_own(client: Client, orders: list[Any]) -> None:
    text = client.get("/search/", {"q": "kupujacy_2"}).content.decode()
    assert text.startswith("<!doctype html>")
    assert f'href="/orders/{orders[1].pk}/"' in text
    assert "Nic nie znaleziono" in found(client, "czegoniema")


def test_a_stranger_finds_nothing_of_ours(orders: list[Any]) -> None:
    other = a_company(nip="1234563218", name="Obca sp. z o.o.")
    stranger = Client()
    stranger.force_login(a_member(other, email="stranger@example.com"))
    assert f"/orders/{orders[1].pk}/" not in found(stranger, "kupujacy_2")


@pytest.mark.parametrize("text", ["transakcja 2", "nr transakcji 2", "zamówienie 2", "order 2"])
def test_an_order_is_found_by_its_number_under_any_name(client: Client, orders: list[Any], text: str) -> None:
    assert listed(client, text) == [str(orders[1].pk)]


@pytest.mark.parametrize("text", ["aukcja 98765432101", "oferta 98765432101", "auction 98765432101"])
def test_an_offer_is_found_by_its_number_under_any_name(client: Client, orders: list[Any], text: str) -> None:
    assert listed(client, text) == [str(orders[1].pk)]


def test_an_offer_s_number_finds_no_order_that_merely_contains_it(client: Client, orders: list[Any]) -> None:
    assert orders
    assert listed(client, "aukcja 9876543210") == []
    assert listed(client, "aukcja kubek") != []
