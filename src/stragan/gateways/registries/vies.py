"""VIES, the EU's register of VAT numbers: valid, invalid, or no answer, which are three things.

``GET …/ms/{country}/vat/{number}``; with the asker's own number it gives a consultation number, the
proof for the rate of 0 % (Directive 2006/112/EC art. 138).
"""

from types import TracebackType
from typing import Final, Self

import httpx2
import msgspec

from stragan.gateways.registries.errors import RegistryRefused
from stragan.gateways.registries.transport import TIMEOUT_S, RegistryTransport

REGISTRY: Final = "VIES"
_OK: Final = 200
_ANSWERS: Final = frozenset({"VALID", "INVALID"})
_HIDDEN: Final = "---"  # what states that keep names to themselves write


class _Page(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    is_valid: bool
    user_error: str
    request_identifier: str | None = None
    name: str | None = None
    address: str | None = None


class ViesAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """VIES has spoken: the number is valid or not. The consultation number may be empty."""

    is_valid: bool
    consultation_number: str
    name: str
    address: str


class ViesClient:
    """Asks VIES at *url*, which ends before ``/ms``."""

    def __init__(
        self,
        *,
        url: str,
        user_agent: str,
        timeout_s: float = TIMEOUT_S,
        transport: httpx2.BaseTransport | None = None,
    ) -> None:
        self._transport = RegistryTransport(
            registry=REGISTRY, url=url, user_agent=user_agent, timeout_s=timeout_s, transport=transport
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._transport.__exit__(kind, error, trace)

    def check(self, vat_eu: str, *, requester_nip: str) -> ViesAnswer:
        """Ask about a number with its country in front; *requester_nip* is the asker's Polish number.

        :raises RegistryUnavailable: a timeout, or the member state does not answer: nothing is known.
        :raises RegistryRefused: VIES does not take the question as it stands.
        """
        params = {"requesterMemberStateCode": "PL", "requesterNumber": requester_nip}
        reply = self._transport.get(f"/ms/{vat_eu[:2]}/vat/{vat_eu[2:]}", params=params)
        if reply.status != _OK:
            raise RegistryRefused(registry=REGISTRY, reason=f"status_{reply.status}")
        try:
            page = msgspec.json.decode(reply.body, type=_Page)
        except msgspec.DecodeError as broken:
            raise self._transport.unreadable() from broken
        if page.user_error not in _ANSWERS:
            # MS_UNAVAILABLE, TIMEOUT, MS_MAX_CONCURRENT_REQ and the like come with "isValid": false.
            raise self._transport.unavailable(page.user_error)
        return ViesAnswer(
            is_valid=page.is_valid and page.user_error == "VALID",
            consultation_number=page.request_identifier or "",
            name=_told(page.name),
            address=_told(page.address),
        )


def _told(text: str | None) -> str:
    return "" if text is None or text.strip() == _HIDDEN else " ".join(text.split())
