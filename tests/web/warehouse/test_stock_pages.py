"""The stock list, cards and notes as people see them."""

import io
import re
from decimal import Decimal
from importlib import import_module
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from python_calamine import CalamineWorkbook

from builders.companies import NOW, a_member, a_shop
from builders.issuing import an_invoice
from builders.orders import stored
from builders.stock import a_bundle, a_form_of, a_product, in_stock, level
from stragan.core.folding import fold
from stragan.products import actions
from stragan.products.models import Product
from stragan.products.reading import ProductData
from stragan.warehouse.checking import differences
from stragan.warehouse.following import follow
from stragan.warehouse.models import StockLevel, StockMove, StockNote

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _today(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STRAGAN_NOW", NOW.isoformat())


@pytest.fixture
def client(company: Any) -> Client:
    client = Client(headers={"Accept-Language": "pl"})
    client.force_login(a_member(company))
    return client


def page(client: Client, name: str, *ids: Any, **query: Any) -> str:
    response = client.get(reverse(f"warehouse:{name}", args=ids), query)
    assert response.status_code == 200
    return response.content.decode().replace("\xa0", " ")


def test_the_list_shows_what_there_is_and_what_it_is_worth(company: Any, client: Client) -> None:
    product = a_product(company)
    in_stock(company, product, "10.5", unit_cost=Decimal("12.00"))
    stored(a_shop(company), [a_form_of(1, quantity=3)], now=NOW)
    html = page(client, "stock")
    for text in ("Kubek emaliowany", ">10,5<", ">7,5<", "126,00", "12,00", "po średnim koszcie: 126,00 zł"):
        assert text in html


def test_filters_show_what_is_below_zero_reserved_or_absent(company: Any, client: Client) -> None:
    short = a_product(company, "Kubek brakujący")
    held = a_product(company, "Talerz trzymany", sku="T-1")
    a_product(company, "Miska pusta", sku="M-1")
    a_bundle(company, {short: "1"})
    in_stock(company, held, 5)
    for product, on_hand, reserved in ((short, "-2", "0"), (held, "5", "1")):
        StockLevel.objects.for_company(company).update_or_create(
            company=company,
            product=product,
            defaults={
                "on_hand": Decimal(on_hand),
                "reserved": Decimal(reserved),
                "available": Decimal(on_hand) - Decimal(reserved),
            },
        )
    names = {"Kubek brakujący", "Talerz trzymany", "Miska pusta"}
    for query, expected in (
        ({}, names),
        ({"only": "below"}, {"Kubek brakujący"}),
        ({"only": "reserved"}, {"Talerz trzymany"}),
        ({"only": "none"}, {"Miska pusta"}),
        ({"q": "talerz"}, {"Talerz trzymany"}),
        ({"q": "M-"}, {"Miska pusta"}),
    ):
        html = page(client, "stock", **query)
        assert {name for name in names if name in html} == expected, query
    html = page(client, "stock", sort="-on_hand")
    assert html.index("Talerz trzymany") < html.index("Miska pusta") < html.index("Kubek brakujący")


def test_the_list_follows_the_catalog(company: Any, client: Client) -> None:
    plate, mug = (
        actions.create_product(company=company, data=ProductData(name=name), by=None, now=NOW).product
        for name in ("Talerz", "Kubek")
    )
    html = page(client, "stock")
    assert html.index("Kubek") < html.index("Talerz")
    for product, name in ((plate, "Łyżka"), (mug, "Żuraw")):
        data = ProductData(name=name)
        actions.edit_product(company=company, product_id=product.pk, data=data, by=None, now=NOW)
    assert re.findall(r">(Łyżka|Żuraw|Talerz|Kubek)</a>", page(client, "stock")) == ["Łyżka", "Żuraw"]
    in_stock(company, mug, 2)
    both = [plate.pk, mug.pk]
    actions.archive_products(company=company, product_ids=both, reason="", by=None, now=NOW)
    html = page(client, "stock")
    assert "Łyżka" not in html
    assert "Żuraw" in html  # something of it is left
    assert differences(company) == []
    actions.restore_products(company=company, product_ids=[plate.pk], by=None, now=NOW)
    assert "Łyżka" in page(client, "stock")
    Product.objects.for_company(company).filter(pk=plate.pk).update(name_key="inna")
    assert [(one.product_id, one.figure) for one in differences(company)] == [(plate.pk, "listed")]


def test_the_upgrade_gives_every_product_its_level(company: Any) -> None:
    mug, bundle = a_product(company), a_product(company, "Zestaw", sku="Z", is_bundle=True)
    in_stock(company, mug, 3)
    rows = StockLevel.objects.for_company(company)
    rows.filter(product=bundle).delete()
    rows.update(name_key="")
    [operation] = import_module("stragan.warehouse.migrations.0003_fill_levels").Migration.operations
    with connection.cursor() as cursor:
        for statement in operation.sql:
            cursor.execute(statement)
    assert differences(company) == []
    assert list(rows.order_by("product_id").values_list("product", "on_hand", "is_listed")) == [
        (mug.pk, Decimal(3), True),
        (bundle.pk, Decimal(0), False),
    ]


def test_the_list_can_be_taken_away_as_a_sheet(company: Any, client: Client) -> None:
    in_stock(company, a_product(company), "2.5", unit_cost=Decimal("10.00"))
    response = client.get(reverse("warehouse:export", args=["xlsx"]))
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(response.content)).get_sheet_by_index(0).to_python()
    assert sheet[1] == ["Kubek emaliowany", "KUB-1", "", "szt.", 2.5, 0.0, 2.5, 10.0, 25.0]
    assert client.get(reverse("warehouse:export", args=["pdf"])).status_code == 404


