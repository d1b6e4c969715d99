"""What a clock that ran ahead put off is due again once it is right, and not only when that day comes."""

from datetime import datetime, timedelta
from typing import Any, Final

from django.db.models import QuerySet

from stragan.kit import jobs
from stragan.outbox.models import Sending
from stragan.outbox.states import UNFINISHED
from stragan.shops.models import BillingRead, OfferPush, OfferRefresh, PaymentsRead, PendingForm, Shop
from stragan.shops.pushes import DUE

# The longest that each is ever put off, and then some.
_LONGEST: Final = timedelta(days=1)
_LONGEST_OF_A_SYNC: Final = timedelta(minutes=15)
_LONGEST_OF_A_FORM: Final = timedelta(hours=1)


def make_due(*, now: datetime, lease_now: datetime | None = None) -> int:
    """Bring back every instant that lies further ahead than anything is ever put off; gives how many.

    *lease_now* as in ``jobs.bring_back``.
    """
    far = now + jobs.CLOCKS_DIFFER
    put_off: tuple[tuple[QuerySet[Any], str, timedelta], ...] = (
        (Shop.objects.across_companies(), "next_sync_at", _LONGEST_OF_A_SYNC),
        (PendingForm.objects.all(), "due_at", _LONGEST_OF_A_FORM),
        (PaymentsRead.objects.all(), "next_at", _LONGEST),
        (BillingRead.objects.all(), "next_at", _LONGEST),
        (OfferRefresh.objects.all(), "next_at", _LONGEST),
        (OfferPush.objects.across_companies().filter(state__in=DUE), "due_at", _LONGEST),
        (Sending.objects.across_companies().filter(state__in=UNFINISHED), "due_at", _LONGEST),
    )
    brought = [
        rows.filter(**{f"{name}__gt": far + longest}).update(**{name: now}) for rows, name, longest in put_off
    ]
    return jobs.bring_back(now=now, lease_now=lease_now) + sum(brought)
