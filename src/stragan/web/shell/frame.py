"""Small facts that stand around every page: what waits, and how fresh the shops are."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Final

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from stragan.companies.models import Company
from stragan.documents import radar
from stragan.kit import clock
from stragan.kit.compiled import Values, made_once
from stragan.kit.counting import Counted, Statement, counted, counting
from stragan.kit.models import Job, JobState
from stragan.orders.queries import OrderFilter, Tab, orders_matching
from stragan.outbox.queries import failed
from stragan.shops.models import Shop, ShopState
from stragan.shops.queries import quarantined
from stragan.web.shell import show

FRESH: Final = timedelta(minutes=2)
LATE: Final = timedelta(minutes=30)
_KEPT: Final = "_stragan_counts"


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
    result = []
    for name, state, synced_at in _shops(company).rows():
        color, word = freshness(state=state, synced_at=synced_at, now=now)
        result.append(ShopFreshness(name=name, color=color, word=word, url=url))
    return tuple(result)


@made_once
def _shops(company: Company) -> Values:
    rows = Shop.objects.for_company(company).exclude(state=ShopState.REMOVED).order_by("name", "id")
    return rows.values_list("name", "state", "synced_at")


def counts(company: Company, *, known: Mapping[Tab, Counted] | None = None) -> Counts:
    """Count what waits in *company*, each exactly up to 10,000: also failed work and lost shops.

    Orders nobody could read, that changed after their documents were issued, and things that could not be
    sent to Allegro count too. While the Allegro module is off only failed work waits for anybody. *known* are
    orders of tabs that were counted already.
    """
    if not company.allegro_module:
        return Counts(attention=Job.objects.filter(company_id=company.pk, state=JobState.FAILED).count())
    known = known or {}
    asked = tuple(tab for tab in (Tab.TO_ISSUE, Tab.ATTENTION) if tab not in known)
    changed, *others = counted(_counts_of(company, asked))
    orders = {**known, **dict(zip(asked, others[: len(asked)], strict=True))}
    return Counts(
        to_issue=orders[Tab.TO_ISSUE],
        changed=changed,
        attention=sum(others[len(asked) :], orders[Tab.ATTENTION] + changed),
    )


def counts_once(
    request: HttpRequest, company: Company, *, known: Mapping[Tab, Counted] | None = None
) -> Counts:
    """Count once for a page and the frame around it; *known* are tabs that the page has counted itself."""
    found: Counts | None = getattr(request, _KEPT, None)
    if found is None:
        found = counts(company, known=known)
        setattr(request, _KEPT, found)
    return found


@lru_cache(maxsize=1_000)
def _counts_of(company: Company, tabs: tuple[Tab, ...]) -> Statement:
    """What changed after it was issued, orders of *tabs*, and then all else that needs attention."""
    return counting(
        (
            radar.open_changes(company),
            *(orders_matching(company, OrderFilter(tab=tab)) for tab in tabs),
            Job.objects.filter(company_id=company.pk, state=JobState.FAILED),
            Shop.objects.for_company(company).filter(state=ShopState.RECONNECT),
            quarantined(company).order_by(),
            failed(company),
        )
    )
