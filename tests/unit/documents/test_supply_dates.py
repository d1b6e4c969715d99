"""A day of supply that law or calendar rules out is refused; one that may be a slip is asked about."""

from dataclasses import replace
from datetime import date

import pytest

from builders.orders import an_order
from stragan.core.snapshot import BuyerSource, DocumentKind
from stragan.documents.content import DraftContent, SellerProfile
from stragan.documents.drafting import blocking_problems, content_refusals, draft_from_order
from stragan.documents.supply_dates import supply_refusals, supply_warnings

PAYER = SellerProfile(vat_payer=True)
ISSUED = date(2026, 11, 23)


def a_content(supply_date: date | None, *, kind: DocumentKind = DocumentKind.INVOICE) -> DraftContent:
    content = draft_from_order(
        an_order(), profile=PAYER, buyer_source=BuyerSource.DELIVERY, kind=kind, issue_date=ISSUED
    )
    return replace(content, supply_date=supply_date)


@pytest.mark.parametrize(
    ("day", "refused", "warned"),
    [
        (None, [], []),
        (date(2026, 11, 20), [], []),
        (date(2027, 1, 22), [], []),  # the sixtieth day
        (date(2027, 1, 23), ["supply_date_too_late"], []),
        (date(2099, 12, 31), ["supply_date_too_late"], []),
        (date(9999, 12, 31), ["supply_date_too_late"], []),
        (date(2026, 8, 1), [], []),
        (date(2026, 7, 31), [], ["supply_date_long_ago"]),
        (date(2020, 1, 1), [], ["supply_date_long_ago"]),
        (date(2019, 12, 31), ["supply_date_lapsed"], []),
        (date(1926, 11, 23), ["supply_date_lapsed"], []),
        (date(1, 1, 1), ["supply_date_lapsed"], []),
    ],
)
def test_supply_is_held_against_the_issue_date(
    day: date | None, refused: list[str], warned: list[str]
) -> None:
    content = a_content(day)
    assert [one.code for one in content_refusals(content, profile=PAYER)] == refused
    assert [one.code for one in supply_warnings(content)] == warned
    assert {one.field for one in (*supply_refusals(content), *supply_warnings(content))} <= {"supply_date"}


def test_a_sale_is_bound_whatever_documents_it_and_paper_is_not() -> None:
    for kind in (DocumentKind.INVOICE, DocumentKind.RECEIPT, DocumentKind.OTHER_INCOME):
        assert supply_refusals(a_content(date(2099, 12, 31), kind=kind))
    for kind in (DocumentKind.PRO_FORMA, DocumentKind.OFFER):
        assert not supply_refusals(a_content(date(2099, 12, 31), kind=kind))


def test_an_order_paid_long_ago_has_no_problem_of_its_own() -> None:
    later = date(2040, 1, 1)
    assert not blocking_problems(
        an_order(), profile=PAYER, buyer_source=BuyerSource.DELIVERY, issue_date=later
    )


def test_a_rate_that_was_not_in_force_is_told_once_beside_the_day_that_decides() -> None:
    content = a_content(None)
    early = replace(content, issue_date=date(2010, 12, 31))
    assert [(one.code, one.field) for one in content_refusals(early, profile=PAYER)] == [
        ("vat_code_not_in_force", "issue_date")
    ]
    supplied = replace(content, issue_date=date(2014, 1, 1), supply_date=date(2010, 12, 31))
    assert [(one.code, one.field) for one in content_refusals(supplied, profile=PAYER)] == [
        ("vat_code_not_in_force", "supply_date")
    ]
    unknown = replace(content, lines=(replace(content.lines[0], vat_code="99"), *content.lines[1:]))
    assert [one.code for one in content_refusals(unknown, profile=PAYER)] == ["vat_code_not_allowed"]
