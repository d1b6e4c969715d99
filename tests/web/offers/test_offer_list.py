"""The page of offers: what is listed, found, filtered, sorted, linked and taken away."""

import re
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from builders.companies import NOW, a_shop
from builders.offers import an_offer
from stragan.kit.models import Job
from stragan.orders.models import OrderLine
from stragan.products.models import OfferLink, Product
from stragan.shops.models import Offer, OfferRefresh

pytestmark = pytest.mark.django_db(transaction=True)

LIST = "offers:list"


def words(response: Any) -> str:
    html = re.sub(r"<(script|style|svg).*?</\1>", " ", response.content.decode(), flags=re.DOTALL)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).replace("\xa0", " ").split())


def numbers(response: Any) -> list[int]:
    """Which offers are listed, in their order, by the number in their names."""
    return [int(found) for found in re.findall(r'title="Kubek emaliowany (\d+)', response.content.decode())]


def a_product(company: Any, *, name: str = "Kubek", sku: str = "K-1") -> Product:
    from stragan.products import actions  # noqa: PLC0415 -- Django is ready here
    from stragan.products.reading import ProductData  # noqa: PLC0415

    return actions.create_product(
        company=company, data=ProductData(name=name, sku=sku), by=None, now=NOW
    ).product


def test_an_empty_list_says_what_comes_next(company: Any, signed_in: Callable[..., Client]) -> None:
    client = signed_in()
    assert "Połącz sklep" in words(client.get(reverse(LIST)))
    a_shop(company)
    page = words(client.get(reverse(LIST)))
    assert "Tu pojawią się Twoje oferty" in page
    assert "Odśwież" in page


def test_an_offer_stands_with_all_that_matters(shop: Any, signed_in: Callable[..., Client]) -> None:
    product = a_product(shop.company, name="Kubek w katalogu")
    an_offer(shop, 1, product_id=product.pk, sold=1234, available=7)
    response = signed_in().get(reverse(LIST))
    page = words(response)
    for said in (
        "17000000001",
        "Kubek emaliowany 1",
        "KUB-1",
        "40,00 zł",
        "Kubek w katalogu",
        "1 234",
        "W sprzedaży",
    ):
        assert said in page, said
    html = response.content.decode()
    assert "https://allegro.pl/oferta/17000000001" in html
    assert "<img" not in html


def test_tabs_filters_and_sorting(shop: Any, signed_in: Callable[..., Client]) -> None:
    other = a_shop(shop.company, name="Outlet", seller_id="7002")
    product = a_product(shop.company)
    an_offer(shop, 1, sold=5, available=0, price=Decimal("10.00"), product_id=product.pk)
    an_offer(shop, 2, name="Kubek emaliowany 2 zielony", sold=9, available=50, price=Decimal("30.00"))
    an_offer(shop, 3, status="ENDED", ended_at=NOW)
    an_offer(other, 4, sold=0, available=3, price=Decimal("20.00"))
    client = signed_in()

    def listed(**query: Any) -> list[int]:
        return numbers(client.get(reverse(LIST), query))

    assert listed() == [2, 1, 4]
    assert listed(tab="ended") == [3]
    assert listed(tab="unmatched") == [2, 4]
    assert listed(shop=other.pk) == [4]
    assert listed(below=5) == [1, 4]
    assert listed(sold="yes") == [2, 1]
    assert listed(sold="no") == [4]
    assert listed(product="yes") == [1]
    assert listed(product="no", sort="name") == [2, 4]
    assert listed(sort="price") == [1, 4, 2]
    assert listed(sort="-available") == [2, 4, 1]
    assert listed(q="zielony kubek") == [2]
    assert listed(q="kub-4") == [4]
    assert listed(q="17000000001") == [1]
    assert listed(q="17") == [2, 1, 4]
    assert listed(q="nie ma") == []
    assert "Żadna oferta nie pasuje do filtrów" in words(client.get(reverse(LIST), {"q": "nie ma"}))
    fragment = client.get(reverse(LIST), headers={"HX-Request": "true"})
    assert "<html" not in fragment.content.decode()


def test_offers_of_a_removed_shop_are_gone_from_the_list(shop: Any, signed_in: Callable[..., Client]) -> None:
    an_offer(shop, 1)
    an_offer(a_shop(shop.company, name="Outlet", seller_id="7002", state="removed"), 2)
    assert numbers(signed_in().get(reverse(LIST))) == [1]


def test_what_is_left_here_stands_beside_what_allegro_has(
    shop: Any, signed_in: Callable[..., Client]
) -> None:
    an_offer(shop, 1, product_id=a_product(shop.company).pk, available=5)
    response = signed_in().get(reverse(LIST))
    assert 'st-num st-amber">0' in response.content.decode()
    shop.company.warehouse = False
    shop.company.save()
    assert "U nas" not in words(signed_in("clerk").get(reverse(LIST)))


