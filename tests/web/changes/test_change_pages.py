"""The radar as a clerk works it: what changed, one click to the filled-in correction, settled by itself."""

import copy
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from builders.changes import cancelled, moved, of_three
from builders.companies import NOW
from builders.issuing import an_invoice, issued, voided
from builders.orders import for_a_company, stored
from stragan.core.snapshot import DocumentKind
from stragan.documents.models import Document, OrderChange
from stragan.documents.queries import snapshot_of
from stragan.flows import parcels
from stragan.kit.audit import Actor
from stragan.kit.models import AuditEvent
from web.offers.test_offer_list import words

pytestmark = pytest.mark.django_db(transaction=True)

RADAR = reverse("changes:list")


def later(shop: Any, form: dict[str, Any], *, minutes: int = 1) -> Any:
    [order] = stored(shop, [form], now=NOW + timedelta(minutes=minutes))
    return order


@pytest.fixture
def invoice(shop: Any) -> Document:
    """Of an order of three mugs."""
    [order] = stored(shop, [of_three()], now=NOW)
    return an_invoice(order)


def fields_of(page: str) -> dict[str, str]:
    """Names and values of the fields of a form, as a browser would send them."""
    from html.parser import HTMLParser  # noqa: PLC0415

    found: dict[str, str] = {}

    class Fields(HTMLParser):
        select = ""

        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            given = dict(attrs)
            if tag == "input" and given.get("name"):
                found[str(given["name"])] = given.get("value") or ""
            if tag == "select":
                self.select = given.get("name") or ""
            if tag == "option" and "selected" in given and self.select:
                found[self.select] = given.get("value") or ""

    start = page.index('id="correct-form"')
    Fields().feed(page[page.rindex("<form", 0, start) : page.index("</form>", start)])
    return found


def test_a_piece_less_goes_from_the_radar_to_an_issued_correction(
    shop: Any, invoice: Document, signed_in: Callable[..., Client]
) -> None:
    client = signed_in("clerk")
    assert "Każdy dokument zgadza się z zamówieniem" in words(client.get(RADAR))
    order = later(shop, of_three(quantity=2, delivery="9.99"))
    page = words(client.get(RADAR))
    assert "Mniej sztuk" in page
    assert "3 → 2" in page
    assert "14,99 zł → 9,99 zł" in page
    assert "Przygotuj korektę" in page
    address = f"{reverse('documents:correct', args=[invoice.public_id])}?change={order.pk}"
    assert address in client.get(RADAR).content.decode()
    form = client.get(address)
    assert f"Wypełnione według zmian w zamówieniu {order.number}." in words(form)
    assert "45,00 zł" in words(form)
    fields = fields_of(form.content.decode())
    assert fields["quantity.1"] == "2"
    assert fields["price.2"] == "9,99"
    assert fields["reason"] == "zmiana ilości, zmiana kosztu dostawy"
    assert Document.objects.for_company(order.company).count() == 1  # looking issues nothing
    issued_page = client.post(
        reverse("documents:correct", args=[invoice.public_id]), {**fields, "do": "issue"}
    )
    assert issued_page.status_code == 302
    correction = Document.objects.for_company(order.company).get(corrects=invoice)
    assert correction.to_pay == -45
    told = snapshot_of(correction).corrected
    assert told is not None
    assert told.reason == "zmiana ilości, zmiana kosztu dostawy"
    assert "Każdy dokument zgadza się z zamówieniem" in words(client.get(RADAR))
    settled = words(client.get(RADAR, {"tab": "settled"}))
    assert "dokument i zamówienie znów się zgadzają" in settled
    detail = words(client.get(reverse("orders:detail", args=[order.pk])))
    assert "Dokument i zamówienie znów się zgadzają" in detail
    assert "Zmienione na Allegro po wystawieniu" not in detail


