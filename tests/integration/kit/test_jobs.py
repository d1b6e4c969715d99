"""The queue: asked for once, taken once, never lost."""

import threading
from datetime import timedelta

import pytest
from django.db import connection, transaction

from builders.companies import NOW
from stragan.kit import jobs
from stragan.kit.jobs import Failure, Request
from stragan.kit.models import Job, JobState

pytestmark = pytest.mark.django_db


def ask(key: str = "k1", **changes: object) -> None:
    values: dict[str, object] = {"name": "test.job", "key": key, "company_id": 7}
    jobs.enqueue(Request(**(values | changes)), now=NOW)  # type: ignore[arg-type]  # explicit values in tests


def take(*, after_s: float = 0, worker: str = "w1") -> Job | None:
    return jobs.claim(worker=worker, now=NOW + timedelta(seconds=after_s))


def taken(*, after_s: float = 0, worker: str = "w1") -> Job:
    job = take(after_s=after_s, worker=worker)
    assert job is not None
    return job


def test_asking_twice_makes_one_row() -> None:
    ask()
    ask()
    assert Job.objects.count() == 1


def test_a_key_may_be_asked_again_once_its_job_is_done() -> None:
    ask()
    jobs.finish(taken(), now=NOW)
    ask()
    assert sorted(Job.objects.values_list("state", flat=True)) == ["done", "waiting"]


def test_a_job_of_a_rolled_back_transaction_never_was() -> None:
    def fail() -> None:
        with transaction.atomic():
            ask()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert not jobs.is_any_due(now=NOW)


def test_jobs_are_taken_by_priority_then_by_age_and_each_once() -> None:
    ask("late", due_at=NOW - timedelta(minutes=1))
    ask("early", due_at=NOW - timedelta(minutes=2))
    ask("urgent", priority=1)
    ask("future", due_at=NOW + timedelta(minutes=1))
    assert [taken().key for _ in range(3)] == ["urgent", "early", "late"]
    assert take() is None
    assert not jobs.is_any_due(now=NOW)
    assert jobs.is_any_due(now=NOW + timedelta(minutes=1))


def test_a_worker_may_ask_for_urgent_jobs_only() -> None:
    ask("sync", priority=6)
    assert not jobs.is_any_due(now=NOW, priority=jobs.SOMEBODY_WAITS)
    assert jobs.claim(worker="w1", now=NOW, priority=jobs.SOMEBODY_WAITS) is None
    ask("button", priority=5)
    job = jobs.claim(worker="w1", now=NOW, priority=jobs.SOMEBODY_WAITS)
    assert job is not None
    assert job.key == "button"


def test_a_lease_that_ran_out_lets_another_worker_take_the_job() -> None:
    ask()
    first = taken(worker="dead")
    assert take(after_s=44, worker="alive") is None
    second = taken(after_s=46, worker="alive")
    assert (second.pk, second.attempts) == (first.pk, 2)
    assert not jobs.finish(first, now=NOW), "the dead one's word no longer counts"
    assert jobs.finish(second, now=NOW)


def test_a_renewed_lease_keeps_the_job() -> None:
    ask()
    job = taken()
    assert jobs.extend_leases([job.pk], worker="w1", now=NOW + timedelta(seconds=30)) == 1
    assert take(after_s=60, worker="w2") is None
    assert jobs.extend_leases([job.pk], worker="w2", now=NOW) == 0


def test_a_failure_waits_longer_each_time_and_fails_for_good_at_last() -> None:
    ask()
    instant = NOW
    pauses = []
    for _ in range(7):
        job = jobs.claim(worker="w1", now=instant)
        assert job is not None
        assert jobs.fail_or_retry(job, Failure(code="allegro_down"), now=instant) is JobState.WAITING
        job.refresh_from_db()
        pauses.append((job.due_at - instant).total_seconds())
        instant = job.due_at
    assert [low <= pause <= 2 * low for pause, low in zip(pauses, [1, 2, 4, 8, 16, 32, 64], strict=True)] == [
        True
    ] * 7
    last = jobs.claim(worker="w1", now=instant)
    assert last is not None
    state = jobs.fail_or_retry(last, Failure(code="allegro_down", params={"status": 503}), now=instant)
    assert state is JobState.FAILED
    failed = jobs.failed_jobs(company_id=7)
    assert [(job.error_code, job.error_params) for job in failed] == [("allegro_down", {"status": 503})]
    assert jobs.failed_jobs(company_id=8) == []


def test_the_other_sides_wish_is_never_undercut() -> None:
    ask()
    jobs.fail_or_retry(taken(), Failure(code="busy", retry_after_s=120), now=NOW)
    assert take(after_s=119) is None
    assert take(after_s=120) is not None


def test_what_can_not_succeed_fails_at_once() -> None:
    ask()
    assert jobs.fail_or_retry(taken(), Failure(code="x", may_retry=False), now=NOW) is JobState.FAILED
    assert take(after_s=10_000) is None


def test_a_job_that_kills_every_worker_fails_instead_of_running_for_ever() -> None:
    ask()
    for attempt in range(8):
        taken(after_s=attempt * 60)
    assert take(after_s=8 * 60) is None
    assert jobs.fail_abandoned(now=NOW + timedelta(minutes=8)) == 1
    assert Job.objects.get().error_code == "job_abandoned"


def test_a_stopping_worker_hands_its_job_back_without_counting_an_attempt() -> None:
    ask()
    job = taken()
    assert jobs.release_stopped([job.pk], worker="w1", now=NOW) == 1
    assert taken(worker="w2").attempts == 1


