"""Jobs about offers."""

from collections.abc import Mapping
from datetime import datetime

from stragan.flows import push_stock, refresh_offers
from stragan.jobs.registry import id_of
from stragan.kit.clock import real_now


def refresh(arguments: Mapping[str, object], now: datetime) -> None:
    """Read the offers of a shop from Allegro's list."""
    refresh_offers.refresh(shop_id=id_of(arguments, "shop_id"), now=now)


def plan(arguments: Mapping[str, object], _now: datetime) -> None:
    """Note which offers must be told another stock."""
    push_stock.plan(company_id=id_of(arguments, "company_id"), now=real_now())


def push(arguments: Mapping[str, object], _now: datetime) -> None:
    """Send stock to the offers of a shop."""
    push_stock.work(shop_id=id_of(arguments, "shop_id"))
