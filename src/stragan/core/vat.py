"""VAT codes and the percents behind them: law as dated data.

A code is what a document line carries (``23``, ``zw``, ``0 WDT``, ``OSS:CZ:21``); it is not a number.
The percent of a Polish code depends on the day of supply.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Final

from stragan.core.dates import ALWAYS, Period
from stragan.core.errors import Refused
from stragan.core.money import round_half_up


class UnknownVatCode(Refused):
    """The text is none of the VAT codes."""

    code = "unknown_vat_code"


class VatCodeNotInForce(Refused):
    """The code had no percent on that day, such as 22 after 2010."""

    code = "vat_code_not_in_force"


@dataclass(frozen=True, slots=True, kw_only=True)
class VatRate:
    """The percent of a Polish code during a period."""

    percent: Decimal
    valid: Period = ALWAYS


@dataclass(frozen=True, slots=True, kw_only=True)
class VatCode:
    """A known VAT code. ``oss_country`` is empty for Polish codes, ``oss_percent`` zero."""

    text: str
    oss_country: str = ""
    oss_percent: Decimal = Decimal(0)

    @property
    def is_oss(self) -> bool:
        """Say whether the tax is settled abroad through the one-stop shop."""
        return bool(self.oss_country)


_SINCE_2011: Final = Period(since=date(2011, 1, 1))
_BEFORE_2011: Final = Period(until=date(2011, 1, 1))
_NO_TAX: Final = VatRate(percent=Decimal(0))

# VAT Act art. 41 with art. 146aa ff. (the raised rates), art. 83 (0), art. 42 (WDT), art. 41(4) (EX),
# art. 43 and 113 (zw); np = taxed outside Poland. The order here is the order on documents.
POLISH_RATES: Final[Mapping[str, VatRate]] = {
    "23": VatRate(percent=Decimal(23), valid=_SINCE_2011),
    "22": VatRate(percent=Decimal(22), valid=_BEFORE_2011),
    "8": VatRate(percent=Decimal(8), valid=_SINCE_2011),
    "7": VatRate(percent=Decimal(7), valid=_BEFORE_2011),
    "5": VatRate(percent=Decimal(5), valid=_SINCE_2011),
    "0": _NO_TAX,
    "0 WDT": _NO_TAX,
    "0 EX": _NO_TAX,
    "zw": _NO_TAX,
    "np": _NO_TAX,
}
STANDARD: Final = "23"
EXEMPT: Final = "zw"

_PLACES: Final = {text: place for place, text in enumerate(POLISH_RATES)}
# EU countries without Poland. Greece has two codes in use: GR in addresses, EL in VAT matters. XI is
# Northern Ireland, for goods.
_OSS: Final = re.compile(
    r"OSS:"
    r"(AT|BE|BG|CY|CZ|DE|DK|EE|EL|ES|FI|FR|GR|HR|HU|IE|IT|LT|LU|LV|MT|NL|PT|RO|SE|SI|SK|XI):"
    r"((?:0|[1-9][0-9]?)(?:\.[0-9]?[1-9])?)"
)


@lru_cache(maxsize=1024)
def parse_vat_code(text: str) -> VatCode:
    """Read a VAT code exactly as documents and commands write it.

    ``OSS:<country>:<percent>`` takes an EU country other than Poland and a percent below 100 with up
    to two decimals, without needless zeros.

    :raises UnknownVatCode: *text* is not one of them.
    """
    if text in POLISH_RATES:
        return VatCode(text=text)
    match = _OSS.fullmatch(text)
    if match is None:
        raise UnknownVatCode(vat_code=text)
    return VatCode(text=text, oss_country=match[1], oss_percent=Decimal(match[2]))


@lru_cache(maxsize=4096)
def percent_of(code: str, *, on: date) -> Decimal:
    """Give the percent of *code* for a supply *on* that day; 0 for ``0…``, ``zw`` and ``np``.

    The percent of an OSS code is the one written in it.

    :raises UnknownVatCode: *code* is not a VAT code.
    :raises VatCodeNotInForce: the code had no percent on that day.
    """
    parsed = parse_vat_code(code)
    if parsed.is_oss:
        return parsed.oss_percent
    rate = POLISH_RATES[code]
    if on not in rate.valid:
        raise VatCodeNotInForce(vat_code=code, on=on)
    return rate.percent


@lru_cache(maxsize=1024)
def rate_order(code: str) -> tuple[int, Decimal, str]:
    """Give the sort key of *code* on documents: 23, 8, 5, 0, 0 WDT, 0 EX, zw, np, OSS by falling percent.

    :raises UnknownVatCode: *code* is not a VAT code.
    """
    parsed = parse_vat_code(code)
    return (_PLACES.get(code, len(_PLACES)), -parsed.oss_percent, code)


def vat_from_gross(gross: Decimal, *, percent: Decimal) -> Decimal:
    """Take the tax out of a gross amount: gross × percent / (100 + percent), half up to 0.01.

    VAT Act art. 106e(7) and (11); symmetric for negative amounts.
    """
    return round_half_up(gross * percent / (100 + percent))
