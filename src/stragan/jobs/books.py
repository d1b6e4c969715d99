"""Jobs of the books."""

from collections.abc import Mapping
from datetime import datetime

from stragan.flows import book_past
from stragan.jobs.registry import id_of
from stragan.kit.clock import business_now


def post_past(arguments: Mapping[str, object], _now: datetime) -> None:
    """Post documents issued while no books were kept."""
    book_past.work(run_id=id_of(arguments, "run_id"), clock=business_now)
