"""The list of orders as a seller sees it."""

import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from builders.companies import a_company, a_shop
from builders.orders import a_numbered_form, for_a_company, stored, without_rate
from stragan.core.snapshot import DocumentKind
from stragan.documents.actions import Author
from stragan.flows.issue_document import Issued, issue_documents
from stragan.flows.issue_preparing import Wish
from stragan.kit.audit import Actor

pytestmark = pytest.mark.django_db


def page(client: Client, address: str = "/orders/", **headers: str) -> str:
    answer = client.get(address, headers=headers)
    assert answer.status_code == 200, (address, answer.status_code)
    return answer.content.decode()


def test_a_row_shows_number_buyer_offer_amount_payment_and_status(client: Client, store: Any) -> None:
    [order] = store(a_numbered_form(1))
    text = page(client)
    assert f'<a href="/orders/{order.pk}/">1</a>' in text
    assert "kupujacy_1" in text
    assert f'href="https://allegro.pl/oferta/{order.offer_id}"' in text
    assert "54,99\u00a0zł" in text
    assert "20.11" in text
    assert "Opłacone" in text
    assert 'data-amount="5499"' in text


def test_an_offer_sold_abroad_opens_on_its_own_marketplace(client: Client, store: Any) -> None:
    form = a_numbered_form(1)
    form["marketplace"] = {"id": "allegro-cz"}
    store(form)
    assert 'href="https://allegro.cz/nabidka/' in page(client)


def test_the_list_speaks_english(english: Client, store: Any) -> None:
    store(a_numbered_form(1))
    text = page(english)
    assert "Allegro orders" in text
    assert "FETCH NEW ORDERS" in text
    assert "zł54.99" not in text
    assert "54.99\u00a0zł" in text


def test_tabs_count_what_waits(client: Client, store: Any) -> None:
    store(a_numbered_form(1), without_rate(a_numbered_form(2)))
    text = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page(client)))
    assert "Do wystawienia 1" in text
    assert "Wymaga uwagi 1" in text
    assert "Wszystkie 2" in text


def test_a_tab_shows_only_its_orders(client: Client, store: Any) -> None:
    good, bad = store(a_numbered_form(1), without_rate(a_numbered_form(2)))
    text = page(client, "/orders/?tab=attention")
    assert f'id="o{bad.pk}"' in text
    assert f'id="o{good.pk}"' not in text
    assert "Brak stawki VAT" in text


def test_a_filter_narrows_the_list_and_stands_as_a_chip_with_a_way_out(client: Client, store: Any) -> None:
    person, firm = store(a_numbered_form(1), for_a_company(a_numbered_form(2)))
    text = page(client, "/orders/?invoice=yes")
    assert f'id="o{firm.pk}"' in text
    assert f'id="o{person.pk}"' not in text
    assert "Faktura: prosi o fakturę" in text
    assert "1–1 z <b>1</b>" in text


def test_search_finds_letters_without_their_tails(client: Client, store: Any) -> None:
    [order] = store(for_a_company(a_numbered_form(1), name="Żółw i Łódź s.c."))
    assert f'id="o{order.pk}"' in page(client, "/orders/?q=zolw lodz")
    assert "Żadne zamówienie nie pasuje do filtrów." in page(client, "/orders/?q=nietakiego")


def test_parts_of_the_address_that_make_no_sense_are_left_out(client: Client, store: Any) -> None:
    store(a_numbered_form(1))
    address = "/orders/?tab=x&page=-2&size=7&created_from=kiedy%C5%9B&shop=99999999999999&total_from=x&sort=z"
    assert "54,99\u00a0zł" in page(client, address)


def test_an_address_with_empty_parts_is_rewritten_without_them(client: Client, shop: Any) -> None:
    assert shop.pk
    answer = client.get("/orders/?payment=cod&market=&currency=&total_from=")
    assert answer["Location"] == "/orders/?payment=cod"


def test_htmx_gets_the_body_alone_and_a_clean_address(client: Client, store: Any) -> None:
    store(a_numbered_form(1))
    answer = client.get("/orders/?payment=paid&market=", headers={"HX-Request": "true", "HX-Boosted": "true"})
    assert answer["HX-Push-Url"] == "/orders/?payment=paid"
    assert answer.content.decode().lstrip().startswith('<div class="or-list" id="orders"')


def test_going_back_gets_the_whole_page(client: Client, store: Any) -> None:
    store(a_numbered_form(1))
    text = page(client, "/orders/", **{"HX-Request": "true", "HX-History-Restore-Request": "true"})
    assert text.startswith("<!doctype html>")


def test_closed_orders_are_hidden_and_one_click_away(client: Client, store: Any) -> None:
    first, second = store(a_numbered_form(1), a_numbered_form(2))
    client.post("/orders/status/", {"order": [first.pk], "status": "closed"})
    text = page(client)
    assert f'id="o{first.pk}"' not in text
    assert f'id="o{second.pk}"' in text
    assert "zamknięte i anulowane ukryte" in text
    assert f'id="o{first.pk}"' in page(client, "/orders/?hidden=1")


