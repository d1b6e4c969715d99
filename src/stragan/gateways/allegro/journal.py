"""The journal of order events: hints that a form should be fetched, never facts about it."""

from datetime import datetime

from msgspec import Struct

from stragan.gateways.allegro.forms import Identifier
from stragan.gateways.allegro.parsing import convert, read_json


class LatestEvent(Struct, frozen=True, kw_only=True):
    """The newest event; both None while the journal is empty."""

    id: str | None = None
    occurred_at: datetime | None = None


class OrderEvent(Struct, frozen=True, kw_only=True):
    """One event. Ids ascend, ``occurred_at`` need not; early events name no form."""

    id: str
    type: str
    occurred_at: datetime | None
    form_id: str | None
    line_ids: tuple[str, ...]


class EventPage(Struct, frozen=True, kw_only=True):
    """Events in the journal's order."""

    events: tuple[OrderEvent, ...]
    trace_id: str


class _Reference(Struct, frozen=True):
    id: str | None = None


class _Order(Struct, frozen=True, rename="camel"):
    checkout_form: _Reference = _Reference()
    line_items: tuple[_Reference, ...] = ()


class _Event(Struct, frozen=True, rename="camel"):
    id: Identifier
    type: str = ""
    occurred_at: datetime | None = None
    order: _Order = _Order()


class _Events(Struct, frozen=True):
    events: tuple[_Event, ...]


class _Latest(Struct, frozen=True, rename="camel"):
    id: str | None = None
    occurred_at: datetime | None = None


class _Stats(Struct, frozen=True, rename="camel"):
    latest_event: _Latest = _Latest()


def read_events(body: bytes) -> tuple[OrderEvent, ...]:
    """Read a page of the journal."""
    return tuple(
        OrderEvent(
            id=event.id,
            type=event.type,
            occurred_at=event.occurred_at,
            form_id=event.order.checkout_form.id or None,
            line_ids=tuple(line.id for line in event.order.line_items if line.id),
        )
        for event in convert(read_json(body), _Events).events
    )


def read_latest(body: bytes) -> LatestEvent:
    """Read the journal's newest event."""
    latest = convert(read_json(body), _Stats).latest_event
    return LatestEvent(id=latest.id or None, occurred_at=latest.occurred_at)
