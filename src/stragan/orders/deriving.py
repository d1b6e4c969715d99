"""Columns worked out anew from what Allegro sent: what differs, and putting it right."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from stragan.orders import deriving_lines
from stragan.orders.columns import columns_of
from stragan.orders.data import OrderData
from stragan.orders.deriving_lines import LineToMend
from stragan.orders.models import Order, OrderEvent
from stragan.orders.standing import place_of, settle, status_to_be
from stragan.orders.states import PaymentState

# What blocks a document follows from the company's settings too, and is assessed apart.
_ASSESSED_APART: Final = frozenset({"problem", "problems"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Deviation:
    """A value that stands in the table and is not what the content says."""

    field: str
    stored: object
    derived: object


def deviations(
    orders: Sequence[Order], contents: Mapping[int, OrderData], *, lines: Sequence[LineToMend]
) -> dict[int, list[Deviation]]:
    """Say what of these orders, their standing and their lines differs from their contents, by order id.

    Changes nothing. *lines* are those that ``deriving_lines`` found.
    """
    found: dict[int, list[Deviation]] = {order.pk: [] for order in orders}
    for order in orders:
        for name, value in _derived(order, contents[order.pk]).items():
            if (stored := getattr(order, name)) != value:
                found[order.pk].append(Deviation(field=name, stored=stored, derived=value))
    for line in lines:
        found[line.order.pk] += (
            Deviation(field=field, stored=stored, derived=derived) for field, stored, derived in line.told()
        )
    return {pk: sorted(several, key=lambda one: one.field) for pk, several in found.items() if several}


def put_right(
    orders: Sequence[Order],
    contents: Mapping[int, OrderData],
    *,
    lines: Sequence[LineToMend],
    now: datetime,
) -> set[int]:
    """Write columns, standing and *lines* as the contents say, in the caller's transaction, and note it.

    The orders were locked and read by the caller. What people and documents decided, and products of lines,
    stay. Gives the ids of other orders that gave lines back.
    """
    for order in orders:
        for name, value in _derived(order, contents[order.pk]).items():
            setattr(order, name, value)
        order.changed_at = now
        settle(order)
        order.save()
    poorer = deriving_lines.mend(lines)
    OrderEvent.objects.bulk_create(OrderEvent(order=order, at=now, verb="replayed") for order in orders)
    return poorer


def _derived(order: Order, content: OrderData) -> dict[str, object]:
    """Columns that follow from the content, and with it from what people and documents decided."""
    columns = columns_of(content, number=order.number, problems=())
    allegro_status = str(columns["allegro_status"])
    status = status_to_be(
        order, allegro_status=allegro_status, payment=PaymentState(str(columns["payment_state"]))
    )
    visible, queue = place_of(order, status=status, allegro_status=allegro_status)
    standing = {"status": status.value, "visible": visible, "queue": queue.value}
    return {name: value for name, value in columns.items() if name not in _ASSESSED_APART} | standing
