"""What is done to shops: connecting, keeping tokens, switching off, fetching by hand."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from django.db import transaction

from stragan.companies.models import Company, User
from stragan.core.errors import Conflict, Refused
from stragan.kit.audit import Actor, Deed, record
from stragan.shops.leases import TokenLease
from stragan.shops.models import BillingRead, OfferRefresh, PaymentsRead, Shop, ShopState, SyncRun

BETWEEN_FETCHES_BY_HAND: Final = timedelta(minutes=10)
LONGEST_NAME: Final = 60
DAYS_BACK: Final = 60  # the journal's history: the present and the previous month are always in it


class ShopSellerDiffers(Refused):
    """A shop of that name belongs to another Allegro account."""

    code = "shop_seller_differs"


class ShopSellerKnown(Refused):
    """The company has connected this Allegro account already, under another name."""

    code = "shop_seller_known"


class ShopNameMissing(Refused):
    """A shop needs a name of 1-60 characters."""

    code = "shop_name_missing"


class ShopNameTaken(Refused):
    """Another shop of the company has that name."""

    code = "shop_name_taken"


class ShopUnknown(Refused):
    """The company has no shop of that name."""

    code = "shop_unknown"


class ShopNotConnected(Refused):
    """The shop is switched off, removed, or waits to be connected again."""

    code = "shop_not_connected"


class ModuleOff(Refused):
    """The company has the Allegro module switched off: nothing is asked of Allegro."""

    code = "allegro_module_off"


class FetchedRecently(Conflict):
    """Less than ten minutes passed since the last fetch by hand."""

    code = "shop_fetched_recently"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What the user said about the shop to connect. A known *name* reconnects that shop."""

    name: str
    buyer_source: str
    since_date: date
    client_id: str
    client_secret: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Connection:
    """What Allegro said: whose account it is, where it lives, and the tokens."""

    seller_id: str
    login: str
    marketplace: str
    api_url: str
    auth_url: str
    tokens: "Tokens"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tokens:
    """A pair of tokens, when it was obtained and until when the access token lives (real time)."""

    access_token: str
    refresh_token: str
    obtained_at: datetime
    expires_at: datetime
    scopes: Sequence[str]


def default_since(today: date) -> date:
    """The day orders are fetched from when the user names none."""
    return today - timedelta(days=DAYS_BACK)


@transaction.atomic
def connect_shop(
    *,
    company: Company,
    wish: Wish,
    connection: Connection,
    actor: Actor,
    user: User | None,
    now: datetime,
) -> Shop:
    """Save a connection that was tried out: a new shop, the same one again, or a removed one back.

    It is fetched at once, and so is what was refused before.

    :raises ShopSellerDiffers: the name belongs to another account.
    :raises ShopSellerKnown: the account is connected under another name.
    """
    wish = _checked(wish)
    shops = list(Shop.objects.for_company(company).select_for_update().order_by("id"))
    named = next((s for s in shops if s.name == wish.name and s.state != ShopState.REMOVED), None)
    same = next((s for s in shops if s.seller_id == connection.seller_id), None)
    if named is not None and named.seller_id != connection.seller_id:
        raise ShopSellerDiffers(shop=wish.name, login=connection.login, known_login=named.allegro_login)
    if same is not None and same.name != wish.name and same.state != ShopState.REMOVED:
        raise ShopSellerKnown(shop=wish.name, login=connection.login, known_shop=same.name)
    shop = same or Shop(
        company=company, seller_id=connection.seller_id, since_date=wish.since_date, created_at=now
    )
    verb = _verb(shop)
    if shop.state == ShopState.REMOVED or wish.since_date < shop.since_date:
        _import_again(shop)
    shop.since_date = min(shop.since_date, wish.since_date)
    shop.name = wish.name
    shop.buyer_source = wish.buyer_source
    shop.client_id, shop.client_secret = wish.client_id, wish.client_secret
    shop.allegro_login, shop.marketplace = connection.login[:120], connection.marketplace[:40]
    shop.api_url, shop.auth_url = connection.api_url, connection.auth_url
    shop.state, shop.state_reason = ShopState.CONNECTED, ""
    shop.error_code, shop.error_params, shop.failures_in_row = "", {}, 0
    shop.next_sync_at = None
    _put_tokens(shop, connection.tokens)
    shop.token_lease_until = None
    shop.save()
    for reading in (OfferRefresh, PaymentsRead, BillingRead):  # the new consent may hold what was missing
        rows = reading.objects.filter(shop=shop).exclude(error_code="")
        rows.update(next_at=connection.tokens.obtained_at)
    facts = {"seller_id": shop.seller_id}
    deed = Deed(
        verb=verb,
        subject="shop",
        subject_id=shop.pk,
        company_id=company.pk,
        user_id=user.pk if user else None,
        actor=actor,
        facts=facts,
    )
    record([deed], at=now)
    return shop


