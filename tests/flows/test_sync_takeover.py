"""Who finds a shop held by another looks again when that lease ends."""

from datetime import timedelta

import pytest

from builders.companies import a_company, a_shop
from stragan.flows.fetch_shop import fetch_shop
from stragan.kit.clock import real_now
from stragan.shops import leases


@pytest.mark.django_db
def test_a_shop_that_a_distant_machine_holds_is_due_when_its_lease_ends() -> None:
    now = real_now()
    shop = a_shop(a_company(), next_sync_at=now + timedelta(minutes=15))
    assert leases.take(shop.pk, owner="far-away:1:abc", now=now)
    assert fetch_shop(shop_id=shop.pk, trigger="background", now=now, wait=False) is None
    shop.refresh_from_db()
    assert shop.next_sync_at == now + leases.SYNC_LEASE
    assert leases.SYNC_LEASE.total_seconds() < 60
