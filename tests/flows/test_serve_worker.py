"""A worker that is killed in the middle loses nothing."""

import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from builders.installations import ROOT, Installation, an_installation, wait_until

pytestmark = pytest.mark.slow


@pytest.fixture
def installation(tmp_path: Path) -> Iterator[Installation]:
    with an_installation(tmp_path) as made:
        made.environment["PYTHONPATH"] = f"{ROOT / 'src'}:{ROOT / 'tests'}"
        made.init()
        yield made


def ask(installation: Installation, name: str, file: Path) -> None:
    installation.python(
        "from stragan.kit import jobs\n"
        "from stragan.kit.clock import real_now\n"
        f"request = jobs.Request(name={name!r}, key='k', arguments={{'file': {str(file)!r}}})\n"
        "jobs.enqueue(request, now=real_now())"
    )


def state(installation: Installation) -> str:
    return installation.python(
        "from stragan.kit.models import Job\n"
        "job = Job.objects.get(key='k')\nprint(job.state, job.attempts, end='')"
    )


@contextmanager
def worker(installation: Installation) -> Iterator["subprocess.Popen[str]"]:
    """Run one until the block ends: a test that fails must not wait for it for ever."""
    with installation.start(["-m", "builders.worker_under_test"]) as process:
        try:
            yield process
        finally:
            process.kill()


def test_the_job_of_a_killed_worker_runs_again_once_its_lease_is_over(
    installation: Installation, tmp_path: Path
) -> None:
    file = tmp_path / "done"
    ask(installation, "test.sleep_first", file)
    with worker(installation) as first:
        wait_until(lambda: Path(f"{file}.started").exists(), seconds=15, what="the job has started")
        first.kill()
    assert state(installation) == "running 1"
    # As if 45 seconds had passed since the dead one renewed its lease.
    installation.python(
        "from stragan.kit.models import Job\nfrom stragan.kit.clock import real_now\n"
        "assert Job.objects.get(key='k').lease_until > real_now()\n"
        "Job.objects.filter(key='k').update(lease_until=real_now())"
    )
    with worker(installation) as second:
        wait_until(file.exists, seconds=15, what="the job ran again")
        wait_until(lambda: state(installation) == "done 2", seconds=10, what="the job is done")
        second.terminate()
        assert second.wait(timeout=15) == 0
    assert len(file.read_text().splitlines()) == 1


def test_jobs_taken_together_run_again_one_by_one_after_a_kill(
    installation: Installation, tmp_path: Path
) -> None:
    file = tmp_path / "done"
    installation.python(
        "from stragan.kit import jobs\nfrom stragan.kit.clock import real_now\n"
        f"asked = [jobs.Request(name='test.small', key=f'k{{n}}', arguments={{'file': {str(file)!r}}}) "
        "for n in range(4)]\n"
        "jobs.enqueue_many(asked, now=real_now())"
    )
    states = (
        "from stragan.kit.models import Job\n"
        "print(*(f'{job.state} {job.attempts}' for job in Job.objects.order_by('id')), sep=',', end='')"
    )
    with worker(installation) as first:
        wait_until(lambda: Path(f"{file}.started").exists(), seconds=15, what="the jobs have started")
        wait_until(lambda: len(file.read_text().splitlines()) == 2, seconds=15, what="the fourth is done")
        first.kill()
    assert installation.python(states).startswith("running 1,running 1,running 1,")
    # As if 45 seconds had passed since the dead one renewed its leases.
    installation.python(
        "from stragan.kit.models import Job\nfrom stragan.kit.clock import real_now\n"
        "Job.objects.filter(state='running').update(lease_until=real_now())"
    )
    with worker(installation) as second:
        wait_until(
            lambda: installation.python(states).startswith("done 2,done 2,done 2,done"),
            seconds=20,
            what="all are done, none of them together",
        )
        second.terminate()
        assert second.wait(timeout=15) == 0


def test_a_stopping_worker_hands_back_a_job_that_does_not_end(
    installation: Installation, tmp_path: Path
) -> None:
    file = tmp_path / "done"
    ask(installation, "test.sleep_first", file)
    with worker(installation) as first:
        wait_until(lambda: Path(f"{file}.started").exists(), seconds=15, what="the job has started")
        first.send_signal(signal.SIGTERM)
        assert first.wait(timeout=20) == 0
    assert state(installation) == "waiting 0"


def test_a_new_job_is_picked_up_within_a_second(installation: Installation, tmp_path: Path) -> None:
    with worker(installation) as running:
        ask(installation, "test.append", tmp_path / "warm")
        wait_until((tmp_path / "warm").exists, seconds=15, what="the worker works")
        wait_until(lambda: state(installation) == "done 1", seconds=10, what="the first job is done")
        installation.python("from stragan.kit.models import Job\nJob.objects.all().delete()")
        ask(installation, "test.append", tmp_path / "timed")
        asked = time.time()  # the row was there a moment before
        wait_until((tmp_path / "timed").exists, seconds=5, what="the job ran")
        assert float((tmp_path / "timed").read_text()) - asked < 1
        running.terminate()
