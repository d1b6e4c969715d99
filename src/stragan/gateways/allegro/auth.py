"""OAuth with Allegro: both ways to a consent, and keeping it alive."""

import base64
import hashlib
import math
import secrets
import time
import unicodedata
from collections.abc import Callable, Sequence
from typing import Final, Self, TypeVar
from urllib.parse import quote, urlencode

import httpx2
import msgspec
from msgspec import Struct

from stragan.gateways.allegro.errors import (
    AccessDenied,
    AllegroError,
    AllegroRejected,
    AllegroUnavailable,
    AuthorizationPending,
    ClientRejected,
    CodeRejected,
    DeviceCodeExpired,
    ReconnectNeeded,
    SlowDown,
)
from stragan.gateways.allegro.forms import Identifier
from stragan.gateways.allegro.transport import (
    Answer,
    Call,
    Patience,
    Transport,
    checked_url,
    error_of,
    refusal_of,
    understood,
)

T = TypeVar("T")

SCOPES: Final = (
    "allegro:api:profile:read",
    "allegro:api:orders:read",
    "allegro:api:orders:write",
    "allegro:api:sale:offers:read",
    "allegro:api:sale:offers:write",
    "allegro:api:payments:read",  # not needed for orders: without it money is not compared
    "allegro:api:billing:read",  # not needed either: without it fees and profit stay unknown
)
TIMEOUT_S: Final = 10.0
# The old refresh token works for about 60 s after its first use: four tries of 10 s fit in with the waits.
_WITHIN_GRACE: Final = Patience(
    attempts=4,
    first_wait_s=0.5,
    rate_limited_wait_s=5.0,
    longest_wait_s=10.0,
    total_wait_s=15.0,
)
_WHOLE_WITHIN_S: Final = 10.0  # else asked again; the answer to what works once is waited for
_DEVICE_GRANT: Final = "urn:ietf:params:oauth:grant-type:device_code"
_FORM: Final = "application/x-www-form-urlencoded"
_BAD_REQUEST: Final = 400
_UNAUTHORIZED: Final = 401
_ADDRESS_SIGNS: Final = ":/?#@!$&=%~+,;*"
_LETTERS: Final = str.maketrans("łŁ", "lL")  # the Polish letters that do not decompose


class TokenPair(Struct, frozen=True, kw_only=True):
    """Both tokens. The refresh token works once: store it before using the access token."""

    access_token: str
    refresh_token: str
    expires_in_s: int
    scopes: tuple[str, ...]

    def __repr__(self) -> str:
        return f"TokenPair(expires_in_s={self.expires_in_s}, scopes={self.scopes})"  # no secret in a log


class DeviceGrant(Struct, frozen=True, kw_only=True):
    """What the seller opens (``verification_url``, the code is in it) while we poll."""

    device_code: str
    user_code: str
    verification_url: str
    interval_s: int
    expires_in_s: int


class _Tokens(Struct, frozen=True):
    access_token: Identifier
    refresh_token: Identifier
    expires_in: int
    scope: str | None = None


class _Device(Struct, frozen=True):
    device_code: Identifier
    user_code: Identifier
    expires_in: int
    interval: int | None = None
    verification_uri: str | None = None
    verification_uri_complete: str | None = None


