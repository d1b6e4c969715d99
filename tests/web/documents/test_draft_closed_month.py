"""A draft dated in a closed month: refused beside the date, with a button that sets an open day."""

from collections.abc import Callable
from typing import Any

from django.db import transaction
from django.test import Client

from builders.companies import NOW
from stragan.books.actions.months import close_month
from web.documents.pages import draft_url, form_of, text_of

SignIn = Callable[..., Client]


def test_a_closed_month_offers_the_next_open_day(signed_in: SignIn, company: Any, order: Any) -> None:
    company.books = "kpir"
    company.save(update_fields=["books"])
    client = signed_in()
    boss = company.memberships.get().user
    with transaction.atomic():
        close_month(company=company, registers=["kpir"], period="2026-10", by=boss, now=NOW)
    fields = form_of(client.get(draft_url(order)))
    refused = client.post(draft_url(order), {**fields, "issue_date": "2026-10-30"}, follow=True)
    assert "Miesiąc 10/2026 jest zamknięty w księgach" in text_of(refused)
    assert 'name="issue_date" value="2026-11-01"' in refused.content.decode()
    mended = client.post(draft_url(order), {**fields, "issue_date": "2026-11-01"}, follow=True)
    assert "jest zamknięty w księgach" not in text_of(mended)
