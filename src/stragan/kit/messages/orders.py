"""Sentences about orders and what keeps them from getting a document."""

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

TEXTS: Final[dict[str, Promise]] = {
    "vat_missing": _(
        "The offer “%(offer)s” has no VAT rate on Allegro. Set the rate in the draft or in the offer."
    ),
    "vat_foreign": _(
        "The VAT of this order belongs to another country (%(what)s). Such sales cannot be invoiced here yet."
    ),
    "vat_contradictory": _(
        "The VAT of “%(offer)s” contradicts itself: %(what)s. Set the right rate in the draft."
    ),
    "vat_exemption_basis_missing": _(
        "“%(offer)s” is exempt from VAT, but the legal basis is not set. Add it in the company settings."
    ),
    "vat_margin_unsupported": _(
        "“%(offer)s” is sold in the margin scheme. Such invoices cannot be issued here yet."
    ),
    "currency_unsupported": _(
        "The order is in %(currency)s. Documents in currencies other than PLN cannot be issued yet."
    ),
    "total_mismatch": _(
        "Lines, services, delivery and deposits differ from what the buyer pays on Allegro by %(difference)s."
    ),
    "buyer_data_missing": _(
        "No data on Allegro hold the buyer's full name and address. Enter them in the draft."
    ),
    "company_nip_missing": _(
        "The buyer asked for a company invoice but gave no NIP. Ask the buyer or enter it in the draft."
    ),
    "nip_invalid": _("The buyer's NIP %(nip)s is wrong: its check digit does not agree."),
    "invoice_address_missing": _(
        "The buyer asked for an invoice, but Allegro has not handed over the invoice data yet."
    ),
    "order_not_released": _(
        "Allegro has not released this order (%(status)s): it is not paid or not confirmed yet."
    ),
    "order_cancelled": _("The order was cancelled."),
    "order_superseded": _("The purchases of this order were merged into order %(number)s."),
    "order_gone": _("Allegro no longer has this order."),
    "order_unknown": _("There is no order %(order)s here. Fetch the orders first."),
}
