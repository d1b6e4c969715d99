"""Wymaga uwagi: what went wrong, why, and the button that puts it right."""

import zlib
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from builders.companies import NOW, a_company, a_member, a_shop
from builders.orders import a_numbered_form, for_a_company, stored, without_rate
from stragan.kit.clock import real_now
from stragan.kit.models import Job
from stragan.shops.models import PendingForm, QuarantinedForm

pytestmark = pytest.mark.django_db
PAYLOAD = b'{"id": "f-1"}'


@pytest.fixture
def signed_in(company: Any) -> Callable[[str], Client]:
    def sign_in(role: str) -> Client:
        client = Client(headers={"Accept-Language": "pl"})
        client.force_login(a_member(company, email=f"{role}@example.com", role=role))
        return client

    return sign_in


def a_failed_job(company: Any) -> Job:
    return Job.objects.create(
        company_id=company.pk,
        name="documents.render_pdf",
        key="pdf:1",
        state="failed",
        attempts=8,
        due_at=NOW,
        created_at=NOW,
        finished_at=NOW,
        error_code="job_abandoned",
    )


def an_unread_form(company: Any, **changes: Any) -> QuarantinedForm:
    values = {
        "company": company,
        "shop": a_shop(company),
        "form_id": "f-1",
        "payload": zlib.compress(PAYLOAD),
        "content_sha256": "0" * 64,
        "path": "$.summary",
        "reason": "Brak kwoty",
        "created_at": NOW,
    }
    return QuarantinedForm.objects.for_company(company).create(**(values | changes))


def test_an_empty_list_says_what_would_stand_here(signed_in: Callable[[str], Client]) -> None:
    assert "Nic nie wymaga uwagi" in signed_in("viewer").get(reverse("attention:list")).content.decode()


def test_a_failed_task_says_why_and_is_tried_again(company: Any, signed_in: Callable[[str], Client]) -> None:
    job, client = a_failed_job(company), signed_in("clerk")
    page = client.get(reverse("attention:list")).content.decode()
    assert "Tworzenie pliku PDF" in page
    assert "8 prób" in page
    assert client.post(reverse("attention:retry", args=[job.pk])).status_code == 302
    job.refresh_from_db()
    assert (job.state, job.attempts) == ("waiting", 0)


def test_a_failed_task_is_taken_off_the_list(company: Any, signed_in: Callable[[str], Client]) -> None:
    job, client = a_failed_job(company), signed_in("clerk")
    client.post(reverse("attention:dismiss", args=[job.pk]))
    assert "Tworzenie pliku PDF" not in client.get(reverse("attention:list")).content.decode()
    assert client.post(reverse("attention:dismiss", args=[job.pk])).status_code == 404


def test_another_companys_task_is_neither_shown_nor_moved(signed_in: Callable[[str], Client]) -> None:
    job, client = a_failed_job(a_company(nip="5252248481", name="Inna S.A.")), signed_in("owner")
    assert "Tworzenie pliku PDF" not in client.get(reverse("attention:list")).content.decode()
    assert client.post(reverse("attention:retry", args=[job.pk])).status_code == 404
    job.refresh_from_db()
    assert job.state == "failed"


def test_an_order_that_could_not_be_read_is_fetched_again(
    company: Any, signed_in: Callable[[str], Client]
) -> None:
    form, client = an_unread_form(company), signed_in("clerk")
    assert "Brak kwoty" in client.get(reverse("attention:list")).content.decode()
    client.post(reverse("attention:fetch_again", args=[form.pk]))
    client.post(reverse("attention:fetch_again", args=[form.pk]))
    assert PendingForm.objects.get(shop=form.shop).form_id == "f-1"
    assert Job.objects.filter(name="shops.sync", state="waiting").count() == 1


def test_a_form_without_an_id_of_its_own_cannot_be_asked_for(
    company: Any, signed_in: Callable[[str], Client]
) -> None:
    form, client = an_unread_form(company, form_id="?0123"), signed_in("clerk")
    assert (
        reverse("attention:fetch_again", args=[form.pk])
        not in client.get(reverse("attention:list")).content.decode()
    )
    client.post(reverse("attention:fetch_again", args=[form.pk]))
    assert not PendingForm.objects.exists()


def test_only_the_owner_gets_what_allegro_sent(company: Any, signed_in: Callable[[str], Client]) -> None:
    url = reverse("attention:raw", args=[an_unread_form(company).pk])
    assert signed_in("accountant").get(url).status_code == 403
    answer = signed_in("owner").get(url)
    assert answer.content == PAYLOAD
    assert answer.headers["Content-Disposition"].startswith("attachment")


def test_shops_without_consent_and_shops_that_keep_failing_are_told(
    company: Any, signed_in: Callable[[str], Client]
) -> None:
    a_shop(company, name="Bez zgody", seller_id="1", state="reconnect")
    a_shop(company, name="Uparty", seller_id="2", failures_in_row=3, error_code="allegro_unavailable")
    a_shop(company, name="Raz", seller_id="3", failures_in_row=1, error_code="allegro_unavailable")
    rows = signed_in("viewer").get(reverse("attention:list")).context["shops"]
    assert [row.name for row in rows] == ["Bez zgody", "Uparty"]


def test_a_shop_that_nothing_comes_from_is_told_after_a_quarter_of_an_hour(
    company: Any, signed_in: Callable[[str], Client]
) -> None:
    now = real_now()
    a_shop(company, name="Świeży", seller_id="1", synced_at=now - timedelta(minutes=14))
    a_shop(company, name="Stary", seller_id="2", synced_at=now - timedelta(minutes=16))
    viewer = signed_in("viewer")
    page = viewer.get(reverse("attention:list"))
    assert [row.name for row in page.context["shops"]] == ["Stary"]
    assert "Od 16 min" in page.content.decode()
    type(company).objects.filter(pk=company.pk).update(allegro_module=False)
    assert viewer.get(reverse("attention:list")).context["shops"] == []


def test_orders_are_counted_by_their_problem_with_a_way_to_them(
    company: Any, signed_in: Callable[[str], Client]
) -> None:
    stored(a_shop(company), [without_rate(a_numbered_form(number)) for number in (1, 2)], now=NOW)
    page = signed_in("viewer").get(reverse("attention:list"))
    [entry] = page.context["problems"]
    assert entry.number == 2
    assert entry.url == f"{reverse('orders:list')}?tab=attention&problem=vat_missing"
    assert 'title="Wymaga uwagi"' in page.content.decode()


def test_an_order_with_two_problems_is_counted_and_found_under_both(
    company: Any, signed_in: Callable[[str], Client]
) -> None:
    forms = [without_rate(a_numbered_form(1)), without_rate(for_a_company(a_numbered_form(2), nip=""))]
    stored(a_shop(company), forms, now=NOW)
    viewer = signed_in("viewer")
    entries = viewer.get(reverse("attention:list")).context["problems"]
    assert [(entry.number, entry.url.rpartition("=")[2]) for entry in entries] == [
        (2, "vat_missing"),
        (1, "company_nip_missing"),
    ]
    for entry in entries:
        listed = viewer.get(entry.url).content.decode()
        assert "kupujacy_2" in listed
        assert ("kupujacy_1" in listed) is (entry.number == 2)
