"""Payouts in words."""

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from stragan.orders.payout_account import Part

PARTS: Final[dict[Part, str | Promise]] = {
    Part.PAID: _("Payments of buyers"),
    Part.REFUNDED: _("Refunds"),
    Part.FEES: _("Fees taken by Allegro"),
    Part.CORRECTED: _("Corrections"),
    Part.OTHER: _("Other moves"),
}
