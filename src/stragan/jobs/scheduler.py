"""What happens by the clock. Runs in every worker; keys and conditional updates make it happen once."""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.contrib.sessions.models import Session
from django.db.models import Q

from stragan.kit import jobs
from stragan.kit.jobs import Request
from stragan.kit.statistics import refresh_statistics
from stragan.shops.models import Shop, ShopState

TICK: Final = timedelta(seconds=5)
SYNC_EVERY: Final = timedelta(seconds=60)
CLEAN_EVERY: Final = timedelta(hours=24)
LOOK_AT_TABLES_EVERY: Final = timedelta(hours=1)  # a first import multiplies them within one
SYNC_PRIORITY: Final = 6  # after what a person waits for

logger = logging.getLogger("stragan.jobs")


@dataclass(slots=True)
class Scheduler:
    """Remembers when this process last looked; what is due stands in the database."""

    ticked_at: datetime | None = None
    cleaned_at: datetime | None = None
    looked_at: datetime | None = None

    def tick(self, *, now: datetime) -> None:
        """Do what is due, at most every few seconds."""
        if self.ticked_at is not None and now - self.ticked_at < TICK:
            return
        self.ticked_at = now
        ask_for_syncs(now=now)
        jobs.fail_abandoned(now=now)
        if self.cleaned_at is None or now - self.cleaned_at >= CLEAN_EVERY:
            self.cleaned_at = now
            clean_up(now=now)
        if self.looked_at is None or now - self.looked_at >= LOOK_AT_TABLES_EVERY:
            self.looked_at = now
            refresh_statistics()


def ask_for_syncs(*, now: datetime) -> int:
    """Ask for a sync of each connected shop that is due; gives how many.

    Moving ``next_sync_at`` is conditional, so of several workers one asks; the job's key would let
    in only one anyway.
    """
    due = Q(next_sync_at=None) | Q(next_sync_at__lte=now)
    shops = Shop.objects.across_companies().filter(
        due, state=ShopState.CONNECTED, company__allegro_module=True
    )
    requests = []
    for shop_id, company_id, was in shops.order_by("id").values_list("id", "company_id", "next_sync_at"):
        moved = (
            Shop.objects.across_companies()
            .filter(pk=shop_id, next_sync_at=was)
            .update(next_sync_at=now + SYNC_EVERY)
        )
        if moved:
            requests.append(
                Request(
                    name="shops.sync",
                    key=f"sync:{shop_id}",
                    arguments={"shop_id": shop_id},
                    company_id=company_id,
                    priority=SYNC_PRIORITY,
                )
            )
    if requests:
        jobs.enqueue_many(requests, now=now)
    return len(requests)


def clean_up(*, now: datetime) -> None:
    """Delete what nobody needs any more; harmless to repeat."""
    purged = jobs.purge_finished(now=now)
    sessions = Session.objects.filter(expire_date__lt=now).delete()[0]
    logger.info("jobs.cleaned", extra={"jobs": purged, "sessions": sessions})
