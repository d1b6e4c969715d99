"""Runs one job and translates its outcome: done, later, or failed for good."""

import logging
import secrets
from datetime import datetime

from django.db import close_old_connections

from stragan.core.errors import Conflict, StraganError, Unavailable
from stragan.jobs.registry import handler_of
from stragan.kit import jobs
from stragan.kit.clock import business_now, real_now
from stragan.kit.database_trouble import drop_dead_connection, told_as_trouble
from stragan.kit.jobs import Failure
from stragan.kit.models import Job

logger = logging.getLogger("stragan.jobs")


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
