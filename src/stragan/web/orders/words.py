"""Names and signs of what an order is: statuses, payment, problems. A sign is an icon with its color."""

from dataclasses import dataclass
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from stragan.orders.queries import Tab
from stragan.orders.states import OrderStatus, PaymentState, Problem
from stragan.web.outbox.words import FULFILLMENTS


@dataclass(frozen=True, slots=True, kw_only=True)
class Sign:
    """A word with its icon and color; quiet ones are written in grey."""

    word: str | Promise
    icon: str
    color: str
    is_quiet: bool = False


TABS: Final[dict[Tab, str | Promise]] = {
    Tab.TO_ISSUE: _("To issue"),
    Tab.ATTENTION: _("Needs attention"),
    Tab.WAITING_PAYMENT: _("Waiting for payment"),
    Tab.CHANGED: _("Changed after issuing"),
    Tab.ALL: pgettext_lazy("tab of orders", "All"),
}

STATUSES: Final[dict[str, Sign]] = {
    OrderStatus.OPEN: Sign(word=pgettext_lazy("status of an order", "Open"), icon="circle", color="grey"),
    OrderStatus.PAID: Sign(
        word=pgettext_lazy("status of an order", "Paid"), icon="circle-check", color="green"
    ),
    OrderStatus.COD: Sign(
        word=pgettext_lazy("status of an order", "Cash on delivery"), icon="cash", color="blue"
    ),
    OrderStatus.CLOSED: Sign(
        word=pgettext_lazy("status of an order", "Closed"), icon="lock", color="grey", is_quiet=True
    ),
    OrderStatus.CANCELLED: Sign(
        word=pgettext_lazy("status of an order", "Cancelled"), icon="circle-x", color="red", is_quiet=True
    ),
}

PAYMENTS: Final[dict[str, Sign]] = {
    PaymentState.PAID: Sign(word=pgettext_lazy("payment", "paid"), icon="check", color="green"),
    PaymentState.WAITING: Sign(word=pgettext_lazy("payment", "waiting"), icon="clock", color="amber"),
    PaymentState.COD: Sign(word=pgettext_lazy("payment", "COD"), icon="cash", color="blue"),
    PaymentState.CANCELLED: Sign(
        word=pgettext_lazy("payment", "cancelled"), icon="circle-x", color="grey", is_quiet=True
    ),
}

DOCUMENTS: Final[dict[str, str | Promise]] = {
    "no": pgettext_lazy("documents of an order", "none yet"),
    "yes": pgettext_lazy("documents of an order", "any"),
    "invoice": pgettext_lazy("kind of document", "Invoice"),
    "receipt": pgettext_lazy("kind of document", "Receipt"),
    "pro_forma": pgettext_lazy("kind of document", "Pro forma"),
    "offer": pgettext_lazy("kind of document", "Offer"),
    "other_income": pgettext_lazy("kind of document", "Other income"),
    "correction": pgettext_lazy("kind of document", "Correction"),
}

PROBLEMS: Final[dict[str, str | Promise]] = {
    Problem.VAT_MISSING: _("No VAT rate"),
    Problem.VAT_FOREIGN: _("VAT of another country"),
    Problem.VAT_CONTRADICTORY: _("Contradictory VAT"),
    Problem.VAT_EXEMPTION_BASIS_MISSING: _("No exemption basis"),
    Problem.VAT_MARGIN_UNSUPPORTED: _("Margin scheme"),
    Problem.CURRENCY_UNSUPPORTED: _("Foreign currency"),
    Problem.TOTAL_MISMATCH: _("Amounts differ"),
    Problem.BUYER_DATA_MISSING: _("No buyer data"),
    Problem.COMPANY_NIP_MISSING: _("No company NIP"),
    Problem.NIP_INVALID: _("Wrong NIP"),
    Problem.INVOICE_ADDRESS_MISSING: _("No invoice data"),
    Problem.GOODS_MISSING: _("Nothing to invoice"),
    Problem.GOODS_NAME_MISSING: _("A line has no name"),
}

ALLEGRO_STATUSES: Final[dict[str, str | Promise]] = {
    "BOUGHT": _("Bought, form not filled in"),
    "FILLED_IN": _("Form filled in, not paid"),
    "READY_FOR_PROCESSING": _("Ready for processing"),
    "BUYER_CANCELLED": _("Cancelled by the buyer"),
    "FULFILLMENT_STATUS_CHANGED": _("Fulfilment changed"),
    "AUTO_CANCELLED": _("Cancelled by Allegro"),
    "CANCELLED": pgettext_lazy("status on Allegro", "Cancelled"),
}

PAYMENT_TYPES: Final[dict[str, str | Promise]] = {
    "ONLINE": _("Online payment"),
    "CASH_ON_DELIVERY": _("Cash on delivery"),
    "WIRE_TRANSFER": _("Bank transfer"),
    "SPLIT_PAYMENT": _("Split payment"),
    "EXTENDED_TERM": _("Deferred payment"),
}

PROVIDERS: Final[dict[str, str | Promise]] = {
    "P24": "Przelewy24",
    "PAYU": "PayU",
    "AF": "Allegro Finance",
    "AF_P24": "Allegro Finance, Przelewy24",
    "AF_PAYU": "Allegro Finance, PayU",
    "OFFLINE": _("outside Allegro"),
    "EPT": _("marketplace operator"),
}


SENDERS: Final[dict[str, str | Promise]] = {
    "SELLER": pgettext_lazy("who sends", "the seller"),
    "ALLEGRO": "Allegro",
}

VAT_SUBJECTS: Final[dict[str, str | Promise]] = {
    "GOODS": pgettext_lazy("subject of VAT", "goods"),
    "SERVICES": pgettext_lazy("subject of VAT", "services"),
}


def problem_name(code: str) -> str:
    """The short name of a problem for badges; an unknown code as it is."""
    return str(PROBLEMS.get(code, code))


def allegro_status(value: str) -> str:
    """Allegro's form status in words; values not known here as they came."""
    return str(ALLEGRO_STATUSES.get(value, value))


def fulfillment(value: str) -> str:
    """Allegro's fulfilment status in words; values not known here as they came."""
    return str(FULFILLMENTS.get(value, value))


def payment_type(value: str) -> str:
    """Allegro's way of payment in words; values not known here as they came."""
    return str(PAYMENT_TYPES.get(value, value))


def provider(value: str) -> str:
    """Who carries the payment, in words; values not known here as they came."""
    return str(PROVIDERS.get(value, value))


def sender(value: str) -> str:
    """Who sends the parcel, in words; values not known here as they came."""
    return str(SENDERS.get(value, value))


def vat_subject(value: str) -> str:
    """Whether goods or services are sold, in words; values not known here as they came."""
    return str(VAT_SUBJECTS.get(value, value))


def feature(value: str) -> str:
    """A feature of the payment as people know it: ``ALLEGRO_PAY`` is Allegro Pay."""
    return value.replace("_", " ").title() if value.isupper() else value
