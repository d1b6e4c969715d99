"""Amounts of money: exact decimals with a currency, rounded only by the functions named here.

Databases keep integers in minor units (grosze, 1/100). All currencies Allegro uses (PLN, CZK, EUR,
HUF) are treated with two decimals, as in its payloads.
"""

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

CENT: Final = Decimal("0.01")
ZERO: Final = Decimal("0.00")


class NotExact(ValueError):
    """A float, or more decimals than the currency has, where an exact amount is needed."""


def round_half_up(value: Decimal) -> Decimal:
    """Round to 0.01, halves away from zero (VAT Act art. 106e(11)); symmetric for negatives."""
    return +value.quantize(CENT, rounding=ROUND_HALF_UP)  # plus: zero has no sign on paper


def to_minor(amount: Decimal) -> int:
    """Turn an amount with at most two decimals into minor units.

    :raises NotExact: the value is a float or has a fraction of a minor unit.
    """
    if not isinstance(amount, Decimal):
        raise NotExact(amount)
    minor = amount.scaleb(2)
    whole = int(minor)
    if whole != minor:
        raise NotExact(amount)
    return whole


def from_minor(minor: int) -> Decimal:
    """Turn minor units into an amount with exactly two decimals."""
    return Decimal(minor).scaleb(-2)


def spread(amount: Decimal, weights: Sequence[Decimal]) -> list[Decimal]:
    """Divide *amount* (two decimals) over *weights* so that the parts add up to the grosz.

    Largest remainder: every part gets the whole grosze of its share; grosze left go to the largest
    fractions, ties to the larger weight, then to the earlier place. Weights that are all zero give
    everything to the first place.

    :raises NotExact: *amount* has a fraction of a grosz.
    :raises ValueError: there are no weights, or one of them is negative.
    """
    if not weights or min(weights) < 0:
        raise ValueError(weights)
    total_weight = sum(weights)
    minor = to_minor(abs(amount))
    if not total_weight:
        parts = [minor] + [0] * (len(weights) - 1)
    else:
        # divmod is exact; divided fractions would lose a tie between weights of unlike size.
        shares = [divmod(minor * weight, total_weight) for weight in weights]
        parts = [int(whole) for whole, _ in shares]
        order = sorted(range(len(weights)), key=lambda place: (-shares[place][1], -weights[place], place))
        for place in order[: minor - sum(parts)]:
            parts[place] += 1
    sign = -1 if amount < 0 else 1
    return [from_minor(sign * part) for part in parts]
