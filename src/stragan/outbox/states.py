"""What can be sent back, and the life of one thing that is."""

from enum import StrEnum
from typing import Final


class Kind(StrEnum):
    """What a writer writes to an order on Allegro."""

    INVOICE = "invoice"
    PARCEL = "parcel"
    STATUS = "status"


class SendingState(StrEnum):
    """``SENDING``: it may have reached Allegro, so Allegro is asked before anything is sent again."""

    WAITING = "waiting"
    SENDING = "sending"
    DONE = "done"
    FAILED = "failed"
    GIVEN_UP = "given_up"


UNFINISHED: Final = (SendingState.WAITING, SendingState.SENDING)
OVER: Final = (SendingState.DONE, SendingState.FAILED, SendingState.GIVEN_UP)

# Allegro's fulfilment statuses a seller can set, and how far each is along the way; the others stand apart.
SETTABLE: Final = (
    "NEW",
    "PROCESSING",
    "READY_FOR_SHIPMENT",
    "READY_FOR_PICKUP",
    "SENT",
    "PICKED_UP",
    "SUSPENDED",
    "CANCELLED",
)
AUTOMATIC: Final = ("PROCESSING", "READY_FOR_SHIPMENT", "READY_FOR_PICKUP", "SENT")
WAY: Final = {
    "NEW": 0,
    "PROCESSING": 1,
    "READY_FOR_SHIPMENT": 2,
    "READY_FOR_PICKUP": 2,
    "SENT": 3,
    "PICKED_UP": 4,
}
