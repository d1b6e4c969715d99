"""Pages that undo documents and link them, from a person's side."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from builders.companies import NOW
from builders.issuing import an_invoice, an_invoice_for_money_of_october, corrected, voided
from builders.orders import a_numbered_form, stored
from stragan.documents.models import Document, DocumentVoid, OrderDocument
from stragan.orders.models import Order
from web.documents.pages import text_of

pytestmark = pytest.mark.django_db(transaction=True)
SignIn = Callable[..., Client]


def page(name: str, document: Document, *more: object) -> str:
    return reverse(f"documents:{name}", args=[document.public_id, *more])


def the_form(document: Document, **changes: str) -> dict[str, str]:
    """The correction form of one mug and its delivery as a browser would send it untouched."""
    values = {
        "quantity.1": "1",
        "price.1": "40,00",
        "vat.1": "23",
        "quantity.2": "1",
        "price.2": "14,99",
        "vat.2": "23",
        "issue_date": document.issue_date.isoformat(),
        "reason": "zwrot towaru",
        "do": "issue",
    }
    return values | {name.replace("_at_", "."): value for name, value in changes.items()}


def test_a_document_is_voided_once_the_person_confirms(signed_in: SignIn, order: Order) -> None:
    client, document = signed_in(), an_invoice(order)
    assert "Anuluj…" in text_of(client.get(page("detail", document)))
    unsure = client.post(page("void", document), {"reason": "pomyłka"})
    assert unsure.status_code == 422
    assert not DocumentVoid.objects.across_companies().exists()
    done = client.post(page("void", document), {"reason": "pomyłka", "confirmed": "1"}, follow=True)
    text = text_of(done)
    assert "Anulowano FV 1/11/2026." in text
    assert "anulowany" in text
    assert "pomyłka" in text
    assert DocumentVoid.objects.across_companies().get().by is not None


def test_a_document_in_a_closed_month_is_blocked_and_a_correction_proposed(
    signed_in: SignIn, company: Any
) -> None:
    client, document = signed_in(), an_invoice_for_money_of_october(company)
    asked = client.get(page("void", document))
    assert "FV 1/11/2026 stoi w księgach w miesiącu 10/2026, który jest zamknięty" in text_of(asked)
    assert page("correct", document) in asked.content.decode()
    refused = client.post(page("void", document), {"reason": "pomyłka", "confirmed": "1"})
    assert refused.status_code == 422
    assert "stoi w księgach w miesiącu 10/2026" in text_of(refused)
    assert not DocumentVoid.objects.across_companies().exists()
    form = the_form(document, quantity_at_1="0", quantity_at_2="0")
    done = client.post(page("correct", document), form, follow=True)
    assert "Wystawiono KOR 1/11/2026." in text_of(done)


def test_the_correction_form_shows_sums_and_issues(signed_in: SignIn, order: Order) -> None:
    client, document = signed_in(), an_invoice(order)
    first = client.get(page("correct", document))
    assert "KOR 1/11/2026" in text_of(first)
    live = client.post(
        page("correct", document),
        the_form(document, price_at_1="30", do="show"),
        headers={"HX-Request": "true"},
    )
    text = text_of(live)
    assert "Do zwrotu nabywcy 10,00 zł" in text
    assert "−10,00" in text or "-10,00" in text
    assert Document.objects.across_companies().count() == 1
    done = client.post(page("correct", document), the_form(document, price_at_1="30"), follow=True)
    assert "Wystawiono KOR 1/11/2026." in text_of(done)
    assert "Koryguje FV 1/11/2026." in text_of(done)
    assert "Należność po korektach" in text_of(client.get(page("detail", document)))


def test_everything_to_zero_fills_the_form_and_waits_for_the_person(signed_in: SignIn, order: Order) -> None:
    client, document = signed_in(), an_invoice(order)
    zero = client.post(page("correct", document), the_form(document, do="zero"))
    assert zero.content.decode().count('value="0" inputmode') == 2
    assert "zamówienie będzie czekać na nowy" in text_of(zero)
    assert Document.objects.across_companies().count() == 1
    again = the_form(document, quantity_at_1="0", quantity_at_2="0")
    done = client.post(page("correct", document), again, follow=True)
    assert "Wystawiono KOR 1/11/2026." in text_of(done)
    order.refresh_from_db()
    assert not order.has_original


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"quantity_at_1": "dwa"}, "Nie można odczytać tej wartości"),
        ({"quantity_at_1": "0", "reason": " "}, "dlaczego korygujesz"),
        ({}, "niczego by nie zmieniła"),
        ({"quantity_at_1": "0", "issue_date": "2026-11-30"}, "w przyszłości"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_issued(
    signed_in: SignIn, order: Order, changes: dict[str, str], said: str
) -> None:
    client, document = signed_in(), an_invoice(order)
    answer = client.post(page("correct", document), the_form(document, **changes))
    assert answer.status_code == 422
    assert said in text_of(answer)
    assert Document.objects.across_companies().count() == 1


def test_a_document_corrected_to_zero_offers_neither(signed_in: SignIn, order: Order) -> None:
    client, document = signed_in(), an_invoice(order)
    corrected(document)
    text = text_of(client.get(page("detail", document)))
    assert "skorygowany do zera" in text
    assert "Koryguj " not in text
    assert "nic z niego nie zostało" in text_of(client.get(page("correct", document)))
    assert "Zamiast go anulować, wystaw korektę" in text_of(client.get(page("void", document)))


def test_somebody_who_may_only_look_sees_no_deeds(signed_in: SignIn, order: Order) -> None:
    document = an_invoice(order)
    text = text_of(signed_in("viewer").get(page("detail", document)))
    assert "Anuluj…" not in text
    assert "Koryguj" not in text


def test_an_order_gets_the_suggested_document_and_gives_it_back(
    signed_in: SignIn, order: Order, shop: Any
) -> None:
    client, document = signed_in(), an_invoice(order)
    OrderDocument.objects.across_companies().update(ended_at=NOW, end_code="unlinked")
    Order.objects.for_company(order.company_id).update(has_original=False)
    url = reverse("documents:link", args=[order.pk])
    text = text_of(client.get(url))
    assert "FV 1/11/2026" in text
    assert "ta sama kwota" in text
    assert "wymienia to zamówienie" in text
    assert "Zamówienie" in text_of(client.get(page("link_order", document)))
    done = client.post(url, {"document": "FV 1/11/2026"}, follow=True)
    assert "FV 1/11/2026 należy teraz do zamówienia 1." in text_of(done)
    link = OrderDocument.objects.across_companies().get(ended_at=None)
    assert "powiązane ręcznie" in text_of(client.get(page("detail", document)))
    way_back = page("unlink", document, link.pk)
    assert way_back in client.get(reverse("orders:detail", args=[order.pk])).content.decode()
    for role, may_undo in (("accountant", True), ("clerk", True), ("viewer", False)):
        seen = signed_in(role).get(reverse("orders:detail", args=[order.pk])).content.decode()
        assert (way_back in seen) is may_undo, role
    refused = client.post(page("unlink", document, link.pk), {"reason": ""})
    assert refused.status_code == 422
    back = client.post(page("unlink", document, link.pk), {"reason": "pomyłka"}, follow=True)
    assert "nie należy już do zamówienia" in text_of(back)
    by_hand = client.post(page("link_order", document), {"order": order.pk}, follow=True)
    assert "należy teraz do zamówienia 1." in text_of(by_hand)
    [other] = stored(shop, [a_numbered_form(2)], now=NOW)
    searched = reverse("documents:link", args=[other.pk]) + "?q=FV+1/11/2026"
    assert "należy już do zamówienia 1" in text_of(client.get(searched))


def test_a_voided_document_is_linked_to_nothing(signed_in: SignIn, order: Order) -> None:
    client, document = signed_in(), an_invoice(order)
    voided(document)
    answer = client.post(page("link_order", document), {"order": order.pk}, follow=True)
    assert "jest anulowany" in text_of(answer)


def test_neighbors_follow_the_list(signed_in: SignIn, shop: Any) -> None:
    orders = stored(shop, [a_numbered_form(number) for number in (1, 2, 3)], now=NOW)
    first, second, third = (an_invoice(one) for one in orders)
    html = signed_in().get(page("detail", second)).content.decode()
    assert html.index(page("detail", third)) < html.index(page("detail", first))


def test_the_page_says_where_the_buyer_came_from(signed_in: SignIn, order: Order) -> None:
    text = text_of(signed_in().get(page("detail", an_invoice(order))))
    assert "Źródło Dane do faktury" in text
