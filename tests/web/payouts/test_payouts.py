"""Payouts of a shop, one of them explained on the page and in the file."""

import html
import io
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from builders.companies import NOW, a_shop
from builders.moneys import PAID, a_move, a_payout, read
from builders.orders import a_numbered_form, stored
from stragan.formats.sheets import read_table
from stragan.shops.models import PaymentOperation, PaymentsRead

pytestmark = pytest.mark.django_db
FIRST, SECOND = PAID + timedelta(days=1), PAID + timedelta(days=2)


@pytest.fixture
def client(signed_in: Callable[..., Client]) -> Client:
    return signed_in("viewer")


@pytest.fixture
def paid(shop: Any) -> dict[str, Any]:
    """Two payouts: one that adds up, one that 20.00 of is missing in."""
    one, two = stored(shop, [a_numbered_form(number) for number in (1, 2)], now=NOW)
    read(
        shop,
        moves=[
            a_move("CONTRIBUTION", "54.99", one, balance=Decimal("54.99")),
            a_move(
                "DEDUCTION_CHARGE", "-4.99", occurred_at=PAID + timedelta(hours=1), balance=Decimal("50.00")
            ),
            a_payout("-50.00", FIRST, payout_id="first"),
            a_move("CONTRIBUTION", "54.99", two, occurred_at=FIRST + timedelta(hours=1)),
            a_payout("-74.99", SECOND, payout_id="second"),
        ],
    )
    rows = PaymentOperation.objects.for_company(shop.company_id).filter(kind="PAYOUT")
    return {row.payout_id: row for row in rows} | {"orders": [one, two]}


