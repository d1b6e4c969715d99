"""Papers that people write: receipts, internal receipts and issues, stocktaking, opening stock."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Final
from uuid import UUID

from django.db import transaction

from stragan.companies.models import Company, User
from stragan.core.dates import warsaw_date
from stragan.core.errors import Conflict, Refused, Warned
from stragan.kit.audit import Actor, Deed, record
from stragan.kit.fields import plain_quantity
from stragan.products.models import Product
from stragan.warehouse import levels
from stragan.warehouse.actions.issuing import reverse_notes
from stragan.warehouse.costs import unit_cost_of
from stragan.warehouse.levels import Addition
from stragan.warehouse.models import StockLevel, StockNote
from stragan.warehouse.notes import Move, NewNote, Written, write_notes
from stragan.warehouse.states import KINDS_BY_HAND, NoteKind

LARGEST_QUANTITY: Final = Decimal(100_000_000)


class NoteEmpty(Refused):
    """A note needs at least one line."""

    code = "note_empty"


class NoteReasonMissing(Refused):
    """An internal receipt or issue, a stocktaking and a reversal say why."""

    code = "note_reason_missing"


class NoteDateFuture(Refused):
    """Goods cannot have moved on a day that has not come; ``date`` is the wished one."""

    code = "note_date_future"


class NoteQuantityWrong(Refused):
    """A quantity is not above zero, too large or finer than 1/10,000; ``product`` names the line."""

    code = "note_quantity_wrong"


class NoteProductUnknown(Refused):
    """The product is not the company's, or it is a bundle: only its components lie on a shelf."""

    code = "note_product_unknown"


class NoteStockMissing(Refused):
    """More is to leave than is on hand, and the company forbids that."""

    code = "note_stock_missing"


class CountOutdated(Warned):
    """Stock moved while it was counted; ``products`` names some of them, ``count`` is how many."""

    code = "count_outdated"


class NoteNotReversible(Conflict):
    """The note is reversed already, is itself a reversal, or follows from a document."""

    code = "note_not_reversible"


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteLine:
    """One product of a note by hand; ``unit_cost`` is PLN or None where it is not known."""

    product_id: int
    quantity: Decimal
    unit_cost: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CountLine:
    """One product as it was counted, beside what the system showed when it was."""

    product_id: int
    counted: Decimal
    shown: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteHead:
    """What a note by hand says besides its lines. The same *key* twice gives the first note again."""

    date: date
    reason: str = ""
    supplier: str = ""
    supplier_number: str = ""
    key: UUID | None = None


@transaction.atomic
def write_note(
    *,
    company: Company,
    kind: NoteKind,
    head: NoteHead,
    lines: Sequence[NoteLine],
    by: User | None,
    now: datetime,
) -> StockNote:
    """Receive goods (PZ, PW) or take them out (RW); gives the note.

    :raises NoteEmpty: there is no line.
    :raises NoteReasonMissing: PW or RW without a reason.
    :raises NoteDateFuture: the date has not come yet.
    :raises NoteQuantityWrong: a quantity cannot be stored or is not above zero.
    :raises NoteProductUnknown: a product is not the company's or is a bundle.
    :raises NoteStockMissing: RW takes more than there is, and the policy forbids that.
    """
    assert kind in {NoteKind.PZ, NoteKind.PW, NoteKind.RW}, "stock is counted by take_stock"
    if known := _known(company, head):
        return known
    _check_head(kind, head, now=now)
    products = _products(company, [line.product_id for line in lines])
    for line in lines:
        _check_quantity(line.quantity, product=products[line.product_id], lowest=Decimal("0.0001"))
    is_out = kind is NoteKind.RW
    additions = [
        Addition(
            product_id=line.product_id,
            quantity=-line.quantity if is_out else line.quantity,
            unit_cost=None if is_out else line.unit_cost,
        )
        for line in lines
    ]
    after, balances = levels.add(company_id=company.pk, additions=additions)
    if is_out and company.negative_stock == "forbid":
        _refuse_below_zero(lines, after, products)
    moves = [
        Move(
            product_id=line.product_id,
            quantity=addition.quantity,
            balance=balance,
            unit_cost=unit_cost_of(after[line.product_id].average) if is_out else line.unit_cost,
        )
        for line, addition, balance in zip(lines, additions, balances, strict=True)
    ]
    return _written(company, kind, head, moves, by=by, now=now)


