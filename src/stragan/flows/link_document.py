"""Link an existing document to an order (S40, S41), and end such a link again."""

from dataclasses import dataclass

from django.db import transaction

from stragan.companies.models import Company
from stragan.core.snapshot import DocumentKind
from stragan.documents import queries, undoing
from stragan.documents.actions import Author
from stragan.documents.content import Refusal
from stragan.documents.models import Document, OrderDocument
from stragan.documents.states import LinkEnd, LinkOrigin
from stragan.flows import change_radar, outgoing, stock_reservations
from stragan.flows.correct_document import chain_of, invoice_to
from stragan.flows.holding import hold_orders, insisted
from stragan.orders.actions import mark_documented
from stragan.orders.documenting import mark_undocumented, tell
from stragan.orders.models import Order
from stragan.orders.states import AllegroStatus, OrderStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class Linked:
    """An order has the document. ``repeated`` says that it had it before."""

    link: OrderDocument
    document: Document
    order: Order
    repeated: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Unlinked:
    """An order has the document no longer."""

    link: OrderDocument
    document: Document
    repeated: bool = False


def link_document(*, company: Company, document_id: int, order_id: int, author: Author) -> Linked | Refusal:
    """Let an order have an existing document, in one transaction.

    A fiscal one becomes its original and closes it by the company's switch (S11). Nothing is posted or
    moved: what the document did it has done; goods reserved for the order are free again.
    """
    return insisted(
        lambda: _link_once(company=company, document_id=document_id, order_id=order_id, author=author)
    )


def _link_once(*, company: Company, document_id: int, order_id: int, author: Author) -> Linked | Refusal:
    with transaction.atomic(durable=True):
        order = Order.objects.for_company(company).select_for_update().filter(pk=order_id).first()
        document = queries.locked_document(company, document_id)
        if document is None:
            return Refusal(code="document_unknown", params={"number": ""})
        if order is None:
            return Refusal(code="order_unknown", params={"order": ""})
        known = undoing.current_links(company, [document.pk])
        same = next((link for link in known if link.order_id == order.pk), None)
        if same is not None:
            return Linked(link=same, document=document, order=order, repeated=True)
        refusal = document_refusal(document, company=company) or order_refusal(order, document=document)
        if refusal is not None:
            return refusal
        link = undoing.link(
            document,
            order_id=order.pk,
            origin=LinkOrigin.LINKED,
            original=document.original,
            author=author,
        )
        if document.original:
            mark_documented(
                numbers={order.pk: ""}, close=company.close_order_on_issue, now=author.now, user=author.user
            )
        stock_reservations.refresh(company, [order.pk], author.now)
        outgoing.document_linked(document, order, author=author)
        for one in _family(document, company=company):
            undoing.link(one, order_id=order.pk, origin=LinkOrigin.ISSUED, original=False, author=author)
            outgoing.document_linked(one, order, author=author)
        facts = {"number": document.number, "document": document.pk}
        tell(order_ids=[order.pk], verb="document_linked", facts=facts, now=author.now, user=author.user)
        undoing.record(
            "document.linked",
            document,
            author=author,
            facts={"number": document.number, "order": order.number, "order_id": order.pk},
        )
        return Linked(link=link, document=document, order=order)


def unlink_document(*, company: Company, link_id: int, reason: str, author: Author) -> Unlinked | Refusal:
    """End a link that a person made; the order waits for a document again. Repeating changes nothing."""
    return insisted(lambda: _unlink_once(company=company, link_id=link_id, reason=reason, author=author))


def _unlink_once(*, company: Company, link_id: int, reason: str, author: Author) -> Unlinked | Refusal:
    rows = OrderDocument.objects.for_company(company)
    with transaction.atomic(durable=True):
        hold_orders(company, *rows.filter(pk=link_id).values_list("order_id", flat=True))
        rows = rows.select_for_update(of=("self",))
        link = rows.select_related("document", "order").filter(pk=link_id).first()
        if link is None or link.origin != LinkOrigin.LINKED:
            return Refusal(code="link_not_by_hand", params={})
        if link.ended_at is not None:
            return Unlinked(link=link, document=link.document, repeated=True)
        if not reason.strip():
            return Refusal(code="unlink_reason_missing", params={}, field="reason")
        ids = [link.document_id, *(one.pk for one in _family(link.document, company=company))]
        links = [one for one in undoing.current_links(company, ids) if one.order_id == link.order_id]
        undoing.end_links(links, code=LinkEnd.UNLINKED, reason=reason.strip(), author=author)
        if link.original:
            mark_undocumented(company=company, order_ids=[link.order_id], now=author.now)
        change_radar.follow_documents(company=company, order_ids=[link.order_id], now=author.now)
        stock_reservations.refresh(company, [link.order_id], author.now)
        facts = {"number": link.document.number, "reason": reason.strip()}
        tell(
            order_ids=[link.order_id],
            verb="document_unlinked",
            facts=facts,
            now=author.now,
            user=author.user,
        )
        undoing.record(
            "document.unlinked",
            link.document,
            author=author,
            facts={**facts, "order": link.order.number, "order_id": link.order_id},
        )
        return Unlinked(link=link, document=link.document)


def _family(document: Document, *, company: Company) -> list[Document]:
    """What belongs to an order as long as *document* does: its corrections, and the invoice to a receipt."""
    found = list(queries.corrections_of(document))
    invoice = invoice_to(document, company=company)
    return [*found, *([invoice.root, *invoice.corrections] if invoice else ())]


def document_refusal(document: Document, *, company: Company) -> Refusal | None:
    """Say why a document cannot be linked to any order now."""
    if document.kind == DocumentKind.CORRECTION:
        return Refusal(code="correction_not_linkable", params={"number": document.number})
    if queries.void_of(document) is not None:
        return Refusal(code="document_void", params={"number": document.number})
    chain = chain_of(document, company=company)
    if chain.original.to_receipt:
        params = {"number": document.number, "receipt": chain.original.to_receipt}
        return Refusal(code="document_to_receipt", params=params)
    if chain.corrections and chain.state.is_zero:
        return Refusal(code="corrected_to_zero", params={"number": document.number})
    rows = OrderDocument.objects.for_company(company).filter(document_id=document.pk, ended_at__isnull=True)
    number = rows.order_by("id").values_list("order__number", flat=True).first()
    if number is not None:
        return Refusal(code="document_taken", params={"number": document.number, "order": str(number)})
    return None


def order_refusal(order: Order, *, document: Document | None = None) -> Refusal | None:
    """Say why an order cannot have an existing document, or not this one."""
    if order.superseded_by_id is not None:
        successor = order.superseded_by
        return Refusal(code="order_superseded", params={"number": str(successor.number) if successor else ""})
    states = {
        "order_cancelled": order.status == OrderStatus.CANCELLED
        or order.allegro_status == AllegroStatus.CANCELLED,
        "order_gone": order.gone_at is not None,
        "order_deleted": order.deleted_at is not None,
    }
    code = next((code for code, holds in states.items() if holds), None)
    if code is not None:
        return Refusal(code=code, params={})
    if order.has_original and (document is None or document.original):
        found = queries.originals_of(order.company, [order.pk]).get(order.pk)
        return Refusal(code="original_exists", params={"number": found.number if found else ""})
    if document is not None and document.currency != order.currency:
        params = {"document": document.currency, "order": order.currency}
        return Refusal(code="currency_differs", params=params)
    return None
