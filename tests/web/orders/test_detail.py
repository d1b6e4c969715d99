"""The page of one order."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from builders.orders import a_numbered_form, for_a_company, stored, without_rate

pytestmark = pytest.mark.django_db


def page(client: Client, order: Any, query: str = "") -> str:
    answer = client.get(f"/orders/{order.pk}/{query}")
    assert answer.status_code == 200, answer.status_code
    return answer.content.decode()


def test_amounts_add_up_and_agree_with_allegro(client: Client, store: Any) -> None:
    [order] = store(a_numbered_form(1))
    text = page(client, order)
    assert "Towary (1 pozycja)" in text
    assert "40,00\u00a0zł" in text
    assert "14,99\u00a0zł" in text
    assert "54,99\u00a0zł" in text
    assert "Zgodne z Allegro co do grosza" in text


def test_a_difference_is_written_out(client: Client, store: Any) -> None:
    form = a_numbered_form(1)
    form["summary"]["totalToPay"] = {"amount": "55.49", "currency": "PLN"}
    [order] = store(form)
    text = page(client, order)
    assert "Różnica 0,50\u00a0zł" in text
    assert "Różnica kwot." in text


def test_the_page_speaks_english_with_its_plurals(english: Client, store: Any) -> None:
    [order] = store(a_numbered_form(1))
    text = page(english, order)
    assert "Goods (1 item)" in text
    assert "1 version" in text
    assert "Agrees with Allegro to the grosz" in text


def test_a_phone_number_is_hidden_until_asked_for(client: Client, store: Any) -> None:
    form = a_numbered_form(1)
    form["delivery"]["address"]["phoneNumber"] = "+48 500 100 200"
    [order] = store(form)
    assert "500 100 200" not in page(client, order)
    assert "500 100 200" in page(client, order, "?phone=1")


def test_data_on_the_document_come_from_the_delivery_by_the_shop_s_rule(client: Client, store: Any) -> None:
    [order] = store(a_numbered_form(1))
    text = page(client, order)
    assert "Bez prośby o fakturę" in text
    assert "Żaneta Bąk" in text
    assert "ustawienie sklepu" in text


def test_a_company_that_asked_stands_with_its_nip(client: Client, store: Any) -> None:
    [order] = store(for_a_company(a_numbered_form(1)))
    text = page(client, order)
    assert "Faktura na firmę" in text
    assert "NIP 526-025-02-74" in text


def test_a_problem_says_what_to_do(client: Client, store: Any) -> None:
    [order] = store(without_rate(a_numbered_form(1)))
    text = page(client, order)
    assert "Brak stawki VAT." in text
    assert f'href="/documents/draft/{order.pk}/invoice/"' in text
    assert "Popraw w szkicu" in text


def test_the_timeline_tells_revisions_as_differences(client: Client, shop: Any, now: Any) -> None:
    form = a_numbered_form(1)
    stored(shop, [form], now=now)
    changed = {**form, "delivery": {**form["delivery"]}}
    changed["delivery"]["pickupPoint"] = {"id": "LOD77X", "name": "Paczkomat LOD77X", "address": None}
    [order] = stored(shop, [changed], now=now + timedelta(hours=1))
    text = page(client, order)
    assert "wersja 1 → 2" in text
    assert "<del>LOD01A</del>" in text
    assert "<ins>LOD77X</ins>" in text
    assert "2 wersje" in text


def test_a_status_set_by_hand_is_told_with_its_author(client: Client, store: Any) -> None:
    [order] = store(a_numbered_form(1))
    client.post("/orders/status/", {"order": [order.pk], "status": "open", "next": f"/orders/{order.pk}/"})
    text = page(client, order)
    assert "Ustawiono status: Otwarte" in text
    assert "joanna@example.com" in text
    assert "Znów według płatności" in text


def test_neighbors_stay_in_the_filtered_list(client: Client, store: Any) -> None:
    first, _other, last = store(
        for_a_company(a_numbered_form(1)), a_numbered_form(2), for_a_company(a_numbered_form(3))
    )
    text = page(client, last, "?invoice=yes")
    assert f'href="/orders/{first.pk}/?invoice=yes" rel="next"' in text
    assert "1 z 2" in text
    assert 'href="/orders/?invoice=yes"' in text


def test_a_merged_order_and_its_successor_point_to_each_other(client: Client, shop: Any, now: Any) -> None:
    first = a_numbered_form(1)
    [old] = stored(shop, [first], now=now)
    merged = {**a_numbered_form(2), "lineItems": first["lineItems"]}
    [new] = stored(shop, [merged], now=now + timedelta(hours=1))
    assert f'href="/orders/{new.pk}/"' in page(client, old)
    assert "To zamówienie połączono z innym." in page(client, old)
    assert f'href="/orders/{old.pk}/"' in page(client, new)


def test_a_stranger_does_not_find_the_order(stranger: Client, store: Any) -> None:
    [order] = store(a_numbered_form(1))
    assert stranger.get(f"/orders/{order.pk}/").status_code == 404


def test_a_viewer_sees_everything_and_may_change_nothing(viewer: Client, store: Any) -> None:
    [order] = store(a_numbered_form(1))
    text = page(viewer, order)
    assert "kupujacy_1" in text
    assert "/orders/status/" not in text
    assert "/documents/draft/" not in text


def test_the_page_asks_a_bounded_number_of_statements(
    client: Client, store: Any, django_assert_max_num_queries: Any
) -> None:
    [order] = store(a_numbered_form(1))
    page(client, order)
    with django_assert_max_num_queries(46):
        page(client, order)


def test_neighbors_of_a_search_come_newest_first(client: Client, store: Any) -> None:
    forms = [for_a_company(a_numbered_form(number), name=f"Żółw {number}") for number in (1, 2, 3)]
    oldest, middle, newest = store(*forms)
    text = page(client, middle, "?q=zolw")
    assert f'href="/orders/{newest.pk}/?q=zolw" rel="prev"' in text
    assert f'href="/orders/{oldest.pk}/?q=zolw" rel="next"' in text
    assert "2 z 3" in text