def page(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, address
    return answer.content.decode()


def test_payouts_are_listed_newest_first_and_lead_to_what_they_hold(
    client: Client, paid: dict[str, Any]
) -> None:
    text = page(client, "/payouts/")
    assert text.index("74,99\u00a0zł") < text.index("50,00\u00a0zł")
    assert f'href="/payouts/{paid["first"].pk}/"' in text


def test_a_payout_adds_up_on_its_page_and_names_its_orders(client: Client, paid: dict[str, Any]) -> None:
    text = page(client, f"/payouts/{paid['first'].pk}/")
    assert "Zgadza się co do grosza" in text
    assert "Opłaty pobrane przez Allegro" in text
    order = paid["orders"][0]
    assert f'<a href="/orders/{order.pk}/">{order.number}</a>' in text
    sums = text.split("po-sums")[1].split("</dl>")[0]
    amounts = [
        Decimal(amount.replace("−", "-").replace(",", "."))
        for amount in re.findall(r"<dd>([^<]*)\u00a0zł</dd>", sums)
    ]
    assert sum(amounts[:-1]) == amounts[-1] == Decimal("50.00")


def test_what_is_missing_is_said_with_what_to_do(client: Client, paid: dict[str, Any]) -> None:
    text = page(client, f"/payouts/{paid['second'].pk}/")
    assert "Nie zgadza się" in text
    assert "20,00\u00a0zł pozostaje bez wyjaśnienia" in text
    assert "zajrzyj za kilka godzin" in text


def test_the_file_adds_up_from_row_to_row(client: Client, paid: dict[str, Any]) -> None:
    answer: Any = client.get(f"/payouts/{paid['second'].pk}.xlsx")
    assert answer.status_code == 200
    table = read_table(io.BytesIO(answer.content).getvalue())
    amounts = [Decimal(row[table[0].index("Kwota")]) for row in table[1:]]
    assert [row[1] for row in table[1:]] == [
        "Saldo początkowe", "Wpłata kupującego", "Niewyjaśnione żadną operacją", "Wypłata",
        "Saldo po wypłacie",
    ]  # fmt: skip
    assert sum(amounts[:-1]) == amounts[-1] == 0
    assert table[2][2] == str(paid["orders"][1].number)


def test_each_shop_has_its_own_payouts(client: Client, company: Any, paid: dict[str, Any]) -> None:
    other = a_shop(company, name="Żarówki", seller_id="900", allegro_login="zarowki")
    assert paid["first"].payout_id in page(client, "/payouts/")
    text = page(client, f"/payouts/?shop={other.pk}")
    assert paid["first"].payout_id not in text
    assert "Nie ma jeszcze wypłat" in text


def test_a_shop_without_the_permission_says_so(client: Client, shop: Any) -> None:
    PaymentsRead.objects.create(
        shop=shop, next_at=NOW, error_code="allegro_scope_missing", error_params={"shop": shop.name}
    )
    text = page(client, "/payouts/")
    assert "Operacji płatniczych nie udaje się pobrać" in text


def many(shop: Any, count: int) -> PaymentOperation:
    """A payout of *count* operations of 1.00 each, the second half of them for orders that are not here."""
    orders = stored(shop, [a_numbered_form(number) for number in range(1, count // 2 + 1)], now=NOW)
    hour = timedelta(hours=1)
    moves = [
        a_move("CONTRIBUTION", "1.00", order, occurred_at=PAID + hour * place / count)
        for place, order in enumerate(orders)
    ]
    moves += [
        a_move(
            "CONTRIBUTION",
            "1.00",
            payment_id=f"nobody-{place}",
            occurred_at=PAID + hour + hour * place / count,
        )
        for place in range(count - len(orders))
    ]
    moves[0] = replace(moves[0], balance=Decimal("1.00"))
    read(shop, moves=[*moves, a_payout(f"-{count}.00", FIRST, payout_id="first")])
    return PaymentOperation.objects.for_company(shop.company_id).get(kind="PAYOUT")


def test_every_operation_is_reached_page_by_page_and_the_sums_are_of_all(client: Client, shop: Any) -> None:
    payout = many(shop, 120)
    shown = []
    address = f"/payouts/{payout.pk}/?size=50"
    while address:
        text = page(client, address)
        assert "Zgadza się co do grosza" in text
        assert "60 operacji dotyczy zamówień, których tu nie ma" in text
        assert text.count("120,00\u00a0zł") == 3, "paid by buyers, paid out, and once more above"
        body = text.split("<tbody>")[1].split("</tbody>")[0]
        shown += re.findall(r'orders/(\d+)/|title="(nobody-\d+)"', body)
        found = re.search(r'href="(\?[^"]+)" rel="next"', text)
        address = f"/payouts/{payout.pk}/{html.unescape(found[1])}" if found else ""
    assert len(shown) == len(set(shown)) == 120


def test_a_page_after_the_last_one_is_the_last_one(client: Client, shop: Any) -> None:
    payout = many(shop, 60)
    text = page(client, f"/payouts/{payout.pk}/?size=50&page=9")
    assert text.split("<tbody>")[1].count("<tr>") == 10


def test_a_page_of_payouts_is_as_long_as_asked_for(client: Client, shop: Any) -> None:
    times = [PAID + timedelta(hours=place) for place in range(60)]
    read(shop, moves=[a_payout("-1.00", at, payout_id=f"out-{place}") for place, at in enumerate(times)])
    assert page(client, "/payouts/").split("<tbody>")[1].count("<tr>") == 50
    assert page(client, "/payouts/?size=100").split("<tbody>")[1].count("<tr>") == 60


def test_a_stranger_sees_none_of_it(stranger: Client, paid: dict[str, Any], shop: Any) -> None:
    for address in (
        f"/payouts/{paid['first'].pk}/",
        f"/payouts/{paid['first'].pk}.xlsx",
        f"/payouts/?shop={shop.pk}",
    ):
        assert stranger.get(address).status_code == 404


def test_one_payout_asks_a_bounded_number_of_statements(
    client: Client, shop: Any, django_assert_max_num_queries: Any
) -> None:
    orders = stored(shop, [a_numbered_form(number) for number in range(1, 31)], now=NOW)
    moves = [a_move("CONTRIBUTION", "54.99", order) for order in orders]
    read(shop, moves=[*moves, a_payout(f"-{54.99 * 30:.2f}", FIRST, payout_id="first")])
    row = PaymentOperation.objects.for_company(shop.company_id).get(kind="PAYOUT")
    page(client, f"/payouts/{row.pk}/")
    with django_assert_max_num_queries(15):
        text = page(client, f"/payouts/{row.pk}/")
    assert text.count("Wpłata kupującego") == 30
