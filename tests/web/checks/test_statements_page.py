"""Days with their statements: seen, made on demand, taken away."""

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from builders.checks import a_statement
from builders.companies import NOW
from stragan.core.dates import warsaw_date
from stragan.kit.models import Job

pytestmark = pytest.mark.django_db(transaction=True)

TODAY = NOW.date()


@pytest.fixture(autouse=True)
def _today(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STRAGAN_NOW", NOW.isoformat())


def words(response: Any) -> str:
    html = re.sub(r"<(script|style|svg).*?</\1>", " ", response.content.decode(), flags=re.DOTALL)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).replace("\xa0", " ").split())


def test_each_day_stands_with_its_result_and_its_files(
    shop: Any, order: Any, signed_in: Callable[..., Client]
) -> None:
    good = a_statement(shop, day=TODAY - timedelta(days=1))
    bad = a_statement(shop, order, day=TODAY - timedelta(days=2))
    client = signed_in()
    response = client.get(reverse("checks:statements"))
    page, html = words(response), response.content.decode()
    assert "Dowód kompletności" in page
    assert "Kompletne 1 dzień" in page or "Kompletne dni 1" in page
    assert "1 niewyjaśniona różnica" in page
    assert reverse("checks:run", args=[bad.run_id]) in html
    run = words(client.get(reverse("checks:run", args=[bad.run_id])))
    assert "zwroty pieniędzy: zsumowane, nie porównane" in run
    assert "a jego zwroty z operacjami" in page
    for file_format in ("pdf", "json"):
        assert reverse("checks:statement_file", args=[good.pk, file_format]) in html
    english = words(signed_in("viewer", language="en").get(reverse("checks:statements")))
    assert "Proof of completeness" in english
    assert "its refunds against the operations" in english
    assert "Make anew" not in english, "viewers make none"
    assert reverse("checks:statements") in client.get(reverse("checks:latest")).content.decode()


def test_a_statement_is_taken_away_as_it_was_signed(shop: Any, signed_in: Callable[..., Client]) -> None:
    statement = a_statement(shop)
    client = signed_in("viewer")
    response = client.get(reverse("checks:statement_file", args=[statement.pk, "json"]))
    assert json.loads(response.content)["sha256"] == statement.sha256
    assert response.headers["Content-Disposition"] == (
        f'attachment; filename="stragan-{shop.seller_id}-{TODAY.isoformat()}.json"'
    )
    pdf = client.get(reverse("checks:statement_file", args=[statement.pk, "pdf"]))
    assert pdf.content.startswith(b"%PDF-")
    assert client.get(reverse("checks:statement_file", args=[statement.pk, "xml"])).status_code == 404


def test_a_day_is_asked_for_once(shop: Any, signed_in: Callable[..., Client]) -> None:
    client, url = signed_in("clerk"), reverse("checks:statement_make")
    day = TODAY - timedelta(days=1)
    shop.since_date = day
    shop.save()
    for _ in range(2):
        page = words(client.post(url, {"shop": shop.pk, "day": day.isoformat()}, follow=True))
        assert "Oświadczenie" in page
    [job] = Job.objects.filter(name="orders.statement")
    assert job.arguments == {"shop_id": shop.pk, "day": day.isoformat()}
    assert "w przygotowaniu" in page
    too_early = {"shop": shop.pk, "day": (day - timedelta(days=1)).isoformat()}
    assert "Wybierz dzień od pierwszego dnia sklepu" in words(client.post(url, too_early, follow=True))
    assert client.post(url, {"shop": shop.pk, "day": "x"}).status_code == 404
    shop.state = "reconnect"
    shop.save()
    assert "nie jest połączony" in words(
        client.post(url, {"shop": shop.pk, "day": TODAY.isoformat()}, follow=True)
    )


def test_a_day_with_gaps_needs_attention(shop: Any, order: Any, signed_in: Callable[..., Client]) -> None:
    client, url = signed_in(), reverse("attention:list")
    today = warsaw_date(datetime.now(tz=UTC))
    a_statement(shop, order, day=today)
    page = client.get(url)
    assert "1 dzień z ostatnich dwóch tygodni jest niekompletny" in words(page)
    assert reverse("checks:statements") in page.content.decode()
    a_statement(shop, day=today)
    assert "niekompletny" not in words(client.get(url)), "the newest counts"


def test_the_page_needs_few_statements(
    shop: Any, signed_in: Callable[..., Client], django_assert_max_num_queries: Any
) -> None:
    for step in range(20):
        a_statement(shop, day=TODAY - timedelta(days=step))
    client = signed_in()
    client.get(reverse("checks:statements"))
    with django_assert_max_num_queries(16):
        client.get(reverse("checks:statements"))
