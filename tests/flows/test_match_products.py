"""Offers of orders find their products: at import, when products come, when people say so."""

from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from builders.companies import NOW, a_company, a_shop
from builders.orders import a_numbered_form, for_a_company, stored, without_rate
from builders.products import a_product, product_data
from stragan.flows import match_products
from stragan.kit.models import Job
from stragan.orders.models import Order, OrderLine
from stragan.products import actions
from stragan.products.models import OfferLink, SoldOffer
from stragan.shops.models import Shop
from stragan.warehouse.queries import stands

pytestmark = pytest.mark.django_db(transaction=True)
KEY = ("7001", "12001")


@pytest.fixture
def shop(company: Any) -> Shop:
    return a_shop(company)


def product_ids(company: Any) -> list[int | None]:
    rows = OrderLine.objects.for_company(company).order_by("order_id", "position")
    return list(rows.values_list("product_id", flat=True))


def of_offer(
    number: int, *, offer_id: str = "12001", name: str = "Kubek", sku: str = "KUB-1"
) -> dict[str, Any]:
    form = a_numbered_form(number)
    form["lineItems"][0]["offer"] |= {"id": offer_id, "name": name, "external": {"id": sku}}
    return form


def test_an_imported_line_gets_the_product_of_its_sku_and_the_match_is_remembered(shop: Shop) -> None:
    mug = a_product(shop.company, "Inna nazwa", sku="KUB-1")
    stored(shop, [of_offer(1)], now=NOW)
    assert product_ids(shop.company) == [mug.pk]
    link = OfferLink.objects.for_company(shop.company).get()
    assert (link.offer_id, link.product_id, link.by_hand) == ("12001", mug.pk, False)
    stored(shop, [of_offer(2, name="Całkiem nowa nazwa", sku="NOWE")], now=NOW)
    assert product_ids(shop.company) == [mug.pk, mug.pk]


def test_the_ean_serves_where_sellers_put_it_into_the_sku(shop: Shop) -> None:
    mug = a_product(shop.company, "Inna nazwa", ean="5901234123457")
    stored(shop, [of_offer(1, sku="5901234123457")], now=NOW)
    assert product_ids(shop.company) == [mug.pk]


def test_the_exact_name_serves_last_also_one_of_several(shop: Shop) -> None:
    mug = a_product(shop.company, "Kubek A", names=("Kubek",))
    a_product(shop.company, "kubek")
    stored(shop, [of_offer(1, sku="")], now=NOW)
    assert product_ids(shop.company) == [mug.pk]


def test_two_products_of_one_name_are_never_guessed(shop: Shop) -> None:
    a_product(shop.company, "Kubek")
    a_product(shop.company, "Kubek")
    stored(shop, [of_offer(1, sku="")], now=NOW)
    assert product_ids(shop.company) == [None]
    assert not OfferLink.objects.for_company(shop.company).exists()


def test_archived_products_and_those_of_others_match_nothing(shop: Shop) -> None:
    old = a_product(shop.company, "Kubek", sku="KUB-1")
    actions.archive_products(company=shop.company, product_ids=[old.pk], reason="", by=None, now=NOW)
    other = a_company(nip="5252248481", name="Inna S.A.")
    a_product(other, "Kubek", sku="KUB-1")
    stored(shop, [of_offer(1)], now=NOW)
    assert product_ids(shop.company) == [None]


def test_a_changed_order_keeps_its_product(shop: Shop) -> None:
    mug = a_product(shop.company, "Kubek", sku="KUB-1")
    stored(shop, [of_offer(1)], now=NOW)
    actions.archive_products(company=shop.company, product_ids=[mug.pk], reason="", by=None, now=NOW)
    changed = of_offer(1) | {"messageToSeller": "Proszę o szybką wysyłkę"}
    stored(shop, [changed], now=NOW)
    assert product_ids(shop.company) == [mug.pk]
    assert SoldOffer.objects.for_company(shop.company).get().product_id is None  # new purchases ask


def test_a_new_product_reaches_open_orders_that_wait_for_it(shop: Shop) -> None:
    first, second = stored(shop, [of_offer(1), of_offer(2)], now=NOW)
    saved = match_products.save_product(
        company=shop.company, product_id=None, data=product_data(sku="KUB-1"), by=None, now=NOW
    )
    assert product_ids(shop.company) == [saved.product.pk] * 2
    assert Job.objects.get(name="products.rematch").company_id == shop.company_id
    assert match_products.rematch(company=shop.company, now=NOW) == []
    assert {first.status, second.status} == {"paid"}


def test_documented_orders_keep_what_their_document_knew(shop: Shop) -> None:
    open_one, documented = stored(shop, [of_offer(1), of_offer(2)], now=NOW)
    Order.objects.for_company(shop.company).filter(pk=documented.pk).update(has_original=True)
    mug = a_product(shop.company)
    linked = match_products.link(company=shop.company, products={KEY: mug.pk}, by=None, now=NOW)
    assert linked.order_ids == (open_one.pk,)
    assert product_ids(shop.company) == [mug.pk, None]


