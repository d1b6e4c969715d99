"""Lines worked out anew from what Allegro sent: lost ones, ones nobody bought, ones of another order."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from django.db.models import Q

from stragan.orders.columns import LINE_COLUMNS, line_values
from stragan.orders.data import OrderData
from stragan.orders.models import Order, OrderLine
from stragan.products.matching import Offer
from stragan.products.queries import foreseen

_OF_CONTENT: Final = LINE_COLUMNS[LINE_COLUMNS.index("position") : LINE_COLUMNS.index("product")]
Values = Mapping[str, object]
Claims = Mapping[int, frozenset[str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class LineToMend:
    """A line that is not as the content says: ``row`` is None where it is lost, ``values`` where none is due.

    A ``row`` of another order is one that belongs here.
    """

    order: Order
    line_id: str
    row: OrderLine | None
    values: Values | None

    def told(self) -> Iterator[tuple[str, object, object]]:
        """What differs: field, stored, derived."""
        name = f"lines.{self.line_id}"
        if self.row is None or self.values is None or self.row.order_id != self.order.pk:
            stored = _words(self.row.quantity, self.row.offer_name) if self.row else None
            if self.row is not None and self.row.order_id != self.order.pk:
                stored = f"order {self.row.order.number}"
            derived = self.values and _words(self.values["quantity"], self.values["offer_name"])
            yield name, stored, derived
            return
        for field, value in self.values.items():
            if (stored := getattr(self.row, field)) != value:
                yield f"{name}.{field}", stored, value


def _words(quantity: object, name: object) -> str:
    return f"{quantity} × {name}"


def claims_of(orders: Sequence[Order], contents: Mapping[int, OrderData]) -> dict[int, frozenset[str]]:
    """Which lines each order has a right to; one that was merged into another has none."""
    return {
        order.pk: frozenset(
            () if order.superseded_by_id is not None else (line.line_id for line in contents[order.pk].lines)
        )
        for order in orders
        if order.pk in contents
    }


class HeldLines:
    """The lines that some orders of one company hold, and those their contents name, wherever they stand."""

    def __init__(self, orders: Sequence[Order], contents: Mapping[int, OrderData]) -> None:
        self._orders = orders
        self._due = {order.pk: _named(contents[order.pk]) for order in orders}
        named = {line_id for lines in self._due.values() for line_id in lines}
        companies = {order.company_id for order in orders}
        sellers = {order.seller_id for order in orders}
        rows = OrderLine.objects.across_companies().select_related("order").order_by("id")
        found = [
            *rows.filter(order_id__in=self._due),
            *rows.filter(company__in=companies, seller_id__in=sellers, line_id__in=named),
        ]
        self._by_line = {(row.company_id, row.seller_id, row.line_id): row for row in found}

    def other_holders(self) -> set[int]:
        """Ids of other orders that hold lines these orders name."""
        return {row.order_id for row in self._by_line.values()} - self._due.keys()

    def to_mend(self, claims: Claims) -> list[LineToMend]:
        """Every line that is not where and as it should be; *claims* are those of all holders.

        A purchase that another order has a right to was merged into that one: it is missed nowhere.
        """
        taken: set[tuple[int, str, str]] = set()
        found: list[LineToMend] = []
        for order in self._orders:
            for line_id, values in self._due[order.pk].items():
                key = (order.company_id, order.seller_id, line_id)
                row = self._by_line.get(key)
                if row is None or row.order_id != order.pk:
                    is_elsewhere = row is not None and line_id in claims.get(row.order_id, {line_id})
                    if order.superseded_by_id is not None or is_elsewhere or key in taken:
                        continue
                    taken.add(key)
                elif all(getattr(row, name) == value for name, value in values.items()):
                    continue
                found.append(LineToMend(order=order, line_id=line_id, row=row, values=values))
        return found + self._undue(taken)

    def _undue(self, taken: set[tuple[int, str, str]]) -> list[LineToMend]:
        orders = {order.pk: order for order in self._orders}
        return [
            LineToMend(order=orders[row.order_id], line_id=row.line_id, row=row, values=None)
            for key, row in self._by_line.items()
            if row.order_id in orders and row.line_id not in self._due[row.order_id] and key not in taken
        ]


def mend(lines: Sequence[LineToMend]) -> set[int]:
    """Write the lines as they should be, in the caller's transaction; gives the orders that lost some."""
    poorer: set[int] = set()
    rows = OrderLine.objects.across_companies()
    products = _products([line for line in lines if line.row is None])
    for line in lines:
        order, values = line.order, line.values
        if values is None:
            rows.filter(_is(line.row)).delete()
        elif line.row is not None:
            poorer |= {line.row.order_id} - {order.pk}
            rows.filter(_is(line.row)).update(order_id=order.pk, **values)
        else:
            key = (order.company_id, order.seller_id, str(values["offer_id"]))
            rows.bulk_create(
                [
                    OrderLine(
                        company_id=order.company_id,
                        order=order,
                        seller_id=order.seller_id,
                        product_id=products.get(key),
                        **values,
                    )
                ]
            )
    return poorer


def _is(row: OrderLine | None) -> Q:
    assert row is not None, "a line that is not due stands somewhere"
    return Q(pk=row.pk, order_id=row.order_id)


def _products(lost: Sequence[LineToMend]) -> dict[tuple[int, str, str], int]:
    """Products of lost lines, as a purchase made now would get them: by company, seller and offer."""
    offers: dict[int, list[Offer]] = {}
    for line in lost:
        if line.values and line.values["offer_id"]:
            offers.setdefault(line.order.company_id, []).append(
                Offer(
                    seller_id=line.order.seller_id,
                    offer_id=str(line.values["offer_id"]),
                    name=str(line.values["offer_name"]),
                    sku=str(line.values["sku"]),
                )
            )
    return {
        (company_id, *key): pk
        for company_id, some in offers.items()
        for key, pk in foreseen(company_id, some).items()
    }


def _named(content: OrderData) -> dict[str, Values]:
    several = (dict(zip(_OF_CONTENT, values, strict=True)) for values in line_values(content))
    return {str(values["line_id"]): values for values in several}
