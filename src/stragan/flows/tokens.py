"""A valid access token for a shop: refreshed by one process at a time, committed before its first use."""

import logging
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, wait
from contextlib import suppress
from datetime import datetime, timedelta
from types import TracebackType
from typing import Final, Protocol, Self, TypeVar

from django.db import DatabaseError

from stragan.core.errors import Unavailable
from stragan.flows.clients import check_shop, client_of, credentials, refresher_of
from stragan.gateways.allegro import (
    AllegroClient,
    AllegroUnavailable,
    Heard,
    ReconnectNeeded,
    TokenPair,
    TokenRejected,
)
from stragan.kit.clock import real_now
from stragan.kit.database_trouble import drop_dead_connection, told_as_trouble
from stragan.kit.shared_clock import shared_now
from stragan.shops import actions, leases
from stragan.shops.leases import TokenLease
from stragan.shops.models import Shop, ShopState

T_co = TypeVar("T_co", covariant=True)

REFRESHED_AT: Final = 0.75  # of a token's life
LONGEST_WAIT_S: Final = 60.0
ASKED_AGAIN: Final = timedelta(seconds=10)
UNSURE: Final = "refresh_unsure"  # in the facts of an error: nobody knows which refresh token counts now
RENEWED_EVERY_S: Final = 5.0  # several times while a lease runs
TRADED_WITHIN_S: Final = 55.0  # and no lease lasts longer: who comes next is still within Allegro's grace
_PAUSE_S: Final = 0.2
_STORE_PAUSES_S: Final = (0.2, 0.5, 1.0, 2.0)  # between tries to keep a pair that Allegro has given out

logger = logging.getLogger(__name__)


class Ask(Protocol[T_co]):
    """Something to ask of Allegro."""

    def __call__(self, client: AllegroClient, /) -> T_co:
        """Ask, and give the answer."""


class Session:
    """Calls to Allegro for one shop, with whatever token is valid at the moment."""

    def __init__(self, shop_id: int, *, heard: Callable[[Heard], None] | None = None) -> None:
        self._shop_id = shop_id
        self._heard = heard
        self._still_here: Callable[[], None] | None = None
        self._token = ""
        self._client: AllegroClient | None = None
        self.requests = 0

    def listen(self, heard: Callable[[Heard], None]) -> None:
        """Tell *heard* of the answers from now on, beside whoever is told already."""
        before = self._heard
        self._heard = _both(before, heard) if before else heard
        self._close()

    def while_waiting(self, still_here: Callable[[], None]) -> None:
        """Call *still_here* again and again while tokens or answers are waited for; it may raise."""
        self._still_here = still_here
        self._close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._close()

    def call(self, ask: Ask[T_co]) -> T_co:
        """Ask Allegro; a token that is refused is refreshed once, and the question asked once more.

        :raises ModuleOff: the company switched the Allegro module off.
        :raises ReconnectNeeded: the connection is dead; the shop is marked.
        :raises AllegroError: whatever the question raises.
        """
        try:
            return self._ask(ask, self._valid_token())
        except TokenRejected:
            return self._ask(ask, self._valid_token(refused=self._token))

    def write(self, ask: Ask[T_co], *, begin: Callable[[], None]) -> T_co:
        """Ask for a change, and *begin* right before that: token and quota are there by then.

        A token that is refused is refreshed once, then *begin* is called again.

        :raises ReconnectNeeded: the connection is dead; the shop is marked.
        :raises AllegroError: whatever the question raises.
        """
        try:
            return self._write(ask, self._valid_token(), begin)
        except TokenRejected:
            return self._write(ask, self._valid_token(refused=self._token), begin)

    def _valid_token(self, *, refused: str = "") -> str:
        return access_token(self._shop_id, refused=refused, still_here=self._still_here)

    def _write(self, ask: Ask[T_co], token: str, begin: Callable[[], None]) -> T_co:
        client = self._client_with(token)
        client.reserve()
        begin()
        self.requests += 1
        return ask(client)

    def _ask(self, ask: Ask[T_co], token: str) -> T_co:
        client = self._client_with(token)
        self.requests += 1
        return ask(client)

    def _client_with(self, token: str) -> AllegroClient:
        if self._client is None or token != self._token:
            self._close()
            shop = Shop.objects.across_companies().get(pk=self._shop_id)
            client_id, _ = credentials(client_id=shop.client_id, client_secret=shop.client_secret)
            self._client = client_of(
                api_url=shop.api_url, access_token=token, client_id=client_id, heard=self._heard
            )
            if self._still_here is not None:
                self._client.while_waiting(self._still_here)
            self._token = token
        return self._client

    def _close(self) -> None:
        if self._client is not None:
            self._client.close()
            self._client = None


