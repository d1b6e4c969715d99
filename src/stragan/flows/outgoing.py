"""What follows from deeds here for orders on Allegro: things to be sent, written in the same transaction."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from stragan.companies.models import Company, User
from stragan.core.errors import Refused
from stragan.core.snapshot import DocumentKind
from stragan.documents.actions import Author
from stragan.documents.models import Document, OrderDocument
from stragan.documents.queries import void_of
from stragan.flows.posted import Posted
from stragan.orders.models import Order
from stragan.outbox import actions, queries
from stragan.outbox.models import Parcel, Sending
from stragan.outbox.states import SETTABLE, Kind, SendingState


class WriterOff(Refused):
    """Nothing is sent to this shop until somebody switches that on."""

    code = "sending_writer_off"


class StatusUnknown(Refused):
    """Sellers can set some of Allegro's fulfilment statuses only."""

    code = "sending_status_unknown"


class NotSendable(Refused):
    """Only invoices and their corrections that belong to an order of Allegro are sent there."""

    code = "sending_not_for_allegro"


def documents_issued(posted: Sequence[Posted], *, company: Company, author: Author) -> None:
    """Have the invoices and corrections among documents just issued sent, where their shops want that."""
    _have_sent(
        [(one.document, one.order) for one in posted if one.order is not None],
        company=company,
        by=author.user,
        now=author.asked_at,
    )


def document_linked(document: Document, order: Order, *, author: Author) -> None:
    """Have an existing invoice sent to the order it was just linked to, where the shop wants that."""
    _have_sent([(document, order)], company=order.company_id, by=author.user, now=author.asked_at)


def send_document(*, document: Document, by: User, now: datetime) -> Sending:
    """Have one document sent because somebody asked for it; one that was given up or failed waits again.

    :raises NotSendable: it is void, of another kind, or belongs to no order of a shop.
    :raises WriterOff: the shop does not want documents sent.
    """
    company = document.company
    link = (
        OrderDocument.objects.for_company(company)
        .filter(document=document, ended_at__isnull=True)
        .select_related("order")
        .order_by("id")
        .first()
    )
    if link is None or not is_sendable(document) or void_of(document) is not None:
        raise NotSendable(number=document.number)
    if Kind.INVOICE not in queries.kinds_on(link.order.shop_id):
        raise WriterOff(shop=link.order.shop.name)
    actions.want([_of_document(document, link.order, by=by, now=now)])
    row = Sending.objects.for_company(company).get(document=document, kind=Kind.INVOICE)
    actions.retry(company, [row.pk], now=now)
    return row


def send_status(*, order: Order, target: str, by: User, now: datetime) -> Sending:
    """Have an order's fulfilment status set on Allegro because somebody asked for it. Real time.

    :raises StatusUnknown: sellers cannot set this status.
    :raises WriterOff: the shop does not want statuses sent.
    """
    if target not in SETTABLE:
        raise StatusUnknown(status=target)
    if Kind.STATUS not in queries.kinds_on(order.shop_id):
        raise WriterOff(shop=order.shop.name)
    with transaction.atomic():
        return actions.want_status(_of_status(order, target=target, by=by, now=now), now=now)


def _have_sent(
    pairs: Sequence[tuple[Document, Order]], *, company: Company | int, by: User | None, now: datetime
) -> None:
    if not pairs:
        return
    on = {key: row for key, row in queries.writers_of(company).items() if row.is_on}
    invoices = {shop: row for (shop, kind), row in on.items() if kind == Kind.INVOICE}
    statuses = {shop: row.on_issue for (shop, kind), row in on.items() if kind == Kind.STATUS}
    actions.want(
        [
            _of_document(document, order, by=by, now=now)
            for document, order in pairs
            if order.shop_id in invoices
            and is_sendable(document)
            and (order.wants_invoice or invoices[order.shop_id].unasked)
        ]
    )
    for document, order in pairs:
        if document.original and statuses.get(order.shop_id):
            row = _of_status(order, target=statuses[order.shop_id], by=by, now=now, is_automatic=True)
            actions.want_status(row, now=now)


def parcel_added(
    parcel: Parcel, *, order: Order, is_new: bool, by: User | None, now: datetime
) -> Sending | None:
    """Have a parcel's number sent, in the caller's transaction; None where the shop sends none.

    One that failed or was given up waits again. A new one may change the order's status, too.
    """
    company = order.company_id
    on = {kind: row for (shop, kind), row in queries.writers_of(company).items() if shop == order.shop_id}
    status = on.get(Kind.STATUS)
    if is_new and status is not None and status.is_on and status.on_parcel:
        row = _of_status(order, target=status.on_parcel, by=by, now=now, is_automatic=True)
        actions.want_status(row, now=now)
    if Kind.PARCEL not in on or not on[Kind.PARCEL].is_on:
        return None
    wanted = _sending(order, kind=Kind.PARCEL, by=by, now=now)
    wanted.parcel = parcel
    actions.want([wanted])
    row = Sending.objects.for_company(company).get(parcel=parcel, kind=Kind.PARCEL)
    actions.retry(company, [row.pk], now=now)
    return row


def is_sendable(document: Document) -> bool:
    """Whether a document is an invoice or corrects one."""
    root = document.corrects if document.corrects_id else document
    return root is not None and root.kind == DocumentKind.INVOICE


def _of_document(document: Document, order: Order, *, by: User | None, now: datetime) -> Sending:
    row = _sending(order, kind=Kind.INVOICE, by=by, now=now)
    row.document = document
    return row


def _of_status(
    order: Order, *, target: str, by: User | None, now: datetime, is_automatic: bool = False
) -> Sending:
    row = _sending(order, kind=Kind.STATUS, by=by, now=now)
    row.target, row.is_automatic = target, is_automatic
    return row


def _sending(order: Order, *, kind: Kind, by: User | None, now: datetime) -> Sending:
    return Sending(
        company_id=order.company_id,
        shop_id=order.shop_id,
        order_id=order.pk,
        kind=kind,
        state=SendingState.WAITING,
        asked_at=now,
        asked_by=by,
        due_at=now,
    )
