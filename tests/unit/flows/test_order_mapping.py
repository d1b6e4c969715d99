"""What Allegro's form means in our words."""

import json
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from builders.allegro_payloads import a_form
from stragan.flows.order_mapping import order_of
from stragan.gateways.allegro import UnreadablePayload, parse_form
from stragan.orders.data import OrderData


def read(form: dict[str, Any]) -> OrderData:
    return order_of(parse_form(json.dumps(form).encode()))


def with_company(**changes: Any) -> dict[str, Any]:
    form = a_form()
    form["invoice"]["address"]["company"] |= changes
    return form


def test_the_account_has_its_own_address() -> None:
    buyer = read(a_form()).buyer
    assert (buyer.login, buyer.buyer_id, buyer.phone) == ("zielony_kubek", "4411", "+48 500 100 200")
    assert (buyer.address.postal_code, buyer.address.city, buyer.address.last_name) == ("90-001", "Łódź", "")


def test_the_invoices_company_is_the_invoices_buyer() -> None:
    invoice = read(a_form()).invoice
    assert (invoice.required, invoice.is_company, invoice.nip) == (True, True, "9990000020")
    assert invoice.address is not None
    assert invoice.address.company_name == "Kubki Sp. z o.o."


def test_the_accounts_company_does_not_make_a_company_invoice() -> None:
    form = a_form()
    form["buyer"]["companyName"] = "Firma konta"
    form["invoice"]["address"] |= {"company": None, "naturalPerson": {"firstName": "Jan", "lastName": "Lis"}}
    invoice = read(form).invoice
    assert (invoice.is_company, invoice.nip) == (False, "")
    assert invoice.address is not None
    assert invoice.address.person == "Jan Lis"


def test_the_nip_comes_from_the_ids_then_from_the_old_field() -> None:
    both = with_company(ids=[{"type": "PL_NIP", "value": "PL 526-025-02-74"}], taxId="9990000020")
    assert read(both).invoice.nip == "5260250274"
    assert read(with_company(ids=[])).invoice.nip == "9990000020"
    assert read(with_company(ids=None, taxId=None)).invoice.nip == ""


def test_a_foreign_tax_id_is_no_nip() -> None:
    form = with_company(
        ids=[{"type": "CZ_DIC", "value": "CZ00000019"}, {"type": "VAT_EU", "value": "CZ00000019"}],
        taxId="00000019;CZ00000019",
    )
    form["invoice"]["address"]["countryCode"] = "CZ"
    form["invoice"]["features"] = ["VAT_EU_VERIFIED"]
    invoice = read(form).invoice
    assert (invoice.nip, invoice.vat_eu, invoice.vat_eu_verified) == ("", "CZ00000019", True)
    assert invoice.other_ids == (("CZ_DIC", "CZ00000019"),)


def test_before_release_there_is_no_invoice_address() -> None:
    invoice = read(a_form(invoice={"required": True, "address": None})).invoice
    assert (invoice.required, invoice.address, invoice.is_company) == (True, None, False)


def test_confirmed_cash_on_delivery_is_no_money() -> None:
    form = a_form()
    form["payment"] |= {"type": "CASH_ON_DELIVERY", "provider": None, "paidAmount": None}
    payment = read(form).payment
    assert (payment.type, payment.finished_at) == ("CASH_ON_DELIVERY", None)
    assert payment.received == Decimal("0.00")


def test_booked_cash_on_delivery_is_money() -> None:
    form = a_form()
    form["payment"] |= {"type": "CASH_ON_DELIVERY", "paidAmount": None}
    form["codBookedPayments"] = [
        {"paidAmount": {"amount": "30.00", "currency": "PLN"}, "paidAt": "2026-11-21T10:00:00Z"},
        {"paidAmount": {"amount": "22.89", "currency": "PLN"}, "paidAt": "2026-11-22T10:00:00Z"},
    ]
    payment = read(form).payment
    assert payment.received == Decimal("52.89")
    assert payment.cod_booked_at == datetime(2026, 11, 22, 10, tzinfo=UTC)


def test_a_surcharge_adds_to_what_was_received() -> None:
    form = a_form()
    form["payment"]["paidAmount"]["amount"] = "40.00"
    form["surcharges"] = [
        {"id": "s-1", "type": "ONLINE", "paidAmount": {"amount": "12.89", "currency": "PLN"}},
        {"id": "s-2", "type": "ONLINE", "paidAmount": None},
    ]
    assert read(form).payment.received == Decimal("52.89")


def test_lines_keep_price_deposit_services_and_discounts() -> None:
    order = read(a_form())
    line = order.lines[0]
    assert (line.price, line.original_price, line.deposit) == (
        Decimal("39.90"),
        Decimal("42.00"),
        Decimal("0.50"),
    )
    assert (line.sku, line.vat_rate, line.discounts) == ("KUB-1", Decimal("23.00"), ("COUPON",))
    assert order.services_total == Decimal("5.00")


@pytest.mark.parametrize(
    ("tax", "rate", "exemption"),
    [
        (None, None, ""),
        ({"rate": None, "subject": "GOODS", "exemption": "EXEMPT"}, None, "EXEMPT"),
        ({"rate": "0.00", "exemption": None}, Decimal(0), ""),
        ({"rate": 8, "exemption": None}, Decimal(8), ""),
        ({"rate": "half", "exemption": None}, None, "half"),
        ({"rate": "NaN", "exemption": None}, None, "NaN"),
    ],
)
def test_a_missing_rate_is_never_zero(tax: Any, rate: Decimal | None, exemption: str) -> None:
    form = a_form()
    form["lineItems"][0]["tax"] = tax
    line = read(form).lines[0]
    assert (line.vat_rate, line.vat_exemption) == (rate, exemption)


def test_an_order_just_bought_has_neither_payment_nor_delivery() -> None:
    order = read(a_form(status="BOUGHT", payment=None, delivery=None, invoice=None))
    assert (order.payment.type, order.delivery.cost, order.invoice.required) == ("", Decimal("0.00"), False)


def test_the_order_was_bought_when_its_first_line_was() -> None:
    form = a_form()
    later = {**form["lineItems"][0], "id": "another", "boughtAt": "2026-11-21T09:00:00Z"}
    form["lineItems"].append(later)
    assert read(form).bought_at == datetime(2026, 11, 20, 9, 15, 30, 123_000, tzinfo=UTC)


@pytest.mark.parametrize(
    ("path", "value", "problem"),
    [
        ("deposit", {"price": {"amount": "1.00", "currency": "CZK"}}, "mixed_currency"),
        ("id", "x" * 61, "bad_value"),
        ("quantity", 1_000_000, "bad_amount"),
    ],
)
def test_contradictions_are_named(path: str, value: Any, problem: str) -> None:
    form = a_form()
    form["lineItems"][0][path] = value
    if path == "quantity":
        form["lineItems"][0]["selectedAdditionalServices"][0] |= {
            "quantity": 10**11,
            "price": {"amount": "999999999.00", "currency": "PLN"},
        }
    with pytest.raises(UnreadablePayload) as refusal:
        read(form)
    assert refusal.value.problem == problem


def test_two_lines_do_not_share_an_id() -> None:
    form = a_form()
    form["lineItems"] *= 2
    with pytest.raises(UnreadablePayload):
        read(form)
