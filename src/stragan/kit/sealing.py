"""The chain of hashes over the audit trail: whoever changes or removes a sealed event breaks it.

Events are sealed after they are written, not while: a chain within the transactions that write them would
put all of a company's work in one queue.
"""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC
from typing import Final

from django.db import connection, transaction
from django.db.models import Exists, OuterRef

from stragan.kit.bulk import insert_rows
from stragan.kit.models import AuditEvent, AuditSeal

_AT_ONCE: Final = 1000
_STRAGGLERS: Final = 10_000  # ids taken early by transactions that end late


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What walking the chain found; ``head`` is its last hash, worth keeping elsewhere.

    ``first_broken`` is the id of the first event that is missing or not what was sealed.
    """

    events: int
    first_broken: int | None
    head: str

    @property
    def ok(self) -> bool:
        """Whether the whole chain holds."""
        return self.first_broken is None


def seal(*, is_thorough: bool = False) -> int:
    """Seal what is not sealed yet, in chunks that commit by themselves; gives how many. Safe to repeat.

    *is_thorough* looks through the whole trail, not only near its end.
    """
    count, first = 0, 0
    latest = AuditSeal.objects.order_by("-id").first()
    if latest is not None and not is_thorough:
        first = latest.event_id - _STRAGGLERS
    while done := _seal_some(first):
        count += len(done)
        first = done[-1] if is_thorough else first
    return count


def verify() -> Verdict:
    """Seal what is new, then walk the whole chain up to the first link that does not hold."""
    seal(is_thorough=True)
    events, head = 0, ""
    for chunk in _links():
        found = AuditEvent.objects.across_companies().in_bulk([event_id for event_id, _ in chunk])
        for event_id, sha256 in chunk:
            event = found.get(event_id)
            if event is None or _link(head, event) != sha256:
                return Verdict(events=events, first_broken=event_id, head=head)
            events, head = events + 1, sha256
    return Verdict(events=events, first_broken=None, head=head)


@transaction.atomic
def _seal_some(first: int) -> list[int]:
    if connection.vendor == "postgresql":  # on SQLite the transaction itself is the lock
        with connection.cursor() as cursor:
            cursor.execute("LOCK TABLE kit_auditseal IN SHARE ROW EXCLUSIVE MODE")
    sealed = AuditSeal.objects.filter(event_id=OuterRef("pk"))
    rows = AuditEvent.objects.across_companies().filter(~Exists(sealed), pk__gt=first).order_by("id")
    events = list(rows[:_AT_ONCE])
    latest = AuditSeal.objects.order_by("-id").first()
    head = latest.sha256 if latest else ""
    links: list[tuple[int, str]] = []
    for event in events:
        head = _link(head, event)
        links.append((event.pk, head))
    insert_rows(AuditSeal, columns=("event_id", "sha256"), rows=links)
    return [pk for pk, _ in links]


def _links() -> Iterator[list[tuple[int, str]]]:
    last = 0
    while rows := list(
        AuditSeal.objects.filter(pk__gt=last)
        .order_by("id")
        .values_list("id", "event_id", "sha256")[:_AT_ONCE]
    ):
        last = rows[-1][0]
        yield [(event_id, sha256) for _, event_id, sha256 in rows]


def _link(before: str, event: AuditEvent) -> str:
    said = [
        before,
        event.pk,
        event.company_id,
        event.at.astimezone(UTC).isoformat(),
        event.user_id,
        event.actor,
        event.verb,
        event.subject,
        event.subject_id,
        event.facts,
    ]
    return hashlib.sha256(json.dumps(said, sort_keys=True, separators=(",", ":")).encode()).hexdigest()
