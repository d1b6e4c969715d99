"""Jobs about stock."""

from collections.abc import Mapping
from datetime import datetime

from stragan.flows import stock_reservations
from stragan.jobs.registry import id_of


def reserve_open(arguments: Mapping[str, object], now: datetime) -> None:
    """Reserve for every open order of a company whose warehouse was switched on."""
    stock_reservations.reserve_open(company_id=id_of(arguments, "company_id"), now=now)
