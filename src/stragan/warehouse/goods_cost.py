"""What the goods of orders cost, by the notes that took them."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from stragan.companies.models import Company
from stragan.core.money import ZERO, round_half_up
from stragan.warehouse.models import StockMove


@dataclass(frozen=True, slots=True, kw_only=True)
class GoodsCost:
    """``value`` (PLN) of what left less what came back, each move half up to 0.01.

    It is None where a product has no cost. ``lines`` are the ids of the lines whose goods were moved.
    """

    value: Decimal | None
    lines: frozenset[str]


def costs_of_orders(company: Company, order_ids: Iterable[int]) -> dict[int, GoodsCost]:
    """Cost of goods by order; orders whose goods never moved are left out."""
    rows = StockMove.objects.for_company(company).filter(note__order_id__in=list(order_ids))
    values: dict[int, Decimal | None] = {}
    lines: dict[int, set[str]] = {}
    columns = ("note__order_id", "line_id", "quantity", "unit_cost")
    for order_id, line_id, quantity, unit_cost in rows.order_by("id").values_list(*columns):
        assert order_id is not None, "the filter names orders"
        so_far = values.get(order_id, ZERO)
        lines.setdefault(order_id, set()).add(line_id)
        if so_far is None or unit_cost is None:
            values[order_id] = None
        else:
            values[order_id] = so_far - round_half_up(quantity * unit_cost)
    return {pk: GoodsCost(value=value, lines=frozenset(lines[pk])) for pk, value in values.items()}
