"""Which columns the list shows: the default set, and what a person chose for this browser (S27)."""

from dataclasses import dataclass
from typing import Final

from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

COOKIE: Final = "stragan-order-columns"
COOKIE_AGE_S: Final = 365 * 24 * 3600

NAMES: Final[dict[str, str | Promise]] = {
    "buyer": _("Buyer"),
    "nip": _("NIP"),
    "offer": pgettext_lazy("column", "Offer"),
    "amount": _("Amount"),
    "invoice": _("Asks for an invoice"),
    "payment": _("Payment"),
    "delivery": _("Delivery"),
    "shop": _("Shop"),
    "bought": _("Bought"),
    "created": _("Date created"),
    "status": _("Status"),
    "documents": _("Documents"),
}
DEFAULT: Final = ("buyer", "offer", "amount", "invoice", "payment", "created", "status", "documents")


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One line of the chooser."""

    name: str
    label: str | Promise
    is_shown: bool


def chosen(request: HttpRequest) -> dict[str, bool]:
    """Columns with whether they are shown: as chosen in this browser, else the default set."""
    shown = set(request.COOKIES.get(COOKIE, "").split(".")) & set(NAMES) or set(DEFAULT)
    return {name: name in shown for name in NAMES}


def choices(shown: dict[str, bool]) -> list[Choice]:
    """Lines of the chooser, in the order of the table."""
    return [Choice(name=name, label=label, is_shown=shown[name]) for name, label in NAMES.items()]
