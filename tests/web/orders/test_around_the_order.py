"""What stands around an order on its page: versions, undo of a status, note, product, past documents."""

from typing import Any

import pytest
from django.test import Client

from builders.orders import a_numbered_form
from stragan.documents.models import OrderDocument
from stragan.documents.order_marks import refresh_marks
from stragan.kit.models import AuditEvent
from stragan.orders.models import Order, OrderLine
from stragan.products.models import Product
from web.orders.test_bin import delete, fresh, outcome_of

pytestmark = pytest.mark.django_db(transaction=True)


def page(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, address
    return answer.content.decode().replace("\u00a0", " ")


def changed(store: Any, message: str = "Proszę o szybką wysyłkę") -> Order:
    [order] = store(a_numbered_form(1))
    store(a_numbered_form(1, messageToSeller=message))
    return order  # type: ignore[no-any-return]


def test_versions_are_listed_and_the_newest_is_compared_with_the_one_before(
    client: Client, store: Any
) -> None:
    order = changed(store)
    text = page(client, f"/orders/{order.pk}/versions/")
    assert "Wersja 1 → 2" in text
    assert "<ins>Proszę o szybką wysyłkę</ins>" in text
    assert f'href="/orders/{order.pk}/versions/"' in page(client, f"/orders/{order.pk}/")


def test_one_version_is_opened_as_it_was(client: Client, store: Any) -> None:
    order = changed(store)
    first = page(client, f"/orders/{order.pk}/versions/?new=1")
    assert "Proszę o szybką wysyłkę" not in first
    assert order.offer_name in first
    assert "54,99 zł" in first
    assert "Proszę o szybką wysyłkę" in page(client, f"/orders/{order.pk}/versions/?new=2")


def test_a_version_that_never_was_and_a_stranger_find_nothing(
    client: Client, stranger: Client, store: Any
) -> None:
    order = changed(store)
    assert client.get(f"/orders/{order.pk}/versions/?new=9").status_code == 404
    assert stranger.get(f"/orders/{order.pk}/versions/").status_code == 404


def test_a_status_is_undone_from_the_timeline_later_too(client: Client, store: Any) -> None:
    [order] = store(a_numbered_form(1))
    client.post("/orders/status/", {"order": [order.pk], "status": "closed"})
    page(client, "/orders/?hidden=1")  # the toast is gone with this page
    text = page(client, f"/orders/{order.pk}/")
    assert 'name="status" value="follow">' in text
    client.post("/orders/status/", {"order": [order.pk], "status": "follow"})
    assert (fresh(order).status, fresh(order).status_by_hand) == ("paid", False)


def test_only_the_latest_change_of_status_is_undone_from_the_timeline(client: Client, store: Any) -> None:
    [order] = store(a_numbered_form(1))
    for status in ("open", "closed"):
        client.post("/orders/status/", {"order": [order.pk], "status": status})
    text = page(client, f"/orders/{order.pk}/")
    assert text.count('class="or-undo"') == 1
    assert '<button class="btn btn-link-plain" name="status" value="open">' in text


def test_the_trail_tells_who_set_a_status(client: Client, store: Any, owner: Any) -> None:
    [order] = store(a_numbered_form(1))
    client.post("/orders/status/", {"order": [order.pk], "status": "closed"})
    deed = AuditEvent.objects.across_companies().get(verb="order.status_set")
    assert (deed.subject_id, deed.user_id, deed.facts) == (
        order.pk,
        owner.pk,
        {"from": "paid", "to": "closed"},
    )


def test_a_note_is_kept_and_shown_in_the_list(client: Client, viewer: Client, store: Any) -> None:
    [order] = store(a_numbered_form(1))
    client.post(f"/orders/{order.pk}/note/", {"note": "Klient prosi o kontakt <przed> wysyłką"})
    assert "Klient prosi o kontakt &lt;przed&gt; wysyłką" in page(viewer, f"/orders/{order.pk}/")
    assert "Zmieniono notatkę własną" in page(client, f"/orders/{order.pk}/")
    client.post("/orders/columns/", {"column": ["buyer", "note"]})
    assert "Klient prosi o kontakt" in page(client, "/orders/?tab=all")
    assert viewer.post(f"/orders/{order.pk}/note/", {"note": "x"}).status_code == 403


def test_a_line_names_its_product_and_what_is_left_of_it(
    client: Client, store: Any, company: Any, now: Any
) -> None:
    [order] = store(a_numbered_form(1))
    assert "nie przypisano produktu" in page(client, f"/orders/{order.pk}/")
    product = Product.objects.for_company(company).create(
        company=company, name="Kubek w magazynie", name_key="kubek", created_at=now, changed_at=now
    )
    OrderLine.objects.across_companies().filter(order=order).update(product=product)
    text = page(client, f"/orders/{order.pk}/")
    assert "Kubek w magazynie" in text
    assert "dostępne 0" in text


def test_the_list_is_narrowed_to_a_product_that_was_searched_for(
    client: Client, store: Any, company: Any, now: Any
) -> None:
    with_it, without = store(a_numbered_form(1), a_numbered_form(2))
    product = Product.objects.for_company(company).create(
        company=company,
        name="Kubek w magazynie",
        name_key="kubek",
        search_text="kubek w magazynie",
        created_at=now,
        changed_at=now,
    )
    OrderLine.objects.across_companies().filter(order=with_it).update(product=product)
    offered = page(client, "/orders/products/?words=magazyn&payment=paid")
    assert f'href="/orders/?payment=paid&amp;product={product.pk}"' in offered
    text = page(client, f"/orders/?payment=paid&product={product.pk}")
    assert "Produkt: Kubek w magazynie" in text
    assert f'id="o{with_it.pk}"' in text
    assert f'id="o{without.pk}"' not in text


def test_a_document_the_order_had_once_stays_named_with_the_reason(
    client: Client, store: Any, company: Any, now: Any
) -> None:
    [order] = store(a_numbered_form(1))
    number = outcome_of(order, company, now).document.number
    OrderDocument.objects.across_companies().update(
        ended_at=now, end_code="unlinked", end_reason="To inne zamówienie"
    )
    refresh_marks([order.pk])
    text = page(client, f"/orders/{order.pk}/")
    assert "Wcześniejsze dokumenty i magazyn" in text
    assert number in text
    assert "To inne zamówienie" in text


def test_deleting_frees_what_was_reserved_and_restoring_reserves_it_again(
    client: Client, store: Any, company: Any, now: Any
) -> None:
    from stragan.flows import stock_reservations  # noqa: PLC0415 -- Django is ready here
    from stragan.warehouse.models import Reservation  # noqa: PLC0415

    [order] = store(a_numbered_form(1))
    product = Product.objects.for_company(company).create(
        company=company, name="Kubek", name_key="kubek", created_at=now, changed_at=now
    )
    OrderLine.objects.across_companies().filter(order=order).update(product=product)
    stock_reservations.refresh(company, [order.pk], now)
    live = Reservation.objects.for_company(company).filter(ended_at__isnull=True)
    assert live.count() == 1
    delete(client, order)
    assert live.count() == 0
    client.post("/orders/restore/", {"order": [order.pk]})
    assert live.count() == 1
    client.post("/orders/status/", {"order": [order.pk], "status": "closed"})
    assert live.count() == 0
