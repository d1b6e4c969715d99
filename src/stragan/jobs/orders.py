"""Jobs about orders."""

from collections.abc import Mapping
from datetime import datetime

from stragan.flows import company_settings
from stragan.jobs.registry import id_of


def reassess(arguments: Mapping[str, object], now: datetime) -> None:
    """Work out anew what blocks the waiting orders of a company."""
    company_settings.reassess(company_id=id_of(arguments, "company_id"), now=now)
