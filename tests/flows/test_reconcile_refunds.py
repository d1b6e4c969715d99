"""A check holds the list of refunds against the operations; what one hides or says otherwise it names."""

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any
from urllib.parse import parse_qs

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from builders.markets import Market, a_market
from builders.orders import a_numbered_form
from standins.allegro import changes
from standins.allegro.faults import Fault
from stragan.cli.main import main
from stragan.core.dates import start_of_warsaw_day
from stragan.flows import reconcile_payments, reconcile_refunds
from stragan.flows.fetch_payments import fetch_payments
from stragan.flows.reconcile_orders import check_now
from stragan.kit.clock import business_today
from stragan.orders.check_runs import findings_of
from stragan.orders.check_words import message_of
from stragan.orders.models import Order, ReconcileRun
from stragan.shops.models import Shop

pytestmark = pytest.mark.django_db(transaction=True)

TODAY = business_today()
FIRST = TODAY - timedelta(days=20)


def noon(days_ago: int) -> int:
    """That day at 11:00 UTC, in milliseconds."""
    day = datetime.combine(TODAY - timedelta(days=days_ago), datetime.min.time(), tzinfo=UTC)
    return int((day + timedelta(hours=11)).timestamp() * 1000)


def a_paid_form(number: int, *, days_ago: int = 8) -> dict[str, Any]:
    form = a_numbered_form(number)
    at = datetime.fromtimestamp(noon(days_ago) / 1000, tz=UTC)
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


def order(market: Market, number: int) -> Any:
    return market.world.by_id[a_numbered_form(number)["id"]]


def refund(market: Market, number: int, minor: int, *, days_ago: int = 2, **more: Any) -> Any:
    """Given back at noon some days ago, charged at the same instant unless *more* says otherwise."""
    return changes.refund(market.world, order(market, number), minor, created_ms=noon(days_ago), **more)


def check(market: Market, *, since: date = FIRST, until: date = TODAY) -> ReconcileRun:
    return check_now(company=market.company, shop=None, since=since, until=until)


def day(market: Market, days_ago: int) -> ReconcileRun:
    one = TODAY - timedelta(days=days_ago)
    return check(market, since=one, until=one)


def found(run: ReconcileRun) -> list[tuple[str, str, str]]:
    return [(row.difference, row.cause, row.allegro_id[-1:]) for row in findings_of(run)]


def source(run: ReconcileRun) -> dict[str, Any]:
    [sources] = run.sources.values()
    return dict(sources["refunds"])


@pytest.mark.usefixtures("shop")
def test_refunds_that_both_sources_tell_alike_are_complete(market: Market) -> None:
    refund(market, 1, 5499)
    refund(market, 2, 1000)
    refund(market, 2, 1000, days_ago=1)
    refund(market, 3, 700, status="CANCELED", charged_ms=None)
    refund(market, 4, 700, status="CANCELED", cancelled_ms=noon(1))
    run = check(market)
    assert (found(run), run.complete) == ([], True)
    assert source(run) == {"state": "compared", "refunds": 3, "refunded": {"PLN": "74.99"}}
    [sources] = run.sources.values()
    assert sources["payments"]["refunded"] == {"PLN": "74.99"}
    assert market.asked("/payments/refunds") == 1, "what agrees is not asked for twice"


@pytest.mark.parametrize(
    ("hidden", "difference", "figures"),
    [
        ("refunds", "refund_unlisted", ("0.00", "10.00")),
        ("refund_operations", "refund_missing", ("10.00", "0.00")),
    ],
)
@pytest.mark.usefixtures("shop")
def test_a_refund_that_one_source_hides_is_named(
    market: Market, hidden: str, difference: str, figures: tuple[str, str]
) -> None:
    for number in (1, 2, 3):
        refund(market, number, 1000)
    market.world.hide(order(market, 2), source=hidden)
    for run in (check(market), day(market, 2)):
        assert found(run) == [(difference, "", "2")]
        [finding] = findings_of(run)
        assert finding.order == market.orders()[order(market, 2).id]
        assert (finding.ours, finding.allegro, finding.currency) == (*figures, "PLN")
        assert finding.facts["payment"] == a_numbered_form(2)["payment"]["id"]
        assert not run.complete
    assert day(market, 8).complete, "the day of the purchase is what it was"


