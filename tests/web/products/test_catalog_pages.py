"""The catalog in the browser: list, form, details, archive, export."""

from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from builders.products import a_product
from stragan.formats.sheets import read_table
from stragan.products.models import Product
from stragan.products.reading import Component

pytestmark = pytest.mark.django_db(transaction=True)
LIST = "/products/"
TYPED = {
    "name": " Kubek  emaliowany ",
    "sku": "KUB-1",
    "ean": "590-1234-123457",
    "unit": "szt.",
    "price": "39,90 zł",
    "vat_code": "23",
    "gtu": "01",
    "ryczalt_rate": "3",
    "names": "Kubek\nKubek 300 ml\n",
    "components": "",
}


def page(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200
    return response.content.decode().replace("\xa0", " ")


def url(name: str, product: Product) -> str:
    return reverse(f"products:{name}", args=[product.public_id])


def test_an_empty_catalog_says_how_to_begin(client: Client, store: Any) -> None:
    store(("12001", "Kubek", ""))
    text = page(client, LIST)
    assert "Tu pojawią się Twoje produkty" in text
    assert "1 oferta z zamówień czeka na produkt" in text


def test_a_product_is_added_with_everything(client: Client, company: Any) -> None:
    response = client.post(reverse("products:new"), TYPED)
    product = Product.objects.for_company(company).get()
    assert response["Location"] == url("detail", product)
    assert (product.name, product.ean, product.price) == (
        "Kubek emaliowany",
        "5901234123457",
        Decimal("39.90"),
    )
    text = page(client, url("detail", product))
    for words in ("SKU KUB-1", "39,90 zł", "GTU_01", "Kubek 300 ml", "Nikt go jeszcze nie kupił"):
        assert words in text


def test_errors_stand_beside_their_fields_and_nothing_typed_is_lost(client: Client, company: Any) -> None:
    a_product(company, "Inny kubek", sku="KUB-1")
    wrong = TYPED | {"name": "", "ean": "123", "price": "tanio", "components": "X × 2"}
    response = client.post(reverse("products:new"), wrong)
    text = response.content.decode()
    assert response.status_code == 422
    assert "Podaj nazwę produktu" in text
    assert "„123” to nie EAN" in text
    assert "„tanio” to nie kwota" in text
    assert "Żaden produkt nie ma SKU ani nazwy „X”" in text
    assert 'value="tanio"' in text
    response = client.post(reverse("products:new"), TYPED)
    assert "SKU „KUB-1” ma już „Inny kubek”" in response.content.decode()
    assert Product.objects.for_company(company).count() == 1


def test_a_product_is_changed_and_made_a_bundle(client: Client, company: Any) -> None:
    mug = a_product(company, "Kubek", sku="KUB-1")
    product = a_product(company, "Zestaw")
    text = page(client, url("edit", product))
    assert 'value="40,00"' in text
    client.post(url("edit", product), TYPED | {"name": "Zestaw", "sku": "Z-1", "components": "KUB-1 × 2"})
    product.refresh_from_db()
    assert product.is_bundle
    assert "KUB-1×2" in page(client, url("edit", product))
    assert "Składnik zestawów" in page(client, url("detail", mug))


def test_archiving_takes_it_out_of_the_list_and_restoring_brings_it_back(
    client: Client, company: Any
) -> None:
    product = a_product(company, "Kubek")
    a_product(company, "Talerz")
    client.post(url("archive", product), {"reason": "wycofany"})
    assert "Kubek</a>" not in page(client, LIST)
    assert "Kubek</a>" in page(client, f"{LIST}?archived=1")
    assert "wycofany" in page(client, url("detail", product))
    client.post(reverse("products:selected"), {"product": [product.pk], "deed": "restore"})
    assert "Kubek</a>" in page(client, LIST)


def test_all_of_a_filter_are_archived_and_nothing_else(client: Client, company: Any) -> None:
    a_product(company, "Kubek", vat_code="8")
    a_product(company, "Talerz", vat_code="23")
    client.post(reverse("products:selected"), {"all": "1", "query": "?vat=8", "deed": "archive"})
    rows = Product.objects.for_company(company).filter(archived_at__isnull=True)
    assert [product.name for product in rows.order_by("id")] == ["Talerz"]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("?q=emaliowany", ["Kubek emaliowany"]),
        ("?q=EMALIOWANY+kub", ["Kubek emaliowany"]),
        ("?q=ku", ["Kubek emaliowany"]),
        ("?q=59", ["Kubek emaliowany"]),
        ("?q=najlepszy", ["Talerz"]),
        ("?vat=8", ["Talerz"]),
        ("?kind=bundle", ["Zestaw"]),
        ("?kind=no_sku", ["Talerz", "Zestaw"]),
        ("?sort=-name", ["Zestaw", "Talerz", "Kubek emaliowany"]),
        ("?sort=created", ["Kubek emaliowany", "Talerz", "Zestaw"]),
        ("?kind=nonsense&vat=99&sort=x", ["Kubek emaliowany", "Talerz", "Zestaw"]),
        ("?q=nic-takiego", []),
    ],
)
def test_the_list_is_searched_filtered_and_sorted(
    client: Client, company: Any, query: str, found: list[str]
) -> None:
    mug = a_product(company, "Kubek emaliowany", sku="KUB-1", ean="5901234123457")
    a_product(company, "Talerz", vat_code="8", names=("Talerz najlepszy",))
    a_product(company, "Zestaw", components=(Component(product_id=mug.pk, quantity=Decimal(2)),))
    text = page(client, f"{LIST}{query}")
    names = ["Kubek emaliowany", "Talerz", "Zestaw"]
    places = {name: text.find(f">{name}</a>") for name in names}
    assert sorted((n for n in names if places[n] >= 0), key=lambda name: places[name]) == found


