"""Offers without a product: suggestions, linking one and many, products made of them, undo."""

from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from builders.products import a_product
from stragan.orders.models import OrderLine
from stragan.products.models import Product, SoldOffer

pytestmark = pytest.mark.django_db(transaction=True)
PAGE = "/products/offers/"


def page(client: Client, address: str = PAGE) -> str:
    response = client.get(address)
    assert response.status_code == 200
    return response.content.decode().replace("\xa0", " ")


def offers(company: Any) -> list[int]:
    return list(SoldOffer.objects.for_company(company).order_by("id").values_list("id", flat=True))


def products_of_lines(company: Any) -> list[int | None]:
    rows = OrderLine.objects.for_company(company).order_by("id")
    return list(rows.values_list("product_id", flat=True))


def undo_of(client: Client, text: str) -> Any:
    address = text.split('data-undo-url="')[1].split('"', maxsplit=1)[0]
    return client.post(address)


def test_an_offer_is_linked_to_the_suggested_product_and_unlinked_again(
    client: Client, company: Any, store: Any
) -> None:
    mug = a_product(company, "KUBEK")
    store(("12001", "Kubek", ""))
    text = page(client)
    assert "prawie ta sama nazwa" in text
    [offer] = offers(company)
    client.post(reverse("products:link"), {"pair": f"{offer}:{mug.pk}"})
    assert products_of_lines(company) == [mug.pk]
    text = page(client)
    assert "Połączono 1 ofertę" in text
    assert "Każda oferta ma swój produkt" in text
    undo_of(client, text)
    assert products_of_lines(company) == [None]
    assert "prawie ta sama nazwa" in page(client)


def test_ambiguous_offers_show_every_product_and_are_never_taken_in_bulk(
    client: Client, company: Any, store: Any
) -> None:
    first, second = a_product(company, "Kubek", sku="A-1"), a_product(company, "Kubek", sku="A-2")
    store(("12001", "Kubek", ""))
    text = page(client)
    assert "A-1" in text
    assert "A-2" in text
    [offer] = offers(company)
    client.post(reverse("products:selected_offers"), {"offer": [offer], "deed": "accept"})
    assert products_of_lines(company) == [None]
    assert "nie ma pewnej podpowiedzi" in page(client)
    client.post(reverse("products:link"), {"offer": [offer], "product": second.pk})
    assert products_of_lines(company) == [second.pk]
    assert first.pk != second.pk


def test_certain_suggestions_are_taken_for_all_at_once(client: Client, company: Any, store: Any) -> None:
    mug, plate = a_product(company, "KUBEK"), a_product(company, "TALERZ")
    store(("12001", "Kubek", ""), ("12002", "Talerz", ""), ("12003", "Coś innego", ""))
    client.post(reverse("products:selected_offers"), {"all": "1", "query": "?", "deed": "accept"})
    assert products_of_lines(company) == [mug.pk, plate.pk, None]


def test_many_offers_are_linked_to_one_product_that_is_searched_for(
    client: Client, company: Any, store: Any
) -> None:
    mug = a_product(company, "Kubek emaliowany", sku="KUB-1")
    store(("12001", "Kubek czerwony", ""), ("12002", "Kubek niebieski", ""))
    ids = offers(company)
    response = client.post(reverse("products:selected_offers"), {"offer": ids, "deed": "choose"})
    assert "Kubek emaliowany" in page(client, response["Location"])  # shares a word
    assert "Kubek emaliowany" in page(client, f"{response['Location']}&q=KUB-1")
    assert "Żaden produkt nie ma tych słów" in page(client, f"{response['Location']}&q=rower")
    client.post(reverse("products:link"), {"offer": ids, "product": mug.pk})
    assert products_of_lines(company) == [mug.pk, mug.pk]


