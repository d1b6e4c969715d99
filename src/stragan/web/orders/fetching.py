"""POBIERZ NOWE ZAMÓWIENIA: when each shop may be asked again, and how the running fetches go."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from stragan.kit.messages import text_of
from stragan.shops.actions import may_fetch_by_hand
from stragan.shops.models import Shop, ShopState, SyncRun
from stragan.web.shell import show
from stragan.web.shell.middleware import CompanyRequest

_SESSION_KEY: Final = "orders.fetches"
_TOLD_KEY: Final = "orders.fetch_refusals"
GOING: Final = frozenset({"waiting", "running"})
STAGES: Final[dict[str, str | Promise]] = {
    "": _("waits for its turn"),
    "windows": _("reading orders by day of purchase"),
    "journal": _("reading the journal of events"),
    "list": _("comparing with the list on Allegro"),
    "night": _("looking at all open orders"),
    "forms": _("fetching single orders"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ShopButton:
    """A line of the button's menu. ``ready_at`` is None when the shop may be asked now."""

    id: int
    name: str
    is_connected: bool
    ready_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchButton:
    """The button for all shops: it waits until the first of them may be asked again."""

    shops: tuple[ShopButton, ...]
    ready_at: datetime | None

    @property
    def is_possible(self) -> bool:
        """Whether any shop is connected."""
        return any(shop.is_connected for shop in self.shops)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetch:
    """One run as the page tells it. ``counts`` are sentences' parts: "3 new"."""

    shop: str
    is_going: bool
    stage: str | Promise
    done: int
    to_do: int
    counts: tuple[str, ...]
    failed: str
    quarantined: str
    error: str
    needs_reconnect: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetches:
    """The runs a person watches."""

    runs: tuple[Fetch, ...]

    @property
    def is_going(self) -> bool:
        """Whether any of them has not ended."""
        return any(run.is_going for run in self.runs)


def wait_s(shop: Shop, now: datetime) -> int:
    """Seconds until *shop* may be asked by hand again (S20); *now* is real time."""
    return may_fetch_by_hand(shop, now)


def toolbar(shops: Sequence[Shop], *, now: datetime) -> FetchButton:
    """Work out the button. *now* is real time, by which the ten minutes are kept."""
    buttons = tuple(_button(shop, now) for shop in shops if shop.state != ShopState.REMOVED)
    waits = [button.ready_at for button in buttons if button.is_connected]
    is_ready = not waits or None in waits
    return FetchButton(shops=buttons, ready_at=None if is_ready else min(filter(None, waits)))


def watch(request: CompanyRequest, run_ids: Sequence[int]) -> None:
    """Show these runs on the list until they end."""
    request.session[_SESSION_KEY] = list(run_ids)


def forget(request: CompanyRequest) -> None:
    """Show no runs any more."""
    request.session.pop(_SESSION_KEY, None)


def tell(request: CompanyRequest, refusals: Sequence[str]) -> None:
    """Keep refusals for the next page."""
    if refusals:
        request.session[_TOLD_KEY] = list(refusals)


def told(request: CompanyRequest) -> list[str]:
    """Give kept refusals, once."""
    return list(request.session.pop(_TOLD_KEY)) if _TOLD_KEY in request.session else []


def watched(request: CompanyRequest) -> Fetches:
    """The runs this person watches; those that ended are told once."""
    run_ids = request.session.get(_SESSION_KEY, [])
    if not run_ids:
        return Fetches(runs=())
    rows = SyncRun.objects.for_company(request.company).filter(pk__in=run_ids).select_related("shop")
    fetches = Fetches(runs=tuple(_fetch(run) for run in rows.order_by("shop__name", "id")))
    if not fetches.is_going:
        forget(request)
    return fetches


def _fetch(run: SyncRun) -> Fetch:
    failed, put_aside = run.failed, run.quarantined
    return Fetch(
        shop=run.shop.name,
        is_going=run.state in GOING,
        stage=STAGES.get(run.stage, run.stage) if run.state == "running" else STAGES[""],
        done=run.new + run.changed + run.unchanged,
        to_do=run.to_do,
        counts=(
            ngettext("%(count)s new", "%(count)s new", run.new) % {"count": show.number(run.new)},
            ngettext("%(count)s changed", "%(count)s changed", run.changed)
            % {"count": show.number(run.changed)},
            ngettext("%(count)s unchanged", "%(count)s unchanged", run.unchanged)
            % {"count": show.number(run.unchanged)},
        ),
        failed=ngettext("%(count)s could not be fetched", "%(count)s could not be fetched", failed)
        % {"count": show.number(failed)}
        if failed
        else "",
        quarantined=ngettext("%(count)s could not be read", "%(count)s could not be read", put_aside)
        % {"count": show.number(put_aside)}
        if put_aside
        else "",
        error=text_of(run.error_code, run.error_params) if run.error_code else "",
        needs_reconnect=run.shop.state == ShopState.RECONNECT,
    )


def _button(shop: Shop, now: datetime) -> ShopButton:
    left_s = wait_s(shop, now)
    return ShopButton(
        id=shop.pk,
        name=shop.name,
        is_connected=shop.state == ShopState.CONNECTED,
        ready_at=now + timedelta(seconds=left_s) if left_s else None,
    )