def test_refreshing_is_asked_for_and_watched(shop: Any, signed_in: Callable[..., Client]) -> None:
    an_offer(shop, 1)
    client = signed_in("clerk")
    assert "Trwa odczytywanie ofert" in words(client.post(reverse("offers:refresh"), follow=True))
    assert Job.objects.get(name="offers.refresh").arguments == {"shop_id": shop.pk}
    from stragan.kit.clock import real_now  # noqa: PLC0415 -- Django is ready here

    row = OfferRefresh.objects.get(shop=shop)
    row.started_at, row.read, row.to_do = real_now(), 1000, 2300
    row.save()
    part = client.get(reverse("offers:progress"))
    assert "odczytano 1 000 z 2 300" in words(part)
    assert "HX-Trigger" not in part.headers
    row.finished_at = real_now()
    row.save()
    part = client.get(reverse("offers:progress"))
    assert "odświeżono 0 s temu" in words(part)
    assert part.headers["HX-Trigger"] == "offers-changed"
    viewer = signed_in("viewer").get(reverse(LIST)).content.decode()
    assert reverse("offers:refresh") not in viewer


def test_a_missing_permission_stands_with_its_deed(shop: Any, signed_in: Callable[..., Client]) -> None:
    OfferRefresh.objects.create(shop=shop, next_at=NOW, error_code="allegro_scope_missing")
    response = signed_in().get(reverse(LIST))
    assert "brakuje uprawnienia" in words(response).lower() or "uprawnie" in words(response)
    assert reverse("settings:shop", args=[shop.pk]) in response.content.decode()
    OfferRefresh.objects.update(error_code="allegro_unavailable")
    assert "Allegro teraz nie odpowiada" in words(signed_in("clerk").get(reverse(LIST)))


def test_an_offer_is_linked_to_a_product_and_unlinked(
    shop: Any, order: Any, signed_in: Callable[..., Client]
) -> None:
    offer = an_offer(shop, 1, offer_id=order.offer_id, sku="")
    wanted = a_product(shop.company, name="Kubek emaliowany 1", sku="INNY")
    a_product(shop.company, name="Dzbanek emaliowany", sku="DZB")
    client, url = signed_in("clerk"), reverse("offers:product", args=[offer.pk])
    page = words(client.get(url))
    assert "Kubek emaliowany 1 INNY pasuje" in page
    assert "Dzbanek emaliowany DZB" in page
    assert "Dzbanek emaliowany" in words(client.get(url, {"q": "dzban"}))
    assert "Kubek emaliowany 1 INNY" not in words(client.get(url, {"q": "dzban"}))
    response = client.post(url, {"product": wanted.pk})
    assert response.headers["Location"] == reverse(LIST)
    offer.refresh_from_db()
    assert offer.product_id == wanted.pk
    assert OfferLink.objects.for_company(shop.company).get().by_hand
    line = OrderLine.objects.for_company(shop.company).get(order=order)
    assert line.product_id == wanted.pk
    client.post(reverse("offers:unlink", args=[offer.pk]))
    offer.refresh_from_db()
    assert offer.product_id is None
    assert not OfferLink.objects.for_company(shop.company).exists()


def test_what_cannot_be_linked_is_refused_in_words(shop: Any, signed_in: Callable[..., Client]) -> None:
    offer = an_offer(shop, 1)
    page = signed_in().post(reverse("offers:product", args=[offer.pk]), {"product": "999"}, follow=True)
    assert "alert--red" in page.content.decode() or "alert" in page.content.decode()
    assert Offer.objects.for_company(shop.company).get().product_id is None
    assert signed_in("viewer").get(reverse("offers:product", args=[offer.pk])).status_code == 403


def test_strangers_find_nothing(shop: Any, stranger: Client) -> None:
    offer = an_offer(shop, 1)
    assert "Kubek emaliowany" not in words(stranger.get(reverse(LIST)))
    assert stranger.get(reverse("offers:product", args=[offer.pk])).status_code == 404
    assert stranger.post(reverse("offers:unlink", args=[offer.pk])).status_code == 404
    assert stranger.post(reverse("offers:refresh"), {"shop": shop.pk}).status_code == 404


@pytest.mark.parametrize("file_format", ["csv", "xlsx"])
def test_the_filtered_list_can_be_taken_away(
    shop: Any, signed_in: Callable[..., Client], file_format: str
) -> None:
    an_offer(shop, 1, sold=3)
    an_offer(shop, 2, status="ENDED")
    response: Any = signed_in().get(reverse("offers:export"), {"format": file_format})
    assert file_format in response.headers["Content-Disposition"]
    if file_format == "csv":
        text = b"".join(response.streaming_content).decode()
        assert "17000000001;Kubek emaliowany 1;KUB-1;Dom i Kubek;40,00;PLN;5;;3;W sprzedaży" in text
        assert "emaliowany 2" not in text


def test_pages_of_any_size_need_few_statements(
    shop: Any, signed_in: Callable[..., Client], django_assert_max_num_queries: Any
) -> None:
    product = a_product(shop.company)
    for number in range(60):
        an_offer(shop, number, product_id=product.pk)
    OfferRefresh.objects.create(shop=shop, next_at=NOW + timedelta(hours=1), finished_at=NOW)
    client = signed_in()
    client.get(reverse(LIST))
    with django_assert_max_num_queries(22):
        client.get(reverse(LIST))


def test_the_page_speaks_english(shop: Any, signed_in: Callable[..., Client]) -> None:
    an_offer(shop, 1)
    page = words(signed_in(language="en").get(reverse(LIST)))
    assert "On sale" in page
    assert "Link to a product" in page
