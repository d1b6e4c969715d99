"""Sentences about orders that changed after their documents were issued: what follows from each change."""

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

_CANCELLED_PAID: Final = _(
    "The sale did not happen, and the buyer had paid. Correct the document to zero, or void it if it never"
    " left the house; see that the money goes back."
)
_CANCELLED: Final = _(
    "The sale did not happen, and no money came. Correct the document to zero, or void it if it never left"
    " the house."
)
_DATA: Final = _(
    "Stragan cannot correct the data of a buyer yet. A document that never left the house can be voided and"
    " issued again; otherwise correct it to zero and issue it again, or settle the change here."
)

TEXTS: Final[dict[str, Promise]] = {
    "change_reason_missing": _("Write why nothing is to be done. It is kept in the audit trail."),
    "change_not_open": _("Nothing waits here any more: the change was settled in the meantime."),
    "change_cancelled_paid_by_buyer": _CANCELLED_PAID,
    "change_cancelled_paid_by_allegro": _CANCELLED_PAID,
    "change_cancelled_by_buyer": _CANCELLED,
    "change_cancelled_by_allegro": _CANCELLED,
    "change_merged": _(
        "The buyer paid several purchases together, and they are in another order now. Correct this document"
        " to zero, then issue one for the other order."
    ),
    "change_line_new": _(
        "A correction cannot add a line. Correct the document to zero and issue it again, with everything the"
        " order has now."
    ),
    "change_line_gone": _("The buyer no longer buys it. The correction takes the line to zero."),
    "change_line_missing": _(
        "The document has no line made of this purchase, so nothing can be filled in. Compare the two and"
        " correct by hand."
    ),
    "change_quantity_less": _("The document says more pieces than the order has."),
    "change_quantity_more": _("The document says fewer pieces than the order has."),
    "change_price": _("The document says another price than the order has."),
    "change_vat": _("The document says another VAT rate than the order has."),
    "change_vat_unclear": _(
        "Which VAT rate is right can no longer be told from the offer. Compare and correct by hand."
    ),
    "change_delivery_new": _(
        "The document lacks the lines that this cost of delivery needs. Correct it to zero and issue it"
        " again."
    ),
    "change_delivery_cost": _("The document says another cost of delivery than the order has."),
    "change_delivery_split": _(
        "The goods are shared out differently over the VAT rates, so the cost of delivery is too."
    ),
    "change_deposit": _(
        "A correction cannot change the deposit of a unit. Correct the document to zero and issue it again."
    ),
    "change_total": _(
        "Allegro’s total is no longer the sum of lines, services, delivery and deposits. Compare by hand."
    ),
    "change_invoice_wanted": _(
        "The buyer has a receipt and now asks for an invoice: make one to the receipt."
    ),
    "change_buyer_name": _DATA,
    "change_buyer_nip": _DATA,
    "change_buyer_address": _DATA,
    "change_payment_gone": _(
        "Less money is there than when the document was issued. See what was returned and why; correct the"
        " document if the price was lowered or goods came back."
    ),
    "change_delivery_address": _(
        "The document stays as it is. No parcel is noted here; if a label was printed elsewhere,"
        " make a new one."
    ),
    "change_delivery_address_label": _(
        "The document stays as it is. A parcel is noted already: make a new label for the new address."
    ),
    "change_delivery_method": _(
        "The document stays as it is. No parcel is noted here; if a label was printed elsewhere,"
        " make a new one."
    ),
    "change_delivery_method_label": _(
        "The document stays as it is. A parcel is noted already: make a new label for the new way of"
        " delivery."
    ),
    "change_surcharge": _(
        "The buyer paid in addition. The price is the same, so the document stays as it is."
    ),
    "change_cod_booked": _("Allegro settled the cash on delivery. The document stays as it is."),
    "change_payment_came": _("The payment came. The document stays as it is."),
}
