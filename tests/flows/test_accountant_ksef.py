"""What an invoice says about KSeF must be true of its buyer."""

from typing import Any

import pytest

from builders.companies import NOW, a_shop
from builders.orders import a_numbered_form, for_a_company, stored
from builders.paper import issued_or_refused, paper
from stragan.core.snapshot import KsefState

pytestmark = pytest.mark.django_db


def the_invoice_of(company: Any, form: dict[str, Any]) -> Any:
    [snapshot] = issued_or_refused(company, stored(a_shop(company), [form], now=NOW))
    return snapshot


def for_a_foreign_company(form: dict[str, Any]) -> dict[str, Any]:
    """The form, with an invoice asked for by a Czech company; the goods stay in Poland."""
    address = {
        "street": "Dlouhá 1",
        "city": "Praha",
        "zipCode": "110 00",
        "countryCode": "CZ",
        "company": {"name": "Hrnky s.r.o.", "ids": [{"type": "VAT_EU", "value": "CZ25123891"}]},
        "naturalPerson": None,
    }
    return {**form, "invoice": {"required": True, "address": address, "features": None}}


def test_an_invoice_to_a_polish_company_says_it_was_not_sent(company: Any) -> None:
    snapshot = the_invoice_of(company, for_a_company(a_numbered_form(1)))
    assert snapshot.ksef is KsefState.NOT_SENT
    assert "nie wysłano do KSeF" in paper(snapshot)


def test_a_foreign_company_is_a_business_too(company: Any) -> None:
    snapshot = the_invoice_of(company, for_a_foreign_company(a_numbered_form(1)))
    assert (snapshot.buyer.vat_eu, snapshot.buyer.nip) == ("CZ25123891", "")
    assert snapshot.ksef is KsefState.NOT_SENT
    printed = paper(snapshot)
    assert "nie wysłano do KSeF" in printed
    assert "poza KSeF" not in printed


def test_nothing_is_claimed_about_who_a_buyer_without_nip_is(company: Any) -> None:
    snapshot = the_invoice_of(company, a_numbered_form(1))
    assert snapshot.ksef is KsefState.OUTSIDE
    printed = paper(snapshot)
    assert "Faktura dla nabywcy bez NIP, wystawiona poza KSeF." in printed
    assert "osoby fizycznej" not in printed
