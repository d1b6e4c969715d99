"""What fees and wallet operations are called for people; what has no name here goes by Allegro's."""

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

# What Allegro's kinds of fees are called here; others go by Allegro's own name.
FEES: Final[dict[str, str | Promise]] = {
    "SUC": _("Sales commission"),
    "FSF": _("Commission of a promoted offer"),
    "REF": _("Fees given back"),
    "PS1": _("Allegro Prices"),
    "DXP": _("Delivery"),
    "USF": _("Fee per sale"),
    "LIS": _("Listing"),
    "NSP": _("Ads"),
}
MOVES: Final[dict[str, str | Promise]] = {
    "CONTRIBUTION": _("Payment of the buyer"),
    "SURCHARGE": _("Surcharge"),
    "REFUND_CHARGE": _("Refund"),
    "REFUND_CANCEL": _("Refund cancelled"),
    "REFUND_INCREASE": _("Refund returned"),
    "BLOCKADE": _("Money held back"),
    "BLOCKADE_RELEASE": _("Money released"),
    "CORRECTION": _("Correction by Allegro"),
    "DEDUCTION_CHARGE": _("Allegro's fees taken from the wallet"),
    "DEDUCTION_INCREASE": _("Allegro's fees given back to the wallet"),
    "COMPENSATION": _("Compensation by Allegro"),
    "TOP_UP": _("Top-up of the wallet"),
    "PAYOUT": _("Payout"),
    "PAYOUT_CANCEL": _("Payout cancelled"),
}


def fee_word(type_id: str, names: Mapping[str, str]) -> str:
    """A kind of fee in our words, else in Allegro's *names*, else its id."""
    return str(FEES.get(type_id) or names.get(type_id) or type_id)


def move_word(kind: str) -> str:
    """A kind of operation in our words, else Allegro's."""
    return str(MOVES.get(kind) or kind)
