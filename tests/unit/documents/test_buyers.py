"""Who stands on the document as the buyer, and what the buyer lacks."""

from dataclasses import replace
from typing import Any

import pytest

from builders.orders import ANNA, FIRM, JAN, NIP, an_order
from stragan.core.snapshot import BuyerSource
from stragan.documents.buyers import buyer_of, buyer_refusals, postal_code
from stragan.documents.content import DraftBuyer
from stragan.orders.data import Address, InvoiceData, OrderData


def asked(**changes: Any) -> OrderData:
    values: dict[str, Any] = {"required": True, "address": FIRM, "is_company": True, "nip": NIP}
    return an_order(invoice=InvoiceData(**(values | changes)))


def codes(buyer: DraftBuyer) -> list[str]:
    return [refusal.code for refusal in buyer_refusals(buyer)]


def of(order: OrderData, preferred: BuyerSource = BuyerSource.DELIVERY) -> DraftBuyer:
    return buyer_of(order, preferred=preferred)


def test_a_company_that_asked_has_its_name_and_nip() -> None:
    buyer = of(asked())
    assert (buyer.name, buyer.nip, buyer.source) == ("Kubki sp. z o.o.", NIP, BuyerSource.INVOICE)
    assert codes(buyer) == []


def test_a_nip_may_come_with_dashes_and_prefix() -> None:
    assert of(asked(nip="PL 526-025-02-74")).nip == NIP


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"nip": ""}, "company_nip_missing"),
        ({"nip": "5260250275"}, "nip_invalid"),
        ({"address": None}, "invoice_address_missing"),
        ({"address": replace(FIRM, street="")}, "buyer_data_missing"),
        ({"nip": "", "other_ids": (("CZ_ICO", "00000019"),)}, "company_nip_missing"),
    ],
)
def test_a_company_that_cannot_be_invoiced_is_refused(changes: dict[str, Any], code: str) -> None:
    assert codes(of(asked(**changes))) == [code]


def test_a_foreign_company_shows_its_eu_vat_number() -> None:
    czech = replace(FIRM, country="CZ", postal_code="100 00")
    buyer = of(asked(nip="", vat_eu="CZ25123891", address=czech))
    assert (buyer.nip, buyer.vat_eu, codes(buyer)) == ("", "CZ25123891", [])


def test_two_numbers_in_one_field_are_told_apart() -> None:
    czech = replace(FIRM, country="CZ")
    buyer = of(asked(nip="25123891;CZ25123891", vat_eu="25123891;CZ25123891", address=czech))
    assert (buyer.nip, buyer.vat_eu) == ("", "CZ25123891")


def test_a_polish_eu_number_is_a_nip() -> None:
    assert of(asked(nip="", vat_eu="PL5260250274")).nip == NIP


def test_a_person_who_asked_never_gets_a_nip() -> None:
    buyer = of(asked(is_company=False, address=ANNA, nip=NIP))
    assert (buyer.name, buyer.nip, codes(buyer)) == ("Anna Próbna", "", [])


@pytest.mark.parametrize(
    ("preferred", "name"), [(BuyerSource.DELIVERY, "Anna Próbna"), (BuyerSource.ACCOUNT, "Jan Konto")]
)
def test_the_shop_decides_whose_data_are_taken(preferred: BuyerSource, name: str) -> None:
    buyer = of(an_order(), preferred)
    assert (buyer.name, buyer.source, buyer.replaced) == (name, preferred, False)


@pytest.mark.parametrize(
    "lacking", [None, replace(ANNA, street=""), replace(ANNA, first_name="", last_name="")]
)
def test_the_other_source_is_taken_with_a_note_where_the_first_lacks_something(
    lacking: Address | None,
) -> None:
    order = an_order()
    buyer = of(replace(order, delivery=replace(order.delivery, address=lacking)))
    assert (buyer.name, buyer.source, buyer.replaced) == ("Jan Konto", BuyerSource.ACCOUNT, True)


def test_a_buyer_without_full_data_anywhere_is_refused() -> None:
    order = an_order()
    bare = replace(order, buyer=replace(order.buyer, address=replace(JAN, city="")))
    buyer = of(replace(bare, delivery=replace(bare.delivery, address=None)))
    assert codes(buyer) == ["buyer_data_missing"]


def test_signs_that_nobody_sees_are_taken_out() -> None:
    odd = replace(ANNA, first_name="An\u200bna\x00", street="ul.\u00a0Długa\n5/2")
    order = an_order()
    buyer = of(replace(order, delivery=replace(order.delivery, address=odd)))
    assert (buyer.name, buyer.street) == ("Anna Próbna", "ul. Długa 5/2")


@pytest.mark.parametrize(
    ("text", "country", "written"),
    [
        ("90001", "PL", "90-001"),
        ("90 001", "PL", "90-001"),
        ("00-95", "PL", "00-95"),
        ("10000", "CZ", "10000"),
    ],
)
def test_five_polish_digits_are_written_with_a_dash(text: str, country: str, written: str) -> None:
    assert postal_code(text, country=country) == written
