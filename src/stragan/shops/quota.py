"""The quota that all processes and machines of one Allegro application share, counted by the minute.

Blocks of requests are taken by conditional UPDATEs, so nobody waits for a lock and none is given twice;
what a process does not use of its block is lost with the minute.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db.models import F, Q

from stragan.kit.jobs import CLOCKS_DIFFER
from stragan.shops.models import AllegroQuota

PER_MINUTE: Final = 8_000  # Allegro blocks a client id at 9,000
BLOCK: Final = 100
LONGEST_BLOCK: Final = timedelta(minutes=1)  # how long Allegro blocks a client id
_MINUTE: Final = timedelta(minutes=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """Requests granted until that instant; with none of them, when to ask again."""

    requests: int
    until: datetime


def take(client_id: str, *, now: datetime) -> Share:
    """Take a block of requests of the running minute."""
    minute = now.replace(second=0, microsecond=0)
    AllegroQuota.objects.get_or_create(client_id=client_id, defaults={"minute": minute, "used": 0})
    rows = AllegroQuota.objects.filter(client_id=client_id)
    # Further ahead is what a clock wrote that has been put right since.
    past = Q(minute__lt=minute) | Q(minute__gt=minute + CLOCKS_DIFFER)
    rows.filter(past).update(minute=minute, used=0)
    far = Q(blocked_until__gt=now + LONGEST_BLOCK + CLOCKS_DIFFER)
    rows.filter(far).update(blocked_until=None)
    free = rows.filter(Q(blocked_until__isnull=True) | Q(blocked_until__lte=now))
    if free.filter(minute=minute, used__lte=PER_MINUTE - BLOCK).update(used=F("used") + BLOCK):
        return Share(requests=BLOCK, until=minute + _MINUTE)
    blocked = rows.values_list("blocked_until", flat=True).get()
    return Share(requests=0, until=blocked if blocked and blocked > now else minute + _MINUTE)


def block(client_id: str, *, until: datetime) -> None:
    """Let nobody ask before that instant: Allegro said "too many requests"."""
    AllegroQuota.objects.filter(client_id=client_id).update(blocked_until=until)
