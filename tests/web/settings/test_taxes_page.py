"""Taxes and books: the VAT status has days, packages say what they will do, receipts are answered once."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from builders.companies import NOW, a_member, a_shop
from builders.orders import a_numbered_form, stored
from stragan.companies.models import VatStatus
from stragan.companies.queries import vat_standing
from stragan.core.snapshot import DocumentKind
from stragan.documents.actions import Author
from stragan.flows.issue_document import issue_documents
from stragan.flows.issue_preparing import Wish
from stragan.kit.audit import Actor
from stragan.kit.clock import business_now, real_now
from stragan.kit.models import Job

pytestmark = pytest.mark.django_db
BASIS = "art. 113 ust. 1 ustawy o VAT"
TAXES, ADD = "/settings/taxes/", "/settings/taxes/vat/add/"
PLAIN = {"books": "none", "ryczalt_rate": "3", "receipts": ""}


@pytest.fixture(autouse=True)
def _business_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STRAGAN_NOW", NOW.isoformat())


@pytest.fixture
def owner(company: Any) -> Client:
    client = Client(headers={"Accept-Language": "pl"})
    client.force_login(a_member(company))
    return client


def exempt_from(day: str, **more: str) -> dict[str, str]:
    return {"since": day, "vat_payer": "no", "exemption_basis": BASIS} | more


def an_invoice(company: Any) -> None:
    [order] = stored(a_shop(company), [a_numbered_form(1)], now=NOW)
    wish = Wish(company=company, kind=DocumentKind.INVOICE, issue_date=NOW.date(), today=NOW.date())
    author = Author(user=None, actor=Actor.COMMAND, now=NOW, asked_at=NOW)
    issue_documents([order.pk], wish=wish, author=author)


def test_a_company_that_becomes_exempt_names_the_basis(owner: Client, company: Any) -> None:
    refused = owner.post(ADD, exempt_from("2027-01-01", exemption_basis=""))
    assert refused.status_code == 422
    assert 'id="id_exemption_basis_error"' in refused.content.decode()
    assert owner.post(ADD, exempt_from("2027-01-01")).status_code == 302
    assert vat_standing(company, on=date(2026, 12, 31)).vat_payer
    later = vat_standing(company, on=date(2027, 1, 1))
    assert (later.vat_payer, later.exemption_basis) == (False, BASIS)
    page = owner.get(TAXES).content.decode()
    assert "01.01.2027" in page
    assert "wejdzie w życie" in page


def test_orders_are_checked_anew_on_the_day_the_status_changes(owner: Client) -> None:
    owner.post(ADD, exempt_from("2026-11-25"))
    job = Job.objects.get(name="orders.reassess")
    # The queue goes by the machine's clock: it waits as long as business time needs to Wednesday 0:00.
    midnight = datetime(2026, 11, 24, 23, tzinfo=UTC)
    waiting = job.due_at - real_now()
    assert abs(waiting - (midnight - business_now())) < timedelta(minutes=1)


def test_orders_are_checked_anew_at_once_where_the_day_is_here(owner: Client) -> None:
    owner.post(ADD, exempt_from("2026-11-23"))
    assert Job.objects.get(name="orders.reassess").due_at <= real_now()


def test_a_change_over_issued_documents_is_saved_only_when_confirmed(owner: Client, company: Any) -> None:
    an_invoice(company)
    asked = owner.post(ADD, exempt_from("2026-11-01"))
    assert "1 dokument ma datę z dni tej zmiany" in asked.content.decode()
    assert not VatStatus.objects.for_company(company).exists()
    assert owner.post(ADD, exempt_from("2026-11-01", confirmed="yes")).status_code == 302
    assert not vat_standing(company, on=NOW.date()).vat_payer


def test_a_change_before_a_later_one_touches_only_its_own_days(owner: Client, company: Any) -> None:
    VatStatus.objects.for_company(company).create(company=company, since=date(2026, 11, 20), vat_payer=True)
    an_invoice(company)
    assert owner.post(ADD, exempt_from("2026-10-01")).status_code == 302
    assert vat_standing(company, on=NOW.date()).vat_payer


def test_an_entry_is_put_right_and_taken_away(owner: Client, company: Any) -> None:
    owner.post(ADD, exempt_from("2027-01-01"))
    change = reverse("settings:vat_change", args=["2027-01-01"])
    assert BASIS in owner.get(change).content.decode()
    owner.post(change, {"vat_payer": "no", "exemption_basis": "art. 43 ust. 1 ustawy o VAT"})
    assert vat_standing(company, on=date(2027, 2, 1)).exemption_basis == "art. 43 ust. 1 ustawy o VAT"
    remove = reverse("settings:vat_remove", args=["2027-01-01"])
    assert "01.01.2027" in owner.get(remove).content.decode()
    owner.post(remove)
    assert vat_standing(company, on=date(2027, 2, 1)).vat_payer
    assert owner.get(change).status_code == 404


def test_the_status_from_the_start_can_be_put_right_and_not_removed(owner: Client, company: Any) -> None:
    owner.post(reverse("settings:vat_change", args=["start"]), {"vat_payer": "no", "exemption_basis": BASIS})
    company.refresh_from_db()
    assert not vat_standing(company, on=NOW.date()).vat_payer
    assert owner.post(reverse("settings:vat_remove", args=["start"])).status_code == 404


def test_packages_say_what_follows_and_since_when(owner: Client, company: Any) -> None:
    page = owner.get(TAXES).content.decode()
    assert "Po włączeniu faktura, paragon i inny przychód" in page
    assert "włączone od początku" in page
    owner.post(TAXES, PLAIN | {"books": "ryczalt", "ryczalt_rate": "5.5"})
    company.refresh_from_db()
    assert (company.warehouse, company.books, company.ryczalt_rate) == (False, "ryczalt", "5.5")
    page = owner.get(TAXES).content.decode()
    assert "wyłączone od 23.11.2026" in page
    assert "joanna@example.com" in page
    assert not Job.objects.filter(name="orders.reassess").exists()


def test_what_a_receipt_is_can_be_answered_and_not_unknown_again(owner: Client, company: Any) -> None:
    owner.post(TAXES, PLAIN | {"receipts": "fiscal"})
    company.refresh_from_db()
    assert company.receipts == "fiscal"
    assert "zapytamy przy pierwszym paragonie" not in owner.get(TAXES).content.decode()
    owner.post(TAXES, PLAIN)
    company.refresh_from_db()
    assert company.receipts == "fiscal"


@pytest.mark.parametrize("role", ["clerk", "accountant", "viewer"])
def test_others_read_and_change_nothing(company: Any, role: str) -> None:
    client = Client(headers={"Accept-Language": "pl"})
    client.force_login(a_member(company, email=f"{role}@example.com", role=role))
    assert "Zmienia to tylko właściciel" in client.get(TAXES).content.decode()
    for answer in (client.post(TAXES, PLAIN), client.post(ADD, exempt_from("2027-01-01"))):
        assert answer.status_code == 403
