"""A seller without an address hears of it wherever documents begin; nothing is stopped by it."""

import json
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from builders.companies import a_company, a_member
from builders.installations import an_installation

CODE = "company_address_missing"
FIRM = ["--nip", "5260250274", "--name", "Kubki", "--email", "anna@example.com", "--password-stdin"]
PASSWORD = "correct horse 7"
SENTENCE = "Firma nie ma adresu, a faktura musi go zawierać"


@pytest.mark.once
@pytest.mark.slow
def test_init_and_issue_warn_and_go_on(tmp_path: Path) -> None:
    with an_installation(tmp_path) as installation:
        made = installation.command("init", *FIRM, "--json", stdin=PASSWORD)
        assert made.returncode == 0
        assert json.loads(made.stdout) == {"company": "5260250274", "user": "anna@example.com"}
        assert CODE in made.stderr
        issued = installation.command("documents", "issue", "invoice", "--ready", "--json")
        assert (issued.returncode, issued.stdout) == (0, "")
        assert CODE in issued.stderr


@pytest.mark.once
@pytest.mark.slow
def test_a_seller_with_an_address_is_left_in_peace(tmp_path: Path) -> None:
    with an_installation(tmp_path) as installation:
        address = ["--address", "ul. Krótka 1, 00-999 Warszawa"]
        made = installation.command("init", *FIRM, *address, stdin=PASSWORD)
        issued = installation.command("documents", "issue", "invoice", "--ready")
        assert CODE not in made.stderr + issued.stderr


@pytest.mark.django_db
@pytest.mark.parametrize(("street", "is_warned"), [("", True), ("ul. Wzorcowa 8", False)])
def test_start_shows_the_warning(street: str, *, is_warned: bool) -> None:
    company: Any = a_company(street=street)
    client = Client(headers={"Accept-Language": "pl"})
    client.force_login(a_member(company))
    assert (SENTENCE in client.get(reverse("start")).content.decode()) is is_warned
