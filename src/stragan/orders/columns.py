"""The columns that lists and filters need, made of an order's content."""

from typing import Final

from stragan.orders import assess
from stragan.orders.data import LineData, OrderData

_LONGEST_NAME: Final = 300
_LARGEST_COUNT: Final = 32_767
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
        "offer_id": first.offer_id[:40] if first else "",
        "offer_name": first.offer_name[:_LONGEST_NAME] if first else "",
        "line_count": min(len(data.lines), _LARGEST_COUNT),
        "has_message": bool(data.message),
        "search_text": assess.search_text(data, number=number),
    }


def line_values(data: OrderData) -> list[tuple[object, ...]]:
    """Values of ``LINE_COLUMNS`` from ``position`` on, for each line of an order."""
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


def _rate(line: LineData) -> str:
    return "" if line.vat_rate is None else f"{line.vat_rate:f}"[:12]
