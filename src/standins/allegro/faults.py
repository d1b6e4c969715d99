"""Switches for what goes wrong between a client and Allegro."""

import re
from dataclasses import dataclass, field
from random import Random
from typing import Final

from standins.allegro.journal import Disturbance

KINDS: Final = frozenset(
    {
        "rate_limit",
        "server_error",
        "slow",
        "cut_body",
        "drop_before",
        "drop_after",
        "expired_token",
        "late",
        "html_page",
        "empty_answer",
        "half_json",
        "stale",
    }
)
JOURNAL_KINDS: Final = {
    "missing_events": "missing",
    "duplicated_events": "duplicated",
    "out_of_order_events": "out_of_order",
}


class UnknownFaultError(ValueError):
    """The kind of fault does not exist."""


@dataclass(slots=True)
class Fault:
    """One switch.

    *path* is a regular expression searched in the path; None means every API call, but not the authorization
    host (say ``^/auth`` for that). *method* is an HTTP method, None means all. It strikes
    with *probability* (drawn from *seed*), at most *count* times, after *skip* matching requests went well.
    *status* is that of a server error, *body* one of json, html, empty; *seconds* is the delay of slow and
    of late, which acts first. html_page, empty_answer and half_json answer 200 with what is no answer;
    stale answers 200 from before the latest change of each order.
    """

    kind: str
    path: str | None = None
    method: str | None = None
    probability: float = 1.0
    count: int | None = None
    skip: int = 0
    seed: int = 0
    status: int = 503
    body: str = "json"
    retry_after: int | None = None
    seconds: float = 1.0
    struck: int = 0
    _draw: Random = field(default_factory=lambda: Random(0), repr=False)

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise UnknownFaultError(self.kind)
        self._draw = Random(self.seed)

    def matches(self, method: str, path: str) -> bool:
        """Tell whether the switch speaks of this request; what is written is never stale."""
        if self.kind == "stale" and method != "GET":
            return False
        if self.method is not None and self.method.upper() != method:
            return False
        if self.path is None:
            return not path.startswith("/auth/")
        return re.search(self.path, path) is not None

    def strikes(self) -> bool:
        """Decide about one matching request and count it."""
        if self.skip > 0:
            self.skip -= 1
            return False
        if self.count is not None and self.struck >= self.count:
            return False
        if self._draw.random() >= self.probability:
            return False
        self.struck += 1
        return True


class Faults:
    """All switches of a world."""

    def __init__(self) -> None:
        self.active: list[Fault] = []
        self.journal = Disturbance()

    def add(self, fault: Fault) -> Fault:
        """Switch one on; the first that strikes wins, except that slow combines with the next."""
        self.active.append(fault)
        return fault

    def disturb(self, kind: str, *, probability: float, seed: int = 0) -> None:
        """Disturb the journal: missing_events, duplicated_events or out_of_order_events."""
        if kind not in JOURNAL_KINDS:
            raise UnknownFaultError(kind)
        setattr(self.journal, JOURNAL_KINDS[kind], probability)
        self.journal.seed = seed

    def clear(self) -> None:
        """Switch all off."""
        self.active.clear()
        self.journal = Disturbance()

    def strike(self, method: str, path: str) -> list[Fault]:
        """Return what happens to this request: any number of slow, then at most one other."""
        found: list[Fault] = []
        for fault in self.active:
            if fault.matches(method, path) and fault.strikes():
                found.append(fault)
                if fault.kind != "slow":
                    break
        return found