def _both(first: Callable[[Heard], None], second: Callable[[Heard], None]) -> Callable[[Heard], None]:
    def hear(heard: Heard) -> None:
        first(heard)
        second(heard)

    return hear


def access_token(shop_id: int, *, refused: str = "", still_here: Callable[[], None] | None = None) -> str:
    """Give a token that should work, refreshing it when it aged or was *refused*.

    Waits, within bounds, while another process refreshes, and calls *still_here* meanwhile. Never while it
    refreshes itself: what that raises would cost the pair. Real time throughout. Every call to Allegro comes
    by here, so what is under way stops at its next question when the module is switched off.

    :raises ModuleOff: the company switched the Allegro module off.
    :raises ReconnectNeeded: the shop must be connected again.
    :raises AllegroUnavailable: refreshing is not possible now and the old token is of no use.
    :raises Unavailable: the database could not keep the new pair; the old one is to be traded again at once.
    """
    deadline = time.monotonic() + LONGEST_WAIT_S
    while True:
        if still_here is not None:
            still_here()
        shop = Shop.objects.across_companies().select_related("company").get(pk=shop_id)
        _require_usable(shop)
        if not _needs_refresh(shop, refused=refused, now=real_now()):
            return shop.access_token
        lease = leases.take_token(shop_id, now=shared_now())
        if lease is not None:
            try:
                _refresh(shop_id, refused=refused, lease=lease)
            except AllegroUnavailable:
                if refused or not _still_lives(shop, now=real_now()):
                    raise
                return shop.access_token
            finally:
                _release(lease)
            continue
        if not refused and _still_lives(shop, now=real_now()):
            return shop.access_token  # another process is at it; the old one works until it is done
        if time.monotonic() > deadline:
            raise AllegroUnavailable(problem="token_busy")
        time.sleep(_PAUSE_S)


def _require_usable(shop: Shop) -> None:
    """See that the shop may be asked about at all; the errors are those of ``access_token``."""
    check_shop(shop)
    if not shop.company.allegro_module:
        raise actions.ModuleOff
    if shop.state == ShopState.RECONNECT or not shop.refresh_token:
        raise ReconnectNeeded(shop=shop.name, reason=shop.state_reason)


def tokens_of(pair: TokenPair, *, obtained_at: datetime) -> actions.Tokens:
    """What is stored of a pair that came at *obtained_at*."""
    return actions.Tokens(
        access_token=pair.access_token,
        refresh_token=pair.refresh_token,
        obtained_at=obtained_at,
        expires_at=obtained_at + timedelta(seconds=pair.expires_in_s),
        scopes=pair.scopes,
    )


