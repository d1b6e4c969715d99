"""Orders put into the bin and brought back, single and many."""

import re
from datetime import date
from typing import Any

import pytest
from django.test import Client

from builders.companies import a_company, a_shop
from builders.orders import a_numbered_form, stored
from stragan.core.snapshot import DocumentKind
from stragan.documents.actions import Author
from stragan.flows.issue_document import Issued, RefusedOrder, issue_documents
from stragan.flows.issue_preparing import Wish
from stragan.kit.audit import Actor
from stragan.kit.models import AuditEvent
from stragan.orders.models import Order
from stragan.orders.queries import OrderFilter, count_tabs
from stragan.orders.sales import sales_between

pytestmark = pytest.mark.django_db(transaction=True)


def page(client: Client, address: str = "/orders/") -> str:
    answer = client.get(address)
    assert answer.status_code == 200, address
    return answer.content.decode()


def delete(client: Client, *orders: Order, reason: str = "Zamówienie próbne") -> Any:
    asked = client.post("/orders/delete/", {"order": [order.pk for order in orders]})
    ids = re.search(r'name="ids" value="([\d.]+)"', asked.content.decode())
    assert ids is not None
    return client.post("/orders/delete/", {"ids": ids[1], "reason": reason})


def fresh(order: Order) -> Order:
    return Order.objects.across_companies().get(pk=order.pk)


def outcome_of(order: Order, company: Any, now: Any) -> Any:
    wish = Wish(company=company, kind=DocumentKind.INVOICE, issue_date=now.date(), today=now.date())
    author = Author(user=None, actor=Actor.COMMAND, now=now, asked_at=now)
    [outcome] = issue_documents([order.pk], wish=wish, author=author)
    return outcome


def test_an_empty_bin_says_so(client: Client) -> None:
    assert "Kosz jest pusty." in page(client, "/orders/?bin=1")


def test_deleted_orders_leave_the_list_with_a_reason_and_come_back(client: Client, store: Any) -> None:
    first, second, third = store(*(a_numbered_form(number) for number in range(1, 4)))
    delete(client, first, second)
    text = page(client, "/orders/?hidden=1")
    assert "2 zamówienia przeniesiono do kosza" in text
    assert f'id="o{third.pk}"' in text
    assert f'id="o{first.pk}"' not in text
    in_bin = page(client, "/orders/?bin=1")
    assert f'id="o{first.pk}"' in in_bin
    assert f'id="o{third.pk}"' not in in_bin
    client.post("/orders/restore/", {"order": [first.pk]})
    assert f'id="o{first.pk}"' in page(client)
    assert fresh(first).queue == "to_issue"
    assert fresh(second).delete_reason == "Zamówienie próbne"


def test_a_deletion_is_undone_from_its_toast(client: Client, store: Any) -> None:
    [order] = store(a_numbered_form(1))
    delete(client, order)
    undo = page(client, "/orders/?bin=1").split('data-undo-url="')[1].split('"')[0]
    client.post(undo)
    assert fresh(order).deleted_at is None
    assert f'id="o{order.pk}"' in page(client)


def test_without_a_reason_nothing_is_deleted(client: Client, store: Any) -> None:
    [order] = store(a_numbered_form(1))
    answer = delete(client, order, reason="   ")
    assert answer.status_code == 422
    assert "Podaj, dlaczego" in answer.content.decode()
    assert fresh(order).deleted_at is None


def test_an_order_with_a_document_stays_and_says_why(
    client: Client, store: Any, company: Any, now: Any
) -> None:
    documented, plain = store(a_numbered_form(1), a_numbered_form(2))
    assert isinstance(outcome_of(documented, company, now), Issued)
    delete(client, documented, plain)
    assert fresh(documented).deleted_at is None
    assert fresh(plain).deleted_at is not None
    assert "Zamówienie 1 ma dokument" in page(client)