def test_columns_are_chosen_and_put_back(client: Client, store: Any) -> None:
    store(for_a_company(a_numbered_form(1)))
    assert "526-025-02-74</td>" not in page(client)
    client.post("/orders/columns/", {"column": ["buyer", "nip", "delivery", "shop", "bought"]})
    text = page(client)
    assert "526-025-02-74</td>" in text
    assert "Dom i Kubek</td>" in text
    client.post("/orders/columns/", {"default": "1"})
    assert "526-025-02-74</td>" not in page(client)


def test_pages_are_of_fifty_when_asked_for(client: Client, store: Any) -> None:
    store(*(a_numbered_form(number) for number in range(1, 53)))
    first = page(client, "/orders/?size=50")
    assert first.count("<tr id=") == 50
    assert "1–50 z <b>52</b>" in first
    assert page(client, "/orders/?size=50&page=2").count("<tr id=") == 2


def test_the_number_of_statements_does_not_grow_with_the_rows(client: Client, store: Any) -> None:
    store(a_numbered_form(1))
    page(client)
    with CaptureQueriesContext(connection) as of_one:
        page(client)
    store(*(a_numbered_form(number) for number in range(2, 41)))
    with CaptureQueriesContext(connection) as of_forty:
        page(client)
    assert len(of_forty) == len(of_one) <= 25


def test_rows_of_a_page_are_one_statement_and_their_documents_another(client: Client, store: Any) -> None:
    store(*(a_numbered_form(number) for number in range(1, 11)))
    with CaptureQueriesContext(connection) as queries:
        page(client, "/orders/", **{"HX-Request": "true"})
    statements = [query["sql"] for query in queries]
    assert sum('"orders_order"."buyer_login"' in sql for sql in statements) == 1
    assert sum('"documents_orderdocument"' in sql for sql in statements) == 1


def test_without_a_shop_the_page_leads_to_connecting_one(client: Client) -> None:
    text = page(client)
    assert "Najpierw połącz sklep" in text
    assert f'href="{reverse("settings:shops")}"' in text


def test_with_a_shop_and_no_orders_the_next_step_is_the_first_fetch(client: Client, shop: Any) -> None:
    text = page(client)
    assert f"Sklep „{shop.name}” jest połączony" in text
    assert "Pobierz zamówienia" in text


def test_a_viewer_sees_the_list_but_no_deeds(viewer: Client, store: Any) -> None:
    store(a_numbered_form(1))
    text = page(viewer)
    assert "kupujacy_1" in text
    assert "POBIERZ NOWE" not in text
    assert "orders-form" not in text.replace('form="orders-form"', "").replace('data-form="orders-form"', "")


def test_another_company_s_orders_never_show(client: Client, store: Any, now: Any) -> None:
    store(a_numbered_form(1))
    other = a_company(nip="1234563218", name="Obca sp. z o.o.")
    [foreign] = stored(a_shop(other, seller_id="7009"), [a_numbered_form(9)], now=now)
    text = page(client)
    assert "kupujacy_9" not in text
    assert client.get(f"/orders/{foreign.pk}/").status_code == 404


def test_delivery_methods_are_offered_for_the_filter(client: Client, store: Any) -> None:
    store(a_numbered_form(1))
    assert '<option value="Paczkomat">' in page(client, "/orders/delivery-methods/")


@pytest.mark.django_db(transaction=True)
def test_an_issued_order_shows_its_number_and_leads_to_the_document(
    client: Client, store: Any, company: Any, now: Any
) -> None:
    [order] = store(a_numbered_form(1))
    wish = Wish(company=company, kind=DocumentKind.INVOICE, issue_date=now.date(), today=now.date())
    author = Author(user=None, actor=Actor.COMMAND, now=now, asked_at=now)
    [issued] = issue_documents([order.pk], wish=wish, author=author)
    assert isinstance(issued, Issued)
    document = issued.document
    link = f'<a href="/documents/{document.public_id}/">{document.number}</a>'
    assert link in page(client, "/orders/?hidden=1")
    text = page(client, f"/orders/{order.pk}/")
    assert document.number in text
    assert f"/documents/draft/{order.pk}/invoice/" not in text


def test_a_seller_without_vat_is_offered_an_invoice_without_vat(
    client: Client, store: Any, company: Any
) -> None:
    company.vat_payer, company.vat_exemption_basis = False, "art. 113 ust. 1 ustawy o VAT"
    company.save()
    [order] = store(a_numbered_form(1))
    assert "Faktura (bez VAT)" in page(client)
    assert "Faktura (bez VAT)" in page(client, f"/orders/{order.pk}/")


def test_a_page_past_the_end_shows_the_last_one(client: Client, store: Any) -> None:
    [order] = store(a_numbered_form(1))
    text = page(client, "/orders/?page=7")
    assert f'id="o{order.pk}"' in text
    assert "Tu pojawią się Twoje zamówienia" not in text


def test_what_was_searched_is_named_in_the_language_of_the_page(client: Client, store: Any) -> None:
    store(a_numbered_form(1))
    assert "Szukane: kupujacy" in page(client, "/orders/?q=kupujacy")
