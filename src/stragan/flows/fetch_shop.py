"""Fetching a shop's orders: one run at a time, resumed after any kill, the same outcome every time."""

import logging
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from stragan.core.errors import StraganError
from stragan.flows import fetch_nightly
from stragan.flows import fetch_stages as stages
from stragan.flows.clients import check_shop
from stragan.flows.sync_run import SyncHold, require_on, update_shop
from stragan.flows.sync_tally import KINDS
from stragan.flows.tokens import ASKED_AGAIN, UNSURE, Session
from stragan.flows.troubles import told
from stragan.gateways.allegro import (
    AllegroRejected,
    AllegroUnavailable,
    LatestEvent,
    RateLimited,
    ScopeMissing,
    UnreadableAnswer,
)
from stragan.kit.clock import real_now
from stragan.kit.database_trouble import drop_dead_connection, told_as_trouble
from stragan.kit.shared_clock import shared_now
from stragan.shops import leases
from stragan.shops.actions import ModuleOff, ShopNotConnected, sync_by
from stragan.shops.leases import LeaseLost
from stragan.shops.models import Shop, SyncRun
from stragan.shops.queries import shop_in_use

logger = logging.getLogger(__name__)

SYNC_EVERY: Final = timedelta(seconds=60)
_LONGEST_PAUSE_S: Final = 900
_SOON_AGAIN: Final = 4  # times within the minute that Allegro takes a used refresh token for
_LOOKS_EVERY_S: Final = 0.5
_LOOKS_AGAIN: Final = timedelta(seconds=10)
_BAD_CURSOR: Final = frozenset({400, 404, 410, 422})


def fetch_shop(
    *, shop_id: int, trigger: str, now: datetime, run_id: int | None = None, wait: bool = True
) -> SyncRun | None:
    """Fetch what is new at Allegro for one shop; gives the run with its counts, failed ones too.

    *trigger* is ``command``, ``manual`` (then *run_id* names the waiting run) or ``background``. With
    *wait* a running sync is waited for, and a dead one taken over; without it None is returned while
    another process holds the shop. What a run could not fetch stays recorded for the next one.
    """
    owner = leases.new_owner()
    while not leases.take(shop_id, owner=owner, now=shared_now()):
        if not wait:
            # Whoever holds it may be dead: look again when its lease ends, not a whole round later.
            until = leases.held_until(shop_id)
            if until is not None:
                # By our own clock, should it be ahead of the lease's, that may be over already.
                sync_by(shop_id, at=max(until, real_now() + _LOOKS_AGAIN))
            return None
        time.sleep(_LOOKS_EVERY_S)
    try:
        shop = Shop.objects.across_companies().select_related("company").get(pk=shop_id)
        row = _start(shop, trigger=trigger, run_id=run_id)
        with Session(shop_id) as session:
            _run(shop, row, owner=owner, session=session, now=now)
        return row
    finally:
        drop_dead_connection()
        leases.release(shop_id, owner=owner)


def sync_shop(*, shop_id: int, now: datetime) -> None:
    """Background job: fetch, unless another process is at it or the shop is not connected."""
    if shop_in_use(shop_id) is not None:
        fetch_shop(shop_id=shop_id, trigger="background", now=now, wait=False)


def sync_shop_now(*, run_id: int, now: datetime) -> None:
    """Job of the button: work off a run that waits, or one that a killed worker left."""
    row = SyncRun.objects.across_companies().filter(pk=run_id).first()
    if row is not None and (row.state in {"waiting", "running"} or row.error_code == "sync_interrupted"):
        fetch_shop(shop_id=row.shop_id, trigger=row.trigger, now=now, run_id=run_id)


def _start(shop: Shop, *, trigger: str, run_id: int | None) -> SyncRun:
    """Begin the run's row; rows that a dead process left running are closed."""
    rows = SyncRun.objects.for_company(shop.company_id).filter(shop=shop)
    rows.filter(state="running").exclude(pk=run_id or 0).update(
        state="failed", error_code="sync_interrupted", finished_at=real_now()
    )
    row = rows.filter(pk=run_id or 0).first() or SyncRun(company=shop.company, shop=shop, trigger=trigger)
    row.state, row.error_code, row.error_params = "running", "", {}
    row.started_at = row.heartbeat_at = real_now()
    row.finished_at = None
    row.save()
    return row


