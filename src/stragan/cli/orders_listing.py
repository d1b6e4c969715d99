"""What ``stragan orders list`` does once Django is there."""

import argparse
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Final

from stragan.cli.choosing import chosen_company
from stragan.cli.output import write_line
from stragan.companies.models import Company
from stragan.documents.queries import numbers_by_order
from stragan.flows.order_content import load_many
from stragan.flows.order_lines import ListedLine, listed_lines
from stragan.kit.clock import business_today
from stragan.orders.data import OrderData
from stragan.orders.models import Order
from stragan.orders.products import products_of_lines
from stragan.orders.states import HIDDEN_STATUSES, PaymentState

CHUNK: Final = 500


def list_orders(options: argparse.Namespace) -> int:
    """Write one line per order, in the order of their numbers; gives the exit code."""
    company = chosen_company(options)
    rows = Order.objects.for_company(company).select_related("shop", "superseded_by").defer("search_text")
    if not options.all:
        rows = rows.filter(superseded_by__isnull=True, gone_at__isnull=True, deleted_at__isnull=True)
        if not options.status:
            rows = rows.exclude(status__in=HIDDEN_STATUSES)
    if options.status:
        rows = rows.filter(status=options.status)
    for chunk in _chunks(rows.order_by("number", "id").iterator(chunk_size=CHUNK)):
        for row in _rows(company, chunk):
            if options.json:
                write_line(row, as_json=True)
            else:
                write_line(_short(row), as_json=False)
    return 0


def _chunks(orders: Iterator[Order]) -> Iterator[list[Order]]:
    chunk: list[Order] = []
    for order in orders:
        chunk.append(order)
        if len(chunk) == CHUNK:
            yield chunk
            chunk = []
    if chunk:
        yield chunk


def _rows(company: Company, orders: Sequence[Order]) -> Iterator[dict[str, object]]:
    contents = load_many(orders)
    products = products_of_lines(company, [order.pk for order in orders])
    numbers = numbers_by_order(company, [order.pk for order in orders])
    today = business_today()
    for order in orders:
        lines = listed_lines(contents[order.pk], company=company, today=today)
        yield _row(
            order,
            contents[order.pk],
            lines,
            documents=numbers.get(order.pk, []),
            products={line_id: product.label for line_id, product in products.get(order.pk, {}).items()},
        )


def _row(
    order: Order,
    content: OrderData,
    lines: Sequence[ListedLine],
    *,
    documents: Sequence[str],
    products: Mapping[str, str],
) -> dict[str, object]:
    return {
        "allegro_id": order.allegro_id,
        "number": order.number,
        "shop": order.shop.name,
        "status": order.status,
        "allegro_status": order.allegro_status,
        "total": _text(order.total),
        "currency": order.currency,
        "buyer_login": content.buyer.login,
        "wants_invoice": order.wants_invoice,
        "paid": order.payment_state == PaymentState.PAID,
        "superseded_by": order.superseded_by.allegro_id if order.superseded_by else None,
        "lines": [
            {
                "line_id": line.data.line_id,
                "offer_id": line.data.offer_id,
                "sku": line.data.sku or None,
                "name": line.data.offer_name,
                "quantity": line.data.quantity,
                "price": _text(line.data.price),
                "vat": line.vat_code,
                "vat_source": line.vat_source,
                "product": products.get(line.data.line_id),
            }
            for line in lines
        ],
        "services": _text(order.services_total),
        "delivery_cost": _text(order.delivery_cost),
        "deposit": _text(order.deposit),
        "problems": order.problems,
        "documents": list(documents),
    }


def _short(row: Mapping[str, object]) -> dict[str, object]:
    """For people: one readable line, without the lines of the order."""
    return {
        name: row[name]
        for name in ("number", "shop", "status", "total", "currency", "buyer_login", "problems", "documents")
    }


def _text(amount: Decimal | None) -> str:
    return f"{amount:.2f}" if amount is not None else "0.00"
