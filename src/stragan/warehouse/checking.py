"""Works the ledger out again from its moves and reservations, and names what does not agree."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from django.db.models import Sum

from stragan.companies.models import Company
from stragan.warehouse.costs import average_after
from stragan.warehouse.following import astray
from stragan.warehouse.models import LineIssue, Reservation, StockLevel, StockMove

_ZERO: Final = Decimal(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One figure of a product that does not follow from the ledger."""

    product_id: int
    figure: str  # on_hand, reserved, balance, average, out, listed
    kept: Decimal | None
    worked_out: Decimal | None


def differences(company: Company) -> list[Difference]:
    """Compare levels, balances, costs and what lines have out with the moves; reads the whole ledger.

    Levels that do not say what the catalog says are told as ``listed``.
    """
    found = [_difference(pk, "listed", None, None) for pk in astray(company.pk)]
    levels = {row.product_id: row for row in StockLevel.objects.for_company(company)}
    on_hand: dict[int, Decimal] = {}
    average: dict[int, Decimal | None] = {}
    out: dict[tuple[int, str, int], Decimal] = {}
    moves = StockMove.objects.for_company(company).order_by("id")
    for pk, quantity, balance, cost, reverses, order_id, line_id in moves.values_list(
        "product_id", "quantity", "balance", "unit_cost", "note__reverses_id", "order_id", "line_id"
    ).iterator():
        before = on_hand.get(pk, _ZERO)
        if quantity > 0 or reverses is not None:
            is_free = cost is None
            average[pk] = average_after(
                on_hand=before,
                average=average.get(pk),
                quantity=quantity,
                unit_cost=None if is_free else cost,
            )
        on_hand[pk] = before + quantity
        if order_id is not None:
            key = (order_id, line_id, pk)
            out[key] = out.get(key, _ZERO) - quantity
        if balance != on_hand[pk]:
            found.append(_difference(pk, "balance", balance, on_hand[pk]))
    reserved = dict(
        Reservation.objects.for_company(company)
        .filter(ended_at__isnull=True)
        .order_by("product_id")
        .values_list("product_id")
        .annotate(sum=Sum("quantity"))
    )
    for pk in {**levels, **on_hand, **reserved}:
        level = levels.get(pk) or StockLevel(product_id=pk)
        figures = (
            ("on_hand", level.on_hand, on_hand.get(pk, _ZERO)),
            ("reserved", level.reserved, reserved.get(pk, _ZERO)),
            ("average", level.average, average.get(pk)),
        )
        found += [_difference(pk, name, kept, due) for name, kept, due in figures if kept != due]
    kept_out = {
        (row.order_id, row.line_id, row.product_id): row.quantity
        for row in LineIssue.objects.for_company(company)
    }
    for key in {**kept_out, **out}:
        if kept_out.get(key, _ZERO) != out.get(key, _ZERO):
            found.append(_difference(key[2], "out", kept_out.get(key), out.get(key)))
    return found


def _difference(pk: int, figure: str, kept: Decimal | None, worked_out: Decimal | None) -> Difference:
    return Difference(product_id=pk, figure=figure, kept=kept, worked_out=worked_out)
