"""Connecting an Allegro account: by device code, or by Allegro's page of consent in the browser."""

import hashlib
import hmac
import secrets
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings

from stragan.companies.models import Company, User
from stragan.core.errors import Refused, StraganError
from stragan.flows.clients import (
    auth_of,
    check_addresses,
    check_shop,
    client_of,
    credentials,
    refresher_of,
)
from stragan.flows.tokens import tokens_of
from stragan.gateways.allegro import (
    SCOPES,
    AccessDenied,
    AllegroError,
    AllegroUnavailable,
    AuthorizationPending,
    DeviceCodeExpired,
    DeviceGrant,
    ScopeMissing,
    SlowDown,
    TokenPair,
    pkce_pair,
)
from stragan.kit.audit import Actor
from stragan.kit.clock import real_now
from stragan.shops import actions
from stragan.shops.models import Authorization, Shop

ASKED_SCOPES: Final = frozenset(SCOPES)
NEEDED_SCOPES: Final = frozenset({"allegro:api:profile:read", "allegro:api:orders:read"})  # no shop without
CODE_LIFE: Final = timedelta(minutes=15)
CONNECTING_LIFE: Final = timedelta(minutes=2)  # longer than all questions asked before a shop is saved
_TRIES: Final = 5
_SLOWER_S: Final = 5  # RFC 8628, section 3.5


class AuthorizationUnknown(Refused):
    """No such connection was started in this browser for this company."""

    code = "authorization_unknown"


class AuthorizationUsed(Refused):
    """The connection was finished or given up before."""

    code = "authorization_used"


class AuthorizationExpired(Refused):
    """The connection was started too long ago."""

    code = "authorization_expired"


def connect_by_device(
    *,
    company: Company,
    wish: actions.Wish,
    show: Callable[[DeviceGrant], None],
    now: datetime,
    sleep: Callable[[float], None] = time.sleep,
) -> Shop:
    """Connect from a terminal: *show* tells the user what to open, then this waits for the consent.

    :raises AccessDenied: the seller said no; ``DeviceCodeExpired``: nobody confirmed in time.
    :raises ShopSellerDiffers: the name belongs to another account.
    """
    check_addresses(company=company, api_url=settings.ALLEGRO_API_URL, auth_url=settings.ALLEGRO_AUTH_URL)
    with auth_of(client_id=wish.client_id, client_secret=wish.client_secret) as auth:
        grant = _insist(auth.start_device, sleep=sleep)
        show(grant)
        deadline = time.monotonic() + grant.expires_in_s
        interval_s = grant.interval_s
        while True:
            sleep(interval_s)
            try:
                pair = auth.poll_device(device_code=grant.device_code)
                break
            except SlowDown:
                interval_s += _SLOWER_S
            except (AuthorizationPending, AllegroUnavailable):
                pass  # the code stays valid; asking again costs nothing
            if time.monotonic() > deadline:
                raise DeviceCodeExpired
    return _save(company=company, wish=wish, pair=pair, actor=Actor.COMMAND, user=None, now=now)


def start_device(*, company: Company, wish: actions.Wish, user: User, now: datetime) -> Authorization:
    """Begin the device flow for a page, which shows the code and calls ``poll_device`` now and then."""
    check_addresses(company=company, api_url=settings.ALLEGRO_API_URL, auth_url=settings.ALLEGRO_AUTH_URL)
    with auth_of(client_id=wish.client_id, client_secret=wish.client_secret) as auth:
        grant = auth.start_device()
    started = real_now()
    row = _started(company=company, wish=wish, user=user, now=now, kind="device")
    row.state_sha256 = _sha256(grant.device_code)
    row.secret = grant.device_code
    row.user_code = grant.user_code
    row.verification_url = grant.verification_url
    row.interval_s = grant.interval_s
    row.next_poll_at = started + timedelta(seconds=grant.interval_s)
    row.expires_at = started + timedelta(seconds=grant.expires_in_s)
    row.save()
    return row