def store_tokens(*, shop_id: int, tokens: Tokens, lease: TokenLease) -> bool:
    """Keep a refreshed pair, if the right to refresh is still ours. Committed before its first use."""
    shop = Shop()
    _put_tokens(shop, tokens)
    rows = Shop.objects.across_companies().filter(pk=shop_id, token_lease_until__in=lease.ends)
    updated = rows.update(
        access_token=shop.access_token,
        refresh_token=shop.refresh_token,
        token_obtained_at=shop.token_obtained_at,
        token_expires_at=shop.token_expires_at,
        token_lease_until=None,
        **({"scopes": shop.scopes} if tokens.scopes else {}),
    )
    return bool(updated)


def sync_by(shop_id: int, *, at: datetime) -> None:
    """Let the next sync be no later than that. Real time."""
    rows = Shop.objects.across_companies().filter(pk=shop_id)
    rows.filter(next_sync_at__gt=at).update(next_sync_at=at)


@transaction.atomic
def ask_to_reconnect(*, shop: Shop, reason: str, obtained_at: datetime | None, now: datetime) -> bool:
    """Stop calling Allegro for this shop until the seller connects it again; nothing is lost.

    Does nothing when newer tokens than those of *obtained_at* came meanwhile.
    """
    rows = Shop.objects.across_companies().filter(
        pk=shop.pk, state=ShopState.CONNECTED, token_obtained_at=obtained_at
    )
    if not rows.update(state=ShopState.RECONNECT, state_reason=reason[:80], token_lease_until=None):
        return False
    deed = Deed(
        verb="shop.reconnect_needed",
        subject="shop",
        subject_id=shop.pk,
        company_id=shop.company_id,
        actor=Actor.SYSTEM,
        facts={"reason": reason},
    )
    record([deed], at=now)
    return True


@transaction.atomic
def edit_shop(
    *, shop: Shop, name: str, buyer_source: str, since_date: date | None, user: User, now: datetime
) -> None:
    """Change the alias, whose data become the buyer, and (to an earlier day only) the first day.

    :raises ShopNameTaken: another shop has that name.
    """
    name = name.strip()[:60]
    others = Shop.objects.for_company(shop.company_id).exclude(pk=shop.pk).exclude(state=ShopState.REMOVED)
    if not name:
        raise ShopNameMissing
    if others.filter(name=name).exists():
        raise ShopNameTaken(shop=name)
    shop.name, shop.buyer_source = name, buyer_source
    if since_date and since_date < shop.since_date:
        shop.since_date = since_date
        _import_again(shop)
    shop.save(
        update_fields=["name", "buyer_source", "since_date", "windows_done_until", "first_import_done_at"]
    )
    _audit(shop, "shop.edited", user=user, now=now)


@transaction.atomic
def disable_shop(*, shop: Shop, user: User, now: datetime) -> None:
    """Stop fetching; orders and tokens stay."""
    rows = Shop.objects.for_company(shop.company_id).filter(pk=shop.pk).exclude(state=ShopState.REMOVED)
    if rows.update(state=ShopState.DISABLED, state_reason=""):
        _audit(shop, "shop.disabled", user=user, now=now)


