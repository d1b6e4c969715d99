"""Builds Allegro's clients from settings, and keeps the demo, the stand-ins and production apart."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from ipaddress import ip_address
from urllib.parse import urlsplit

from django.conf import settings

from stragan import __version__
from stragan.companies.models import Company
from stragan.core.errors import Refused
from stragan.gateways.allegro import (
    AllegroAuth,
    AllegroClient,
    Grant,
    Heard,
    Patience,
    budget_for,
    user_agent,
)
from stragan.kit.clock import is_shifted
from stragan.kit.shared_clock import shared_now
from stragan.shops import quota
from stragan.shops.models import Shop


class DemoNeedsStandin(Refused):
    """A demo company or installation speaks to servers of this machine only."""

    code = "allegro_demo_outside"


class OtherAllegro(Refused):
    """The shop was connected at another address than the one that is configured now."""

    code = "allegro_address_differs"


class ClockShifted(Refused):
    """``STRAGAN_NOW`` is in force, and the address is Allegro's production."""

    code = "allegro_clock_shifted"


class ClientMissing(Refused):
    """No client id is configured and the shop has none of its own."""

    code = "allegro_client_missing"


# Allegro takes a used refresh token for a minute: both tries fall into it, then the next call tries again.
_REFRESH_PATIENCE = Patience(
    attempts=2,
    first_wait_s=0.3,
    rate_limited_wait_s=1.0,
    longest_wait_s=2.0,
    total_wait_s=2.0,
)
_REFRESH_TIMEOUT_S = 8.0


def check_addresses(*, company: Company, api_url: str, auth_url: str) -> None:
    """Let nothing of a demo out of this machine, and no shifted clock near production.

    :raises DemoNeedsStandin: the company is a demo and an address is not of this machine.
    :raises ClockShifted: ``STRAGAN_NOW`` is set and the address is Allegro's own.
    """
    hosts = [urlsplit(url).hostname or "" for url in (api_url, auth_url)]
    if (company.is_demo or settings.IS_DEMO) and not all(is_loopback(host) for host in hosts):
        raise DemoNeedsStandin(url=api_url)
    if is_shifted() and any(_is_production(host) for host in hosts):
        raise ClockShifted(url=api_url)


def check_shop(shop: Shop) -> None:
    """As ``check_addresses``, for a shop as it was connected.

    :raises OtherAllegro: the configured address is not the one the shop was connected at.
    """
    if (shop.api_url, shop.auth_url) != (settings.ALLEGRO_API_URL, settings.ALLEGRO_AUTH_URL):
        raise OtherAllegro(shop=shop.name, url=settings.ALLEGRO_API_URL, known_url=shop.api_url)
    check_addresses(company=shop.company, api_url=shop.api_url, auth_url=shop.auth_url)


def auth_of(*, client_id: str, client_secret: str) -> AllegroAuth:
    """The authorization server for a new connection; an empty *client_id* means the configured one.

    :raises ClientMissing: there is no client id at all.
    """
    client_id, client_secret = credentials(client_id=client_id, client_secret=client_secret)
    return AllegroAuth(
        auth_url=settings.ALLEGRO_AUTH_URL,
        client_id=client_id,
        client_secret=client_secret or None,
        user_agent=agent(),
    )


def refresher_of(shop: Shop) -> AllegroAuth:
    """The authorization server for refreshing the tokens of *shop*: it gives up within Allegro's grace."""
    client_id, client_secret = credentials(client_id=shop.client_id, client_secret=shop.client_secret)
    return AllegroAuth(
        auth_url=shop.auth_url,
        client_id=client_id,
        client_secret=client_secret or None,
        user_agent=agent(),
        timeout_s=_REFRESH_TIMEOUT_S,
        patience=_REFRESH_PATIENCE,
    )


@dataclass(frozen=True, slots=True)
class SharedQuota:
    """The quota of a client id, counted in the database for all processes and machines."""

    client_id: str

    def take(self) -> Grant:
        """Take a block of requests."""
        now = shared_now()
        share = quota.take(self.client_id, now=now)
        return Grant(requests=share.requests, seconds=max(0.05, (share.until - now).total_seconds()))

    def limited(self, *, wait_s: float) -> None:
        """Let all processes wait, a minute at most: a longer wish of Allegro concerns one seller."""
        until = shared_now() + min(timedelta(seconds=wait_s), quota.LONGEST_BLOCK)
        quota.block(self.client_id, until=until)


def client_of(
    *,
    api_url: str,
    access_token: str,
    client_id: str,
    heard: Callable[[Heard], None] | None = None,
) -> AllegroClient:
    """The REST API as one seller sees it; all clients of an application share one budget, on all machines."""
    return AllegroClient(
        api_url=api_url,
        access_token=access_token,
        user_agent=agent(),
        budget=budget_for(client_id, quota=SharedQuota(client_id)),
        heard=heard,
    )


def credentials(*, client_id: str, client_secret: str) -> tuple[str, str]:
    """The client id and secret given, or those of the installation.

    :raises ClientMissing: there is neither.
    """
    if client_id and (client_secret or client_id != settings.ALLEGRO_CLIENT_ID):
        return client_id, client_secret
    if not settings.ALLEGRO_CLIENT_ID:
        raise ClientMissing
    return settings.ALLEGRO_CLIENT_ID, settings.ALLEGRO_CLIENT_SECRET


def agent() -> str:
    """The User-Agent Allegro demands of every application."""
    return user_agent(
        app_name=settings.ALLEGRO_APP_NAME, version=__version__, info_url=settings.ALLEGRO_INFO_URL
    )


def is_loopback(host: str) -> bool:
    """Whether *host* names this very machine."""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _is_production(host: str) -> bool:
    return host == "allegro.pl" or host.endswith(".allegro.pl")
