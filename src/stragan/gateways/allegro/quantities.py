"""Commands that change how many pieces an offer has left, and what became of them."""

from typing import Final

import msgspec
from msgspec import Struct

from stragan.gateways.allegro.forms import Identifier
from stragan.gateways.allegro.parsing import convert, read_json

SUCCESS: Final = "SUCCESS"
FAIL: Final = "FAIL"


class TaskError(Struct, frozen=True, kw_only=True, rename="camel"):
    """Why one offer was not changed; ``user_message`` is in the language asked for."""

    code: str | None = None
    message: str | None = None
    user_message: str | None = None


class TaskOffer(Struct, frozen=True, kw_only=True):
    """The offer a task is about."""

    id: Identifier


class QuantityTask(Struct, frozen=True, kw_only=True):
    """One offer of a command: ``NEW`` until done, then ``SUCCESS`` or ``FAIL``."""

    offer: TaskOffer
    status: str
    message: str | None = None
    errors: tuple[TaskError, ...] = ()


class _Tasks(Struct, frozen=True):
    tasks: tuple[QuantityTask, ...]


class _StockLeft(Struct, frozen=True):
    available: int | None = None


class _OfferStock(Struct, frozen=True):
    id: Identifier
    stock: _StockLeft = _StockLeft()


def quantity_command(*, offer_id: str, quantity: int) -> bytes:
    """Write the command that sets the quantity of one offer; *quantity* is above zero."""
    return msgspec.json.encode(
        {
            "modification": {"changeType": "FIXED", "value": quantity},
            "offerCriteria": [{"type": "CONTAINS_OFFERS", "offers": [{"id": offer_id}]}],
        }
    )


def read_tasks(body: bytes) -> tuple[QuantityTask, ...]:
    """Read what became of a command."""
    return convert(read_json(body), _Tasks).tasks


def read_stock(body: bytes) -> int | None:
    """Read how many pieces one offer has left."""
    return convert(read_json(body), _OfferStock).stock.available
