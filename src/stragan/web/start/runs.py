"""The latest work in the background that somebody may want to know of: fetches and bulk issuing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db.models import Count, Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from stragan.companies.models import Company
from stragan.documents.models import IssueItem, IssueRun
from stragan.documents.states import ItemState, RunState
from stragan.kit.messages import text_of
from stragan.shops.models import Shop, SyncRun
from stragan.web.shell import show

SHOWN: Final = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class RunLine:
    """One run in words."""

    at: datetime
    icon: str
    color: str
    name: str
    result: str
    url: str = ""

    @property
    def css(self) -> str:
        """The class that colors the icon."""
        return f"st-{self.color}"


def latest(company: Company, shops: Sequence[Shop]) -> list[RunLine]:
    """The newest runs of all kinds, newest first."""
    lines = [line for shop in shops for line in _fetches(shop)]
    lines += _issuing(company)
    return sorted(lines, key=lambda line: line.at, reverse=True)[:SHOWN]


def _fetches(shop: Shop) -> list[RunLine]:
    # Most background fetches find nothing and are not told: asked of the database, however many they are.
    is_told = ~Q(trigger="background", new=0, changed=0, failed=0, quarantined=0) | Q(state="failed")
    runs = SyncRun.objects.for_company(shop.company_id).filter(is_told, shop=shop).order_by("-id")[:SHOWN]
    return [_fetch(shop, run) for run in runs]


def _fetch(shop: Shop, run: SyncRun) -> RunLine:
    name = _("Fetching orders, %(shop)s") % {"shop": shop.name}
    at = run.finished_at or run.started_at
    if run.state == "failed":
        text = text_of(run.error_code, {"shop": shop.name, **run.error_params})
        url = reverse("settings:shop", args=[shop.pk])
        return RunLine(at=at, icon="alert-circle", color="red", name=name, result=text, url=url)
    parts = [
        ngettext("%(n)s new", "%(n)s new", run.new) % {"n": show.number(run.new)},
        ngettext("%(n)s changed", "%(n)s changed", run.changed) % {"n": show.number(run.changed)},
    ]
    troubles = run.failed + run.quarantined
    if troubles:
        parts.append(ngettext("%(n)s not read", "%(n)s not read", troubles) % {"n": show.number(troubles)})
    is_over = run.finished_at is not None
    color = "amber" if troubles else "green" if is_over else "accent"
    icon = "alert-triangle" if troubles else "circle-check" if is_over else "player-play"
    url = reverse("attention:list") if troubles else ""
    return RunLine(at=at, icon=icon, color=color, name=name, result=", ".join(parts), url=url)


def _issuing(company: Company) -> list[RunLine]:
    rows = IssueRun.objects.for_company(company).exclude(state=RunState.PREVIEW).order_by("-id")[:SHOWN]
    runs = list(rows)
    counts: dict[int, dict[str, int]] = {run.pk: {} for run in runs}
    states = IssueItem.objects.filter(run__in=runs).values("run_id", "state").annotate(count=Count("id"))
    for run_id, state, count in states.order_by().values_list("run_id", "state", "count"):
        counts[run_id][state] = count
    return [_run(run, counts[run.pk]) for run in runs]


def _run(run: IssueRun, counts: Mapping[str, int]) -> RunLine:
    issued, refused = counts.get(ItemState.ISSUED, 0), counts.get(ItemState.REFUSED, 0)
    to_do = issued + refused + counts.get(ItemState.READY, 0)
    url = reverse("documents:preview", args=[run.public_id])
    result = _("%(issued)s of %(all)s issued") % {"issued": show.number(issued), "all": show.number(to_do)}
    if refused:
        refusals = ngettext("%(n)s refused", "%(n)s refused", refused) % {"n": show.number(refused)}
        result = f"{result}, {refusals}"
    is_over = run.state in {RunState.DONE, RunState.STOPPED}
    icon = "alert-circle" if refused else "circle-check" if is_over else "player-play"
    color = "red" if refused else "green" if is_over else "accent"
    at = run.finished_at or run.started_at or run.created_at
    return RunLine(at=at, icon=icon, color=color, name=_("Issuing documents"), result=result, url=url)