class AllegroAuth:
    """Allegro's authorization server for one application, with a secret or (PKCE) without one."""

    def __init__(
        self,
        *,
        auth_url: str,
        client_id: str,
        client_secret: str | None,
        user_agent: str,
        transport: httpx2.BaseTransport | None = None,
        sleep: Callable[[float], None] = time.sleep,
        timeout_s: float = TIMEOUT_S,
        patience: Patience = _WITHIN_GRACE,
    ) -> None:
        self._auth_url = checked_url(auth_url)
        self._client_id = client_id
        self._public = not client_secret
        headers = {"User-Agent": user_agent, "Accept": "application/json"}
        if client_secret:
            pair = base64.b64encode(f"{client_id}:{client_secret}".encode()).decode()
            headers["Authorization"] = f"Basic {pair}"
        self._transport = Transport(
            base_url=auth_url,
            headers=headers,
            timeout_s=timeout_s,
            patience=patience,
            transport=transport,
            sleep=sleep,
            refusal=_oauth_refusal,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exc: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections."""
        self._transport.close()

    def authorize_url(
        self, *, redirect_uri: str, state: str, code_challenge: str, scopes: Sequence[str] = SCOPES
    ) -> str:
        """Return the address of Allegro's consent page; it asks which account to connect."""
        query = {
            "response_type": "code",
            "client_id": self._client_id,
            "redirect_uri": redirect_uri,
            "state": state,
            "scope": " ".join(scopes),
            "code_challenge": code_challenge,
            "code_challenge_method": "S256",
            "prompt": "confirm",
        }
        return f"{self._auth_url}/auth/oauth/authorize?{urlencode(query)}"

    def exchange_code(self, *, code: str, redirect_uri: str, code_verifier: str) -> TokenPair:
        """Turn the code of the redirect (works once, for about 10 s) into tokens.

        :raises CodeRejected: the code is used, too old, or bound to something else.
        :raises ClientRejected: the client id or secret is wrong.
        """
        grant = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": redirect_uri,
            "code_verifier": code_verifier,
        }
        try:
            return self._tokens(grant)
        except AllegroRejected as refusal:
            if refusal.status == _BAD_REQUEST:
                raise CodeRejected(**refusal.params) from refusal
            raise

    def start_device(self, *, scopes: Sequence[str] = SCOPES) -> DeviceGrant:
        """Begin the device flow.

        :raises ClientRejected: the client id or secret is wrong.
        """
        params = [("client_id", self._client_id), ("scope", " ".join(scopes))]
        call = Call(
            method="POST",
            path="/auth/oauth/device",
            params=params,
            headers={"Content-Type": _FORM},
            content=b"",
        )
        return self._transport.send(call, lambda answer: understood(answer, _read_device))

    def poll_device(self, *, device_code: str) -> TokenPair:
        """Ask once whether the seller has confirmed.

        :raises AuthorizationPending: not yet; ``SlowDown`` when asked too often.
        :raises AccessDenied: the seller said no.
        :raises DeviceCodeExpired: too late, or the tokens were handed out before.
        """
        try:
            return self._tokens({"grant_type": _DEVICE_GRANT, "device_code": device_code})
        except AllegroRejected as refusal:
            if refusal.status != _BAD_REQUEST:
                raise
            word = refusal.allegro_code.strip().lower().replace(" ", "_")
            reaction: type[AllegroError] = {
                "authorization_pending": AuthorizationPending,
                "slow_down": SlowDown,
                "access_denied": AccessDenied,
                "expired_token": DeviceCodeExpired,
                "invalid_grant": DeviceCodeExpired,
                "invalid_device_code": DeviceCodeExpired,
            }.get(word, AllegroRejected)
            raise reaction(**refusal.params) from refusal

    def refresh(self, *, refresh_token: str) -> TokenPair:
        """Trade the refresh token for a new pair; the old pair dies.

        A lost answer is asked for again at once with the same token, which Allegro allows for about
        60 s. Call this under the account's lock and commit the pair before using it.

        :raises ReconnectNeeded: the connection is dead; only the seller can restore it.
        """
        grant = {"grant_type": "refresh_token", "refresh_token": refresh_token}
        try:
            return self._tokens(grant, repeatable=True)
        except AllegroRejected as refusal:
            if refusal.allegro_code == "invalid_grant" or refusal.status == _UNAUTHORIZED:
                raise ReconnectNeeded(**refusal.params) from refusal
            raise

    def revoke(self, token: str) -> None:
        """Ask Allegro to forget *token*. Best effort: tokens die by themselves as well."""
        self._post("revoke", {"token": token}, lambda _answer: None, repeatable=True)

    def _tokens(self, grant: dict[str, str], *, repeatable: bool = False) -> TokenPair:
        return self._post(
            "token", grant, lambda answer: understood(answer, _read_tokens), repeatable=repeatable
        )

    def _post(self, path: str, fields: dict[str, str], read: Callable[[Answer], T], *, repeatable: bool) -> T:
        if self._public:
            fields = {"client_id": self._client_id, **fields}
        call = Call(
            method="POST",
            path=f"/auth/oauth/{path}",
            headers={"Content-Type": _FORM},
            content=urlencode(fields).encode(),
            repeatable=repeatable,
            longest_answer_s=_WHOLE_WITHIN_S if repeatable else math.inf,
        )
        return self._transport.send(call, read)


def pkce_pair() -> tuple[str, str]:
    """Return a fresh (verifier, S256 challenge), RFC 7636."""
    verifier = secrets.token_urlsafe(48)
    digest = hashlib.sha256(verifier.encode()).digest()
    return verifier, base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def user_agent(*, app_name: str, version: str, info_url: str) -> str:
    """Return the User-Agent Allegro demands: ``App-Name/1.0 (+https://info)``, spaces as hyphens, ASCII."""
    plain = unicodedata.normalize("NFKD", app_name.translate(_LETTERS)).encode("ascii", "ignore").decode()
    name = "-".join("".join(sign if sign.isalnum() or sign in "-._" else " " for sign in plain).split())
    return f"{name}/{version} (+{quote(info_url, safe=_ADDRESS_SIGNS)})"


def _oauth_refusal(answer: Answer) -> AllegroError:
    """As for the API, but 401 speaks of the application or the consent, not of an access token."""
    error = refusal_of(answer)
    if isinstance(error, AllegroUnavailable):
        return error
    if answer.status == _UNAUTHORIZED and error_of(answer)[0] == "invalid_client":
        return ClientRejected(**error.params)
    return AllegroRejected(**error.params)


def _read_tokens(body: bytes) -> TokenPair:
    tokens = msgspec.json.decode(body, type=_Tokens, strict=False)
    return TokenPair(
        access_token=tokens.access_token,
        refresh_token=tokens.refresh_token,
        expires_in_s=tokens.expires_in,
        scopes=tuple((tokens.scope or "").split()),
    )


def _read_device(body: bytes) -> DeviceGrant:
    device = msgspec.json.decode(body, type=_Device, strict=False)
    return DeviceGrant(
        device_code=device.device_code,
        user_code=device.user_code,
        verification_url=device.verification_uri_complete or device.verification_uri or "",
        interval_s=device.interval or 5,
        expires_in_s=device.expires_in,
    )
