"""Names and signs of what a document is: its kind, its state in KSeF, sources, VAT codes, payment."""

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from stragan.core.snapshot import BuyerSource, DocumentKind, KsefState, LineKind, VatSource
from stragan.core.vat import EXEMPT

KINDS: Final[dict[str, str | Promise]] = {
    DocumentKind.INVOICE: pgettext_lazy("kind of document", "Invoice"),
    DocumentKind.RECEIPT: pgettext_lazy("kind of document", "Receipt"),
    DocumentKind.PRO_FORMA: pgettext_lazy("kind of document", "Pro forma"),
    DocumentKind.OFFER: pgettext_lazy("kind of document", "Offer"),
    DocumentKind.OTHER_INCOME: pgettext_lazy("kind of document", "Other income"),
}
WITHOUT_VAT: Final = pgettext_lazy("kind of document", "Invoice (without VAT)")

KSEF: Final[dict[str, str | Promise]] = {
    KsefState.NOT_SENT: _("not sent to KSeF"),
    KsefState.OUTSIDE: pgettext_lazy("state in KSeF", "does not apply"),
}

SOURCES: Final[dict[str, str | Promise]] = {
    BuyerSource.INVOICE: _("Data for the invoice"),
    BuyerSource.DELIVERY: _("Delivery data"),
    BuyerSource.ACCOUNT: _("Data of the account owner"),
    BuyerSource.HAND: _("Entered by hand"),
}

VAT_SOURCES: Final[dict[str, str | Promise]] = {
    VatSource.OFFER: _("VAT setting of the offer on Allegro"),
    VatSource.SELLER_EXEMPT: _("The seller is not a VAT payer"),
    VatSource.GOODS: _("Follows the goods"),
    VatSource.STANDARD: _("Standard rate: the goods cost nothing"),
    VatSource.HAND: _("Entered by hand"),
}

LINE_KINDS: Final[dict[str, str | Promise]] = {
    LineKind.GOODS: pgettext_lazy("kind of line", "goods"),
    LineKind.SERVICE: pgettext_lazy("kind of line", "service"),
    LineKind.DELIVERY: pgettext_lazy("kind of line", "delivery"),
}

METHODS: Final[dict[str, str | Promise]] = {
    "online": _("Paid online"),
    "cod": _("Cash on delivery"),
    "transfer": _("Bank transfer"),
    "split": _("Paid in parts"),
    "deferred": _("Deferred payment"),
    "other": pgettext_lazy("payment", "Other"),
}


def kind_name(kind: str, *, vat_payer: bool = True) -> str:
    """Name a kind; an invoice of a seller without VAT says so."""
    if kind == DocumentKind.INVOICE and not vat_payer:
        return str(WITHOUT_VAT)
    return str(KINDS.get(kind, kind))


def vat_label(code: str | None) -> str:
    """Write a VAT code as it is printed: ``23%``, ``zw``; a missing one says that it is missing."""
    if code is None or not code:
        return _t("missing")
    return code if code == EXEMPT or not code.isdigit() else f"{code}%"


def method_name(method: str) -> str:
    """Name a way of payment."""
    return str(METHODS.get(method, METHODS["other"]))
