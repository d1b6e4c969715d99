"""A product as it was typed or stood in a file, read strictly: values, or what is wrong with each field."""

import dataclasses
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from stragan.core.ean import InvalidEan, require_ean
from stragan.core.vat import UnknownVatCode, parse_vat_code
from stragan.products.matching import LONGEST_NAME, exact_name
from stragan.products.states import GTU_CODES, MANY_NAMES, PIECE, RYCZALT_RATES

LONGEST_SKU: Final = 120
LONGEST_UNIT: Final = 20
_SPACES: Final = re.compile(r"[\s\u00a0\u202f]+")
_CURRENCY: Final = re.compile(r"(zł|pln)\.?$", re.IGNORECASE)
_AMOUNT: Final = re.compile(r"\d{1,9}(?:\.\d{1,2}0*)?")
_QUANTITY: Final = re.compile(r"\d{1,7}(?:\.\d{1,4}0*)?")
_PRINTABLE_BREAKS: Final = re.compile(r"[\x00-\x1f\x7f]")


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldError:
    """What is wrong with one field: a code of ``kit.messages`` with its facts."""

    field: str
    code: str
    params: Mapping[str, object] = dataclasses.field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Component:
    """So many of a product are in one bundle."""

    product_id: int
    quantity: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductText:
    """A product as text. ``names`` are those of offers besides the name."""

    name: str = ""
    sku: str = ""
    ean: str = ""
    unit: str = ""
    price: str = ""
    vat_code: str = ""
    gtu: str = ""
    ryczalt_rate: str = ""
    names: Sequence[str] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductData:
    """A product that may be saved. ``price`` is gross in PLN, None where there is none."""

    name: str
    sku: str = ""
    ean: str = ""
    unit: str = PIECE
    price: Decimal | None = None
    vat_code: str = ""
    gtu: str = ""
    ryczalt_rate: str = ""
    names: tuple[str, ...] = ()
    components: tuple[Component, ...] = ()


def read_product(text: ProductText) -> tuple[ProductData, list[FieldError]]:
    """Read a product; what cannot be read is empty in the result and among the errors."""
    errors: list[FieldError] = []
    name = exact_name(_clean(text.name))
    if not name:
        errors.append(FieldError(field="name", code="product_name_missing"))
    elif len(_SPACES.sub(" ", text.name).strip()) > LONGEST_NAME:
        errors.append(FieldError(field="name", code="product_text_long", params={"limit": LONGEST_NAME}))
    data = ProductData(
        name=name,
        sku=_short(text.sku, "sku", LONGEST_SKU, errors),
        ean=_ean(text.ean, errors),
        unit=_short(text.unit, "unit", LONGEST_UNIT, errors) or PIECE,
        price=read_amount(text.price, "price", errors),
        vat_code=_vat_code(text.vat_code, errors),
        gtu=_gtu(text.gtu, errors),
        ryczalt_rate=_ryczalt(text.ryczalt_rate, errors),
        names=_names(text.names, name, errors),
    )
    return data, errors


def read_amount(text: str, name: str, errors: list[FieldError]) -> Decimal | None:
    """Read an amount of złoty, written the Polish or the English way; nothing is None."""
    bare = _CURRENCY.sub("", _SPACES.sub("", text)).replace(",", ".")
    if not bare:
        return None
    if not _AMOUNT.fullmatch(bare):
        errors.append(FieldError(field=name, code="product_amount_unreadable", params={"text": text[:40]}))
        return None
    return Decimal(bare).quantize(Decimal("0.01"))


def read_quantity(text: str, name: str, errors: list[FieldError]) -> Decimal | None:
    """Read a quantity with at most four decimals; nothing, or what is none, is None."""
    bare = _SPACES.sub("", text).replace(",", ".")
    if not bare:
        return None
    if not _QUANTITY.fullmatch(bare):
        errors.append(FieldError(field=name, code="product_quantity_unreadable", params={"text": text[:40]}))
        return None
    return Decimal(bare).quantize(Decimal("0.0001")).normalize()


def _clean(text: str) -> str:
    return _PRINTABLE_BREAKS.sub(" ", text)


def _short(text: str, name: str, limit: int, errors: list[FieldError]) -> str:
    value = _SPACES.sub(" ", _clean(text)).strip()
    if len(value) > limit:
        errors.append(FieldError(field=name, code="product_text_long", params={"limit": limit}))
    return value[:limit]


def _ean(text: str, errors: list[FieldError]) -> str:
    if not text.strip():
        return ""
    try:
        return require_ean(text.strip())
    except InvalidEan as error:
        errors.append(FieldError(field="ean", code=error.code, params={"ean": text.strip()[:40]}))
        return ""


def _vat_code(text: str, errors: list[FieldError]) -> str:
    code = _SPACES.sub(" ", text).strip().removesuffix("%").strip()
    code = code.lower() if code.lower() in {"zw", "np"} else code.upper()
    if not code:
        return ""
    try:
        return parse_vat_code(code).text
    except UnknownVatCode as error:
        errors.append(FieldError(field="vat_code", code=error.code, params={"text": text.strip()[:40]}))
        return ""


def _gtu(text: str, errors: list[FieldError]) -> str:
    code = text.strip().upper().removeprefix("GTU").strip("_ ")
    code = code.zfill(2) if code.isdecimal() else code
    if code and code not in GTU_CODES:
        errors.append(FieldError(field="gtu", code="product_gtu_unknown", params={"gtu": text.strip()[:40]}))
        return ""
    return code


def _ryczalt(text: str, errors: list[FieldError]) -> str:
    rate = text.strip().removesuffix("%").strip().replace(",", ".")
    rate = rate.rstrip("0").rstrip(".") if "." in rate else rate
    if rate and rate not in RYCZALT_RATES:
        params = {"rate": text.strip()[:40], "rates": ", ".join(RYCZALT_RATES)}
        errors.append(FieldError(field="ryczalt_rate", code="product_ryczalt_unknown", params=params))
        return ""
    return rate


def _names(texts: Sequence[str], name: str, errors: list[FieldError]) -> tuple[str, ...]:
    found = dict.fromkeys(exact_name(_clean(text)) for text in texts)
    names = tuple(each for each in found if each and each != name)
    if len(names) > MANY_NAMES:
        errors.append(FieldError(field="names", code="product_names_many", params={"limit": MANY_NAMES}))
    return names[:MANY_NAMES]
