"""Jobs that issue documents."""

from collections.abc import Mapping
from datetime import datetime

from stragan.flows import issue_many
from stragan.jobs.registry import id_of
from stragan.kit.clock import business_now, real_now


def issue_run(arguments: Mapping[str, object], _now: datetime) -> None:
    """Work off a run; each of its chunks has an instant of its own."""
    clock = issue_many.Clock(business=business_now, real=real_now)
    issue_many.work_run(run_id=id_of(arguments, "run_id"), clock=clock)
