"""Changes of orders after their documents were issued, in words."""

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from stragan.documents.changes import Change, Deed
from stragan.kit.messages import text_of

NAMES: Final[dict[Change, str | Promise]] = {
    Change.CANCELLED_PAID_BY_BUYER: _("Cancelled by the buyer after payment"),
    Change.CANCELLED_PAID_BY_ALLEGRO: _("Cancelled automatically after payment"),
    Change.CANCELLED_BY_BUYER: _("Cancelled by the buyer before payment"),
    Change.CANCELLED_BY_ALLEGRO: _("Cancelled automatically before payment"),
    Change.MERGED: _("Merged into another order"),
    Change.LINE_NEW: _("New line"),
    Change.LINE_GONE: _("Line gone"),
    Change.LINE_MISSING: _("Line that the document lacks"),
    Change.QUANTITY_LESS: _("Fewer pieces"),
    Change.QUANTITY_MORE: _("More pieces"),
    Change.PRICE: pgettext_lazy("what changed", "Other price"),
    Change.VAT: pgettext_lazy("what changed", "Other VAT rate"),
    Change.VAT_UNCLEAR: _("VAT rate unclear"),
    Change.DELIVERY_NEW: _("Delivery that does not fit"),
    Change.DELIVERY_COST: pgettext_lazy("what changed", "Cost of delivery"),
    Change.DELIVERY_SPLIT: _("Delivery shared out differently"),
    Change.DEPOSIT: pgettext_lazy("what changed", "Deposit"),
    Change.TOTAL: _("Total that does not add up"),
    Change.INVOICE_WANTED: _("Invoice asked for"),
    Change.BUYER_NAME: _("Buyer’s name"),
    Change.BUYER_NIP: _("Buyer’s NIP"),
    Change.BUYER_ADDRESS: _("Buyer’s address"),
    Change.PAYMENT_GONE: _("Payment gone"),
    Change.DELIVERY_ADDRESS: _("Address of delivery"),
    Change.DELIVERY_METHOD: _("Way of delivery"),
    Change.SURCHARGE: _("Surcharge paid"),
    Change.COD_BOOKED: _("Cash on delivery settled"),
    Change.PAYMENT_CAME: _("Payment received"),
}
DEEDS: Final[dict[Deed, str | Promise]] = {
    Deed.TO_ZERO: pgettext_lazy("proposed deed", "Correct to zero"),
    Deed.ANEW: _("To zero, then issue again"),
    Deed.CORRECT: pgettext_lazy("proposed deed", "Correct"),
    Deed.INVOICE: _("Invoice to the receipt"),
    Deed.DATA: _("Data: not correctable yet"),
    Deed.BY_HAND: _("Compare by hand"),
    Deed.LABEL: _("New label"),
    Deed.NOTHING: _("Nothing to correct"),
}
# What its figures are: pieces, codes and names stand as they are, all else is money.
PLAIN: Final = frozenset(
    {Change.QUANTITY_LESS, Change.QUANTITY_MORE, Change.LINE_GONE, Change.DELIVERY_METHOD}
)
RATES: Final = frozenset({Change.VAT})
WITHOUT_AMOUNT: Final = frozenset(
    {Change.BUYER_NAME, Change.BUYER_NIP, Change.BUYER_ADDRESS, Change.DELIVERY_ADDRESS}
)


def why(change: Change, deed: Deed) -> str:
    """Say why *deed* is proposed for *change*, in the active language."""
    suffix = "_label" if deed is Deed.LABEL else ""
    return text_of(f"change_{change.value}{suffix}")
