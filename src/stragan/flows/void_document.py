"""Void a document that never left the house: it keeps its number and counts for nothing."""

from dataclasses import dataclass

from django.db import transaction

from stragan.companies.models import Company
from stragan.core.snapshot import DocumentKind, KsefState
from stragan.documents import queries, undoing
from stragan.documents.actions import Author
from stragan.documents.content import Refusal
from stragan.documents.models import Document, DocumentVoid
from stragan.documents.states import LinkEnd
from stragan.flows import book_effects, change_radar, consequences, stock_reservations
from stragan.flows.consequences import Consequences
from stragan.flows.holding import held_document, insisted
from stragan.flows.posted import Posted
from stragan.orders.documenting import mark_undocumented, order_with_id, tell
from stragan.outbox import actions as outbox
from stragan.outbox.queries import may_be_on_allegro

# What a document that was never sent says about KSeF.
IN_THE_HOUSE = frozenset({KsefState.NOT_SENT, KsefState.OUTSIDE, KsefState.NONE})


@dataclass(frozen=True, slots=True, kw_only=True)
class Voided:
    """A void document. ``repeated`` says that it was void before; ``consequences`` were taken back."""

    document: Document
    void: DocumentVoid
    consequences: Consequences
    repeated: bool = False


def void_document(*, company: Company, document_id: int, reason: str, author: Author) -> Voided | Refusal:
    """Void a document, end its links, take back what it moved and posted; orders wait for one again.

    One transaction: all of it happens or nothing. A document that is void already answers as it did. The
    number stays taken (numbers have no gap) and the frozen content stays as it is.
    """
    return insisted(
        lambda: _void_once(company=company, document_id=document_id, reason=reason, author=author)
    )


def _void_once(*, company: Company, document_id: int, reason: str, author: Author) -> Voided | Refusal:
    with transaction.atomic(durable=True):
        document = held_document(company, document_id)
        if document is None:
            return Refusal(code="document_unknown", params={"number": ""})
        known = queries.void_of(document)
        if known is not None:
            recalled = consequences.recall([document.pk], company=company)[document.pk]
            return Voided(document=document, void=known, consequences=recalled, repeated=True)
        outbox.hold_document(company, document.pk)
        refusal = void_refusal(document, company=company, is_locked=True)
        if refusal is None and not reason.strip():
            refusal = Refusal(code="void_reason_missing", params={}, field="reason")
        if refusal is not None:
            return refusal
        return _void(document, company=company, reason=reason.strip(), author=author)


def void_refusal(document: Document, *, company: Company, is_locked: bool = False) -> Refusal | None:
    """Say why *document*, which is not void, cannot be voided; None where it can.

    With *is_locked* the months it stands in stay open until the transaction ends.
    """
    if document.kind == DocumentKind.CORRECTION:
        return Refusal(code="correction_not_voidable", params={"number": document.number})
    left_the_house = {
        "document_in_ksef": document.ksef not in IN_THE_HOUSE,
        "document_on_allegro": may_be_on_allegro(company, document.pk),
    }
    code = next((code for code, holds in left_the_house.items() if holds), None)
    if code is not None:
        return Refusal(code=code, params={"number": document.number})
    corrections = queries.corrections_of(document)
    if corrections:
        return Refusal(code="document_has_correction", params={"number": corrections[-1].number})
    made = [
        one for one in queries.conversions_of(document) if consequences.does_count(DocumentKind(one.kind))
    ]
    if made:
        return Refusal(code="document_converted", params={"number": made[0].number})
    if not consequences.does_count(DocumentKind(document.kind)):
        return None
    return book_effects.undo_refusal(document, company=company, is_locked=is_locked)


def _void(document: Document, *, company: Company, reason: str, author: Author) -> Voided:
    links = undoing.current_links(company, [document.pk])
    void = undoing.void(document, reason=reason, author=author)
    undoing.end_links(links, code=LinkEnd.VOIDED, reason=reason, author=author)
    order = order_with_id(company, document.order_id)
    posted = Posted(document=document, snapshot=queries.snapshot_of(document), order=order)
    waiting = [link.order_id for link in links if link.original]
    mark_undocumented(company=company, order_ids=waiting, now=author.now)
    change_radar.follow_documents(
        company=company, order_ids=[link.order_id for link in links], now=author.now
    )
    stock_reservations.refresh(company, waiting, author.now)
    taken_back = consequences.undo(posted, company=company, author=author)
    tell(
        order_ids=[link.order_id for link in links],
        verb="document_voided",
        facts={"number": document.number, "reason": reason},
        now=author.now,
        user=author.user,
    )
    return Voided(document=document, void=void, consequences=taken_back)
