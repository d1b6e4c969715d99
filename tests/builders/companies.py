"""Companies and people for tests, with explicit values."""

from datetime import UTC, date, datetime

from stragan.companies.models import Company, Membership, Role, User
from stragan.shops.models import Shop

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
PASSWORD = "correct horse 7"


def a_company(**changes: object) -> Company:
    """A VAT payer; *changes* override single columns."""
    values: dict[str, object] = {
        "nip": "5260250274",
        "name": "Próbna sp. z o.o.",
        "street": "ul. Wzorcowa 8",
        "postal_code": "00-999",
        "city": "Przykładowo",
        "vat_payer": True,
        "created_at": NOW,
    }
    return Company.objects.create(**(values | changes))


def a_member(company: Company, *, email: str = "joanna@example.com", role: str = Role.OWNER) -> User:
    """A person with a role in *company*."""
    user = User.objects.create_user(email=email, password=PASSWORD)
    Membership.objects.for_company(company).create(company=company, user=user, role=role, created_at=NOW)
    return user


def a_shop(company: Company, **changes: object) -> Shop:
    """A connected shop; *changes* override single columns."""
    values: dict[str, object] = {
        "company": company,
        "name": "Dom i Kubek",
        "seller_id": "7001",
        "allegro_login": "dom_i_kubek",
        "api_url": "http://127.0.0.1:1",
        "auth_url": "http://127.0.0.1:1",
        "client_id": "test-client",
        "access_token": "access-1",
        "refresh_token": "refresh-1",
        "since_date": date(2026, 10, 1),
        "created_at": NOW,
    }
    return Shop.objects.for_company(company).create(**(values | changes))