@pytest.mark.usefixtures("shop")
def test_an_amount_that_differs_by_a_grosz_is_named(market: Market) -> None:
    given = refund(market, 1, 1000)
    changes.refund(market.world, order(market, 1), 1, created_ms=noon(2), status="NEW")
    [finding] = findings_of(check(market))
    assert (finding.difference, finding.cause) == ("refund_differs", "refund_under_way")
    assert (finding.ours, finding.allegro) == ("10.00", "10.01")
    assert given.status == "SUCCESS"


def test_an_operation_that_was_listed_and_is_no_more_is_named_so(market: Market, shop: Shop) -> None:
    refund(market, 3, 1000)
    fetch_payments(shop_id=shop.pk)
    market.world.hide(order(market, 3), source="refund_operations")
    assert found(check(market)) == [("refund_missing", "vanished", "3")]


@pytest.mark.usefixtures("shop")
def test_a_refund_whose_money_moves_on_another_day_is_no_gap_of_either(market: Market) -> None:
    refund(market, 1, 1000, days_ago=5, charged_ms=noon(3))
    refund(market, 2, 1000, days_ago=4, charged_ms=noon(5))
    for days_ago in (5, 4, 3):
        run = day(market, days_ago)
        assert (found(run), run.complete) == ([], True)


@pytest.mark.usefixtures("shop")
def test_many_refunds_whose_money_moves_past_midnight_are_no_gap_of_either_day(
    market: Market, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reconcile_refunds, "READ_AGAIN", 1)
    midnight = int(start_of_warsaw_day(TODAY - timedelta(days=4)).timestamp() * 1000)
    for number in (1, 2, 3):
        made = {"created_ms": midnight - 60_000, "charged_ms": midnight + 60_000}
        changes.refund(market.world, order(market, number), 1000, **made)
    for days_ago in (5, 4):
        before = market.asked("/payments/refunds")
        run = day(market, days_ago)
        assert (found(run), run.complete) == ([], True)
        assert market.asked("/payments/refunds") - before == 3, "the day, and what lies around it"
        assert "not_asked" not in source(run)


@pytest.mark.usefixtures("shop")
def test_what_is_read_around_a_period_is_refunds_and_what_was_not_read_before(
    market: Market, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reconcile_refunds, "READ_AGAIN", 0)
    monkeypatch.setattr(reconcile_payments, "READ_AGAIN", 0)
    refund(market, 1, 1000, days_ago=8, charged_ms=None)
    market.world.hide(order(market, 2), source="payments")
    market.world.log.clear()
    day(market, 8)
    asked = [
        parse_qs(seen.query) for seen in market.world.log.entries if seen.path.endswith("payment-operations")
    ]
    windows = sorted(
        (one["occurredAt.gte"][0], one["occurredAt.lte"][0], one.get("group", ["all"])[0])
        for one in asked
        if one["wallet.type"] == ["WAITING"]
    )
    groups = [group for *_, group in windows]
    assert groups[:3] == ["REFUND", "all", "all"], "before the period, of it, and after it"
    assert set(groups[3:]) <= {"REFUND"}
    assert all(before[1] <= after[0] for before, after in pairwise(windows)), "nothing is read twice"


