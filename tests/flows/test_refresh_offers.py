"""The offers of a shop come in wholly, follow what happens to them, and are kept when they end."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from builders.companies import a_company, a_shop
from builders.markets import Market, a_market
from builders.orders import a_numbered_form
from standins.allegro.catalog import Catalog
from standins.allegro.faults import Fault
from stragan.flows import match_products
from stragan.flows.offer_products import follow
from stragan.flows.refresh_offers import ask, refresh
from stragan.jobs.scheduler import ask_for_offers
from stragan.kit.models import Job
from stragan.products.models import OfferLink, Product
from stragan.shops.actions import ShopNotConnected
from stragan.shops.models import Offer, OfferRefresh, Shop

pytestmark = pytest.mark.django_db(transaction=True)

NOW = datetime.now(tz=UTC)


@pytest.fixture
def market(settings: Any) -> Iterator[Market]:
    with a_market(settings) as found:
        yield found


@pytest.fixture
def shop(market: Market) -> Shop:
    return market.connect()


def offers(market: Market) -> dict[str, Offer]:
    return {row.offer_id: row for row in Offer.objects.for_company(market.company).order_by("id")}


def a_product(market: Market, *, name: str, sku: str = "") -> Product:
    return Product.objects.for_company(market.company).create(
        company=market.company, name=name, name_key=name.lower(), sku=sku, created_at=NOW, changed_at=NOW
    )


def test_every_offer_comes_in_with_what_allegro_says(market: Market, shop: Shop) -> None:
    assert refresh(shop_id=shop.pk, now=NOW)
    catalog = market.world.sellers[0].catalog
    found = offers(market)
    assert set(found) == {offer.id for offer in catalog.all()}
    mug, known = catalog.common[0], found[catalog.common[0].id]
    assert (known.name, known.sku) == (" ".join(mug.name.split()), mug.sku)
    assert known.price == Decimal(mug.price_minor).scaleb(-2)
    assert (known.currency, known.marketplace) == ("PLN", "allegro-pl")
    assert known.available == market.world.stock.available(mug.id)
    assert known.started_at is not None
    ended = [offer_id for offer_id in found if market.world.stock.is_ended(offer_id)]
    assert ended
    assert {row.offer_id for row in found.values() if not row.is_active} == set(ended)
    row = OfferRefresh.objects.get(shop=shop)
    assert row.finished_at is not None
    assert row.read == row.to_do == len(found)


def test_a_second_pass_changes_what_changed_and_nothing_else(market: Market, shop: Shop) -> None:
    refresh(shop_id=shop.pk, now=NOW)
    before = offers(market)
    mug, plate = market.world.sellers[0].catalog.common[:2]
    market.world.stock.put(mug.id, 3)
    market.world.stock.put(plate.id, 0)
    refresh(shop_id=shop.pk, now=NOW)
    after = offers(market)
    assert {key: row.pk for key, row in after.items()} == {key: row.pk for key, row in before.items()}
    assert after[mug.id].available == 3
    assert (after[plate.id].is_active, after[plate.id].status) == (False, "ENDED")
    changed = {key for key, row in after.items() if row.available != before[key].available}
    assert changed == {mug.id, plate.id}


def test_an_offer_that_allegro_forgot_is_kept_as_ended(
    market: Market, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    refresh(shop_id=shop.pk, now=NOW)
    whole = market.world.sellers[0].catalog.all()
    active = next(offer for offer in whole if not market.world.stock.is_ended(offer.id))
    monkeypatch.setattr(Catalog, "all", lambda _self: tuple(one for one in whole if one != active))
    refresh(shop_id=shop.pk, now=NOW)
    row = offers(market)[active.id]
    assert (row.is_active, row.status) == (False, "ENDED")
    assert row.ended_at is not None
    monkeypatch.setattr(Catalog, "all", lambda _self: (replace(active, name="Wróciła"), *whole))
    refresh(shop_id=shop.pk, now=NOW)
    assert (offers(market)[active.id].is_active, offers(market)[active.id].ended_at) == (True, None)


def test_thousands_come_in_pages(market: Market, shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    one = market.world.sellers[0].catalog.common[0]
    many = tuple(replace(one, id=str(18_000_000_000 + number)) for number in range(2_300))
    monkeypatch.setattr(Catalog, "all", lambda _self: many)
    assert refresh(shop_id=shop.pk, now=NOW)
    assert Offer.objects.for_company(market.company).count() == 2_300
    assert market.asked("/sale/offers 200") == 3


def test_what_was_sold_in_thirty_days_is_counted(market: Market, shop: Shop) -> None:
    mug = market.world.sellers[0].catalog.common[0]
    for number, (days, status) in enumerate(
        ((1, "READY_FOR_PROCESSING"), (3, "FILLED_IN"), (2, "CANCELLED"), (40, "READY_FOR_PROCESSING")),
        start=1,
    ):
        form = a_numbered_form(number, status=status)
        line = form["lineItems"][0]
        line["offer"]["id"], line["quantity"] = mug.id, number * 10
        line["boughtAt"] = (NOW - timedelta(days=days)).isoformat()
        market.put(form)
    market.fetch(shop)
    refresh(shop_id=shop.pk, now=NOW)
    assert offers(market)[mug.id].sold == 30
    refresh(shop_id=shop.pk, now=NOW + timedelta(days=30))
    assert offers(market)[mug.id].sold == 0


def test_offers_know_their_products_by_link_sku_and_name(market: Market, shop: Shop) -> None:
    first, second, third, fourth = market.world.sellers[0].catalog.common[1:5]
    by_sku = a_product(market, name="Po SKU", sku=str(first.sku))
    by_name = a_product(market, name=" ".join(second.name.split()))
    by_link = a_product(market, name="Po powiązaniu")
    OfferLink.objects.for_company(market.company).create(
        company=market.company,
        seller_id=shop.seller_id,
        offer_id=third.id,
        product=by_link,
        by_hand=True,
        at=NOW,
    )
    refresh(shop_id=shop.pk, now=NOW)
    found = offers(market)
    ids = [found[offer.id].product_id for offer in (first, second, third, fourth)]
    assert ids == [by_sku.pk, by_name.pk, by_link.pk, None]
    Product.objects.for_company(market.company).filter(pk=by_sku.pk).update(archived_at=NOW)
    assert follow(company=market.company) == 1
    assert offers(market)[first.id].product_id is None
    assert follow(company=market.company) == 0


def test_a_link_made_elsewhere_reaches_the_list(market: Market, shop: Shop) -> None:
    refresh(shop_id=shop.pk, now=NOW)
    offer = market.world.sellers[0].catalog.common[7]
    product = a_product(market, name="Gdzie indziej")
    key = (shop.seller_id, offer.id)
    match_products.link(company=market.company, products={key: product.pk}, by=None, now=NOW)
    match_products.rematch_company(company_id=market.company.pk, now=NOW)
    assert offers(market)[offer.id].product_id == product.pk


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        (Fault(kind="rate_limit", path="sale/offers", retry_after=600), "allegro_rate_limited"),
        (Fault(kind="rate_limit", path="sale/offers", retry_after=600, skip=1), "allegro_rate_limited"),
    ],
)
def test_trouble_is_noted_and_what_is_known_stays(
    market: Market, shop: Shop, fault: Fault, code: str
) -> None:
    refresh(shop_id=shop.pk, now=NOW)
    before = len(offers(market))
    OfferRefresh.objects.all().delete()
    market.world.faults.add(fault)
    if fault.skip:
        assert refresh(shop_id=shop.pk, now=NOW)
    assert not refresh(shop_id=shop.pk, now=NOW)
    row = OfferRefresh.objects.get(shop=shop)
    assert row.error_code == code
    assert len(offers(market)) == before
    market.world.faults.clear()
    assert refresh(shop_id=shop.pk, now=NOW)
    assert OfferRefresh.objects.get(shop=shop).error_code == ""


def test_a_missing_permission_is_named(market: Market, shop: Shop) -> None:
    for grant in market.world.grants.grants:
        grant.scope = tuple(scope for scope in grant.scope if "sale" not in scope)
    assert not refresh(shop_id=shop.pk, now=NOW)
    assert OfferRefresh.objects.get(shop=shop).error_code == "allegro_scope_missing"


def test_a_button_asks_once_and_only_connected_shops(market: Market, shop: Shop) -> None:
    assert ask(shops=[shop], now=NOW) == 1
    assert ask(shops=[shop], now=NOW) == 1
    assert Job.objects.filter(name="offers.refresh").count() == 1
    Shop.objects.for_company(market.company).update(state="reconnect")
    shop.refresh_from_db()
    with pytest.raises(ShopNotConnected):
        ask(shops=[shop], now=NOW)
    assert not refresh(shop_id=shop.pk, now=NOW)


def test_each_connected_shop_is_asked_about_every_hour() -> None:
    shop = a_shop(a_company(), first_import_done_at=NOW)
    assert ask_for_offers(now=NOW) == 1
    assert ask_for_offers(now=NOW) == 0
    OfferRefresh.objects.update(next_at=NOW + timedelta(hours=1))
    assert ask_for_offers(now=NOW + timedelta(minutes=59)) == 0
    assert ask_for_offers(now=NOW + timedelta(minutes=60)) == 1
    Shop.objects.for_company(shop.company).update(first_import_done_at=None)
    assert ask_for_offers(now=NOW + timedelta(days=1)) == 0
