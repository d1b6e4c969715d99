"""Which field of FA(3), JPK_FA(4) and JPK_V7(3) takes the sums of a VAT code: one table for all of them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from stragan.core.money import ZERO
from stragan.core.snapshot import RateTotal
from stragan.core.vat import parse_vat_code


@dataclass(frozen=True, slots=True, kw_only=True)
class _Fields:
    """Names of fields; an empty one means that the file has none. ``domestic``: taxed at a Polish rate."""

    fa3: str
    fa3_vat: str = ""
    jpk_fa: str
    jpk_v7: str = ""
    jpk_v7_vat: str = ""
    domestic: bool = False


_FIELDS: Final[Mapping[str, _Fields]] = {
    "23": _Fields(
        fa3="P_13_1", fa3_vat="P_14_1", jpk_fa="P_13_1", jpk_v7="K_19", jpk_v7_vat="K_20", domestic=True
    ),
    "8": _Fields(
        fa3="P_13_2", fa3_vat="P_14_2", jpk_fa="P_13_2", jpk_v7="K_17", jpk_v7_vat="K_18", domestic=True
    ),
    "5": _Fields(
        fa3="P_13_3", fa3_vat="P_14_3", jpk_fa="P_13_3", jpk_v7="K_15", jpk_v7_vat="K_16", domestic=True
    ),
    "0": _Fields(fa3="P_13_6_1", jpk_fa="P_13_6", jpk_v7="K_13"),
    "0 WDT": _Fields(fa3="P_13_6_2", jpk_fa="P_13_6", jpk_v7="K_21"),
    "0 EX": _Fields(fa3="P_13_6_3", jpk_fa="P_13_6", jpk_v7="K_22"),
    "zw": _Fields(fa3="P_13_7", jpk_fa="P_13_7", jpk_v7="K_10"),
    "np": _Fields(fa3="P_13_8", jpk_fa="P_13_5", jpk_v7="K_11"),
}
_OSS: Final = _Fields(fa3="P_13_5", fa3_vat="P_14_5", jpk_fa="P_13_5")  # never in JPK_V7


def _fields(code: str) -> _Fields:
    return _OSS if parse_vat_code(code).is_oss else _FIELDS[code]


def _add(sums: dict[str, Decimal], field: str, amount: Decimal) -> None:
    if field:
        sums[field] = sums.get(field, ZERO) + amount


def fa3_sums(
    rates: Iterable[RateTotal], *, gross: Decimal, pln: Iterable[RateTotal] = ()
) -> dict[str, Decimal]:
    """Give the sums of FA(3) in the document's currency: P_13_x, P_14_x, P_15.

    *pln* holds the sums in PLN of a document in another currency: P_14_xW shows the tax of Polish rates.
    """
    return _invoice_sums(((rate, _fields(rate.code).fa3) for rate in rates), gross=gross, pln=pln)


def jpk_fa_sums(
    rates: Iterable[RateTotal], *, gross: Decimal, pln: Iterable[RateTotal] = ()
) -> dict[str, Decimal]:
    """Give the sums of JPK_FA(4): as FA(3), with one field for all kinds of 0 and P_13_5 for ``np``."""
    return _invoice_sums(((rate, _fields(rate.code).jpk_fa) for rate in rates), gross=gross, pln=pln)


def _invoice_sums(
    placed: Iterable[tuple[RateTotal, str]], *, gross: Decimal, pln: Iterable[RateTotal]
) -> dict[str, Decimal]:
    sums: dict[str, Decimal] = {}
    for rate, base_field in placed:
        _add(sums, base_field, rate.net)
        _add(sums, _fields(rate.code).fa3_vat, rate.vat)
    for rate in pln:
        fields = _fields(rate.code)
        if fields.domestic:
            _add(sums, f"{fields.fa3_vat}W", rate.vat)
    return sums | {"P_15": gross}


def jpk_v7_sums(pln: Iterable[RateTotal]) -> dict[str, Decimal]:
    """Give the K_ fields of a JPK_V7(3) sale row from sums in PLN; OSS codes are left out."""
    sums: dict[str, Decimal] = {}
    for rate in pln:
        fields = _fields(rate.code)
        _add(sums, fields.jpk_v7, rate.net)
        _add(sums, fields.jpk_v7_vat, rate.vat)
    return sums
