"""What happens by the clock. Runs in every worker; keys and conditional updates make it happen once."""

import logging
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final, Protocol

from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import Q

from stragan.companies.models import Company
from stragan.flows import purge_contact
from stragan.jobs import clock_put_right
from stragan.kit import jobs
from stragan.kit.jobs import Request
from stragan.kit.sealing import seal
from stragan.kit.shared_clock import shared_now
from stragan.kit.statistics import refresh_statistics
from stragan.orders import money_rows, statements
from stragan.outbox import actions as outbox
from stragan.outbox.parcels import are_carriers_old
from stragan.outbox.queries import due_shops as outbox_due_shops
from stragan.shops import billing, offers, payments, pushes
from stragan.shops.models import Shop, ShopState

TICK: Final = timedelta(seconds=5)
SYNC_EVERY: Final = timedelta(seconds=60)
CLEAN_EVERY: Final = timedelta(hours=24)
LOOK_AT_TABLES_EVERY: Final = timedelta(hours=1)  # a first import multiplies them within one
SYNC_PRIORITY: Final = 6  # after what a person waits for
OFFERS_PRIORITY: Final = 8  # after the orders
PAYMENTS_PRIORITY: Final = 8
STATE_EVERY: Final = timedelta(minutes=30)  # looks for days without a statement
STATEMENT_PRIORITY: Final = 9  # after everything else
PLAN_EVERY: Final = timedelta(seconds=60)  # changes of a product within that are sent as one
SEND_PRIORITY: Final = 7  # a buyer waits for the document longer than a seller for the order
PUSH_PRIORITY: Final = 5  # what is not there must not be sold

logger = logging.getLogger("stragan.jobs")


@dataclass(slots=True)
class Scheduler:
    """Remembers when this process last looked; what is due stands in the database."""

    ticked_at: datetime | None = None
    righted_at: datetime | None = None
    planned_at: datetime | None = None
    stated_at: datetime | None = None
    cleaned_at: datetime | None = None
    looked_at: datetime | None = None

    def tick(self, *, now: datetime) -> None:
        """Do what is due, at most every few seconds."""
        if _is_within(TICK, self.ticked_at, now=now):
            return
        self.ticked_at = now
        if not _is_within(PLAN_EVERY, self.righted_at, now=now):
            self.righted_at = now
            clock_put_right.make_due(now=now, lease_now=shared_now())
        ask_for_syncs(now=now)
        ask_for_offers(now=now)
        ask_for_pushes(now=now)
        ask_for_sendings(now=now)
        ask_for_payments(now=now)
        ask_for_billing(now=now)
        ask_for_money(now=now)
        if not _is_within(PLAN_EVERY, self.planned_at, now=now):
            self.planned_at = now
            ask_for_plans(now=now)
            ask_for_carriers(now=now)
        jobs.fail_abandoned(now=shared_now())
        if not _is_within(STATE_EVERY, self.stated_at, now=now):
            self.stated_at = now
            ask_for_statements(now=now)
            purge_contact.ask_at_night(now=now)
        if not _is_within(CLEAN_EVERY, self.cleaned_at, now=now):
            self.cleaned_at = now
            clean_up(now=now)
        if not _is_within(LOOK_AT_TABLES_EVERY, self.looked_at, now=now):
            self.looked_at = now
            refresh_statistics()


def _is_within(pause: timedelta, latest: datetime | None, *, now: datetime) -> bool:
    """Whether *latest* was less than *pause* ago; an instant to come is of a clock that was put back."""
    return latest is not None and timedelta(0) <= now - latest < pause


def ask_for_syncs(*, now: datetime) -> int:
    """Ask for a sync of each connected shop that is due; gives how many.

    Moving ``next_sync_at`` is conditional, so of several workers one asks; the job's key would let
    in only one anyway.
    """
    due = Q(next_sync_at=None) | Q(next_sync_at__lte=now)
    shops = Shop.objects.across_companies().filter(
        due, state=ShopState.CONNECTED, company__allegro_module=True
    )
    request, requests = Request(name="shops.sync", key="sync", priority=SYNC_PRIORITY), []
    for shop_id, company_id, was in shops.order_by("id").values_list("id", "company_id", "next_sync_at"):
        moved = (
            Shop.objects.across_companies()
            .filter(pk=shop_id, next_sync_at=was)
            .update(next_sync_at=now + SYNC_EVERY)
        )
        if moved:
            requests.append(_of_shop(request, (shop_id, company_id)))
    if requests:
        jobs.enqueue_many(requests, now=now)
    return len(requests)


class _Reading(Protocol):
    """Something read from Allegro now and then, shop by shop."""

    def due_shops(self, now: datetime) -> list[tuple[int, int]]:
        """Ids of shops that are due, each with its company's."""

    def postpone(self, shop_id: int, *, now: datetime) -> None:
        """Ask no more for a while."""


