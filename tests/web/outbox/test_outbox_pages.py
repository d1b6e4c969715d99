"""What is sent to Allegro: the switch with its consequence, the queue with reasons, the order that tells."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from builders.companies import NOW
from builders.issuing import an_invoice
from builders.orders import a_numbered_form, for_a_company, stored
from builders.sendings import a_sending
from stragan.outbox.models import Sending, Writer
from web.offers.test_offer_list import words

pytestmark = pytest.mark.django_db(transaction=True)

QUEUE = reverse("outbox:queue", args=["invoice"])
RETRY = reverse("outbox:retry", args=["invoice"])
GIVE_UP = reverse("outbox:give_up", args=["invoice"])


@pytest.fixture
def orders(shop: Any) -> list[Any]:
    """Three orders of companies that asked for invoices."""
    return stored(shop, [for_a_company(a_numbered_form(number)) for number in (1, 2, 3)], now=NOW)


def switch(client: Client, shop: Any, **given: str) -> str:
    return words(client.post(reverse("settings:shop_writers", args=[shop.pk]), given, follow=True))


def test_the_switch_says_its_consequence_and_who_turned_it(
    shop: Any, signed_in: Callable[..., Client]
) -> None:
    client = signed_in()
    page = words(client.get(reverse("settings:shop", args=[shop.pk])))
    assert "Po włączeniu: plik PDF każdej wystawionej odtąd faktury" in page
    assert "wyłączone od początku" in page
    page = switch(client, shop, invoice="on", invoice_unasked="on")
    assert "Zapisano, co jest wysyłane do Allegro." in page
    assert "owner@example.com" in page
    writer = Writer.objects.for_company(shop.company).get(kind="invoice")
    assert (writer.is_on, writer.unasked) == (True, True)
    assert "wysyła od" in words(client.get(QUEUE))
    switch(client, shop)
    writer.refresh_from_db()
    assert (writer.is_on, writer.unasked) == (False, False)
    clerk = signed_in("clerk")
    assert clerk.post(reverse("settings:shop_writers", args=[shop.pk])).status_code == 403


def test_a_connection_that_may_not_change_orders_says_so(shop: Any, signed_in: Callable[..., Client]) -> None:
    shop.scopes = ["allegro:api:orders:read", "allegro:api:profile:read"]
    shop.save()
    page = words(signed_in().get(reverse("settings:shop", args=[shop.pk])))
    assert "Połączenie nie pozwala zmieniać zamówień." in page


def test_each_state_has_its_tab_and_failures_say_why(
    orders: list[Any], signed_in: Callable[..., Client]
) -> None:
    done, failed, flying = orders
    documents = [an_invoice(order) for order in orders]
    a_sending(documents[0], order=done, state="done")
    bad = a_sending(documents[1], order=failed, reason_code="sending_refused", reason="Nie i już.")
    a_sending(documents[2], order=flying, state="sending", reason_code="sending_in_scan", attempts=2)
    client = signed_in("clerk")
    page = words(client.get(QUEUE))  # opens where something is wrong
    assert f"{documents[1].number} Dom i Kubek" in page
    assert "Allegro odmówiło. Allegro: „Nie i już.”" in page
    assert documents[0].number not in page
    page = words(client.get(QUEUE, {"tab": "sending"}))
    assert documents[2].number in page
    assert "2 próby" in page
    assert "sprawdza go antywirusem" in page
    assert documents[0].number in words(client.get(QUEUE, {"tab": "done"}))
    assert words(client.get(reverse("attention:list"))).count("1 Dokumenty wysyłane do Allegro") == 1
    page = words(client.post(RETRY, {"sending": bad.pk}, follow=True))
    assert "1 czeka ponownie." in page
    assert documents[1].number in page
    page = words(client.post(GIVE_UP, {"sending": bad.pk}, follow=True))
    assert "Porzucono 1." in page
    assert "Ktoś z firmy z tego zrezygnował." in page
    assert "Wysłane do Allegro" in words(client.get(reverse("orders:detail", args=[failed.pk])))
    assert "Documents sent to Allegro" in words(signed_in("accountant", language="en").get(QUEUE))


def test_all_that_failed_is_tried_again_or_given_up_at_once(
    orders: list[Any], signed_in: Callable[..., Client]
) -> None:
    for order in orders:
        a_sending(an_invoice(order), order=order, reason_code="sending_file_rejected")
    client = signed_in()
    assert "3 czekają ponownie." in words(client.post(RETRY, follow=True))
    assert set(Sending.objects.for_company(orders[0].company).values_list("state", flat=True)) == {"waiting"}
    assert "Porzucono 0." in words(client.post(GIVE_UP, follow=True))


def test_a_document_is_sent_from_its_order_where_the_shop_wants_it(
    shop: Any, orders: list[Any], signed_in: Callable[..., Client]
) -> None:
    document = an_invoice(orders[0])
    client = signed_in()
    order_page = reverse("orders:detail", args=[orders[0].pk])
    send = reverse("outbox:send_document", args=[document.public_id])
    assert "Wyślij do Allegro" not in words(client.get(order_page))
    refused = words(client.post(send, follow=True))
    assert "Do sklepu „Dom i Kubek” nic takiego nie jest wysyłane." in refused
    switch(client, shop, invoice="on")
    assert f"{document.number} Wyślij do Allegro" in words(client.get(order_page))
    page = words(client.post(send, follow=True))
    assert f"{document.number} czeka na wysłanie do Allegro." in page
    assert Sending.objects.for_company(shop.company).get().asked_by is not None


def test_a_stranger_sees_and_changes_nothing_here(orders: list[Any], stranger: Client) -> None:
    document = an_invoice(orders[0])
    bad = a_sending(document, order=orders[0])
    assert document.number not in words(stranger.get(QUEUE, {"tab": "failed"}))
    stranger.post(RETRY, {"sending": bad.pk})
    stranger.post(GIVE_UP)
    bad.refresh_from_db()
    assert bad.state == "failed"
    sent = stranger.post(reverse("outbox:send_document", args=[document.public_id]))
    assert sent.status_code == 404
    assert stranger.get(reverse("outbox:queue", args=["nic"])).status_code == 404
