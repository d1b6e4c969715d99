"""Three people: Joanna owns the company, Kamil is her clerk, Obcy owns another one."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from builders.companies import NOW, a_company, a_member, a_shop
from builders.orders import a_numbered_form, stored


@pytest.fixture
def shop(company: Any) -> Any:
    """The company's shop."""
    return a_shop(company)


@pytest.fixture
def order(shop: Any) -> Any:
    """A paid order for 54.99."""
    [one] = stored(shop, [a_numbered_form(1)], now=NOW)
    return one


@pytest.fixture
def signed_in(company: Any, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Client]:
    """Sign a new member of the company in; business time is that of the builders."""
    monkeypatch.setenv("STRAGAN_NOW", NOW.isoformat())

    def sign_in(role: str = "owner", *, language: str = "pl") -> Client:
        client = Client(headers={"Accept-Language": language})
        client.force_login(a_member(company, email=f"{role}@example.com", role=role))
        return client

    return sign_in


@pytest.fixture
def stranger(db: Any) -> Client:  # noqa: ARG001 -- opens the database
    """The owner of another company."""
    client = Client(headers={"Accept-Language": "pl"})
    client.force_login(
        a_member(a_company(nip="5252248481", name="Obca sp. z o.o."), email="obcy@example.com")
    )
    return client
