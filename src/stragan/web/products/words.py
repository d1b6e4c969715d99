"""Words of the catalog's pages."""

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from stragan.products.listing import Kind
from stragan.products.matching import Rule
from stragan.products.planning import RowState
from stragan.products.states import GTU_CODES, RYCZALT_RATES

VAT_CODES: Final = ("23", "8", "5", "0", "0 WDT", "0 EX", "zw", "np")

KINDS: Final[dict[str, str | Promise]] = {
    Kind.BUNDLE: _("Bundles"),
    Kind.NO_SKU: _("Without SKU"),
    Kind.NO_EAN: _("Without EAN"),
    Kind.NO_VAT: _("Without a VAT rate"),
}

FIELDS: Final[dict[str, str | Promise]] = {
    "name": _("Name"),
    "sku": "SKU",
    "ean": "EAN",
    "unit": _("Unit"),
    "price": _("Gross price"),
    "vat_code": _("VAT rate"),
    "gtu": "GTU",
    "ryczalt_rate": _("Flat-rate tax"),
    "names": _("Names of offers"),
    "components": _("Components"),
    "opening": pgettext_lazy("of a product", "Stock"),
}

# Why a product is suggested for an offer.
WHY: Final[dict[str, str | Promise]] = {
    Rule.SKU: _("same SKU"),
    Rule.EAN: _("same EAN"),
    Rule.NAME: _("same name"),
    "alike": _("almost the same name"),
}

STATES: Final[dict[str, str | Promise]] = {
    RowState.NEW: pgettext_lazy("row of a file", "new"),
    RowState.CHANGED: pgettext_lazy("row of a file", "changed"),
    RowState.UNCHANGED: pgettext_lazy("row of a file", "unchanged"),
    RowState.REFUSED: pgettext_lazy("row of a file", "refused"),
}

COLORS: Final[dict[str, tuple[str, str]]] = {
    RowState.NEW: ("green", "circle-plus"),
    RowState.CHANGED: ("accent", "pencil"),
    RowState.UNCHANGED: ("grey", "equal"),
    RowState.REFUSED: ("red", "alert-circle"),
}


def vat_name(code: str) -> str:
    """Write a VAT code as people do: ``23%``, ``zw``."""
    return f"{code}%" if code.isdecimal() else code


def vat_choices() -> list[tuple[str, str | Promise]]:
    """VAT codes to choose from, none first."""
    return [("", _("not set")), *((code, vat_name(code)) for code in VAT_CODES)]


def gtu_choices() -> list[tuple[str, str | Promise]]:
    """Groups of goods to choose from, none first."""
    return [("", pgettext_lazy("GTU group", "none")), *((code, f"GTU_{code}") for code in GTU_CODES)]


def ryczalt_choices() -> list[tuple[str, str | Promise]]:
    """Rates of the flat-rate tax to choose from, the company's first."""
    return [
        ("", _("as the company")),
        *((rate, f"{rate.replace('.', ',')}%") for rate in RYCZALT_RATES),
    ]
