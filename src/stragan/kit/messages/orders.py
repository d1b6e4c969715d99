"""Sentences about orders and what keeps them from getting a document."""

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

TEXTS: Final[dict[str, Promise]] = {
    "payout_unknown": _("There is no payout %(payout)s. List them with “stragan payouts list”."),
    "vat_missing": _(
        "The offer “%(offer)s” has no VAT rate on Allegro. Set the rate in the draft or in the offer."
    ),
    "vat_foreign": _(
        "The VAT of this order is not Polish VAT in force on the day of sale (%(what)s). If the goods were "
        "sold in Poland, set the rate in the draft; sales abroad cannot be invoiced here yet."
    ),
    "vat_contradictory": _(
        "The VAT of “%(offer)s” contradicts itself: %(what)s. Set the right rate in the draft."
    ),
    "vat_exemption_basis_missing": _(
        "“%(offer)s” is exempt from VAT, but the legal basis is not set. Add it in the company settings."
    ),
    "vat_margin_unsupported": _(
        "“%(offer)s” is sold in the margin scheme. Such invoices cannot be issued here yet: "
        "issue it elsewhere."
    ),
    "currency_unsupported": _(
        "The order is in %(currency)s. Documents in currencies other than PLN cannot be issued yet."
    ),
    "total_mismatch": _(
        "Lines, services, delivery and deposits differ from what the buyer pays on Allegro by "
        "%(difference)s. Compare them in the draft; the difference can be accepted there with a reason."
    ),
    "buyer_data_missing": _(
        "The buyer's data on Allegro that belong on this document lack a name or a part of the address. "
        "Complete them in the draft."
    ),
    "company_nip_missing": _(
        "The buyer asked for a company invoice but gave no NIP. Ask the buyer or enter it in the draft."
    ),
    "nip_invalid": _(
        "The buyer's NIP %(nip)s is wrong: its check digit does not agree. "
        "Ask the buyer and correct it in the draft."
    ),
    "invoice_address_missing": _(
        "The buyer asked for an invoice, but Allegro has not handed over the invoice data yet. "
        "Fetch the order again later or enter the data in the draft."
    ),
    "goods_missing": _(
        "There is nothing to invoice besides delivery. Fetch the order again or add a line in the draft."
    ),
    "goods_name_missing": _(
        "A line has no name on Allegro, and an invoice must name what was sold. Enter it in the draft."
    ),
    "order_not_released": _(
        "Allegro has not released this order (%(status)s): it is not paid or not confirmed yet. Wait, or "
        "let an owner or accountant issue it alone, with a reason."
    ),
    "order_cancelled": _("The order was cancelled, so there is no sale to document."),
    "order_deleted": _("The order was deleted here. Restore it first."),
    "order_superseded": _(
        "The purchases of this order were merged into order %(number)s. Issue the document for that one."
    ),
    "order_gone": _(
        "Allegro no longer has this order: it was merged into another one or withdrawn. Fetch the orders."
    ),
    "order_has_document": _(
        "Order %(number)s has a document, so it cannot be deleted. Void or unlink the document first."
    ),
    "selection_too_large": _("More than %(limit)s rows match. Narrow the filter and select again."),
    "selection_gone": _("This selection was made more than a day ago. Select again."),
    "view_name_taken": _("There is a view called “%(name)s” already. Choose another name."),
    "view_name_missing": _("Give the view a name."),
    "too_many_views": _("There are %(most)s saved views already. Delete some first."),
    "delete_reason_missing": _("Say why the orders are deleted: the reason stays in their timeline."),
    "order_unknown": _("There is no order %(order)s here. Fetch the orders first."),
}
