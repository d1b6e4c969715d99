"""The hold a worker has on one thing that is sent: how it asks Allegro, and how it writes."""

from dataclasses import dataclass
from typing import TypeVar

from stragan.flows.tokens import Ask, Session
from stragan.gateways.allegro import FormGone
from stragan.kit.shared_clock import shared_now
from stragan.outbox import actions
from stragan.outbox.models import Sending

T = TypeVar("T")


class OrderGone(Exception):
    """Allegro has no such order any more: it was paid together with others, or withdrawn."""


class NoLongerOurs(Exception):
    """Somebody gave the thing up meanwhile, or another worker took it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """One row taken for one look, with the order it is for on Allegro."""

    session: Session
    row: Sending
    form_id: str

    def look(self, ask: Ask[T]) -> T:
        """Ask what Allegro has.

        :raises OrderGone: there is no such order.
        """
        try:
            return self.session.call(ask)
        except FormGone as gone:
            raise OrderGone from gone

    def write(self, ask: Ask[T]) -> T:
        """Write, after it was noted that Allegro may have it from now on.

        Whatever has to be waited for comes before the note, which holds the row for one call only.

        :raises NoLongerOurs: the row is not ours to send any more.
        """
        return self.session.write(ask, begin=self._begin)

    def _begin(self) -> None:
        if not actions.begin(self.row, now=shared_now()):
            raise NoLongerOurs
