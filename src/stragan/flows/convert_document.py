"""Make one document from another: papers become invoices or receipts, a receipt gets its invoice."""

from dataclasses import replace
from datetime import datetime

from django.db import transaction

from stragan.companies.models import Company, User
from stragan.core.dates import warsaw_date
from stragan.core.errors import Refused
from stragan.core.snapshot import BuyerSource, DocumentKind
from stragan.documents import queries
from stragan.documents.content import DraftContent, to_json
from stragan.documents.converting import converted
from stragan.documents.drafting import draft_from_order
from stragan.documents.models import Document, DocumentVoid, Draft, OrderDocument
from stragan.documents.sellers import profile_of
from stragan.documents.states import CONVERSIONS
from stragan.flows import hand_document, order_content
from stragan.kit import audit
from stragan.orders.models import Order


class NotConvertible(Refused):
    """This document does not become one of that kind, or no longer: it was voided or unlinked."""

    code = "not_convertible"


def conversions_of(document: Document) -> tuple[DocumentKind, ...]:
    """Say what a document may become now; nothing where its order has got a document meanwhile."""
    kinds = CONVERSIONS.get(DocumentKind(document.kind), ())
    order_id = document.order_id
    if not kinds:
        return ()
    if order_id is None:
        return kinds if hand_document.is_convertible(document) else ()
    if not _is_current(document, order_id):
        return ()
    order = Order.objects.for_company(document.company_id).get(pk=order_id)
    if document.kind != DocumentKind.RECEIPT:
        return () if order.has_original else kinds
    has_invoice = queries.current_of_kind(document.company, [order_id], kind=DocumentKind.INVOICE)
    return () if has_invoice or not document.original else kinds


def convert(*, document: Document, kind: DocumentKind, user: User | None, now: datetime) -> Draft:
    """Fill a draft with what *document* says: that of its order, or one by hand where it has none.

    A draft made from it before is kept with its edits; another draft of the kind for the order gives way.

    :raises NotConvertible: the kinds do not fit, or the document is no longer the order's.
    """
    if kind not in conversions_of(document):
        raise NotConvertible(number=document.number)
    if document.order_id is None:
        return _by_hand(document, kind=kind, user=user, now=now)
    return _for_order(document, document.order_id, kind=kind, user=user, now=now)


def _by_hand(document: Document, *, kind: DocumentKind, user: User | None, now: datetime) -> Draft:
    company: Company = document.company
    source = queries.snapshot_of(document)
    original = hand_document.blank(company, kind=kind, contractor=None, today=warsaw_date(now))
    content = converted(source, original=original)
    buyer = replace(content.buyer, company=bool(content.buyer.nip or content.buyer.vat_eu))
    payment = replace(content.payment, method=source.payment.method)
    content = replace(content, buyer=buyer, payment=payment)
    with transaction.atomic():
        rows = Draft.objects.for_company(company).select_for_update()
        known = rows.filter(source=document, kind=kind, order__isnull=True).first()
        if known is not None:
            return known
        draft = Draft(
            company=company,
            kind=kind.value,
            contractor=document.contractor,
            created_at=now,
        )
        _fill(draft, document, content, user=user, now=now)
    return draft


def _for_order(
    document: Document, order_id: int, *, kind: DocumentKind, user: User | None, now: datetime
) -> Draft:
    company: Company = document.company
    order = Order.objects.for_company(company).select_related("shop").get(pk=order_id)
    today = warsaw_date(now)
    original = draft_from_order(
        order_content.load(order),
        profile=profile_of(company, on=today),
        buyer_source=BuyerSource(order.shop.buyer_source),
        kind=kind,
        issue_date=today,
    )
    content = converted(queries.snapshot_of(document), original=original)
    with transaction.atomic():
        rows = Draft.objects.for_company(company).select_for_update()
        draft = rows.filter(order=order, kind=kind).first()
        if draft is not None and draft.source_id == document.pk:
            return draft
        draft = draft or Draft(company=company, order=order, kind=kind.value, created_at=now)
        _fill(draft, document, content, user=user, now=now)
    return draft


def _fill(
    draft: Draft, document: Document, content: DraftContent, *, user: User | None, now: datetime
) -> None:
    draft.source, draft.content, draft.reason = document, to_json(content), ""
    draft.saved_at, draft.saved_by = now, user
    draft.save()
    deed = audit.Deed(
        verb="draft.converted",
        subject="document",
        subject_id=document.pk,
        company_id=document.company_id,
        user_id=user.pk if user else None,
        facts={"number": document.number, "kind": draft.kind},
    )
    audit.record([deed], at=now)


def _is_current(document: Document, order_id: int) -> bool:
    links = OrderDocument.objects.for_company(document.company_id)
    is_linked = links.filter(document=document, order_id=order_id, ended_at__isnull=True).exists()
    return (
        is_linked
        and not DocumentVoid.objects.for_company(document.company_id).filter(document=document).exists()
    )