def test_a_card_leads_to_note_document_and_order(company: Any, client: Client) -> None:
    product = a_product(company)
    in_stock(company, product, 5)
    [order] = stored(a_shop(company), [a_form_of(1, quantity=2)], now=NOW)
    document = an_invoice(order)
    html = page(client, "card", product.public_id)
    note = StockNote.objects.for_company(company).get(kind="wz")
    for address in (
        reverse("warehouse:note", args=[note.public_id]),
        reverse("documents:detail", args=[document.public_id]),
        reverse("orders:detail", args=[order.pk]),
    ):
        assert address in html
    assert html.index("WZ 1/11/2026") < html.index("PZ 1/11/2026")
    html = page(client, "card", product.public_id, order="oldest")
    assert html.index("PZ 1/11/2026") < html.index("WZ 1/11/2026")
    html = page(client, "note", note.public_id)
    assert reverse("documents:detail", args=[document.public_id]) in html
    assert reverse("warehouse:card", args=[product.public_id]) in html


def test_notes_are_found_by_kind_day_and_number(company: Any, client: Client) -> None:
    product = a_product(company)
    in_stock(company, product, 5)
    [order] = stored(a_shop(company), [a_form_of(1)], now=NOW)
    an_invoice(order)
    both = {"PZ 1/11/2026", "WZ 1/11/2026"}
    for query, expected in (
        ({}, both),
        ({"kind": "wz"}, {"WZ 1/11/2026"}),
        ({"q": "pz 1"}, {"PZ 1/11/2026"}),
        ({"q": "FV 1/11"}, {"WZ 1/11/2026"}),
        ({"from": "2026-11-24"}, set()),
        ({"to": "2026-11-23"}, both),
    ):
        html = page(client, "notes", **query)
        assert {number for number in both if f">{number}<" in html} == expected, query


def test_a_note_is_reversed_with_a_reason_only(company: Any, client: Client) -> None:
    product = a_product(company)
    note = in_stock(company, product, 5)
    url = reverse("warehouse:note_reverse", args=[note.public_id])
    assert client.post(url, {"reason": " "}).status_code == 422
    assert level(product) == ("5", "0")
    response = client.post(url, {"reason": "pomyłka"}, follow=True)
    assert "PZ 2/11/2026 wycofuje PZ 1/11/2026." in response.content.decode()
    assert level(product) == ("0", "0")
    assert client.post(url, {"reason": "znowu"}).status_code == 422
    assert level(product) == ("0", "0")


def test_the_policy_is_set_by_the_owner_and_kept_in_the_trail(company: Any, client: Client) -> None:
    url = reverse("settings:warehouse")
    assert "Stany ujemne" in client.get(url).content.decode()
    assert client.post(url, {"negative_stock": "nigdy"}).status_code == 422
    assert client.post(url, {"negative_stock": "forbid"}).status_code == 302
    company.refresh_from_db()
    assert company.negative_stock == "forbid"
    clerk = Client()
    clerk.force_login(a_member(company, email="magazyn@example.com", role="clerk"))
    assert clerk.post(url, {"negative_stock": "allow"}).status_code == 403


def test_pages_need_the_same_few_statements_however_long(
    company: Any, client: Client, django_assert_max_num_queries: Any
) -> None:
    names = [f"Produkt {number:03}" for number in range(120)]
    products = Product.objects.for_company(company).bulk_create(
        Product(company=company, name=name, name_key=fold(name), sku=name, created_at=NOW, changed_at=NOW)
        for name in names
    )
    follow(company_id=company.pk, product_ids=[product.pk for product in products])
    for product in products[:3]:
        in_stock(company, product, 1)
    busy = products[0]
    orders = stored(a_shop(company), [a_form_of(number) for number in range(1, 31)], now=NOW)
    orders[0].lines.update(product=busy)
    for order in orders[:3]:
        an_invoice(order)
    for name, ids in (("stock", ()), ("card", (busy.public_id,)), ("notes", ())):
        with django_assert_max_num_queries(24):
            page(client, name, *ids)
    assert StockMove.objects.for_company(company).count() > 3
