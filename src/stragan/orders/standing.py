"""Keeps the columns that say whether an order is shown and where it waits."""

from stragan.orders import assess
from stragan.orders.models import Order
from stragan.orders.states import OrderStatus, PaymentState, Queue


def settle(order: Order) -> None:
    """Work out again whether the order is shown and where it waits."""
    order.visible, order.queue = place_of(
        order, status=OrderStatus(order.status), allegro_status=order.allegro_status
    )


def place_of(order: Order, *, status: OrderStatus, allegro_status: str) -> tuple[bool, Queue]:
    """Whether an order of that status is shown, and where it waits."""
    standing = assess.Standing(
        status=status,
        superseded=order.superseded_by_id is not None,
        gone=order.gone_at is not None,
        has_original=order.has_original,
        deleted=order.deleted_at is not None,
    )
    queue = assess.queue_of(allegro_status=allegro_status, problem=order.problem, standing=standing)
    return assess.is_visible(standing), queue


def status_to_be(order: Order, *, allegro_status: str, payment: PaymentState) -> OrderStatus:
    """The status an order has by what Allegro says, unless a person or its document decided otherwise."""
    closed_by_document = order.has_original and order.status == OrderStatus.CLOSED
    if order.status_by_hand or closed_by_document:
        return OrderStatus(order.status)
    return assess.derived_status(allegro_status=allegro_status, payment=payment)
