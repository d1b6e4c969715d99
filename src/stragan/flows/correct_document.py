"""Correct an issued document: to zero, or line by line. The original stays; a correction is issued to it."""

from dataclasses import dataclass
from datetime import date

from django.db import transaction

from stragan.companies.models import Company
from stragan.core.errors import Refused
from stragan.core.money import ZERO
from stragan.core.snapshot import DocumentKind, DocumentSnapshot, Payment
from stragan.documents import actions, queries, undoing
from stragan.documents.actions import Author, IssueDateTooEarly
from stragan.documents.content import Refusal, SellerProfile
from stragan.documents.correcting import Correction, LineChange, State, plan, state_of
from stragan.documents.drafting import allowed_codes
from stragan.documents.models import Document, NumberSeries
from stragan.documents.sellers import seller_of
from stragan.documents.states import ORIGINAL_KINDS, LinkEnd, LinkOrigin
from stragan.flows import book_effects, change_radar, consequences, stock_reservations
from stragan.flows.consequences import Consequences
from stragan.flows.holding import held_document, insisted
from stragan.flows.posted import Posted
from stragan.orders.documenting import mark_undocumented, order_with_id, tell
from stragan.orders.models import Order

REASON_LENGTH = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What a document is to become. ``today`` is the Warsaw day of asking; no date means today.

    ``to_zero`` leaves nothing and needs no changes.
    """

    company: Company
    document_id: int
    reason: str
    today: date
    changes: tuple[LineChange, ...] = ()
    to_zero: bool = False
    issue_date: date | None = None

    @property
    def day(self) -> date:
        """The issue date of the correction."""
        return self.issue_date or self.today


@dataclass(frozen=True, slots=True, kw_only=True)
class Corrected:
    """A correction that exists. ``repeated`` says that it was there before: nothing was done again."""

    document: Document
    snapshot: DocumentSnapshot
    corrects: Document
    consequences: Consequences
    repeated: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Chain:
    """A document with the corrections it has, oldest first, and the state they left."""

    root: Document
    original: DocumentSnapshot
    corrections: tuple[Document, ...]
    state: State


def chain_of(document: Document, *, company: Company) -> Chain:
    """Read the whole chain that *document* belongs to."""
    root = document
    if document.corrects_id is not None:
        found = queries.document_by_id(company, document.corrects_id)
        assert found is not None, "a correction's original is its company's"
        root = found
    original = queries.snapshot_of(root)
    corrections = queries.corrections_of(root)
    latest = queries.snapshot_of(corrections[-1]) if corrections else None
    return Chain(
        root=root,
        original=original,
        corrections=tuple(corrections),
        state=state_of(original, latest),
    )


def invoice_to(receipt: Document, *, company: Company) -> Chain | None:
    """Read the invoice that repeats a receipt, with its corrections; None where there is none that stands."""
    if receipt.kind != DocumentKind.RECEIPT:
        return None
    made = [one for one in queries.conversions_of(receipt) if one.kind == DocumentKind.INVOICE]
    chains = [chain_of(one, company=company) for one in made]
    return next((chain for chain in chains if not chain.state.is_zero), None)


def correction_refusal(chain: Chain) -> Refusal | None:
    """Say why a document cannot be corrected at all; None where it can."""
    root = chain.root
    if root.kind not in ORIGINAL_KINDS:
        return Refusal(code="kind_not_correctable", params={"number": root.number})
    if queries.void_of(root) is not None:
        return Refusal(code="document_void", params={"number": root.number})
    return None


def planned(chain: Chain, *, wish: Wish) -> Correction | Refusal:
    """Work out what *wish* would make of the chain; changes nothing."""
    profile = SellerProfile(
        vat_payer=chain.original.seller.vat_payer, exemption_basis=chain.original.exemption_basis
    )
    for change in wish.changes:
        if change.vat_code is not None and change.vat_code not in allowed_codes(profile):
            params = {"offer": change.name, "vat_code": change.vat_code}
            return Refusal(code="vat_code_not_allowed", params=params, field="lines")
    try:
        return plan(chain.original, before=chain.state, changes=wish.changes, to_zero=wish.to_zero)
    except Refused as refused:
        params = {name: str(fact) for name, fact in refused.params.items()}
        return Refusal(code=refused.code, params=params, field="lines")


def correct_document(*, wish: Wish, author: Author) -> Corrected | Refusal:
    """Issue the correction in one transaction, with stock and books; all of it happens or nothing.

    What a wish describes is the state afterwards, so repeating it changes nothing and answers with the
    latest correction. Nothing left ends the link to the order, which then waits for a document again.
    Differences are those of rounded sums (VAT Act art. 106j(2)).
    """
    if wish.day > wish.today:
        return Refusal(code="issue_date_future", params={"date": wish.day.isoformat()}, field="issue_date")
    return insisted(lambda: _correct_once(wish=wish, author=author))


def _correct_once(*, wish: Wish, author: Author) -> Corrected | Refusal:
    company = wish.company
    with transaction.atomic(durable=True):
        series = actions.lock_series(company=company, kind=DocumentKind.CORRECTION, issue_date=wish.day)
        named = queries.document_by_id(company, wish.document_id)
        document = held_document(company, named.corrects_id or named.pk) if named else None
        if document is None:
            return Refusal(code="document_unknown", params={"number": ""})
        chain = chain_of(document, company=company)
        refusal = correction_refusal(chain)
        correction = planned(chain, wish=wish) if refusal is None else refusal
        if isinstance(correction, Refusal):
            return correction
        if correction.changes_nothing:
            return _latest(chain, company=company)
        refusal = _invoice_refusal(chain, correction) or _refusal(chain, series=series, wish=wish)
        if refusal is not None:
            return refusal
        made, snapshot = undoing.issue_correction(
            correction,
            corrects=chain.root,
            original=chain.original,
            frame=_frame(chain, wish=wish, author=author),
            reason=wish.reason.strip()[:REASON_LENGTH],
            series=series,
            author=author,
        )
        order = _settle_orders(chain, made, correction, company=company, author=author)
        followed = consequences.follow(
            [Posted(document=made, snapshot=snapshot, order=order)], company=company, author=author
        )
        return Corrected(
            document=made, snapshot=snapshot, corrects=chain.root, consequences=followed[made.pk]
        )


def _latest(chain: Chain, *, company: Company) -> Corrected | Refusal:
    """Answer for a wish that changes nothing: with the latest correction, if there is one."""
    if not chain.corrections:
        return Refusal(code="correction_changes_nothing", params={"number": chain.root.number})
    latest = chain.corrections[-1]
    return Corrected(
        document=latest,
        snapshot=queries.snapshot_of(latest),
        corrects=chain.root,
        consequences=consequences.recall([latest.pk], company=company)[latest.pk],
        repeated=True,
    )


def _invoice_refusal(chain: Chain, correction: Correction) -> Refusal | None:
    """Say that an invoice repeats the receipt and would say more than it afterwards: it comes first.

    That invoice moves no stock and posts nothing, which the receipt did; left alone it would still bill the
    sale (VAT Act art. 108(1)) while its order waits for another document.
    """
    invoice = invoice_to(chain.root, company=chain.root.company)
    if invoice is None or invoice.state.sums == correction.after.sums:
        return None
    return Refusal(code="receipt_has_invoice", params={"number": invoice.root.number})


def _refusal(chain: Chain, *, series: NumberSeries, wish: Wish) -> Refusal | None:
    """Say why this correction cannot be issued now, after its content was found good."""
    if chain.state.is_zero:
        return Refusal(code="corrected_to_zero", params={"number": chain.root.number})
    if not wish.reason.strip():
        return Refusal(code="correction_reason_missing", params={}, field="reason")
    latest = (chain.corrections or (chain.root,))[-1].issue_date
    if wish.day < latest:
        return Refusal(
            code="correction_before_document", params={"latest": latest.isoformat()}, field="issue_date"
        )
    try:
        actions.require_order_of_dates(series, issue_date=wish.day)
    except IssueDateTooEarly as early:
        params = {name: str(fact) for name, fact in early.params.items()}
        return Refusal(code=early.code, params=params, field="issue_date")
    return book_effects.refusal(
        company=wish.company,
        keeping=book_effects.hold(company=wish.company),
        kind=DocumentKind.CORRECTION,
        issue_date=wish.day,
    )


def _frame(chain: Chain, *, wish: Wish, author: Author) -> DocumentSnapshot:
    """Everything of the correction that is not lines and sums: the seller of today, the buyer as before."""
    original = chain.original
    profile = SellerProfile(vat_payer=original.seller.vat_payer, exemption_basis=original.exemption_basis)
    payment = original.payment
    return DocumentSnapshot(
        kind=DocumentKind.CORRECTION,
        number="",
        issue_date=wish.day,
        supply_date=None,
        supply_kind=None,
        currency=original.currency,
        seller=seller_of(wish.company, profile=profile),
        buyer=original.buyer,
        lines=(),
        rates=(),
        net=ZERO,
        vat=ZERO,
        gross=ZERO,
        deposits=(),
        deposit=ZERO,
        to_pay=ZERO,
        payment=Payment(
            method=payment.method, provider=payment.provider, paid=ZERO, paid_date=None, due_date=None
        ),
        exemption_basis=original.exemption_basis,
        notes="",
        order_id=original.order_id,
        shop=original.shop,
        ksef=original.ksef,
        issued_at=author.now,
        fiscal_receipt=original.fiscal_receipt,
        to_receipt=original.to_receipt,
    )


def _settle_orders(
    chain: Chain, made: Document, correction: Correction, *, company: Company, author: Author
) -> Order | None:
    """Let the orders of the chain have the correction too; with nothing left they have none of it."""
    links = undoing.current_links(company, [chain.root.pk, *(one.pk for one in chain.corrections)])
    of_root = [link for link in links if link.document_id == chain.root.pk]
    added = [
        undoing.link(made, order_id=link.order_id, origin=LinkOrigin.ISSUED, original=False, author=author)
        for link in of_root
    ]
    order_ids = [link.order_id for link in of_root]
    if correction.after.is_zero:
        undoing.end_links([*links, *added], code=LinkEnd.CORRECTED, reason="", author=author)
        waiting = [link.order_id for link in of_root if link.original]
        mark_undocumented(company=company, order_ids=waiting, now=author.now)
        stock_reservations.refresh(company, waiting, author.now)
    tell(
        order_ids=order_ids,
        verb="document_corrected",
        facts={
            "number": chain.root.number,
            "by": made.number,
            "to_zero": correction.after.is_zero,
        },
        now=author.now,
        user=author.user,
    )
    change_radar.follow_documents(company=company, order_ids=order_ids, now=author.now)
    order_id = next(iter(order_ids), chain.root.order_id)
    return order_with_id(company, order_id)