def _refresh(shop_id: int, *, refused: str, lease: TokenLease) -> None:
    """Trade the refresh token under our lease; what another process did meanwhile is read again first.

    After a kill between Allegro's answer and our commit the next holder sends the same refresh token
    again, which Allegro takes for about a minute from the first use: no lease lasts that long.
    """
    shop = Shop.objects.across_companies().get(pk=shop_id)
    if not _needs_refresh(shop, refused=refused, now=real_now()):
        return
    try:
        with refresher_of(shop) as auth:
            pair = _traded(lambda: auth.refresh(refresh_token=shop.refresh_token), lease=lease)
    except AllegroUnavailable as silent:
        # Allegro may have done it all the same, and takes the old token for a minute: ask again within it.
        silent.params[UNSURE] = True
        actions.sync_by(shop_id, at=real_now() + ASKED_AGAIN)
        raise
    except ReconnectNeeded as dead:
        now = real_now()
        if actions.ask_to_reconnect(shop=shop, reason=dead.code, obtained_at=shop.token_obtained_at, now=now):
            raise
        return
    try:
        _store(shop_id, tokens_of(pair, obtained_at=real_now()), lease=lease)
    except Unavailable as trouble:
        trouble.params[UNSURE] = True
        with suppress(DatabaseError):
            actions.sync_by(shop_id, at=real_now() + ASKED_AGAIN)
        raise


def _traded(trade: Callable[[], TokenPair], *, lease: TokenLease) -> TokenPair:
    """Give what *trade* gives, and renew the lease meanwhile, within ``TRADED_WITHIN_S`` of its beginning.

    It runs in a thread of its own, since nothing interrupts a wait for the network. A thread that outlives
    this is left alone, and nobody takes its pair: the right to store it has passed on.

    :raises AllegroUnavailable: no answer came in time (``timeout``), or another process has the lease by
        now (``token_busy``).
    """
    answer: Future[TokenPair] = Future()

    def work() -> None:
        try:
            answer.set_result(trade())
        except BaseException as error:  # noqa: BLE001 -- raised again where the answer is waited for
            answer.set_exception(error)

    ends_s = time.monotonic() + TRADED_WITHIN_S
    threading.Thread(target=work, name="token refresh", daemon=True).start()
    while not wait([answer], timeout=min(RENEWED_EVERY_S, max(0.0, ends_s - time.monotonic()))).done:
        left_s = ends_s - time.monotonic()
        if left_s <= 0:
            raise AllegroUnavailable(problem="timeout")
        drop_dead_connection()
        with suppress(DatabaseError):  # there is time for more tries, and the pair must not be lost by it
            if not lease.renew(now=shared_now(), length=timedelta(seconds=left_s)):
                raise AllegroUnavailable(problem="token_busy")
    return answer.result()


def _store(shop_id: int, tokens: actions.Tokens, *, lease: TokenLease) -> None:
    """Keep the pair: it lives nowhere else, and the one before dies within the minute.

    :raises Unavailable: the database is full, busy or away, and was so each time while the lease ran.
    """
    held_until_s = time.monotonic() + leases.TOKEN_LEASE.total_seconds() - RENEWED_EVERY_S
    for pause_s in (*_STORE_PAUSES_S, None):
        try:
            with told_as_trouble():
                actions.store_tokens(shop_id=shop_id, tokens=tokens, lease=lease)
        except Unavailable as trouble:
            if pause_s is None or time.monotonic() >= held_until_s:
                raise
            logger.warning("shops.tokens.not_stored", extra={"shop_id": shop_id, "code": trouble.code})
            time.sleep(pause_s)
            drop_dead_connection()
        else:
            return


def _release(lease: TokenLease) -> None:
    """Let others refresh; where the database cannot note that, the lease ends by itself."""
    drop_dead_connection()
    with suppress(DatabaseError):
        lease.release()


def _needs_refresh(shop: Shop, *, refused: str, now: datetime) -> bool:
    if refused:
        return shop.access_token == refused
    if shop.token_obtained_at is None or shop.token_expires_at is None:
        return True
    life = shop.token_expires_at - shop.token_obtained_at
    return now >= shop.token_obtained_at + life * REFRESHED_AT


def _still_lives(shop: Shop, *, now: datetime) -> bool:
    return shop.token_expires_at is not None and now < shop.token_expires_at
