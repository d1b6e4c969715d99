"""The trail of deeds: written by actions in their own transaction, never changed."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from stragan.kit.bulk import insert_rows
from stragan.kit.models import AuditEvent


class Actor(StrEnum):
    """Who acted: a person on a page, a command, or the system by itself."""

    USER = "user"
    COMMAND = "command"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True, kw_only=True)
class Deed:
    """One thing done. ``facts`` hold ids, codes and numbers; never names, addresses or secrets."""

    verb: str  # e.g. document.issued
    subject: str  # e.g. document
    subject_id: int | None = None
    company_id: int | None = None
    user_id: int | None = None
    actor: Actor = Actor.USER
    facts: Mapping[str, object] = field(default_factory=dict)


def record(deeds: Iterable[Deed], *, at: datetime) -> None:
    """Append deeds to the trail."""
    insert_rows(
        AuditEvent,
        columns=("company_id", "at", "user_id", "actor", "verb", "subject", "subject_id", "facts"),
        rows=(
            (
                deed.company_id,
                at,
                deed.user_id,
                deed.actor.value,
                deed.verb,
                deed.subject,
                deed.subject_id,
                dict(deed.facts),
            )
            for deed in deeds
        ),
    )
