"""A shop as the settings show it: its state in words, how fresh it is, what is wrong."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from stragan.companies.models import Company
from stragan.core.dates import start_of_warsaw_day, warsaw_date
from stragan.flows.connect_shop import ASKED_SCOPES
from stragan.kit.messages import text_of
from stragan.orders.sales import NOTHING, Sales, sales_by_day_and_shop
from stragan.shops.models import Shop, ShopState
from stragan.shops.queries import FetchCounts, counts_since, pending_counts, shops_of
from stragan.web.settings.words import BUYER_SOURCES, SCOPES, SHOP_STATES, Sign
from stragan.web.shell import show

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class ShopRow:
    """What is shown of one shop. ``lag`` is how far the journal is ahead of us; None when unknown."""

    shop: Shop
    state: Sign
    buyer_source: str
    lag: timedelta | None
    missing_scopes: tuple[str, ...]
    granted_scopes: tuple[str, ...]
    pending: int
    orders_today: int
    amount_today: Decimal
    fetched_today: FetchCounts
    trouble: str  # the latest error in words; empty when there is none

    @property
    def lag_text(self) -> str:
        """The lag in its largest unit."""
        return show.age(_EPOCH, _EPOCH + (self.lag or timedelta()))

    @property
    def is_connected(self) -> bool:
        """Whether orders flow."""
        return self.shop.state == ShopState.CONNECTED

    @property
    def works(self) -> bool:
        """Whether orders flow and the last fetch brought no trouble."""
        return self.is_connected and not self.trouble

    @property
    def is_first_import_under_way(self) -> bool:
        """Whether the page has more to tell in a moment."""
        is_done = self.shop.first_import_done_at and self.shop.synced_at
        return self.is_connected and not is_done

    @property
    def needs_consent(self) -> bool:
        """Whether the seller must connect it again."""
        return self.shop.state == ShopState.RECONNECT

    @property
    def is_consent_gone(self) -> bool:
        """Whether Allegro gave no reason but that the consent is gone."""
        return self.shop.state_reason in {"", "allegro_reconnect_needed"}

    @property
    def is_disabled(self) -> bool:
        """Whether somebody switched it off."""
        return self.shop.state == ShopState.DISABLED

    @property
    def scopes_word(self) -> str:
        """The permissions in a few words."""
        if self.needs_consent:
            return _("withdrawn")
        if self.missing_scopes:
            return _("missing: %(what)s") % {"what": ", ".join(self.missing_scopes)}
        if not self.granted_scopes:
            return _("not told by Allegro")
        return _("complete, %(n)s of %(n)s") % {"n": len(ASKED_SCOPES)}

    @property
    def fetched_text(self) -> str:
        """What today's fetches brought, in a few words."""
        new, changed, failed = self.fetched_today.new, self.fetched_today.changed, self.fetched_today.failed
        parts = [
            ngettext("%(n)s new", "%(n)s new", new) % {"n": show.number(new)},
            ngettext("%(n)s changed", "%(n)s changed", changed) % {"n": show.number(changed)},
        ]
        if failed:
            parts.append(ngettext("%(n)s failed", "%(n)s failed", failed) % {"n": show.number(failed)})
        return ", ".join(parts)


def rows_of(company: Company, *, now: datetime, business_now: datetime) -> list[ShopRow]:
    """All shops of a company by name. Freshness goes by real time, today's sales by business time."""
    today = warsaw_date(business_now)
    sales = sales_by_day_and_shop(company, first=today, last=today)[today]
    waiting = pending_counts(company)
    fetched = counts_since(company, since=start_of_warsaw_day(warsaw_date(now)))
    return [
        _row(
            shop,
            sales=sales,
            pending=waiting.get(shop.pk, 0),
            fetched=fetched.get(shop.pk, FetchCounts()),
            now=now,
        )
        for shop in shops_of(company)
    ]


def trouble_of(shop: Shop) -> str:
    """What keeps orders from coming, in words; empty when nothing does."""
    if shop.state == ShopState.RECONNECT:
        code = shop.state_reason or "allegro_reconnect_needed"
        return text_of(code, {"shop": shop.name, "reason": ""})
    if shop.failures_in_row and shop.error_code:
        return text_of(shop.error_code, {"shop": shop.name, **shop.error_params})
    return ""


def lag_of(shop: Shop, *, now: datetime) -> timedelta | None:
    """How far behind Allegro's journal we may be: by its own clock, and never less than it was not read."""
    if shop.synced_at is None:
        return None
    unread = max(now - shop.synced_at, timedelta())
    if shop.cursor == shop.latest_event_id or shop.cursor_at is None or shop.latest_event_at is None:
        return unread
    return max(shop.latest_event_at - shop.cursor_at, unread)


def _row(
    shop: Shop, *, sales: Mapping[int, Sales], pending: int, fetched: FetchCounts, now: datetime
) -> ShopRow:
    granted = set(shop.scopes)
    today = sales.get(shop.pk)
    missing = ASKED_SCOPES - granted if granted else frozenset[str]()
    return ShopRow(
        shop=shop,
        state=SHOP_STATES[shop.state],
        buyer_source=str(BUYER_SOURCES[shop.buyer_source]),
        lag=lag_of(shop, now=now),
        missing_scopes=_names(missing),
        granted_scopes=_names(granted),
        pending=pending,
        orders_today=today.orders if today else 0,
        amount_today=today.amount if today else NOTHING,
        fetched_today=fetched,
        trouble=trouble_of(shop),
    )


def _names(scopes: set[str] | frozenset[str]) -> tuple[str, ...]:
    return tuple(str(SCOPES.get(scope, scope)) for scope in sorted(scopes))
