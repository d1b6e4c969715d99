"""A buyer becomes a contractor once: by NIP, EU VAT number or Allegro's id, never by name."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from builders.companies import NOW, a_company
from stragan.contractors.actions import BuyerFacts, match_or_create
from stragan.contractors.models import Contractor

pytestmark = pytest.mark.django_db
ANNA = BuyerFacts(
    name="Anna Próbna",
    street="ul. Długa 5",
    postal_code="90-001",
    city="Łódź",
    country="PL",
    nip="",
    vat_eu="",
    allegro_buyer_id="4411",
    allegro_login="anna_p",
    order_id="form-1",
)


def test_a_buyer_who_comes_again_is_found_and_refreshed(company: Any) -> None:
    first = match_or_create([ANNA], company_id=company.pk, now=NOW)
    later = NOW + timedelta(days=1)
    moved = replace(ANNA, city="Gdańsk", order_id="form-2")
    second = match_or_create([moved], company_id=company.pk, now=later)
    assert first["allegro:4411"].pk == second["allegro:4411"].pk
    row = Contractor.objects.for_company(company).get()
    assert (row.city, row.created_at, row.updated_at) == ("Gdańsk", NOW, later)
    assert "gdansk" in row.search_text


def test_namesakes_stay_two(company: Any) -> None:
    other = replace(ANNA, allegro_buyer_id="4412")
    match_or_create([ANNA, other], company_id=company.pk, now=NOW)
    assert Contractor.objects.for_company(company).count() == 2


@pytest.mark.parametrize(
    ("facts", "key"),
    [
        (replace(ANNA, nip="5260250274", vat_eu="PL5260250274"), "nip:5260250274"),
        (replace(ANNA, vat_eu="CZ25123891"), "vat:CZ25123891"),
        (ANNA, "allegro:4411"),
        (replace(ANNA, allegro_buyer_id=""), "order:form-1"),
    ],
)
def test_what_makes_two_buyers_the_same(facts: BuyerFacts, key: str) -> None:
    assert facts.match_key == key


def test_companies_do_not_share_contractors(company: Any) -> None:
    other = a_company(nip="1234563218", name="Obca")
    match_or_create([ANNA], company_id=company.pk, now=NOW)
    match_or_create([ANNA], company_id=other.pk, now=NOW)
    assert Contractor.objects.across_companies().count() == 2
