"""Jobs about shops."""

from collections.abc import Mapping
from datetime import datetime

from stragan.flows import fetch_shop
from stragan.jobs.registry import id_of


def sync(arguments: Mapping[str, object], now: datetime) -> None:
    """Fetch what is new, in the background."""
    fetch_shop.sync_shop(shop_id=id_of(arguments, "shop_id"), now=now)


def sync_now(arguments: Mapping[str, object], now: datetime) -> None:
    """Fetch what is new, because somebody pressed the button."""
    fetch_shop.sync_shop_now(run_id=id_of(arguments, "run_id"), now=now)
