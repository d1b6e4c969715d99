"""Small facts that stand around every page: what waits, and how fresh the shops are."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from stragan.companies.models import Company
from stragan.documents import radar
from stragan.kit import clock
from stragan.kit.models import Job, JobState
from stragan.orders.queries import Tab, count_tabs
from stragan.outbox.queries import failed_of
from stragan.shops.models import Shop, ShopState
from stragan.shops.queries import quarantined
from stragan.web.shell import show

FRESH: Final = timedelta(minutes=2)
LATE: Final = timedelta(minutes=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """What waits for people in a company."""

    to_issue: int = 0
    attention: int = 0
    changed: int = 0  # after their documents were issued


@dataclass(frozen=True, slots=True, kw_only=True)
class ShopFreshness:
    """One shop in the top bar: its color is also its shape, its age or reason is a word."""

    name: str
    color: str
    word: str
    url: str


def freshness(*, state: str, synced_at: datetime | None, now: datetime) -> tuple[str, str]:
    """Color and word of a shop: green under two minutes, amber, red with the reason."""
    if state == ShopState.RECONNECT:
        return "red", _("no consent")
    if state == ShopState.DISABLED:
        return "amber", _("switched off")
    if synced_at is None:
        return "amber", _("waits for the first fetch")
    late = now - synced_at
    color = "green" if late < FRESH else "amber" if late < LATE else "red"
    return color, show.age(synced_at, now)


def shops(company: Company) -> tuple[ShopFreshness, ...]:
    """Return the shops of *company* by name; none while the Allegro module is off."""
    if not company.allegro_module:
        return ()
    now = clock.real_now()
    try:
        url = reverse("settings:shops")
    except NoReverseMatch:
        url = ""
    rows = Shop.objects.for_company(company).exclude(state=ShopState.REMOVED).order_by("name", "id")
    result = []
    for name, state, synced_at in rows.values_list("name", "state", "synced_at"):
        color, word = freshness(state=state, synced_at=synced_at, now=now)
        result.append(ShopFreshness(name=name, color=color, word=word, url=url))
    return tuple(result)


def counts(company: Company) -> Counts:
    """Count what waits in *company*, exactly up to 10,000: also failed work and lost shops.

    Orders nobody could read, that changed after their documents were issued, and things that could not be
    sent to Allegro count too. While the Allegro
    module is off only failed work waits for anybody.
    """
    if not company.allegro_module:
        return Counts(attention=Job.objects.filter(company_id=company.pk, state=JobState.FAILED).count())
    orders = count_tabs(company, (Tab.TO_ISSUE, Tab.ATTENTION))
    failed = Job.objects.filter(company_id=company.pk, state=JobState.FAILED).count()
    unread = quarantined(company).count()
    changed = radar.open_count(company)
    lost = Shop.objects.for_company(company).filter(state=ShopState.RECONNECT).count()
    return Counts(
        to_issue=orders[Tab.TO_ISSUE],
        changed=changed,
        attention=sum((orders[Tab.ATTENTION], failed, lost, unread, changed, *failed_of(company).values())),
    )
