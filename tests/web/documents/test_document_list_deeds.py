"""The documents list: what narrows it, what it adds up, what is printed and taken away."""

import io
from collections.abc import Callable
from typing import Any

import pypdf
import pytest
from django.test import Client
from django.urls import reverse

from builders.companies import NOW
from builders.issuing import an_author, an_invoice, corrected, issued, voided
from builders.orders import a_numbered_form, for_a_company, stored
from stragan.core.snapshot import DocumentKind
from stragan.documents.models import Document
from stragan.flows import convert_document, draft_document
from stragan.web.documents import bulk_views, list_views
from stragan.web.shell import frozen
from web.documents.pages import text_of

pytestmark = pytest.mark.django_db(transaction=True)
LIST = reverse("documents:list")
SignIn = Callable[..., Client]


@pytest.fixture
def documents(shop: Any, settings: Any, tmp_path: Any) -> list[Document]:
    """FV 1 is void, FV 2 corrected by KOR 1 (-10.00 is left out: to zero), FV 3 for a company stands."""
    settings.MEDIA_ROOT = tmp_path
    forms = [a_numbered_form(1), a_numbered_form(2), for_a_company(a_numbered_form(3))]
    first, second, third = (an_invoice(order) for order in stored(shop, forms, now=NOW))
    voided(first)
    return [first, second, third, corrected(second).document]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("?state=void", ["FV 1/11/2026"]),
        ("?state=valid", ["FV 2/11/2026", "FV 3/11/2026", "KOR 1/11/2026"]),
        ("?state=corrected", ["FV 2/11/2026"]),
        ("?kind=correction", ["KOR 1/11/2026"]),
        ("?order=without", []),
        ("?order=with", ["FV 1/11/2026", "FV 2/11/2026", "FV 3/11/2026", "KOR 1/11/2026"]),
        ("?most=0", ["KOR 1/11/2026"]),
        ("?least=54,99&most=54.99", ["FV 1/11/2026", "FV 2/11/2026", "FV 3/11/2026"]),
        ("?least=x&shop=zero&sort=id", ["FV 1/11/2026", "FV 2/11/2026", "FV 3/11/2026", "KOR 1/11/2026"]),
        ("?shop=999999", []),
        ("?q=3", ["FV 3/11/2026"]),
        ("?q=ko", ["KOR 1/11/2026"]),
    ],
)
def test_filters_narrow_the_list(
    signed_in: SignIn, documents: list[Document], query: str, expected: list[str]
) -> None:
    html = signed_in().get(LIST + query, headers={"HX-Request": "true"}).content.decode()
    shown = [one.number for one in documents if f'aria-label="{one.number}"' in html]
    assert sorted(shown) == expected


def test_a_shop_and_a_contractor_narrow_it_too(
    signed_in: SignIn, documents: list[Document], shop: Any
) -> None:
    client = signed_in()
    assert "4" in text_of(client.get(f"{LIST}?shop={shop.pk}"))
    text = text_of(client.get(f"{LIST}?contractor={documents[2].contractor_id}"))
    assert "FV 3/11/2026" in text
    assert "FV 2/11/2026" not in text


def test_void_documents_are_struck_and_count_for_nothing(
    signed_in: SignIn, documents: list[Document]
) -> None:
    page = signed_in().get(LIST)
    text = text_of(page)
    assert documents[0].number in text
    assert "anulowany" in text
    # FV 2 and its correction to zero cancel out, so what stands is FV 3.
    assert "Sprzedaż, 3 dokumenty 44,71 10,28 54,99 54,99" in text


