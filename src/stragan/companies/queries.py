"""What is asked about companies and their people."""

from stragan.companies.models import Company, Membership, User


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


def is_set_up() -> bool:
    """Whether the installation has a company already."""
    return Company.objects.exists()