def test_products_are_made_of_offers_and_offers_of_one_sku_share_one(
    client: Client, company: Any, store: Any
) -> None:
    a_product(company, "Zajęty", sku="T-1", names=())
    store(("12001", "Kubek", "K-1"), ("12002", "Kubek drugi", "K-1"), ("12003", "Talerz", "t-1"))
    client.post(reverse("products:selected_offers"), {"offer": offers(company), "deed": "make"})
    made = list(Product.objects.for_company(company).order_by("id"))
    assert [(one.name, one.sku) for one in made] == [("Zajęty", "T-1"), ("Kubek", "K-1"), ("Talerz", "t-1")]
    assert (made[1].price, made[1].vat_code) == (Decimal("40.00"), "23")
    assert products_of_lines(company) == [made[1].pk, made[1].pk, made[2].pk]
    assert "Utworzono 2 produkty" in page(client)


def test_an_offer_is_made_a_product_after_a_look(client: Client, company: Any, store: Any) -> None:
    store(("12001", "Kubek", "5901234123457"))
    [offer] = offers(company)
    address = f"{reverse('products:new')}?offer={offer}"
    text = page(client, address)
    for words in ('value="Kubek"', 'value="5901234123457"', 'value="40,00"', "Z oferty „Kubek”"):
        assert words in text
    client.post(address, {"name": "Kubek 300 ml", "sku": "", "ean": "", "vat_code": "23"})
    assert products_of_lines(company) == [Product.objects.for_company(company).get().pk]


def test_taking_a_product_away_asks_again(client: Client, company: Any, store: Any) -> None:
    mug = a_product(company, "Kubek")
    store(("12001", "Kubek", ""))
    detail = reverse("products:detail", args=[mug.public_id])
    assert "Połączone oferty" in page(client, detail)
    client.post(reverse("products:unlink"), {"key": "7001/12001", "next": detail})
    assert products_of_lines(company) == [None]
    text = page(client, detail)
    assert "nie ma teraz produktu" in text
    assert "ta sama nazwa" in page(client)
    undo_of(client, text)
    assert products_of_lines(company) == [mug.pk]


def test_the_page_is_searched_sorted_and_kept_to_a_shop(client: Client, store: Any) -> None:
    store(("12001", "Żółty kubek", "K-1"), ("12002", "Talerz", "T-1"), ("12002", "Talerz", "T-1"))
    assert page(client).index("Żółty kubek") > 0
    for query, found in (
        ("?q=zolty", ["Żółty kubek"]),
        ("?q=12002", ["Talerz"]),
        ("?q=t-1", ["Talerz"]),
        ("?seller=7001", ["Żółty kubek", "Talerz"]),
        ("?seller=1", []),
    ):
        text = page(client, f"{PAGE}{query}")
        assert [name for name in ("Żółty kubek", "Talerz") if f">{name}</a>" in text] == found
    text = page(client, f"{PAGE}?sort=most")
    assert text.index(">Talerz</a>") < text.index(">Żółty kubek</a>")


def test_a_stranger_links_nothing(stranger: Client, client: Client, company: Any, store: Any) -> None:
    mug = a_product(company, "KUBEK")
    store(("12001", "Kubek", ""))
    [offer] = offers(company)
    assert "Kubek" not in page(stranger)
    assert stranger.post(reverse("products:link"), {"pair": f"{offer}:{mug.pk}"}).status_code == 404
    assert stranger.post(reverse("products:make"), {"offer": [offer]}).status_code == 404
    assert stranger.post(reverse("products:unlink"), {"key": "7001/12001"}).status_code == 404
    stranger.post(reverse("products:selected_offers"), {"offer": [offer], "deed": "make"})
    assert products_of_lines(company) == [None]
    assert Product.objects.for_company(company).count() == 1
    client.post(reverse("products:link"), {"pair": f"{offer}:{mug.pk}"})
    address = page(client).split('data-undo-url="')[1].split('"')[0]
    stranger.post(address)
    assert products_of_lines(company) == [mug.pk]
