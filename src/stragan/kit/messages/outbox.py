"""Sentences about what is sent to orders on Allegro."""

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

TEXTS: Final[dict[str, Promise]] = {
    "sending_writer_off": _(
        "Nothing of this kind is sent to “%(shop)s”. Switch it on in the settings of the shop."
    ),
    "sending_not_for_allegro": _(
        "%(number)s cannot be sent to Allegro: only invoices and their corrections that belong to an"
        " order can."
    ),
    "sending_switched_off": _("Sending was switched off before its turn came."),
    "sending_given_up": _("Somebody stopped it."),
    "sending_document_void": _("The document was voided before it was sent."),
    "sending_in_scan": _("The file is on Allegro, which looks for viruses in it."),
    "sending_other_in_scan": _(
        "Allegro still looks for viruses in another file of this order, and takes one at a time."
    ),
    "sending_record_missing": _(
        "Allegro gave the document an id, but does not list it. See the order on Allegro, then try again."
    ),
    "sending_ten_documents": _(
        "The order has ten documents on Allegro, and more are not taken. None can be removed there: send the"
        " document to the buyer in another way."
    ),
    "sending_file_rejected": _(
        "Allegro’s virus scan rejected the file, so the buyer did not get it. Try again; if it repeats,"
        " send the document to the buyer in another way."
    ),
    "sending_file_too_large": _(
        "The PDF is larger than 3 MB, which Allegro does not take. A smaller logo makes it smaller."
    ),
    "sending_file_invalid": _("Allegro does not take the file for a PDF. Try again."),
    "sending_order_without_invoice": _(
        "Allegro takes no document for this order, because the buyer did not ask for an invoice. Send it"
        " to the buyer in another way."
    ),
    "sending_payment_rejected": _(
        "Allegro takes no document for an order that is cancelled or whose payment did not come."
    ),
    "sending_order_gone": _(
        "Allegro has no such order any more: it was withdrawn, or paid together with others and not"
        " fetched yet."
    ),
    "sending_scope_missing": _(
        "The connection of the shop lacks the permission to change orders. Connect the shop again and agree"
        " to all permissions; sending goes on by itself."
    ),
    "sending_waybill_used": _(
        "Allegro does not take this number: it is used in too many orders. Check the number of the parcel."
    ),
    "parcel_waybill_invalid": _(
        "A tracking number is made of letters, digits and - . / _ +, 64 signs at most. Correct “%(waybill)s”."
    ),
    "parcel_carrier_unknown": _(
        "Name the carrier. Allegro’s own parcels get their numbers by themselves and take none from here."
    ),
    "parcel_carrier_name": _("The carrier’s name may have 30 signs. Shorten “%(carrier)s”."),
    "parcel_order_closed": _(
        "Order %(order)s takes no parcel: it was merged, deleted or is no longer on Allegro."
    ),
    "parcel_order_unknown": _("This company has no order “%(order)s”."),
    "parcel_file_missing": _("%(file)s cannot be read. Check its name and who may read it."),
    "parcel_file_unreadable": _(
        "This file cannot be read. It needs the columns Zamówienie, Przewoźnik and Numer przesyłki in its"
        " first row, and 5,000 lines at most, as CSV or XLSX."
    ),
    "sending_order_changed": _("The order changed on Allegro at the same moment. It is looked at once more."),
    "sending_status_by_allegro": _(
        "Allegro’s own warehouse sends this order, so its status cannot be changed from here."
    ),
    "sending_status_further": _("The order was further already, so its status was left as it is."),
    "sending_newer_wish": _("A newer status took its place before it was sent."),
    "sending_status_unknown": _("Choose a status that sellers can set on Allegro."),
    "sending_refused": _("Allegro refused it."),
}
