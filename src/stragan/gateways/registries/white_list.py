"""The white list: the Polish register of VAT payers, asked by NIP for a day (VAT Act art. 96b).

``GET …/api/search/nip/{nip}?date=2026-11-23``. A NIP that is not on it comes with an empty subject.
"""

from datetime import date
from types import TracebackType
from typing import Final, Self

import httpx2
import msgspec

from stragan.gateways.registries.errors import RegistryRefused
from stragan.gateways.registries.transport import TIMEOUT_S, RegistryTransport

REGISTRY: Final = "biała lista"
_OK: Final = 200
_ACTIVE: Final = "czynny"
_EXEMPT: Final = "zwolniony"


class _Subject(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    name: str | None = None
    status_vat: str | None = None
    residence_address: str | None = None
    working_address: str | None = None
    account_numbers: list[str] = []


class _Result(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    request_id: str
    subject: _Subject | None = None


class _Page(msgspec.Struct, frozen=True, kw_only=True):
    result: _Result


class WhiteListAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """The list has spoken. ``status`` is ``active``, ``exempt`` or ``absent``; the address is one line."""

    status: str
    request_id: str
    name: str = ""
    address: str = ""
    accounts: tuple[str, ...] = ()


class WhiteListClient:
    """Asks the white list at *url*, which ends before ``/api``."""

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

    def check(self, nip: str, *, on: date) -> WhiteListAnswer:
        """Ask about a NIP as of a Warsaw day.

        :raises RegistryUnavailable: a timeout, the day's limit, a broken answer: nothing is known.
        :raises RegistryRefused: the list does not take the question as it stands.
        """
        reply = self._transport.get(f"/api/search/nip/{nip}", params={"date": on.isoformat()})
        if reply.status != _OK:
            raise RegistryRefused(registry=REGISTRY, reason=f"status_{reply.status}")
        try:
            page = msgspec.json.decode(reply.body, type=_Page)
        except msgspec.DecodeError as broken:
            raise self._transport.unreadable() from broken
        subject = page.result.subject
        if subject is None:
            return WhiteListAnswer(status="absent", request_id=page.result.request_id)
        told = (subject.status_vat or "").strip().casefold()
        return WhiteListAnswer(
            status={_ACTIVE: "active", _EXEMPT: "exempt"}.get(told, "absent"),
            request_id=page.result.request_id,
            name=" ".join((subject.name or "").split()),
            address=" ".join((subject.working_address or subject.residence_address or "").split()),
            accounts=tuple(subject.account_numbers),
        )
