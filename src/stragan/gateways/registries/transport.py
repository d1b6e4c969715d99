"""One question to a registry: a time limit, a size limit, no redirects; a broken answer is no answer."""

from collections.abc import Mapping
from ipaddress import ip_address
from typing import Final, Self

import httpx2
import msgspec

from stragan.core.errors import Refused
from stragan.gateways.registries.errors import RegistryRefused, RegistryUnavailable

TIMEOUT_S: Final = 8.0  # a person waits for it
LARGEST_ANSWER_BYTES: Final = 2_000_000
_TOO_MANY: Final = 429
_SERVER_FAULT: Final = 500


class InsecureRegistry(Refused):
    """The configured address is neither https nor http to this machine."""

    code = "registry_insecure"


class Reply(msgspec.Struct, frozen=True, kw_only=True):
    """What a registry said, read to the end."""

    status: int
    body: bytes


class RegistryTransport:
    """Sends questions to one registry.

    :raises InsecureRegistry: the address is neither https nor http to this machine.
    """

    def __init__(
        self,
        *,
        registry: str,
        url: str,
        user_agent: str,
        timeout_s: float = TIMEOUT_S,
        transport: httpx2.BaseTransport | None = None,
    ) -> None:
        parts = _parts(url)
        self.registry = registry
        self._client = httpx2.Client(
            base_url=url.rstrip("/"),
            headers={"User-Agent": user_agent},
            timeout=timeout_s,
            transport=transport,
            follow_redirects=False,
            trust_env=not is_loopback(parts.host),
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exc: object) -> None:
        self._client.close()

    def get(self, path: str, *, params: Mapping[str, str]) -> Reply:
        """Ask for a page.

        :raises RegistryUnavailable: no whole answer came in time.
        """
        return self._send("GET", path, params=params)

    def post(self, path: str, *, content: bytes, headers: Mapping[str, str]) -> Reply:
        """Send a question with a body.

        :raises RegistryUnavailable: no whole answer came in time.
        """
        return self._send("POST", path, content=content, headers=headers)

    def _send(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, str] | None = None,
        content: bytes | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Reply:
        try:
            with self._client.stream(
                method, path, params=params, content=content, headers=headers
            ) as response:
                body = bytearray()
                for chunk in response.iter_bytes():
                    body += chunk
                    if len(body) > LARGEST_ANSWER_BYTES:
                        raise RegistryRefused(registry=self.registry, reason="too_large")
        except httpx2.TimeoutException as timeout:
            raise RegistryUnavailable(registry=self.registry, reason="timeout") from timeout
        except (httpx2.TransportError, httpx2.DecodingError) as trouble:
            raise RegistryUnavailable(registry=self.registry, reason="network") from trouble
        if response.status_code == _TOO_MANY or response.status_code >= _SERVER_FAULT:
            raise RegistryUnavailable(registry=self.registry, reason=f"status_{response.status_code}")
        return Reply(status=response.status_code, body=bytes(body))

    def unavailable(self, reason: str) -> RegistryUnavailable:
        """What is said when the registry answers that it cannot answer."""
        return RegistryUnavailable(registry=self.registry, reason=reason[:60])

    def unreadable(self) -> RegistryUnavailable:
        """What is said of an answer that is not what the registry promises: nothing is known."""
        return self.unavailable("unreadable")


def is_loopback(host: str) -> bool:
    """Whether *host* names this very machine."""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _parts(url: str) -> httpx2.URL:
    try:
        parts = httpx2.URL(url)
    except httpx2.InvalidURL as invalid:
        raise InsecureRegistry(url=url) from invalid
    if not parts.host or not (
        parts.scheme == "https" or (parts.scheme == "http" and is_loopback(parts.host))
    ):
        raise InsecureRegistry(url=url)
    return parts
