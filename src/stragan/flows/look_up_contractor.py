"""Public registries about a contractor: off until an address is configured; no answer is no verdict."""

from collections.abc import Callable
from datetime import datetime
from typing import Final
from urllib.parse import urlsplit

from django.conf import settings

from stragan import __version__
from stragan.companies.models import Company, User
from stragan.contractors import actions
from stragan.contractors.models import Contractor, RegistryCheck
from stragan.contractors.states import Answer, Registry
from stragan.core.dates import warsaw_date
from stragan.core.errors import Refused
from stragan.core.nip import checked_nip
from stragan.flows.clients import is_loopback
from stragan.gateways.registries import (
    GusClient,
    RegistryError,
    ViesClient,
    WhiteListClient,
)

USER_AGENT: Final = f"Stragan/{__version__}"
_POSTAL_CODE_LENGTH: Final = 6


class RegistriesOff(Refused):
    """No registry is configured that could answer this."""

    code = "registries_off"


class LookUpFailed(Refused):
    """The registry did not answer; ``registry`` and ``reason`` say which and why."""

    code = "look_up_failed"


class NipUnknown(Refused):
    """The registry knows no company with this NIP."""

    code = "nip_unknown"


def can_look_up(company: Company) -> bool:
    """Whether a registry that gives names and addresses is configured for this company."""
    return _is_on(company, settings.GUS_URL) or _is_on(company, settings.WHITE_LIST_URL)


def can_check(company: Company, contractor: Contractor) -> bool:
    """Whether a registry is configured that knows one of the contractor's numbers."""
    return bool(
        (contractor.vat_eu and _is_on(company, settings.VIES_URL))
        or (contractor.nip and _is_on(company, settings.WHITE_LIST_URL))
    )


def look_up(*, company: Company, nip: str, now: datetime) -> dict[str, str]:
    """Give name and address by NIP: of GUS, or of the white list where GUS is not configured.

    :raises InvalidNip: not a NIP; nobody is asked.
    :raises RegistriesOff: no registry is configured.
    :raises NipUnknown: the registry has no such company.
    :raises LookUpFailed: it did not answer.
    """
    nip = checked_nip(nip)
    try:
        if _is_on(company, settings.GUS_URL):
            return _from_gus(nip)
        if _is_on(company, settings.WHITE_LIST_URL):
            return _from_white_list(nip, now=now)
    except RegistryError as trouble:
        raise LookUpFailed(**{name: str(fact) for name, fact in trouble.params.items()}) from trouble
    raise RegistriesOff


def check(*, company: Company, contractor: Contractor, by: User, now: datetime) -> list[RegistryCheck]:
    """Ask about the contractor's numbers and keep every answer with its time; *now* is real time.

    A registry that does not answer leaves "unknown": it never makes a number invalid.

    :raises RegistriesOff: none is configured that knows its numbers.
    """
    questions: list[Callable[[], RegistryCheck]] = []
    if contractor.vat_eu and _is_on(company, settings.VIES_URL):
        questions.append(lambda: _vies(contractor.vat_eu, requester_nip=company.nip))
    if contractor.nip and _is_on(company, settings.WHITE_LIST_URL):
        questions.append(lambda: _white_list(contractor.nip, now=now))
    if not questions:
        raise RegistriesOff
    checks = [question() for question in questions]
    for one in checks:
        one.company_id, one.contractor, one.by, one.at = company.pk, contractor, by, now
    actions.record_checks(contractor=contractor, checks=checks, by=by)
    return checks


def _vies(vat_eu: str, *, requester_nip: str) -> RegistryCheck:
    row = RegistryCheck(registry=Registry.VIES.value, number=vat_eu)
    try:
        with ViesClient(url=settings.VIES_URL, user_agent=USER_AGENT) as vies:
            said = vies.check(vat_eu, requester_nip=requester_nip)
    except RegistryError as trouble:
        return _unknown(row, trouble)
    row.answer = (Answer.VALID if said.is_valid else Answer.INVALID).value
    row.reference, row.name = said.consultation_number[:80], said.name[:512]
    return row


def _white_list(nip: str, *, now: datetime) -> RegistryCheck:
    row = RegistryCheck(registry=Registry.WHITE_LIST.value, number=nip)
    try:
        with WhiteListClient(url=settings.WHITE_LIST_URL, user_agent=USER_AGENT) as white_list:
            said = white_list.check(nip, on=warsaw_date(now))
    except RegistryError as trouble:
        return _unknown(row, trouble)
    row.answer = Answer(said.status).value
    row.reference, row.name = said.request_id[:80], said.name[:512]
    return row


def _unknown(row: RegistryCheck, trouble: RegistryError) -> RegistryCheck:
    row.answer = Answer.UNKNOWN.value
    row.reason = str(trouble.params.get("reason", ""))[:60]
    return row


def _from_gus(nip: str) -> dict[str, str]:
    with GusClient(url=settings.GUS_URL, key=settings.GUS_KEY, user_agent=USER_AGENT) as gus:
        found = gus.find(nip)
    if found is None:
        raise NipUnknown(nip=nip)
    return {
        "nip": nip,
        "name": found.name,
        "street": found.street,
        "postal_code": found.postal_code,
        "city": found.city,
        "country": "PL",
    }


def _from_white_list(nip: str, *, now: datetime) -> dict[str, str]:
    """The list writes an address as "STREET 1, 00-999 CITY"; what cannot be parted stays a street."""
    with WhiteListClient(url=settings.WHITE_LIST_URL, user_agent=USER_AGENT) as white_list:
        found = white_list.check(nip, on=warsaw_date(now))
    if not found.name:
        raise NipUnknown(nip=nip)
    street, _, rest = found.address.rpartition(", ")
    postal_code, _, city = rest.partition(" ")
    is_parted = bool(street) and len(postal_code) == _POSTAL_CODE_LENGTH
    return {
        "nip": nip,
        "name": found.name,
        "street": street if is_parted else found.address,
        "postal_code": postal_code if is_parted else "",
        "city": city if is_parted else "",
        "country": "PL",
    }


def _is_on(company: Company, url: str) -> bool:
    """Whether the registry is configured; a demo speaks to servers of this machine only."""
    if not url:
        return False
    is_demo = company.is_demo or settings.IS_DEMO
    return not is_demo or is_loopback(urlsplit(url).hostname or "")
