"""The owner sets the company up; others look."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from builders.companies import a_member, a_shop

pytestmark = pytest.mark.django_db
ACCOUNT = "PL61109010140000071219812874"


@pytest.fixture
def signed_in(company: Any) -> Callable[[str], Client]:
    def sign_in(role: str) -> Client:
        client = Client(headers={"Accept-Language": "pl"})
        client.force_login(a_member(company, email=f"{role}@example.com", role=role))
        return client

    return sign_in


def data(**changes: str) -> dict[str, str]:
    given = {
        "name": "Nowa nazwa",
        "street": "ul. Nowa 1",
        "postal_code": "00-950",
        "city": "Warszawa",
        "bdo": "",
        "bank_account": "",
        "bank_name": "",
        "footer": "",
    }
    return given | changes


def test_data_of_the_company_are_saved_with_a_checked_account(
    company: Any, signed_in: Callable[[str], Client]
) -> None:
    url = reverse("settings:company")
    given = data(bank_account="61 1090 1014 0000 0712 1981 2874", bdo="000123456")
    answer = signed_in("owner").post(url, given)
    assert answer.status_code == 302
    company.refresh_from_db()
    assert (company.name, company.bank_account, company.bdo) == ("Nowa nazwa", ACCOUNT, "000123456")


def test_a_mistyped_account_stands_beside_its_field(company: Any, signed_in: Callable[[str], Client]) -> None:
    answer = signed_in("owner").post(reverse("settings:company"), data(bank_account="61 1090"))
    assert answer.status_code == 422
    assert 'id="id_bank_account_error"' in answer.content.decode()
    company.refresh_from_db()
    assert company.name == "Próbna sp. z o.o."


def test_an_account_is_shown_in_groups_of_four(company: Any, signed_in: Callable[[str], Client]) -> None:
    type(company).objects.update(bank_account=ACCOUNT)
    page = signed_in("viewer").get(reverse("settings:company")).content.decode()
    assert "PL61 1090 1014 0000 0712 1981 2874" in page


def test_a_company_without_an_address_is_told_and_may_still_use_its_switches(
    company: Any, signed_in: Callable[[str], Client]
) -> None:
    type(company).objects.update(street="", postal_code="", city="")
    client = signed_in("owner")
    assert "Brakuje adresu" in client.get(reverse("settings:company")).content.decode()
    answer = client.post(reverse("settings:shops"), {"allegro_module": "on", "close_order_on_issue": "on"})
    assert answer.status_code == 302
    company.refresh_from_db()
    assert company.close_order_on_issue


def test_a_clerk_reads_the_data_and_cannot_save(company: Any, signed_in: Callable[[str], Client]) -> None:
    client = signed_in("clerk")
    page = client.get(reverse("settings:company"))
    assert "Zmienia to tylko właściciel" in page.content.decode()
    assert client.post(reverse("settings:company"), data()).status_code == 403
    company.refresh_from_db()
    assert company.name == "Próbna sp. z o.o."


def test_a_switch_says_since_when_and_by_whom(company: Any, signed_in: Callable[[str], Client]) -> None:
    client, url = signed_in("owner"), reverse("settings:shops")
    assert "wyłączone od początku" in client.get(url).content.decode()
    client.post(url, {"allegro_module": "on", "close_order_on_issue": "on"})
    company.refresh_from_db()
    assert company.close_order_on_issue
    page = client.get(url).content.decode()
    assert "włączone od" in page
    assert "owner@example.com" in page


def test_the_module_switched_off_leaves_the_menu_and_keeps_the_shops(
    company: Any, signed_in: Callable[[str], Client]
) -> None:
    a_shop(company)
    client = signed_in("owner")
    assert 'data-go="z"' in client.get(reverse("settings:shops")).content.decode()
    client.post(reverse("settings:shops"), {})
    page = client.get(reverse("settings:shops")).content.decode()
    assert 'data-go="z"' not in page
    assert "Dom i Kubek" in page
    start = client.get(reverse("start")).content.decode()
    assert "Moduł Allegro jest wyłączony" in start
    assert "Dom i Kubek" not in start
    assert f'action="{reverse("documents:list")}"' in start  # what the search looks through


def test_the_next_number_of_a_series_is_told(
    signed_in: Callable[[str], Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STRAGAN_NOW", "2026-11-23T09:00:00+00:00")
    assert "FV 1/11/2026" in signed_in("viewer").get(reverse("settings:series")).content.decode()
