"""The columns that lists and filters need, made of an order's content."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

from stragan.orders import assess
from stragan.orders.data import LineData, OrderData
from stragan.products.selling import Sale

_LONGEST_NAME: Final = 300
_LARGEST_COUNT: Final = 32_767
_HOME_CURRENCY: Final = "PLN"
LINE_COLUMNS: Final = (
    "company",
    "order",
    "seller_id",
    "position",
    "line_id",
    "offer_id",
    "offer_name",
    "sku",
    "quantity",
    "price",
    "vat_rate",
    "product",
)


def columns_of(data: OrderData, *, number: int, problems: tuple[str, ...]) -> dict[str, object]:
    """Columns of ``Order`` that follow from the content alone; texts are cut to what the table holds."""
    first = data.lines[0] if data.lines else None
    invoice = data.invoice
    return {
        "bought_at": data.bought_at,
        "allegro_status": data.status[:40],
        "fulfillment_status": data.fulfillment_status[:40],
        "payment_state": assess.payment_state(data).value,
        "paid_at": assess.paid_at(data),
        "wants_invoice": invoice.required,
        "problem": problems[0] if problems else "",
        "problems": list(problems),
        "currency": data.currency,
        "total": data.total_to_pay,
        "delivery_cost": data.delivery.cost,
        "services_total": data.services_total,
        "deposit": data.deposit_total,
        "received": data.payment.received,
        "buyer_id": data.buyer.buyer_id[:40],
        "buyer_login": data.buyer.login[:120],
        "buyer_name": assess.buyer_name(data)[:_LONGEST_NAME],
        "buyer_nip": (invoice.nip or invoice.vat_eu)[:20],
        "delivery_method": data.delivery.method_name[:200],
        "marketplace": data.marketplace[:40],
        "country": assess.country(data)[:2],
        "offer_id": first.offer_id[:40] if first else "",
        "offer_name": first.offer_name[:_LONGEST_NAME] if first else "",
        "line_count": min(len(data.lines), _LARGEST_COUNT),
        "has_message": bool(data.message),
        "search_text": assess.search_text(data, number=number),
    }


def line_values(data: OrderData) -> list[tuple[object, ...]]:
    """Values of ``LINE_COLUMNS`` from ``position`` to ``vat_rate``, for each line of an order."""
    return [
        (
            min(position, _LARGEST_COUNT),
            line.line_id,
            line.offer_id[:40],
            line.offer_name[:_LONGEST_NAME],
            line.sku[:120],
            line.quantity,
            line.price,
            _rate(line),
        )
        for position, line in enumerate(data.lines, start=1)
    ]


def sales_of(
    lines: Sequence[tuple[OrderData, LineData]],
    *,
    known: Mapping[str, object],
    now: datetime,
) -> list[Sale]:
    """What purchases say of their offers, one entry per offer; lines *known* before are no new purchases."""
    found: dict[str, Sale] = {}
    for order, line in lines:
        offer_id = line.offer_id[:40]
        if not offer_id:
            continue
        sold_at = line.bought_at or order.bought_at or now
        before = found.get(offer_id)
        purchases = (before.purchases if before else 0) + (line.line_id not in known)
        if before is not None and before.sold_at > sold_at:
            found[offer_id] = replace(before, purchases=purchases)
            continue
        found[offer_id] = Sale(
            offer_id=offer_id,
            name=line.offer_name[:_LONGEST_NAME],
            sku=line.sku[:120],
            price=line.price if order.currency == _HOME_CURRENCY else None,
            vat_rate=_rate(line),
            sold_at=sold_at,
            purchases=purchases,
        )
    return list(found.values())


def product_of(
    line: LineData,
    *,
    before: tuple[str, int | None] | None,
    products: Mapping[str, int],
    is_documented: bool,
) -> int | None:
    """The product of a line, where its offer has one.

    A line of an order with a document keeps what the document knew; others keep it only where the offer
    has none any more, such as one whose product was archived.
    """
    offer_id = line.offer_id[:40]
    kept = before[1] if before is not None and before[0] == offer_id else None
    return kept or products.get(offer_id) if is_documented else products.get(offer_id) or kept


def _rate(line: LineData) -> str:
    return "" if line.vat_rate is None else f"{line.vat_rate:f}"[:12]
