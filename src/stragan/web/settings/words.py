"""Names and signs of what the settings show."""

from dataclasses import dataclass
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from stragan.companies.models import Role
from stragan.shops.models import BuyerDataSource, ShopState


@dataclass(frozen=True, slots=True, kw_only=True)
class Sign:
    """A word with its icon and color."""

    word: str | Promise
    icon: str
    color: str


SHOP_STATES: Final[dict[str, Sign]] = {
    ShopState.CONNECTED: Sign(word=pgettext_lazy("shop", "Connected"), icon="plug-connected", color="green"),
    ShopState.RECONNECT: Sign(
        word=pgettext_lazy("shop", "Connect again"), icon="plug-connected-x", color="red"
    ),
    ShopState.DISABLED: Sign(word=pgettext_lazy("shop", "Switched off"), icon="player-pause", color="grey"),
}

BUYER_SOURCES: Final[dict[str, str | Promise]] = {
    BuyerDataSource.DELIVERY: _("Delivery data"),
    BuyerDataSource.ACCOUNT: _("Account owner's data"),
}

ROLES: Final[dict[str, str | Promise]] = {
    Role.OWNER: pgettext_lazy("role", "Owner"),
    Role.CLERK: pgettext_lazy("role", "Clerk"),
    Role.ACCOUNTANT: pgettext_lazy("role", "Accountant"),
    Role.VIEWER: pgettext_lazy("role", "Viewer"),
}

ROLE_HINTS: Final[dict[str, str | Promise]] = {
    Role.OWNER: _("everything: also shops, settings and people"),
    Role.CLERK: _("fetches orders, changes their status, issues documents"),
    Role.ACCOUNTANT: _("as the clerk; also issues for an order that Allegro has not released, with a reason"),
    Role.VIEWER: _("sees everything, changes nothing"),
}

SHOP_DEEDS: Final[dict[str, Sign]] = {
    "shop.connected": Sign(word=_("Shop added"), icon="plug-connected", color="green"),
    "shop.reconnected": Sign(word=_("Connected again"), icon="plug-connected", color="green"),
    "shop.returned": Sign(word=_("Came back with its orders"), icon="plug-connected", color="green"),
    "shop.reconnect_needed": Sign(
        word=_("Allegro refused the consent"), icon="plug-connected-x", color="red"
    ),
    "shop.edited": Sign(word=_("Settings changed"), icon="pencil", color="grey"),
    "shop.disabled": Sign(word=_("Switched off"), icon="player-pause", color="grey"),
    "shop.enabled": Sign(word=_("Switched on"), icon="player-play", color="green"),
    "shop.removed": Sign(word=_("Removed"), icon="trash", color="grey"),
    "shop.writer_changed": Sign(
        word=_("What is sent to Allegro was changed"), icon="cloud-upload", color="grey"
    ),
    "shop.form_fetched_again": Sign(word=_("An order was fetched again"), icon="refresh", color="grey"),
}

SCOPES: Final[dict[str, str | Promise]] = {
    "allegro:api:orders:read": _("reading orders"),
    "allegro:api:orders:write": _("documents for orders"),
    "allegro:api:profile:read": _("who the account belongs to"),
    "allegro:api:sale:offers:read": _("reading offers"),
    "allegro:api:sale:offers:write": _("changing offers"),
    "allegro:api:billing:read": _("commissions"),
    "allegro:api:payments:read": _("payments"),
}
