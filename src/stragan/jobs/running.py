"""Runs jobs and translates the outcome of each: done, later, or failed for good."""

import logging
import secrets
from collections.abc import Sequence
from datetime import datetime

from django.db import close_old_connections

from stragan.core.errors import Conflict, StraganError, Unavailable
from stragan.jobs.registry import handler_of, handler_of_several
from stragan.kit import jobs
from stragan.kit.clock import business_now, real_now
from stragan.kit.database_trouble import drop_dead_connection, told_as_trouble
from stragan.kit.jobs import Failure
from stragan.kit.models import Job

logger = logging.getLogger("stragan.jobs")


def run_jobs(taken: Sequence[Job]) -> None:
    """Do jobs of one name that were taken together, at once where that goes well, else one by one."""
    if len(taken) == 1 or not _done_together(taken):
        for job in taken:
            run_job(job)


def _done_together(taken: Sequence[Job]) -> bool:
    """Whether all were done; if not, each is done by itself and tells why: all are safe to repeat."""
    close_old_connections()
    started_at = real_now()
    try:
        try:
            handler_of_several(taken[0].name)([job.arguments for job in taken], business_now())
        finally:
            drop_dead_connection()
    except Exception as error:  # noqa: BLE001 -- whoever met it meets it again when done by itself, and tells
        logger.warning("jobs.not_together", extra={"jobs": len(taken), "error": type(error).__name__})
        return False
    jobs.finish_all(taken, now=real_now())
    logger.debug("jobs.done", extra={**_facts(taken[0], started_at), "jobs": len(taken)})
    return True


def run_job(job: Job) -> None:
    """Do what the row asks for and record the outcome; never raises on account of the job."""
    close_old_connections()
    started_at = real_now()
    try:
        with told_as_trouble():
            try:
                handler_of(job.name)(job.arguments, business_now())
            finally:
                drop_dead_connection()  # what became of the job is written down over a living one
    except StraganError as error:
        _fail(job, _reaction(error), started_at)
    except Exception:
        # A bug, or the database was out of reach: told once with its traceback, tried again a few times.
        reference = secrets.token_hex(4)
        logger.exception("jobs.broke", extra={"job": job.pk, "name_": job.name, "reference": reference})
        _fail(job, Failure(code="internal_error", params={"reference": reference}), started_at)
    else:
        jobs.finish(job, now=real_now())
        logger.debug("jobs.done", extra=_facts(job, started_at))
    finally:
        close_old_connections()


def _reaction(error: StraganError) -> Failure:
    # The outside world may answer later, and who came second may come first next time. A refusal stays one.
    may_retry = isinstance(error, Unavailable | Conflict)
    wish_s = error.retry_after_s if isinstance(error, Unavailable) else None
    return Failure(code=error.code, params=_plain(error.params), may_retry=may_retry, retry_after_s=wish_s)


def _plain(params: dict[str, object]) -> dict[str, object]:
    return {
        name: value if isinstance(value, str | int | bool | None) else str(value)
        for name, value in params.items()
    }


def _fail(job: Job, failure: Failure, started_at: datetime) -> None:
    state = jobs.fail_or_retry(job, failure, now=real_now())
    logger.warning(
        "jobs.not_done", extra={**_facts(job, started_at), "code": failure.code, "state": state.value}
    )


def _facts(job: Job, started_at: datetime) -> dict[str, object]:
    took_ms = round((real_now() - started_at).total_seconds() * 1000)
    return {"job": job.pk, "job_name": job.name, "attempt": job.attempts, "took_ms": took_ms}
