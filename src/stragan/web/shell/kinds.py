"""Kinds of documents as people call them: names by VAT status, signs, keys of the menu ISSUE."""

from dataclasses import dataclass
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy

from stragan.core.snapshot import ORDER_KINDS, DocumentKind

NAMES: Final[dict[str, str | Promise]] = {
    DocumentKind.INVOICE: pgettext_lazy("kind of document", "Invoice"),
    DocumentKind.RECEIPT: pgettext_lazy("kind of document", "Receipt"),
    DocumentKind.PRO_FORMA: pgettext_lazy("kind of document", "Pro forma"),
    DocumentKind.OFFER: pgettext_lazy("kind of document", "Offer"),
    DocumentKind.OTHER_INCOME: pgettext_lazy("kind of document", "Other income – sale"),
    DocumentKind.CORRECTION: pgettext_lazy("kind of document", "Correction"),
}
WITHOUT_VAT: Final[dict[str, str | Promise]] = {
    DocumentKind.INVOICE: pgettext_lazy("kind of document", "Invoice (without VAT)"),
    DocumentKind.PRO_FORMA: pgettext_lazy("kind of document", "Pro forma (without VAT)"),
}
IN_MENU: Final[dict[str, str | Promise]] = {
    DocumentKind.RECEIPT: pgettext_lazy("kind of document", "Receipts"),
}
ICONS: Final[dict[str, str]] = {
    DocumentKind.INVOICE: "file-invoice",
    DocumentKind.RECEIPT: "receipt",
    DocumentKind.PRO_FORMA: "file-dollar",
    DocumentKind.OFFER: "file-description",
    DocumentKind.OTHER_INCOME: "coins",
    DocumentKind.CORRECTION: "file-diff",
}
_KEYS: Final[dict[str, str]] = {
    DocumentKind.INVOICE: "f",
    DocumentKind.RECEIPT: "p",
    DocumentKind.PRO_FORMA: "r",
    DocumentKind.OFFER: "o",
    DocumentKind.OTHER_INCOME: "i",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class MenuKind:
    """An entry of the menu ISSUE (S32, S33)."""

    value: str
    label: str
    icon: str
    key: str


def kind_name(kind: str, *, vat_payer: bool = True) -> str:
    """Name a kind; an invoice and a pro forma of a seller without VAT say so."""
    names = NAMES if vat_payer else NAMES | WITHOUT_VAT
    return str(names.get(kind, kind))


def menu(*, vat_payer: bool) -> list[MenuKind]:
    """Give what can be issued for orders, as the seller's VAT status on the issue date names it."""
    return [
        MenuKind(
            value=kind.value,
            label=str(IN_MENU.get(kind) or kind_name(kind, vat_payer=vat_payer)),
            icon=ICONS[kind],
            key=_KEYS[kind],
        )
        for kind in ORDER_KINDS
    ]
