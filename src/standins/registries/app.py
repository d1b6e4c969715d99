"""The three registries as one small application; what they know and how they fail stands in ``People``."""

import asyncio
import re
from dataclasses import dataclass, field
from html import escape

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

KEY = "abcde12345abcde12345"
_OK = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Company:
    """A taxpayer the registries know."""

    name: str
    street: str = "Wzorcowa"
    house: str = "8"
    flat: str = ""
    postal_code: str = "00-999"
    city: str = "Przykładowo"
    status_vat: str = "Czynny"


@dataclass(slots=True)
class People:
    """Who is known, by NIP and by EU number, and what goes wrong: a word of VIES, a status, a delay."""

    by_nip: dict[str, Company] = field(default_factory=dict)
    by_vat: dict[str, str] = field(default_factory=dict)  # number with country → name
    made_up: str = ""  # a NIP that begins so is known too, under a name made of it
    vies_error: str = ""
    status: int = 200
    delay_s: float = 0.0
    asked: list[str] = field(default_factory=list)
    sessions: set[str] = field(default_factory=set)

    def company(self, nip: str) -> Company | None:
        """Who has this NIP."""
        if self.made_up and nip.startswith(self.made_up):
            return self.by_nip.get(nip) or Company(name=f"Firma Zmyślona {nip[-4:]} Sp. z o.o.")
        return self.by_nip.get(nip)


def build_app(people: People) -> Starlette:
    """The application; the three stand under ``/vies``, ``/white-list`` and ``/gus``."""
    registries = _Registries(people)
    return Starlette(
        routes=[
            Route("/vies/ms/{country}/vat/{number}", registries.vies),
            Route("/white-list/api/search/nip/{nip}", registries.white_list),
            Route("/gus", registries.gus, methods=["POST"]),
        ]
    )


@dataclass(frozen=True, slots=True)
class _Registries:
    people: People

    async def trouble(self, request: Request) -> Response | None:
        """Note the question; give what goes wrong with it."""
        self.people.asked.append(f"{request.method} {request.url.path}?{request.url.query}")
        if self.people.delay_s:
            await asyncio.sleep(self.people.delay_s)
        return Response("", status_code=self.people.status) if self.people.status != _OK else None

    async def vies(self, request: Request) -> Response:
        if (refusal := await self.trouble(request)) is not None:
            return refusal
        people = self.people
        number = request.path_params["country"] + request.path_params["number"]
        word = people.vies_error or ("VALID" if number in people.by_vat else "INVALID")
        is_valid = word == "VALID"
        asker = request.query_params.get("requesterNumber")
        return JSONResponse(
            {
                "isValid": is_valid,
                "requestDate": "2026-11-23T09:00:00.000Z",
                "userError": word,
                "name": people.by_vat.get(number, "---") if is_valid else "---",
                "address": "---",
                "requestIdentifier": f"WAPI{len(people.asked):012d}" if asker and is_valid else "",
                "originalVatNumber": request.path_params["number"],
                "vatNumber": request.path_params["number"],
            }
        )

    async def white_list(self, request: Request) -> Response:
        if (refusal := await self.trouble(request)) is not None:
            return refusal
        nip = request.path_params["nip"]
        if not request.query_params.get("date"):
            return JSONResponse({"code": "WL-101", "message": "Pole 'data' nie może być puste."}, 400)
        known = self.people.company(nip)
        subject = known and {
            "name": known.name.upper(),
            "nip": nip,
            "statusVat": known.status_vat,
            "workingAddress": f"{_street(known)}, {known.postal_code} {known.city}".upper(),
            "residenceAddress": None,
            "accountNumbers": ["61109010140000071219812874"],
        }
        request_id = f"wl-{len(self.people.asked):04d}"
        result = {"subject": subject, "requestId": request_id, "requestDateTime": "23-11-2026 10:00:00"}
        return JSONResponse({"result": result})

    async def gus(self, request: Request) -> Response:
        if (refusal := await self.trouble(request)) is not None:
            return refusal
        people = self.people
        envelope = (await request.body()).decode()
        if "<ns:Zaloguj>" in envelope:
            session = f"sesja{len(people.asked):015d}" if f">{KEY}<" in envelope else ""
            people.sessions |= {session} - {""}
            return _soap("Zaloguj", session)
        session = request.headers.get("sid", "")
        if "<ns:Wyloguj>" in envelope:
            people.sessions.discard(session)
            return _soap("Wyloguj", "true")
        nip = re.search(r"<dat:Nip>(\d+)</dat:Nip>", envelope)
        known = people.company(nip[1]) if nip and session in people.sessions else None
        return _soap("DaneSzukajPodmioty", _gus_document(known))


def _street(known: Company) -> str:
    number = f"{known.house}/{known.flat}" if known.flat else known.house
    return f"ul. {known.street} {number}"


def _gus_document(known: Company | None) -> str:
    if known is None:
        return (
            "<root><dane><ErrorCode>4</ErrorCode>"
            "<ErrorMessagePl>Nie znaleziono podmiotów.</ErrorMessagePl></dane></root>"
        )
    return (
        f"<root><dane><Nazwa>{escape(known.name)}</Nazwa><Wojewodztwo>MAZOWIECKIE</Wojewodztwo>"
        f"<Miejscowosc>{escape(known.city)}</Miejscowosc><KodPocztowy>{known.postal_code}</KodPocztowy>"
        f"<Ulica>{escape(known.street and 'ul. ' + known.street)}</Ulica>"
        f"<NrNieruchomosci>{known.house}</NrNieruchomosci><NrLokalu>{known.flat}</NrLokalu>"
        "<Typ>P</Typ></dane></root>"
    )


def _soap(deed: str, result: str) -> Response:
    """The envelope, wrapped in MIME as the real service does."""
    inner = f"<{deed}Result>{escape(result)}</{deed}Result>" if result else f"<{deed}Result/>"
    envelope = (
        '<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"><s:Body>'
        f'<{deed}Response xmlns="http://CIS/BIR/PUBL/2014/07">{inner}</{deed}Response></s:Body></s:Envelope>'
    )
    boundary = "uuid:11111111-2222-3333-4444-555555555555+id=1"
    body = (
        f"\r\n--{boundary}\r\nContent-ID: <http://tempuri.org/0>\r\nContent-Transfer-Encoding: 8bit\r\n"
        'Content-Type: application/xop+xml;charset=utf-8;type="application/soap+xml"\r\n\r\n'
        f"{envelope}\r\n--{boundary}--\r\n"
    )
    media = (
        f'multipart/related; type="application/xop+xml";start="<http://tempuri.org/0>";boundary="{boundary}"'
    )
    return Response(body, media_type=media)
