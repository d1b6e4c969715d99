"""Orders become documents: numbers, frozen content, contractors, and what stands in the way."""

from datetime import date
from typing import Any

import pytest

from builders.companies import NOW, a_member, a_shop
from builders.orders import a_numbered_form, for_a_company, stored, without_rate
from stragan.contractors.models import Contractor
from stragan.core.snapshot import DocumentKind, sha256_of
from stragan.documents.actions import Author
from stragan.documents.models import Document, NumberSeries
from stragan.flows.issue_document import (
    Issued,
    RefusedOrder,
    issue_documents,
    preview_documents,
    ready_orders,
)
from stragan.flows.issue_preparing import Wish
from stragan.kit.audit import Actor
from stragan.kit.models import AuditEvent, Job
from stragan.orders.models import Order, OrderEvent

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 23)


def a_wish(company: Any, **changes: Any) -> Wish:
    values = {"company": company, "kind": DocumentKind.INVOICE, "issue_date": TODAY, "today": TODAY}
    return Wish(**(values | changes))


def an_author() -> Author:
    return Author(user=None, actor=Actor.COMMAND, now=NOW, asked_at=NOW)


def issue(company: Any, orders: list[Order], **changes: Any) -> list[Any]:
    return issue_documents(
        [order.pk for order in orders], wish=a_wish(company, **changes), author=an_author()
    )


def test_an_order_becomes_an_invoice_with_everything_that_follows(company: Any) -> None:
    [order] = stored(a_shop(company), [for_a_company(a_numbered_form(1))], now=NOW)
    [issued] = issue(company, [order])
    document = Document.objects.for_company(company).get()
    assert isinstance(issued, Issued)
    assert (document.number, document.buyer_nip, document.ksef) == ("FV 1/11/2026", "5260250274", "not_sent")
    assert (str(document.net), str(document.vat), str(document.gross)) == ("44.71", "10.28", "54.99")
    assert document.sha256 == sha256_of(bytes(document.snapshot))
    contractor = Contractor.objects.for_company(company).get()
    assert (contractor.match_key, contractor.name) == ("nip:5260250274", "Kubki sp. z o.o.")
    order.refresh_from_db()
    assert order.has_original
    assert OrderEvent.objects.filter(order=order, verb="documented").count() == 1
    assert Job.objects.get().name == "documents.render_pdf"
    event = AuditEvent.objects.across_companies().get(verb="document.issued")
    assert event.facts["number"] == "FV 1/11/2026"


def test_refused_orders_take_no_number(company: Any) -> None:
    forms = [
        a_numbered_form(1),
        without_rate(a_numbered_form(2)),
        a_numbered_form(3),
        for_a_company(a_numbered_form(4), nip=""),
        a_numbered_form(5, summary={"totalToPay": {"amount": "55.00", "currency": "PLN"}}),
        a_numbered_form(6, status="BOUGHT"),
        a_numbered_form(7, status="CANCELLED"),
        a_numbered_form(8),
    ]
    outcomes = issue(company, stored(a_shop(company), forms, now=NOW))
    assert [one.document.number if isinstance(one, Issued) else one.refusal.code for one in outcomes] == [
        "FV 1/11/2026",
        "vat_missing",
        "FV 2/11/2026",
        "company_nip_missing",
        "total_mismatch",
        "order_not_released",
        "order_cancelled",
        "FV 3/11/2026",
    ]


def test_repeating_gives_the_first_result(company: Any) -> None:
    orders = stored(a_shop(company), [a_numbered_form(1), a_numbered_form(2)], now=NOW)
    first = issue(company, orders)
    again = issue(company, orders)
    assert [one.document.pk for one in again] == [one.document.pk for one in first]
    assert all(one.repeated for one in again)
    assert NumberSeries.objects.for_company(company).get().next_sequence == 3
    assert AuditEvent.objects.across_companies().filter(verb="document.issued").count() == 2


def test_orders_of_another_company_are_left_out(company: Any) -> None:
    from builders.companies import a_company  # noqa: PLC0415

    stranger = a_company(nip="1234563218", name="Obca")
    orders = stored(a_shop(stranger), [a_numbered_form(1)], now=NOW)
    assert issue(company, orders) == []
    assert not Document.objects.across_companies().exists()


