"""The list as a file: filtered or selected, columns as shown or all."""

import io
from typing import Any

import pytest
from django.test import Client

from builders.companies import a_company, a_shop
from builders.orders import a_numbered_form, for_a_company, stored
from stragan.formats.sheets import read_table
from stragan.web.orders import export

pytestmark = pytest.mark.django_db


def rows(answer: Any) -> list[list[str]]:
    assert answer.status_code == 200
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return read_table(io.BytesIO(content).getvalue())


def test_the_filtered_list_is_exported_with_the_columns_that_are_shown(client: Client, store: Any) -> None:
    store(a_numbered_form(1), for_a_company(a_numbered_form(2)))
    table = rows(client.post("/orders/export/", {"file": "xlsx", "next": "/orders/?invoice=yes"}))
    assert table[0][:4] == ["Numer", "Kupujący", "Konto Allegro", "Oferta"]
    assert [row[0] for row in table[1:]] == ["2"]
    assert table[1][table[0].index("Kwota")] == "54.99"
    assert "NIP" not in table[0]


def test_all_columns_and_selected_orders_go_into_csv(client: Client, store: Any) -> None:
    first, _second, third = store(for_a_company(a_numbered_form(1)), a_numbered_form(2), a_numbered_form(3))
    sent = {"file": "csv-all", "order": [third.pk, first.pk], "next": "/orders/"}
    table = rows(client.post("/orders/export/", sent))
    assert [row[0] for row in table[1:]] == ["3", "1"]
    assert table[2][table[0].index("NIP")] == "5260250274"
    assert table[2][table[0].index("SKU")] != ""
    assert table[1][table[0].index("Kwota")] == "54,99"
    assert table[1][table[0].index("Status")] == "Opłacone"


def test_too_many_orders_are_refused_with_what_to_do(
    client: Client, store: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(export, "LARGEST", 1)
    store(a_numbered_form(1), a_numbered_form(2))
    answer = client.post("/orders/export/", {"file": "xlsx", "next": "/orders/?tab=all"}, follow=True)
    assert "zawęź filtr" in answer.content.decode()


def test_a_viewer_exports_and_a_stranger_gets_nothing_of_ours(
    viewer: Client, stranger: Client, store: Any, now: Any
) -> None:
    [order] = store(a_numbered_form(1))
    assert len(rows(viewer.post("/orders/export/", {"file": "csv", "next": "/orders/"}))) == 2
    assert len(rows(stranger.post("/orders/export/", {"file": "csv", "next": "/orders/"}))) == 1
    answer = stranger.post("/orders/export/", {"file": "csv", "order": [order.pk], "next": "/orders/"})
    assert answer.status_code == 404
    other = a_company(nip="5252248481", name="Trzecia sp. z o.o.")
    stored(a_shop(other, seller_id="7010"), [a_numbered_form(8)], now=now)
    assert len(rows(viewer.post("/orders/export/", {"file": "csv", "next": "/orders/"}))) == 2
