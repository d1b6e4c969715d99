"""Codes, tokens and consents, with Allegro's rules of life and death."""

import base64
import hashlib
import json
import secrets
from dataclasses import dataclass, field
from typing import Final

SCOPES: Final = (
    "allegro:api:orders:read", "allegro:api:orders:write", "allegro:api:payments:read",
    "allegro:api:billing:read", "allegro:api:profile:read", "allegro:api:sale:offers:read",
    "allegro:api:sale:offers:write", "allegro:api:shipments:read", "allegro:api:shipments:write",
)  # fmt: skip
LOGINS_PER_USER: Final = 20


class OAuthRefused(Exception):
    """The token endpoint says no, with this status and error."""

    def __init__(self, status: int, error: str, description: str) -> None:
        super().__init__(description)
        self.status = status
        self.error = error
        self.description = description


@dataclass(slots=True)
class Code:
    """An authorization code: single use, seconds to live."""

    client_id: str
    redirect_uri: str
    seller: int
    scope: tuple[str, ...]
    challenge: str | None
    expires_ms: int
    used: bool = False


@dataclass(slots=True)
class DeviceCode:
    """A device's request; *seller* is set once a person approved it."""

    client_id: str
    user_code: str
    scope: tuple[str, ...]
    expires_ms: int
    polls: int = 0
    polled_ms: int | None = None
    seller: int | None = None
    denied: bool = False
    used: bool = False


@dataclass(slots=True)
class Grant:
    """One consent of one user to one client: a pair of tokens that is renewed."""

    client_id: str
    seller: int | None
    scope: tuple[str, ...]
    access: str = ""
    refresh: str = ""
    access_expires_ms: int = 0
    previous: dict[str, int] = field(default_factory=dict)  # an old refresh token and when its grace ends
    removed: bool = False
    dead: bool = False


def _random_user_code() -> str:
    letters = "BCDFGHJKLMNPQRSTVWXZ"
    return "".join(secrets.choice(letters) for _ in range(9))


