"""Ask for work in the transaction that causes it; workers take it from the same table.

A worker takes a row by writing its name and a lease into it. While it works it renews the lease; a
lease that ran out means that the worker is dead, and the row may be taken by another. So every job
may run twice, and every handler is safe to repeat.
"""

import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from django.db import IntegrityError, connection, transaction
from django.db.models import F, QuerySet

from stragan.kit.bulk import insert_rows
from stragan.kit.models import Job, JobState

LEASE_S: Final = 45  # a killed worker's job is taken up within this and one look at the table
FIRST_PAUSE_S: Final = 2.0
LONGEST_PAUSE_S: Final = 900.0
ANY_PRIORITY: Final = 32_767
SOMEBODY_WAITS: Final = 5  # this and below: a person looks at a page that shows the progress
MAX_ATTEMPTS: Final = 8
LONGEST_WISH: Final = timedelta(hours=2)  # of somebody outside who says when to ask again
CLOCKS_DIFFER: Final = timedelta(minutes=10)  # by more than that no two machines do
KEEP_DONE: Final = timedelta(days=3)
KEEP_FAILED: Final = timedelta(days=90)

# The condition of the partial index stands here word for word: SQLite uses it only then.
_DUE: Final = (
    "state IN ('waiting', 'running') AND priority <= %s AND due_at <= %s "
    "AND (state = 'waiting' OR (lease_until <= %s AND attempts < max_attempts))"
)


_NEW_COLUMNS: Final = (
    "company_id",
    "name",
    "arguments",
    "key",
    "state",
    "priority",
    "attempts",
    "max_attempts",
    "due_at",
    "worker",
    "error_code",
    "error_params",
    "created_at",
)


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """Why a job did not come to its end: a stable code and the facts its sentence needs."""

    code: str
    params: Mapping[str, object] = field(default_factory=dict)
    may_retry: bool = True
    retry_after_s: int | None = None  # the other side's own wish


def enqueue(request: Request, *, now: datetime) -> None:
    """Record one job; it is there if and only if the surrounding transaction commits."""
    enqueue_many([request], now=now)


def enqueue_many(requests: Iterable[Request], *, now: datetime) -> None:
    """Record many jobs in one statement; keys that wait already are left as they are."""
    insert_rows(
        Job,
        columns=_NEW_COLUMNS,
        rows=(
            (
                request.company_id,
                request.name,
                dict(request.arguments),
                request.key,
                JobState.WAITING.value,
                request.priority,
                0,
                MAX_ATTEMPTS,
                request.due_at or now,
                "",
                "",
                {},
                now,
            )
            for request in requests
        ),
        ignore_conflicts=True,
    )


def is_unfinished(start_of_key: str) -> bool:
    """Whether a job whose key starts so waits or is being done."""
    rows = Job.objects.filter(key__startswith=start_of_key)
    return rows.filter(state__in=[JobState.WAITING, JobState.RUNNING]).exists()


def unfinished_keys(start_of_key: str, *, company_id: int) -> set[str]:
    """Keys of the company's jobs that start so and wait or are being done."""
    rows = Job.objects.filter(company_id=company_id, key__startswith=start_of_key)
    return set(rows.filter(state__in=[JobState.WAITING, JobState.RUNNING]).values_list("key", flat=True))


def is_any_due(*, now: datetime, due_by: datetime | None = None, priority: int = ANY_PRIORITY) -> bool:
    """Whether a worker would find something, see ``claim``; reads one row and locks nothing."""
    at, due = (connection.ops.adapt_datetimefield_value(one) for one in (now, due_by or now))
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT 1 FROM kit_job WHERE {_DUE} LIMIT 1", [priority, due, at])  # noqa: S608 -- our own constant
        return cursor.fetchone() is not None


def claim(
    *,
    worker: str,
    now: datetime,
    due_by: datetime | None = None,
    lease_s: int = LEASE_S,
    priority: int = ANY_PRIORITY,
) -> Job | None:
    """Take the next due job for *worker*, or None; safe for any number of workers.

    One statement finds and takes the row, so no two workers get the same. Only jobs of *priority* and
    more urgent ones (lower numbers) are considered. Leases go by *now*, of the clock that workers share;
    *due_by* is of the worker's own clock, by which jobs are put off.
    """
    skip = "FOR UPDATE SKIP LOCKED" if connection.vendor == "postgresql" else ""
    at, due = (connection.ops.adapt_datetimefield_value(one) for one in (now, due_by or now))
    until = connection.ops.adapt_datetimefield_value(now + timedelta(seconds=lease_s))
    with connection.cursor() as cursor:
        cursor.execute(
            # Only our own constants are put into the text.
            "UPDATE kit_job SET state = 'running', worker = %s, lease_until = %s, attempts = attempts + 1 "  # noqa: S608
            f"WHERE id = (SELECT id FROM kit_job WHERE {_DUE} ORDER BY priority, due_at, id LIMIT 1 {skip}) "
            "RETURNING id",
            [worker, until, priority, due, at],
        )
        row = cursor.fetchone()
    return Job.objects.get(pk=row[0]) if row else None


