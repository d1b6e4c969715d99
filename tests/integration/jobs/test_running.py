"""What becomes of a job: done, tried again, or failed with a code people can read."""

from collections.abc import Mapping, Sequence
from datetime import datetime

import pytest
from django.db import connection, transaction

from builders.companies import NOW
from builders.database_troubles import a_full_disk, cut_the_line
from stragan.core.errors import Refused, Unavailable
from stragan.jobs import registry
from stragan.jobs.running import run_job, run_jobs
from stragan.kit import jobs
from stragan.kit.clock import real_now
from stragan.kit.models import Job, JobState

pytestmark = pytest.mark.django_db(transaction=True)

SEEN: list[tuple[Mapping[str, object], datetime]] = []


class Down(Unavailable):
    code = "test_down"


class No(Refused):
    code = "test_no"


def works(arguments: Mapping[str, object], now: datetime) -> None:
    SEEN.append((arguments, now))


def is_down(_arguments: Mapping[str, object], _now: datetime) -> None:
    raise Down(retry_after_s=90, status=503)


def is_refused(_arguments: Mapping[str, object], _now: datetime) -> None:
    raise No(order="7")


def has_a_bug(_arguments: Mapping[str, object], _now: datetime) -> None:
    raise ZeroDivisionError


def meets_a_full_disk(_arguments: Mapping[str, object], _now: datetime) -> None:
    raise a_full_disk()


def loses_the_line(arguments: Mapping[str, object], _now: datetime) -> None:
    Job.objects.count()  # Django looks after a line before its first use
    cut_the_line()
    Job.objects.count()
    SEEN.append((arguments, _now))


def loses_the_line_in_a_transaction(arguments: Mapping[str, object], now: datetime) -> None:
    with transaction.atomic():
        loses_the_line(arguments, now)


def loses_the_line_at_its_end(arguments: Mapping[str, object], now: datetime) -> None:
    SEEN.append((arguments, now))
    cut_the_line()


def works_for_all(several: Sequence[Mapping[str, object]], now: datetime) -> None:
    for arguments in several:
        if arguments["id"] == "bad":
            raise No(order="bad")
    SEEN.append(({"together": [arguments["id"] for arguments in several]}, now))
    if several[-1]["id"] == "cut":
        cut_the_line()


def works_unless_bad(arguments: Mapping[str, object], now: datetime) -> None:
    works_for_all([arguments], now)


@pytest.fixture(autouse=True)
def _handlers(monkeypatch: pytest.MonkeyPatch) -> None:
    SEEN.clear()
    for handler in (
        works,
        works_unless_bad,
        is_down,
        is_refused,
        has_a_bug,
        meets_a_full_disk,
        loses_the_line,
        loses_the_line_in_a_transaction,
        loses_the_line_at_its_end,
    ):
        monkeypatch.setitem(registry.HANDLERS, handler.__name__, f"{__name__}:{handler.__name__}")
    monkeypatch.setitem(registry.TOGETHER, "works_unless_bad", (f"{__name__}:works_for_all", 9))
    # The suite imports tests by path, so their module is found by name only here.
    monkeypatch.setattr(registry, "import_module", lambda _name: __import__("sys").modules[__name__])


def run(name: str) -> Job:
    jobs.enqueue(jobs.Request(name=name, key=name, arguments={"id": 7}, company_id=1), now=NOW)
    job = jobs.claim(worker="w1", now=real_now())
    assert job is not None
    run_job(job)
    job.refresh_from_db()
    return job


def test_a_job_gets_its_arguments_and_is_done() -> None:
    assert run("works").state == JobState.DONE
    assert [arguments for arguments, _ in SEEN] == [{"id": 7}]


def test_what_is_out_of_reach_is_tried_again_when_it_wishes() -> None:
    job = run("is_down")
    assert (job.state, job.error_code, job.error_params) == (JobState.WAITING, "test_down", {"status": 503})
    assert 85 < (job.due_at - real_now()).total_seconds() < 95


def test_a_refusal_fails_at_once_with_its_code() -> None:
    job = run("is_refused")
    assert (job.state, job.error_code, job.error_params) == (JobState.FAILED, "test_no", {"order": "7"})


def test_a_bug_is_told_once_with_its_traceback_and_tried_again(caplog: pytest.LogCaptureFixture) -> None:
    job = run("has_a_bug")
    assert (job.state, job.error_code) == (JobState.WAITING, "internal_error")
    traces = [record for record in caplog.records if record.exc_info]
    assert len(traces) == 1
    assert job.error_params["reference"] in str(traces[0].__dict__)


def test_a_name_nobody_knows_fails_at_once() -> None:
    job = run("from.the.future")
    assert (job.state, job.error_code) == (JobState.FAILED, "job_unknown")


def test_a_full_database_is_told_as_such_and_tried_again() -> None:
    job = run("meets_a_full_disk")
    assert (job.state, job.error_code) == (JobState.WAITING, "database_full")


def run_together(*ids: str) -> list[Job]:
    requests = [jobs.Request(name="works_unless_bad", key=one, arguments={"id": one}) for one in ids]
    jobs.enqueue_many(requests, now=NOW)
    first = jobs.claim(worker="w1", now=real_now())
    assert first is not None
    taken = [first, *jobs.claim_alike(first, now=real_now(), limit=9)]
    run_jobs(taken)
    return list(Job.objects.order_by("id"))


def test_jobs_taken_together_are_done_at_once() -> None:
    assert {job.state for job in run_together("a", "b", "c")} == {JobState.DONE}
    assert [arguments for arguments, _ in SEEN] == [{"together": ["a", "b", "c"]}]


def test_one_that_cannot_be_done_leaves_the_others_alone(caplog: pytest.LogCaptureFixture) -> None:
    states = {job.key: (job.state, job.error_code) for job in run_together("a", "bad", "c")}
    assert states == {
        "a": (JobState.DONE, ""),
        "bad": (JobState.FAILED, "test_no"),
        "c": (JobState.DONE, ""),
    }
    assert [arguments for arguments, _ in SEEN] == [{"together": ["a"]}, {"together": ["c"]}]
    assert [record.message for record in caplog.records] == ["jobs.not_together", "jobs.not_done"]


def test_one_job_alone_is_no_batch() -> None:
    [job] = run_together("a")
    assert job.state == JobState.DONE


needs_a_server = pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has no line to cut")


@needs_a_server
@pytest.mark.parametrize("name", ["loses_the_line", "loses_the_line_in_a_transaction"])
def test_a_line_cut_in_the_middle_is_told_over_a_new_one(name: str) -> None:
    job = run(name)
    assert (job.state, job.error_code, job.lease_until) == (JobState.WAITING, "database_away", None)
    assert not SEEN


@needs_a_server
def test_a_job_that_was_done_when_the_line_was_cut_is_done() -> None:
    assert run("loses_the_line_at_its_end").state == JobState.DONE
    assert len(SEEN) == 1


@needs_a_server
def test_jobs_that_were_done_together_when_the_line_was_cut_are_done() -> None:
    assert {job.state for job in run_together("a", "cut")} == {JobState.DONE}
    assert len(SEEN) == 1
