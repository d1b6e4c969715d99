"""A clock that ran ahead and was put right leaves nothing behind that waits for the day it had reached."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from builders.companies import a_company, a_shop
from stragan.flows import fetch_nightly, fetch_stages
from stragan.flows.fetch_payments import fetch_payments
from stragan.jobs.clock_put_right import make_due
from stragan.jobs.scheduler import TICK, Scheduler
from stragan.kit import jobs
from stragan.kit.jobs import Request
from stragan.kit.models import Job
from stragan.shops import leases, quota
from stragan.shops.models import BillingRead, PaymentsRead, PendingForm, Shop

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
AHEAD = NOW + timedelta(days=400)


@pytest.mark.django_db
def test_syncs_forms_payments_and_fees_are_due_again() -> None:
    shop = a_shop(a_company(), next_sync_at=AHEAD)
    PendingForm.objects.create(shop=shop, form_id="a", event_at=NOW, due_at=AHEAD)
    PaymentsRead.objects.create(shop=shop, next_at=AHEAD)
    BillingRead.objects.create(shop=shop, next_at=AHEAD)
    assert make_due(now=NOW) == 4
    shop.refresh_from_db()
    assert shop.next_sync_at == NOW
    assert PendingForm.objects.get().due_at == NOW
    assert PaymentsRead.objects.get().next_at == NOW
    assert BillingRead.objects.get().next_at == NOW


@pytest.mark.django_db
def test_what_is_put_off_as_usual_stays_put_off() -> None:
    shop = a_shop(a_company(), next_sync_at=NOW + timedelta(minutes=15))
    PendingForm.objects.create(shop=shop, form_id="a", event_at=NOW, due_at=NOW + timedelta(hours=1))
    jobs.enqueue(Request(name="orders.reassess", key="r", due_at=AHEAD), now=NOW)  # a day that was chosen
    assert make_due(now=NOW) == 0


@pytest.mark.django_db
def test_jobs_asked_for_put_back_or_held_by_that_clock_are_taken_up() -> None:
    for key in ("asked", "again", "held"):
        jobs.enqueue(Request(name="shops.sync", key=key), now=AHEAD if key == "asked" else NOW)
    Job.objects.filter(key="again").update(attempts=1, due_at=AHEAD)
    Job.objects.filter(key="held").update(state="running", attempts=1, lease_until=AHEAD)
    later = NOW + timedelta(seconds=1)
    jobs.bring_back(now=NOW)
    taken = {job.key for _ in range(3) if (job := jobs.claim(worker="w", now=later))}
    assert taken == {"asked", "again", "held"}


@pytest.mark.django_db
def test_leases_of_that_clock_hold_nobody_up() -> None:
    shop = a_shop(a_company())
    assert leases.take(shop.pk, owner="elsewhere:1:x", now=AHEAD)
    assert leases.take(shop.pk, owner="here:2:y", now=NOW)
    assert leases.take_token(shop.pk, now=AHEAD)
    assert leases.take_token(shop.pk, now=NOW)


@pytest.mark.django_db
def test_a_lease_of_a_clock_some_minutes_ahead_is_respected() -> None:
    shop = a_shop(a_company())
    assert leases.take(shop.pk, owner="elsewhere:1:x", now=NOW + timedelta(minutes=5))
    assert not leases.take(shop.pk, owner="here:2:y", now=NOW)


@pytest.mark.django_db
def test_the_quota_counts_the_minute_that_runs() -> None:
    quota.take("client", now=AHEAD)
    quota.block("client", until=AHEAD)
    assert quota.take("client", now=NOW).requests == quota.BLOCK


@pytest.mark.django_db
@pytest.mark.parametrize("column", ["reconciled_at", "nightly_at"])
def test_the_list_and_the_open_orders_are_looked_at_again(
    column: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (fetch_stages, fetch_nightly):
        monkeypatch.setattr(module, "real_now", lambda: NOW)
    values = {"reconciled_at": NOW, "nightly_at": NOW, "first_import_done_at": NOW, column: AHEAD}
    hold = _Hold(a_shop(a_company(), **values))
    asked: Any = {"reconciled_at": fetch_stages.needs_reconciling, "nightly_at": fetch_nightly.needs_night}
    assert [name for name, needs in asked.items() if needs(hold)] == [column]


class _Hold:
    """The two things that are asked of a hold here."""

    def __init__(self, shop: Shop) -> None:
        self.shop = shop
        self.row = type("Row", (), {"trigger": "background"})


@pytest.mark.django_db
def test_a_journal_read_by_that_clock_is_as_old_as_its_latest_event() -> None:
    shop = a_shop(a_company(), cursor="1", synced_at=AHEAD, cursor_at=NOW - timedelta(days=56))
    assert fetch_stages.is_cursor_stale(shop, now=NOW)
    shop.cursor_at = NOW - timedelta(days=1)
    assert not fetch_stages.is_cursor_stale(shop, now=NOW)


@pytest.mark.django_db
def test_payments_are_read_again_from_the_first_day() -> None:
    shop = a_shop(a_company())
    PaymentsRead.objects.create(
        shop=shop, next_at=NOW, since=NOW, until=datetime.now(tz=UTC) + timedelta(days=400)
    )
    assert fetch_payments(shop_id=shop.pk) is False  # nobody answers at that address
    assert PaymentsRead.objects.get().until is None


@pytest.mark.django_db
def test_a_worker_whose_clock_is_put_back_goes_on_at_once() -> None:
    scheduler = Scheduler()
    scheduler.tick(now=AHEAD)
    shop = a_shop(a_company())
    scheduler.tick(now=NOW)
    shop.refresh_from_db()
    assert shop.next_sync_at is not None
    scheduler.tick(now=NOW + TICK / 2)
    assert scheduler.ticked_at == NOW
