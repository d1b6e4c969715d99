"""Writes notes with their numbers and moves: the last thing a transaction does to stock."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Final

from django.db import transaction

from stragan.core.numbering import format_number, period_of
from stragan.kit.bulk import insert_rows
from stragan.warehouse.models import StockMove, StockNote
from stragan.warehouse.states import PATTERNS, NoteKind

_NOTE_COLUMNS: Final = (
    "public_id",
    "company",
    "kind",
    "number",
    "series",
    "sequence",
    "date",
    "order",
    "document_id",
    "document_number",
    "reverses",
    "supplier",
    "supplier_number",
    "reason",
    "at",
    "by",
)
_MOVE_COLUMNS: Final = (
    "company",
    "note",
    "product",
    "quantity",
    "balance",
    "unit_cost",
    "order",
    "line_id",
    "at",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """One product of a note; ``balance`` is what is on hand after it."""

    product_id: int
    quantity: Decimal
    balance: Decimal
    unit_cost: Decimal | None
    line_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewNote:
    """A note that only lacks its number."""

    kind: NoteKind
    date: date
    moves: Sequence[Move]
    order_id: int | None = None
    document_id: int | None = None
    document_number: str = ""
    reverses_id: int | None = None
    supplier: str = ""
    supplier_number: str = ""
    reason: str = ""
    public_id: uuid.UUID | None = None  # given where repeating must find the first note


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """A note as it stands in the table."""

    pk: int
    number: str
    public_id: uuid.UUID
    note: NewNote = field(repr=False)


def write_notes(
    notes: Sequence[NewNote], *, company_id: int, by_id: int | None, at: datetime
) -> list[Written]:
    """Number and store notes with their moves; two statements and one more per kind and month.

    Numbers have no gap: the series' row stays locked until the caller's transaction ends.
    """
    if not notes:
        return []
    numbers = _take_numbers(notes, company_id=company_id)
    rows: list[tuple[object, ...]] = []
    public_ids = [note.public_id or uuid.uuid4() for note in notes]
    for note, (series, sequence, number), public_id in zip(notes, numbers, public_ids, strict=True):
        rows.append(
            (
                public_id,
                company_id,
                note.kind.value,
                number,
                series,
                sequence,
                note.date,
                note.order_id,
                note.document_id,
                note.document_number,
                note.reverses_id,
                note.supplier,
                note.supplier_number,
                note.reason,
                at,
                by_id,
            )
        )
    answers = insert_rows(StockNote, columns=_NOTE_COLUMNS, rows=rows, returning=["id", "number"])
    ids = {str(number): int(str(pk)) for pk, number in answers}
    written = [
        Written(pk=ids[number], number=number, public_id=public_id, note=note)
        for note, (_, _, number), public_id in zip(notes, numbers, public_ids, strict=True)
    ]
    insert_rows(
        StockMove,
        columns=_MOVE_COLUMNS,
        rows=[
            (
                company_id,
                one.pk,
                move.product_id,
                move.quantity,
                move.balance,
                move.unit_cost,
                one.note.order_id,
                move.line_id,
                at,
            )
            for one in written
            for move in one.note.moves
        ],
    )
    return written


def _take_numbers(notes: Sequence[NewNote], *, company_id: int) -> list[tuple[int, int, str]]:
    """Take series id, sequence and number for each note, series always in the same order."""
    keys = [(note.kind.value, period_of(PATTERNS[note.kind], on=note.date)) for note in notes]
    counts: dict[tuple[str, str], int] = {}
    for key in keys:
        counts[key] = counts.get(key, 0) + 1
    blocks: dict[tuple[str, str], list[int]] = {}
    with transaction.get_connection().cursor() as cursor:
        for (kind, period), count in sorted(counts.items()):
            cursor.execute(
                "INSERT INTO warehouse_noteseries (company_id, kind, period, next_sequence)"
                " VALUES (%s, %s, %s, %s) ON CONFLICT (company_id, kind, period) DO UPDATE SET"
                " next_sequence = warehouse_noteseries.next_sequence + %s RETURNING id, next_sequence",
                [company_id, kind, period, 1 + count, count],
            )
            series, following = cursor.fetchone()
            blocks[(kind, period)] = [series, following - count]
    taken = []
    for note, key in zip(notes, keys, strict=True):
        series, sequence = blocks[key]
        blocks[key][1] += 1
        number = format_number(PATTERNS[note.kind], sequence=sequence, issue_date=note.date)
        taken.append((series, sequence, number))
    return taken
