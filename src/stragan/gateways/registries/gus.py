"""GUS, the register REGON (BIR 1.1): name and address of a company by its NIP.

SOAP 1.2 with three calls: log in with the user's key, search, log out. Answers may come wrapped in MIME;
the search's result is a document of its own, written as text into the envelope.
"""

import re
from html import unescape
from types import TracebackType
from typing import Final, Self
from xml.sax.saxutils import escape

import httpx2
import msgspec

from stragan.gateways.registries.errors import RegistryRefused, RegistryUnavailable
from stragan.gateways.registries.transport import TIMEOUT_S, RegistryTransport

REGISTRY: Final = "GUS"
_SERVICE: Final = "http://CIS/BIR/PUBL/2014/07/IUslugaBIRzewnPubl"
_DATA: Final = "http://CIS/BIR/PUBL/2014/07"
_CONTRACTS: Final = "http://CIS/BIR/PUBL/2014/07/DataContract"
_NOT_FOUND: Final = "4"  # "Nie znaleziono podmiotów."
_OK: Final = 200


class GusCompany(msgspec.Struct, frozen=True, kw_only=True):
    """A company as the register writes it."""

    name: str
    street: str
    postal_code: str
    city: str


class GusClient:
    """Asks GUS at *url*, the whole address of the service, with the user's *key*."""

    def __init__(
        self,
        *,
        url: str,
        key: str,
        user_agent: str,
        timeout_s: float = TIMEOUT_S,
        transport: httpx2.BaseTransport | None = None,
    ) -> None:
        self._url, self._key = url, key
        self._transport = RegistryTransport(
            registry=REGISTRY, url=url, user_agent=user_agent, timeout_s=timeout_s, transport=transport
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._transport.__exit__(kind, error, trace)

    def find(self, nip: str) -> GusCompany | None:
        """Give the company with this NIP, or None where the register has none.

        :raises RegistryUnavailable: no answer in time, or a broken one.
        :raises RegistryRefused: the key is wrong.
        """
        session = self._call("Zaloguj", f"<ns:pKluczUzytkownika>{escape(self._key)}</ns:pKluczUzytkownika>")
        if not session:
            raise RegistryRefused(registry=REGISTRY, reason="key")
        asked = (
            f'<ns:pParametryWyszukiwania xmlns:dat="{_CONTRACTS}"><dat:Nip>{escape(nip)}</dat:Nip>'
            "</ns:pParametryWyszukiwania>"
        )
        try:
            found = self._call("DaneSzukajPodmioty", asked, session=session)
        finally:
            self._log_out(session)
        return self._read(found)

    def _log_out(self, session: str) -> None:
        try:
            self._call(
                "Wyloguj",
                f"<ns:pIdentyfikatorSesji>{escape(session)}</ns:pIdentyfikatorSesji>",
                session=session,
            )
        except (RegistryRefused, RegistryUnavailable):
            return  # a session dies by itself after an hour

    def _call(self, deed: str, content: str, *, session: str = "") -> str:
        """Send one envelope; gives the text of its result."""
        envelope = (
            f'<soap:Envelope xmlns:soap="http://www.w3.org/2003/05/soap-envelope" xmlns:ns="{_DATA}">'
            '<soap:Header xmlns:wsa="http://www.w3.org/2005/08/addressing">'
            f"<wsa:Action>{_SERVICE}/{deed}</wsa:Action><wsa:To>{escape(self._url)}</wsa:To></soap:Header>"
            f"<soap:Body><ns:{deed}>{content}</ns:{deed}></soap:Body></soap:Envelope>"
        )
        headers = {"Content-Type": "application/soap+xml; charset=utf-8"} | (
            {"sid": session} if session else {}
        )
        reply = self._transport.post(self._url, content=envelope.encode(), headers=headers)
        if reply.status != _OK:
            raise RegistryRefused(registry=REGISTRY, reason=f"status_{reply.status}")
        text = reply.body.decode("utf-8", errors="replace")
        result = re.search(
            rf"<(?:\w+:)?{deed}Result(?:\s[^>]*)?(?:/>|>(.*?)</(?:\w+:)?{deed}Result>)", text, re.DOTALL
        )
        if result is None:
            raise self._transport.unreadable()
        return unescape(result[1] or "")

    def _read(self, document: str) -> GusCompany | None:
        if _field(document, "ErrorCode") == _NOT_FOUND:
            return None
        name = _field(document, "Nazwa")
        if not name:
            raise self._transport.unreadable()
        street, house, flat = (_field(document, part) for part in ("Ulica", "NrNieruchomosci", "NrLokalu"))
        city = _field(document, "Miejscowosc")
        number = f"{house}/{flat}" if house and flat else house
        # A village without streets gives its own name before the number.
        return GusCompany(
            name=name,
            street=f"{street or city} {number}".strip(),
            postal_code=_field(document, "KodPocztowy"),
            city=_field(document, "MiejscowoscPoczty") or city,
        )


def _field(document: str, name: str) -> str:
    """The text of the first element *name*; elements of the register hold text only."""
    found = re.search(rf"<{name}>(.*?)</{name}>", document, re.DOTALL)
    return " ".join(unescape(found[1]).split()) if found else ""