def test_a_deleted_order_leaves_counts_sales_and_start(
    client: Client, store: Any, company: Any, now: Any
) -> None:
    kept, gone = store(a_numbered_form(1), a_numbered_form(2))
    delete(client, gone)
    assert list(count_tabs(company).values()) == [1, 0, 0, 0, 1]
    since = kept.bought_at.replace(hour=0)
    assert sales_between(company, since=since, until=now.replace(year=2030)).orders == 1


def test_nothing_is_issued_for_a_deleted_order(client: Client, store: Any, company: Any, now: Any) -> None:
    [order] = store(a_numbered_form(1))
    delete(client, order)
    outcome = outcome_of(order, company, now)
    assert isinstance(outcome, RefusedOrder)
    assert outcome.refusals[0].code == "order_deleted"


def test_what_allegro_changes_later_keeps_it_deleted_and_is_told(client: Client, store: Any) -> None:
    [order] = store(a_numbered_form(1))
    delete(client, order)
    store(a_numbered_form(1, messageToSeller="Proszę o fakturę"))
    assert fresh(order).deleted_at is not None
    assert fresh(order).visible is False
    text = page(client, f"/orders/{order.pk}/")
    assert "W koszu." in text
    assert "Przeniesiono do kosza: Zamówienie próbne" in text
    assert "Zmiana na Allegro" in text


def test_the_trail_tells_who_deleted_and_restored(client: Client, store: Any, owner: Any) -> None:
    [order] = store(a_numbered_form(1))
    delete(client, order)
    client.post("/orders/restore/", {"order": [order.pk]})
    deeds = AuditEvent.objects.across_companies().filter(subject="order").order_by("id")
    assert list(deeds.values_list("verb", "user_id")) == [
        ("order.deleted", owner.pk),
        ("order.restored", owner.pk),
    ]


def test_a_viewer_and_a_stranger_delete_nothing(
    viewer: Client, stranger: Client, client: Client, store: Any
) -> None:
    [order] = store(a_numbered_form(1))
    sent = {"ids": str(order.pk), "reason": "x"}
    assert viewer.post("/orders/delete/", sent).status_code == 403
    stranger.post("/orders/delete/", sent)
    assert fresh(order).deleted_at is None
    delete(client, order)
    stranger.post("/orders/restore/", {"order": [order.pk]})
    assert fresh(order).deleted_at is not None


def test_all_that_match_are_a_set_that_nothing_joins_later(client: Client, store: Any) -> None:
    store(a_numbered_form(1), a_numbered_form(2))
    frozen = client.post("/orders/select-all/", {"query": "tab=to_issue"}).json()
    assert frozen["count"] == 2
    [late] = store(a_numbered_form(3))
    client.post("/orders/status/", {"set": frozen["set"], "status": "closed"})
    assert fresh(late).status == "paid"
    assert count_tabs(late.company)[OrderFilter().tab] == 1


def test_a_frozen_set_of_another_company_selects_nothing(client: Client, store: Any, now: Any) -> None:
    store(a_numbered_form(1))
    other = a_company(nip="1234563218", name="Obca sp. z o.o.")
    [foreign] = stored(a_shop(other, seller_id="7009"), [a_numbered_form(9)], now=now)
    answer = client.post("/orders/status/", {"set": "zmyslone", "status": "closed"}, follow=True)
    assert "To zaznaczenie zrobiono ponad dobę temu" in answer.content.decode()
    assert fresh(foreign).status == "paid"


def test_a_deleted_order_is_not_offered_by_its_day(client: Client, store: Any) -> None:
    [order] = store(a_numbered_form(1))
    delete(client, order)
    day = date(2026, 11, 20).isoformat()
    assert f'id="o{order.pk}"' not in page(client, f"/orders/?bought_from={day}&bought_to={day}")
    assert f'id="o{order.pk}"' not in page(client, "/orders/?q=kupujacy_1")
