"""The change radar: orders held against their documents whenever one of the two changed.

Nothing is rewritten by itself: what is found waits for a person with a proposed deed, and settles itself
once order and documents agree again.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from stragan.companies.models import Company, User
from stragan.core.snapshot import BuyerSource
from stragan.documents import changes, radar
from stragan.documents.changes import Found, Proposal
from stragan.documents.models import Document, OrderChange
from stragan.documents.states import ChangeState
from stragan.flows.holding import hold_orders
from stragan.flows.order_content import read_payload, with_product_codes
from stragan.kit.audit import Actor
from stragan.orders.data import OrderData
from stragan.orders.models import Order, OrderRevision
from stragan.outbox.models import Parcel


@dataclass(frozen=True, slots=True, kw_only=True)
class Examined:
    """An order whose change waits, held against its documents just now, personal data included."""

    row: OrderChange
    order: Order
    documents: tuple[Document, ...]
    found: tuple[Found, ...]

    def proposal(self, document: Document) -> Proposal | None:
        """What a correction of *document* would be filled in with."""
        return changes.proposal(self.found, paper=document.pk)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Subject:
    """An order with its documents and the base it is compared with."""

    order: Order
    row: OrderChange
    documents: list[Document]
    base: OrderData
    now: OrderData

    @property
    def is_merged(self) -> bool:
        return self.order.superseded_by_id is not None and not self.row.base_merged


def follow_import(
    *, company: Company, order_ids: Iterable[int], changed: Collection[str], now: datetime
) -> None:
    """Look at orders whose content just changed or that were merged, in the caller's transaction.

    *changed* are the ids of forms whose content is another one than before.
    """
    orders = list(_orders(company).filter(pk__in=list(order_ids), has_original=True))
    if not orders:
        return
    watched = radar.documents_watched(company, [order.pk for order in orders])
    known = _rows(company, watched)
    subjects = []
    for order in orders:
        documents = watched.get(order.pk)
        if documents is None:
            continue
        row = known.get(order.pk)
        if row is None or row.document_id != documents[0].pk:
            revision = order.revision_count - (order.allegro_id in changed)
            row = _begun(order, documents[0], row=row, revision=max(1, revision), now=now)
        subjects.append((order, row, documents))
    _look(company, subjects, now=now)


def follow_documents(*, company: Company, order_ids: Iterable[int], now: datetime) -> None:
    """Look at orders whose documents just changed, in the caller's transaction.

    Only what waits is looked at; where nothing waits, the documents of now are what the next change of the
    order is compared with. What waited for an order that has no document any more is over.
    """
    known = _rows(company, order_ids)
    if not known:
        return
    watched = radar.documents_watched(company, known)
    radar.forget(company, known.keys() - watched.keys(), now=now)
    subjects = []
    for order in _orders(company).filter(pk__in=list(watched)):
        documents, row = watched[order.pk], known[order.pk]
        is_known = row.document_id in {one.pk for one in documents}
        if row.state == ChangeState.OPEN:
            row.document = row.document if is_known else documents[0]
            subjects.append((order, row, documents))
        elif is_known:
            radar.rebase(row, latest=radar.latest_of(company, [one.pk for one in documents]))
    _look(company, subjects, now=now)


def examine(company: Company, order_id: int) -> Examined | None:
    """Hold an order against its documents as they are now; None unless its change waits. Changes nothing."""
    row = radar.change_of(company, order_id)
    if row is None or row.state != ChangeState.OPEN:
        return None
    order = _orders(company).get(pk=order_id)
    documents = radar.documents_watched(company, [order.pk]).get(order.pk, [])
    if row.document_id not in {one.pk for one in documents}:
        return None
    [subject] = _read([(order, row, documents)])
    latest = radar.latest_of(company, [document.pk for document in documents])
    has_parcel = bool(_with_parcel(company, [order.pk]))
    found = _compare(company, subject, latest=latest, has_parcel=has_parcel)
    return Examined(row=row, order=order, documents=tuple(documents), found=found)


def examine_document(document: Document) -> Examined | None:
    """Hold the order of a document, or of the one it corrects, against it; None unless a change waits."""
    order_id = radar.order_waiting_for(document)
    return None if order_id is None else examine(document.company, order_id)


def settle(
    *, company: Company, order_id: int, reason: str, by: User | None, actor: Actor, now: datetime
) -> OrderChange:
    """Note that nothing is to be done about what changed, and why; kept in the audit trail.

    :raises stragan.documents.radar.ChangeNotOpen: nothing of the order waits.
    :raises stragan.documents.radar.ChangeReasonMissing: no reason was given.
    """
    with transaction.atomic(durable=True):
        hold_orders(company, order_id)
        order = Order.objects.for_company(company).filter(pk=order_id).first()
        if order is None:
            raise radar.ChangeNotOpen
        return radar.settle_by_hand(order, reason=reason, by=by, actor=actor, now=now)


def _orders(company: Company) -> QuerySet[Order]:
    return Order.objects.for_company(company).select_related("shop").defer("search_text").order_by("id")


def _rows(company: Company, order_ids: Iterable[int]) -> dict[int, OrderChange]:
    rows = OrderChange.objects.for_company(company).select_for_update()
    return {row.order_id: row for row in rows.filter(order_id__in=list(order_ids)).order_by("id")}


def _begun(
    order: Order, document: Document, *, row: OrderChange | None, revision: int, now: datetime
) -> OrderChange:
    """Begin to watch an order at its first change: until then it was what its document was made of."""
    row = row or OrderChange(company_id=order.company_id, order=order)
    row.document = document
    row.state, row.items, row.found_at = ChangeState.SETTLED.value, [], now
    row.base_revision, row.base_papers, row.base_merged = revision, {}, False
    return row


def _look(
    company: Company, subjects: Sequence[tuple[Order, OrderChange, list[Document]]], *, now: datetime
) -> None:
    """Compare, and keep what was found; nothing is read of documents where nothing of interest changed."""
    if not subjects:
        return
    interesting = [
        one
        for one in _read(subjects)
        if one.row.state == ChangeState.OPEN or one.is_merged or not changes.are_alike(one.base, one.now)
    ]
    parcels = _with_parcel(company, [one.order.pk for one in interesting])
    latest = radar.latest_of(company, [paper.pk for one in interesting for paper in one.documents])
    for one in interesting:
        current = {paper.pk: latest[paper.pk] for paper in one.documents}
        one.row.base_papers = one.row.base_papers or radar.papers_kept(current)
        found = _compare(company, one, latest=current, has_parcel=one.order.pk in parcels)
        radar.keep(one.row, found, revision=one.order.revision_count, latest=current, now=now)


def _read(subjects: Sequence[tuple[Order, OrderChange, list[Document]]]) -> list[_Subject]:
    """Read the contents of both sides: three queries for any number of orders."""
    wanted = {
        (order.pk, sequence)
        for order, row, _documents in subjects
        for sequence in (row.base_revision, order.revision_count)
    }
    rows = OrderRevision.objects.filter(
        order_id__in=[order.pk for order, _row, _documents in subjects],
        sequence__in={sequence for _pk, sequence in wanted},
    )
    read = {
        (order_id, sequence): read_payload(bytes(payload))
        for order_id, sequence, payload in rows.values_list("order_id", "sequence", "payload")
        if (order_id, sequence) in wanted
    }
    base = {order.pk: read[order.pk, row.base_revision] for order, row, _documents in subjects}
    now = {order.pk: read[order.pk, order.revision_count] for order, _row, _documents in subjects}
    base, now = with_product_codes(base), with_product_codes(now)
    return [
        _Subject(order=order, row=row, documents=documents, base=base[order.pk], now=now[order.pk])
        for order, row, documents in subjects
    ]


def _compare(
    company: Company, one: _Subject, *, latest: Mapping[int, int], has_parcel: bool
) -> tuple[Found, ...]:
    base = radar.papers_then(one.row)
    return changes.found_changes(
        base=one.base,
        now=one.now,
        papers=radar.papers_of(company, one.documents, base=base, latest=latest),
        buyer_source=BuyerSource(one.order.shop.buyer_source),
        has_parcel=has_parcel,
        is_merged=one.is_merged,
    )


def _with_parcel(company: Company, order_ids: Sequence[int]) -> frozenset[int]:
    rows = Parcel.objects.for_company(company).filter(order_id__in=order_ids)
    return frozenset(rows.values_list("order_id", flat=True))