def ask_for_offers(*, now: datetime) -> int:
    """Ask for the offers of each connected shop whose hour is over; gives how many."""
    request = Request(name="offers.refresh", key="offers.refresh", priority=OFFERS_PRIORITY)
    return _ask_to_read(offers, request, now=now)


def ask_for_payments(*, now: datetime) -> int:
    """Ask for the payment operations of each connected shop that is due; gives how many."""
    request = Request(name="orders.payments", key="orders.payments", priority=PAYMENTS_PRIORITY)
    return _ask_to_read(payments, request, now=now)


def ask_for_billing(*, now: datetime) -> int:
    """Ask for the billing entries of each connected shop that is due; gives how many."""
    request = Request(name="orders.billing", key="orders.billing", priority=PAYMENTS_PRIORITY)
    return _ask_to_read(billing, request, now=now)


def _ask_to_read(reading: _Reading, request: Request, *, now: datetime) -> int:
    due = reading.due_shops(now)
    for shop in due:
        with transaction.atomic():
            reading.postpone(shop[0], now=now)
            jobs.enqueue(_of_shop(request, shop), now=now)
    return len(due)


def _of_shop(request: Request, shop: tuple[int, int]) -> Request:
    """The request for one shop: (shop id, company id)."""
    shop_id, company_id = shop
    key = f"{request.key}:{shop_id}"
    return replace(request, key=key, arguments={"shop_id": shop_id}, company_id=company_id)


def ask_for_money(*, now: datetime) -> int:
    """Ask for the money of orders to be worked out where it is due; gives for how many companies."""
    due = money_rows.due_companies()
    jobs.enqueue_many(
        (
            Request(
                name="orders.money",
                key=f"orders.money:{company_id}",
                arguments={"company_id": company_id},
                company_id=company_id,
                priority=PAYMENTS_PRIORITY,
            )
            for company_id in due
        ),
        now=now,
    )
    return len(due)


def ask_for_statements(*, now: datetime) -> int:
    """Ask for a statement of each day that needs one; gives how many."""
    due = statements.due(now=now)
    jobs.enqueue_many(
        (
            Request(
                name="orders.statement",
                key=f"orders.statement:{shop_id}:{day.isoformat()}",
                arguments={"shop_id": shop_id, "day": day.isoformat()},
                company_id=company_id,
                priority=STATEMENT_PRIORITY,
            )
            for shop_id, company_id, day in due
        ),
        now=now,
    )
    return len(due)


def ask_for_plans(*, now: datetime) -> int:
    """Ask which stocks must be sent, for each company that switched it on; gives how many."""
    ids = list(
        Company.objects.filter(allegro_module=True, push_stock=True, warehouse=True)
        .order_by("id")
        .values_list("id", flat=True)
    )
    jobs.enqueue_many(
        (
            Request(
                name="offers.plan",
                key=f"offers.plan:{company_id}",
                arguments={"company_id": company_id},
                company_id=company_id,
                priority=PUSH_PRIORITY,
            )
            for company_id in ids
        ),
        now=now,
    )
    return len(ids)


def ask_for_pushes(*, now: datetime) -> int:
    """Ask for sending where a stock waits or has no answer yet; gives for how many shops."""
    due = pushes.due_shops(now)
    request = Request(name="offers.push", key="offers.push", priority=PUSH_PRIORITY)
    jobs.enqueue_many((_of_shop(request, shop) for shop in due), now=now)
    return len(due)


def ask_for_sendings(*, now: datetime) -> int:
    """Ask for sending where orders on Allegro wait for something; gives for how many shops."""
    due = outbox_due_shops(now)
    request = Request(name="outbox.send", key="outbox.send", priority=SEND_PRIORITY)
    jobs.enqueue_many((_of_shop(request, shop) for shop in due), now=now)
    return len(due)


def ask_for_carriers(*, now: datetime) -> bool:
    """Ask for Allegro's carriers once a day, through any connected shop; tells whether."""
    if not are_carriers_old(now=now):
        return False
    shops = Shop.objects.across_companies().filter(state=ShopState.CONNECTED, company__allegro_module=True)
    shop = shops.order_by("id").first()
    if shop is None:
        return False
    request = Request(
        name="outbox.carriers",
        key="outbox.carriers",
        arguments={"shop_id": shop.pk},
        company_id=shop.company_id,
        priority=OFFERS_PRIORITY,
    )
    jobs.enqueue(request, now=now)
    return True


def clean_up(*, now: datetime) -> None:
    """Delete what nobody needs any more, seal the trail of deeds; harmless to repeat."""
    purged = jobs.purge_finished(now=now)
    seal()
    pushes.forget_old(now=now)
    outbox.forget_old(now=now)
    sessions = Session.objects.filter(expire_date__lt=now).delete()[0]
    logger.info("jobs.cleaned", extra={"jobs": purged, "sessions": sessions})
