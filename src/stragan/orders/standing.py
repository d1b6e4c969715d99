"""Keeps the columns that say whether an order is shown and where it waits."""

from stragan.orders import assess
from stragan.orders.models import Order
from stragan.orders.states import OrderStatus


def settle(order: Order) -> None:
    """Work out again whether the order is shown and where it waits."""
    standing = assess.Standing(
        status=OrderStatus(order.status),
        superseded=order.superseded_by_id is not None,
        gone=order.gone_at is not None,
        has_original=order.has_original,
        deleted=order.deleted_at is not None,
    )
    order.visible = assess.is_visible(standing)
    order.queue = assess.queue_of(
        allegro_status=order.allegro_status, problem=order.problem, standing=standing
    )
