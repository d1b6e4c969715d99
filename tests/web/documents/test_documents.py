"""The list of documents and the page of one: what was issued, for how much, with its files."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from builders.companies import NOW
from builders.orders import a_numbered_form, for_a_company, stored
from stragan.core.snapshot import DocumentKind, sha256_of
from stragan.documents.actions import Author
from stragan.documents.models import Document
from stragan.flows.issue_document import issue_documents
from stragan.flows.issue_preparing import Wish
from stragan.kit.audit import Actor
from web.documents.pages import text_of

SignIn = Callable[..., Client]
LIST = "/documents/"


def issue(company: Any, orders: list[Any], *, days_ago: int = 0) -> list[Document]:
    today = NOW.date()
    wish = Wish(
        company=company,
        kind=DocumentKind.INVOICE,
        issue_date=today - timedelta(days=days_ago),
        today=today,
    )
    author = Author(user=None, actor=Actor.COMMAND, now=NOW, asked_at=NOW)
    issue_documents([order.pk for order in orders], wish=wish, author=author)
    ids = [order.pk for order in orders]
    return list(Document.objects.for_company(company).filter(order_id__in=ids).order_by("id"))


@pytest.fixture
def documents(company: Any, shop: Any) -> list[Document]:
    """One invoice of October and two of November, the last for a company."""
    forms = [a_numbered_form(1), a_numbered_form(2), for_a_company(a_numbered_form(3))]
    orders = stored(shop, forms, now=NOW)
    return issue(company, orders[:1], days_ago=30) + issue(company, orders[1:])


def test_an_empty_list_says_what_will_be_here(signed_in: SignIn) -> None:
    text = text_of(signed_in().get(LIST))
    assert "Tu pojawią się dokumenty" in text
    assert "Przejdź do zamówień" in text


def test_the_list_shows_every_document_with_totals_of_all(
    signed_in: SignIn, documents: list[Document]
) -> None:
    page = signed_in().get(LIST)
    text = text_of(page)
    assert [one.number for one in documents] == ["FV 1/10/2026", "FV 1/11/2026", "FV 2/11/2026"]
    assert all(one.number in text for one in documents)
    assert "Sprzedaż, 3 dokumenty 134,13 30,84 164,97 164,97" in text
    assert "nie wysłano" in text
    assert reverse("documents:pdf", args=[documents[0].public_id]) in page.content.decode()
    assert reverse("orders:detail", args=[documents[0].order_id]) in page.content.decode()


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("?q=kubki", ["FV 2/11/2026"]),
        ("?q=1%2F10", ["FV 1/10/2026"]),
        ("?q=52", ["FV 2/11/2026"]),
        ("?from=2026-11-01&to=2026-11-30", ["FV 1/11/2026", "FV 2/11/2026"]),
        ("?from=jutro&kind=invoice", ["FV 1/10/2026", "FV 1/11/2026", "FV 2/11/2026"]),
        ("?ksef=not_sent", ["FV 2/11/2026"]),
        ("?kind=receipt", []),
    ],
)
def test_filters_narrow_the_list_and_its_totals(
    signed_in: SignIn, documents: list[Document], query: str, expected: list[str]
) -> None:
    fragment = signed_in().get(LIST + query, headers={"HX-Request": "true"})
    text = text_of(fragment)
    assert "<html" not in fragment.content.decode()
    assert [one.number for one in documents if one.number in text] == expected
    if not expected:
        assert "Żaden dokument nie pasuje do filtrów." in text


def test_the_list_asks_few_questions_of_the_database(
    signed_in: SignIn, documents: list[Document], django_assert_max_num_queries: Any
) -> None:
    assert documents
    client = signed_in()
    client.get(LIST)
    with django_assert_max_num_queries(19):
        client.get(LIST)


def test_a_document_tells_all_it_says_and_where_it_belongs(
    signed_in: SignIn, documents: list[Document]
) -> None:
    document = documents[2]
    page = signed_in("viewer").get(reverse("documents:detail", args=[document.public_id]))
    text = text_of(page)
    assert "Kubki sp. z o.o." in text
    assert "526-025-02-74" in text
    assert "Nie wysłano do KSeF." in text
    assert "Razem 44,71 10,28 54,99 zł" in text
    assert document.sha256 in text
    assert "polecenie, 23.11.2026 10:00" in text


def test_its_files_come_under_their_own_names(signed_in: SignIn, documents: list[Document]) -> None:
    client = signed_in("accountant")
    pdf = client.get(reverse("documents:pdf", args=[documents[1].public_id]))
    assert pdf.headers["Content-Disposition"] == 'inline; filename="FV-1-11-2026.pdf"'
    assert pdf.content.startswith(b"%PDF")
    content = client.get(reverse("documents:json", args=[documents[1].public_id]))
    assert content.headers["Content-Disposition"] == 'attachment; filename="FV-1-11-2026.json"'
    assert sha256_of(content.content) == documents[1].sha256


@pytest.mark.parametrize("name", ["detail", "pdf", "json"])
def test_a_stranger_finds_nothing(stranger: Client, documents: list[Document], name: str) -> None:
    assert stranger.get(reverse(f"documents:{name}", args=[documents[0].public_id])).status_code == 404
    assert "FV 1/10/2026" not in text_of(stranger.get(LIST))
    assert Client().get(reverse(f"documents:{name}", args=[documents[0].public_id])).status_code == 302


def test_the_list_speaks_english_with_its_plurals(signed_in: SignIn, documents: list[Document]) -> None:
    assert documents
    text = text_of(signed_in(language="en").get(LIST))
    assert "Sales, 3 documents 134.13 30.84 164.97" in text
    assert "not sent" in text


def test_a_page_past_the_end_is_the_last_one(signed_in: SignIn, documents: list[Document]) -> None:
    text = text_of(signed_in().get(f"{LIST}?page=9"))
    assert all(one.number in text for one in documents)
