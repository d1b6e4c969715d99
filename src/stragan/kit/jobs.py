"""Ask for work in the transaction that causes it; workers take it from the same table."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from stragan.kit.models import Job


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A wish for a job. ``key`` is unique among unfinished jobs: asking twice makes one row.

    ``arguments`` hold ids only, never personal data or secrets.
    """

    name: str
    key: str
    arguments: Mapping[str, object] = field(default_factory=dict)
    company_id: int | None = None
    due_at: datetime | None = None
    priority: int = 5  # lower runs first


def enqueue(request: Request, *, now: datetime) -> None:
    """Record one job; it is there if and only if the surrounding transaction commits."""
    enqueue_many([request], now=now)


def enqueue_many(requests: Iterable[Request], *, now: datetime) -> None:
    """Record many jobs in one statement; keys that wait already are left as they are."""
    Job.objects.bulk_create(
        (
            Job(
                name=request.name,
                key=request.key,
                arguments=dict(request.arguments),
                company_id=request.company_id,
                priority=request.priority,
                due_at=request.due_at or now,
                created_at=now,
            )
            for request in requests
        ),
        ignore_conflicts=True,
    )
