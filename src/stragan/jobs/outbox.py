"""Jobs that send things to orders on Allegro."""

from collections.abc import Mapping
from datetime import datetime

from stragan.flows import parcels, send_back
from stragan.jobs.registry import id_of
from stragan.kit.clock import real_now


def send(arguments: Mapping[str, object], _now: datetime) -> None:
    """Send what waits for the orders of a shop."""
    send_back.work(shop_id=id_of(arguments, "shop_id"))


def carriers(arguments: Mapping[str, object], _now: datetime) -> None:
    """Ask Allegro for its carriers."""
    parcels.refresh_carriers(shop_id=id_of(arguments, "shop_id"), now=real_now())
