"""The journal of order events: ids ascend, the history is 60 days long, faults may disturb it."""

from bisect import bisect_right
from dataclasses import dataclass
from typing import Final

from standins.allegro.clock import DAY

HISTORY_MS: Final = 60 * DAY


@dataclass(frozen=True, slots=True)
class Event:
    """One line of the journal. *form_id* is what ``checkoutForm.id`` said when it was written."""

    id: int
    order_index: int
    form_id: str
    type: str
    occurred_ms: int
    written_ms: int
    revision: int


@dataclass(slots=True)
class Disturbance:
    """Shares (0..1) of events that are left out, told twice or told with an older time."""

    missing: float = 0.0
    duplicated: float = 0.0
    out_of_order: float = 0.0
    seed: int = 0

    def hits(self, event_id: int, share: float, salt: int) -> bool:
        """Tell whether this event is among the *share*: always the same answer."""
        if share <= 0.0:
            return False
        mixed = (event_id + self.seed * 1_000_003 + salt * 7_919) * 0x9E3779B97F4A7C15 & 0xFFFFFFFFFFFFFFFF
        return (mixed >> 11) / (1 << 53) < share


class Journal:
    """One seller's events, oldest first."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self._ids: list[int] = []
        self.generated = 0  # how many of them the seed made: the rest happened while it ran

    def append(
        self, *, order_index: int, form_id: str, name: str, instants: tuple[int, int], revision: int
    ) -> Event:
        """Write an event; *instants* are when it occurred and when it is written."""
        occurred_ms, written_ms = instants
        # Ids are tenths of microseconds: ids ending in 0 are real, others are left for duplicates.
        wanted = written_ms * 10_000
        latest = self._ids[-1] if self._ids else 0
        event_id = wanted if wanted > latest else latest + 10
        event = Event(event_id, order_index, form_id, name, occurred_ms, written_ms, revision)
        self.events.append(event)
        self._ids.append(event_id)
        return event

    def extend(self, events: list[Event]) -> None:
        """Take over events of an earlier run."""
        self.events += events
        self._ids += [event.id for event in events]

    def page(
        self, *, after: int, limit: int, types: frozenset[str], now_ms: int, disturbance: Disturbance
    ) -> list[Event]:
        """Return up to *limit* events with an id above *after*, disturbed as asked."""
        found: list[Event] = []
        position = bisect_right(self._ids, after - after % 10 - 1)
        oldest = now_ms - HISTORY_MS
        for event in self.events[position:]:
            if event.written_ms < oldest or (types and event.type not in types):
                continue
            found += [told for told in disturbed(event, disturbance) if told.id > after]
            if len(found) >= limit:
                break
        return found[:limit]

    def latest(self) -> Event | None:
        """Return the newest event."""
        return self.events[-1] if self.events else None


def disturbed(event: Event, disturbance: Disturbance) -> list[Event]:
    """Return the event as it is told: not at all, once, twice, with another time."""
    if disturbance.hits(event.id, disturbance.missing, 1):
        return []
    occurred_ms = event.occurred_ms
    if disturbance.hits(event.id, disturbance.out_of_order, 2):
        occurred_ms -= 3_600_000
    told = Event(
        event.id, event.order_index, event.form_id, event.type, occurred_ms, event.written_ms, event.revision
    )
    if disturbance.hits(event.id, disturbance.duplicated, 3):
        again = Event(
            event.id + 1,
            event.order_index,
            event.form_id,
            event.type,
            occurred_ms,
            event.written_ms,
            event.revision,
        )
        return [told, again]
    return [told]
