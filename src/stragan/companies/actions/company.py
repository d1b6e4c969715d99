"""The company itself: made with its owner, changed by an owner."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import transaction

from stragan.companies.actions.people import checked_email, user_with
from stragan.companies.actions.trail import record
from stragan.companies.models import Books, Company, Membership, Receipts, Role, User
from stragan.core.errors import Refused
from stragan.core.nip import checked_nip
from stragan.kit.audit import Actor

DEFAULT_EXEMPTION_BASIS: Final = "art. 113 ust. 1 ustawy o VAT"
_NAME_AND_ADDRESS: Final = ("name", "street", "postal_code", "city")


class CompanyDataMissing(Refused):
    """A company needs a name and a whole address; ``field`` says what is missing."""

    code = "company_data_missing"


class CompanyExists(Refused):
    """A company with this NIP is here already, and the person asking is not its owner."""

    code = "company_exists"


@dataclass(frozen=True, slots=True, kw_only=True)
class CompanyData:
    """What a company is made of. An exempt one without a basis gets the usual: art. 113 ust. 1."""

    nip: str
    name: str
    street: str
    postal_code: str
    city: str
    vat_payer: bool = True
    vat_exemption_basis: str = ""
    warehouse: bool = True
    books: str = Books.NONE


@dataclass(frozen=True, slots=True, kw_only=True)
class CompanySettings:
    """What an owner may change later; the NIP stays, and the VAT status has days (``actions.vat``)."""

    name: str
    street: str
    postal_code: str
    city: str
    bdo: str = ""
    bank_account: str = ""
    bank_name: str = ""
    footer: str = ""
    warehouse: bool
    books: str
    ryczalt_rate: str = "3"
    receipts: str = ""
    allegro_module: bool
    close_order_on_issue: bool


def create_company_with_owner(
    *,
    data: CompanyData,
    email: str,
    password: str,
    now: datetime,
    is_demo: bool = False,
    is_weak_password_allowed: bool = False,
    actor: Actor = Actor.COMMAND,
) -> Membership:
    """Make a company and the person who owns it; the same again gives the first result.

    The address may be left out and added later, but not by half. A person who has an account
    already owns the company with it.

    :raises InvalidNip: the NIP's shape or check digit is wrong.
    :raises CompanyDataMissing: name or address are not whole.
    :raises EmailInvalid: not an e-mail address.
    :raises PasswordWeak: the password is easy to guess.
    :raises EmailTaken: the account exists and the password is not its own.
    :raises CompanyExists: the NIP is here already and *email* is not its owner.
    """
    nip = checked_nip(data.nip)
    is_address_given = bool(data.street or data.postal_code or data.city)
    _check_whole(data, fields=_NAME_AND_ADDRESS if is_address_given else ("name",))
    address = checked_email(email)
    with transaction.atomic():
        # Two first runs at once: the unique NIP lets one of them make the row, the other finds it.
        company, is_new = Company.objects.get_or_create(
            nip=nip,
            defaults={
                "name": data.name.strip(),
                "street": data.street.strip(),
                "postal_code": data.postal_code.strip(),
                "city": data.city.strip(),
                "vat_payer": data.vat_payer,
                "vat_exemption_basis": _basis(vat_payer=data.vat_payer, given=data.vat_exemption_basis),
                "warehouse": data.warehouse,
                "books": data.books,
                "is_demo": is_demo,
                "created_at": now,
            },
        )
        if not is_new:
            return _owner_of(company, address)
        user = user_with(email=address, password=password, is_weak_password_allowed=is_weak_password_allowed)
        membership = Membership.objects.for_company(company).create(
            company=company, user=user, role=Role.OWNER, created_at=now
        )
        record("company.created", company=company, by=user, now=now, actor=actor)
    return membership


def update_company(*, company: Company, changes: CompanySettings, by: User, now: datetime) -> Company:
    """Change a company's data and switches; which columns changed goes into the trail, not their content.

    A company made without an address may switch packages all the same: name and address are looked at
    only when one of them changes.

    :raises CompanyDataMissing: the new name or address are not whole.
    """
    wanted: dict[str, object] = {
        name: getattr(changes, name) for name in CompanySettings.__dataclass_fields__
    }
    with transaction.atomic():
        row = Company.objects.select_for_update().get(pk=company.pk)
        if any(getattr(row, name) != wanted[name] for name in _NAME_AND_ADDRESS):
            _check_whole(changes, fields=_NAME_AND_ADDRESS)
        _change(row, wanted, by=by, now=now)
    return row


def set_receipts(*, company: Company, receipts: str, by: User, now: datetime) -> Company:
    """Keep the answer to what a receipt is here: ``Receipts`` (VAT Act art. 111); nothing is guessed."""
    with transaction.atomic():
        row = Company.objects.select_for_update().get(pk=company.pk)
        _change(row, {"receipts": Receipts(receipts).value}, by=by, now=now)
    return row


def _change(row: Company, wanted: Mapping[str, object], *, by: User, now: datetime) -> None:
    """Save what differs in the locked *row* and say in the trail which columns did."""
    changed = sorted(name for name, value in wanted.items() if getattr(row, name) != value)
    if "close_order_on_issue" in changed:
        row.close_order_on_issue_changed_at, row.close_order_on_issue_changed_by = now, by
    for name in changed:
        setattr(row, name, wanted[name])
    if changed:
        row.save()
        record("company.changed", company=row, by=by, now=now, facts={"columns": changed})


def _check_whole(data: CompanyData | CompanySettings, *, fields: tuple[str, ...]) -> None:
    for field in fields:
        if not getattr(data, field).strip():
            raise CompanyDataMissing(field=field)


def _basis(*, vat_payer: bool, given: str) -> str:
    return given.strip() or ("" if vat_payer else DEFAULT_EXEMPTION_BASIS)


def _owner_of(company: Company, email: str) -> Membership:
    owner = Membership.objects.for_company(company).filter(user__email=email, role=Role.OWNER).first()
    if owner is None:
        raise CompanyExists(nip=company.nip)
    return owner