def claim_alike(
    job: Job, *, now: datetime, due_by: datetime | None = None, lease_s: int = LEASE_S, limit: int
) -> list[Job]:
    """Take up to *limit* waiting jobs more that are like the one just taken, for its worker; see ``claim``.

    Alike are those of its name and priority. Only what nobody tried before is taken together: a job that
    kills its workers comes alone from its second time on, and wears out no attempts of others.
    """
    if limit < 1 or job.attempts > 1:
        return []
    skip = "FOR UPDATE SKIP LOCKED" if connection.vendor == "postgresql" else ""
    due = connection.ops.adapt_datetimefield_value(due_by or now)
    until = connection.ops.adapt_datetimefield_value(now + timedelta(seconds=lease_s))
    with connection.cursor() as cursor:
        cursor.execute(
            # Found before any is written, and once only. Only our own constants are put into the text.
            "WITH alike AS MATERIALIZED (SELECT id FROM kit_job "  # noqa: S608
            "WHERE state IN ('waiting', 'running') AND priority = %s AND due_at <= %s "
            "AND state = 'waiting' AND attempts = 0 AND name = %s "
            f"ORDER BY priority, due_at, id LIMIT %s {skip}) "
            "UPDATE kit_job SET state = 'running', worker = %s, lease_until = %s, attempts = attempts + 1 "
            "WHERE id IN (SELECT id FROM alike) RETURNING id",
            [job.priority, due, job.name, limit, job.worker, until],
        )
        ids = [pk for (pk,) in cursor.fetchall()]
    return list(Job.objects.filter(pk__in=ids).order_by("due_at", "id")) if ids else []


def extend_leases(job_ids: Iterable[int], *, worker: str, now: datetime, lease_s: int = LEASE_S) -> int:
    """Say that *worker* still works on these jobs; gives how many are still its own."""
    held = Job.objects.filter(pk__in=list(job_ids), worker=worker, state=JobState.RUNNING)
    return held.update(lease_until=now + timedelta(seconds=lease_s))


def finish(job: Job, *, now: datetime) -> bool:
    """Close a job as done, and earlier failures of the same key with it.

    Gives False when the lease was lost meanwhile: then another worker answers for the job.
    """
    return finish_all([job], now=now) == 1


def finish_all(done: Sequence[Job], *, now: datetime) -> int:
    """Close jobs that one worker took together as done, see ``finish``; gives how many were still its own."""
    worker, attempts = done[0].worker, done[0].attempts
    assert {(job.worker, job.attempts) for job in done} == {(worker, attempts)}, "they were taken together"
    marks = ",".join(["%s"] * len(done))
    at = connection.ops.adapt_datetimefield_value(now)
    keys: dict[int | None, list[str]] = {}
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE kit_job SET state = 'done', finished_at = %s, lease_until = NULL "  # noqa: S608 -- only marks are put into the text
                f"WHERE id IN ({marks}) AND worker = %s AND state = 'running' AND attempts = %s "
                "RETURNING company_id, key",
                [at, *(job.pk for job in done), worker, attempts],
            )
            held = cursor.fetchall()
        for company_id, key in held:
            keys.setdefault(company_id, []).append(key)
        for company_id, of_company in keys.items():
            failed = Job.objects.filter(company_id=company_id, state=JobState.FAILED)
            failed.filter(key__in=of_company).update(state=JobState.DONE)
    return len(held)


def claim_keys(keys: Iterable[str], *, worker: str, now: datetime, lease_s: int = LEASE_S) -> list[Job]:
    """Take waiting jobs by their keys: for a command that does its own follow-ups. Others keep theirs."""
    with transaction.atomic():
        waiting = Job.objects.filter(key__in=list(keys), state=JobState.WAITING).order_by("id")
        if connection.vendor == "postgresql":
            waiting = waiting.select_for_update(skip_locked=True)
        taken = list(waiting)
        for job in taken:
            job.state, job.worker, job.attempts = JobState.RUNNING, worker, job.attempts + 1
            job.lease_until = now + timedelta(seconds=lease_s)
        Job.objects.bulk_update(taken, ["state", "worker", "attempts", "lease_until"])
    return taken


