"""Notes written with a keyboard or a scanner: code, Enter, quantity, Enter, save."""

from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from builders.companies import NOW, a_member
from builders.stock import a_bundle, a_product, in_stock, level
from stragan.warehouse.models import StockNote

pytestmark = pytest.mark.django_db
KEY = "6f1c3a7e-5d1b-4c55-9d7b-0c8f9d8f5a11"


@pytest.fixture(autouse=True)
def _today(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STRAGAN_NOW", NOW.isoformat())


@pytest.fixture
def client(company: Any) -> Client:
    client = Client(headers={"Accept-Language": "pl"})
    client.force_login(a_member(company, role="clerk"))
    return client


def post(client: Client, kind: str, **data: Any) -> Any:
    fields = {"key": KEY, "day": "2026-11-23", **data}
    return client.post(reverse("warehouse:note_new", args=[kind]), fields, follow=True)


def line(product: Any, quantity: str, **more: str) -> dict[str, Any]:
    extra = {f"{name}-{product.pk}": value for name, value in more.items()}
    return {"product": [product.pk], f"quantity-{product.pk}": quantity, **extra}


@pytest.mark.parametrize("code", ["KUB-1", "5901234123457", "emaliowany"])
def test_a_product_is_put_on_the_note_by_sku_ean_or_name(company: Any, client: Client, code: str) -> None:
    product = a_product(company, ean="5901234123457")
    html = post(client, "pz", code=code).content.decode()
    assert f'name="quantity-{product.pk}"' in html
    assert html.count("autofocus") == 1
    assert not StockNote.objects.for_company(company).exists()


def test_several_that_fit_are_offered_and_one_is_picked(company: Any, client: Client) -> None:
    first = a_product(company, "Kubek biały", sku="A")
    second = a_product(company, "Kubek czarny", sku="B")
    html = post(client, "pz", code="kubek").content.decode()
    assert "Który produkt?" in html
    assert f'name="quantity-{first.pk}"' not in html
    html = post(client, "pz", code="kubek", pick=second.pk).content.decode()
    assert f'name="quantity-{second.pk}"' in html


def test_an_unknown_code_and_a_bundle_are_told(company: Any, client: Client) -> None:
    bundle = a_bundle(company, {a_product(company): "1"})
    for code in ("NIE-MA", bundle.sku):
        assert f"nazwy „{code}”" in post(client, "pz", code=code).content.decode()


def test_the_same_code_again_is_one_more_and_a_line_can_be_dropped(company: Any, client: Client) -> None:
    product = a_product(company)
    html = post(client, "pz", code="KUB-1", **line(product, "1,5")).content.decode()
    assert 'value="2,5"' in html
    html = post(client, "pz", drop=product.pk, **line(product, "1")).content.decode()
    assert f'name="quantity-{product.pk}"' not in html


def test_a_code_scanned_into_a_quantity_is_the_next_product(company: Any, client: Client) -> None:
    first = a_product(company, "Kubek", sku="A")
    second = a_product(company, "Talerz", sku="B", ean="5901234123457")
    html = post(client, "pz", **line(first, "5901234123457")).content.decode()
    assert f'name="quantity-{first.pk}" value="1"' in html
    assert f'name="quantity-{second.pk}"' in html


def test_a_saved_receipt_is_one_note_however_often_it_is_sent(company: Any, client: Client) -> None:
    product = a_product(company)
    for _ in range(2):
        response = post(client, "pz", save=1, supplier="Hurtownia", **line(product, "2,5", cost="10,50"))
        assert "Zapisano PZ 1/11/2026." in response.content.decode()
    note = StockNote.objects.for_company(company).get()
    move = note.moves.get()
    assert (f"{move.quantity}", f"{move.unit_cost}", note.supplier) == ("2.5", "10.50", "Hurtownia")
    assert note.by is not None


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"quantity": "dużo"}, "Nieprawidłowa ilość"),
        ({"quantity": "-1"}, "Nieprawidłowa ilość"),
        ({"cost": "1,234"}, "musi być kwotą"),
        ({"cost": "tanio"}, "musi być kwotą"),
        ({"day": "wczoraj"}, "Podaj datę"),
        ({"day": "2026-11-24"}, "jeszcze nie nadeszła"),
    ],
)
def test_what_cannot_be_read_is_told_and_kept_in_the_form(
    company: Any, client: Client, changes: dict[str, str], text: str
) -> None:
    product = a_product(company)
    quantity, cost = changes.get("quantity", "1"), changes.get("cost", "")
    fields = {"save": 1, **line(product, quantity, cost=cost)}
    if "day" in changes:
        fields["day"] = changes["day"]
    response = post(client, "pz", **fields)
    html = response.content.decode()
    assert (response.status_code, level(product)) == (422, ("0", "0"))
    assert text in html
    assert f'value="{quantity}"' in html


def test_an_empty_note_and_an_issue_without_a_reason_are_refused(company: Any, client: Client) -> None:
    product = a_product(company)
    assert "nie ma pozycji" in post(client, "pz", save=1).content.decode()
    assert "Podaj powód" in post(client, "rw", save=1, **line(product, "1")).content.decode()
    assert level(product) == ("0", "0")
    post(client, "rw", save=1, reason="stłuczony", **line(product, "1"))
    assert level(product) == ("-1", "0")


def test_counting_shows_the_difference_and_asks_again_where_stock_moved(company: Any, client: Client) -> None:
    product = a_product(company)
    in_stock(company, product, 10)
    counted = line(product, "7", shown="10")
    assert "−3" in post(client, "inw", **counted).content.decode()
    in_stock(company, product, 1)
    response = post(client, "inw", save=1, reason="spis", **counted)
    html = response.content.decode()
    assert response.status_code == 409
    assert "Podczas liczenia stan się zmienił" in html
    assert f'name="shown-{product.pk}" value="11"' in html
    post(client, "inw", save=1, reason="spis", **line(product, "7", shown="11"))
    assert level(product) == ("7", "0")


def test_no_note_of_a_sales_document_is_written_by_hand(company: Any, client: Client) -> None:
    for kind in ("wz", "zw", "mm"):
        assert client.get(reverse("warehouse:note_new", args=[kind])).status_code == 404
    product = a_product(company)
    html = client.get(reverse("warehouse:note_new", args=["pz"]), {"product": product.pk}).content.decode()
    assert f'name="quantity-{product.pk}"' in html
    assert Decimal(level(product)[0]) == 0
