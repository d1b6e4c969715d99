"""Fees of a month by kind: those of orders, and those of the shop as a whole."""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client

from builders.companies import NOW
from builders.moneys import PAID, a_fee, read
from stragan.shops.models import BillingRead

pytestmark = pytest.mark.django_db


@pytest.fixture
def client(signed_in: Callable[..., Client]) -> Client:
    return signed_in("viewer")


def cells(client: Client, address: str = "/payouts/fees/") -> list[list[str]]:
    answer = client.get(address)
    assert answer.status_code == 200
    body = answer.content.decode().split("<tbody>")[1].split("</tbody>", maxsplit=1)[0]
    rows = re.findall(r"<tr>(.*?)</tr>", body, re.DOTALL)
    return [
        [re.sub(r"<[^>]+>", "", cell) for cell in re.findall(r"<td[^>]*>(.*?)</td>", row)] for row in rows
    ]


def test_costs_with_and_without_an_order_stand_apart(client: Client, order: Any, shop: Any) -> None:
    october = datetime(2026, 10, 31, 22, 59, tzinfo=UTC)
    read(
        shop,
        fees=[
            a_fee("1", "-4.79", order),
            a_fee("2", "-2.00", "merged-away"),
            a_fee("3", "-30.00", type_id="NSP"),
            a_fee("4", "-9.00", type_id="NSP", occurred_at=october),
            a_fee("5", "4.79", order, type_id="REF"),
        ],
    )
    assert cells(client) == [
        ["NSP", "Reklama Ads", "1", "–", "−30,00\u00a0zł", "−30,00\u00a0zł"],
        ["SUC", "Prowizja od sprzedaży", "2", "−6,79\u00a0zł", "–", "−6,79\u00a0zł"],
        ["REF", "Zwrot opłat", "1", "4,79\u00a0zł", "–", "4,79\u00a0zł"],
    ]
    assert cells(client, "/payouts/fees/?month=2026-10")[0][-1] == "−9,00\u00a0zł"
    assert cells(client, "/payouts/fees/?month=2031-01") == cells(client)
    assert PAID < NOW


def test_a_shop_without_the_permission_says_so(client: Client, shop: Any) -> None:
    BillingRead.objects.create(
        shop=shop, next_at=NOW, error_code="allegro_scope_missing", error_params={"shop": shop.name}
    )
    text = client.get("/payouts/fees/").content.decode()
    assert "Opłat nie udaje się pobrać" in text
    assert "Nie pobrano żadnych opłat z tego miesiąca" in text


def test_a_stranger_sees_none_of_it(stranger: Client, shop: Any) -> None:
    assert stranger.get(f"/payouts/fees/?shop={shop.pk}").status_code == 404
