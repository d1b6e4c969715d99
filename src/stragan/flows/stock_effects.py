"""What documents do to stock, in the transaction that issues, corrects or voids them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeAlias

from stragan.companies.models import Company, NegativeStock
from stragan.core.dates import warsaw_date
from stragan.documents.actions import Author, Prepared
from stragan.documents.content import Refusal
from stragan.documents.states import ORIGINAL_KINDS
from stragan.flows import stock_corrections
from stragan.flows.posted import Posted
from stragan.flows.stock_lines import Named, Sale, Taken, taken_by
from stragan.kit.fields import plain_quantity
from stragan.warehouse import actions, queries
from stragan.warehouse.actions import GoodsIssue
from stragan.warehouse.levels import ZERO
from stragan.warehouse.notes import Written
from stragan.warehouse.states import NoteKind


@dataclass(frozen=True, slots=True, kw_only=True)
class StockChange:
    """One product moved by a document. ``quantity`` is negative for goods that leave; ``note`` its number.

    ``left`` is what is on hand after it; below zero people are warned. Where the move is only foreseen,
    ``note`` is the kind of note it would be.
    """

    sku: str
    name: str
    quantity: Decimal
    note: str
    left: Decimal = ZERO

    @property
    def is_short(self) -> bool:
        """Whether goods leave that are not on hand."""
        return self.quantity < 0 and self.left < 0


Spent: TypeAlias = dict[int, Decimal]  # by product: what documents looked at before would take


def refusals(
    prepared: Iterable[Prepared], *, company: Company, is_locked: bool = False, spent: Spent | None = None
) -> Mapping[int, Refusal]:
    """Say which orders (by id) the policy for negative stock forbids; asked before a number is taken.

    Goods go to the documents in the order given: a later one is refused what an earlier one takes. With
    *is_locked* nobody else can take them until the caller's transaction ends. Goods *spent* are gone.
    """
    if company.negative_stock != NegativeStock.FORBID:
        return {}
    moving, taken = _taken(prepared, company=company)
    sums = [_summed(taken, place) for place in range(len(moving))]
    wanted = {pk for one in sums for pk in one}
    if not wanted:
        return {}
    orders = [one.order_id for one in moving] if is_locked else None
    left = _less(queries.on_hand(company, wanted, locked_with_orders=orders), spent)
    refused = {}
    for one, needed in zip(moving, sums, strict=True):
        short = next((pk for pk, quantity in needed.items() if left[pk] < quantity), None)
        if short is not None:
            refused[one.order_id] = Refusal(
                code="stock_missing",
                params={
                    "product": taken.products[short].name,
                    "needed": f"{needed[short]:f}",
                    "available": f"{left[short]:f}",
                },
            )
            continue
        for pk, quantity in needed.items():
            left[pk] = plain_quantity(left[pk] - quantity)
    return refused


def foresee(
    prepared: Sequence[Prepared], *, company: Company, spent: Spent | None = None
) -> Mapping[int, tuple[StockChange, ...]]:
    """Say what issuing would move, by order id; adds it to *spent* and changes nothing else."""
    moving, taken = _taken(prepared, company=company)
    on_hand = queries.on_hand(company, {one.product_id for demands in taken.demands for one in demands})
    left = _less(on_hand, spent)
    foreseen = {}
    for one, demands in zip(moving, taken.demands, strict=True):
        changes = []
        for demand in demands:
            pk = demand.product_id
            left[pk] = plain_quantity(left[pk] - demand.quantity)
            if spent is not None:
                spent[pk] = plain_quantity(spent.get(pk, ZERO) + demand.quantity)
            product = taken.products[pk]
            changes.append(
                StockChange(
                    sku=product.sku,
                    name=product.name,
                    quantity=-demand.quantity,
                    note=NoteKind.WZ.name,
                    left=left[pk],
                )
            )
        foreseen[one.order_id] = tuple(changes)
    return foreseen


def apply(
    posted: Sequence[Posted], *, company: Company, author: Author
) -> Mapping[int, tuple[StockChange, ...]]:
    """Move stock for documents just issued (corrections too); by document id. Never twice for an order."""
    if not company.warehouse:
        return {}
    moving = [one for one in posted if one.document.original and one.snapshot.corrected is None]
    moved: dict[int, tuple[StockChange, ...]] = {}
    if moving:
        moved |= _issue(moving, company=company, author=author)
    for one in posted:
        if one.snapshot.corrected is not None:
            written, names = stock_corrections.follow(one, company=company, author=author)
            moved[one.document.pk] = _changes(written, names)
    return moved


def undo(posted: Posted, *, company: Company, author: Author) -> tuple[StockChange, ...]:
    """Bring back what a voided document had moved: each of its notes is reversed, once.

    The order reserves again when the caller has taken its mark of a document away and asks
    ``stock_reservations.refresh``.
    """
    notes = queries.standing_notes(company, [posted.document.pk])
    if not notes:
        return ()
    written = actions.reverse_notes(
        notes,
        company=company,
        on=warsaw_date(author.now),
        reason=posted.document.number,
        by_id=author.user_id,
        now=author.now,
    )
    names = stock_corrections.names_of(
        company, [move.product_id for one in written for move in one.note.moves]
    )
    return _changes(written, names)


def recall(document_ids: Iterable[int], *, company: Company) -> Mapping[int, tuple[StockChange, ...]]:
    """Tell what documents have moved, by document id; of a void one what brought the goods back."""
    found: dict[int, list[StockChange]] = {}
    for move in queries.moves_of_documents(company, document_ids):
        change = StockChange(
            sku=move.product.sku,
            name=move.product.name,
            quantity=move.quantity,
            note=move.note.number,
            left=move.balance,
        )
        assert move.note.document_id is not None, "asked for by document"
        found.setdefault(move.note.document_id, []).append(change)
    return {pk: tuple(changes) for pk, changes in found.items()}


def _issue(
    moving: Sequence[Posted], *, company: Company, author: Author
) -> dict[int, tuple[StockChange, ...]]:
    taken = taken_by(
        [
            Sale(order_id=one.document.order_id, lines=one.snapshot.lines, products=one.products)
            for one in moving
        ],
        company=company,
    )
    written = actions.issue_goods(
        [
            GoodsIssue(
                document_id=one.document.pk,
                document_number=one.document.number,
                date=one.document.issue_date,
                order_id=one.document.order_id,
                demands=demands,
            )
            for one, demands in zip(moving, taken.demands, strict=True)
        ],
        company=company,
        by_id=author.user_id,
        now=author.now,
    )
    return {
        one.note.document_id: _changes([one], taken.products)
        for one in written
        if one.note.document_id is not None
    }


def _taken(prepared: Iterable[Prepared], *, company: Company) -> tuple[list[Prepared], Taken]:
    """Which of the documents to be move stock, and what they take."""
    if not company.warehouse:
        return [], Taken()
    moving = [one for one in prepared if one.content.kind in ORIGINAL_KINDS and not one.content.to_receipt]
    sales = [Sale(order_id=one.order_id, lines=one.content.lines) for one in moving]
    return moving, taken_by(sales, company=company)


def _less(on_hand: Mapping[int, Decimal], spent: Spent | None) -> dict[int, Decimal]:
    """What is on hand after others have taken theirs."""
    gone = spent or {}
    return {pk: plain_quantity(quantity - gone.get(pk, ZERO)) for pk, quantity in on_hand.items()}


def _summed(taken: Taken, place: int) -> dict[int, Decimal]:
    """What one sale takes by product, whatever lines it stands in."""
    sums: dict[int, Decimal] = {}
    for demand in taken.demands[place]:
        sums[demand.product_id] = plain_quantity(sums.get(demand.product_id, ZERO) + demand.quantity)
    return sums


def _changes(written: Iterable[Written], names: Mapping[int, Named]) -> tuple[StockChange, ...]:
    return tuple(
        StockChange(
            sku=names[move.product_id].sku,
            name=names[move.product_id].name,
            quantity=move.quantity,
            note=one.number,
            left=move.balance,
        )
        for one in written
        for move in one.note.moves
    )
