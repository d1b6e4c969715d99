"""The products that lines of orders are matched to."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Final
from uuid import UUID

from django.db.models import Q

from stragan.companies.models import Company
from stragan.core.money import ZERO
from stragan.orders.models import Order, OrderLine
from stragan.orders.states import OrderStatus

_MOST_LINES: Final = 20_000


@dataclass(frozen=True, slots=True, kw_only=True)
class LineProduct:
    """What a line says of its product. ``public_id`` is the one in addresses."""

    id: int
    public_id: UUID
    name: str
    sku: str
    is_archived: bool

    @property
    def label(self) -> str:
        """How commands name it: by SKU, else by name."""
        return self.sku or self.name


def products_of_lines(company: Company, order_ids: Sequence[int]) -> dict[int, dict[str, LineProduct]]:
    """Products by order id and line id; one statement. Lines without a product are left out."""
    rows = (
        OrderLine.objects.for_company(company)
        .filter(order_id__in=order_ids, product__isnull=False)
        .select_related("product")
        .order_by("order_id", "position")
    )
    found: dict[int, dict[str, LineProduct]] = defaultdict(dict)
    for line in rows:
        product = line.product
        if product is not None:
            found[line.order_id][line.line_id] = LineProduct(
                id=product.pk,
                public_id=product.public_id,
                name=product.name,
                sku=product.sku,
                is_archived=product.archived_at is not None,
            )
    return dict(found)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sold:
    """How much of a product was bought in orders that were not cancelled. Amounts are of orders in PLN."""

    quantity: int
    amount: Decimal
    orders: int


def sold_since(company: Company, product_id: int, *, since: datetime) -> Sold:
    """What was bought of a product since that instant; reads only orders downloaded since then."""
    orders = Order.objects.for_company(company).filter(created_at__gte=since)
    first = orders.order_by("created_at", "id").values_list("id", flat=True).first()
    if first is None:
        return Sold(quantity=0, amount=ZERO, orders=0)
    rows = (
        OrderLine.objects.for_company(company)
        .filter(product_id=product_id, order_id__gte=first, order__bought_at__gte=since)
        .filter(order__superseded_by=None, order__deleted_at=None)
        .exclude(Q(order__status=OrderStatus.CANCELLED) | Q(order__payment_state="cancelled"))
    )
    quantity, amount, orders_ = 0, ZERO, set()
    for order_id, currency, count, price in rows.order_by("order_id", "id").values_list(
        "order_id", "order__currency", "quantity", "price"
    )[:_MOST_LINES]:
        quantity += count
        orders_.add(order_id)
        if currency == "PLN":
            amount += (price or ZERO) * count
    return Sold(quantity=quantity, amount=amount, orders=len(orders_))


def latest_lines(company: Company, product_id: int, *, limit: int = 10) -> list[OrderLine]:
    """The latest purchases of a product, with their orders."""
    rows = OrderLine.objects.for_company(company).filter(product_id=product_id).select_related("order")
    return list(rows.order_by("-order_id", "-id")[:limit])
