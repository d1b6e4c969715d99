"""Issuing many: the preview, the blocked with reasons, the work, its result."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from builders.companies import NOW
from builders.orders import a_numbered_form, for_a_company, stored, without_rate
from stragan.core.snapshot import DocumentKind
from stragan.documents.models import Document, IssueRun
from stragan.flows import issue_many
from stragan.orders.models import Order
from web.documents.pages import text_of

SignIn = Callable[..., Client]
CLOCK = issue_many.Clock(business=lambda: NOW, real=lambda: NOW)


@pytest.fixture
def run(company: Any, shop: Any) -> IssueRun:
    """Three orders of which one lacks its rate."""
    forms = [a_numbered_form(1), for_a_company(a_numbered_form(2)), without_rate(a_numbered_form(3))]
    orders = stored(shop, forms, now=NOW)
    return issue_many.prepare_run(
        company=company,
        order_ids=[order.pk for order in orders],
        kind=DocumentKind.INVOICE,
        issue_date=NOW.date(),
        user=None,
        now=NOW,
    )


def url(run: IssueRun, name: str = "preview") -> str:
    return reverse(f"documents:{name}", args=[run.public_id])


def test_the_preview_says_what_each_order_becomes(signed_in: SignIn, run: IssueRun) -> None:
    text = text_of(signed_in().get(url(run)))
    assert "3 zamówienia" in text
    assert "Brutto 109,98 zł netto 89,42 · VAT 20,56" in text
    assert "FV 1–2/11/2026" in text
    assert "Kubki sp. z o.o. Dane do faktury 44,71 10,28 54,99 0,00 – nie wysłano" in text
    assert "2 dokumenty powstaną , 1 zamówienie poczeka" in text.replace("powstaną,", "powstaną ,")
    assert "Wystaw 2 dokumenty" in text
    assert not Document.objects.across_companies().exists()


def test_the_blocked_are_grouped_by_reason_with_the_way_to_mend_them(
    signed_in: SignIn, run: IssueRun
) -> None:
    client = signed_in()
    page = client.get(url(run) + "?tab=blocked")
    blocked = Order.objects.for_company(run.company).order_by("id").last()
    assert blocked is not None
    assert "Brak stawki VAT 1" in text_of(page)
    assert reverse("documents:draft", args=[blocked.pk, "invoice"]) in page.content.decode()
    whole = client.get(url(run) + "?tab=blocked&code=vat_missing")
    assert "Wszystkie przyczyny" in text_of(whole)


def test_one_rate_mends_all_orders_of_an_offer(signed_in: SignIn, run: IssueRun) -> None:
    client = signed_in()
    assert "Zastosuj do 1" in text_of(client.get(url(run) + "?tab=blocked"))
    client.post(url(run, "run_rate"), {"offer": "12001", "vat_code": "23"})
    text = text_of(client.get(url(run)))
    assert "Wystaw 3 dokumenty" in text
    client.post(url(run, "run_rate"), {"offer": "12001", "vat_code": "23"})
    assert "Wybierz stawkę jeszcze raz" in text_of(client.get(url(run)))


def test_another_issue_date_is_checked_for_every_order(signed_in: SignIn, run: IssueRun) -> None:
    client = signed_in()
    client.post(url(run, "run_recheck"), {"issue_date": "2026-11-30"})
    assert "Data wystawienia w przyszłości" in text_of(client.get(url(run)))
    client.post(url(run, "run_recheck"), {"issue_date": "2026-10-31"})
    assert "FV 1–2/10/2026" in text_of(client.get(url(run)))
    client.post(url(run, "run_recheck"), {"issue_date": "kiedyś"})
    assert "To nie jest data." in text_of(client.get(url(run)))


def test_the_work_is_watched_to_its_end(signed_in: SignIn, run: IssueRun) -> None:
    client = signed_in("clerk")
    assert client.post(url(run, "run_start")).headers["Location"] == url(run)
    waiting = client.get(url(run))
    assert "Czeka na swoją kolej" in text_of(waiting)
    assert "every 1s" in waiting.content.decode()
    issue_many.work_run(run_id=run.pk, clock=CLOCK)
    fragment = client.get(url(run, "run_progress"), headers={"HX-Request": "true"})
    text = text_of(fragment)
    assert "<html" not in fragment.content.decode()
    assert "2 z 2" in text
    assert "2 wystawione 0 odrzuconych" in text
    assert "FV 2/11/2026" in text
    assert Document.objects.across_companies().count() == 2
    again = client.get(url(run))
    assert "Zakończone" in text_of(again)


def test_what_was_refused_meanwhile_is_named_and_can_be_tried_again(signed_in: SignIn, run: IssueRun) -> None:
    client = signed_in()
    client.post(url(run, "run_start"))
    first = Order.objects.for_company(run.company).order_by("id").first()
    assert first is not None
    Order.objects.for_company(run.company).filter(pk=first.pk).update(status="cancelled")
    issue_many.work_run(run_id=run.pk, clock=CLOCK)
    page = client.get(url(run))
    assert "Zamówienie zostało anulowane" in text_of(page)
    assert "Ponów 1" in text_of(page)
    Order.objects.for_company(run.company).filter(pk=first.pk).update(status="paid")
    client.post(url(run, "run_retry"))
    issue_many.work_run(run_id=run.pk, clock=CLOCK)
    assert Document.objects.across_companies().count() == 2


def test_it_stops_when_asked_and_goes_on_later(signed_in: SignIn, run: IssueRun) -> None:
    client = signed_in()
    client.post(url(run, "run_start"))
    client.post(url(run, "run_stop"))
    issue_many.work_run(run_id=run.pk, clock=CLOCK)
    assert "Kontynuuj: 2" in text_of(client.get(url(run)))
    client.post(url(run, "run_start"))
    issue_many.work_run(run_id=run.pk, clock=CLOCK)
    assert Document.objects.across_companies().count() == 2
    client.post(url(run, "run_stop"))
    assert "Nie było już czego zatrzymywać" in client.get(url(run)).content.decode()


@pytest.mark.parametrize(
    "name", ["preview", "run_progress", "run_start", "run_stop", "run_retry", "run_recheck", "run_rate"]
)
def test_a_stranger_and_a_viewer_get_nowhere(
    signed_in: SignIn, stranger: Client, run: IssueRun, name: str
) -> None:
    is_page = name in {"preview", "run_progress"}
    viewer = signed_in("viewer")
    for client, status in ((stranger, 404), (viewer, 403)):
        answer = client.get(url(run, name)) if is_page else client.post(url(run, name))
        assert answer.status_code == status
    run.refresh_from_db()
    assert run.state == "preview"


def test_the_preview_speaks_english(signed_in: SignIn, run: IssueRun) -> None:
    text = text_of(signed_in(language="en").get(url(run)))
    assert "Issue 2 documents" in text
    assert "1 order will wait" in text
