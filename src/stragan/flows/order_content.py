"""Whole orders, read from what Allegro sent last."""

import zlib
from collections.abc import Iterable

from django.db.models import F

from stragan.flows.order_mapping import order_of
from stragan.gateways.allegro import (
    parse_form,
)
from stragan.orders.data import OrderData
from stragan.orders.models import Order, OrderRevision


def load(order: Order) -> OrderData:
    """The content of one order's latest revision."""
    return load_many([order])[order.pk]


def load_many(orders: Iterable[Order]) -> dict[int, OrderData]:
    """The content of each order's latest revision, by order id; one query."""
    ids = [order.pk for order in orders]
    rows = OrderRevision.objects.filter(order_id__in=ids, sequence=F("order__revision_count")).values_list(
        "order_id", "payload"
    )
    return {order_id: read_payload(bytes(payload)) for order_id, payload in rows}


def read_payload(payload: bytes) -> OrderData:
    """Read a stored revision (zlib); it was readable when it came."""
    return order_of(parse_form(zlib.decompress(payload)))