def test_order_and_document_say_what_changed_and_what_to_do(
    shop: Any, invoice: Document, signed_in: Callable[..., Client]
) -> None:
    order = later(shop, of_three(quantity=2))
    client = signed_in("clerk")
    page = words(client.get(reverse("orders:detail", args=[order.pk])))
    assert "Zmienione na Allegro po wystawieniu" in page
    assert "Kubek 3 → 2" in page
    assert "Na dokumencie jest więcej sztuk niż w zamówieniu." in page
    page = words(client.get(reverse("documents:detail", args=[invoice.public_id])))
    assert f"Zamówienie {order.number} zmieniło się po wystawieniu" in page
    assert "Przygotuj korektę" in page
    viewer = signed_in("viewer")
    page = words(viewer.get(reverse("documents:detail", args=[invoice.public_id])))
    assert "Mniej sztuk" in page
    assert "Przygotuj korektę" not in page
    assert "Nic do zrobienia" not in words(viewer.get(reverse("orders:detail", args=[order.pk])))


def test_a_cancellation_offers_zero_and_the_way_to_void(
    shop: Any, invoice: Document, signed_in: Callable[..., Client]
) -> None:
    order = later(shop, cancelled(of_three()))
    client = signed_in("clerk")
    page = words(client.get(reverse("orders:detail", args=[order.pk])))
    assert "Anulował kupujący po zapłacie" in page
    assert "134,99 zł → 0,00 zł" in page
    assert "Koryguj do zera" in page
    assert "nie opuścił firmy" in page
    address = f"{reverse('documents:correct', args=[invoice.public_id])}?change={order.pk}"
    fields = fields_of(client.get(address).content.decode())
    assert (fields["quantity.1"], fields["quantity.2"], fields["reason"]) == (
        "0",
        "0",
        "anulowanie zamówienia",
    )
    void = client.get(f"{reverse('documents:void', args=[invoice.public_id])}?change={order.pk}")
    assert 'value="anulowanie zamówienia"' in void.content.decode()
    client.post(
        reverse("documents:void", args=[invoice.public_id]), {"confirmed": "1", "reason": "anulowanie"}
    )
    assert "Każdy dokument zgadza się" in words(client.get(RADAR))
    assert "dokument już się nie liczy" in words(client.get(RADAR, {"tab": "settled"}))


def test_another_address_leads_to_the_parcels(shop: Any, signed_in: Callable[..., Client]) -> None:
    form = for_a_company(of_three())
    [order] = stored(shop, [form], now=NOW)
    document = an_invoice(order)
    parcels.add_parcel(
        order=order, carrier="Kurier", waybill="ABC123", user=None, actor=Actor.COMMAND, now=NOW
    )
    later(shop, moved(form))
    client = signed_in("clerk")
    page = words(client.get(RADAR))
    assert "Adres dostawy" in page
    assert "Nowa etykieta" in page
    assert "Zmieniona" not in page  # the list shows no addresses
    page = words(client.get(reverse("orders:detail", args=[order.pk])))
    assert "ul. Zmieniona 12/3" in page
    assert "zrób nową etykietę z nowym adresem" in page
    address = f"{reverse('documents:correct', args=[document.public_id])}?change={order.pk}"
    assert "Nie było czego wypełnić" in words(client.get(address))


def test_data_of_the_buyer_say_plainly_that_they_cannot_be_corrected(
    shop: Any, signed_in: Callable[..., Client]
) -> None:
    form = for_a_company(of_three())
    [order] = stored(shop, [form], now=NOW)
    an_invoice(order)
    other = copy.deepcopy(form)
    other["invoice"]["address"]["company"] |= {
        "ids": [{"type": "PL_NIP", "value": "1234563218"}],
        "taxId": "1234563218",
    }
    later(shop, other)
    page = words(signed_in("clerk").get(reverse("orders:detail", args=[order.pk])))
    assert "NIP nabywcy 5260250274 → 1234563218" in page
    assert "Stragan nie umie jeszcze korygować danych nabywcy." in page


def test_what_asks_for_nothing_stands_apart(
    shop: Any, invoice: Document, signed_in: Callable[..., Client]
) -> None:
    extra: dict[str, Any] = {
        "id": "5e1a0001-aaaa-11f1-9000-000000000001",
        "type": "ONLINE",
        "provider": "AF",
        "finishedAt": "2026-11-24T09:00:00Z",
        "paidAmount": {"amount": "5.00", "currency": "PLN"},
        "reconciliation": None,
        "features": [],
    }
    order = later(shop, {**of_three(), "surcharges": [extra]})
    client = signed_in()
    assert "Każdy dokument zgadza się" in words(client.get(RADAR))
    page = words(client.get(RADAR, {"tab": "noted"}))
    assert "Dopłata" in page
    assert "0,00 zł → 5,00 zł" in page
    assert invoice.number in page
    timeline = words(client.get(reverse("orders:detail", args=[order.pk])))
    assert "Dopłaty 5,00 zł" in timeline


