"""Names and signs of what a document is: its kind, its state in KSeF, sources, VAT codes, payment."""

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext, pgettext_lazy

from stragan.core.snapshot import BuyerSource, DocumentKind, KsefState, LineKind, VatSource
from stragan.core.vat import EXEMPT
from stragan.documents.sums import Share
from stragan.web.shell import kinds, show

# What is asked of a person on the button that issues the draft.
ISSUE_DEEDS: Final[dict[str, str | Promise]] = {
    DocumentKind.INVOICE: _("Issue the invoice"),
    DocumentKind.RECEIPT: _("Issue the receipt"),
    DocumentKind.PRO_FORMA: _("Issue the pro forma"),
    DocumentKind.OFFER: _("Issue the offer"),
    DocumentKind.OTHER_INCOME: _("Issue the other income"),
}
# What a document may be made into, as buttons.
CONVERSIONS: Final[dict[tuple[str, str], str | Promise]] = {
    (DocumentKind.RECEIPT, DocumentKind.INVOICE): _("Invoice to the receipt"),
    (DocumentKind.PRO_FORMA, DocumentKind.INVOICE): _("Make an invoice"),
    (DocumentKind.PRO_FORMA, DocumentKind.RECEIPT): _("Make a receipt"),
    (DocumentKind.OFFER, DocumentKind.INVOICE): _("Make an invoice"),
    (DocumentKind.OFFER, DocumentKind.RECEIPT): _("Make a receipt"),
}
BOOKS: Final[dict[str, str | Promise]] = {
    "vat": pgettext_lazy("register", "VAT"),
    "kpir": pgettext_lazy("register", "KPiR"),
    "ryczalt": pgettext_lazy("register", "lump-sum tax"),
}

KSEF: Final[dict[str, str | Promise]] = {
    KsefState.NOT_SENT: _("not sent to KSeF"),
    KsefState.OUTSIDE: pgettext_lazy("state in KSeF", "does not apply"),
    KsefState.NONE: pgettext_lazy("state in KSeF", "does not apply"),
}

# What the list has room for.
SHORT_KINDS: Final[dict[str, str | Promise]] = {
    DocumentKind.OTHER_INCOME: pgettext_lazy("kind of document", "Other income"),
}
SHORT_KSEF: Final[dict[str, str | Promise]] = {
    KsefState.NOT_SENT: pgettext_lazy("state in KSeF", "not sent"),
}

SOURCES: Final[dict[str, str | Promise]] = {
    BuyerSource.INVOICE: _("Data for the invoice"),
    BuyerSource.DELIVERY: _("Delivery data"),
    BuyerSource.ACCOUNT: _("Data of the account owner"),
    BuyerSource.HAND: _("Entered by hand"),
}

VAT_SOURCES: Final[dict[str, str | Promise]] = {
    VatSource.OFFER: _("VAT setting of the offer on Allegro"),
    VatSource.PRODUCT: _("VAT code of the product"),
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
    """Name a kind; an invoice or pro forma of a seller without VAT says so."""
    return kinds.kind_name(kind, vat_payer=vat_payer)


def share_of(share: Share, count: int) -> str:
    """Name what sums are of, with how many documents they hold."""
    match share:
        case Share.SALES:
            text = ngettext("Sales, %(count)s document", "Sales, %(count)s documents", count)
        case Share.REPEATS:
            text = ngettext(
                "Invoices to receipts, %(count)s document: the receipt counts",
                "Invoices to receipts, %(count)s documents: the receipts count",
                count,
            )
        case Share.PAPERS:
            text = ngettext(
                "Pro formas and offers, %(count)s document",
                "Pro formas and offers, %(count)s documents",
                count,
            )
    return text % {"count": show.number(count)}


def vat_label(code: str | None) -> str:
    """Write a VAT code as it is printed: ``23%``, ``zw``; a missing one says that it is missing."""
    if code is None or not code:
        return _t("missing")
    return code if code == EXEMPT or not code.isdigit() else f"{code}%"


def method_name(method: str) -> str:
    """Name a way of payment."""
    return str(METHODS.get(method, METHODS["other"]))
