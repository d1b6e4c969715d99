"""The VAT code of each line and where it came from; what is not certain is refused, never guessed."""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Final

from stragan.core.money import ZERO
from stragan.core.snapshot import LineKind, VatSource
from stragan.core.totals import split_delivery
from stragan.core.vat import EXEMPT, STANDARD, VatCodeNotInForce, percent_of
from stragan.documents.content import DraftLine, Refusal, SellerProfile, Why
from stragan.orders.data import LineData, OrderData
from stragan.orders.states import Problem

PIECE: Final = "szt."
SERVICE_UNIT: Final = "usł."
DELIVERY: Final = "Dostawa"
ONE: Final = Decimal(1)
HOME: Final = "PL"
# Exemption codes of Allegro that are not exemptions of art. 43 or 113: taxed on the margin.
MARGIN_EXEMPTIONS: Final = frozenset({"MARGIN_SCHEME", "MARGIN"})
OUT_OF_SCOPE: Final = frozenset({"OUT_OF_SCOPE_OF_VAT", "NP"})  # not taxed here is not exempt
# Allegro's exemption codes are constants. A rate that cannot be read ("23,00") is no exemption.
_EXEMPTION: Final = re.compile(r"[A-Z][A-Z0-9_]*")
_NUMERIC_CODES: Final = {Decimal(text): text for text in ("23", "22", "8", "7", "5", "0")}


@lru_cache(maxsize=256)
def polish_code(rate: Decimal, *, on: date) -> str | None:
    """Give the VAT code for a percent that Polish law knows on that day, or None."""
    code = _NUMERIC_CODES.get(rate)
    if code is None:
        return None
    try:
        percent_of(code, on=on)
    except VatCodeNotInForce:
        return None
    return code


def goods_line(line: LineData, *, profile: SellerProfile, on: date) -> DraftLine:
    """Make the line of one purchase act; the price is what the buyer pays, discounts already in it."""
    code, why, trouble = _code_of_goods(line, profile=profile, on=on)
    source = VatSource.OFFER if profile.vat_payer else VatSource.SELLER_EXEMPT
    if profile.vat_payer and line.product_vat:
        code, source, why, trouble = _with_product(line, code, why, trouble)
    return DraftLine(
        kind=LineKind.GOODS,
        name=line.offer_name,
        quantity=Decimal(line.quantity),
        unit=PIECE,
        unit_gross=line.price,
        vat_code=code,
        vat_source=source,
        why=why,
        trouble=trouble,
        sku=line.sku,
        offer_id=line.offer_id,
        line_id=line.line_id,
    )


def _code_of_goods(
    line: LineData, *, profile: SellerProfile, on: date
) -> tuple[str | None, Why, Refusal | None]:
    if not profile.vat_payer:
        return EXEMPT, Why(code="why_seller_exempt", facts={"basis": profile.exemption_basis}), None
    rate, exemption = line.vat_rate, line.vat_exemption
    why = Why(
        code="why_offer",
        facts={
            "rate": "" if rate is None else _percent(rate),
            "exemption": exemption,
            "offer": line.offer_id,
        },
    )
    if rate is None and _is_exemption(exemption):
        return EXEMPT, why, None
    code = None if rate is None or exemption else polish_code(rate, on=on)
    return code, why, None if code else _trouble(line)


def _with_product(
    line: LineData, code: str | None, why: Why, trouble: Refusal | None
) -> tuple[str | None, VatSource, Why, Refusal | None]:
    """Let the catalog speak where the offer says nothing; where the two disagree nothing is certain."""
    if line.vat_rate is None and not line.vat_exemption:
        facts = {"code": line.product_vat, "offer": line.offer_id}
        return line.product_vat, VatSource.PRODUCT, Why(code="why_product", facts=facts), None
    if code is not None and code != line.product_vat:
        what = f"{code} (Allegro) ≠ {line.product_vat} (Stragan)"
        return (
            None,
            VatSource.OFFER,
            why,
            _refusal(Problem.VAT_CONTRADICTORY, offer=line.offer_name, what=what),
        )
    return code, VatSource.OFFER, why, trouble


def _is_exemption(text: str) -> bool:
    return bool(_EXEMPTION.fullmatch(text)) and text not in MARGIN_EXEMPTIONS | OUT_OF_SCOPE


def _trouble(line: LineData) -> Refusal:
    """Say why a line has no certain VAT code."""
    offer, rate, exemption = line.offer_name, line.vat_rate, line.vat_exemption
    if exemption in MARGIN_EXEMPTIONS:
        return _refusal(Problem.VAT_MARGIN_UNSUPPORTED, offer=offer)
    if exemption:
        what = exemption if rate is None else f"{rate:f}%, {exemption}"
        return _refusal(Problem.VAT_CONTRADICTORY, offer=offer, what=what)
    if rate is None:
        return _refusal(Problem.VAT_MISSING, offer=offer)
    return _refusal(Problem.VAT_FOREIGN, offer=offer, what=_percent(rate))


def without_contradictions(lines: Sequence[DraftLine]) -> list[DraftLine]:
    """Take the codes away from lines of one offer that carry different ones."""
    codes: dict[str, set[str]] = {}
    for line in lines:
        if line.vat_code is not None:
            codes.setdefault(line.offer_id, set()).add(line.vat_code)
    if all(len(of_offer) == 1 for of_offer in codes.values()):
        return list(lines)
    return [
        replace(
            line,
            vat_code=None,
            trouble=_refusal(
                Problem.VAT_CONTRADICTORY, offer=line.name, what=", ".join(sorted(codes[line.offer_id]))
            ),
        )
        if line.vat_code is not None and len(codes[line.offer_id]) > 1
        else line
        for line in lines
    ]