def test_a_person_settles_with_a_reason_and_a_stranger_does_not(
    shop: Any, invoice: Document, signed_in: Callable[..., Client], stranger: Client
) -> None:
    order = later(shop, of_three(quantity=2))
    assert order.pk == invoice.order_id
    address = reverse("changes:settle", args=[order.pk])
    assert stranger.post(address, {"reason": "x"}).status_code == 404
    assert signed_in("viewer").post(address, {"reason": "x"}).status_code == 403
    client = signed_in("clerk")
    page = words(client.post(address, {"reason": " "}, follow=True))
    assert "Napisz, dlaczego nic nie trzeba robić." in page
    response = client.post(address, {"reason": "zwrot poza Allegro", "next": "https://zle.example/"})
    assert response["Location"] == RADAR
    page = words(client.get(RADAR, {"tab": "settled"}))
    assert "załatwione ręcznie zwrot poza Allegro" in page
    assert "clerk@example.com" in page
    detail = words(client.get(reverse("orders:detail", args=[order.pk])))
    assert "Zmiana załatwiona, nic do zrobienia: zwrot poza Allegro" in detail
    event = AuditEvent.objects.for_company(order.company).get(verb="order.change_settled")
    assert event.user_id is not None
    again = words(client.post(address, {"reason": "x"}, follow=True))
    assert "Tu już nic nie czeka" in again


def test_every_way_in_shows_how_many_wait(
    shop: Any, invoice: Document, signed_in: Callable[..., Client]
) -> None:
    client = signed_in()
    assert "zamówienie różni się od dokumentu" not in words(client.get(reverse("start")))
    order = later(shop, of_three(quantity=2))
    assert "1 zamówienie różni się od dokumentu" in words(client.get(reverse("start")))
    assert "1 zamówienie różni się od dokumentu" in words(client.get(reverse("attention:list")))
    tab = client.get(reverse("orders:list"), {"tab": "changed"})
    assert "Zobacz, co się zmieniło" in words(tab)
    assert f"/orders/{order.pk}/" in tab.content.decode()
    voided(invoice)
    assert (
        f"/orders/{order.pk}/" not in client.get(reverse("orders:list"), {"tab": "changed"}).content.decode()
    )


def test_a_receipt_and_a_new_line_say_what_is_to_be_done(shop: Any, signed_in: Callable[..., Client]) -> None:
    first, second = stored(shop, [of_three(1), of_three(2)], now=NOW)
    issued(first, DocumentKind.RECEIPT)
    an_invoice(second)
    later(shop, for_a_company(of_three(1)))
    more = copy.deepcopy(of_three(2))
    line = copy.deepcopy(more["lineItems"][0])
    more["lineItems"].append({**line, "id": "7f1a9999-aaaa-11f1-9000-000000009999", "quantity": 1})
    more["summary"]["totalToPay"]["amount"] = "174.99"
    later(shop, more, minutes=2)
    page = words(signed_in().get(RADAR))
    assert "Faktura do paragonu" in page
    assert "Do zera i wystaw ponownie" in page
    assert "Nowa pozycja" in page


def test_the_page_is_in_english_too_and_its_cost_does_not_grow(
    shop: Any, signed_in: Callable[..., Client], django_assert_num_queries: Any
) -> None:
    client = signed_in(language="en")

    def a_changed_order(number: int) -> None:
        [order] = stored(shop, [of_three(number)], now=NOW)
        an_invoice(order)
        later(shop, of_three(number, quantity=2))

    a_changed_order(1)
    page = words(client.get(RADAR))
    assert "Fewer pieces" in page
    assert "Prepare the correction" in page
    from django.db import connection  # noqa: PLC0415
    from django.test.utils import CaptureQueriesContext  # noqa: PLC0415

    with CaptureQueriesContext(connection) as captured:
        client.get(RADAR)
    for number in (2, 3, 4):
        a_changed_order(number)
    assert OrderChange.objects.for_company(shop.company).count() == 4
    with django_assert_num_queries(len(captured)):
        client.get(RADAR)
