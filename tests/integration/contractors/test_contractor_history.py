"""Contractors' data change with a trace, and two that are one are joined and taken apart."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from builders.companies import NOW, a_company, a_member, a_shop
from builders.orders import a_numbered_form, for_a_company, stored
from stragan.contractors import actions, queries
from stragan.contractors.actions import BuyerFacts, ContractorData
from stragan.contractors.models import Contractor, ContractorChange
from stragan.core.nip import InvalidNip, InvalidVatEu
from stragan.core.snapshot import DocumentKind
from stragan.documents.actions import Author
from stragan.documents.models import Document
from stragan.documents.turnover import turnover_of
from stragan.flows.issue_document import issue_documents
from stragan.flows.issue_preparing import Wish
from stragan.kit.audit import Actor

pytestmark = pytest.mark.django_db
KUBKI = BuyerFacts(
    name="Kubki sp. z o.o.",
    street="ul. Wzorcowa 1",
    postal_code="00-001",
    city="Warszawa",
    country="PL",
    nip="5260250274",
    vat_eu="",
    allegro_buyer_id="4411",
    allegro_login="kubki",
    order_id="form-1",
)
ANNA = replace(KUBKI, name="Anna Próbna", nip="", allegro_buyer_id="5511", allegro_login="anna_p")


def matched(company: Any, *facts: BuyerFacts, day: int = 0, number: str = "FV 1") -> list[Contractor]:
    found = actions.match_or_create(facts, company_id=company.pk, now=NOW + timedelta(days=day))
    keys = [fact.match_key for fact in facts]
    actions.keep_changes(found, numbers=dict.fromkeys(keys, number), user_id=None)
    return [found[key] for key in keys]


def data_of(row: Contractor, **changes: str) -> ContractorData:
    given = {name: getattr(row, name) for name in ContractorData.__dataclass_fields__}
    return ContractorData(**(given | changes))


def issue(company: Any, shop: Any, *forms: Any) -> list[Document]:
    orders = stored(shop, forms, now=NOW)
    wish = Wish(company=company, kind=DocumentKind.INVOICE, issue_date=NOW.date(), today=NOW.date())
    author = Author(user=None, actor=Actor.COMMAND, now=NOW, asked_at=NOW)
    issue_documents([order.pk for order in orders], wish=wish, author=author)
    return list(Document.objects.for_company(company).order_by("id"))


def test_a_document_that_changes_the_data_leaves_what_was_there(company: Any) -> None:
    matched(company, KUBKI)
    matched(company, replace(KUBKI, street="ul. Nowa 2"), day=1, number="FV 2")
    [change] = ContractorChange.objects.for_company(company)
    assert (change.source, change.document_number) == ("document", "FV 2")
    assert change.changes == {"street": ["ul. Wzorcowa 1", "ul. Nowa 2"]}


def test_data_that_did_not_change_write_nothing(company: Any) -> None:
    [first] = matched(company, KUBKI)
    [again] = matched(company, KUBKI, day=1)
    assert (again.pk, again.updated_at) == (first.pk, NOW)
    assert not ContractorChange.objects.for_company(company).exists()


def test_any_number_of_buyers_costs_the_same_few_statements(company: Any) -> None:
    many = [replace(ANNA, allegro_buyer_id=str(number)) for number in range(100)]
    moved = [replace(one, city="Gdynia") for one in many]
    for facts, limit in ((many, 4), (many, 1), (moved, 6)):
        with CaptureQueriesContext(connection) as captured:
            matched(company, *facts)
        statements = [each["sql"] for each in captured if "contractors_" in each["sql"]]
        assert len(statements) <= limit
    assert ContractorChange.objects.for_company(company).count() == 100


def test_what_a_person_put_right_stays_until_it_is_released(company: Any) -> None:
    owner = a_member(company)
    [row] = matched(company, KUBKI)
    row = actions.edit_contractor(contractor=row, data=data_of(row, city="Łódź"), by=owner, now=NOW)
    [row] = matched(company, replace(KUBKI, city="Radom"))
    row.refresh_from_db()
    assert (row.city, row.by_hand) == ("Łódź", True)
    actions.let_documents_update(contractor=row, by=owner, now=NOW)
    matched(company, replace(KUBKI, city="Radom"))
    row.refresh_from_db()
    assert row.city == "Radom"
    assert [change.source for change in queries.changes_of(row)] == ["document", "person"]


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"name": " "}, actions.ContractorNameMissing),
        ({"nip": "5260250275"}, InvalidNip),
        ({"nip": "", "vat_eu": "CZ123"}, InvalidVatEu),
        ({"nip": "7811767696"}, actions.ContractorExists),
    ],
)
def test_what_can_not_be_is_refused(company: Any, changes: dict[str, str], refusal: Any) -> None:
    owner = a_member(company)
    other = ContractorData(name="Inny", nip="781-176-76-96")
    actions.add_contractor(company=company, data=other, by=owner, now=NOW)
    [row] = matched(company, KUBKI)
    with pytest.raises(refusal):
        actions.edit_contractor(contractor=row, data=data_of(row, **changes), by=owner, now=NOW)
    row.refresh_from_db()
    assert row.name == KUBKI.name


def test_a_contractor_added_by_hand_is_found_by_its_number_later(company: Any) -> None:
    data = ContractorData(name="  Kubki   Sp. z o.o. ", vat_eu="PL 526-025-02-74")
    row = actions.add_contractor(company=company, data=data, by=a_member(company), now=NOW)
    assert (row.name, row.nip, row.vat_eu, row.has_documents) == ("Kubki Sp. z o.o.", "5260250274", "", False)
    [found] = matched(company, KUBKI)
    found.refresh_from_db()
    assert (found.pk, found.has_documents, found.name) == (row.pk, True, "Kubki Sp. z o.o.")


def test_two_consumers_of_one_name_added_by_hand_stay_two(company: Any) -> None:
    owner = a_member(company)
    for _ in range(2):
        actions.add_contractor(company=company, data=ContractorData(name="Jan"), by=owner, now=NOW)
    assert queries.count(company, queries.ContractorFilter()) == 2


def test_a_chosen_contractor_is_taken_whatever_the_document_says(company: Any) -> None:
    [row] = matched(company, KUBKI)
    [found] = matched(company, replace(ANNA, contractor_id=row.pk))
    found.refresh_from_db()
    assert (found.pk, found.name) == (row.pk, KUBKI.name)


def test_merged_contractors_share_documents_and_keys_and_are_taken_apart(company: Any) -> None:
    owner = a_member(company)
    forms = [for_a_company(a_numbered_form(1)), a_numbered_form(2)]
    first, second = issue(company, shop := a_shop(company), *forms)
    keep, merged = first.contractor, second.contractor
    assert keep is not None
    assert merged is not None
    actions.merge_contractors(company=company, keep_id=keep.pk, merge_id=merged.pk, by=owner, now=NOW)
    assert list(queries.matching(company, queries.ContractorFilter())) == [keep]
    third = issue(company, shop, a_numbered_form(3) | {"buyer": forms[1]["buyer"]})[-1]
    assert third.contractor_id == keep.pk
    ids = [keep.pk, *(row.pk for row in queries.merged_into(keep))]
    assert sum(row.documents for row in turnover_of(company, ids)) == 3
    second.refresh_from_db()
    assert second.contractor_id == merged.pk  # documents never change
    actions.split_contractor(company=company, merged_id=merged.pk, by=owner, now=NOW)
    assert queries.count(company, queries.ContractorFilter()) == 2
    assert [change.source for change in queries.changes_of(merged)] == ["split", "merge"]


def test_a_chain_of_merges_leads_to_the_last_one(company: Any) -> None:
    owner = a_member(company)
    a, b, c = matched(company, *(replace(ANNA, allegro_buyer_id=key) for key in "123"))
    actions.merge_contractors(company=company, keep_id=b.pk, merge_id=a.pk, by=owner, now=NOW)
    actions.merge_contractors(company=company, keep_id=c.pk, merge_id=b.pk, by=owner, now=NOW)
    [found] = matched(company, replace(ANNA, allegro_buyer_id="1", city="Hel"))
    assert found.pk == c.pk
    found.refresh_from_db()
    assert found.city == ANNA.city


def test_nothing_is_merged_into_itself_or_across_companies(company: Any) -> None:
    owner = a_member(company)
    [row] = matched(company, KUBKI)
    [foreign] = matched(a_company(nip="5252248481"), KUBKI)
    merge = actions.merge_contractors
    with pytest.raises(actions.ContractorsSame):
        merge(company=company, keep_id=row.pk, merge_id=row.pk, by=owner, now=NOW)
    with pytest.raises(actions.ContractorUnknown):
        merge(company=company, keep_id=row.pk, merge_id=foreign.pk, by=owner, now=NOW)
    with pytest.raises(actions.ContractorUnknown):
        actions.split_contractor(company=company, merged_id=row.pk, by=owner, now=NOW)


@pytest.mark.parametrize(
    ("wanted", "names"),
    [
        ({"text": "kub"}, ["Kubki sp. z o.o."]),
        ({"text": "52"}, ["Kubki sp. z o.o."]),
        ({"text": "an"}, []),
        ({"who": "consumer"}, ["Anna Próbna"]),
        ({"trait": "nip"}, ["Kubki sp. z o.o."]),
        ({"trait": "eu"}, ["Brno s.r.o."]),
        ({"trait": "undocumented"}, []),
        ({"trait": "eu", "who": "consumer"}, []),
        ({"sort": queries.Sort.NAME}, ["Anna Próbna", "Brno s.r.o.", "Kubki sp. z o.o."]),
        ({"sort": queries.Sort.OLDEST}, ["Kubki sp. z o.o.", "Anna Próbna", "Brno s.r.o."]),
    ],
)
def test_the_list_is_narrowed_and_sorted(company: Any, wanted: dict[str, Any], names: list[str]) -> None:
    matched(company, KUBKI)
    matched(company, ANNA)
    matched(company, replace(ANNA, name="Brno s.r.o.", vat_eu="CZ25123891"))
    rows = queries.matching(company, queries.ContractorFilter(**wanted))
    assert [row.name for row in rows] == names
