"""Every sum to the grosz: per rate by the gross method, delivery divided, Allegro's total met, printed so."""

from decimal import Decimal
from typing import Any

import pytest

from builders.companies import NOW, a_shop
from builders.orders import a_numbered_form, for_a_company, stored
from builders.paper import issued_or_refused, paper

pytestmark = pytest.mark.django_db


def zl(amount: str) -> dict[str, str]:
    return {"amount": amount, "currency": "PLN"}


def a_line(
    price: str, rate: str = "23.00", *, quantity: int = 1, deposit: str = "", service: str = ""
) -> Any:
    return {
        "offer": {"name": "Kubek", "external": None},
        "price": zl(price),
        "originalPrice": zl(price),
        "quantity": quantity,
        "tax": {"rate": rate, "subject": "GOODS", "exemption": None},
        "deposit": {"price": zl(deposit)} if deposit else None,
        "selectedAdditionalServices": [
            {"definitionId": "GIFT", "name": "Pakowanie", "price": zl(service), "quantity": 2}
        ]
        if service
        else [],
        "boughtAt": "2026-11-20T09:15:00.000Z",
    }


def a_sale(lines: list[Any], *, delivery: str, total: str) -> dict[str, Any]:
    form = a_numbered_form(1, summary={"totalToPay": zl(total)})
    for place, line in enumerate(lines, start=1):
        line["id"] = f"7f1a000{place}-aaaa-11f1-9000-00000000000{place}"
        line["offer"]["id"] = f"1200{place}"
    form["lineItems"] = lines
    form["delivery"]["cost"] = zl(delivery)
    form["payment"]["paidAmount"] = zl(total)
    return for_a_company(form)


CASES = {
    "delivery over three rates leaves no grosz": (
        a_sale(
            [a_line("33.33"), a_line("33.33", "8"), a_line("33.34", "5")], delivery="9.99", total="109.99"
        ),
        {"23": "29.80 6.86", "8": "33.94 2.72", "5": "34.92 1.75"},
        "0.00",
    ),
    "one grosz of delivery goes to one rate": (
        a_sale([a_line("10.00"), a_line("10.00", "8")], delivery="0.01", total="20.01"),
        {"23": "8.14 1.87", "8": "9.26 0.74"},
        "0.00",
    ),
    "a gift with paid delivery": (
        a_sale([a_line("0.00", "8")], delivery="12.99", total="12.99"),
        {"23": "10.56 2.43", "8": "0.00 0.00"},
        "0.00",
    ),
    "a service follows its goods at 5 %": (
        a_sale([a_line("50.00", "5", quantity=2, service="7.77")], delivery="8.88", total="124.42"),
        {"5": "118.50 5.92"},
        "0.00",
    ),
    "deposits stay outside the tax": (
        a_sale(
            [a_line("3.49", quantity=24, deposit="0.50"), a_line("9.99", "8")],
            delivery="10.00",
            total="115.75",
        ),
        {"23": "75.36 17.33", "8": "10.24 0.82"},
        "12.00",
    ),
    "a thousand pieces of seven grosze": (
        a_sale([a_line("0.07", quantity=1000)], delivery="0.00", total="70.00"),
        {"23": "56.91 13.09"},
        "0.00",
    ),
    "one grosz has no tax in it": (
        a_sale([a_line("0.01")], delivery="0.00", total="0.01"),
        {"23": "0.01 0.00"},
        "0.00",
    ),
    "almost a million": (
        a_sale([a_line("999999.99")], delivery="0.00", total="999999.99"),
        {"23": "813008.12 186991.87"},
        "0.00",
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_sums(company: Any, name: str) -> None:
    form, rates, deposit = CASES[name]
    [snapshot] = issued_or_refused(company, stored(a_shop(company), [form], now=NOW))
    assert {one.code: f"{one.net} {one.vat}" for one in snapshot.rates} == rates
    assert snapshot.deposit == Decimal(deposit)
    assert snapshot.to_pay == Decimal(form["summary"]["totalToPay"]["amount"])
    assert snapshot.to_pay == snapshot.net + snapshot.vat + snapshot.deposit
    assert sum(line.gross for line in snapshot.lines) == snapshot.gross
    printed = paper(snapshot)
    sums = [(one.net, one.vat, one.gross) for one in snapshot.rates]
    for row in (*sums, (snapshot.net, snapshot.vat, snapshot.gross)):
        assert " ".join(f"{part:,.2f}".replace(",", " ").replace(".", ",") for part in row) in printed


@pytest.mark.parametrize("total", ["54.98", "55.00"])
def test_a_total_that_is_off_by_a_grosz_is_refused(company: Any, total: str) -> None:
    form = a_numbered_form(1, summary={"totalToPay": zl(total)})
    assert issued_or_refused(company, stored(a_shop(company), [form], now=NOW)) == ["total_mismatch"]