def test_the_list_takes_few_statements(
    client: Client, company: Any, django_assert_max_num_queries: Any
) -> None:
    for number in range(30):
        a_product(company, f"Kubek {number}")
    client.get(LIST)
    with django_assert_max_num_queries(22):
        client.get(LIST)


def test_without_warehouse_there_is_no_stock_and_the_entry_is_under_income(
    client: Client, company: Any
) -> None:
    a_product(company, "Kubek")
    assert "Rezerwacje" in page(client, LIST)
    type(company).objects.filter(pk=company.pk).update(warehouse=False)
    text = page(client, LIST)
    assert "Rezerwacje" not in text
    assert f'href="{LIST}"' in text


def test_the_export_has_the_rows_of_the_filter(client: Client, company: Any) -> None:
    a_product(company, "Kubek", vat_code="8", sku="KUB-1")
    a_product(company, "Talerz")
    for file_format in ("csv", "xlsx"):
        response = client.get(f"{reverse('products:export')}?vat=8&format={file_format}")
        table = read_table(response.getvalue())
        assert [row[:2] for row in table] == [["SKU", "Nazwa"], ["KUB-1", "Kubek"]]
    assert client.get(f"{reverse('products:export')}?format=pdf").status_code == 404


def test_a_stranger_finds_no_product_and_changes_none(stranger: Client, company: Any) -> None:
    product = a_product(company, "Kubek")
    for name in ("detail", "edit"):
        assert stranger.get(url(name, product)).status_code == 404
    assert stranger.post(url("archive", product)).status_code == 404
    stranger.post(reverse("products:selected"), {"product": [product.pk], "deed": "archive"})
    product.refresh_from_db()
    assert product.archived_at is None


def test_a_viewer_sees_no_deeds(viewer: Client, company: Any) -> None:
    product = a_product(company, "Kubek")
    for address in (LIST, url("detail", product)):
        text = page(viewer, address)
        assert "DODAJ PRODUKT" not in text
        assert "Archiwizuj" not in text
