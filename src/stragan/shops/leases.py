"""Who may work with a shop now: leases that a conditional UPDATE takes, and that outlive no process long.

A lease goes by the clock of the database, which all machines share (``shared_now``). A holder on this
machine that no longer runs gives its lease up at once; one elsewhere when its time is over.
"""

import hashlib
import os
import secrets
import socket
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from django.db.models import Q

from stragan.core.errors import Conflict
from stragan.kit.jobs import CLOCKS_DIFFER
from stragan.shops.models import Shop

SYNC_LEASE: Final = timedelta(seconds=45)  # a machine that died is followed by another within a minute
TOKEN_LEASE: Final = timedelta(seconds=30)  # shorter than Allegro's grace for a used refresh token
_PROC: Final = Path("/proc")


class LeaseLost(Conflict):
    """Another process took the shop over, because this one seemed dead."""

    code = "shop_lease_lost"


def new_owner() -> str:
    """A name for one holder: where it runs, as which process, and a random part."""
    return f"{_place()}:{os.getpid()}:{secrets.token_hex(6)}"


def take(shop_id: int, *, owner: str, now: datetime) -> bool:
    """Take the shop for syncing unless somebody else holds it."""
    rows = Shop.objects.across_companies().filter(pk=shop_id)
    values = {"lease_owner": owner, "lease_until": now + SYNC_LEASE}
    free = Q(lease_until__isnull=True) | Q(lease_until__lt=now) | Q(lease_owner="")
    free |= Q(lease_until__gt=now + SYNC_LEASE + CLOCKS_DIFFER)  # by a clock that was put right since
    if rows.filter(free).update(**values):
        return True
    holder = rows.values_list("lease_owner", flat=True).first() or ""
    return is_dead(holder) and bool(rows.filter(lease_owner=holder).update(**values))


def held_until(shop_id: int) -> datetime | None:
    """When the lease of whoever syncs the shop now ends, unless it is renewed."""
    rows = Shop.objects.across_companies().filter(pk=shop_id).exclude(lease_owner="")
    return rows.values_list("lease_until", flat=True).first()


def renew(shop_id: int, *, owner: str, now: datetime) -> None:
    """Hold the shop for another while; within a transaction this also fences off a second holder.

    :raises LeaseLost: another process holds it.
    """
    rows = Shop.objects.across_companies().filter(pk=shop_id, lease_owner=owner)
    if not rows.update(lease_until=now + SYNC_LEASE):
        raise LeaseLost(shop_id=shop_id)


def release(shop_id: int, *, owner: str) -> None:
    """Give the shop free, if it is still ours."""
    rows = Shop.objects.across_companies().filter(pk=shop_id, lease_owner=owner)
    rows.update(lease_owner="", lease_until=None)


def is_dead(owner: str) -> bool:
    """Whether the holder ran on this very machine and runs no more."""
    place, _, rest = owner.rpartition(":")[0].rpartition(":")
    return place == _place() and rest.isdigit() and _PROC.is_dir() and not (_PROC / rest).exists()


class TokenLease:
    """The right to refresh the tokens of a shop; ``ends`` are all the ends that we may have written.

    Where the database broke off while it renewed, nobody knows which of them stands there.
    """

    def __init__(self, shop_id: int, *, until: datetime) -> None:
        self._shop_id = shop_id
        self.ends = [until]

    def renew(self, *, now: datetime, length: timedelta | None = None) -> bool:
        """Hold it for another while, *length* at most; False when another process has it."""
        rows = Shop.objects.across_companies().filter(pk=self._shop_id, token_lease_until__in=self.ends)
        until = now + (TOKEN_LEASE if length is None else min(length, TOKEN_LEASE))
        self.ends = [*self.ends, until]
        is_ours = bool(rows.update(token_lease_until=until))
        self.ends = [until]
        return is_ours

    def release(self) -> None:
        """Give it free, if it is still ours."""
        rows = Shop.objects.across_companies().filter(pk=self._shop_id, token_lease_until__in=self.ends)
        rows.update(token_lease_until=None)


def take_token(shop_id: int, *, now: datetime) -> TokenLease | None:
    """Take the right to refresh the shop's tokens, unless another process holds it."""
    until = now + TOKEN_LEASE
    rows = Shop.objects.across_companies().filter(pk=shop_id)
    free = Q(token_lease_until__isnull=True) | Q(token_lease_until__lt=now)
    free |= Q(token_lease_until__gt=now + TOKEN_LEASE + CLOCKS_DIFFER)
    return TokenLease(shop_id, until=until) if rows.filter(free).update(token_lease_until=until) else None


def _place() -> str:
    """This machine since it started, and its process table, as a hash.

    Machines may share a name, and the first process table has the same number on every Linux; containers
    share the machine's start. Who differs in none of them sees the same processes.
    """
    parts = [socket.gethostname(), _read(lambda: (_PROC / "sys/kernel/random/boot_id").read_text().strip())]
    parts.append(_read(lambda: str((_PROC / "self/ns/pid").readlink())))
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:32]


def _read(fact: Callable[[], str]) -> str:
    try:
        return fact()
    except OSError:
        return ""