def poll_device(*, company: Company, authorization_id: int, user: User, now: datetime) -> Shop | None:
    """Ask once whether the seller has confirmed; None while not, or when it is too early to ask.

    A page that asks late, because another tab of it was quicker, is given the shop as well.

    :raises AuthorizationUnknown: it was not started here by this person.
    :raises AuthorizationUsed: it came to nothing before.
    :raises AccessDenied: the seller said no; ``DeviceCodeExpired``: too late.
    """
    row = (
        Authorization.objects.for_company(company)
        .filter(pk=authorization_id, user=user, kind="device")
        .first()
    )
    if row is None:
        raise AuthorizationUnknown
    instant = real_now()
    if row.used_at is not None:
        return _shop_of(row, used_at=row.used_at, instant=instant)
    if row.next_poll_at is not None and instant < row.next_poll_at:
        return None
    rows = Authorization.objects.for_company(company).filter(
        pk=row.pk, used_at__isnull=True, next_poll_at=row.next_poll_at
    )
    # Of two tabs that ask at once, one asks Allegro.
    if not rows.update(next_poll_at=instant + timedelta(seconds=row.interval_s)):
        return None
    wish = _wish_of(row)
    try:
        with auth_of(client_id=wish.client_id, client_secret=wish.client_secret) as auth:
            pair = auth.poll_device(device_code=row.secret)
    except SlowDown:
        slower = row.interval_s + _SLOWER_S
        rows = Authorization.objects.for_company(company).filter(pk=row.pk)
        rows.update(interval_s=slower, next_poll_at=instant + timedelta(seconds=slower))
        return None
    except AuthorizationPending:
        return None
    except (AccessDenied, DeviceCodeExpired) as refusal:
        _finish(row, outcome=refusal.code)
        raise
    return _conclude(row, company=company, pair=pair, user=user, now=now)


def _shop_of(row: Authorization, *, used_at: datetime, instant: datetime) -> Shop | None:
    """What an authorization used before has become; None while another tab is still at it."""
    if row.shop is None and not (row.outcome == "connecting" and instant < used_at + CONNECTING_LIFE):
        raise AuthorizationUsed
    return row.shop


def start_code(
    *, company: Company, wish: actions.Wish, user: User, session_key: str, redirect_uri: str, now: datetime
) -> str:
    """Begin the authorization code flow with PKCE; gives the address to send the browser to.

    The state is bound to the browser session, the company and the person, and works once.
    """
    check_addresses(company=company, api_url=settings.ALLEGRO_API_URL, auth_url=settings.ALLEGRO_AUTH_URL)
    state = secrets.token_urlsafe(32)
    verifier, challenge = pkce_pair()
    row = _started(company=company, wish=wish, user=user, now=now, kind="code")
    row.state_sha256 = _sha256(state)
    row.session_sha256 = _sha256(session_key)
    row.secret = verifier
    row.expires_at = real_now() + CODE_LIFE
    row.save()
    with auth_of(client_id=wish.client_id, client_secret=wish.client_secret) as auth:
        return auth.authorize_url(redirect_uri=redirect_uri, state=state, code_challenge=challenge)


def finish_code(
    *,
    company: Company,
    user: User,
    session_key: str,
    state: str,
    code: str,
    redirect_uri: str,
    now: datetime,
) -> Shop:
    """Take the browser back from Allegro; an empty *code* means that the seller said no.

    :raises AuthorizationUnknown: the state was not made for this browser, person and company.
    :raises AuthorizationUsed: it was used before; ``AuthorizationExpired``: it is too old.
    :raises AccessDenied: the seller said no; ``CodeRejected``: the code is too old.
    """
    row = (
        Authorization.objects.for_company(company)
        .filter(state_sha256=_sha256(state), user=user, kind="code")
        .first()
    )
    if row is None or not hmac.compare_digest(row.session_sha256, _sha256(session_key)):
        raise AuthorizationUnknown
    if real_now() > row.expires_at:
        raise AuthorizationExpired
    # Used before it is tried: a state works once, whatever becomes of it.
    if not _finish(row, outcome="used"):
        raise AuthorizationUsed
    if not code:
        _note(row, outcome=AccessDenied.code)
        raise AccessDenied
    wish = _wish_of(row)
    try:
        with auth_of(client_id=wish.client_id, client_secret=wish.client_secret) as auth:
            pair = auth.exchange_code(code=code, redirect_uri=redirect_uri, code_verifier=row.secret)
    except AllegroError as refusal:
        _note(row, outcome=refusal.code)
        raise
    return _conclude(row, company=company, pair=pair, user=user, now=now)


