"""Jobs about products."""

from collections.abc import Mapping
from datetime import datetime

from stragan.flows import match_products
from stragan.jobs.registry import id_of


def rematch(arguments: Mapping[str, object], now: datetime) -> None:
    """Match offers of a company that have no product, and let its open orders follow."""
    match_products.rematch_company(company_id=id_of(arguments, "company_id"), now=now)