def test_a_person_overrules_the_match_and_takes_it_back(shop: Shop) -> None:
    wrong = a_product(shop.company, "Kubek", sku="KUB-1")
    right = a_product(shop.company, "Kubek czerwony")
    stored(shop, [of_offer(1)], now=NOW)
    linked = match_products.link(company=shop.company, products={KEY: right.pk}, by=None, now=NOW)
    assert product_ids(shop.company) == [right.pk]
    match_products.undo(company=shop.company, before=linked.before, by=None, now=NOW)
    assert product_ids(shop.company) == [wrong.pk]
    link = OfferLink.objects.for_company(shop.company).get()
    assert (link.product_id, link.by_hand) == (wrong.pk, False)


def test_an_offer_whose_product_was_taken_away_asks_and_matches_nothing_by_itself(shop: Shop) -> None:
    a_product(shop.company, "Kubek", sku="KUB-1")
    stored(shop, [of_offer(1)], now=NOW)
    match_products.unlink(company=shop.company, offers=[KEY], by=None, now=NOW)
    match_products.rematch(company=shop.company, now=NOW)
    stored(shop, [of_offer(2)], now=NOW)
    assert product_ids(shop.company) == [None, None]


def test_offers_may_be_linked_before_anything_is_bought(shop: Shop) -> None:
    mug = a_product(shop.company)
    match_products.link(company=shop.company, products={KEY: mug.pk}, by=None, now=NOW)
    stored(shop, [of_offer(1)], now=NOW)
    assert product_ids(shop.company) == [mug.pk]


def test_a_product_of_another_company_cannot_be_linked(shop: Shop) -> None:
    foreign = a_product(a_company(nip="5252248481", name="Inna S.A."))
    stored(shop, [of_offer(1)], now=NOW)
    with pytest.raises(actions.LinkNotFound):
        match_products.link(company=shop.company, products={KEY: foreign.pk}, by=None, now=NOW)
    with pytest.raises(actions.OfferNotFound):
        match_products.unlink(company=shop.company, offers=[("7001", "999")], by=None, now=NOW)
    assert product_ids(shop.company) == [None]


def test_purchases_of_an_offer_are_counted_once_and_the_latest_names_it(shop: Shop) -> None:
    stored(shop, [of_offer(1), of_offer(2, name="Kubek nowy")], now=NOW)
    stored(shop, [of_offer(1) | {"messageToSeller": "x"}], now=NOW)
    offer = SoldOffer.objects.for_company(shop.company).get()
    assert offer.purchases == 2
    assert (offer.sku, str(offer.price), offer.vat_rate) == ("KUB-1", "40.00", "23.00")


def test_a_page_of_forms_takes_the_same_number_of_statements_whatever_its_length(shop: Shop) -> None:
    a_product(shop.company, "Kubek 3", sku="S-3")

    def statements(numbers: range) -> int:
        forms = [of_offer(n, offer_id=f"{12000 + n}", name=f"Kubek {n}", sku=f"S-{n}") for n in numbers]
        with CaptureQueriesContext(connection) as captured:
            stored(shop, forms, now=NOW)
        return len(captured)

    statements(range(1, 3))
    few, many = statements(range(10, 20)), statements(range(20, 100))
    assert few == many


def test_a_product_with_a_vat_code_clears_an_offer_without_a_rate(shop: Shop) -> None:
    a_product(shop.company, "Kubek", vat_code="8")
    [order] = stored(shop, [without_rate(for_a_company(of_offer(1)))], now=NOW)
    assert (order.problems, order.queue) == ([], "to_issue")


def test_orders_that_waited_for_a_rate_are_cleared_when_their_product_comes(shop: Shop) -> None:
    [order] = stored(shop, [without_rate(of_offer(1))], now=NOW)
    assert order.problems == ["vat_missing"]
    match_products.save_product(
        company=shop.company, product_id=None, data=product_data("Kubek", vat_code="8"), by=None, now=NOW
    )
    order.refresh_from_db()
    assert (order.problems, order.queue) == ([], "to_issue")


def test_a_product_that_contradicts_allegro_stops_the_order(shop: Shop) -> None:
    a_product(shop.company, "Kubek", vat_code="8")
    [order] = stored(shop, [of_offer(1)], now=NOW)
    assert (order.problems, order.queue) == (["vat_contradictory"], "attention")


def test_a_change_in_the_catalog_is_no_change_of_the_order(shop: Shop) -> None:
    stored(shop, [of_offer(1)], now=NOW)
    match_products.save_product(
        company=shop.company, product_id=None, data=product_data("Kubek"), by=None, now=NOW
    )
    stored(shop, [of_offer(1) | {"messageToSeller": "x"}], now=NOW)
    event = Order.objects.for_company(shop.company).get().events.get(verb="changed")
    assert event.facts == {"changes": [{"field": "message"}]}


def test_reservations_follow_the_products(shop: Shop) -> None:
    stored(shop, [of_offer(1), of_offer(2)], now=NOW)
    mug, other = a_product(shop.company), a_product(shop.company, "Kubek czerwony")

    def reserved() -> list[Decimal]:
        return [stand.reserved for stand in stands(shop.company, [mug.pk, other.pk])]

    assert reserved() == [0, 0]
    match_products.link(company=shop.company, products={KEY: mug.pk}, by=None, now=NOW)
    assert reserved() == [2, 0]
    match_products.link(company=shop.company, products={KEY: other.pk}, by=None, now=NOW)
    assert reserved() == [0, 2]
    match_products.unlink(company=shop.company, offers=[KEY], by=None, now=NOW)
    assert reserved() == [0, 0]