def disconnect(*, shop: Shop, user: User, now: datetime) -> None:
    """Remove a shop, and hand its consent back where Allegro can be reached; orders stay."""
    token = shop.refresh_token
    actions.remove_shop(shop=shop, user=user, now=now)
    if not token:
        return
    try:
        check_shop(shop)
        with refresher_of(shop) as auth:
            auth.revoke(token)
    except StraganError:
        return  # the token was forgotten here; there it dies by itself


def _insist(start: Callable[[], DeviceGrant], *, sleep: Callable[[float], None]) -> DeviceGrant:
    """A code that got lost on its way harms nobody: ask for another."""
    for _ in range(_TRIES - 1):
        try:
            return start()
        except AllegroUnavailable:
            sleep(1)
    return start()


def _conclude(row: Authorization, *, company: Company, pair: TokenPair, user: User, now: datetime) -> Shop:
    _finish(row, outcome="connecting")
    try:
        shop = _save(company=company, wish=_wish_of(row), pair=pair, actor=Actor.USER, user=user, now=now)
    except StraganError as refusal:
        _note(row, outcome=refusal.code)
        raise
    Authorization.objects.for_company(company).filter(pk=row.pk).update(outcome="connected", shop=shop)
    return shop


def _save(
    *,
    company: Company,
    wish: actions.Wish,
    pair: TokenPair,
    actor: Actor,
    user: User | None,
    now: datetime,
) -> Shop:
    """Ask who this is and whether orders can be read, then save; what is refused is revoked."""
    obtained_at = real_now()
    client_id, client_secret = credentials(client_id=wish.client_id, client_secret=wish.client_secret)
    try:
        missing = NEEDED_SCOPES.difference(pair.scopes) if pair.scopes else frozenset[str]()
        if missing:
            raise ScopeMissing(scopes=", ".join(sorted(missing)))
        with client_of(
            api_url=settings.ALLEGRO_API_URL, access_token=pair.access_token, client_id=client_id
        ) as client:
            me = client.me()
            client.event_stats()  # proves that orders may be read
        connection = actions.Connection(
            seller_id=me.id,
            login=me.login,
            marketplace=me.marketplace or "",
            api_url=settings.ALLEGRO_API_URL,
            auth_url=settings.ALLEGRO_AUTH_URL,
            tokens=tokens_of(pair, obtained_at=obtained_at),
        )
        # Secrets of the installation are not copied: when they change there, shops follow.
        own = client_secret if wish.client_id and client_id == wish.client_id else ""
        saved = actions.Wish(
            name=wish.name,
            buyer_source=wish.buyer_source,
            since_date=wish.since_date,
            client_id=client_id,
            client_secret=own if client_id != settings.ALLEGRO_CLIENT_ID else "",
        )
        return actions.connect_shop(
            company=company, wish=saved, connection=connection, actor=actor, user=user, now=now
        )
    except Refused:
        _forget(wish, pair)
        raise


def _forget(wish: actions.Wish, pair: TokenPair) -> None:
    """Hand tokens back that nobody will use; they die by themselves when this does not succeed."""
    try:
        with auth_of(client_id=wish.client_id, client_secret=wish.client_secret) as auth:
            auth.revoke(pair.refresh_token)
    except AllegroError:
        return


def _started(*, company: Company, wish: actions.Wish, user: User, now: datetime, kind: str) -> Authorization:
    return Authorization(
        company=company,
        user=user,
        kind=kind,
        shop_name=wish.name[:60],
        buyer_source=wish.buyer_source,
        since_date=wish.since_date,
        client_id=wish.client_id,
        client_secret=wish.client_secret,
        created_at=now,
    )


def _wish_of(row: Authorization) -> actions.Wish:
    return actions.Wish(
        name=row.shop_name,
        buyer_source=row.buyer_source,
        since_date=row.since_date,
        client_id=row.client_id,
        client_secret=row.client_secret,
    )


def _finish(row: Authorization, *, outcome: str) -> bool:
    """Use it up, once; secrets are not kept longer than needed."""
    rows = Authorization.objects.for_company(row.company_id).filter(pk=row.pk, used_at__isnull=True)
    return bool(rows.update(used_at=real_now(), outcome=outcome, secret="", client_secret=""))


def _note(row: Authorization, *, outcome: str) -> None:
    Authorization.objects.for_company(row.company_id).filter(pk=row.pk).update(outcome=outcome[:80])


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
