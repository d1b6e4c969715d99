"""Keeps what is on hand and reserved, in the transaction that moves or reserves.

Rows are always locked in the order of their products, and before any series of numbers, so that
transactions wait for each other and never in a circle.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from django.db import transaction

from stragan.kit.fields import QUANTITY_SCALE, plain_quantity
from stragan.warehouse.costs import average_after
from stragan.warehouse.models import StockLevel

ZERO: Final = Decimal(0)
_AT_ONCE: Final = 5_000  # rows of one statement; SQLite takes 32,766 parameters


@dataclass(slots=True, kw_only=True)
class Shift:
    """What is to be added to a product's level; negative where it is taken."""

    on_hand: Decimal = ZERO
    reserved: Decimal = ZERO


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """A product's level after a shift."""

    on_hand: Decimal
    reserved: Decimal
    average: Decimal | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Addition:
    """Goods that come at a cost, or a receipt taken back at its own: these change the average."""

    product_id: int
    quantity: Decimal
    unit_cost: Decimal | None


def shift(*, company_id: int, shifts: Mapping[int, Shift]) -> dict[int, Level]:
    """Add to the levels of products, one statement for thousands; gives the levels after it.

    The average cost stays: for goods that leave and for reservations.
    """
    rows = sorted((pk, one) for pk, one in shifts.items() if one.on_hand or one.reserved)
    found: dict[int, Level] = {}
    with transaction.get_connection().cursor() as cursor:
        for start in range(0, len(rows), _AT_ONCE):
            part = rows[start : start + _AT_ONCE]
            values = [
                value
                for pk, one in part
                for value in (
                    company_id,
                    pk,
                    _stored(one.on_hand),
                    _stored(one.reserved),
                    _stored(one.on_hand - one.reserved),
                )
            ]
            # Only our own constants are put into the text.
            cursor.execute(
                "INSERT INTO warehouse_stocklevel AS l (company_id, product_id, on_hand, reserved, available)"  # noqa: S608
                " VALUES "
                + ",".join(["(%s,%s,%s,%s,%s)"] * len(part))
                + " ON CONFLICT (product_id) DO UPDATE SET"
                " on_hand = l.on_hand + excluded.on_hand,"
                " reserved = l.reserved + excluded.reserved,"
                " available = l.available + excluded.available,"
                " is_listed = NOT l.is_bundle AND NOT (l.is_archived AND l.on_hand + excluded.on_hand = 0)"
                " RETURNING product_id, on_hand, reserved, average",
                values,
            )
            for pk, on_hand, reserved, average in cursor.fetchall():
                found[pk] = Level(
                    on_hand=_read(on_hand),
                    reserved=_read(reserved),
                    average=None if average is None else _read(average),
                )
    return found


def locked(*, company_id: int, product_ids: Iterable[int]) -> dict[int, StockLevel]:
    """Give the levels of products, made where there were none, locked until the transaction ends."""
    ids = sorted(set(product_ids))
    rows = StockLevel.objects.for_company(company_id)
    rows.bulk_create(
        (StockLevel(company_id=company_id, product_id=pk) for pk in ids),
        ignore_conflicts=True,
        batch_size=_AT_ONCE,
    )
    found = {}
    for start in range(0, len(ids), _AT_ONCE):
        part = ids[start : start + _AT_ONCE]
        for level in rows.select_for_update().filter(product_id__in=part).order_by("product_id"):
            found[level.product_id] = level
    return found


def add(*, company_id: int, additions: Iterable[Addition]) -> tuple[dict[int, StockLevel], list[Decimal]]:
    """Add goods one after another, with their costs; gives the levels and the balance after each."""
    wanted = list(additions)
    levels = locked(company_id=company_id, product_ids=[one.product_id for one in wanted])
    balances = []
    for one in wanted:
        level = levels[one.product_id]
        level.average = average_after(
            on_hand=level.on_hand, average=level.average, quantity=one.quantity, unit_cost=one.unit_cost
        )
        level.on_hand = plain_quantity(level.on_hand + one.quantity)
        level.settle()
        balances.append(level.on_hand)
    StockLevel.objects.for_company(company_id).bulk_update(
        levels.values(), ["on_hand", "available", "is_listed", "average"], batch_size=500
    )
    return levels, balances


def _stored(quantity: Decimal) -> int:
    return int(quantity.scaleb(QUANTITY_SCALE))


def _read(stored: int) -> Decimal:
    return plain_quantity(Decimal(stored).scaleb(-QUANTITY_SCALE))