@transaction.atomic
def take_stock(
    *,
    company: Company,
    head: NoteHead,
    lines: Sequence[CountLine],
    by: User | None,
    now: datetime,
) -> StockNote:
    """Bring products to what was counted (INW); lines without a difference stay on the note as counted.

    :raises CountOutdated: stock moved since it was shown; nothing is done.
    :raises NoteEmpty: there is no line.
    :raises NoteReasonMissing: nobody said what was counted and why.
    :raises NoteDateFuture: the date has not come yet.
    :raises NoteQuantityWrong: a count is below zero or cannot be stored.
    :raises NoteProductUnknown: a product is not the company's or is a bundle.
    """
    if known := _known(company, head):
        return known
    _check_head(NoteKind.INW, head, now=now)
    products = _products(company, [line.product_id for line in lines])
    for line in lines:
        _check_quantity(line.counted, product=products[line.product_id], lowest=Decimal(0))
    before = levels.locked(company_id=company.pk, product_ids=[line.product_id for line in lines])
    moved = [line for line in lines if before[line.product_id].on_hand != line.shown]
    if moved:
        names = ", ".join(products[line.product_id].name for line in moved[:3])
        raise CountOutdated(products=names, count=len(moved))
    return _counted(company, head, {line.product_id: line.counted for line in lines}, before, by=by, now=now)


@transaction.atomic
def set_opening_stock(
    *,
    company: Company,
    quantities: Mapping[int, Decimal],
    reason: str,
    by: User | None,
    now: datetime,
) -> StockNote | None:
    """Bring products (by id) to these quantities; the same again moves nothing and gives None.

    :raises NoteQuantityWrong: a quantity is below zero or cannot be stored.
    :raises NoteProductUnknown: a product is not the company's or is a bundle.
    """
    if not quantities:
        return None
    products = _products(company, list(quantities))
    for pk, quantity in quantities.items():
        _check_quantity(quantity, product=products[pk], lowest=Decimal(0))
    before = levels.locked(company_id=company.pk, product_ids=quantities)
    wanted = {pk: quantity for pk, quantity in quantities.items() if before[pk].on_hand != quantity}
    if not wanted:
        return None
    head = NoteHead(date=warsaw_date(now), reason=reason)
    return _counted(company, head, wanted, before, by=by, now=now)


@transaction.atomic
def reverse_note(*, company: Company, note_id: int, reason: str, by: User | None, now: datetime) -> StockNote:
    """Undo a note written by hand; gives the note that reverses it.

    :raises NoteReasonMissing: nobody said why.
    :raises NoteNotReversible: it is reversed already, is a reversal, or follows from a sales document.
    :raises NoteStockMissing: goods of the receipt have left already, and the policy forbids that.
    """
    if not reason.strip():
        raise NoteReasonMissing
    rows = StockNote.objects.for_company(company)
    note = rows.get(pk=note_id)
    # The levels are what two people who reverse the same note at once wait for.
    moves = list(note.moves.order_by("id"))
    held = levels.locked(company_id=company.pk, product_ids=[move.product_id for move in moves])
    if (
        note.reverses_id is not None
        or NoteKind(note.kind) not in KINDS_BY_HAND
        or rows.filter(reverses_id=note.pk).exists()
    ):
        raise NoteNotReversible(number=note.number)
    if company.negative_stock == "forbid":
        short = next(
            (move for move in moves if move.quantity > 0 and held[move.product_id].on_hand < move.quantity),
            None,
        )
        if short is not None:
            product = Product.objects.for_company(company).get(pk=short.product_id)
            raise NoteStockMissing(
                product=product.name,
                needed=f"{short.quantity:f}",
                available=f"{held[short.product_id].on_hand:f}",
            )
    [written] = reverse_notes(
        [note],
        company=company,
        on=warsaw_date(now),
        reason=reason.strip(),
        by_id=by.pk if by else None,
        now=now,
    )
    _record(company, written, verb="stock.note_reversed", by=by, now=now)
    return rows.get(pk=written.pk)