@transaction.atomic
def enable_shop(*, shop: Shop, user: User, now: datetime) -> None:
    """Fetch again where it was left; dead tokens show at the first call."""
    rows = Shop.objects.for_company(shop.company_id).filter(pk=shop.pk, state=ShopState.DISABLED)
    if rows.update(state=ShopState.CONNECTED, state_reason="", next_sync_at=None):
        _audit(shop, "shop.enabled", user=user, now=now)


@transaction.atomic
def remove_shop(*, shop: Shop, user: User, now: datetime) -> None:
    """Forget the tokens and stop; orders stay, and come together again when the account returns."""
    rows = Shop.objects.for_company(shop.company_id).filter(pk=shop.pk).exclude(state=ShopState.REMOVED)
    if rows.update(state=ShopState.REMOVED, state_reason="", access_token="", refresh_token=""):
        _audit(shop, "shop.removed", user=user, now=now)


@transaction.atomic
def fetch_from(*, shop: Shop, since_date: date) -> None:
    """Let the next run fetch all purchases since that day once more, from the lists."""
    rows = Shop.objects.for_company(shop.company_id).filter(pk=shop.pk)
    rows.update(
        since_date=min(shop.since_date, since_date), windows_done_until=None, first_import_done_at=None
    )


def may_fetch_by_hand(shop: Shop, now: datetime) -> int:
    """Seconds until the button may be pressed again (S20); 0 when it may now. Real time."""
    if shop.manual_fetch_at is None:
        return 0
    left = (shop.manual_fetch_at + BETWEEN_FETCHES_BY_HAND - now).total_seconds()
    return max(0, int(left + 0.999))


@transaction.atomic
def start_fetch_by_hand(*, shop: Shop, user: User, now: datetime) -> SyncRun:
    """Ask for a fetch by hand: gives the run to be worked off; an unfinished one is given again.

    The ten minutes count from the start of the last such fetch that reached Allegro, which the run
    itself notes.

    :raises FetchedRecently: the last one was less than ten minutes ago.
    :raises ShopNotConnected: orders cannot flow.
    :raises ModuleOff: the company switched the Allegro module off.
    """
    if not shop.company.allegro_module:
        raise ModuleOff
    row = Shop.objects.for_company(shop.company_id).select_for_update().get(pk=shop.pk)
    if row.state != ShopState.CONNECTED:
        raise ShopNotConnected(shop=row.name)
    waiting = (
        SyncRun.objects.for_company(row.company_id)
        .filter(shop=row, trigger="manual", state__in=["waiting", "running"])
        .order_by("-id")
        .first()
    )
    if waiting is not None:
        return waiting
    if left_s := may_fetch_by_hand(row, now):
        raise FetchedRecently(shop=row.name, left_s=left_s)
    return SyncRun.objects.across_companies().create(
        company_id=row.company_id, shop=row, trigger="manual", started_by=user, started_at=now
    )


def _checked(wish: Wish) -> Wish:
    name = wish.name.strip()
    if not name or len(name) > LONGEST_NAME:
        raise ShopNameMissing(shop=name)
    return Wish(
        name=name,
        buyer_source=wish.buyer_source,
        since_date=wish.since_date,
        client_id=wish.client_id,
        client_secret=wish.client_secret,
    )


def _verb(shop: Shop) -> str:
    if shop._state.adding:  # noqa: SLF001 -- Django's documented way to tell a new row
        return "shop.connected"
    return "shop.returned" if shop.state == ShopState.REMOVED else "shop.reconnected"


def _import_again(shop: Shop) -> None:
    shop.windows_done_until = None
    shop.first_import_done_at = None


def _put_tokens(shop: Shop, tokens: Tokens) -> None:
    shop.access_token = tokens.access_token
    shop.refresh_token = tokens.refresh_token
    shop.token_obtained_at = tokens.obtained_at
    shop.token_expires_at = tokens.expires_at
    if tokens.scopes:
        shop.scopes = list(tokens.scopes)


def _audit(shop: Shop, verb: str, *, user: User, now: datetime) -> None:
    deed = Deed(verb=verb, subject="shop", subject_id=shop.pk, company_id=shop.company_id, user_id=user.pk)
    record([deed], at=now)
