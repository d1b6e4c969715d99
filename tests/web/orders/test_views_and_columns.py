"""Columns in the person's own order, and saved views: own, shared, the one the list opens with."""

import re
from typing import Any

import pytest
from django.test import Client

from builders.companies import a_member
from builders.orders import a_numbered_form, for_a_company
from stragan.orders.models import SavedView
from web.orders.conftest import logged_in

pytestmark = pytest.mark.django_db


def page(client: Client, address: str = "/orders/?tab=all") -> str:
    answer = client.get(address)
    assert answer.status_code == 200, address
    return answer.content.decode()


def heads(text: str) -> list[str]:
    head = text.split("<thead>")[1].split("</thead>", maxsplit=1)[0]
    return [re.sub(r"<[^>]+>", "", cell).strip() for cell in re.findall(r"<th[^>]*>(.*?)</th>", head)][1:]


def save(client: Client, name: str, query: str, **more: str) -> Any:
    return client.post("/orders/views/save/", {"name": name, "next": f"/orders/?{query}", **more})


def view(name: str) -> SavedView:
    return SavedView.objects.across_companies().get(name=name)


def test_columns_stand_as_they_were_chosen_on_every_browser_of_the_person(
    client: Client, owner: Any, store: Any
) -> None:
    store(for_a_company(a_numbered_form(1)))
    client.post("/orders/columns/", {"column": ["status", "country", "buyer", "sku"]})
    other_browser = logged_in(owner)
    text = page(other_browser)
    assert heads(text) == ["Nr", "Status", "Kraj", "Kupujący", "SKU"]
    assert ">PL</td>" in text
    client.post("/orders/columns/", {"default": "1"})
    assert heads(page(other_browser))[1:3] == ["Kupujący", "Oferta"]


def test_a_column_is_moved_without_scripts(client: Client, store: Any) -> None:
    store(a_numbered_form(1))
    client.post("/orders/columns/", {"column": ["buyer", "amount", "status"], "move": "status:up"})
    assert heads(page(client)) == ["Nr", "Kupujący", "Status", "Kwota"]


def test_every_column_can_be_shown_at_once(client: Client, store: Any) -> None:
    from stragan.web.orders.columns import ALL  # noqa: PLC0415 -- Django is ready here

    [order] = store(a_numbered_form(1))
    client.post("/orders/columns/", {"column": [column.name for column in ALL]})
    text = page(client)
    assert len(heads(text)) == len(ALL) + 1
    assert f'id="o{order.pk}"' in text
    assert "Gotowe do realizacji" in text
    assert "allegro.pl</td>" in text


def test_a_view_keeps_filters_sort_and_columns(client: Client, store: Any) -> None:
    paid, _other = store(a_numbered_form(1), for_a_company(a_numbered_form(2)))
    client.post("/orders/columns/", {"column": ["amount", "buyer"]})
    save(client, "Bez faktury", "invoice=no&sort=-total")
    client.post("/orders/columns/", {"default": "1"})
    text = page(client, f"/orders/?invoice=no&sort=-total&view={view('Bez faktury').pk}")
    assert heads(text) == ["Nr", "Kwota", "Kupujący"]
    assert f'id="o{paid.pk}"' in text
    assert "Bez faktury" in page(client)


def test_a_shared_view_is_seen_by_colleagues_and_an_own_one_is_not(
    client: Client, viewer: Client, stranger: Client, store: Any
) -> None:
    store(a_numbered_form(1))
    save(client, "Nasze", "payment=cod", shared="1")
    save(client, "Tylko moje", "payment=paid")
    text = page(viewer)
    assert "Nasze" in text
    assert "Tylko moje" not in text
    assert "Nasze" not in page(stranger)


def test_who_may_not_change_orders_shares_no_view(viewer: Client, store: Any) -> None:
    store(a_numbered_form(1))
    assert save(viewer, "Wspólny", "payment=cod", shared="1").status_code == 403
    assert save(viewer, "Własny", "payment=cod").status_code == 302
    assert view("Własny").is_shared is False


def test_the_list_opens_with_the_chosen_view_and_all_stays_one_click_away(client: Client, store: Any) -> None:
    store(a_numbered_form(1))
    save(client, "Pobrania", "payment=cod")
    client.post(f"/orders/views/{view('Pobrania').pk}/", {"deed": "open"})
    answer = client.get("/orders/")
    assert answer["Location"] == f"/orders/?payment=cod&view={view('Pobrania').pk}"
    assert 'href="/orders/?tab=all"' in page(client, answer["Location"])
    assert 'id="o' in page(client, "/orders/?tab=all")
    client.post(f"/orders/views/{view('Pobrania').pk}/", {"deed": "open_plain"})
    assert client.get("/orders/").status_code == 200


def test_a_view_is_renamed_and_deleted(client: Client, store: Any) -> None:
    store(a_numbered_form(1))
    save(client, "Stara", "payment=cod")
    save(client, "Zajęta", "payment=paid")
    pk = view("Stara").pk
    refused = client.post(f"/orders/views/{pk}/", {"deed": "rename", "name": "Zajęta"})
    assert refused.status_code == 422
    assert "Jest już widok „Zajęta”" in refused.content.decode()
    client.post(f"/orders/views/{pk}/", {"deed": "rename", "name": "Nowa"})
    assert "Nowa" in page(client, "/orders/views/")
    client.post(f"/orders/views/{pk}/", {"deed": "delete"})
    names = SavedView.objects.across_companies().values_list("name", flat=True)
    assert list(names.order_by("id")) == ["Zajęta"]


def test_a_view_made_private_opens_nobody_else_s_list(client: Client, company: Any, store: Any) -> None:
    store(a_numbered_form(1))
    colleague = logged_in(a_member(company, email="kolega@example.com", role="clerk"))
    save(client, "Wspólny", "payment=cod", shared="1")
    pk = view("Wspólny").pk
    colleague.post(f"/orders/views/{pk}/", {"deed": "open"})
    assert colleague.get("/orders/").status_code == 302
    client.post(f"/orders/views/{pk}/", {"deed": "rename", "name": "Wspólny"})
    assert colleague.get("/orders/").status_code == 200


def test_a_viewer_changes_no_shared_view_and_a_stranger_finds_none(
    client: Client, viewer: Client, stranger: Client, store: Any
) -> None:
    store(a_numbered_form(1))
    save(client, "Wspólny", "payment=cod", shared="1")
    address = f"/orders/views/{view('Wspólny').pk}/"
    assert viewer.post(address, {"deed": "delete"}).status_code == 403
    assert stranger.post(address, {"deed": "delete"}).status_code == 404
    assert view("Wspólny").name == "Wspólny"
