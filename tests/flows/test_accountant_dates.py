"""Numbers follow dates, month by month; whoever looks before issuing is told the same."""

from datetime import date
from typing import Any

import pytest

from builders.companies import NOW, a_shop
from builders.orders import a_numbered_form, stored
from builders.paper import a_wish, issued_or_refused, paper
from stragan.core.snapshot import DocumentKind, DocumentSnapshot
from stragan.documents.states import ItemState
from stragan.flows.issue_document import RefusedOrder, preview_documents
from stragan.flows.issue_many import prepare_run

pytestmark = pytest.mark.django_db
YESTERDAY = date(2026, 11, 22)
LAST_OF_OCTOBER = date(2026, 10, 31)


def numbers(results: list[Any]) -> list[str]:
    return [one.number if isinstance(one, DocumentSnapshot) else one for one in results]


@pytest.fixture
def orders(company: Any) -> list[Any]:
    """Four good orders, the first of them invoiced today."""
    made = stored(a_shop(company), [a_numbered_form(number) for number in range(1, 5)], now=NOW)
    assert numbers(issued_or_refused(company, made[:1])) == ["FV 1/11/2026"]
    return made


def test_each_month_counts_from_one_and_may_still_be_added_to(company: Any, orders: list[Any]) -> None:
    results = issued_or_refused(company, orders[1:3], issue_date=LAST_OF_OCTOBER)
    assert numbers(results) == ["FV 1/10/2026", "FV 2/10/2026"]
    assert numbers(issued_or_refused(company, orders[3:])) == ["FV 2/11/2026"]
    assert numbers(issued_or_refused(company, orders, issue_date=YESTERDAY)) == [
        "FV 1/11/2026",
        "FV 1/10/2026",
        "FV 2/10/2026",
        "FV 2/11/2026",
    ]


def test_a_payment_after_the_issue_date_is_not_its_date_of_sale(company: Any, orders: list[Any]) -> None:
    [snapshot] = issued_or_refused(company, orders[1:2], issue_date=LAST_OF_OCTOBER)
    assert snapshot.supply_date is None
    assert "Data zapłaty" not in paper(snapshot)


def test_a_dry_run_refuses_the_day_that_issuing_refuses(company: Any, orders: list[Any]) -> None:
    [seen] = preview_documents([orders[1].pk], wish=a_wish(company, issue_date=YESTERDAY))
    assert isinstance(seen, RefusedOrder)
    assert (seen.refusal.code, seen.refusal.field) == ("issue_date_too_early", "issue_date")
    assert numbers(issued_or_refused(company, orders[1:2], issue_date=YESTERDAY)) == ["issue_date_too_early"]


def test_what_the_order_lacks_is_named_before_the_date(company: Any, orders: list[Any]) -> None:
    broken = a_numbered_form(9)
    broken["lineItems"][0]["tax"] = None
    [order] = stored(orders[0].shop, [broken], now=NOW)
    [seen] = preview_documents([order.pk], wish=a_wish(company, issue_date=YESTERDAY))
    assert isinstance(seen, RefusedOrder)
    assert seen.refusal.code == "vat_missing"


def test_the_preview_of_a_run_blocks_that_day_too(company: Any, orders: list[Any]) -> None:
    run = prepare_run(
        company=company,
        order_ids=[orders[1].pk],
        kind=DocumentKind.INVOICE,
        issue_date=YESTERDAY,
        user=None,
        now=NOW,
    )
    item = run.items.get()
    assert (item.state, item.code) == (ItemState.BLOCKED, "issue_date_too_early")
