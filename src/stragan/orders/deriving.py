"""Columns worked out anew from what Allegro sent: what differs, and putting it right."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from stragan.orders import assess
from stragan.orders.columns import LINE_COLUMNS, columns_of, line_values
from stragan.orders.data import OrderData
from stragan.orders.models import Order, OrderEvent, OrderLine
from stragan.orders.standing import settle
from stragan.orders.states import OrderStatus, PaymentState

# What blocks a document follows from the company's settings too, and is assessed apart.
_ASSESSED_APART: Final = frozenset({"problem", "problems"})
_OF_CONTENT: Final = LINE_COLUMNS[LINE_COLUMNS.index("position") : LINE_COLUMNS.index("product")]


@dataclass(frozen=True, slots=True, kw_only=True)
class Deviation:
    """A value that stands in the table and is not what the content says."""

    field: str
    stored: object
    derived: object


def deviations(orders: Sequence[Order], contents: Mapping[int, OrderData]) -> dict[int, list[Deviation]]:
    """Say what of these orders and their lines differs from their contents, by order id; changes nothing."""
    found: dict[int, list[Deviation]] = {order.pk: [] for order in orders}
    for order in orders:
        derived = columns_of(contents[order.pk], number=order.number, problems=())
        for name in derived.keys() - _ASSESSED_APART:
            stored = getattr(order, name)
            if stored != derived[name]:
                found[order.pk].append(Deviation(field=name, stored=stored, derived=derived[name]))
    held = OrderLine.objects.across_companies().filter(order_id__in=list(found))
    rows = {(row.order_id, row.line_id): row for row in held}
    for order in orders:
        for line_id, values in _lines(contents[order.pk]).items():
            row = rows.get((order.pk, line_id))
            if row is None:
                continue  # another order holds it: purchases were merged
            for name, value in values.items():
                if (stored := getattr(row, name)) != value:
                    field = f"lines.{line_id}.{name}"
                    found[order.pk].append(Deviation(field=field, stored=stored, derived=value))
    return {pk: sorted(several, key=lambda one: one.field) for pk, several in found.items() if several}


def put_right(orders: Sequence[Order], contents: Mapping[int, OrderData], *, now: datetime) -> None:
    """Write the columns as the contents say, in the caller's transaction, and note it on the timeline.

    The orders were locked and read by the caller. What people decided, and products of lines, stay.
    """
    for order in orders:
        content = contents[order.pk]
        derived = columns_of(content, number=order.number, problems=())
        for name in derived.keys() - _ASSESSED_APART:
            setattr(order, name, derived[name])
        if not order.status_by_hand and order.status != OrderStatus.CLOSED:
            payment = PaymentState(order.payment_state)
            order.status = assess.derived_status(allegro_status=content.status, payment=payment)
        order.changed_at = now
        settle(order)
        order.save()
        for line_id, values in _lines(content).items():
            order.lines.filter(line_id=line_id).update(**values)
    OrderEvent.objects.bulk_create(OrderEvent(order=order, at=now, verb="replayed") for order in orders)


def _lines(content: OrderData) -> dict[str, dict[str, object]]:
    named = (dict(zip(_OF_CONTENT, values, strict=True)) for values in line_values(content))
    return {str(values["line_id"]): values for values in named}