class Grants:
    """Everything handed out. Times are of the world's clock, in milliseconds."""

    def __init__(self) -> None:
        self.codes: dict[str, Code] = {}
        self.devices: dict[str, DeviceCode] = {}
        self.grants: list[Grant] = []
        self.version = 0
        self._by_access: dict[str, Grant] = {}
        self._by_refresh: dict[str, Grant] = {}

    def restore(self, grants: list[Grant]) -> None:
        """Take over the grants of an earlier run."""
        self.grants = grants
        self._by_access = {grant.access: grant for grant in grants}
        self._by_refresh = {token: grant for grant in grants for token in (*grant.previous, grant.refresh)}

    def connected(self) -> set[int | None]:
        """Return the sellers with a living grant."""
        return {grant.seller for grant in self.grants if not (grant.dead or grant.removed)}

    def new_code(self, code: Code) -> str:
        """Hand out an authorization code."""
        text = secrets.token_urlsafe(24)
        self.codes[text] = code
        return text

    def new_device(
        self, *, client_id: str, scope: tuple[str, ...], expires_ms: int
    ) -> tuple[str, DeviceCode]:
        """Hand out a device code."""
        text = secrets.token_urlsafe(24)
        device = DeviceCode(client_id, _random_user_code(), scope, expires_ms)
        self.devices[text] = device
        return text, device

    def device_by_user_code(self, user_code: str) -> DeviceCode | None:
        """Return the device's request that shows this code."""
        wanted = user_code.replace("-", "").replace(" ", "").upper()
        return next((device for device in self.devices.values() if device.user_code == wanted), None)

    def redeem_code(
        self, *, text: str, client_id: str, redirect_uri: str, verifier: str | None, now_ms: int
    ) -> Grant:
        """Trade an authorization code for a grant without tokens yet.

        :raises OAuthRefused: unknown, used, too old, of another client or address, or a wrong verifier.
        """
        code = self.codes.get(text)
        if code is None or code.used or now_ms > code.expires_ms or code.client_id != client_id:
            raise OAuthRefused(400, "invalid_grant", f"Invalid authorization code: {text}")
        code.used = True
        if code.redirect_uri != redirect_uri:
            raise OAuthRefused(400, "invalid_grant", "Invalid redirect URI")
        if code.challenge is not None:
            digest = hashlib.sha256((verifier or "").encode()).digest()
            if base64.urlsafe_b64encode(digest).rstrip(b"=").decode() != code.challenge:
                raise OAuthRefused(400, "invalid_grant", "Invalid code verifier")
        return self._add(Grant(client_id, code.seller, code.scope))

    def redeem_device(
        self, *, text: str, client_id: str, now_ms: int, interval_ms: int, after: int | None
    ) -> Grant:
        """Trade an approved device code for a grant without tokens yet.

        *after*: polls after which nobody needs to approve; the caller has set the seller by then.

        :raises OAuthRefused: pending, polled too fast, denied, expired, used or unknown.
        """
        device = self.devices.get(text)
        if device is None or device.client_id != client_id or device.used:
            raise OAuthRefused(400, "invalid_grant", "Invalid device code")
        if now_ms > device.expires_ms:
            raise OAuthRefused(400, "expired_token", "Device code expired")
        if device.denied:
            raise OAuthRefused(400, "access_denied", "User denied access")
        too_fast = device.polled_ms is not None and now_ms - device.polled_ms < interval_ms * 9 // 10
        device.polled_ms = now_ms
        device.polls += 1
        if too_fast and after is None:
            raise OAuthRefused(400, "slow_down", "Device polls too frequently")
        if device.seller is None:
            raise OAuthRefused(400, "authorization_pending", "Waiting for the user")
        device.used = True
        return self._add(Grant(client_id, device.seller, device.scope))

    def _add(self, grant: Grant) -> Grant:
        same_user = [known for known in self.grants if known.seller == grant.seller and not known.dead]
        if len(same_user) >= LOGINS_PER_USER:
            same_user[0].dead = True
        self.grants.append(grant)
        return grant

    def application(self, client_id: str) -> Grant:
        """Return a grant of no user: only public resources."""
        return self._add(Grant(client_id, None, ()))

    def issue(self, grant: Grant, *, now_ms: int, lifetime_ms: int, grace_ms: int) -> None:
        """Give the grant a new pair: the old access token dies now, the old refresh token after its grace."""
        self.version += 1
        self._by_access.pop(grant.access, None)
        if grant.refresh:
            grant.previous[grant.refresh] = now_ms + grace_ms
        grant.access = _token(grant, "access")
        grant.refresh = _token(grant, "refresh")
        grant.access_expires_ms = now_ms + lifetime_ms
        self._by_access[grant.access] = grant
        self._by_refresh[grant.refresh] = grant

    def renewable(self, *, refresh: str, client_id: str, now_ms: int) -> Grant:
        """Return the grant a refresh token may renew.

        :raises OAuthRefused: 401 when the user removed the application, else 400 invalid_grant.
        """
        grant = self._by_refresh.get(refresh)
        if grant is not None and grant.removed:
            raise OAuthRefused(401, "unauthorized", "Unauthorized")
        if grant is None or grant.dead or grant.client_id != client_id:
            raise OAuthRefused(400, "invalid_grant", f"Invalid refresh token: {refresh[:12]}…")
        if refresh != grant.refresh and now_ms > grant.previous.get(refresh, 0):
            raise OAuthRefused(400, "invalid_grant", f"Invalid refresh token: {refresh[:12]}…")
        return grant

    def by_access(self, token: str, *, now_ms: int) -> Grant | None:
        """Return the living grant of an access token."""
        grant = self._by_access.get(token)
        if grant is None or grant.dead or grant.removed or now_ms >= grant.access_expires_ms:
            return None
        return grant

    def revoke(self, token: str) -> None:
        """Kill the grant a token belongs to."""
        self.version += 1
        grant = self._by_access.get(token) or self._by_refresh.get(token)
        if grant is not None:
            grant.dead = True

    def remove_app(self, seller: int | None) -> int:
        """The user removes the application: refresh answers 401. None means all users."""
        self.version += 1
        hit = [grant for grant in self.grants if seller is None or grant.seller == seller]
        for grant in hit:
            grant.removed = True
        return len(hit)

    def expire_access(self, seller: int | None) -> int:
        """Let the access tokens run out now, refresh tokens live on. None means all users."""
        self.version += 1
        hit = [grant for grant in self.grants if seller is None or grant.seller == seller]
        for grant in hit:
            grant.access_expires_ms = 0
        return len(hit)

    def forget(self) -> None:
        """Let every token become unknown (refresh answers invalid_grant)."""
        self.version += 1
        for grant in self.grants:
            grant.dead = True


def _part(value: dict[str, object]) -> str:
    return base64.urlsafe_b64encode(json.dumps(value, separators=(",", ":")).encode()).rstrip(b"=").decode()


def _token(grant: Grant, kind: str) -> str:
    """Return a text shaped like Allegro's JWT; unsigned, its last part makes it unique."""
    claims: dict[str, object] = {
        "user_name": None if grant.seller is None else str(800_000_001 + grant.seller),
        "scope": list(grant.scope),
        "allegro_api": True,
        "client_id": grant.client_id,
        "kind": kind,
    }
    return f"{_part({'alg': 'none'})}.{_part(claims)}.{secrets.token_urlsafe(32)}"
