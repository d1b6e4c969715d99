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
    "supply_date_too_late": _(
        "The supply date %(date)s is more than 60 days after the issue date, and no document may be issued "
        "that early (VAT Act art. 106i). Correct it to %(latest)s at the latest, or issue the document later."
    ),
    "supply_date_lapsed": _(
        "The supply date %(date)s is so long ago that its tax has lapsed (Tax Ordinance art. 70). Check the "
        "year: %(earliest)s is the earliest day."
    ),
    "supply_date_long_ago": _(
        "The supply date %(date)s is more than three months before the issue date. Check the year. If it is "
        "right, the tax belongs to that month (VAT Act art. 19a), whose file may have to be corrected."
    ),
    "issue_date_too_early": _(
        "A document of this series already bears the date %(latest)s, and numbers must follow dates. "
        "Choose that day or a later one."
    ),
    "correction_not_linkable": _("%(number)s is a correction: link the document it corrects."),
    "document_taken": _("%(number)s belongs to order %(order)s already."),
    "link_not_by_hand": _("This link was not made by hand, so it cannot be taken away."),
    "unlink_reason_missing": _("Write why the document does not belong to the order."),
    "currency_differs": _("The document is in %(document)s, the order in %(order)s."),
    "hand_draft_gone": _("This draft is no more: it was issued or discarded."),
    "order_worth_nothing": _(
        "The buyer pays nothing for this order, so there is no sale to document (VAT Act art. 106b). "
        "Set the order's status to closed."
    ),
    "vat_due_before_exemption": _(
        "The sale is of %(sold)s, when the company was a VAT payer, but the document is issued without VAT: "
        "the issue date decides what is printed. VAT of that day may be due (VAT Act art. 19a). Ask the "
        "accountant before you issue it."
    ),
    "vat_month_closed": _(
        "VAT of this sale belongs to %(month)s, which is closed: it would be posted to the next open month. "
        "Where the file of that month was sent, open the month again and correct the file. Ask the "
        "accountant before you issue it."
    ),
    "vat_not_due_before_registration": _(
        "The sale is of %(sold)s, when the company was exempt from VAT, but the document is issued with VAT: "
        "the issue date decides what is printed, and printed VAT must be paid (VAT Act art. 108). Ask the "
        "accountant before you issue it."
    ),
    "document_worth_nothing": _("The document is worth nothing. Enter a price."),
    "void_reason_missing": _("Write why the document is voided."),
    "correction_not_voidable": _(
        "%(number)s is a correction. Corrections are not voided: issue another correction instead."
    ),
    "document_in_ksef": _("%(number)s has been sent to KSeF. Correct it to zero instead of voiding it."),
    "document_on_allegro": _(
        "%(number)s was sent to the order on Allegro, so the buyer may have it and it cannot be voided."
        " Correct it instead."
    ),
    "document_in_closed_month": _(
        "%(number)s stands in the month %(month)s, which is closed in the books. Correct it instead of"
        " voiding it, or have the month reopened."
    ),
    "document_has_correction": _(
        "%(number)s corrects this document, so it counts as handed over. Correct it instead of voiding it."
    ),
    "document_converted": _("%(number)s was made from this document. Undo that document first."),
    "receipt_has_invoice": _(
        "%(number)s was issued to this receipt and would say something else. Correct it first, in the same "
        "way; stock and books follow the receipt."
    ),
    "document_to_receipt": _(
        "%(number)s repeats the receipt %(receipt)s, which is the document of the sale. Link the receipt: "
        "the invoice comes with it."
    ),
    "document_void": _("%(number)s is void."),
    "kind_not_correctable": _(
        "%(number)s has no accounting effect, so there is nothing to correct. Void it and issue a new one."
    ),
    "correction_reason_missing": _("Write why the document is corrected."),
    "correction_changes_nothing": _("This correction would change nothing on %(number)s."),
    "corrected_to_zero": _(
        "%(number)s has been corrected to zero: nothing is left of it. Issue a new document instead."
    ),
    "correction_before_document": _(
        "A correction cannot be older than what it corrects (%(latest)s). Choose that day or a later one."
    ),
    "correction_line_unknown": _("The document has no line “%(line)s”."),
    "correction_line_ambiguous": _(
        "Several lines of the document are called “%(line)s”. Name the line by its position."
    ),
    "correction_value_wrong": _("Line “%(line)s” cannot have the value %(value)s."),
    "export_folder_unusable": _("Files cannot be written into %(folder)s. Choose another folder."),
    "correction_unreadable": _("Line %(line)s of the file cannot be read: %(reason)s."),
    "original_exists": _("This order already has the document %(number)s."),
    "fiscal_receipt_missing": _(
        "The number, the cash register's id and the day of the fiscal receipt are not known. "
        "Enter them in the draft."
    ),
    "receipt_without_nip": _(
        "An invoice to the fiscal receipt %(receipt)s may bear a tax number only if the receipt has it "
        "(VAT Act art. 106b(5)). Confirm that it does, or leave the number empty."
    ),
    "receipt_differs": _(
        "The receipt %(number)s is for %(amount)s, and the invoice to it documents the same sale. "
        "Make the amounts agree, or correct the receipt first."
    ),
    "receipt_gone": _("The receipt %(number)s is no longer this order's document. Reload the page."),
    "receipts_not_chosen": _(
        "Nobody has said yet what a receipt is here, so confirmations of sale are issued: they are no fiscal "
        "receipts. Choose it in the settings of the company."
    ),
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
    "series_pattern_taken": _(
        "This pattern could give a number that documents with the pattern %(other)s have or get. "
        "Make it different, for example by other letters in front."
    ),
    "not_convertible": _(
        "The document %(number)s cannot become this one: its order has a document already, or it was voided."
    ),
    "why_document": _("As on the document %(number)s"),
    "why_product": _("VAT code %(code)s of the product that the offer %(offer)s sells; the offer has none"),
    "why_offer": _("VAT setting of the offer %(offer)s on Allegro: %(rate)s %(exemption)s"),
    "why_seller_exempt": _("The seller is exempt from VAT: %(basis)s"),
    "why_goods": _("The service follows the goods it was bought with: %(offer)s"),
    "why_delivery": _("Delivery follows the goods, divided by their value (VAT Act art. 29a(6))"),
    "why_standard": _("The goods cost nothing, so delivery takes the standard rate"),
    "why_hand": _("Entered by hand"),
}
