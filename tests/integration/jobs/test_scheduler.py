"""What happens by the clock, once however many look at it."""

from datetime import timedelta

import pytest

from builders.companies import NOW, a_company, a_shop
from stragan.jobs.scheduler import Scheduler, ask_for_syncs, clean_up
from stragan.kit.models import Job
from stragan.shops.models import ShopState

pytestmark = pytest.mark.django_db


def test_each_connected_shop_is_synced_every_minute() -> None:
    shop = a_shop(a_company())
    assert ask_for_syncs(now=NOW) == 1
    assert ask_for_syncs(now=NOW + timedelta(seconds=59)) == 0
    assert ask_for_syncs(now=NOW + timedelta(seconds=60)) == 1
    job = Job.objects.get()
    assert (job.name, job.key, job.arguments) == ("shops.sync", f"sync:{shop.pk}", {"shop_id": shop.pk})


@pytest.mark.parametrize("state", [ShopState.RECONNECT, ShopState.DISABLED, ShopState.REMOVED])
def test_a_shop_that_is_not_connected_is_left_alone(state: ShopState) -> None:
    a_shop(a_company(), state=state)
    assert ask_for_syncs(now=NOW) == 0


def test_a_tick_too_soon_does_nothing() -> None:
    scheduler = Scheduler()
    scheduler.tick(now=NOW)
    a_shop(a_company())
    scheduler.tick(now=NOW + timedelta(seconds=4))
    assert not Job.objects.exists()
    scheduler.tick(now=NOW + timedelta(seconds=5))
    assert Job.objects.count() == 1


def test_cleaning_up_may_be_repeated() -> None:
    clean_up(now=NOW)
    clean_up(now=NOW)
