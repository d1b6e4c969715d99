"""Payment operations are read from both wallets, each kept once, and tied to the orders they paid for."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import DatabaseError, transaction

from builders.markets import Market, a_market
from builders.orders import a_numbered_form
from standins.allegro import changes
from standins.allegro.faults import Fault
from stragan.flows.fetch_payments import fetch_payments
from stragan.jobs.scheduler import ask_for_payments
from stragan.kit.models import Job
from stragan.orders.models import OrderPayment
from stragan.orders.payments import orders_by_payment
from stragan.shops.models import PaymentOperation, PaymentsRead, Shop

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def market(settings: Any) -> Iterator[Market]:
    with a_market(settings, orders=60) as found:
        yield found


@pytest.fixture
def shop(market: Market) -> Shop:
    shop = market.connect(since_date=datetime.now(tz=UTC).date() - timedelta(days=30))
    market.fetch(shop)
    shop.refresh_from_db()
    return shop


def kept(market: Market) -> list[Any]:
    rows = PaymentOperation.objects.for_company(market.company).order_by("payment_id", "kind", "amount")
    return list(rows.values_list("kind", "amount", "payment_id"))


def expected(market: Market) -> list[tuple[str, Decimal, str]]:
    """What buyers paid, by the truth of the world."""
    found = []
    for order in market.world.live_orders():
        form = market.world.form(order)
        payment = form["payment"]
        if order.seller or not payment or not payment["paidAmount"]:
            continue
        found.append(("CONTRIBUTION", Decimal(payment["paidAmount"]["amount"]), payment["id"]))
        found += [
            ("SURCHARGE", Decimal(one["paidAmount"]["amount"]), one["id"]) for one in form["surcharges"]
        ]
    return sorted(found, key=lambda row: (row[2], row[0]))


def test_both_wallets_are_read_once_and_nothing_is_doubled_by_reading_again(
    market: Market, shop: Shop
) -> None:
    assert fetch_payments(shop_id=shop.pk)
    first = kept(market)
    income = [row for row in first if row[0] in {"CONTRIBUTION", "SURCHARGE"}]
    # What was paid yesterday has no later surcharge yet.
    assert set(income) <= set(expected(market))
    assert {row for row in expected(market) if row[0] == "CONTRIBUTION"} <= set(income)
    assert len(income) == len(set(income))
    wallets = PaymentOperation.objects.for_company(market.company).values_list("wallet", flat=True)
    assert set(wallets) == {"AVAILABLE", "WAITING"}
    before = market.asked("payment-operations")
    assert fetch_payments(shop_id=shop.pk)
    assert kept(market) == first
    assert market.asked("payment-operations") - before <= 4, "only the overlap is read again"
    row = PaymentsRead.objects.get(shop=shop)
    assert row.until is not None
    assert datetime.now(tz=UTC) - row.until < timedelta(minutes=1)


def test_a_read_that_broke_off_goes_on_where_it_was(market: Market, shop: Shop) -> None:
    market.world.faults.add(Fault(kind="rate_limit", path="payment-operations", skip=6, retry_after=600))
    assert not fetch_payments(shop_id=shop.pk)
    row = PaymentsRead.objects.get(shop=shop)
    assert row.error_code == "allegro_rate_limited"
    assert row.until is not None
    half = len(kept(market))
    market.world.faults.clear()
    before = market.asked("payment-operations")
    assert fetch_payments(shop_id=shop.pk)
    assert len(kept(market)) > half
    again = market.asked("payment-operations") - before
    row.refresh_from_db()
    assert row.error_code == ""
    assert again <= 2 * 12, "what is here is not read again"


def test_without_the_permission_nothing_fails_and_it_is_said(market: Market, shop: Shop) -> None:
    for grant in market.world.grants.grants:
        grant.scope = tuple(one for one in grant.scope if "payments" not in one)
    assert not fetch_payments(shop_id=shop.pk)
    row = PaymentsRead.objects.get(shop=shop)
    assert row.error_code == "allegro_scope_missing"
    assert row.next_at > datetime.now(tz=UTC) + timedelta(hours=5)
    assert market.fetch(shop).state == "done"


def test_operations_find_their_orders_also_when_these_were_merged_away(market: Market) -> None:
    for number in (21, 22):
        market.put(a_numbered_form(number, status="FILLED_IN"))
    shop = market.connect(since_date=date(2026, 1, 1))
    market.fetch(shop)
    olds = [market.world.by_id[a_numbered_form(number)["id"]] for number in (21, 22)]
    new = changes.merge(market.world, olds)
    market.fetch(shop)
    names = [a_numbered_form(21)["payment"]["id"], market.world.form(new)["payment"]["id"], "nobody"]
    found = orders_by_payment(shop, names)
    successor = market.orders()[new.id]
    assert found == {names[0]: successor.pk, names[1]: successor.pk}
    assert OrderPayment.objects.filter(payment_id=names[0]).get().order.allegro_id == olds[0].id


@pytest.mark.usefixtures("shop")
def test_the_database_keeps_operations_as_they_came(market: Market) -> None:
    shop = Shop.objects.for_company(market.company).get()
    fetch_payments(shop_id=shop.pk)
    rows = PaymentOperation.objects.for_company(market.company)
    with pytest.raises(DatabaseError), transaction.atomic():
        rows.update(amount=Decimal("1.00"))


@pytest.mark.usefixtures("shop")
def test_the_scheduler_asks_for_each_shop_once(market: Market) -> None:
    now = datetime.now(tz=UTC)
    assert ask_for_payments(now=now) == 1
    assert ask_for_payments(now=now) == 0
    [job] = Job.objects.filter(name="orders.payments")
    assert job.company_id == market.company.pk
