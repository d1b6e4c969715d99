"""The second source of a check: which orders Allegro's journal names, held against the list and ours."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Final

from stragan.core.dates import start_of_warsaw_day, warsaw_date
from stragan.flows.tokens import Session
from stragan.gateways.allegro import EventPage, OrderEvent
from stragan.kit.clock import real_now
from stragan.shops import marks
from stragan.shops.models import Shop

PAGE: Final = 1_000
KEPT: Final = timedelta(days=59)  # Allegro keeps 60 days; one less is safe
_OUT_OF_ORDER: Final = timedelta(hours=2)  # ids ascend, times need not


@dataclass(slots=True)
class JournalCheck:
    """Reads the journal from the first day of a period on, as far as it takes.

    Afterwards ``silent`` are forms of the list that no event names, and ``named`` those that events of the
    period name, by the instant of the first one. Without ``is_kept`` the journal has forgotten these days.
    """

    shop: Shop
    start: datetime
    end: datetime
    forms: frozenset[str]  # of the list, which the journal must name
    lines: Mapping[str, str]  # line id → form id, for events that name no form
    events: int = 0
    is_kept: bool = True
    silent: set[str] = field(default_factory=set)
    named: dict[str, datetime] = field(default_factory=dict)
    nameless: int = 0  # events that tell of no order we can find
    _before: str = ""
    _marked: date | None = None

    def work(self, session: Session) -> None:
        """Read until the period is over and every form was named, or to the journal's end.

        :raises AllegroError: the journal could not be read to the end.
        """
        if self.start < real_now() - KEPT:
            self.is_kept = False
            return
        self.silent = set(self.forms)
        after = marks.before(self.shop, day=warsaw_date(self.start)) or None
        self._before = after or ""
        while True:
            page: EventPage = session.call(lambda client: client.events(after=after, limit=PAGE))  # noqa: B023 -- runs at once
            if not page.events or page.events[-1].id == after:
                return
            for event in page.events:
                self._hear(event)
            after = page.events[-1].id
            is_over = all(
                event.occurred_at is not None and event.occurred_at >= self.end + _OUT_OF_ORDER
                for event in page.events
            )
            if is_over and not self.silent:
                return

    def _hear(self, event: OrderEvent) -> None:
        self._mark(event)
        form_id = event.form_id or next(
            (self.lines[line] for line in event.line_ids if line in self.lines), None
        )
        if form_id:
            self.silent.discard(form_id)
        self.silent.difference_update(self.lines[line] for line in event.line_ids if line in self.lines)
        if event.occurred_at is None or not self.start <= event.occurred_at < self.end:
            return
        self.events += 1
        if not form_id:
            self.nameless += 1
        elif not self._is_before_first_day(event):
            self.named.setdefault(form_id, event.occurred_at)

    def _is_before_first_day(self, event: OrderEvent) -> bool:
        first = start_of_warsaw_day(self.shop.since_date)
        return event.bought_at is not None and event.bought_at < first

    def _mark(self, event: OrderEvent) -> None:
        """Remember where a day begins, so that its check need not read what came before."""
        if event.occurred_at is not None:
            day = warsaw_date(event.occurred_at + _OUT_OF_ORDER)
            if self._marked is None or day > self._marked:
                if self._marked is not None:
                    marks.put(self.shop, day=day, event_id=self._before)
                self._marked = day
        self._before = event.id
