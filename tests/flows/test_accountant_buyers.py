"""The buyer on the paper is who asked for it: numbers checked, contractors not doubled."""

from dataclasses import replace
from typing import Any

import pytest

from builders.companies import NOW, a_shop
from builders.orders import a_numbered_form, for_a_company, stored
from builders.paper import issued_or_refused, paper
from stragan.contractors.models import Contractor
from stragan.core.snapshot import BuyerSource
from stragan.documents.buyers import buyer_refusals
from stragan.documents.content import DraftBuyer

pytestmark = pytest.mark.django_db
NIP = "5260250274"


def by_account(form: dict[str, Any], account: str) -> dict[str, Any]:
    return {**form, "buyer": {**form["buyer"], "id": account}}


def to_person(form: dict[str, Any], **changes: Any) -> dict[str, Any]:
    address = {
        "street": "ul. Polna 5",
        "city": "Łódź",
        "zipCode": "90-001",
        "countryCode": "PL",
        "company": None,
        "naturalPerson": {"firstName": "Zażółć", "lastName": "Gęślą"},
        **changes,
    }
    return {**form, "invoice": {"required": True, "address": address, "features": None}}


def results(company: Any, *forms: dict[str, Any]) -> list[Any]:
    return issued_or_refused(company, stored(a_shop(company), forms, now=NOW))


@pytest.mark.parametrize("written", ["526-025-02-74", "526 025 02 74", "PL 5260250274", "pl5260250274"])
def test_a_nip_is_printed_as_ten_digits_however_it_came(company: Any, written: str) -> None:
    [snapshot] = results(company, for_a_company(a_numbered_form(1), nip=written))
    assert f"NIP {NIP}" in paper(snapshot)


def test_one_company_is_one_contractor_whoever_bought_for_it(company: Any) -> None:
    forms = [for_a_company(a_numbered_form(1)), for_a_company(a_numbered_form(2), nip="526-025-02-74")]
    results(company, *(by_account(form, str(800 + place)) for place, form in enumerate(forms)))
    assert [one.match_key for one in Contractor.objects.for_company(company)] == [f"nip:{NIP}"]


def test_one_person_is_one_contractor_and_two_of_a_name_are_two(company: Any) -> None:
    forms = [
        by_account(a_numbered_form(number), account) for number, account in ((1, "7"), (2, "7"), (3, "8"))
    ]
    results(company, *forms)
    keys = Contractor.objects.for_company(company).order_by("match_key").values_list("match_key", flat=True)
    assert list(keys) == ["allegro:7", "allegro:8"]


def test_a_person_who_asked_gets_a_named_invoice_without_nip(company: Any) -> None:
    [snapshot] = results(company, to_person(a_numbered_form(1)))
    assert (snapshot.buyer.name, snapshot.buyer.nip) == ("Zażółć Gęślą", "")
    assert snapshot.buyer.source is BuyerSource.INVOICE


@pytest.mark.parametrize("gap", [{"street": None}, {"city": ""}, {"zipCode": None}, {"naturalPerson": None}])
def test_a_gap_in_invoice_data_is_not_filled_from_elsewhere(company: Any, gap: dict[str, Any]) -> None:
    assert results(company, to_person(a_numbered_form(1), **gap)) == ["buyer_data_missing"]


def test_nobody_who_asked_for_none_gets_a_company_invoice(company: Any) -> None:
    form = a_numbered_form(1)
    asked = for_a_company(form)["invoice"]
    [snapshot] = results(company, {**form, "invoice": {**asked, "required": False}})
    assert (snapshot.buyer.nip, snapshot.buyer.source) == ("", BuyerSource.DELIVERY)


@pytest.mark.parametrize(("number", "codes"), [("CZ25123891", []), ("CZ123", ["vat_eu_invalid"])])
def test_an_eu_vat_number_typed_by_hand_is_checked(number: str, codes: list[str]) -> None:
    czech = replace(DraftBuyer(company=True), name="Hrnky", street="Dlouhá 1", city="Praha", country="CZ")
    buyer = replace(czech, vat_eu=number)
    assert [one.code for one in buyer_refusals(buyer)] == codes


def test_a_first_name_alone_gives_way_to_a_whole_name(company: Any) -> None:
    form = a_numbered_form(1)
    form["delivery"]["address"] |= {"firstName": "Żaneta", "lastName": None}
    form["buyer"] |= {"firstName": "Żaneta", "lastName": "Bąk"}
    [snapshot] = results(company, form)
    assert (snapshot.buyer.name, snapshot.buyer.source) == ("Żaneta Bąk", BuyerSource.ACCOUNT)


def test_a_first_name_alone_is_kept_where_there_is_no_other(company: Any) -> None:
    form = a_numbered_form(1)
    form["delivery"]["address"] |= {"firstName": "Żaneta", "lastName": None}
    form["buyer"] |= {"firstName": "Kubek", "lastName": None}
    [snapshot] = results(company, form)
    assert (snapshot.buyer.name, snapshot.buyer.source) == ("Żaneta", BuyerSource.DELIVERY)
