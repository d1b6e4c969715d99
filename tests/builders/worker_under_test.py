"""``python -m builders.worker_under_test``: a worker that also knows jobs made for tests."""

import signal
import time
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path

from stragan.cli.main import set_up_django


def append(arguments: Mapping[str, object], _now: datetime) -> None:
    """Write when it ran."""
    with Path(str(arguments["file"])).open("a") as file:
        file.write(f"{time.time()}\n")


def sleep_first(arguments: Mapping[str, object], now: datetime) -> None:
    """Hang at the first run, as if killed in the middle; run through at the second."""
    started = Path(f"{arguments['file']}.started")
    if not started.exists():
        started.touch()
        time.sleep(60)
    append(arguments, now)


def hang_in_the_middle(several: Sequence[Mapping[str, object]], now: datetime) -> None:
    """Do the first of several, then hang: to be killed between them."""
    append(several[0], now)
    Path(f"{several[0]['file']}.started").touch()
    time.sleep(60)


def main() -> int:
    """Work until stopped."""
    set_up_django()
    from stragan.jobs import registry, worker  # noqa: PLC0415 -- Django is set up just above

    registry.HANDLERS["test.append"] = f"{__name__}:append"
    registry.HANDLERS["test.sleep_first"] = f"{__name__}:sleep_first"
    registry.HANDLERS["test.small"] = f"{__name__}:append"
    registry.TOGETHER["test.small"] = (f"{__name__}:hang_in_the_middle", 3)
    running = worker.Worker(threads=2, stop_limit_s=0.5)
    signal.signal(signal.SIGTERM, lambda *_: running.stop())
    return running.run()


if __name__ == "__main__":
    import builders.worker_under_test

    raise SystemExit(builders.worker_under_test.main())
