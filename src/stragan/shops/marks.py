"""Where days begin in Allegro's journal: kept so that a check of a day need not read all before it."""

from datetime import date, timedelta
from typing import Final

from stragan.shops.models import JournalMark, Shop

_KEPT: Final = timedelta(days=70)  # the journal itself ends at 60


def before(shop: Shop, *, day: date) -> str:
    """The id of an event that all events of *day* and later follow; empty where none is known."""
    rows = JournalMark.objects.filter(shop=shop, day__lte=day).order_by("-day")
    return rows.values_list("event_id", flat=True).first() or ""


def put(shop: Shop, *, day: date, event_id: str) -> None:
    """Remember that *day* begins after *event_id*; what was known of it stays. Old marks are dropped."""
    mark = JournalMark(shop=shop, day=day, event_id=event_id)
    JournalMark.objects.bulk_create([mark], ignore_conflicts=True)
    JournalMark.objects.filter(shop=shop, day__lt=day - _KEPT).delete()
