"""The draft of one document: prefilled, edited, refused with reasons, issued."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from builders.companies import NOW
from builders.orders import a_numbered_form, for_a_company, stored, without_rate
from stragan.documents.models import Document, Draft
from stragan.documents.queries import snapshot_of
from web.documents.pages import draft_url, form_of, text_of

SignIn = Callable[..., Client]


def test_the_draft_is_prefilled_from_the_order_and_says_what_will_happen(
    signed_in: SignIn, order: Any
) -> None:
    page = signed_in().get(draft_url(order))
    fields, text = form_of(page), text_of(page)
    assert page.status_code == 200
    assert fields["issue_date"] == "2026-11-23"
    assert (fields["buyer.name"], fields["buyer.nip"]) == ("Kubki sp. z o.o.", "526-025-02-74")
    assert (fields["lines.0.name"], fields["lines.0.unit_gross"], fields["lines.0.vat_code"]) == (
        "Kubek",
        "40,00",
        "23",
    )
    assert fields["lines.count"] == "2"
    assert "Różnica do Allegro 0,00 zł" in text
    assert "FV 1/11/2026" in text
    assert "KSeF: nie wysłano do KSeF" in text
    assert not Draft.objects.across_companies().exists()


def test_one_press_issues_the_invoice_and_opens_its_page(signed_in: SignIn, order: Any) -> None:
    client = signed_in()
    fields = form_of(client.get(draft_url(order)))
    answer = client.post(draft_url(order, "issue"), {**fields, "do": "issue"})
    document = Document.objects.across_companies().get()
    assert answer.headers["Location"] == reverse("documents:detail", args=[document.public_id])
    assert (document.number, str(document.to_pay)) == ("FV 1/11/2026", "54.99")
    assert "Wystawiono FV 1/11/2026." in client.get(answer.headers["Location"]).content.decode()
    again = client.get(draft_url(order))
    assert again.headers["Location"] == answer.headers["Location"]


def test_edits_are_saved_recounted_and_issued(signed_in: SignIn, order: Any) -> None:
    client = signed_in()
    fields = form_of(client.get(draft_url(order)))
    fields |= {"buyer.name": "Kubki Sp. k.", "lines.0.vat_code": "8", "notes": "Dziękujemy"}
    fragment = client.post(draft_url(order), fields, headers={"HX-Request": "true"})
    text = text_of(fragment)
    assert "<html" not in fragment.content.decode()
    assert "Kubki sp. z o.o. → Kubki Sp. k." in text
    assert "50,92 4,07 54,99" in text  # 8 % out of the whole
    saved = form_of(fragment)
    assert saved["lines.1.vat_code"] == "8"  # delivery follows the goods
    client.post(draft_url(order, "issue"), {**saved, "do": "issue"})
    snapshot = snapshot_of(Document.objects.across_companies().get())
    assert (snapshot.buyer.name, snapshot.notes) == ("Kubki Sp. k.", "Dziękujemy")
    assert [line.vat_code for line in snapshot.lines] == ["8", "8"]


def test_what_cannot_be_read_stays_in_its_field_with_the_reason(signed_in: SignIn, order: Any) -> None:
    client = signed_in()
    fields = form_of(client.get(draft_url(order))) | {"lines.0.quantity": "dwa", "do": "save"}
    page = client.post(draft_url(order), fields)
    assert page.status_code == 200
    assert form_of(page)["lines.0.quantity"] == "dwa"
    assert 'href="#id_lines-0-quantity"' in page.content.decode()
    assert "Popraw 1 pole, aby wystawić." in text_of(page)


@pytest.mark.parametrize("day", ["2099-12-31", "1926-11-20"])
def test_a_supply_date_that_cannot_be_locks_the_button(signed_in: SignIn, order: Any, day: str) -> None:
    client = signed_in()
    fields = form_of(client.get(draft_url(order)))
    seen = client.post(draft_url(order), {**fields, "supply_date": day}, follow=True)
    assert "Data sprzedaży" in text_of(seen)
    fields = form_of(client.get(draft_url(order)))
    client.post(draft_url(order, "issue"), fields, follow=True)
    assert not Document.objects.across_companies().exists()


def test_a_mistyped_year_of_issue_is_said_and_breaks_no_page(signed_in: SignIn, order: Any) -> None:
    client = signed_in()
    fields = form_of(client.get(draft_url(order)))
    seen = client.post(draft_url(order), {**fields, "issue_date": "1926-11-23"}, follow=True)
    assert "wypada ponad 60 dni przed zakupem" in text_of(seen)


def test_a_missing_rate_locks_the_button_until_it_is_chosen(signed_in: SignIn, shop: Any) -> None:
    [order] = stored(shop, [without_rate(a_numbered_form(2))], now=NOW)
    client = signed_in()
    page = client.get(draft_url(order))
    assert "1 pole do poprawy" in text_of(page)
    refused = client.post(draft_url(order, "issue"), form_of(page))
    assert refused.status_code == 422
    assert not Document.objects.across_companies().exists()
    fields = form_of(page) | {"lines.0.vat_code": "23"}
    client.post(draft_url(order, "issue"), fields)
    assert Document.objects.across_companies().get().number == "FV 1/11/2026"


def test_changed_amounts_ask_for_a_reason_and_another_total_for_the_right_role(
    signed_in: SignIn, order: Any
) -> None:
    clerk = signed_in("clerk")
    fields = form_of(clerk.get(draft_url(order))) | {"lines.0.unit_gross": "41.00"}
    page = clerk.post(draft_url(order), fields)
    assert "Różnica do Allegro −1,00 zł" in text_of(page)
    assert "reason" in form_of(page)
    fields = form_of(page) | {"reason": "Rabat cofnięty"}
    assert clerk.post(draft_url(order, "issue"), fields).status_code == 422
    owner = signed_in("owner")
    page = owner.get(draft_url(order))
    assert owner.post(draft_url(order, "issue"), form_of(page)).status_code == 302
    assert str(Document.objects.across_companies().get().gross) == "55.99"


def test_an_unreleased_order_is_refused_unless_a_role_gives_a_reason(signed_in: SignIn, shop: Any) -> None:
    [order] = stored(shop, [a_numbered_form(3, status="BOUGHT")], now=NOW)
    clerk = signed_in("clerk")
    page = clerk.get(draft_url(order))
    assert "Twoja rola nie pozwala tego wystawić" in text_of(page)
    assert clerk.post(draft_url(order, "issue"), form_of(page)).status_code == 422
    owner = signed_in("owner")
    page = owner.get(draft_url(order))
    assert owner.post(draft_url(order, "issue"), form_of(page)).status_code == 422
    fields = form_of(page) | {"reason": "Klient zapłacił gotówką"}
    assert owner.post(draft_url(order, "issue"), fields).status_code == 302


def test_lines_are_added_and_removed_without_javascript(signed_in: SignIn, order: Any) -> None:
    client = signed_in()
    fields = form_of(client.get(draft_url(order)))
    added = form_of(client.post(draft_url(order), {**fields, "do": "add"}))
    # Delivery stays last, since it is divided over all goods.
    assert (added["lines.count"], added["lines.1.quantity"], added["lines.1.name"]) == ("3", "1", "")
    removed = form_of(client.post(draft_url(order), {**added, "do": "remove.1"}))
    assert removed["lines.count"] == "2"


def test_where_a_value_came_from_is_told_for_each(signed_in: SignIn, order: Any) -> None:
    client = signed_in()
    url = f"{draft_url(order)}?why=buyer.name"
    panel = client.get(url, headers={"HX-Request": "true"})
    assert "Użyto: Dane do faktury" in text_of(panel)
    assert "<html" not in panel.content.decode()
    fields = form_of(client.get(draft_url(order)))
    page = client.post(draft_url(order), {**fields, "do": "why.lines.0.vat_code"})
    assert "Użyto: Stawka VAT oferty na Allegro, 23%" in text_of(page)


def test_the_buyer_can_be_taken_from_another_source(signed_in: SignIn, order: Any) -> None:
    client = signed_in()
    fields = form_of(client.get(draft_url(order)))
    page = client.post(draft_url(order), {**fields, "do": "source.delivery"})
    assert form_of(page)["buyer.name"] == "Żaneta Bąk"


def test_somebody_elses_save_is_not_overwritten(signed_in: SignIn, order: Any) -> None:
    owner, clerk = signed_in("owner"), signed_in("clerk")
    fields = form_of(owner.get(draft_url(order)))
    clerk.post(draft_url(order), {**fields, "notes": "od Kamila"})
    answer = owner.post(draft_url(order), {**fields, "notes": "od Joanny"})
    assert answer.status_code == 409
    assert form_of(answer)["notes"] == "od Kamila"


def test_typing_faster_than_answers_come_is_no_conflict(signed_in: SignIn, order: Any) -> None:
    client = signed_in()
    fields = form_of(client.get(draft_url(order)))
    client.post(draft_url(order), {**fields, "notes": "Dzię"})
    answer = client.post(draft_url(order), {**fields, "notes": "Dziękujemy"})
    assert form_of(answer)["notes"] == "Dziękujemy"


def test_discarding_prefills_the_draft_again(signed_in: SignIn, order: Any) -> None:
    client = signed_in()
    fields = form_of(client.get(draft_url(order)))
    client.post(draft_url(order), {**fields, "notes": "do kosza"})
    client.post(draft_url(order, "discard"))
    assert form_of(client.get(draft_url(order)))["notes"] == ""


def test_the_draft_can_be_seen_as_a_pdf(signed_in: SignIn, order: Any) -> None:
    answer = signed_in().get(draft_url(order, "draft_pdf"))
    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.content.startswith(b"%PDF")


@pytest.mark.parametrize("name", ["draft", "issue", "discard", "draft_pdf"])
def test_a_stranger_and_a_viewer_get_nowhere(
    signed_in: SignIn, stranger: Client, order: Any, name: str
) -> None:
    url = draft_url(order, name)
    is_post = name in {"issue", "discard"}
    assert (stranger.post(url) if is_post else stranger.get(url)).status_code == 404
    viewer = signed_in("viewer")
    assert (viewer.post(url) if is_post else viewer.get(url)).status_code == 403


def test_the_page_is_english_for_who_wants_it(signed_in: SignIn, shop: Any) -> None:
    [order] = stored(shop, [for_a_company(without_rate(a_numbered_form(4)), nip="")], now=NOW)
    text = text_of(signed_in(language="en").get(draft_url(order)))
    assert "Mend 2 fields to issue." in text
    assert "What Allegro says" in text


def test_a_seller_without_an_address_issues_nothing_in_the_browser(
    signed_in: SignIn, order: Any, company: Any
) -> None:
    type(company).objects.update(street="", postal_code="", city="")
    client = signed_in()
    answer = client.post(draft_url(order, "issue"), form_of(client.get(draft_url(order))), follow=True)
    assert answer.redirect_chain == [(reverse("settings:company"), 302)]
    assert "Firma nie ma adresu" in text_of(answer)
    assert not Document.objects.for_company(company).exists()
