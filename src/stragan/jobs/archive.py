"""Jobs about the archive."""

from collections.abc import Mapping
from datetime import datetime

from stragan.flows import purge_contact
from stragan.jobs.registry import id_of


def purge(arguments: Mapping[str, object], now: datetime) -> None:
    """Purge contact data that a company has kept long enough."""
    purge_contact.purge(company_id=id_of(arguments, "company_id"), now=now)
