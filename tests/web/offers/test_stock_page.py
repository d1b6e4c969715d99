"""The page of sending stock: the switch and its consequence, the preview, the queue and its refusals."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from builders.companies import NOW
from builders.offers import an_offer
from builders.stock import a_product, in_stock
from stragan.shops.models import OfferPush
from web.offers.test_offer_list import words

pytestmark = pytest.mark.django_db(transaction=True)

STOCK = "offers:stock"


def a_push(offer: Any, state: str, **changes: Any) -> OfferPush:
    values = {"company": offer.company, "shop": offer.shop, "offer": offer, "asked_at": NOW, "due_at": NOW}
    return OfferPush.objects.for_company(offer.company).create(**(values | {"state": state} | changes))


def test_the_switch_says_its_consequence_and_who_turned_it(
    shop: Any, signed_in: Callable[..., Client]
) -> None:
    client = signed_in()
    page = words(client.get(reverse(STOCK)))
    assert "Po włączeniu: gdy zmieni się stan produktu" in page
    assert "wyłączone" in page
    page = words(client.post(reverse("offers:switch"), {"push_stock": "on"}, follow=True))
    assert "Od teraz stany są wysyłane do Allegro." in page
    assert "owner@example.com" in page
    shop.company.refresh_from_db()
    assert shop.company.push_stock
    assert reverse("offers:switch") in client.get(reverse(STOCK)).content.decode()
    assert 'value="off"' not in signed_in("clerk").get(reverse(STOCK)).content.decode()
    client.post(reverse("offers:switch"), {"push_stock": "off"})
    shop.company.refresh_from_db()
    assert not shop.company.push_stock


def test_without_a_warehouse_it_cannot_be_switched_on(shop: Any, signed_in: Callable[..., Client]) -> None:
    shop.company.warehouse = False
    shop.company.save()
    page = words(signed_in().post(reverse("offers:switch"), {"push_stock": "on"}, follow=True))
    assert "włącz magazyn w ustawieniach firmy" in page
    shop.company.refresh_from_db()
    assert not shop.company.push_stock


def test_the_preview_says_what_would_change_and_why(shop: Any, signed_in: Callable[..., Client]) -> None:
    product = a_product(shop.company, "Kubek w katalogu")
    in_stock(shop.company, product, 12)
    an_offer(shop, 1, product_id=product.pk, available=5)
    an_offer(shop, 2, product_id=product.pk, available=12)
    page = words(signed_in().get(reverse(STOCK), {"tab": "preview"}))
    assert (
        "17000000001 Kubek emaliowany 1 Kubek w katalogu 5 12 stan 12, zarezerwowane 0, nieopłacone 0" in page
    )
    assert "17000000002" not in page
    assert not OfferPush.objects.for_company(shop.company).exists()


def test_the_queue_shows_each_state_and_refused_ones_wait_again(
    shop: Any, signed_in: Callable[..., Client]
) -> None:
    waiting, sending, sent, failed = (an_offer(shop, number) for number in range(1, 5))
    a_push(waiting, "waiting")
    a_push(sending, "sending", quantity=7, was=5, reason_code="allegro_unavailable")
    a_push(sent, "sent", quantity=8, was=5, done_at=NOW)
    refused = a_push(
        failed,
        "failed",
        quantity=9,
        done_at=NOW,
        reason_code="push_refused",
        reason="Oferta jest zakończona.",
    )
    client = signed_in()
    page = words(client.get(reverse(STOCK), {"tab": "waiting"}))
    assert "Czeka" in page
    assert "W drodze" in page
    assert "Allegro teraz nie odpowiada" in page
    assert "17000000003" in words(client.get(reverse(STOCK), {"tab": "sent"}))
    page = words(client.get(reverse(STOCK), {"tab": "failed"}))
    assert "Allegro odrzuciło zmianę. Oferta jest zakończona." in page
    assert "1 oferta czeka ponownie" in words(
        client.post(reverse("offers:retry"), {"push": refused.pk}, follow=True)
    )
    assert OfferPush.objects.for_company(shop.company).get(offer=failed).state == "waiting"
    assert signed_in("clerk").post(reverse("offers:retry")).status_code == 403


def test_a_stranger_sees_and_switches_nothing_here(shop: Any, stranger: Client) -> None:
    a_push(an_offer(shop, 1), "failed", done_at=NOW)
    assert "17000000001" not in words(stranger.get(reverse(STOCK), {"tab": "failed"}))
    stranger.post(reverse("offers:retry"))
    stranger.post(reverse("offers:switch"), {"push_stock": "on"})
    shop.company.refresh_from_db()
    assert not shop.company.push_stock
    assert OfferPush.objects.for_company(shop.company).get().state == "failed"
