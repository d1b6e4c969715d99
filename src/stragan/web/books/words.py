"""Names of what stands in the registers."""

from typing import Final

from django.utils.dates import MONTHS
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from stragan.books.states import Confirmation, Register, RowType, first_day
from stragan.core.snapshot import DocumentKind

KINDS: Final[dict[str, str | Promise]] = {
    DocumentKind.INVOICE: pgettext_lazy("kind of document", "Invoice"),
    DocumentKind.RECEIPT: pgettext_lazy("kind of document", "Receipt"),
    DocumentKind.OTHER_INCOME: pgettext_lazy("kind of document", "Other income"),
    DocumentKind.CORRECTION: pgettext_lazy("kind of document", "Correction"),
}
TYPES: Final[dict[str, str | Promise]] = {
    RowType.WEW: _("Daily record of sales (WEW)"),
    RowType.RO: _("Report of a cash register (RO)"),
    RowType.FP: _("Invoice to a receipt (FP): shown, not added up"),
}
MARKS: Final[dict[str, str | Promise]] = {
    "NrKSeF": _("has a KSeF number"),
    "OFF": _("issued in an outage of KSeF"),
    "BFK": _("invoice outside KSeF"),
    "DI": _("other document, or an invoice without its KSeF number yet"),
}
REGISTERS: Final[dict[str, str | Promise]] = {
    Register.VAT: _("VAT register"),
    Register.KPIR: _("KPiR"),
    Register.RYCZALT: _("Flat-rate register"),
}
CONFIRMATIONS: Final[dict[str, str | Promise]] = {
    Confirmation.REPLY: _("the buyer’s reply"),
    Confirmation.RETURN_RECEIPT: _("a return receipt by post"),
    Confirmation.READ: _("a receipt of the e-mail being read"),
    Confirmation.SETTLED: _("the buyer settled it"),
    Confirmation.OTHER: _("other proof"),
}
DESCRIPTIONS: Final[dict[str, str | Promise]] = {
    "sale": _("Sale of goods"),
    "correction": _("Correction of a sale"),
    "daily": _("Sales by the daily record"),
    "cash_report": _("Sales by the cash register"),
}


def month_name(period: str) -> str:
    """Write a month for people: ``listopad 2026``, ``November 2026``."""
    day = first_day(period)
    return f"{MONTHS[day.month]} {day.year}"


def rate_name(code: str) -> str:
    """Write a VAT code as the head of a column: ``23%``, ``zw``, ``0% WDT``."""
    if code.isdecimal():
        return f"{code}%"
    return code.replace("0 ", "0% ")