def test_sums_of_many_come_after_the_page(
    signed_in: SignIn, documents: list[Document], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert documents
    monkeypatch.setattr(list_views, "TOTALS_AT_ONCE", 2)
    client = signed_in()
    page = client.get(f"{LIST}?from=2026-11-01").content.decode()
    url = reverse("documents:totals") + "?from=2026-11-01"
    assert url in page
    assert "54,99" in text_of(client.get(url))
    monkeypatch.setattr(list_views, "LIMIT", 2)
    assert client.get(f"{LIST}?page=2").context["count"] == 3  # one more than is counted


def test_a_search_counts_no_further_than_its_limit_and_its_pages_go_on(
    signed_in: SignIn, documents: list[Document], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert documents
    monkeypatch.setattr(list_views, "SEARCH_LIMIT", 2)
    client = signed_in()
    context = client.get(f"{LIST}?q=2026&page=9").context
    assert (context["count"], context["count"].is_capped, context["totals"]) == (3, True, [])
    assert reverse("documents:totals") in context["totals_url"]  # all of them are added up after the page
    assert context["pages"].number == 9  # nobody knows which one is the last
    monkeypatch.setattr(list_views, "page_size", lambda _request: 2)
    pages = [client.get(f"{LIST}?q=2026&page={number}").context["rows"] for number in (1, 2, 3)]
    newest_first = sorted(documents, key=lambda one: -one.pk)
    assert [[row.number for row in page] for page in pages] == [
        [one.number for one in newest_first[:2]],
        [one.number for one in newest_first[2:]],
        [],
    ]


def test_a_search_past_its_last_page_shows_the_last(
    signed_in: SignIn, documents: list[Document], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(list_views, "page_size", lambda _request: 3)
    context = signed_in().get(f"{LIST}?q=2026&page=9").context
    assert (context["pages"].number, len(context["rows"])) == (2, 1)
    assert (context["count"], context["count"].is_capped) == (len(documents), False)


def test_it_is_sorted_by_amount(signed_in: SignIn, documents: list[Document]) -> None:
    text = text_of(signed_in().get(f"{LIST}?sort=to_pay"))
    assert text.index(documents[3].number) < text.index(documents[2].number)


def test_chosen_documents_are_printed_as_one_file(signed_in: SignIn, documents: list[Document]) -> None:
    answer = signed_in("viewer").post(
        reverse("documents:print"), {"document": [documents[0].pk, documents[2].pk]}
    )
    assert answer.headers["Content-Type"] == "application/pdf"
    pages = pypdf.PdfReader(io.BytesIO(answer.content)).pages
    assert len(pages) == 2
    assert "FV 3/11/2026" in pages[0].extract_text()
    assert "ANULOWANY" in pages[1].extract_text()


def test_too_many_or_none_are_not_printed(
    signed_in: SignIn, documents: list[Document], monkeypatch: pytest.MonkeyPatch
) -> None:
    client = signed_in()
    assert "Najpierw zaznacz dokumenty" in text_of(client.post(reverse("documents:print"), follow=True))
    monkeypatch.setattr(bulk_views, "PRINTED_AT_ONCE", 1)
    answer = client.post(reverse("documents:print"), {"all": "1", "query": "state=valid"}, follow=True)
    assert "najwyżej 1" in text_of(answer)
    assert len(documents) == 4


def test_the_filter_or_the_selection_is_taken_away_as_a_table(
    signed_in: SignIn, documents: list[Document]
) -> None:
    client = signed_in()
    url = reverse("documents:export")
    whole = client.post(url, {"file": "csv", "query": "state=valid"})
    lines = whole.getvalue().decode("utf-8-sig").splitlines()
    assert len(lines) == 4
    assert "FV 3/11/2026" in lines[1] + lines[2] + lines[3]
    chosen = client.post(url, {"file": "csv", "document": documents[0].pk})
    [_head, line] = chosen.getvalue().decode("utf-8-sig").splitlines()
    assert "FV 1/11/2026" in line
    assert "anulowany" in line
    sheet = client.post(url, {"file": "xlsx"})
    assert sheet.content.startswith(b"PK")
    assert client.post(url, {"file": "exe"}).status_code == 404


def test_a_stranger_prints_and_exports_nothing(stranger: Client, documents: list[Document]) -> None:
    printed = stranger.post(reverse("documents:print"), {"document": documents[0].pk})
    assert "FV 1" not in printed.content.decode(errors="replace")
    table = stranger.post(reverse("documents:export"), {"file": "csv", "document": documents[0].pk})
    assert len(table.getvalue().splitlines()) == 1


def test_all_matching_is_frozen_when_it_is_selected(
    signed_in: SignIn, documents: list[Document], shop: Any, stranger: Client
) -> None:
    client = signed_in()
    made = client.post(reverse("documents:freeze"), {"query": "state=valid&kind=invoice"}).json()
    assert made["count"] == 2
    [order] = stored(shop, [a_numbered_form(4)], now=NOW)
    later = an_invoice(order)
    wanted = {"set": made["set"], "file": "csv", "query": "state=valid&kind=invoice"}
    lines = client.post(reverse("documents:export"), wanted).getvalue().decode("utf-8-sig").splitlines()
    assert [line.split(";")[0] for line in lines[1:]] == [documents[2].number, documents[1].number]
    printed = client.post(reverse("documents:print"), wanted)
    assert len(pypdf.PdfReader(io.BytesIO(printed.content)).pages) == 2
    assert later.number in text_of(client.get(f"{LIST}?state=valid&kind=invoice"))
    # Neither another company nor a set that is gone gives anything.
    assert "Zaznacz jeszcze raz" in text_of(stranger.post(reverse("documents:export"), wanted, follow=True))
    assert "Zaznacz jeszcze raz" in text_of(
        client.post(reverse("documents:print"), {"set": "gone"}, follow=True)
    )


def test_too_many_for_one_set_are_not_frozen(
    signed_in: SignIn, documents: list[Document], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert documents
    monkeypatch.setattr(frozen, "LARGEST_SET", 3)
    client = signed_in()
    refused = client.post(reverse("documents:freeze"), {"query": ""})
    assert refused.status_code == 422
    assert "Pasuje ponad 3" in refused.json()["error"]
    answer = client.post(reverse("documents:export"), {"file": "csv", "query": ""}, follow=True)
    assert "ponad 3" in text_of(answer)


def test_sums_say_what_is_sold_apart_from_papers_and_repeats(signed_in: SignIn, shop: Any) -> None:
    """A pro forma and the invoice to a receipt add nothing to sales; its correction takes nothing."""
    forms = [a_numbered_form(1), a_numbered_form(2), a_numbered_form(3)]
    first, second, third = stored(shop, forms, now=NOW)
    an_invoice(first)
    issued(second, DocumentKind.PRO_FORMA)
    issued(third, DocumentKind.OFFER)
    receipt = issued(second, DocumentKind.RECEIPT)
    convert_document.convert(document=receipt, kind=DocumentKind.INVOICE, user=None, now=NOW)
    draft_document.issue_draft(
        company=second.company,
        order_id=second.pk,
        kind=DocumentKind.INVOICE,
        author=an_author(),
        role="clerk",
    )
    corrected(Document.objects.for_company(second.company).get(kind="invoice", order=second), {1: "0"})
    client = signed_in()
    text = text_of(client.get(LIST))
    assert "Sprzedaż, 2 dokumenty 89,42 20,56 109,98" in text
    assert "Faktury do paragonów, 2 dokumenty: liczy się paragon" in text
    assert "Pro formy i oferty, 2 dokumenty 89,42 20,56 109,98" in text
    papers = text_of(client.get(f"{LIST}?kind=offer"))
    assert "Sprzedaż" not in papers
    assert "Pro formy i oferty, 1 dokument 44,71 10,28 54,99" in papers


def test_a_seller_who_was_never_a_payer_sees_no_vat(signed_in: SignIn, company: Any, shop: Any) -> None:
    company.vat_payer, company.vat_exemption_basis = False, "art. 113 ust. 1 ustawy o VAT"
    company.save()
    [order] = stored(shop, [a_numbered_form(1)], now=NOW)
    invoice = an_invoice(order)
    client = signed_in()
    page = client.get(LIST).content.decode()
    assert ">Netto</th>" not in page
    assert ">VAT</th>" not in page
    assert "Sprzedaż, 1 dokument 54,99 54,99" in text_of(client.get(LIST))
    assert ">Faktura (bez VAT)</td>" in page
    form = client.get(reverse("documents:correct", args=[invoice.public_id])).content.decode()
    assert "do-without-vat" in form


def test_the_page_of_a_document_steps_through_the_list_it_was_opened_from(
    signed_in: SignIn, documents: list[Document]
) -> None:
    first, second, third, correction = documents
    client = signed_in()

    def steps(document: Document, query: str) -> list[str]:
        page = client.get(reverse("documents:detail", args=[document.public_id]) + query).context
        return [page["list_url"], page["before_url"], page["after_url"]]

    def url(document: Document, query: str) -> str:
        return reverse("documents:detail", args=[document.public_id]) + query

    kind = "?kind=invoice"
    assert f'href="{url(second, kind)}"' in client.get(LIST + kind).content.decode()
    assert steps(second, kind) == [LIST + kind, url(third, kind), url(first, kind)]
    assert steps(second, "?state=valid&page=1")[2] == ""
    assert steps(second, "") == [LIST, url(third, ""), url(first, "")]
    assert steps(correction, "?sort=to_pay") == [f"{LIST}?sort=to_pay", "", url(first, "?sort=to_pay")]
    assert steps(third, "?sort=-to_pay") == [f"{LIST}?sort=-to_pay", "", url(second, "?sort=-to_pay")]
    assert steps(second, "?q=11%2F2026")[1:] == [url(third, "?q=11%2F2026"), url(first, "?q=11%2F2026")]
