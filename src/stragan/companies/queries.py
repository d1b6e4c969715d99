"""What is asked about companies and their people."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from stragan.companies.models import Company, Invitation, Membership, Role, User
from stragan.kit.models import AuditEvent

_DEEDS_READ: Final = 300


def membership_of(*, user: User, preferred_company_id: int | None) -> Membership | None:
    """The membership a page works with: the preferred company's, else the oldest one."""
    rows = list(
        Membership.objects.across_companies()
        .filter(user=user)
        .select_related("company")
        .order_by("created_at", "id")
    )
    for row in rows:
        if row.company_id == preferred_company_id:
            return row
    return rows[0] if rows else None


def companies_of(*, user: User) -> list[Company]:
    """All companies a person works in, by name."""
    return list(Company.objects.filter(memberships__user=user).order_by("name", "id"))


def has_address(company: Company) -> bool:
    """Whether the company has the whole address its invoices must carry (VAT Act art. 106e)."""
    return all(part.strip() for part in (company.street, company.postal_code, company.city))


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
