"""What cases share: the seller and the currency, lines with delivery, sums and where they are declared."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from stragan.core import statutory_fields
from stragan.core.calculator.reading import (
    AMOUNT_LIMIT,
    FX_RATE_LIMIT,
    HUNDRED_PERCENT,
    QUANTITY_LIMIT,
    CaseReader,
    FieldNotReadable,
    NumberOutOfRange,
)
from stragan.core.errors import Refused
from stragan.core.money import ZERO, round_half_up
from stragan.core.snapshot import RateTotal
from stragan.core.totals import (
    document_totals,
    gross_per_code,
    line_gross,
    percent_discount,
    split_delivery,
    spread_discount,
    totals_per_rate,
)
from stragan.core.vat import EXEMPT, rate_order

LAW_DATE: Final = date(2026, 11, 1)  # cases carry no dates: Polish percents are those of this day
Answer = dict[str, object]

_SELLERS: Final = {"active": False, "exempt_113": True, "exempt_43": True}
_CODES_OF_EXEMPT_SELLER: Final = frozenset({EXEMPT, "np"})
_CURRENCY: Final = re.compile(r"[A-Z]{3}")


class CaseNotSupported(Refused):
    """The calculator knows no rule for this case; ``field`` says which part of it."""

    code = "case_not_supported"


class CaseContradictory(Refused):
    """Two parts of the case exclude each other; ``field`` names one of them."""

    code = "case_contradictory"


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What holds for the whole case. ``fx_rate`` is PLN for one unit of the currency, None for PLN."""

    seller_exempt: bool
    fx_rate: Decimal | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sale:
    """Lines after all discounts and the delivery per VAT code, None when the case has no delivery."""

    codes: Sequence[str]
    lines_gross: Sequence[Decimal]
    delivery: Mapping[str, Decimal] | None

    @property
    def parts(self) -> list[tuple[str, Decimal]]:
        """Goods and delivery as (VAT code, gross)."""
        goods = zip(self.codes, self.lines_gross, strict=True)
        return [*goods, *(self.delivery or {}).items()]

    @property
    def rates(self) -> tuple[RateTotal, ...]:
        """The sums per VAT code."""
        return totals_per_rate(self.parts, on=LAW_DATE)


def read_terms(case: CaseReader) -> Terms:
    """Read seller and currency; a currency other than PLN needs its ``fx_rate``."""
    seller = case.text("seller") if "seller" in case else "active"
    if seller not in _SELLERS:
        raise CaseNotSupported(field=case.field("seller"))
    currency = case.text("currency") if "currency" in case else "PLN"
    if not _CURRENCY.fullmatch(currency):
        raise FieldNotReadable(field=case.field("currency"))
    fx_rate = None
    if currency != "PLN":
        fx_rate = case.number("fx_rate", places=8, limit=FX_RATE_LIMIT, positive=True)
    elif "fx_rate" in case:
        raise CaseContradictory(field=case.field("fx_rate"))
    return Terms(seller_exempt=_SELLERS[seller], fx_rate=fx_rate)


def read_terms_in_pln(case: CaseReader) -> Terms:
    """Read the terms of a case that is computed in PLN only."""
    terms = read_terms(case)
    if terms.fx_rate is not None:
        raise CaseNotSupported(field=case.field("currency"))
    return terms


def read_terms_of_vat_payer(case: CaseReader) -> Terms:
    """Read the terms of a case that only an active VAT payer can have, in PLN."""
    terms = read_terms_in_pln(case)
    if terms.seller_exempt:
        raise CaseNotSupported(field=case.field("seller"))
    return terms


def check_codes(codes: Iterable[str], terms: Terms, *, field: str) -> None:
    """Refuse taxed codes of an exempt seller.

    :raises CaseContradictory: a code with tax, or for active payers only.
    """
    if terms.seller_exempt and not _CODES_OF_EXEMPT_SELLER.issuperset(codes):
        raise CaseContradictory(field=field)


def read_vat_code(line: CaseReader, terms: Terms) -> str:
    """Read the VAT code of a line, possible for this seller."""
    code = line.vat_code("vat")
    check_codes([code], terms, field=line.field("vat"))
    return code