@pytest.mark.parametrize(
    ("issue_date", "code"),
    [(date(2026, 11, 24), "issue_date_future"), (date(2026, 9, 1), "issue_date_before_sale")],
)
def test_an_impossible_issue_date_is_refused(company: Any, issue_date: date, code: str) -> None:
    orders = stored(a_shop(company), [a_numbered_form(1)], now=NOW)
    [outcome] = issue(company, orders, issue_date=issue_date)
    assert isinstance(outcome, RefusedOrder)
    assert outcome.refusal.code == code


def test_numbers_follow_dates_within_a_series(company: Any) -> None:
    orders = stored(a_shop(company), [a_numbered_form(n) for n in range(1, 4)], now=NOW)
    issue(company, orders[:1])
    [late] = issue(company, orders[1:2], issue_date=date(2026, 11, 22))
    assert late.refusal.code == "issue_date_too_early"
    [october] = issue(company, orders[1:2], issue_date=date(2026, 10, 31))
    assert october.document.number == "FV 1/10/2026"
    [next_one] = issue(company, orders[2:])
    assert next_one.document.number == "FV 2/11/2026"


def test_orders_are_closed_when_the_company_wants_it(company: Any) -> None:
    company.close_order_on_issue = True
    [order] = stored(a_shop(company), [a_numbered_form(1)], now=NOW)
    issue(company, [order])
    order.refresh_from_db()
    assert (order.status, order.visible) == ("closed", False)


def test_ready_means_released_alive_and_without_an_original(company: Any) -> None:
    forms = [
        a_numbered_form(1),
        a_numbered_form(2, status="BOUGHT"),
        a_numbered_form(3, status="CANCELLED"),
        without_rate(a_numbered_form(4)),
        a_numbered_form(5),
    ]
    orders = stored(a_shop(company), forms, now=NOW)
    issue(company, orders[4:])
    assert ready_orders(company) == [orders[0].pk, orders[3].pk]


def test_a_preview_shows_numbers_and_takes_none(company: Any) -> None:
    orders = stored(
        a_shop(company), [a_numbered_form(1), without_rate(a_numbered_form(2)), a_numbered_form(3)], now=NOW
    )
    seen = preview_documents([order.pk for order in orders], wish=a_wish(company))
    assert [getattr(one, "number", "refused") for one in seen] == ["FV 1/11/2026", "refused", "FV 2/11/2026"]
    assert not NumberSeries.objects.for_company(company).exists()
    assert not Document.objects.for_company(company).exists()


def test_a_buyer_who_comes_again_stays_one_contractor(company: Any) -> None:
    forms = [for_a_company(a_numbered_form(1)), for_a_company(a_numbered_form(2), name="Kubki S.A.")]
    issue(company, stored(a_shop(company), forms, now=NOW))
    contractor = Contractor.objects.for_company(company).get()
    assert contractor.name == "Kubki S.A."
    assert contractor.documents.count() == 2


def test_the_author_is_kept(company: Any) -> None:
    user = a_member(company)
    [order] = stored(a_shop(company), [a_numbered_form(1)], now=NOW)
    author = Author(user=user, actor=Actor.USER, now=NOW, asked_at=NOW)
    [issued] = issue_documents([order.pk], wish=a_wish(company), author=author)
    assert issued.document.issued_by_id == user.pk  # type: ignore[union-attr]  # issued, as above


def test_purchases_that_were_billed_before_a_merge_are_not_billed_again(company: Any) -> None:
    shop = a_shop(company)
    [old] = stored(shop, [a_numbered_form(1)], now=NOW)
    issue(company, [old])
    merged = a_numbered_form(2, lineItems=a_numbered_form(1)["lineItems"])
    [new] = stored(shop, [merged], now=NOW)
    [outcome] = issue(company, [new])
    assert (outcome.refusal.code, outcome.refusal.params) == (
        "predecessor_documented",
        {"number": f"{old.number}"},
    )
