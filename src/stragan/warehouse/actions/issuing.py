"""Goods leave with a document, come back by its correction, and are put back when it is voided."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from stragan.companies.models import Company
from stragan.kit.bulk import insert_rows
from stragan.kit.fields import plain_quantity
from stragan.warehouse import levels
from stragan.warehouse.actions.reserving import Demand, live_reservations
from stragan.warehouse.costs import unit_cost_of
from stragan.warehouse.levels import Addition, Shift
from stragan.warehouse.models import LineIssue, Reservation, StockMove, StockNote
from stragan.warehouse.notes import Move, NewNote, Written, write_notes
from stragan.warehouse.states import EndCode, NoteKind


@dataclass(frozen=True, slots=True, kw_only=True)
class GoodsIssue:
    """What one document takes. ``order_id`` is None for one written by hand."""

    document_id: int
    document_number: str
    date: date
    order_id: int | None
    demands: Sequence[Demand]


@dataclass(frozen=True, slots=True, kw_only=True)
class GoodsReturn:
    """Goods of one line that come back at the cost they left with."""

    line_id: str
    product_id: int
    quantity: Decimal
    unit_cost: Decimal | None


def issue_goods(
    issues: Sequence[GoodsIssue], *, company: Company, by_id: int | None, now: datetime
) -> list[Written]:
    """Take goods out, one WZ per document, and end what was reserved for their orders.

    What an order's line has out already is not taken again. A constant number of statements for any
    number of documents; the caller holds the rows of the orders.
    """
    order_ids = [one.order_id for one in issues if one.order_id is not None]
    out = _lines_out(company, order_ids) if any(one.demands for one in issues) else set()
    live = live_reservations(company=company, order_ids=order_ids)
    taken = [
        (one, [d for d in one.demands if (one.order_id, d.line_id, d.product_id) not in out])
        for one in issues
    ]
    shifts: dict[int, Shift] = {}
    for _, demands in taken:
        for demand in demands:
            shifts.setdefault(demand.product_id, Shift()).on_hand -= demand.quantity
    for rows in live.values():
        for row in rows:
            shifts.setdefault(row.product_id, Shift()).reserved -= row.quantity
    after = levels.shift(company_id=company.pk, shifts=shifts)
    if live:
        Reservation.objects.for_company(company).filter(
            pk__in=[row.pk for rows in live.values() for row in rows]
        ).update(ended_at=now, end_code=EndCode.ISSUED.value)
    # What lay here before the first of them, so that each move knows what was left after it.
    left = {pk: after[pk].on_hand - one.on_hand for pk, one in shifts.items() if pk in after}
    notes = []
    for issue, demands in taken:
        moves = []
        for demand in demands:
            left[demand.product_id] = plain_quantity(left[demand.product_id] - demand.quantity)
            moves.append(
                Move(
                    product_id=demand.product_id,
                    quantity=-demand.quantity,
                    balance=left[demand.product_id],
                    unit_cost=unit_cost_of(after[demand.product_id].average),
                    line_id=demand.line_id,
                )
            )
        if moves:
            notes.append(
                NewNote(
                    kind=NoteKind.WZ,
                    date=issue.date,
                    moves=moves,
                    order_id=issue.order_id,
                    document_id=issue.document_id,
                    document_number=issue.document_number,
                )
            )
    _note_lines_out(notes, company=company)
    return write_notes(notes, company_id=company.pk, by_id=by_id, at=now)


def correct_goods(
    returns: Sequence[GoodsReturn],
    *,
    company: Company,
    correction: GoodsIssue,
    reason: str,
    by_id: int | None,
    now: datetime,
) -> list[Written]:
    """Move what a correction changed: a ZW for goods that came back, a WZ for what it added to a line.

    What is added are the *demands* of *correction*; they leave at the average cost.
    """
    demands = correction.demands
    additions = [
        *(
            Addition(product_id=one.product_id, quantity=one.quantity, unit_cost=one.unit_cost)
            for one in returns
        ),
        *(Addition(product_id=one.product_id, quantity=-one.quantity, unit_cost=None) for one in demands),
    ]
    if not additions:
        return []
    after, balances = levels.add(company_id=company.pk, additions=additions)
    costs = [
        *(one.unit_cost for one in returns),
        *(unit_cost_of(after[one.product_id].average) for one in demands),
    ]
    line_ids = [*(one.line_id for one in returns), *(one.line_id for one in demands)]
    moves = [
        Move(
            product_id=addition.product_id,
            quantity=addition.quantity,
            balance=balance,
            unit_cost=cost,
            line_id=line_id,
        )
        for line_id, addition, balance, cost in zip(line_ids, additions, balances, costs, strict=True)
    ]
    if correction.order_id is not None:
        lowered: dict[tuple[int, str, int], Decimal] = {}
        for move in moves:
            key = (correction.order_id, move.line_id, move.product_id)
            lowered[key] = lowered.get(key, levels.ZERO) + move.quantity
        _lower_lines_out(lowered, company=company, document_id=correction.document_id)
    split = {NoteKind.ZW: moves[: len(returns)], NoteKind.WZ: moves[len(returns) :]}
    notes = [
        NewNote(
            kind=kind,
            date=correction.date,
            moves=part,
            order_id=correction.order_id,
            document_id=correction.document_id,
            document_number=correction.document_number,
            reason=reason[:300],
        )
        for kind, part in split.items()
        if part
    ]
    return write_notes(notes, company_id=company.pk, by_id=by_id, at=now)


def reverse_notes(
    notes: Sequence[StockNote],
    *,
    company: Company,
    on: date,
    reason: str,
    by_id: int | None,
    now: datetime,
) -> list[Written]:
    """Undo notes, each by one of its own kind with the opposite quantities and the same costs.

    The caller has seen that none is reversed yet; the database refuses a second reversal.
    """
    moves: dict[int, list[StockMove]] = {note.pk: [] for note in notes}
    for move in (
        StockMove.objects.for_company(company).filter(note_id__in=list(moves)).order_by("note_id", "id")
    ):
        moves[move.note_id].append(move)
    flat = [move for note in notes for move in moves[note.pk]]
    _, balances = levels.add(
        company_id=company.pk,
        additions=[
            Addition(
                product_id=move.product_id,
                quantity=-move.quantity,
                unit_cost=move.unit_cost,
            )
            for move in flat
        ],
    )
    lowered: dict[tuple[int, str, int], Decimal] = {}
    for move in flat:
        if move.order_id is not None:
            key = (move.order_id, move.line_id, move.product_id)
            lowered[key] = lowered.get(key, levels.ZERO) - move.quantity
    if lowered:
        _lower_lines_out(lowered, company=company, document_id=notes[0].document_id or 0)
    remaining = iter(balances)
    reversals = [
        NewNote(
            kind=NoteKind(note.kind),
            date=on,
            moves=[
                Move(
                    product_id=move.product_id,
                    quantity=-move.quantity,
                    balance=next(remaining),
                    unit_cost=move.unit_cost,
                    line_id=move.line_id,
                )
                for move in moves[note.pk]
            ],
            order_id=note.order_id,
            document_id=note.document_id,
            document_number=note.document_number,
            reverses_id=note.pk,
            supplier=note.supplier,
            supplier_number=note.supplier_number,
            reason=reason[:300],
        )
        for note in notes
    ]
    return write_notes(reversals, company_id=company.pk, by_id=by_id, at=now)


def _lines_out(company: Company, order_ids: Iterable[int]) -> set[tuple[int | None, str, int]]:
    rows = LineIssue.objects.for_company(company).filter(order_id__in=list(order_ids))
    return set(rows.values_list("order_id", "line_id", "product_id"))


def _note_lines_out(notes: Sequence[NewNote], *, company: Company) -> None:
    """Remember what is out; the database refuses a line that has gone out already."""
    insert_rows(
        LineIssue,
        columns=["company", "order", "line_id", "product", "quantity", "document_id"],
        rows=[
            (company.pk, note.order_id, move.line_id, move.product_id, -move.quantity, note.document_id)
            for note in notes
            if note.order_id is not None
            for move in note.moves
        ],
    )


def _lower_lines_out(
    lowered: Mapping[tuple[int, str, int], Decimal], *, company: Company, document_id: int
) -> None:
    """Take from what lines have out (or add, where negative); rows with nothing left go."""
    rows = LineIssue.objects.for_company(company)
    found = {
        (row.order_id, row.line_id, row.product_id): row
        for row in rows.select_for_update().filter(order_id__in={key[0] for key in lowered})
    }
    for key, quantity in lowered.items():
        order_id, line_id, product_id = key
        row = found.get(key)
        left = (row.quantity if row else levels.ZERO) - quantity
        if row is None and left > 0:
            rows.create(
                company=company,
                order_id=order_id,
                line_id=line_id,
                product_id=product_id,
                quantity=left,
                document_id=document_id,
            )
        elif row is not None and left > 0:
            rows.filter(pk=row.pk).update(quantity=left)
        elif row is not None:
            rows.filter(pk=row.pk).delete()