def _read_line(line: CaseReader, *, zero_quantity: bool) -> Decimal:
    quantity = line.number("qty", places=4, limit=QUANTITY_LIMIT, positive=not zero_quantity)
    unit_gross = line.amount("unit_gross")
    if "discount_pct" in line and "discount_amount" in line:
        raise CaseContradictory(field=line.field("discount_pct"))
    discount = ZERO
    if "discount_pct" in line:
        percent = line.number("discount_pct", places=4, limit=HUNDRED_PERCENT)
        discount = percent_discount(quantity=quantity, unit_gross=unit_gross, percent=percent)
    elif "discount_amount" in line:
        discount = line.amount("discount_amount")
    gross = line_gross(quantity=quantity, unit_gross=unit_gross, discount=discount)
    if gross > AMOUNT_LIMIT:
        raise NumberOutOfRange(field=line.field("qty"))
    return gross


def read_sale(case: CaseReader, terms: Terms, *, zero_quantity: bool = False) -> Sale:
    """Read lines, the order's discount and delivery; ``zero_quantity`` lets a line be returned whole."""
    codes: list[str] = []
    lines_gross: list[Decimal] = []
    for line in case.objects("lines"):
        codes.append(read_vat_code(line, terms))
        lines_gross.append(_read_line(line, zero_quantity=zero_quantity))
    if "order_discount" in case:
        parts = spread_discount(case.amount("order_discount"), lines_gross=lines_gross)
        lines_gross = [gross - part for gross, part in zip(lines_gross, parts, strict=True)]
    delivery = None
    if "delivery" in case:
        delivery = split_delivery(
            case.amount("delivery"),
            goods_gross=gross_per_code(zip(codes, lines_gross, strict=True)),
            seller_exempt=terms.seller_exempt,
        )
    return Sale(codes=codes, lines_gross=lines_gross, delivery=delivery)


def in_pln(rates: Iterable[RateTotal], terms: Terms) -> tuple[RateTotal, ...]:
    """Convert net and tax of each code by themselves, half up to 0.01; gross in PLN is their sum."""
    fx_rate = terms.fx_rate
    if fx_rate is None:
        return tuple(rates)
    return tuple(
        rate_of(rate.code, net=round_half_up(rate.net * fx_rate), vat=round_half_up(rate.vat * fx_rate))
        for rate in rates
    )


def rate_of(code: str, *, net: Decimal, vat: Decimal) -> RateTotal:
    """Make the sums of a code from net and tax."""
    return RateTotal(code=code, net=net, vat=vat, gross=net + vat)


def plus(one: RateTotal, other: RateTotal, *, sign: int = 1) -> RateTotal:
    """Add the sums of one code, or with sign -1 subtract them."""
    return rate_of(one.code, net=one.net + sign * other.net, vat=one.vat + sign * other.vat)


def difference(before: Iterable[RateTotal], after: Iterable[RateTotal]) -> tuple[RateTotal, ...]:
    """Subtract rounded sums per code; a code in which nothing changed is left out."""
    nothing = {rate.code: rate_of(rate.code, net=ZERO, vat=ZERO) for rate in (*before, *after)}
    old = nothing | {rate.code: rate for rate in before}
    new = nothing | {rate.code: rate for rate in after}
    changed = (plus(new[code], old[code], sign=-1) for code in sorted(nothing, key=rate_order))
    return tuple(rate for rate in changed if rate.net or rate.vat)


def revenue(pln: Iterable[RateTotal], terms: Terms) -> Decimal:
    """Give the amount for the books: net of an active payer, the whole of an exempt seller."""
    totals = document_totals(pln)
    return totals.gross if terms.seller_exempt else totals.net


def by_code(rates: Iterable[RateTotal]) -> dict[str, RateTotal]:
    """Key sums by their VAT code."""
    return {rate.code: rate for rate in rates}


def declared(rates: Sequence[RateTotal], *, pln: Sequence[RateTotal], terms: Terms) -> Answer:
    """Give statutory fields, sums in PLN when the currency is another, and the amount for the books."""
    gross = document_totals(rates).gross
    foreign = pln if terms.fx_rate is not None else ()
    answer: Answer = {
        "fa3": statutory_fields.fa3_sums(rates, gross=gross, pln=foreign),
        "jpk_fa": statutory_fields.jpk_fa_sums(rates, gross=gross, pln=foreign),
        "jpk_v7": {} if terms.seller_exempt else statutory_fields.jpk_v7_sums(pln),
        "books_revenue_pln": revenue(pln, terms),
    }
    return answer | ({"pln": document_totals(pln)} if terms.fx_rate is not None else {})
