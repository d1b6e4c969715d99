"""Whole orders, read from what Allegro sent last."""

import zlib
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace

from django.db.models import F

from stragan.flows.order_mapping import order_of
from stragan.gateways.allegro import (
    parse_form,
)
from stragan.orders.data import OrderData
from stragan.orders.models import Order, OrderLine, OrderRevision


def load(order: Order) -> OrderData:
    """The content of one order's latest revision."""
    return load_many([order])[order.pk]


def load_many(orders: Iterable[Order]) -> dict[int, OrderData]:
    """The content of each order's latest revision, by order id; two queries."""
    ids = [order.pk for order in orders]
    rows = OrderRevision.objects.filter(order_id__in=ids, sequence=F("order__revision_count")).values_list(
        "order_id", "payload"
    )
    return with_product_codes({order_id: read_payload(bytes(payload)) for order_id, payload in rows})


def with_product_codes(contents: Mapping[int, OrderData]) -> dict[int, OrderData]:
    """Put the VAT codes of the products that lines are matched to into orders, by order id; one query."""
    rows = (
        OrderLine.objects.across_companies()  # the ids are of orders somebody was allowed to read
        .filter(order_id__in=list(contents), product__isnull=False)
        .exclude(product__vat_code="")
        .order_by("id")
        .values_list("order_id", "line_id", "product__vat_code")
    )
    codes: dict[int, dict[str, str]] = defaultdict(dict)
    for order_id, line_id, code in rows:
        codes[order_id][line_id] = code
    return {pk: coded(data, codes[pk]) if pk in codes else data for pk, data in contents.items()}


def coded(data: OrderData, codes: Mapping[str, str]) -> OrderData:
    """The order with VAT codes of products, by line id."""
    lines = tuple(replace(line, product_vat=codes.get(line.line_id, "")) for line in data.lines)
    return replace(data, lines=lines)


def read_payload(payload: bytes) -> OrderData:
    """Read a stored revision (zlib); it was readable when it came."""
    return order_of(parse_form(zlib.decompress(payload)))
