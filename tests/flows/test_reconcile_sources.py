"""A check holds four things against each other: journal, list, payments, ours; what one hides it names."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from builders.markets import Market, a_market
from builders.orders import a_numbered_form
from standins.allegro import changes, money_api
from standins.allegro.faults import Fault
from stragan.flows.fetch_payments import fetch_payments
from stragan.flows.reconcile_orders import check_now
from stragan.kit.clock import business_today
from stragan.orders.check_runs import findings_of
from stragan.orders.models import Order, ReconcileRun
from stragan.shops.models import JournalMark, PaymentOperation, Shop

pytestmark = pytest.mark.django_db(transaction=True)

TODAY = business_today()
FIRST = TODAY - timedelta(days=20)


def a_paid_form(number: int, **changed: Any) -> dict[str, Any]:
    """Paid yesterday at noon."""
    form = a_numbered_form(number, **changed)
    at = datetime.combine(TODAY - timedelta(days=1), datetime.min.time(), tzinfo=UTC) + timedelta(hours=11)
    form["lineItems"][0]["boughtAt"] = (at + timedelta(minutes=number)).isoformat()
    form["payment"]["finishedAt"] = (at + timedelta(minutes=number + 3)).isoformat()
    return form


@pytest.fixture
def market(settings: Any) -> Iterator[Market]:
    with a_market(settings) as found:
        for number in range(1, 5):
            found.put(a_paid_form(number))
        yield found


@pytest.fixture
def shop(market: Market) -> Shop:
    shop = market.connect(since_date=FIRST)
    market.fetch(shop)
    shop.refresh_from_db()
    return shop


def check(market: Market, *, since: date = FIRST, until: date = TODAY) -> ReconcileRun:
    return check_now(company=market.company, shop=None, since=since, until=until)


def found(run: ReconcileRun) -> list[tuple[str, str, str]]:
    return [(row.difference, row.cause, row.allegro_id[-1:]) for row in findings_of(run)]


def order(market: Market, number: int) -> Any:
    return market.world.by_id[a_numbered_form(number)["id"]]


def test_what_all_sources_say_alike_is_complete(market: Market, shop: Shop) -> None:
    run = check(market)
    assert (found(run), run.complete) == ([], True)
    assert run.sources == {
        str(shop.pk): {
            "list": {"state": "compared", "orders": 4},
            "journal": {"state": "compared", "events": 4, "orders": 4, "withdrawn": 0},
            "payments": {"state": "compared", "operations": 4, "paid": {"PLN": "219.96"}},
            "refunds": {"state": "compared", "refunds": 0, "refunded": {}},
        }
    }


@pytest.mark.parametrize(
    ("source", "difference"),
    [("list", "list_silent"), ("journal", "journal_silent"), ("payments", "payment_missing")],
)
@pytest.mark.usefixtures("shop")
def test_an_order_that_one_source_hides_is_named(market: Market, source: str, difference: str) -> None:
    market.world.hide(order(market, 2), source=source)
    run = check(market)
    assert found(run) == [(difference, "", "2")]
    [finding] = findings_of(run)
    assert finding.order == market.orders()[order(market, 2).id]
    assert not run.complete


@pytest.mark.parametrize("hidden", [(), ("list",), ("journal", "list"), ("payments", "list")])
@pytest.mark.usefixtures("shop")
def test_an_order_that_we_lack_is_named_by_each_source_that_has_it(
    market: Market, hidden: tuple[str, ...]
) -> None:
    market.put(a_paid_form(7))
    for source in hidden:
        market.world.hide(order(market, 7), source=source)
    # The list that hides it does so for payment ids as well: then nobody knows whose payment it is.
    expected = {
        (): [("order_missing", "", "7")],
        ("list",): [("order_missing", "", "7"), ("payment_unknown", "", "")],
        ("journal", "list"): [("payment_unknown", "", "")],
        ("payments", "list"): [("order_missing", "", "7")],
    }
    assert sorted(found(check(market))) == expected[hidden]


def test_an_operation_that_was_listed_and_is_no_more_is_named_so(market: Market, shop: Shop) -> None:
    fetch_payments(shop_id=shop.pk)
    market.world.hide(order(market, 3), source="payments")
    assert found(check(market)) == [("payment_missing", "vanished", "3")]


@pytest.mark.usefixtures("shop")
def test_operations_over_another_amount_are_named_to_the_grosz(
    market: Market, monkeypatch: pytest.MonkeyPatch
) -> None:
    truth, wrong = money_api._operations, order(market, 1).id

    def a_grosz_less(call: Any, one: Any) -> Any:
        told = truth(call, one)
        amount = {"amount": "54.98", "currency": "PLN"}
        return [(at, {**row, "value": amount}) for at, row in told] if one.id == wrong else told

    monkeypatch.setattr(money_api, "_operations", a_grosz_less)
    [finding] = findings_of(check(market))
    assert (finding.difference, finding.ours, finding.allegro) == ("payment_differs", "54.99", "54.98")


@pytest.mark.usefixtures("shop")
def test_who_pays_days_later_is_found_by_the_payment(market: Market) -> None:
    form = a_paid_form(5)
    day = TODAY - timedelta(days=4)
    form["lineItems"][0]["boughtAt"] = f"{day}T10:00:00Z"
    market.put(form)
    market.fetch(Shop.objects.for_company(market.company).get())
    run = check(market, since=day, until=day)
    assert (found(run), run.orders) == ([], 1)
    assert (
        PaymentOperation.objects.for_company(market.company).filter(payment_id=form["payment"]["id"]).count()
    )


def gone_here(market: Market, number: int) -> Any:
    """An order that Allegro is said, here, to have no more."""
    rows = Order.objects.for_company(market.company).filter(allegro_id=order(market, number).id)
    rows.update(gone_at=datetime.now(tz=UTC), visible=False)
    return rows.get()


@pytest.mark.usefixtures("shop")
def test_a_payment_whose_order_is_gone_is_a_gap(market: Market) -> None:
    gone = gone_here(market, 2)
    for source in ("list", "form"):
        market.world.hide(order(market, 2), source=source)
    run = check(market)
    assert found(run) == [("payment_unknown", "holder_gone", ""), ("order_extra", "gone", "2")]
    assert [row.order for row in findings_of(run)] == [gone, gone]
    assert not run.complete


@pytest.mark.usefixtures("shop")
def test_an_order_gone_here_is_asked_for_before_anything_is_explained_by_it(market: Market) -> None:
    gone_here(market, 2)
    market.world.hide(order(market, 2), source="list")
    run = check(market)
    assert ("order_missing", "gone", "2") in found(run)
    assert not any(row.explained for row in findings_of(run))


@pytest.mark.parametrize("source", ["journal", "payments"])
@pytest.mark.usefixtures("shop")
def test_an_order_gone_here_that_other_days_name_is_found_by_it(market: Market, source: str) -> None:
    for other in {"journal", "payments"} - {source}:
        market.world.hide(order(market, 2), source=other)
    gone = gone_here(market, 2)
    gone.bought_at -= timedelta(days=10)
    gone.save(update_fields=["bought_at"])
    order(market, 2).form["lineItems"][0]["boughtAt"] = gone.bought_at.isoformat()
    order(market, 2).bought = (int(gone.bought_at.timestamp() * 1000),)
    market.world.changed()
    [finding] = findings_of(check(market, since=TODAY - timedelta(days=1)))
    assert (finding.difference, finding.cause, finding.order) == ("order_missing", "gone", gone)


def test_cash_on_delivery_cancelled_and_merged_orders_are_no_gaps(market: Market, shop: Shop) -> None:
    cod = a_paid_form(5)
    cod["payment"] = {**cod["payment"], "type": "CASH_ON_DELIVERY", "provider": None}
    market.put(cod)
    for number in (8, 9):
        market.put(a_paid_form(number, status="FILLED_IN"))
    market.fetch(shop)
    changes.merge(market.world, [order(market, 8), order(market, 9)])
    changes.cancel(market.world, order(market, 2))
    changes.add_surcharge(market.world, order(market, 3), 700)
    market.fetch(shop)
    run = check(market)
    assert {row[:2] for row in found(run)} == {("order_extra", "merged"), ("overpaid", "surcharge")}
    assert run.complete


@pytest.mark.usefixtures("shop")
def test_without_the_permission_money_is_not_compared_and_nothing_fails(market: Market) -> None:
    for grant in market.world.grants.grants:
        grant.scope = tuple(one for one in grant.scope if "payments" not in one)
    run = check(market)
    assert (found(run), run.complete) == ([], True)
    [sources] = run.sources.values()
    assert sources["payments"] == {"state": "not_compared", "code": "allegro_scope_missing"}


@pytest.mark.usefixtures("shop")
@pytest.mark.parametrize("path", ["payment-operations", "order/events"])
def test_a_source_that_does_not_answer_is_never_complete(market: Market, path: str) -> None:
    market.world.faults.add(Fault(kind="rate_limit", path=path, retry_after=600))
    run = check(market)
    assert found(run) == [("source_not_asked", "no_answer", "")]
    assert not run.complete


@pytest.mark.usefixtures("shop")
def test_a_period_the_journal_has_forgotten_is_said(market: Market) -> None:
    Shop.objects.for_company(market.company).update(since_date=TODAY - timedelta(days=200))
    old = TODAY - timedelta(days=100)
    [sources] = check(market, since=old, until=old).sources.values()
    assert sources["journal"] == {"state": "not_compared", "code": "journal_forgotten"}


def test_the_second_check_of_a_day_passes_over_what_the_journal_said_before(settings: Any) -> None:
    with a_market(settings, orders=120) as market:
        market.fetch(market.connect(since_date=TODAY - timedelta(days=31)))
        yesterday = TODAY - timedelta(days=1)
        first = check(market, since=yesterday, until=yesterday)
        days = list(JournalMark.objects.order_by("day").values_list("day", flat=True))
        assert days[0] >= TODAY - timedelta(days=32)
        assert days[-1] <= TODAY + timedelta(days=1)  # made-up events of late evening may lie a little ahead
        assert len(days) > 10
        again = check(market, since=yesterday, until=yesterday)
        assert again.sources == first.sources
        assert found(again) == found(first)
        assert Order.objects.for_company(market.company).exists()
