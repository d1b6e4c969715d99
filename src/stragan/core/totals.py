"""Sums of a document by the gross method: one tax amount per VAT code, parts that add up.

All amounts are decimals with two places in the document's currency, gross unless named otherwise.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from stragan.core.errors import Refused
from stragan.core.money import ZERO, from_minor, round_half_up, spread, to_minor
from stragan.core.snapshot import RateTotal
from stragan.core.vat import EXEMPT, STANDARD, percent_of, rate_order, vat_from_gross


class DiscountTooLarge(Refused):
    """A discount is larger than what it is taken from."""

    code = "discount_too_large"


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentTotals:
    """Sums of the whole document over its VAT codes."""

    net: Decimal
    vat: Decimal
    gross: Decimal


def percent_discount(*, quantity: Decimal, unit_gross: Decimal, percent: Decimal) -> Decimal:
    """Give a discount of *percent* on a line: on its rounded value, half up to 0.01 itself."""
    return round_half_up(round_half_up(quantity * unit_gross) * percent / 100)


def line_gross(*, quantity: Decimal, unit_gross: Decimal, discount: Decimal = ZERO) -> Decimal:
    """Give quantity × unit_gross, rounded half up to 0.01, then less the line's *discount* (an amount).

    :raises DiscountTooLarge: the discount exceeds the value of the line.
    """
    value = round_half_up(quantity * unit_gross)
    if discount > value:
        raise DiscountTooLarge(discount=discount, value=value)
    return value - discount


def spread_discount(discount: Decimal, *, lines_gross: Sequence[Decimal]) -> list[Decimal]:
    """Divide a discount on the whole order over its lines by their gross, delivery left out.

    The parts, one per line, add up to the grosz (largest remainder, as ``core.money.spread``).

    :raises DiscountTooLarge: the discount exceeds the lines together.
    """
    value = sum(lines_gross, ZERO)
    if discount > value:
        raise DiscountTooLarge(discount=discount, value=value)
    return spread(discount, lines_gross)


def split_delivery(
    cost: Decimal, *, goods_gross: Mapping[str, Decimal], seller_exempt: bool = False
) -> dict[str, Decimal]:
    """Divide what the buyer pays for delivery over the VAT codes of the goods (VAT Act art. 29a(6)).

    *goods_gross* maps VAT codes to the gross of the goods after all discounts. The parts add up to the
    grosz: largest remainder, ties to the larger weight, then to the earlier code in document order.
    Goods of no value pass no code on: their delivery takes the standard rate, or ``zw`` when the
    seller is exempt. Codes with no part of it stay in the answer with zero.

    :raises UnknownVatCode: a key of *goods_gross* is not a VAT code.
    """
    codes = sorted(goods_gross, key=rate_order)
    weights = [goods_gross[code] for code in codes]
    if cost and not any(weights):
        return {EXEMPT if seller_exempt else STANDARD: cost}
    if len(codes) == 1 and weights[0] > 0:
        return {codes[0]: from_minor(to_minor(cost))}
    return dict(zip(codes, spread(cost, weights), strict=True)) if codes else {}


def gross_per_code(lines: Iterable[tuple[str, Decimal]]) -> dict[str, Decimal]:
    """Sum the gross of ``(VAT code, gross)`` lines per code, codes in document order.

    :raises UnknownVatCode: a line carries something else than a VAT code.
    """
    sums: dict[str, Decimal] = {}
    for code, gross in lines:
        sums[code] = sums.get(code, ZERO) + gross
    return {code: sums[code] for code in sorted(sums, key=rate_order)}


def rate_total(code: str, gross: Decimal, *, on: date) -> RateTotal:
    """Take the tax once out of the *gross* of a code; net is what remains.

    :raises UnknownVatCode: *code* is not a VAT code.
    :raises VatCodeNotInForce: the code had no percent *on* the day of supply.
    """
    vat = vat_from_gross(gross, percent=percent_of(code, on=on))
    return RateTotal(code=code, net=gross - vat, vat=vat, gross=gross)


def totals_per_rate(lines: Iterable[tuple[str, Decimal]], *, on: date) -> tuple[RateTotal, ...]:
    """Give the sums per VAT code of ``(VAT code, gross)`` lines supplied *on* a day, in document order.

    Goods and delivery lines alike; a code whose lines cost nothing stays with zeros. The tax comes from
    the total gross of the code, not from its lines (VAT Act art. 106e(7) and (11)).

    :raises UnknownVatCode: a line carries something else than a VAT code.
    :raises VatCodeNotInForce: a code had no percent on that day.
    """
    return tuple(rate_total(code, gross, on=on) for code, gross in gross_per_code(lines).items())


def document_totals(rates: Iterable[RateTotal]) -> DocumentTotals:
    """Add up the sums per VAT code."""
    net, vat, gross = ZERO, ZERO, ZERO
    for rate in rates:
        net += rate.net
        vat += rate.vat
        gross += rate.gross
    return DocumentTotals(net=net, vat=vat, gross=gross)


def vat_summed_per_line(lines: Iterable[tuple[str, Decimal]], *, on: date) -> Decimal:
    """Give the tax as a sum over lines: lawful too (VAT Act art. 106e(10)), shown for comparison only.

    :raises UnknownVatCode: a line carries something else than a VAT code.
    :raises VatCodeNotInForce: a code had no percent on that day.
    """
    return sum((rate_total(code, gross, on=on).vat for code, gross in lines), ZERO)