def fail_or_retry(job: Job, failure: Failure, *, now: datetime) -> JobState:
    """Put a job back for later, or close it as failed; gives the state it is in now.

    Pauses double from two seconds to a quarter of an hour, each shortened by chance to spread the
    load; the other side's own wish is never undercut.
    """
    if not failure.may_retry or job.attempts >= job.max_attempts:
        _held(job).update(
            state=JobState.FAILED,
            finished_at=now,
            lease_until=None,
            error_code=failure.code,
            error_params=dict(failure.params),
        )
        return JobState.FAILED
    _held(job).update(
        state=JobState.WAITING,
        due_at=now + timedelta(seconds=_pause_s(job.attempts, failure.retry_after_s)),
        lease_until=None,
        worker="",
        error_code=failure.code,
        error_params=dict(failure.params),
    )
    return JobState.WAITING


def release_stopped(job_ids: Iterable[int], *, worker: str, now: datetime) -> int:
    """Hand back jobs that a stopping worker could not end; they are due at once, and not an attempt more."""
    count = 0
    for job in Job.objects.filter(pk__in=list(job_ids), worker=worker, state=JobState.RUNNING):
        count += _held(job).update(
            state=JobState.WAITING, due_at=now, lease_until=None, worker="", attempts=max(job.attempts - 1, 0)
        )
    return count


def fail_abandoned(*, now: datetime) -> int:
    """Close jobs whose every attempt ended with the death of its worker."""
    return Job.objects.filter(
        state=JobState.RUNNING, lease_until__lte=now, attempts__gte=F("max_attempts")
    ).update(state=JobState.FAILED, error_code="job_abandoned", finished_at=now, lease_until=None)


def bring_back(*, now: datetime, lease_now: datetime | None = None) -> int:
    """Make due what a clock that was ahead, and has been put right since, put off; gives how many rows.

    *lease_now* is of the clock that leases go by, where that is another one.
    """
    waiting = Job.objects.filter(state=JobState.WAITING)
    far = now + CLOCKS_DIFFER
    asked = waiting.filter(created_at__gt=far).update(due_at=now, created_at=now)
    again = waiting.filter(attempts__gt=0, due_at__gt=far + LONGEST_WISH).update(due_at=now)
    lease_now = lease_now or now
    longest = CLOCKS_DIFFER + timedelta(seconds=LEASE_S)
    held = Job.objects.filter(state=JobState.RUNNING, lease_until__gt=lease_now + longest)
    return asked + again + held.update(lease_until=lease_now)


def failed_jobs(*, company_id: int, limit: int = 100) -> list[Job]:
    """What failed for good in a company, newest first: rows of *Wymaga uwagi*."""
    return list(Job.objects.filter(company_id=company_id, state=JobState.FAILED).order_by("-id")[:limit])


def retry_by_hand(*, job_id: int, company_id: int, now: datetime) -> bool:
    """Give a failed job all its attempts again; False when there is no such failed job.

    Where the same work waits again already, the failed row is closed instead.
    """
    rows = Job.objects.filter(pk=job_id, company_id=company_id, state=JobState.FAILED)
    try:
        with transaction.atomic():
            return bool(
                rows.update(state=JobState.WAITING, attempts=0, due_at=now, finished_at=None, worker="")
            )
    except IntegrityError:
        return bool(rows.update(state=JobState.DONE))


def dismiss(*, job_id: int, company_id: int) -> bool:
    """Take a failed job off the list without doing it; False when there is no such failed job."""
    rows = Job.objects.filter(pk=job_id, company_id=company_id, state=JobState.FAILED)
    return bool(rows.update(state=JobState.DONE))


def purge_finished(*, now: datetime) -> int:
    """Delete rows that nobody asks for any more: done for days, failed for months."""
    done = Job.objects.filter(state=JobState.DONE, finished_at__lt=now - KEEP_DONE).delete()[0]
    return done + Job.objects.filter(state=JobState.FAILED, finished_at__lt=now - KEEP_FAILED).delete()[0]


def _held(job: Job) -> QuerySet[Job]:
    # ``attempts`` rises with each claim: it tells our hold of the row from a later one of our own.
    return Job.objects.filter(pk=job.pk, worker=job.worker, state=JobState.RUNNING, attempts=job.attempts)


def _pause_s(attempts: int, wish_s: int | None) -> float:
    pause = min(FIRST_PAUSE_S * 2 ** max(attempts - 1, 0), LONGEST_PAUSE_S)
    spread: float = pause * random.uniform(0.5, 1.0)  # noqa: S311 -- spreads load, guards nothing
    return max(spread, float(wish_s or 0))