def _known(company: Company, head: NoteHead) -> StockNote | None:
    """Give the note that was written with the same key before: somebody pressed twice."""
    if head.key is None:
        return None
    return StockNote.objects.for_company(company).filter(public_id=head.key).first()


def _counted(
    company: Company,
    head: NoteHead,
    counted: Mapping[int, Decimal],
    before: Mapping[int, StockLevel],
    *,
    by: User | None,
    now: datetime,
) -> StockNote:
    differences = {pk: quantity - before[pk].on_hand for pk, quantity in counted.items()}
    costs = {pk: unit_cost_of(before[pk].average) for pk in counted}
    _, balances = levels.add(
        company_id=company.pk,
        additions=[
            Addition(product_id=pk, quantity=difference, unit_cost=None)
            for pk, difference in differences.items()
        ],
    )
    moves = [
        # What is found was bought for nothing anybody knows: it leaves the average as it is.
        Move(
            product_id=pk,
            quantity=difference,
            balance=balance,
            unit_cost=costs[pk] if difference < 0 else None,
        )
        for (pk, difference), balance in zip(differences.items(), balances, strict=True)
    ]
    return _written(company, NoteKind.INW, head, moves, by=by, now=now)


def _written(
    company: Company,
    kind: NoteKind,
    head: NoteHead,
    moves: Sequence[Move],
    *,
    by: User | None,
    now: datetime,
) -> StockNote:
    note = NewNote(
        kind=kind,
        date=head.date,
        moves=moves,
        supplier=head.supplier.strip()[:200],
        supplier_number=head.supplier_number.strip()[:60],
        reason=head.reason.strip()[:300],
        public_id=head.key,
    )
    [written] = write_notes([note], company_id=company.pk, by_id=by.pk if by else None, at=now)
    _record(company, written, verb="stock.note_written", by=by, now=now)
    return StockNote.objects.for_company(company).get(pk=written.pk)


def _record(company: Company, written: Written, *, verb: str, by: User | None, now: datetime) -> None:
    deed = Deed(
        verb=verb,
        subject="stock_note",
        subject_id=written.pk,
        company_id=company.pk,
        user_id=by.pk if by else None,
        actor=Actor.USER if by else Actor.COMMAND,
        facts={"number": written.number, "lines": len(written.note.moves)},
    )
    record([deed], at=now)


def _check_head(kind: NoteKind, head: NoteHead, *, now: datetime) -> None:
    if head.date > warsaw_date(now):
        raise NoteDateFuture(date=head.date.isoformat())
    if kind is not NoteKind.PZ and not head.reason.strip():
        raise NoteReasonMissing


def _products(company: Company, ids: Sequence[int]) -> dict[int, Product]:
    if not ids:
        raise NoteEmpty
    rows = Product.objects.for_company(company).filter(is_bundle=False)
    found: dict[int, Product] = {}
    for start in range(0, len(ids), 10_000):
        found |= rows.only("id", "name", "is_bundle").in_bulk(ids[start : start + 10_000])
    if not found.keys() >= set(ids):
        raise NoteProductUnknown
    return found


def _check_quantity(quantity: Decimal, *, product: Product, lowest: Decimal) -> None:
    is_storable = quantity.is_finite() and quantity == quantity.quantize(Decimal("0.0001"))
    if not is_storable or not lowest <= quantity <= LARGEST_QUANTITY:
        raise NoteQuantityWrong(product=product.name)


def _refuse_below_zero(
    lines: Sequence[NoteLine], after: Mapping[int, StockLevel], products: Mapping[int, Product]
) -> None:
    for pk in dict.fromkeys(line.product_id for line in lines):
        if after[pk].on_hand < 0:
            needed = sum((line.quantity for line in lines if line.product_id == pk), Decimal(0))
            raise NoteStockMissing(
                product=products[pk].name,
                needed=f"{plain_quantity(needed):f}",
                available=f"{plain_quantity(after[pk].on_hand + needed):f}",
            )
