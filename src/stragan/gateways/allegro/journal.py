"""The journal of order events: hints that a form should be fetched, never facts about it."""

from datetime import UTC, datetime

import msgspec
from msgspec import Struct

from stragan.gateways.allegro.forms import Identifier
from stragan.gateways.allegro.parsing import convert, read_json


class LatestEvent(Struct, frozen=True, kw_only=True):
    """The newest event; both None while the journal is empty."""

    id: str | None = None
    occurred_at: datetime | None = None


class OrderEvent(Struct, frozen=True, kw_only=True):
    """One event. Ids ascend, ``occurred_at`` need not; early events name no form.

    ``bought_at`` is the latest purchase it speaks of, None where it states none that can be read.
    """

    id: str
    type: str
    occurred_at: datetime | None
    form_id: str | None
    line_ids: tuple[str, ...]
    bought_at: datetime | None = None


class EventPage(Struct, frozen=True, kw_only=True):
    """Events in the journal's order."""

    events: tuple[OrderEvent, ...]
    trace_id: str


class _Reference(Struct, frozen=True):
    id: str | None = None


class _Line(Struct, frozen=True, rename="camel"):
    id: str | None = None
    bought_at: object = None  # never a reason to refuse an event


class _Order(Struct, frozen=True, rename="camel"):
    checkout_form: _Reference = _Reference()
    line_items: tuple[_Line, ...] = ()


class _Event(Struct, frozen=True, rename="camel"):
    id: Identifier
    type: object = ""
    occurred_at: object = None  # same
    order: object = None


class _Events(Struct, frozen=True):
    events: tuple[_Event, ...]


class _Latest(Struct, frozen=True, rename="camel"):
    id: str | None = None
    occurred_at: datetime | None = None


class _Stats(Struct, frozen=True, rename="camel"):
    latest_event: _Latest = _Latest()


def read_events(body: bytes) -> tuple[OrderEvent, ...]:
    """Read a page of the journal. Only an id is needed: one odd event must not stop all that follow."""
    return tuple(map(_event, convert(read_json(body), _Events).events))


def _event(event: _Event) -> OrderEvent:
    try:
        order = convert(event.order or {}, _Order)
    except msgspec.ValidationError:
        order = _Order()  # as an early event that names no form: the list shows what it was about
    return OrderEvent(
        id=event.id,
        type=str(event.type),
        occurred_at=_instant(event.occurred_at),
        form_id=order.checkout_form.id or None,
        line_ids=tuple(line.id for line in order.line_items if line.id),
        bought_at=max(
            filter(None, (_instant(line.bought_at) for line in order.line_items)),
            default=None,
        ),
    )


def _instant(text: object) -> datetime | None:
    try:
        moment = datetime.fromisoformat(str(text))
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def read_latest(body: bytes) -> LatestEvent:
    """Read the journal's newest event."""
    latest = convert(read_json(body), _Stats).latest_event
    return LatestEvent(id=latest.id or None, occurred_at=latest.occurred_at)
