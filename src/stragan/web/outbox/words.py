"""What is sent, and how far it came, in words."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from stragan.kit.messages import text_of
from stragan.outbox.models import Sending
from stragan.outbox.states import Kind, SendingState


@dataclass(frozen=True, slots=True, kw_only=True)
class Sign:
    """A word with its sign and color."""

    word: str | Promise
    icon: str
    color: str


TITLES: Final[dict[str, str | Promise]] = {
    Kind.INVOICE: _("Documents sent to Allegro"),
    Kind.PARCEL: _("Tracking numbers sent to Allegro"),
    Kind.STATUS: _("Fulfilment statuses sent to Allegro"),
}
NAMES: Final[dict[str, str | Promise]] = {
    Kind.INVOICE: _("Documents"),
    Kind.PARCEL: _("Tracking numbers"),
    Kind.STATUS: pgettext_lazy("sent to Allegro", "Statuses"),
}
FULFILLMENTS: Final[dict[str, str | Promise]] = {
    "NEW": pgettext_lazy("fulfilment", "New"),
    "PROCESSING": pgettext_lazy("fulfilment", "Processing"),
    "READY_FOR_SHIPMENT": pgettext_lazy("fulfilment", "Ready to ship"),
    "READY_FOR_PICKUP": pgettext_lazy("fulfilment", "Ready for pick-up"),
    "SENT": pgettext_lazy("fulfilment", "Sent"),
    "PICKED_UP": pgettext_lazy("fulfilment", "Picked up"),
    "CANCELLED": pgettext_lazy("fulfilment", "Cancelled"),
    "SUSPENDED": pgettext_lazy("fulfilment", "Suspended"),
    "RETURNED": pgettext_lazy("fulfilment", "Returned"),
}
STATES: Final[dict[str, Sign]] = {
    SendingState.WAITING: Sign(word=pgettext_lazy("thing to be sent", "Waiting"), icon="clock", color="grey"),
    SendingState.SENDING: Sign(
        word=pgettext_lazy("thing to be sent", "On its way"), icon="send", color="blue"
    ),
    SendingState.DONE: Sign(
        word=pgettext_lazy("thing to be sent", "On Allegro"), icon="check", color="green"
    ),
    SendingState.FAILED: Sign(
        word=pgettext_lazy("thing to be sent", "Failed"), icon="alert-circle", color="red"
    ),
    SendingState.GIVEN_UP: Sign(
        word=pgettext_lazy("thing to be sent", "Given up"), icon="circle-minus", color="grey"
    ),
}


def thing(sending: Sending, carriers: Mapping[str, str]) -> str:
    """What is sent, in a few words: a document's number, a carrier with its number, or a status."""
    if sending.document is not None:
        return sending.document.number
    if sending.parcel is not None:
        parcel = sending.parcel
        return f"{parcel.carrier_name or carriers.get(parcel.carrier, parcel.carrier)} {parcel.waybill}"
    return str(FULFILLMENTS.get(sending.target, sending.target))


def why(sending: Sending) -> str:
    """Why a thing is not there yet, or will not be: our sentence, then Allegro's own words."""
    ours = text_of(sending.reason_code, {"shop": ""}) if sending.reason_code else ""
    theirs = f"Allegro: „{sending.reason}”" if sending.reason else ""
    return " ".join(filter(None, (ours, theirs)))