def _run(shop: Shop, row: SyncRun, *, owner: str, session: Session, now: datetime) -> None:
    try:
        _check(shop)
        hold = SyncHold(shop=shop, row=row, owner=owner, session=session, now=now)
        with told_as_trouble():
            _go(hold)
    except LeaseLost as lost:
        _close(row, error=lost)
    except (ModuleOff, ShopNotConnected) as stopped:
        # Somebody wanted it so: no failure of the shop, which goes on at once when it is on again.
        _close(row, error=stopped)
        Shop.objects.across_companies().filter(pk=shop.pk).update(next_sync_at=None)
    except StraganError as trouble:
        _close(row, error=trouble)
        _note_failure(shop, trouble)
        logger.warning(
            "orders.fetch.failed",
            extra={"shop_id": shop.pk, "code": trouble.code, "trace_id": trouble.params.get("trace_id")},
        )
    except BaseException:
        row.error_code = "internal_error"
        _close(row, error=None)
        raise
    else:
        _close(row, error=None)
        rows = Shop.objects.across_companies().filter(pk=shop.pk)
        rows.update(error_code="", error_params={}, failures_in_row=0, next_sync_at=real_now() + SYNC_EVERY)


def _check(shop: Shop) -> None:
    check_shop(shop)
    require_on(shop)


def _go(hold: SyncHold) -> None:
    if stages.is_cursor_stale(hold.shop, now=real_now()):
        stages.start_over(hold)
    head: LatestEvent | None = None
    if hold.shop.first_import_done_at is None:
        head = stages.import_windows(hold)
    _note_latest(hold, head)
    _with_good_cursor(hold, lambda: stages.read_journal(hold, head=head))
    if head is None and stages.needs_reconciling(hold):
        stages.reconcile(hold)
    if head is None and fetch_nightly.needs_night(hold):
        fetch_nightly.look_at_open_orders(hold)
    stages.fetch_pending(hold)


def _note_latest(hold: SyncHold, head: LatestEvent | None) -> None:
    """Store Allegro's latest event apart from our place in its journal: how far behind a run is that stops.

    One small request per run; the journal itself only tells it to those who read it to the end. Where it is
    refused, orders come all the same.
    """
    try:
        latest = head or hold.ask(lambda client: client.event_stats())
    except RateLimited:
        raise
    except (AllegroUnavailable, AllegroRejected, ScopeMissing, UnreadableAnswer) as trouble:
        logger.info("orders.fetch.latest_unknown", extra={"shop_id": hold.shop.pk, "code": trouble.code})
        return
    if latest.id:
        update_shop(hold.shop, latest_event_id=latest.id[:60], latest_event_at=latest.occurred_at)


def _with_good_cursor(hold: SyncHold, read: Callable[[], None]) -> None:
    """A cursor that Allegro does not take (any more) costs a full import, and nothing else."""
    try:
        read()
    except AllegroRejected as refusal:
        if not hold.shop.cursor or refusal.status not in _BAD_CURSOR:
            raise
        stages.start_over(hold)
        head = stages.import_windows(hold)
        stages.read_journal(hold, head=head)


def _close(row: SyncRun, *, error: StraganError | None) -> None:
    drop_dead_connection()  # the line may be what the run broke off for
    if error is not None:
        row.error_code = error.code
        row.error_params = told(error)
    row.state = "failed" if row.error_code else "done"
    row.finished_at = real_now()
    row.save(update_fields=[*KINDS, "state", "error_code", "error_params", "finished_at"])


def _note_failure(shop: Shop, trouble: StraganError) -> None:
    failures = shop.failures_in_row + 1
    pause_s = min(_LONGEST_PAUSE_S, SYNC_EVERY.total_seconds() * 2 ** min(failures - 1, 6))
    if trouble.params.get(UNSURE) and failures <= _SOON_AGAIN:
        pause_s = ASKED_AGAIN.total_seconds()
    Shop.objects.across_companies().filter(pk=shop.pk).update(
        failures_in_row=failures,
        error_code=trouble.code,
        error_params={"trace_id": str(trouble.params.get("trace_id") or "")},
        next_sync_at=real_now() + timedelta(seconds=pause_s),
    )
