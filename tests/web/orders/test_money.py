"""Commission, profit and settlement: on the list, on the page of the order, in the file."""

import io
import re
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from builders.issuing import an_invoice
from builders.moneys import PAID, a_fee, a_move, a_payout, money_of, read
from builders.orders import a_numbered_form
from stragan.formats.sheets import read_table
from stragan.shops.models import Shop

pytestmark = pytest.mark.django_db
COLUMNS = {"column": ["buyer", "commission", "profit", "money_state"]}


@pytest.fixture
def order(store: Any) -> Any:
    """A paid order with an invoice, its fees, and a payout; settled long ago."""
    [order] = store(a_numbered_form(1))
    an_invoice(order)
    long_ago = PAID - timedelta(days=70)
    order.bought_at = order.paid_at = long_ago
    order.save(update_fields=["bought_at", "paid_at"])
    shop = Shop.objects.for_company(order.company_id).get()
    read(
        shop,
        fees=[a_fee("1", "-4.79", order, occurred_at=long_ago),
              a_fee("2", "-8.99", order, type_id="ABC", name="Opłata jakaś", occurred_at=long_ago)],
        moves=[a_move("CONTRIBUTION", "54.99", order, occurred_at=long_ago),
               a_payout("-54.99", long_ago + timedelta(days=1))],
    )  # fmt: skip
    money_of(order)
    return order


def row_of(client: Client) -> list[str]:
    text = client.get("/orders/?tab=all&show_hidden=1").content.decode()
    body = text.split("<tbody")[1].split("</tbody>", maxsplit=1)[0]
    return [re.sub(r"<[^>]+>", "", cell).strip() for cell in re.findall(r"<td[^>]*>(.*?)</td>", body)]


def test_the_list_shows_commission_profit_and_settlement_where_they_are_chosen(
    client: Client, order: Any
) -> None:
    assert (
        "Prowizja"
        not in client.get("/orders/?tab=all").content.decode().split("<thead>")[1].split("</thead>")[0]
    )
    client.post("/orders/columns/", COLUMNS)
    # 54.99 − 10.28 VAT, less 3.89 and 7.31 net.
    assert row_of(client)[-3:] == ["13,78\u00a0zł", "33,51\u00a0zł", "Rozliczone"]
    assert order.pk


def test_an_order_of_which_nothing_is_known_shows_dashes(client: Client, store: Any) -> None:
    store(a_numbered_form(1))
    client.post("/orders/columns/", COLUMNS)
    assert row_of(client)[-3:] == ["–", "–", "–"]


def test_the_money_columns_cost_one_statement_more(
    client: Client, store: Any, django_assert_num_queries: Any
) -> None:
    from django.db import connection  # noqa: PLC0415 -- Django is ready here
    from django.test.utils import CaptureQueriesContext  # noqa: PLC0415 -- same

    store(*(a_numbered_form(number) for number in range(1, 6)))
    client.post("/orders/columns/", {"column": ["buyer"]})
    client.get("/orders/?tab=all")
    with CaptureQueriesContext(connection) as before:
        client.get("/orders/?tab=all")
    count = len(before)
    client.post("/orders/columns/", COLUMNS)
    client.get("/orders/?tab=all")
    with django_assert_num_queries(count + 1):
        client.get("/orders/?tab=all")


def test_the_page_of_the_order_adds_everything_up(client: Client, order: Any) -> None:
    text = client.get(f"/orders/{order.pk}/").content.decode()
    card = text.split('id="money"')[1].split("</section>", maxsplit=1)[0]
    assert "Pieniądze" in card
    assert "Wpłata kupującego" in card
    assert "Prowizja od sprzedaży" in card
    assert "Opłata jakaś" in card, "kinds without a name of ours go by Allegro's"
    assert "Rozliczone" in card
    amounts = [
        Decimal(amount.replace("−", "-").replace("\u00a0", "").replace(",", "."))
        for amount in re.findall(r"<dd[^>]*>([^<]*)\u00a0zł</dd>", card.split("or-money")[1])
    ]
    assert sum(amounts[:-1]) == amounts[-1] == Decimal("33.51")
    assert "netto" in card


def test_the_page_says_what_is_missing(client: Client, store: Any) -> None:
    [order] = store(a_numbered_form(1))
    text = client.get(f"/orders/{order.pk}/").content.decode()
    card = text.split('id="money"')[1].split("</section>", maxsplit=1)[0]
    assert "Jeszcze otwarte" in card
    assert "Opłat z tego czasu nie pobrano" in card
    english = Client(headers={"Accept-Language": "en"})
    english.cookies = client.cookies
    assert english.get(f"/orders/{order.pk}/").status_code == 200


def test_the_file_knows_the_columns(client: Client, order: Any) -> None:
    client.post("/orders/columns/", COLUMNS)
    answer: Any = client.post("/orders/export/", {"file": "xlsx", "order": [order.pk], "next": "/orders/"})
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    table = read_table(io.BytesIO(content).getvalue())
    row = dict(zip(table[0], table[1], strict=True))
    assert (row["Prowizja"], row["Zysk"], row["Rozliczenie"]) == ("13.78", "33.51", "Rozliczone")
    assert row["Zysk porównuje"] == "netto, przed kosztem towaru"