def service_lines(line: LineData, *, goods: DraftLine) -> list[DraftLine]:
    """Make the lines of additional services: the rate is that of the goods they were bought with."""
    return [
        DraftLine(
            kind=LineKind.SERVICE,
            name=service.name,
            quantity=Decimal(service.quantity),
            unit=SERVICE_UNIT,
            unit_gross=service.price,
            vat_code=goods.vat_code,
            vat_source=_follows(goods.vat_source),
            why=Why(code="why_goods", facts={"offer": goods.name}),
            offer_id=line.offer_id,
            line_id=line.line_id,
        )
        for service in line.services
    ]


def delivery_lines(
    *, name: str, cost: Decimal, goods: Sequence[DraftLine], profile: SellerProfile
) -> list[DraftLine]:
    """Divide what the buyer pays for delivery over the VAT codes of the goods (VAT Act art. 29a(6)).

    One line per code, none for a cost of 0.00. While a line of goods has no code the cost stays whole
    and waits, so that nothing of it is lost.
    """
    if not cost:
        return []
    if any(line.vat_code is None for line in goods):
        return [_delivery_line(name, cost, None, VatSource.GOODS)]
    grosses: dict[str, Decimal] = {}
    for line in goods:
        if line.vat_code is not None:
            grosses[line.vat_code] = grosses.get(line.vat_code, ZERO) + line.gross
    source = VatSource.GOODS if profile.vat_payer else VatSource.SELLER_EXEMPT
    if not any(grosses.values()):
        code = STANDARD if profile.vat_payer else EXEMPT
        return [_delivery_line(name, cost, code, VatSource.STANDARD if profile.vat_payer else source)]
    split = split_delivery(cost, goods_gross=grosses, seller_exempt=not profile.vat_payer)
    return [_delivery_line(name, part, code, source) for code, part in split.items() if part]


def _delivery_line(name: str, cost: Decimal, code: str | None, source: VatSource) -> DraftLine:
    return DraftLine(
        kind=LineKind.DELIVERY,
        name=name,
        quantity=ONE,
        unit=SERVICE_UNIT,
        unit_gross=cost,
        vat_code=code,
        vat_source=source,
        why=Why(
            code="why_standard" if source is VatSource.STANDARD else "why_delivery",
            facts={"code": code or "", "cost": f"{cost:f}"},
        ),
    )


def delivery_name(method: str) -> str:
    """Name the delivery line; an unknown method never loses its cost."""
    return f"{DELIVERY}: {method.strip()}" if method.strip() else DELIVERY


def following_goods(lines: Sequence[DraftLine], *, profile: SellerProfile) -> tuple[DraftLine, ...]:
    """Let services and delivery that take their rate from the goods take it again, after an edit.

    Delivery lines of one name that follow the goods are put together and divided anew.
    """
    goods = [line for line in lines if line.kind is LineKind.GOODS]
    of_line = {line.line_id: line for line in goods if line.line_id}
    kept: list[DraftLine] = []
    delivery: dict[str, Decimal] = {}
    for line in lines:
        if line.vat_source not in _FOLLOWING or line.kind is LineKind.GOODS:
            kept.append(line)
        elif line.kind is LineKind.DELIVERY:
            delivery[line.name] = delivery.get(line.name, ZERO) + line.gross
        else:
            leader = of_line.get(line.line_id)
            kept.append(
                replace(line, vat_code=leader.vat_code, vat_source=_follows(leader.vat_source))
                if leader
                else line
            )
    for name, cost in delivery.items():
        kept += delivery_lines(name=name, cost=cost, goods=goods, profile=profile)
    return tuple(kept)


_FOLLOWING: Final = frozenset({VatSource.GOODS, VatSource.STANDARD, VatSource.SELLER_EXEMPT})


def _follows(source: VatSource) -> VatSource:
    return source if source is VatSource.SELLER_EXEMPT else VatSource.GOODS


def place_refusals(order: OrderData) -> list[Refusal]:
    """Say why this is not a sale at home in złoty: currency, marketplace, where the goods go."""
    refusals = []
    if order.currency != "PLN":
        refusals.append(_refusal(Problem.CURRENCY_UNSUPPORTED, currency=order.currency))
    country = goods_country(order)
    if not _is_polish_marketplace(order.marketplace):
        refusals.append(_refusal(Problem.VAT_FOREIGN, what=order.marketplace))
    elif country != HOME:
        refusals.append(_refusal(Problem.VAT_FOREIGN, what=country))
    return refusals


def goods_country(order: OrderData) -> str:
    """Give the country the goods go to: of the pickup point, else of the delivery address, else Poland."""
    for address in (order.delivery.pickup_point_address, order.delivery.address):
        if address is not None and address.country:
            return address.country.upper()
    return HOME


def _is_polish_marketplace(marketplace: str) -> bool:
    return not marketplace or marketplace == "allegro-pl" or marketplace.endswith("-pl")


def _refusal(code: Problem, **params: str) -> Refusal:
    return Refusal(code=code.value, params=params)


def _percent(rate: Decimal) -> str:
    return f"{rate.normalize():f}%"
