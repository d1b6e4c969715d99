"""Sentences about documents."""

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

TEXTS: Final[dict[str, Promise]] = {
    "kind_unavailable": _("Documents of this kind (%(kind)s) cannot be issued here yet."),
    "issue_date_future": _("The issue date %(date)s is in the future. Choose today or an earlier day."),
    "issue_date_before_sale": _(
        "The issue date %(date)s is more than 60 days before the purchase on %(bought)s. Choose a later day."
    ),
    "issue_date_too_early": _(
        "A document of this series already bears the date %(latest)s, and numbers must follow dates. "
        "Choose that day or a later one."
    ),
    "original_exists": _("This order already has the document %(number)s."),
    "predecessor_documented": _(
        "Purchases of this order came from order %(number)s, which already has a document. "
        "Correct that document first."
    ),
    "order_changed": _("The order kept changing while the document was being issued. Try again in a moment."),
    "order_unreadable": _("The content of this order cannot be read. Fetch the order again."),
    "draft_unreadable": _(
        "The saved draft comes from another version of the program. Discard it and start again."
    ),
    "draft_changed": _(
        "Somebody else has saved this draft meanwhile. Reload it and enter your change again."
    ),
    "reason_missing": _("Amounts differ from the order on Allegro. Write why."),
    "override_not_allowed": _(
        "Your role may not issue a document for an order that Allegro has not released, "
        "or with another total. Ask the owner or the accountant."
    ),
    "vat_code_not_allowed": _(
        "The VAT code %(vat_code)s cannot be used for “%(offer)s”. Choose another one."
    ),
    "text_too_long": _("The text “%(start)s…” is longer than %(limit)s characters. Shorten it."),
    "field_not_readable": _("This value cannot be read. Check how it is written."),
    "quantity_not_positive": _("The quantity must be more than zero."),
    "amount_negative": _("The amount must not be less than zero."),
    "discount_too_large": _("The discount %(discount)s is larger than the value %(value)s."),
    "lines_missing": _("The document has no lines."),
    "vat_eu_invalid": _("“%(vat_eu)s” is not a VAT number of an EU country. Correct it or leave it empty."),
    "line_name_missing": _("The line has no name."),
    "run_not_startable": _("This run is already being worked off."),
    "run_too_large": _("One run takes at most %(limit)s orders. Choose fewer."),
    "already_issued": _("This order has its document already."),
    "format_unavailable": _("Files of the format %(format)s cannot be made yet."),
    "document_unknown": _("There is no document with the number %(number)s."),
    "company_unknown": _("There is no company with the NIP %(nip)s here."),
    "company_not_chosen": _("There are several companies here. Choose one with --company NIP."),
    "company_missing": _("There is no company here yet. Make one with `stragan init`."),
    "why_offer": _("VAT setting of the offer %(offer)s on Allegro: %(rate)s %(exemption)s"),
    "why_seller_exempt": _("The seller is exempt from VAT: %(basis)s"),
    "why_goods": _("The service follows the goods it was bought with: %(offer)s"),
    "why_delivery": _("Delivery follows the goods, divided by their value (VAT Act art. 29a(6))"),
    "why_standard": _("The goods cost nothing, so delivery takes the standard rate"),
    "why_hand": _("Entered by hand"),
}
