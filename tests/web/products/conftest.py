"""What tests of the catalog's pages share: a company with its shop, people, orders, a browser for each."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.test import Client

from stragan.companies.models import Company, User

Stored = Callable[..., list[Any]]


def logged_in(user: User, *, language: str = "pl") -> Client:
    client = Client(headers={"accept-language": language})
    client.force_login(user)
    return client


@pytest.fixture
def shop(company: Company) -> Any:
    from builders.companies import a_shop  # noqa: PLC0415 -- Django is ready here

    return a_shop(company)


@pytest.fixture
def owner(company: Company) -> User:
    from builders.companies import a_member  # noqa: PLC0415 -- Django is ready here

    return a_member(company)


@pytest.fixture
def client(owner: User, monkeypatch: pytest.MonkeyPatch) -> Client:
    from builders.companies import NOW  # noqa: PLC0415 -- Django is ready here

    monkeypatch.setenv("STRAGAN_NOW", NOW.isoformat())
    return logged_in(owner)


@pytest.fixture
def stranger(db: Any) -> Client:  # noqa: ARG001 -- opens the database
    from builders.companies import a_company, a_member  # noqa: PLC0415 -- Django is ready here

    other = a_company(nip="1234563218", name="Obca sp. z o.o.")
    return logged_in(a_member(other, email="stranger@example.com"))


@pytest.fixture
def viewer(company: Company) -> Client:
    from builders.companies import a_member  # noqa: PLC0415 -- Django is ready here

    return logged_in(a_member(company, email="viewer@example.com", role="viewer"))


@pytest.fixture
def store(shop: Any, now: datetime) -> Stored:
    """Store one order per offer: ``store(("12001", "Kubek", "KUB-1"), …)``."""
    from builders.orders import a_numbered_form, stored  # noqa: PLC0415 -- Django is ready here

    taken = iter(range(1, 10_000))

    def put(*offers: tuple[str, str, str]) -> list[Any]:
        forms = []
        for offer_id, name, sku in offers:
            form = a_numbered_form(next(taken))
            form["lineItems"][0]["offer"] |= {"id": offer_id, "name": name, "external": {"id": sku}}
            forms.append(form)
        return stored(shop, forms, now=now)

    return put
