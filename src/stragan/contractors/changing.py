"""What people do to one contractor: add, put right, and what registries said of it."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from stragan.companies.models import Company, User
from stragan.contractors.matching import difference, key_of, put_derived
from stragan.contractors.models import Contractor, ContractorChange, RegistryCheck
from stragan.contractors.states import Answer, Source, Trouble
from stragan.core.errors import Refused
from stragan.core.nip import checked_nip, checked_vat_eu
from stragan.kit.audit import Deed, record


class ContractorNameMissing(Refused):
    """A contractor needs a name."""

    code = "contractor_name_missing"


class ContractorExists(Refused):
    """Another contractor has this NIP or EU VAT number; ``contractor_id`` says which."""

    code = "contractor_exists"


@dataclass(frozen=True, slots=True, kw_only=True)
class ContractorData:
    """What a person types about a contractor. A Polish EU number is taken for its NIP."""

    name: str
    street: str = ""
    postal_code: str = ""
    city: str = ""
    country: str = "PL"
    nip: str = ""
    vat_eu: str = ""


def add_contractor(*, company: Company, data: ContractorData, by: User, now: datetime) -> Contractor:
    """Add a contractor by hand.

    :raises ContractorNameMissing: there is no name.
    :raises InvalidNip: not a NIP.
    :raises InvalidVatEu: not a VAT number of an EU country.
    :raises ContractorExists: another one has the number.
    """
    row = Contractor(company=company, created_at=now, has_documents=False)
    _put(row, _checked(data), now=now)
    with transaction.atomic():
        row.match_key = _free_key(row)
        row.save()
        _audit(row, "contractor.added", by=by, now=now)
    return row


def edit_contractor(*, contractor: Contractor, data: ContractorData, by: User, now: datetime) -> Contractor:
    """Put a contractor's data right; from then on documents leave them as they are. History is kept.

    :raises ContractorNameMissing: there is no name.
    :raises InvalidNip: not a NIP.
    :raises InvalidVatEu: not a VAT number of an EU country.
    :raises ContractorExists: another one has the number.
    """
    data = _checked(data)
    with transaction.atomic():
        rows = Contractor.objects.for_company(contractor.company_id).select_for_update()
        row = rows.get(pk=contractor.pk)
        before = Contractor.objects.for_company(contractor.company_id).get(pk=contractor.pk)
        _put(row, data, now=now)
        changes = difference(before, row)
        if not changes:
            return before
        if {"nip", "vat_eu"} & set(changes):
            row.match_key = _free_key(row)
            row.problem = ""  # a registry's word was about the other number
        row.save()
        _keep(row, Source.PERSON, changes, by=by, now=now)
        _audit(row, "contractor.changed", by=by, now=now)
    return row


def let_documents_update(*, contractor: Contractor, by: User, now: datetime) -> None:
    """Let the next document bring the data up to date again, though a person has put them right."""
    with transaction.atomic():
        rows = Contractor.objects.for_company(contractor.company_id).filter(pk=contractor.pk, by_hand=True)
        if rows.update(by_hand=False):
            _audit(contractor, "contractor.released", by=by, now=now)


def record_checks(*, contractor: Contractor, checks: Iterable[RegistryCheck], by: User) -> None:
    """Keep what registries answered, and whether it stands against the contractor.

    A registry that did not answer changes nothing in what is known.
    """
    checks = list(checks)
    if not checks:
        return
    with transaction.atomic():
        row = Contractor.objects.for_company(contractor.company_id).select_for_update().get(pk=contractor.pk)
        RegistryCheck.objects.for_company(row.company_id).bulk_create(checks)
        problem = row.problem
        for check in checks:
            if check.answer == Answer.UNKNOWN:
                continue
            problem = _problem(check, problem)
        if problem != row.problem:
            row.problem = problem
            row.save(update_fields=["problem"])
        _audit(row, "contractor.checked", by=by, now=max(check.at for check in checks))


def _problem(check: RegistryCheck, before: str) -> str:
    """What stands against the contractor after this answer; troubles of the other registry stay."""
    trouble = Trouble.VAT_EU_INVALID if check.registry == "vies" else Trouble.NOT_ON_WHITE_LIST
    if check.answer in {Answer.INVALID, Answer.ABSENT}:
        return trouble.value
    return "" if before == trouble else before


def _checked(data: ContractorData) -> ContractorData:
    name = " ".join(data.name.split())
    if not name:
        raise ContractorNameMissing
    nip = checked_nip(data.nip) if data.nip.strip() else ""
    vat_eu = checked_vat_eu(data.vat_eu) if data.vat_eu.strip() else ""
    if vat_eu.startswith("PL"):
        nip, vat_eu = nip or vat_eu.removeprefix("PL"), ""
    return ContractorData(
        name=name,
        street=" ".join(data.street.split()),
        postal_code=data.postal_code.strip(),
        city=" ".join(data.city.split()),
        country=data.country.strip().upper() or "PL",
        nip=nip,
        vat_eu=vat_eu,
    )


def _put(row: Contractor, data: ContractorData, *, now: datetime) -> None:
    for name in ContractorData.__dataclass_fields__:
        setattr(row, name, getattr(data, name))
    row.by_hand, row.updated_at = True, now
    put_derived(row)


def _free_key(row: Contractor) -> str:
    """The key that follows from the data, if nobody else has it; one without numbers keeps a key of its own.

    :raises ContractorExists: somebody has it.
    """
    key = key_of(row)
    if not key:
        kept = row.match_key if row.match_key.startswith(("order:", "hand:")) else ""
        return kept or f"hand:{uuid.uuid4()}"
    others = Contractor.objects.for_company(row.company_id).filter(match_key=key).exclude(pk=row.pk)
    other = others.first()
    if other is not None:
        raise ContractorExists(name=other.name, contractor_id=other.merged_into_id or other.pk)
    return key


def _keep(row: Contractor, source: Source, changes: dict[str, list[str]], *, by: User, now: datetime) -> None:
    ContractorChange.objects.for_company(row.company_id).create(
        company_id=row.company_id, contractor=row, at=now, source=source.value, by=by, changes=changes
    )


def _audit(row: Contractor, verb: str, *, by: User, now: datetime) -> None:
    deed = Deed(verb=verb, subject="contractor", subject_id=row.pk, company_id=row.company_id, user_id=by.pk)
    record([deed], at=now)
