"""Fees are read from every marketplace, each kept once, and tied to the orders they were charged for."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import DatabaseError, transaction

from builders.markets import Market, a_market
from builders.orders import a_numbered_form
from standins.allegro import changes, money_api
from standins.allegro.faults import Fault
from stragan.flows import fetch_billing as flow
from stragan.flows.billing_walk import walk_billing
from stragan.flows.fetch_billing import fetch_billing
from stragan.flows.tokens import Session
from stragan.jobs.scheduler import ask_for_billing
from stragan.kit.models import Job
from stragan.orders.payments import orders_by_form
from stragan.shops import billing
from stragan.shops.models import BillingEntry, BillingRead, Shop

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def market(settings: Any) -> Iterator[Market]:
    with a_market(settings, orders=40) as found:
        yield found


@pytest.fixture
def shop(market: Market) -> Shop:
    shop = market.connect(since_date=datetime.now(tz=UTC).date() - timedelta(days=30))
    market.fetch(shop)
    shop.refresh_from_db()
    return shop


def kept(market: Market) -> list[tuple[str, Decimal, str]]:
    rows = BillingEntry.objects.for_company(market.company).order_by("entry_id")
    columns: Any = rows.values_list("entry_id", "amount", "form_id")
    return list(columns)


def shown(shop: Shop) -> list[tuple[str, Decimal, str]]:
    """What Allegro shows of both marketplaces of the world, in one walk each."""
    now = datetime.now(tz=UTC)
    with Session(shop.pk) as session:
        fees = [
            fee
            for marketplace in ("allegro-pl", "allegro-cz")
            for page in walk_billing(
                session.call, marketplace=marketplace, start=now - timedelta(days=40), end=now
            )
            for fee in page
        ]
    since = datetime.now(tz=UTC) - timedelta(days=30)
    return sorted((fee.entry_id, fee.amount, fee.form_id) for fee in fees if fee.occurred_at >= since)


def test_every_fee_is_read_once_and_nothing_is_doubled_by_reading_again(market: Market, shop: Shop) -> None:
    money_api.charge(market.world, "SUC", -700, order_id="abroad", marketplace="allegro-cz")
    assert fetch_billing(shop_id=shop.pk)
    first = kept(market)
    assert set(shown(shop)) <= set(first)
    assert len({entry_id for entry_id, _, _ in first}) == len(first)
    marketplaces = BillingEntry.objects.for_company(market.company).values_list("marketplace", flat=True)
    assert set(marketplaces) >= {"allegro-pl", "allegro-cz"}
    before = market.asked("billing-entries")
    assert fetch_billing(shop_id=shop.pk)
    assert kept(market) == first
    marketplaces_read = len(BillingRead.objects.get(shop=shop).marketplaces)
    assert market.asked("billing-entries") - before < 2 * marketplaces_read, "only the overlap is read again"


def test_more_than_a_page_of_one_instant_and_pages_that_meet_in_one(market: Market, shop: Shop) -> None:
    at_ms = market.world.now_ms() - 3_600_000
    for number in range(230):
        money_api.charge(market.world, "SUC", -100 - number, order_id=f"form-{number}", at_ms=at_ms)
    for number in range(150):
        money_api.charge(market.world, "SUC", -900, order_id=f"other-{number}", at_ms=at_ms - number // 40)
    assert fetch_billing(shop_id=shop.pk)
    ours = [row for row in kept(market) if row[2].startswith(("form-", "other-"))]
    assert len(ours) == 380
    assert sum(amount for _, amount, _ in ours) == Decimal("-1843.35")


@pytest.mark.usefixtures("without_pauses")
def test_a_run_that_broke_off_goes_on_where_it_was(market: Market, shop: Shop) -> None:
    market.world.faults.add(Fault(kind="server_error", path="billing-entries", skip=8, count=50))
    assert not fetch_billing(shop_id=shop.pk)
    row = BillingRead.objects.get(shop=shop)
    assert row.error_code == "allegro_unavailable"
    assert row.until is not None
    assert row.until < datetime.now(tz=UTC) - timedelta(days=1)
    market.world.faults.clear()
    assert fetch_billing(shop_id=shop.pk)
    assert set(shown(shop)) <= set(kept(market))
    row.refresh_from_db()
    assert row.error_code == ""


def test_a_long_past_is_read_in_runs_of_a_modest_size(
    market: Market, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(flow, "MOST_REQUESTS", 6)
    runs = 0
    while runs == 0 or BillingRead.objects.get(shop=shop).looked_back_at is None:
        before = market.asked("billing-entries")
        assert fetch_billing(shop_id=shop.pk)
        assert market.asked("billing-entries") - before <= 10
        runs += 1
        assert runs < 30
    assert runs > 2
    assert set(shown(shop)) <= set(kept(market))


def test_what_is_listed_days_late_is_found_when_the_days_are_looked_at_once_more(
    market: Market, shop: Shop
) -> None:
    fetch_billing(shop_id=shop.pk)
    late = money_api.charge(
        market.world, "DXP", -899, order_id="f", at_ms=market.world.now_ms() - 3 * 86_400_000
    )
    fetch_billing(shop_id=shop.pk)
    assert late not in {entry_id for entry_id, _, _ in kept(market)}
    BillingRead.objects.update(looked_back_at=datetime.now(tz=UTC) - timedelta(hours=25))
    fetch_billing(shop_id=shop.pk)
    assert late in {entry_id for entry_id, _, _ in kept(market)}


def test_fees_read_by_a_clock_that_ran_ahead_are_read_again(market: Market, shop: Shop) -> None:
    fetch_billing(shop_id=shop.pk)
    now = datetime.now(tz=UTC)
    BillingRead.objects.update(
        since=now + timedelta(days=390), until=now + timedelta(days=400), looked_back_at=now
    )
    missed = money_api.charge(
        market.world, "DXP", -899, order_id="f", at_ms=market.world.now_ms() - 3 * 86_400_000
    )
    assert fetch_billing(shop_id=shop.pk)
    assert missed in {entry_id for entry_id, _, _ in kept(market)}
    row = BillingRead.objects.get(shop=shop)
    assert row.since is not None
    assert row.since <= now - timedelta(days=30)
    assert row.until is not None
    assert now <= row.until <= datetime.now(tz=UTC)


def test_without_the_permission_nothing_fails_and_it_is_said(market: Market, shop: Shop) -> None:
    for grant in market.world.grants.grants:
        grant.scope = tuple(one for one in grant.scope if "billing" not in one)
    assert not fetch_billing(shop_id=shop.pk)
    row = BillingRead.objects.get(shop=shop)
    assert row.error_code == "allegro_scope_missing"
    assert row.next_at > datetime.now(tz=UTC) + timedelta(hours=5)
    assert market.fetch(shop).state == "done"


def test_fees_find_their_orders_also_when_these_were_merged_away_or_come_later(market: Market) -> None:
    for number in (21, 22):
        market.put(a_numbered_form(number, status="FILLED_IN"))
    late = a_numbered_form(23)
    shop = market.connect(since_date=date(2026, 1, 1))
    market.fetch(shop)
    olds = [market.world.by_id[a_numbered_form(number)["id"]] for number in (21, 22)]
    changes.merge(market.world, olds)
    money_api.charge(market.world, "SUC", -250, order_id=late["id"])
    assert fetch_billing(shop_id=shop.pk)
    charged = [form_id for _, _, form_id in kept(market)]
    assert {one.id for one in olds} <= set(charged), "Allegro leaves them on the form that is gone"
    assert late["id"] not in orders_by_form(shop, [late["id"]])
    market.put(late)
    run = market.fetch(shop)
    assert run.state == "done"
    found = orders_by_form(shop, [*(one.id for one in olds), late["id"]])
    orders = market.orders()
    successor = orders[olds[0].id].superseded_by_id
    assert found == {olds[0].id: successor, olds[1].id: successor, late["id"]: orders[late["id"]].pk}
    assert [fee.amount for fee in billing.fees_of(shop, [late["id"]])] == [Decimal("-2.50")]


def test_costs_of_the_account_name_no_order_and_their_kind_has_a_name(shop: Shop) -> None:
    fetch_billing(shop_id=shop.pk)
    now = datetime.now(tz=UTC)
    costs = billing.costs_without_order(shop, since=now - timedelta(days=30), until=now)
    assert costs
    assert {fee.type_id for fee in costs} == {"NSP"}
    assert all(fee.amount < 0 and fee.tax_percent == 2300 for fee in costs)
    assert billing.names()["NSP"] == "Opłata za kampanię Ads"


@pytest.mark.usefixtures("shop")
def test_the_database_keeps_entries_as_they_came(market: Market) -> None:
    shop = Shop.objects.for_company(market.company).get()
    fetch_billing(shop_id=shop.pk)
    rows = BillingEntry.objects.for_company(market.company)
    with pytest.raises(DatabaseError), transaction.atomic():
        rows.update(amount=Decimal("1.00"))


@pytest.mark.usefixtures("shop")
def test_the_scheduler_asks_for_each_shop_once(market: Market) -> None:
    now = datetime.now(tz=UTC)
    assert ask_for_billing(now=now) == 1
    assert ask_for_billing(now=now) == 0
    [job] = Job.objects.filter(name="orders.billing")
    assert job.company_id == market.company.pk
