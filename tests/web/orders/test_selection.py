"""What is done with selected orders."""

from typing import Any

import pytest
from django.test import Client

from builders.companies import a_company, a_shop
from builders.orders import a_numbered_form, stored
from stragan.documents.models import IssueRun
from stragan.orders.models import Order

pytestmark = pytest.mark.django_db


def statuses(*orders: Order) -> list[str]:
    rows = Order.objects.across_companies().filter(pk__in=[order.pk for order in orders]).order_by("id")
    return list(rows.values_list("status", flat=True))


def test_the_status_of_several_orders_is_set_and_taken_back(client: Client, store: Any) -> None:
    orders = store(a_numbered_form(1), a_numbered_form(2), a_numbered_form(3))
    client.post("/orders/status/", {"order": [order.pk for order in orders], "status": "closed"})
    assert statuses(*orders) == ["closed", "closed", "closed"]
    text = client.get("/orders/?hidden=1").content.decode()
    assert "Zmieniono status 3 zamówień na Zamknięte" in text
    undo = text.split('data-undo-url="')[1].split('"')[0]
    client.post(undo)
    assert statuses(*orders) == ["paid", "paid", "paid"]
    assert not Order.objects.across_companies().filter(status_by_hand=True).exists()


@pytest.mark.parametrize(
    ("count", "sentences"),
    [
        (1, ("Zmieniono status 1 zamówienia na Zamknięte", "Changed the status of 1 order to Closed")),
        (2, ("Zmieniono status 2 zamówień na Zamknięte", "Changed the status of 2 orders to Closed")),
    ],
)
def test_the_sentence_agrees_with_its_number(
    client: Client, english: Client, store: Any, count: int, sentences: tuple[str, str]
) -> None:
    forms = [a_numbered_form(number) for number in range(1, count + 1)]
    ids = [order.pk for order in store(*forms)]
    client.post("/orders/status/", {"order": ids, "status": "closed"})
    assert sentences[0] in client.get("/orders/").content.decode()
    english.post("/orders/status/", {"order": ids, "status": "paid"})
    english.post("/orders/status/", {"order": ids, "status": "closed"})
    assert sentences[1] in english.get("/orders/").content.decode()


def test_all_matching_is_a_set_made_from_the_filter(client: Client, store: Any) -> None:
    cash = a_numbered_form(1)
    cash["payment"] = {**cash["payment"], "type": "CASH_ON_DELIVERY", "paidAmount": None}
    cod, paid = store(cash, a_numbered_form(2))
    client.post("/orders/status/", {"all": "1", "query": "payment=cod", "status": "closed"})
    assert statuses(cod, paid) == ["closed", "paid"]


def test_a_status_can_follow_the_payment_again(client: Client, store: Any) -> None:
    [order] = store(a_numbered_form(1))
    client.post("/orders/status/", {"order": [order.pk], "status": "open"})
    client.post("/orders/status/", {"order": [order.pk], "status": "follow"})
    assert statuses(order) == ["paid"]


def test_one_order_opens_its_draft(client: Client, store: Any) -> None:
    [order] = store(a_numbered_form(1))
    answer = client.post("/orders/issue/", {"order": [order.pk], "kind": "invoice"})
    assert answer["Location"] == f"/documents/draft/{order.pk}/invoice/"


def test_several_orders_open_a_preview_of_a_frozen_set(client: Client, store: Any) -> None:
    orders = store(a_numbered_form(1), a_numbered_form(2))
    answer = client.post("/orders/issue/", {"all": "1", "query": "", "kind": "invoice"})
    run = IssueRun.objects.across_companies().get()
    assert str(run.public_id) in answer["Location"]
    assert sorted(run.items.values_list("order_id", flat=True)) == sorted(order.pk for order in orders)


def test_without_a_selection_nothing_happens(client: Client, store: Any) -> None:
    store(a_numbered_form(1))
    answer = client.post("/orders/issue/", {"kind": "invoice"}, follow=True)
    assert "Najpierw zaznacz zamówienia." in answer.content.decode()


@pytest.mark.parametrize("kind", ["invoice", "receipt", "pro_forma", "offer", "other_income"])
def test_every_kind_of_the_menu_opens_the_draft_of_one_order(client: Client, store: Any, kind: str) -> None:
    [order] = store(a_numbered_form(1))
    answer = client.post("/orders/issue/", {"order": [order.pk], "kind": kind})
    assert answer.headers["Location"] == f"/documents/draft/{order.pk}/{kind}/"


@pytest.mark.parametrize("kind", ["correction", "poem"])
def test_kinds_that_are_not_issued_for_orders_are_not_there(client: Client, store: Any, kind: str) -> None:
    [order] = store(a_numbered_form(1))
    assert client.post("/orders/issue/", {"order": [order.pk], "kind": kind}).status_code == 404


@pytest.mark.parametrize("deed", ["issue", "status"])
def test_orders_of_others_are_not_found(client: Client, now: Any, deed: str) -> None:
    other = a_company(nip="1234563218", name="Obca sp. z o.o.")
    [foreign] = stored(a_shop(other, seller_id="7009"), [a_numbered_form(9)], now=now)
    answer = client.post(f"/orders/{deed}/", {"order": [foreign.pk], "status": "closed", "kind": "invoice"})
    assert answer.status_code == 404
    assert statuses(foreign) == ["paid"]


def test_an_undo_belongs_to_its_company(client: Client, stranger: Client, store: Any) -> None:
    [order] = store(a_numbered_form(1))
    client.post("/orders/status/", {"order": [order.pk], "status": "closed"})
    undo = client.get("/orders/").content.decode().split('data-undo-url="')[1].split('"')[0]
    stranger.post(undo)
    assert statuses(order) == ["closed"]


@pytest.mark.parametrize("address", ["/orders/issue/", "/orders/status/", "/orders/fetch/"])
def test_a_viewer_may_only_look(viewer: Client, store: Any, address: str) -> None:
    [order] = store(a_numbered_form(1))
    answer = viewer.post(address, {"order": [order.pk], "status": "closed", "kind": "invoice"})
    assert answer.status_code == 403


def test_a_form_returns_to_our_pages_only(client: Client, store: Any) -> None:
    [order] = store(a_numbered_form(1))
    sent = {"order": [order.pk], "status": "closed", "next": "https://example.org/"}
    assert client.post("/orders/status/", sent)["Location"] == "/orders/"
