"""No line gets a rate that nobody gave, and no invoice is for delivery alone."""

from typing import Any

import pytest

from builders.companies import NOW, a_company, a_shop
from builders.orders import a_numbered_form, stored
from builders.paper import issued_or_refused

pytestmark = pytest.mark.django_db
BASIS = "art. 43 ust. 1 ustawy o VAT"


def taxed(**tax: Any) -> dict[str, Any]:
    form = a_numbered_form(1)
    form["lineItems"][0]["tax"] = {"rate": None, "subject": "GOODS", "exemption": None, **tax}
    return form


def result_of(company: Any, form: dict[str, Any]) -> Any:
    [result] = issued_or_refused(company, stored(a_shop(company), [form], now=NOW))
    return result


@pytest.mark.parametrize(
    ("tax", "code"),
    [
        ({"rate": "23,00"}, "vat_contradictory"),
        ({"rate": "23%"}, "vat_contradictory"),
        ({"rate": "abc"}, "vat_contradictory"),
        ({"rate": ""}, "vat_missing"),
        ({"rate": "22"}, "vat_foreign"),
        ({"rate": "7.00"}, "vat_foreign"),
        ({"rate": "21"}, "vat_foreign"),
        ({"rate": "0.00", "exemption": "OUT_OF_SCOPE_OF_VAT"}, "vat_contradictory"),
        ({"exemption": "OUT_OF_SCOPE_OF_VAT"}, "vat_contradictory"),
        ({"rate": "23.00", "exemption": "OTHER"}, "vat_contradictory"),
        ({"exemption": "MARGIN_SCHEME"}, "vat_margin_unsupported"),
    ],
)
def test_a_rate_that_is_none_never_becomes_an_exemption(tax: dict[str, Any], code: str) -> None:
    company = a_company(vat_exemption_basis=BASIS)
    assert result_of(company, taxed(**tax)) == code


@pytest.mark.parametrize("rate", ["8", "8.0", "8.00", "8.000", 8])
def test_one_rate_may_be_written_in_many_ways(company: Any, rate: Any) -> None:
    snapshot = result_of(company, taxed(rate=rate))
    assert [(one.code, str(one.net), str(one.vat)) for one in snapshot.rates] == [("8", "50.92", "4.07")]


def test_an_exemption_prints_its_basis() -> None:
    snapshot = result_of(a_company(vat_exemption_basis=BASIS), taxed(exemption="OTHER"))
    assert [one.code for one in snapshot.rates] == ["zw"]
    assert snapshot.exemption_basis == BASIS


def test_an_exempt_seller_needs_no_rate_of_allegro() -> None:
    company = a_company(vat_payer=False, vat_exemption_basis="art. 113 ust. 1 ustawy o VAT")
    form = {**a_numbered_form(1)}
    form["lineItems"][0]["tax"] = None
    snapshot = result_of(company, form)
    assert [(one.code, str(one.vat), str(one.gross)) for one in snapshot.rates] == [("zw", "0.00", "54.99")]


def test_delivery_alone_is_no_sale(company: Any) -> None:
    amount = {"amount": "14.99", "currency": "PLN"}
    form = a_numbered_form(1, lineItems=[], summary={"totalToPay": amount})
    assert result_of(company, form) == "goods_missing"


@pytest.mark.parametrize("name", [None, "", "   "])
def test_an_invoice_names_what_was_sold(company: Any, name: str | None) -> None:
    form = a_numbered_form(1)
    form["lineItems"][0]["offer"]["name"] = name
    assert result_of(company, form) == "goods_name_missing"


def test_a_vat_payer_does_not_print_the_basis_of_its_former_exemption() -> None:
    company = a_company(vat_exemption_basis="zwolnienie: Art. 113 ust. 1 ustawy o VAT")
    assert result_of(company, taxed(exemption="OTHER")) == "vat_exemption_basis_missing"
