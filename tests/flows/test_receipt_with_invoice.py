"""A receipt and the invoice that repeats it: one sale, corrected, linked and billed as one."""

from typing import Any

import pytest

from builders.companies import NOW, a_shop
from builders.issuing import TODAY, an_author, corrected, issued
from builders.orders import a_numbered_form, for_a_company, stored
from builders.stock import a_form_of, a_product, in_stock, match
from stragan.books.models import VatRow
from stragan.core.snapshot import DocumentKind
from stragan.documents.content import Refusal
from stragan.documents.models import Document, OrderDocument
from stragan.flows import convert_document, draft_document
from stragan.flows.correct_document import Corrected
from stragan.flows.issue_document import Issued, issue_documents, ready_orders
from stragan.flows.issue_preparing import Wish
from stragan.flows.link_document import Linked, link_document, unlink_document
from stragan.orders.models import Order
from stragan.warehouse.models import StockLevel

pytestmark = pytest.mark.django_db(transaction=True)
INVOICE, RECEIPT = DocumentKind.INVOICE, DocumentKind.RECEIPT


def invoiced(receipt: Document, order: Order) -> Document:
    """The invoice that repeats the receipt, as its page makes it."""
    convert_document.convert(document=receipt, kind=INVOICE, user=None, now=NOW)
    outcome = draft_document.issue_draft(
        company=order.company, order_id=order.pk, kind=INVOICE, author=an_author(), role="owner"
    )
    assert isinstance(outcome, Issued), outcome
    return outcome.document


@pytest.fixture
def order(company: Any) -> Order:
    """Three pieces of a product of which there are ten."""
    company.warehouse, company.books = True, "kpir"
    company.save()
    product = a_product(company)
    in_stock(company, product, 10)
    orders: list[Order] = stored(a_shop(company), [for_a_company(a_form_of(1, quantity=3))], now=NOW)
    match(orders, product)
    return orders[0]


def on_hand(company: Any) -> Any:
    return StockLevel.objects.for_company(company).get().on_hand


def code_of(outcome: Any) -> str:
    assert isinstance(outcome, Refusal), outcome
    return outcome.code


def current(order: Order) -> list[str]:
    links = OrderDocument.objects.for_company(order.company_id).filter(order=order, ended_at__isnull=True)
    return list(links.order_by("document_id").values_list("document__number", flat=True))


def bulk(order: Order, kind: DocumentKind) -> Any:
    wish = Wish(company=order.company, kind=kind, issue_date=TODAY, today=TODAY)
    [outcome] = issue_documents([order.pk], wish=wish, author=an_author())
    return outcome


def test_the_invoice_is_corrected_before_its_receipt_and_both_leave_nothing(order: Order) -> None:
    receipt = issued(order, RECEIPT)
    invoice = invoiced(receipt, order)
    refused = corrected(receipt)
    assert code_of(refused) == "receipt_has_invoice"
    assert refused.params == {"number": invoice.number}
    assert on_hand(order.company) == 7
    moves_nothing = corrected(invoice)
    assert (moves_nothing.consequences.stock, moves_nothing.consequences.books) == ((), ())
    assert ready_orders(order.company) == []
    back = corrected(receipt)
    assert isinstance(back, Corrected)
    assert on_hand(order.company) == 10
    assert sum(row.vat or 0 for row in VatRow.objects.for_company(order.company)) == 0
    assert current(order) == []
    assert ready_orders(order.company) == [order.pk]
    again = bulk(order, INVOICE)
    assert (again.repeated, on_hand(order.company)) == (False, 7)


def test_a_part_is_corrected_in_both_the_same_way(order: Order) -> None:
    receipt = issued(order, RECEIPT)
    invoice = invoiced(receipt, order)
    assert code_of(corrected(receipt, {1: "1"})) == "receipt_has_invoice"
    assert isinstance(corrected(invoice, {1: "1"}), Corrected)
    assert code_of(corrected(receipt, {1: "2"})) == "receipt_has_invoice"
    assert isinstance(corrected(receipt, {1: "1"}), Corrected)
    assert on_hand(order.company) == 9
    assert corrected(receipt, {1: "1"}).repeated


def test_an_invoice_that_stands_alone_still_bills_its_order(order: Order) -> None:
    """Such orders may be there from before receipts waited for their invoices."""
    receipt = issued(order, RECEIPT)
    invoice = invoiced(receipt, order)
    links = OrderDocument.objects.for_company(order.company_id)
    links.filter(document=receipt).update(ended_at=NOW, end_code="corrected")
    Order.objects.for_company(order.company_id).update(has_original=False)
    same = bulk(order, INVOICE)
    assert (same.document, same.repeated) == (invoice, True)
    other = bulk(order, RECEIPT)
    assert other.refusal.code == "original_exists"
    assert other.refusal.params["number"] == invoice.number


def freed(*documents: Document) -> None:
    """Take the documents away from their orders, as if written by hand."""
    links = OrderDocument.objects.across_companies().filter(document__in=documents)
    links.update(ended_at=NOW, end_code="unlinked")
    orders = [document.order_id for document in documents if document.order_id]
    Order.objects.across_companies().filter(pk__in=orders).update(has_original=False)


def linked(document: Document, order: Order) -> Any:
    return link_document(
        company=order.company, document_id=document.pk, order_id=order.pk, author=an_author()
    )


def test_a_receipt_is_linked_with_its_invoice_and_unlinked_with_it(order: Order) -> None:
    receipt = issued(order, RECEIPT)
    invoice = invoiced(receipt, order)
    freed(receipt, invoice)
    refused = linked(invoice, order)
    assert code_of(refused) == "document_to_receipt"
    assert refused.params == {"number": invoice.number, "receipt": receipt.number}
    done = linked(receipt, order)
    assert isinstance(done, Linked)
    assert current(order) == [receipt.number, invoice.number]
    assert on_hand(order.company) == 7
    unlink_document(company=order.company, link_id=done.link.pk, reason="pomyłka", author=an_author())
    assert current(order) == []


def test_corrections_come_and_go_with_the_document_that_is_linked(company: Any) -> None:
    first, second = stored(a_shop(company), [a_numbered_form(1), a_numbered_form(2)], now=NOW)
    invoice = issued(first, INVOICE)
    before = corrected(invoice, {2: "0"}).document
    freed(invoice, before)
    link = linked(invoice, second).link
    assert current(second) == [invoice.number, before.number]
    after = corrected(invoice, {1: "0", 2: "0"}, to_zero=False)
    assert isinstance(after, Corrected)
    assert current(second) == []
    third = issued(first, INVOICE)
    freed(third)
    link = linked(third, second).link
    by_quantity = corrected(third, {2: "0"}).document
    assert current(second) == [third.number, by_quantity.number]
    unlink_document(company=company, link_id=link.pk, reason="inne zamówienie", author=an_author())
    assert current(second) == []
