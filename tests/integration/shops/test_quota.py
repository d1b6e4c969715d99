"""All processes of one Allegro application take their requests from one quota, by the minute."""

from datetime import UTC, datetime, timedelta

import pytest

from stragan.shops import quota
from stragan.shops.models import AllegroQuota

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 23, 12, 0, 10, tzinfo=UTC)
MINUTE_END = datetime(2026, 11, 23, 12, 1, tzinfo=UTC)


def granted(*, client_id: str = "app", now: datetime = NOON) -> int:
    return quota.take(client_id, now=now).requests


def test_no_more_than_the_quota_is_given_in_a_minute() -> None:
    blocks = [granted() for _ in range(quota.PER_MINUTE // quota.BLOCK + 3)]
    assert sum(blocks) == quota.PER_MINUTE
    share = quota.take("app", now=NOON)
    assert (share.requests, share.until) == (0, MINUTE_END)


def test_the_next_minute_begins_anew() -> None:
    while granted():
        pass
    assert granted(now=MINUTE_END) == quota.BLOCK
    assert AllegroQuota.objects.get().used == quota.BLOCK


def test_a_machine_whose_clock_is_behind_waits_for_its_minute() -> None:
    granted(now=MINUTE_END)
    assert granted(now=NOON) == 0


def test_applications_do_not_share() -> None:
    while granted(client_id="one"):
        pass
    assert granted(client_id="other") == quota.BLOCK


def test_while_allegro_has_had_enough_nobody_gets_any() -> None:
    granted()
    until = NOON + timedelta(seconds=90)
    quota.block("app", until=until)
    share = quota.take("app", now=MINUTE_END)
    assert (share.requests, share.until) == (0, until)
    assert granted(now=until) == quota.BLOCK
