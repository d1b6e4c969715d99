"""Pages that fail: they say what happened and what to do, and tell a bug from a full disk."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from builders.companies import a_member
from builders.database_troubles import a_full_disk

pytestmark = pytest.mark.django_db


@pytest.fixture
def client_of_owner(company: Any) -> Client:
    client = Client(headers={"Accept-Language": "pl"}, raise_request_exception=False)
    client.force_login(a_member(company))
    return client


def test_a_bug_has_a_reference(client_of_owner: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def has_a_bug(*_arguments: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("stragan.web.start.dashboard.steps", has_a_bug)
    answer = client_of_owner.get(reverse("start"))
    assert answer.status_code == 500
    assert "Coś się u nas zepsuło" in answer.content.decode()


def test_a_full_disk_is_said_to_be_one(client_of_owner: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def is_full(*_arguments: object) -> None:
        raise a_full_disk()

    monkeypatch.setattr("stragan.web.start.dashboard.steps", is_full)
    answer = client_of_owner.get(reverse("start"))
    assert answer.status_code == 503
    assert "Dysk bazy danych jest pełny" in answer.content.decode()
    fragment = client_of_owner.get(reverse("start"), headers={"HX-Request": "true"})
    assert "Dysk bazy danych jest pełny" in fragment.content.decode()