@pytest.mark.usefixtures("shop")
def test_equal_sums_that_are_too_many_to_look_into_are_no_complete_period(
    market: Market, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(reconcile_refunds, "READ_AGAIN", 1)
    for number in (1, 2, 3):
        refund(market, number, 1000, days_ago=5, charged_ms=noon(4))
    run = check(market, until=TODAY - timedelta(days=3))
    [gap] = findings_of(run)
    assert (gap.difference, gap.cause) == ("source_not_asked", "too_many_refunds")
    assert (gap.facts["source"], gap.facts["count"], gap.facts["asked"]) == ("refunds", 2, 1)
    assert "najwyżej o 1" in message_of(gap)
    assert (run.complete, source(run)["not_asked"]) == (False, 2)
    assert main(["orders", "reconcile", "--from", FIRST.isoformat(), "--json"]) == 1
    line, result = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert (line["cause"], line["message"], result["complete"]) == (gap.cause, message_of(gap), False)
    monkeypatch.setattr(reconcile_refunds, "READ_AGAIN", 3)
    run = check(market, until=TODAY - timedelta(days=3))
    assert (found(run), run.complete) == ([], True)
    assert "not_asked" not in source(run)


@pytest.mark.usefixtures("shop")
def test_refunds_of_equal_amounts_on_two_days_do_not_stand_for_each_other(market: Market) -> None:
    refund(market, 1, 1000, days_ago=5, charged_ms=noon(3) - 3 * 3_600_000)
    refund(market, 1, 1000, days_ago=3, charged_ms=None)  # whose own operation is missing
    [finding] = findings_of(day(market, 3))
    assert (finding.difference, finding.ours, finding.allegro) == ("refund_differs", "20.00", "10.00")


@pytest.mark.usefixtures("shop")
def test_money_that_moved_for_a_refund_not_done_has_its_cause(market: Market) -> None:
    refund(market, 1, 1000, status="IN_PROGRESS")
    refund(market, 2, 1000, status="CANCELED")
    assert sorted(found(check(market))) == [
        ("refund_unlisted", "refund_stopped", "2"),
        ("refund_unlisted", "refund_under_way", "1"),
    ]


@pytest.mark.usefixtures("shop")
def test_a_refund_of_minutes_ago_without_its_operation_is_told_apart(market: Market) -> None:
    given = changes.refund(market.world, order(market, 1), 1000, charged_ms=None)
    assert found(check(market)) == [("refund_missing", "refunded_lately", "1")]
    given.charged_ms = given.created_ms
    market.world.operations.clear()
    assert check(market).complete


@pytest.mark.usefixtures("shop")
def test_more_refunded_than_paid_is_named(market: Market) -> None:
    refund(market, 1, 3000)
    refund(market, 1, 2500, days_ago=1)
    [finding] = findings_of(check(market))
    assert (finding.difference, finding.ours, finding.allegro) == ("refund_too_high", "54.99", "55.00")
    assert found(day(market, 1)) == [("refund_too_high", "", "1")]


def test_a_surcharge_given_back_with_its_payment_is_part_of_the_refund(market: Market, shop: Shop) -> None:
    changes.add_surcharge(market.world, order(market, 1), 700)
    market.fetch(shop)
    [surcharge] = market.world.form(order(market, 1))["surcharges"]
    refund(market, 1, 6199, surcharges={surcharge["id"]: 700})
    refund(market, 1, 1, days_ago=1, charged_ms=noon(2))  # which has the rest looked at a second time
    told = findings_of(day(market, 2)).filter(explained=False)
    assert [(row.difference, row.ours, row.allegro) for row in told] == [
        ("refund_too_high", "61.99", "62.00")
    ], "and no operation of the surcharge is without a refund"
    assert source(day(market, 2))["refunded"] == {"PLN": "61.99"}


def a_surcharge(market: Market, number: int, minor: int = 700) -> str:
    """The buyer tops the order up; gives the payment's id."""
    changes.add_surcharge(market.world, order(market, number), minor)
    [surcharge] = market.world.form(order(market, number))["surcharges"]
    return str(surcharge["id"])


@pytest.mark.parametrize("is_here", [True, False])
def test_a_surcharge_given_back_across_the_edge_of_a_day_is_no_gap_of_either(
    market: Market,
    shop: Shop,
    is_here: bool,  # noqa: FBT001 -- a case
) -> None:
    surcharge = a_surcharge(market, 1)
    if is_here:
        market.fetch(shop)
    refund(market, 1, 6199, days_ago=5, charged_ms=noon(3), surcharges={surcharge: 700})
    for days_ago in (5, 3):
        assert [one for one in found(day(market, days_ago)) if one[0].startswith("refund")] == []
    assert source(day(market, 5))["refunded"] == {"PLN": "61.99"}


@pytest.mark.parametrize("hidden", ["refunds", "refund_operations"])
def test_what_is_missing_of_a_surcharge_given_back_across_a_day_is_named_once(
    market: Market, shop: Shop, hidden: str
) -> None:
    surcharge = a_surcharge(market, 1)
    market.fetch(shop)
    refund(market, 1, 6199, days_ago=5, charged_ms=noon(3), surcharges={surcharge: 700})
    market.world.hide(order(market, 1), source=hidden)
    told = {
        (row.difference, row.ours, row.allegro, row.facts["payment"])
        for days_ago in (5, 3)
        for row in findings_of(day(market, days_ago))
    }
    figures = ("refund_unlisted", "0.00", "61.99")
    if hidden == "refund_operations":
        figures = ("refund_missing", "61.99", "0.00")
    assert told == {(*figures, a_numbered_form(1)["payment"]["id"])}


def test_operations_of_payment_and_surcharge_that_are_listed_no_more_are_named_so(
    market: Market, shop: Shop
) -> None:
    surcharge = a_surcharge(market, 1)
    market.fetch(shop)
    refund(market, 1, 6199, surcharges={surcharge: 700})
    fetch_payments(shop_id=shop.pk)
    market.world.hide(order(market, 1), source="refund_operations")
    [finding] = findings_of(day(market, 2))
    assert (finding.difference, finding.cause, finding.ours) == ("refund_missing", "vanished", "61.99")


@pytest.mark.usefixtures("shop")
def test_a_payment_read_beyond_the_edges_is_no_sign_that_its_order_was_found(
    market: Market, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reconcile_refunds, "READ_AGAIN", 0)
    refund(market, 1, 1000, days_ago=5, charged_ms=noon(5) + 14 * 3_600_000)
    refund(market, 2, 1000, days_ago=5, charged_ms=noon(5) + 14 * 3_600_000)
    forget(market, 1)
    assert ("refund_unknown", "", "1") in found(day(market, 5))


def forget(market: Market, number: int) -> None:
    """Let the order be nowhere, here or on Allegro."""
    Order.objects.for_company(market.company).filter(allegro_id=order(market, number).id).delete()
    for hidden in ("list", "form", "journal"):
        market.world.hide(order(market, number), source=hidden)


@pytest.mark.usefixtures("shop")
def test_each_refund_of_a_payment_that_no_order_has_is_named(market: Market) -> None:
    refund(market, 1, 1000)
    refund(market, 1, 2000)
    forget(market, 1)
    told = [(row.difference, row.allegro) for row in findings_of(day(market, 2))]
    assert sorted(told) == [("refund_unknown", "10.00"), ("refund_unknown", "20.00")]
    whole = [(row.difference, row.allegro) for row in findings_of(check(market))]
    assert sorted(whole) == [("payment_unknown", "54.99"), *sorted(told)], "what was paid is named too"


@pytest.mark.usefixtures("shop")
def test_what_is_stored_of_many_differing_payments_is_read_at_once(
    market: Market,
) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as caught:
            day(market, 2)
        return sum(
            "shops_paymentoperation" in one["sql"] and one["sql"].startswith("SELECT") for one in caught
        )

    refund(market, 1, 1000, charged_ms=None)
    first = queries()
    for number in (2, 3, 4):
        refund(market, number, 1000, charged_ms=None)
    assert queries() == first


@pytest.mark.parametrize("with_operation", [True, False])
@pytest.mark.usefixtures("shop")
def test_a_refund_of_an_order_nobody_has_is_named_once(
    market: Market,
    with_operation: bool,  # noqa: FBT001 -- a case
) -> None:
    refund(market, 1, 1000)
    if not with_operation:
        market.world.hide(order(market, 1), source="refund_operations")
    forget(market, 1)
    told = found(day(market, 2))
    missing = [] if with_operation else [("refund_missing", "", "1")]
    assert sorted(told) == sorted([("refund_unknown", "", "1"), *missing])


def test_a_refund_of_an_order_from_before_the_first_day_is_compared_and_explained(market: Market) -> None:
    market.put(a_paid_form(7, days_ago=8))
    shop = market.connect(since_date=TODAY - timedelta(days=5))
    market.fetch(shop)
    refund(market, 7, 1000)
    run = check(market, since=TODAY - timedelta(days=5))
    assert (found(run), run.complete) == ([("order_missing", "before_first_day", "7")], True)
    market.world.hide(order(market, 7), source="refund_operations")
    run = check(market, since=TODAY - timedelta(days=5))
    assert ("order_missing", "before_first_day", "7") in found(run)
    assert ("refund_missing", "vanished", "7") in found(run)
    assert not run.complete


@pytest.mark.usefixtures("shop")
def test_a_refund_of_a_merged_order_leads_to_its_successor(market: Market) -> None:
    for number in (8, 9):
        form = a_paid_form(number)
        form["status"] = "FILLED_IN"
        market.put(form)
    shop = Shop.objects.for_company(market.company).get()
    market.fetch(shop)
    merged = changes.merge(market.world, [order(market, 8), order(market, 9)])
    market.fetch(shop)
    changes.refund(market.world, merged, 1000, created_ms=noon(0) - 3_600_000 * 12)
    market.world.hide(merged, source="refunds")
    [finding] = [row for row in findings_of(check(market)) if not row.explained]
    assert (finding.difference, finding.order) == ("refund_unlisted", market.orders()[merged.id])


@pytest.mark.usefixtures("shop")
def test_refunds_that_may_not_be_asked_are_not_compared_and_nothing_fails(market: Market) -> None:
    refund(market, 1, 1000)
    for grant in market.world.grants.grants:
        grant.scope = tuple(one for one in grant.scope if "payments" not in one)
    run = check(market)
    assert (found(run), run.complete) == ([], True)
    assert source(run) == {"state": "not_compared", "code": "allegro_scope_missing"}


@pytest.mark.usefixtures("shop")
@pytest.mark.parametrize(
    ("path", "silent"), [("payments/refunds", "refunds"), ("payment-operations", "payments")]
)
def test_a_source_that_does_not_answer_is_named_once_and_never_complete(
    market: Market, path: str, silent: str
) -> None:
    market.world.faults.add(Fault(kind="rate_limit", path=path, retry_after=600))
    run = check(market)
    [finding] = findings_of(run)
    assert (finding.difference, finding.facts["source"]) == ("source_not_asked", silent)
    assert source(run)["state"] == "unknown"
    assert not run.complete


@pytest.mark.parametrize("kind", ["html_page", "empty_answer", "half_json"])
@pytest.mark.usefixtures("shop", "without_pauses")
def test_a_list_of_refunds_that_cannot_be_read_is_never_taken_for_an_empty_one(
    market: Market, kind: str
) -> None:
    refund(market, 1, 1000)
    market.world.faults.add(Fault(kind=kind, path="payments/refunds"))
    assert source(check(market))["state"] != "compared"


@pytest.mark.parametrize("kind", ["cut_body", "server_error", "drop_after"])
@pytest.mark.usefixtures("shop")
def test_a_fault_that_passes_changes_nothing(market: Market, kind: str) -> None:
    refund(market, 1, 1000)
    market.world.faults.add(Fault(kind=kind, path="payments/refunds", count=1))
    run = check(market)
    assert (found(run), source(run)["refunds"]) == ([], 1)


@pytest.mark.usefixtures("shop")
def test_the_command_tells_difference_cause_and_deed(
    market: Market, capsys: pytest.CaptureFixture[str]
) -> None:
    refund(market, 2, 1000, status="IN_PROGRESS")
    assert main(["orders", "reconcile", "--from", FIRST.isoformat(), "--json"]) == 1
    *lines, result = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [(line["difference"], line["cause"], line["allegro"]) for line in lines] == [
        ("refund_unlisted", "refund_under_way", "10.00")
    ]
    assert (result["complete"], result["refunds"], result["gaps"]) == (False, "compared", 1)
    assert result["sources"]["Sklep"]["refunds"] == "compared"
    for word in ("10,00 PLN", "(IN_PROGRESS)", "Sprawdź ponownie", a_numbered_form(2)["payment"]["id"]):
        assert word in lines[0]["message"]
