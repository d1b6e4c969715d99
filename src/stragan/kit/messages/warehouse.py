"""Sentences about stock."""

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

TEXTS: Final[dict[str, Promise]] = {
    "stock_missing": _(
        "Too little in stock: %(product)s, needed %(needed)s, on hand %(available)s. Receive the goods, "
        "or let documents go below zero in the warehouse settings."
    ),
    "note_stock_missing": _(
        "Too little in stock: %(product)s, needed %(needed)s, on hand %(available)s. Correct the quantity or "
        "receive the goods first."
    ),
    "note_empty": _("The note has no lines. Add at least one product."),
    "note_reason_missing": _("Say why: this note stays in the warehouse's papers."),
    "note_date_future": _("The date %(date)s has not come yet. Goods can be moved up to today."),
    "note_quantity_wrong": _(
        "The quantity of “%(product)s” cannot be used. Give a number above zero with up to four decimals."
    ),
    "note_product_unknown": _(
        "One of the products is not in the catalog any more, or it is a bundle: move its components instead."
    ),
    "note_not_reversible": _(
        "The note %(number)s cannot be reversed: it was already, or it follows from a sales document. "
        "Void or correct that document."
    ),
    "count_outdated": _(
        "Stock moved while you were counting (%(products)s; lines changed: %(count)s). "
        "Look at the new differences and save again."
    ),
}