def test_a_failed_job_can_be_tried_again_by_hand_by_its_company_only() -> None:
    ask()
    job = taken()
    jobs.fail_or_retry(job, Failure(code="x", may_retry=False), now=NOW)
    assert not jobs.retry_by_hand(job_id=job.pk, company_id=8, now=NOW)
    assert jobs.retry_by_hand(job_id=job.pk, company_id=7, now=NOW)
    assert taken().attempts == 1


def test_trying_again_what_waits_already_closes_the_failure() -> None:
    ask()
    job = taken()
    jobs.fail_or_retry(job, Failure(code="x", may_retry=False), now=NOW)
    ask()
    assert jobs.retry_by_hand(job_id=job.pk, company_id=7, now=NOW)
    assert sorted(Job.objects.values_list("state", flat=True)) == ["done", "waiting"]


def test_a_later_success_takes_an_earlier_failure_of_the_same_key_off_the_list() -> None:
    ask()
    jobs.fail_or_retry(taken(), Failure(code="x", may_retry=False), now=NOW)
    ask()
    jobs.finish(taken(), now=NOW)
    assert jobs.failed_jobs(company_id=7) == []


def taken_alike(job: Job, *, after_s: float = 0, limit: int = 9) -> list[str]:
    alike = jobs.claim_alike(job, now=NOW + timedelta(seconds=after_s), limit=limit)
    assert {(one.worker, one.attempts, one.state) for one in alike} <= {(job.worker, 1, "running")}
    return [one.key for one in alike]


def test_jobs_like_the_one_taken_are_taken_with_it_and_each_once() -> None:
    for key in ("a", "b", "c", "d"):
        ask(key)
    ask("other", name="test.other")
    ask("later", due_at=NOW + timedelta(minutes=1))
    ask("less urgent", priority=6)
    first = taken()
    assert taken_alike(first, limit=2) == ["b", "c"]
    assert [taken(worker="w2").key, taken(worker="w2").key] == ["d", "other"]
    assert taken_alike(first) == []
    assert jobs.claim_alike(first, now=NOW, limit=0) == []


def test_what_was_tried_before_is_taken_alone() -> None:
    ask("killer")
    ask("innocent")
    first = taken(worker="dead")
    assert taken_alike(first) == ["innocent"]
    ask("new")
    again = taken(after_s=46)
    assert (again.key, again.attempts) == ("killer", 2)
    assert taken_alike(again, after_s=46) == []
    assert taken(after_s=46).key == "innocent"
    assert taken_alike(taken(after_s=46), after_s=46) == []
    assert jobs.fail_or_retry(again, Failure(code="x"), now=NOW) is JobState.WAITING
    ask("newer")
    assert taken_alike(taken(after_s=60), after_s=60) == [], "not the one that waits to be tried again"


def test_jobs_taken_together_are_done_together_but_for_those_another_worker_has() -> None:
    for company in (7, 8):
        ask(f"failed {company}", company_id=company)
        jobs.fail_or_retry(taken(), Failure(code="x", may_retry=False), now=NOW)
    for company in (7, 8):
        ask(f"failed {company}", company_id=company)
    ask("lost", company_id=None)
    first = taken()
    together = [first, *jobs.claim_alike(first, now=NOW, limit=9)]
    assert [job.key for job in together] == ["failed 7", "failed 8", "lost"]
    Job.objects.filter(key="lost").update(worker="w2", attempts=2)
    assert jobs.finish_all(together, now=NOW) == 2
    assert Job.objects.get(key="lost").state == JobState.RUNNING
    assert [jobs.failed_jobs(company_id=company) for company in (7, 8)] == [[], []]
    done = Job.objects.filter(state=JobState.DONE, finished_at=NOW, lease_until=None)
    assert set(done.values_list("key", flat=True)) == {"failed 7", "failed 8"}


def test_old_finished_rows_are_purged_and_others_kept() -> None:
    ask("done")
    jobs.finish(taken(), now=NOW)
    ask("waiting")
    assert jobs.purge_finished(now=NOW + timedelta(days=2)) == 0
    assert jobs.purge_finished(now=NOW + timedelta(days=4)) == 1
    assert Job.objects.get().key == "waiting"


def test_finding_the_next_job_walks_the_index_of_unfinished_ones() -> None:
    ask()
    at = connection.ops.adapt_datetimefield_value(NOW)
    explain = "EXPLAIN QUERY PLAN" if connection.vendor == "sqlite" else "EXPLAIN"
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(
            f"{explain} SELECT id FROM kit_job WHERE {jobs._DUE} "  # noqa: S608 -- our own constant
            "ORDER BY priority, due_at, id LIMIT 1",
            [jobs.ANY_PRIORITY, at, at],
        )
        plan = " ".join(str(row) for row in cursor.fetchall())
    assert "job_due" in plan
    assert "sort" not in plan.lower()
    assert "b-tree" not in plan.lower()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("limit", [0, 3])
def test_many_workers_never_take_the_same_job(limit: int) -> None:
    jobs.enqueue_many([Request(name="test.job", key=f"k{n}") for n in range(60)], now=NOW)
    got: list[int] = []

    def work(name: str) -> None:
        try:
            while (job := jobs.claim(worker=name, now=NOW)) is not None:
                alike = jobs.claim_alike(job, now=NOW, limit=limit)
                assert len(alike) <= limit
                got.extend(one.pk for one in [job, *alike])
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=[f"w{n}"]) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(got) == 60
    assert len(set(got)) == 60
