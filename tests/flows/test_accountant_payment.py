"""An invoice says "zapłacono" only of money that came, and names an account only where a transfer is due."""

from dataclasses import replace
from decimal import Decimal
from typing import Any, cast

import pytest

from builders.companies import NOW, a_company, a_shop
from builders.issuing import an_author
from builders.orders import a_numbered_form, for_a_company, stored
from builders.paper import a_wish, issued_or_refused, paper, told
from stragan.core.snapshot import DocumentKind, DocumentSnapshot
from stragan.flows.issue_document import issue_documents

pytestmark = pytest.mark.django_db
ACCOUNT = "PL61109010140000071219812874"
PRINTED_ACCOUNT = "61 1090 1014"
PAID = {"amount": "54.99", "currency": "PLN"}


def paid_by(form: dict[str, Any], **changes: Any) -> dict[str, Any]:
    return {**form, "payment": {**form["payment"], **changes}}


def on_delivery(form: dict[str, Any], *, paid: Any = None) -> dict[str, Any]:
    return paid_by(form, type="CASH_ON_DELIVERY", provider=None, paidAmount=paid)


def booked(form: dict[str, Any], amount: str) -> dict[str, Any]:
    part = {
        "paymentId": "p-1",
        "shipmentId": "s-1",
        "paidAmount": {"amount": amount, "currency": "PLN"},
        "paidAt": "2026-11-22T23:30:00Z",
    }
    return {**form, "codBookedPayments": [part]}


def the_invoice_of(company: Any, form: dict[str, Any]) -> Any:
    [snapshot] = issued_or_refused(company, stored(a_shop(company), [form], now=NOW))
    return snapshot


@pytest.mark.parametrize("amount", [None, PAID])
def test_cash_on_delivery_is_not_paid_before_allegro_booked_it(company: Any, amount: Any) -> None:
    snapshot = the_invoice_of(company, on_delivery(a_numbered_form(1), paid=amount))
    assert (snapshot.payment.paid, snapshot.supply_date) == (Decimal("0.00"), None)
    printed = paper(snapshot)
    assert "Do zapłaty przy odbiorze" in printed
    assert "apłacono" not in printed
    assert "Data zapłaty" not in printed


def test_booked_cash_on_delivery_is_paid_on_its_warsaw_day(company: Any) -> None:
    snapshot = the_invoice_of(company, booked(on_delivery(a_numbered_form(1)), "54.99"))
    assert "Zapłacono 23.11.2026 54,99" in paper(snapshot)


def test_half_booked_cash_on_delivery_leaves_the_rest_due(company: Any) -> None:
    printed = paper(the_invoice_of(company, booked(on_delivery(a_numbered_form(1)), "20.00")))
    assert "Zapłacono 23.11.2026 20,00" in printed
    assert "Pozostało do zapłaty 34,99" in printed


@pytest.mark.parametrize("kind", ["ONLINE", "EXTENDED_TERM"])
def test_what_allegro_collects_is_not_asked_for_by_transfer(kind: str) -> None:
    company = a_company(bank_account=ACCOUNT, bank_name="Bank Próbny")
    form = for_a_company(paid_by(a_numbered_form(1), type=kind, paidAmount=None, finishedAt=None))
    printed = paper(the_invoice_of(company, form))
    assert "Do zapłaty" in printed
    assert PRINTED_ACCOUNT not in printed


def test_an_unpaid_transfer_names_the_account() -> None:
    company = a_company(bank_account=ACCOUNT, bank_name="Bank Próbny")
    form = paid_by(a_numbered_form(1), type="WIRE_TRANSFER", paidAmount=None, finishedAt=None)
    assert PRINTED_ACCOUNT in paper(the_invoice_of(company, form))


def test_who_pays_nothing_gets_no_invoice_and_a_pro_forma_is_not_called_paid(company: Any) -> None:
    zero = {"amount": "0.00", "currency": "PLN"}
    form = paid_by(a_numbered_form(1), paidAmount=None, finishedAt=None)
    form["lineItems"][0]["price"] = form["lineItems"][0]["originalPrice"] = zero
    form["delivery"]["cost"] = form["summary"]["totalToPay"] = zero
    orders = stored(a_shop(company), [form], now=NOW)
    assert issued_or_refused(company, orders) == ["order_worth_nothing"]
    wish = replace(a_wish(company), kind=DocumentKind.PRO_FORMA)
    [outcome] = issue_documents([orders[0].pk], wish=wish, author=an_author())
    printed = paper(cast("DocumentSnapshot", told(outcome)))
    assert "0,00 zł" in printed
    assert "zapłacono" not in printed


def test_money_that_came_only_as_a_surcharge_dates_the_sale(company: Any) -> None:
    form = paid_by(a_numbered_form(1), paidAmount=None, finishedAt=None)
    part = {**form["payment"], "id": "p-2", "paidAmount": PAID, "finishedAt": "2026-11-20T10:05:00Z"}
    printed = paper(the_invoice_of(company, {**form, "surcharges": [part]}))
    assert "Data zapłaty 20.11.2026" in printed
    assert "Zapłacono 20.11.2026 54,99" in printed
