"""What is asked about companies and their people."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from stragan.companies.models import Company, CompanyLogo, Invitation, Membership, Role, User, VatStatus
from stragan.kit.compiled import Values, made_once
from stragan.kit.models import AuditEvent

_DEEDS_READ: Final = 300


def memberships_of(*, user: User) -> list[Membership]:
    """Where a person works, with the companies, the oldest membership first."""
    rows = Membership.objects.across_companies().filter(user=user).select_related("company")
    return list(rows.order_by("created_at", "id"))


def chosen_of(memberships: Sequence[Membership], preferred_company_id: int | None) -> Membership | None:
    """The membership a page works with: the preferred company's, else the first one."""
    first = memberships[0] if memberships else None
    return next((row for row in memberships if row.company_id == preferred_company_id), first)


def companies_of(*, user: User) -> list[Company]:
    """All companies a person works in, by name."""
    return list(Company.objects.filter(memberships__user=user).order_by("name", "id"))


def has_address(company: Company) -> bool:
    """Whether the company has the whole address its invoices must carry (VAT Act art. 106e)."""
    return all(part.strip() for part in (company.street, company.postal_code, company.city))


@dataclass(frozen=True, slots=True, kw_only=True)
class VatStanding:
    """Whether the company is a VAT payer on a day; the basis of the exemption, or of its exempt lines."""

    vat_payer: bool
    exemption_basis: str


def vat_standing(company: Company, *, on: date) -> VatStanding:
    """Give the VAT status that holds *on* a Warsaw day."""
    for vat_payer, basis in _latest_status(company, on).rows():
        return VatStanding(vat_payer=vat_payer, exemption_basis=basis)
    return VatStanding(vat_payer=company.vat_payer, exemption_basis=company.vat_exemption_basis)


@made_once
def _latest_status(company: Company, on: date) -> Values:
    rows = VatStatus.objects.for_company(company).filter(since__lte=on).order_by("-since")
    return rows.values_list("vat_payer", "exemption_basis")[:1]


def was_ever_payer(company: Company) -> bool:
    """Whether the company is, was or will be a VAT payer: else its documents have no net and no VAT."""
    return company.vat_payer or VatStatus.objects.for_company(company).filter(vat_payer=True).exists()


@dataclass(frozen=True, slots=True, kw_only=True)
class VatStretch:
    """A VAT status with its Warsaw days: from *since* (None: the start) to *until* (None: on and on)."""

    since: date | None
    until: date | None
    vat_payer: bool
    exemption_basis: str

    def holds(self, day: date) -> bool:
        """Whether *day* lies within."""
        return (self.since is None or self.since <= day) and (self.until is None or day <= self.until)


def vat_history(company: Company) -> list[VatStretch]:
    """Every VAT status the company had, has and will have, oldest first, without gaps."""
    rows = list(VatStatus.objects.for_company(company).order_by("since"))
    ends = [row.since - timedelta(days=1) for row in rows]
    first = VatStretch(
        since=None,
        until=ends[0] if ends else None,
        vat_payer=company.vat_payer,
        exemption_basis=company.vat_exemption_basis,
    )
    return [first] + [
        VatStretch(since=row.since, until=until, vat_payer=row.vat_payer, exemption_basis=row.exemption_basis)
        for row, until in zip(rows, [*ends[1:], None], strict=False)
    ]


def stretch_on(history: Iterable[VatStretch], day: date) -> VatStretch:
    """Give the status of this history that holds on *day*; it has no gaps."""
    return next(stretch for stretch in history if stretch.holds(day))


def is_payer_on(history: Iterable[VatStretch], day: date) -> bool:
    """Whether the company of this history is a VAT payer on *day*."""
    return next((stretch.vat_payer for stretch in history if stretch.holds(day)), False)


def logo_of(company: Company) -> CompanyLogo | None:
    """The company's picture, if it has one."""
    return CompanyLogo.objects.for_company(company).first()


def is_set_up() -> bool:
    """Whether the installation has a company already."""
    return Company.objects.exists()


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """When a setting was changed last, and by whom."""

    at: datetime
    by: str


def members_of(company: Company) -> list[Membership]:
    """People of a company with their roles: owners first, then by e-mail address."""
    rows = Membership.objects.for_company(company).select_related("user").order_by("user__email", "id")
    return sorted(rows, key=lambda member: member.role != Role.OWNER)


def open_invitations(company: Company, *, now: datetime) -> list[Invitation]:
    """Invitations to a company that can still be accepted, newest first."""
    rows = Invitation.objects.filter(company=company, used_at=None, expires_at__gt=now)
    return list(rows.order_by("-created_at", "-id"))


def latest_changes(company: Company) -> dict[str, Change]:
    """The latest change of each setting by column, as far as the newest deeds in the trail tell."""
    deeds = (
        AuditEvent.objects.for_company(company)
        .filter(subject="company", subject_id=company.pk, verb="company.changed")
        .order_by("-id")
        .values_list("at", "user_id", "facts")[:_DEEDS_READ]
    )
    found: dict[str, tuple[datetime, int | None]] = {}
    for at, user_id, facts in deeds:
        for column in facts.get("columns", ()):
            found.setdefault(column, (at, user_id))
    people = User.objects.in_bulk([user_id for _at, user_id in found.values() if user_id is not None])
    return {
        column: Change(at=at, by=name_of(people.get(user_id or 0))) for column, (at, user_id) in found.items()
    }


def name_of(user: User | None) -> str:
    """How people call a person: the name, else the e-mail address; empty for somebody who is gone."""
    if user is None:
        return ""
    return user.get_full_name() or user.email
