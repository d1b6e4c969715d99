"""``stragan worker``: does the jobs; ``serve`` starts one, a bigger installation several."""

import argparse
import os
import signal
import time
from collections.abc import Callable
from typing import Final

from stragan.cli.lifeline import is_parent_gone
from stragan.cli.main import set_up_django

THREADS: Final = 3  # one of them kept for what a person waits for


def add_commands(parser: argparse.ArgumentParser) -> None:
    """Say what ``worker`` takes."""
    parser.add_argument("--threads", type=int, default=THREADS, help="jobs at a time")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Work until stopped; a job that does not end in time is handed back to the queue."""
    set_up_django()
    from django.conf import settings  # noqa: PLC0415 -- Django is set up just above
    from django.utils.module_loading import import_string  # noqa: PLC0415

    worker = import_string(settings.JOB_WORKER)(threads=options.threads, is_orphan=is_parent_gone)
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, lambda *_: worker.stop())
    if not os.environ.get("STRAGAN_PREPARED"):
        _wait_for_migrations(worker.is_stopping)
    return int(worker.run())


def _wait_for_migrations(is_stopping: Callable[[], bool]) -> None:
    """Let the web server, which migrates, go first."""
    from stragan.cli.preparation import is_migrated  # noqa: PLC0415 -- Django is set up by run()

    while not is_migrated() and not is_stopping():
        time.sleep(1)
