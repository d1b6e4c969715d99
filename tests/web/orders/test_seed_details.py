"""What the seed asks of an order's page (S53–S60), read off the page."""

import re
from typing import Any

import pytest
from django.test import Client

from builders.orders import a_numbered_form

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def content(client: Client, store: Any) -> str:
    """The page of a paid order of two purchases with a message."""
    form = a_numbered_form(1, messageToSeller="Proszę zapakować osobno")
    first = form["lineItems"][0]
    second = {**first, "id": "7f1a9999-aaaa-11f1-9000-000000000001", "boughtAt": "2026-11-20T09:16:40.000Z"}
    second["offer"] = {**first["offer"], "id": "9123456789", "name": "Lampka biurkowa"}
    form["lineItems"] = [{**first, "boughtAt": "2026-11-20T09:15:30.000Z"}, second]
    for amount in (form["payment"]["paidAmount"], form["summary"]["totalToPay"]):
        amount["amount"] = "94.99"
    [order] = store(form)
    answer = client.get(f"/orders/{order.pk}/")
    assert answer.status_code == 200
    return answer.content.decode().replace("\u00a0", " ")


@pytest.fixture
def text(content: str) -> str:
    """The same without its markup."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", content))


def test_the_amount_stands_with_delivery_apart_and_the_time_of_purchase(text: str) -> None:
    assert "94,99 zł" in text
    assert "14,99 zł" in text
    assert "20.11.2026 10:15:30" in text  # in Warsaw


def test_the_payment_says_how_and_when(text: str) -> None:
    assert "20.11.2026" in text
    assert "10:18" in text
    assert "Płatność online" in text


def test_every_purchase_of_a_cart_is_a_line_that_leads_to_its_offer(content: str) -> None:
    assert content.count('class="or-line--goods"') == 2
    assert "Lampka biurkowa" in content
    assert 'href="https://allegro.pl/oferta/9123456789"' in content


def test_the_message_of_the_buyer_is_seen_at_once(text: str) -> None:
    assert "Wiadomość od kupującego Proszę zapakować osobno" in text


def test_delivery_has_its_address_method_and_pickup_point(text: str) -> None:
    assert "Żaneta Bąk" in text
    assert "Paczkomat LOD01A" in text
    assert "Długa 5" in text
