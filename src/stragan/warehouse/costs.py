"""Average purchase cost of a product, worked out anew whenever goods come in at a known cost. Pure.

Accounting Act art. 34(4)(1): weighted average. Costs are PLN per unit; the average has four decimals.
"""

from decimal import ROUND_HALF_UP, Decimal
from typing import Final

AVERAGE_STEP: Final = Decimal("0.0001")
GROSZ: Final = Decimal("0.01")


def average_after(
    *, on_hand: Decimal, average: Decimal | None, quantity: Decimal, unit_cost: Decimal | None
) -> Decimal | None:
    """Give the average after *quantity* was added at *unit_cost* (both negative for a receipt taken back).

    Where nothing was on hand, or no cost was known, the new cost is the average: goods that lie here
    without a cost are valued at the first one known. Goods without a cost leave the average as it is.
    """
    if unit_cost is None:
        return average
    after = on_hand + quantity
    if quantity > 0 and (average is None or on_hand <= 0):
        return unit_cost.quantize(AVERAGE_STEP)
    if average is None or after <= 0:
        return average
    value = on_hand * average + quantity * unit_cost
    if value < 0:
        return average
    return (value / after).quantize(AVERAGE_STEP, rounding=ROUND_HALF_UP)


def value_of(*, on_hand: Decimal, average: Decimal | None) -> Decimal | None:
    """Give what lies here at its average cost, half up to the grosz; None where no cost is known."""
    if average is None or on_hand <= 0:
        return None if average is None else Decimal("0.00")
    return (on_hand * average).quantize(GROSZ, rounding=ROUND_HALF_UP)


def unit_cost_of(average: Decimal | None) -> Decimal | None:
    """Give the average as the cost of one unit that leaves, half up to the grosz."""
    return None if average is None else average.quantize(GROSZ, rounding=ROUND_HALF_UP)
