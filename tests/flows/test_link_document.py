"""Existing documents are linked to orders and unlinked again; nothing is posted or moved twice."""

from typing import Any

import pytest

from builders.companies import NOW, a_company, a_shop
from builders.issuing import an_author, an_invoice, corrected, voided
from builders.orders import a_numbered_form, for_a_company, stored
from stragan.documents.content import Refusal
from stragan.documents.models import Document, OrderDocument
from stragan.flows.link_document import Linked, Unlinked, link_document, unlink_document
from stragan.flows.link_suggestions import documents_for, orders_for
from stragan.kit.models import AuditEvent
from stragan.orders.models import Order, OrderEvent
from stragan.orders.states import OrderStatus, Queue

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def orders(company: Any) -> list[Order]:
    """Two alike for 54.99, of one company; the first has its document."""
    return stored(
        a_shop(company),
        [for_a_company(a_numbered_form(number)) for number in (1, 2, 3)],
        now=NOW,
    )


def linked(document: Document, order: Order) -> Any:
    return link_document(
        company=order.company, document_id=document.pk, order_id=order.pk, author=an_author()
    )


def a_free_invoice(order: Order) -> Document:
    """An invoice that no order has: its link was ended as unlinking ends it."""
    document = an_invoice(order)
    links = OrderDocument.objects.for_company(order.company_id).filter(document=document)
    links.update(ended_at=NOW, end_code="unlinked")
    Order.objects.for_company(order.company_id).filter(pk=order.pk).update(has_original=False)
    return document


def test_a_linked_document_is_the_orders_original_and_closes_it_by_the_switch(orders: list[Order]) -> None:
    company = orders[0].company
    company.close_order_on_issue = True
    company.save()
    document = a_free_invoice(orders[0])
    outcome = linked(document, orders[1])
    assert isinstance(outcome, Linked)
    order = Order.objects.for_company(company).get(pk=orders[1].pk)
    assert (order.has_original, order.queue, order.status) == (True, Queue.DONE, OrderStatus.CLOSED)
    assert (outcome.link.origin, outcome.link.original) == ("linked", True)
    assert OrderEvent.objects.filter(order=order, verb="document_linked").exists()
    facts = AuditEvent.objects.across_companies().get(verb="document.linked").facts
    assert (facts["number"], facts["order"]) == (document.number, order.number)
    again = linked(document, orders[1])
    assert (again.link.pk, again.repeated) == (outcome.link.pk, True)


def test_unlinking_lets_the_order_wait_again_once(orders: list[Order]) -> None:
    document = a_free_invoice(orders[0])
    link = linked(document, orders[1]).link
    options = {"company": orders[0].company, "link_id": link.pk, "author": an_author()}
    refused = unlink_document(**options, reason=" ")
    assert isinstance(refused, Refusal)
    assert refused.code == "unlink_reason_missing"
    first = unlink_document(**options, reason="inne zamówienie")
    assert isinstance(first, Unlinked)
    order = Order.objects.for_company(orders[0].company).get(pk=orders[1].pk)
    assert (order.has_original, order.queue, order.status) == (False, Queue.TO_ISSUE, OrderStatus.PAID)
    assert unlink_document(**options, reason="znowu").repeated  # type: ignore[union-attr]  # not a refusal
    assert OrderEvent.objects.filter(order=order, verb="document_unlinked").count() == 1


def test_what_was_issued_for_an_order_is_not_unlinked_by_hand(orders: list[Order]) -> None:
    an_invoice(orders[0])
    link = OrderDocument.objects.for_company(orders[0].company_id).get()
    outcome = unlink_document(company=orders[0].company, link_id=link.pk, reason="x", author=an_author())
    assert isinstance(outcome, Refusal)
    assert outcome.code == "link_not_by_hand"


def test_documents_that_are_taken_void_or_corrected_are_refused(orders: list[Order]) -> None:
    taken = an_invoice(orders[0])
    refused = linked(taken, orders[1])
    assert (refused.code, refused.params["order"]) == ("document_taken", str(orders[0].number))
    correction = corrected(taken)
    assert linked(taken, orders[1]).code == "corrected_to_zero"
    assert linked(correction.document, orders[1]).code == "correction_not_linkable"
    void = an_invoice(orders[2])
    voided(void)
    assert linked(void, orders[1]).code == "document_void"


def test_orders_that_cannot_have_one_are_refused(orders: list[Order]) -> None:
    company = orders[0].company
    document = a_free_invoice(orders[0])
    an_invoice(orders[1])
    assert linked(document, orders[1]).code == "original_exists"
    rows = Order.objects.for_company(company).filter(pk=orders[2].pk)
    for change, code in (
        ({"status": "cancelled"}, "order_cancelled"),
        ({"status": "paid", "gone_at": NOW}, "order_gone"),
        ({"gone_at": None, "deleted_at": NOW}, "order_deleted"),
        ({"deleted_at": None, "superseded_by": orders[1].pk}, "order_superseded"),
        ({"superseded_by": None, "currency": "EUR"}, "currency_differs"),
    ):
        rows.update(**change)
        assert linked(document, orders[2]).code == code


def test_the_order_of_another_company_is_unknown(orders: list[Order]) -> None:
    document = a_free_invoice(orders[0])
    stranger = a_company(nip="1234563218", name="Obca")
    [other] = stored(a_shop(stranger, seller_id="7002"), [a_numbered_form(9)], now=NOW)
    outcome = link_document(
        company=orders[0].company, document_id=document.pk, order_id=other.pk, author=an_author()
    )
    assert isinstance(outcome, Refusal)
    assert outcome.code == "order_unknown"
    assert documents_for(stranger, other) == []


def test_the_best_suggestion_comes_first_with_its_reasons(orders: list[Order]) -> None:
    company = orders[0].company
    other = a_free_invoice(orders[1])
    own = a_free_invoice(orders[0])
    found = documents_for(company, orders[0])
    assert [one.document for one in found] == [own, other]
    assert found[0].reasons == ("noted", "nip", "amount", "buyer", "near")
    assert found[1].reasons == ("nip", "amount", "buyer", "near")
    assert [one.document for one in documents_for(company, orders[0], text="FV 1/11/2026")] == [other]
    back = orders_for(company, own)
    assert back[0].order == orders[0]
    assert "noted" in back[0].reasons
    assert [one.order for one in orders_for(company, own, text=str(orders[2].number))] == [orders[2]]
    linked(own, orders[0])
    assert [one.document for one in documents_for(company, orders[2])] == [other]
