"""Goods are promised to orders until a document takes them or the promise is over."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Final, NamedTuple

from django.db import transaction

from stragan.companies.models import Company
from stragan.kit.bulk import insert_rows
from stragan.warehouse import levels
from stragan.warehouse.levels import Shift
from stragan.warehouse.models import Reservation
from stragan.warehouse.states import EndCode

_COLUMNS: Final = ("company", "order", "line_id", "product", "quantity", "at", "end_code")


@dataclass(frozen=True, slots=True, kw_only=True)
class Demand:
    """So much of a product for one line; bundles are taken apart before."""

    line_id: str
    product_id: int
    quantity: Decimal


class Held(NamedTuple):
    """A live reservation."""

    pk: int
    line_id: str
    product_id: int
    quantity: Decimal


def reserve(
    *,
    company: Company,
    wanted: Mapping[int, Sequence[Demand]],
    live: Mapping[int, Sequence[Held]],
    ends: Mapping[int, EndCode],
    now: datetime,
) -> None:
    """Make the live reservations of orders (by id) be exactly *wanted*; what is so already stays.

    *live* are their reservations as they stand, *ends* says why those of an order end, where it is not
    that the order changed. The caller holds the orders' rows.
    """
    shifts: dict[int, Shift] = {}
    ended: dict[EndCode, list[int]] = {}
    added: list[tuple[object, ...]] = []
    for order_id in {**live, **wanted}:
        due = {(one.line_id, one.product_id): one.quantity for one in wanted.get(order_id, ())}
        for row in live.get(order_id, ()):
            if due.get((row.line_id, row.product_id)) == row.quantity:
                del due[(row.line_id, row.product_id)]
                continue
            ended.setdefault(ends.get(order_id, EndCode.CHANGED), []).append(row.pk)
            shifts.setdefault(row.product_id, Shift()).reserved -= row.quantity
        for (line_id, product_id), quantity in due.items():
            added.append((company.pk, order_id, line_id, product_id, quantity, now, ""))
            shifts.setdefault(product_id, Shift()).reserved += quantity
    levels.shift(company_id=company.pk, shifts=shifts)
    rows = Reservation.objects.for_company(company)
    for code, ids in ended.items():
        rows.filter(pk__in=ids).update(ended_at=now, end_code=code.value)
    insert_rows(Reservation, columns=_COLUMNS, rows=added)


def live_reservations(*, company: Company, order_ids: Iterable[int]) -> dict[int, list[Held]]:
    """Give the live reservations of orders, by order id."""
    found: dict[int, list[Held]] = {}
    rows = Reservation.objects.for_company(company)
    rows = rows.filter(order_id__in=list(order_ids), ended_at__isnull=True).order_by("id")
    columns = rows.values_list("order_id", "id", "line_id", "product_id", "quantity")
    for order_id, pk, line_id, product_id, quantity in columns:
        found.setdefault(order_id, []).append(Held(pk, line_id, product_id, quantity))
    return found


@transaction.atomic
def release_reservations(
    *, company: Company, order_ids: Iterable[int], now: datetime, code: EndCode = EndCode.ISSUED
) -> None:
    """End what is reserved for orders: an existing document was linked to them, or they are over."""
    live = live_reservations(company=company, order_ids=order_ids)
    reserve(company=company, wanted={}, live=live, ends=dict.fromkeys(live, code), now=now)
