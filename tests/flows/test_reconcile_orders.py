"""The check before issuing finds every gap between Allegro's orders and ours, by name, and no other."""

import copy
import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from builders.companies import a_member
from builders.markets import Market, a_market
from builders.orders import a_numbered_form
from standins.allegro import changes
from standins.allegro.faults import Fault
from stragan.cli.main import main
from stragan.flows import reconcile_deeds, reconcile_shop
from stragan.flows.fetch_shop import sync_shop
from stragan.flows.reconcile_orders import ask_for_check, check_now, default_period, work_check
from stragan.kit.clock import business_today
from stragan.kit.models import Job
from stragan.orders.check_runs import PeriodImpossible, findings_of, open_findings
from stragan.orders.check_words import message_of
from stragan.orders.models import (
    Order,
    OrderEvent,
    OrderLine,
    OrderRevision,
    ReconcileFinding,
    ReconcileRun,
)
from stragan.shops.actions import ShopNotConnected, disable_shop, remove_shop
from stragan.shops.models import PendingForm, Shop, SyncRun

pytestmark = pytest.mark.django_db(transaction=True)

SINCE, UNTIL = date(2026, 11, 1), date(2026, 11, 30)


@pytest.fixture
def market(settings: Any) -> Iterator[Market]:
    with a_market(settings) as found:
        for number in range(1, 6):
            found.put(a_numbered_form(number))
        yield found


@pytest.fixture
def shop(market: Market) -> Shop:
    shop = market.connect()
    market.fetch(shop)
    shop.refresh_from_db()
    return shop


def check(market: Market, *, shop: Shop | None = None) -> ReconcileRun:
    return check_now(company=market.company, shop=shop, since=SINCE, until=UNTIL)


def found(run: ReconcileRun) -> list[tuple[str, str, str, bool]]:
    return [(row.difference, row.cause, row.allegro_id[-1:], row.explained) for row in findings_of(run)]


def form_id(number: int) -> str:
    return str(a_numbered_form(number)["id"])


def ours(market: Market, number: int) -> Any:
    return Order.objects.for_company(market.company).filter(allegro_id=form_id(number))


def quietly(market: Market, form: dict[str, Any]) -> None:
    """Change a form on Allegro with no event to tell of it."""
    order = market.world.by_id[form["id"]]
    order.form = form
    market.world.changed()


@pytest.mark.usefixtures("shop")
def test_what_agrees_is_complete(market: Market) -> None:
    run = check(market)
    assert found(run) == []
    assert (run.complete, run.orders, run.totals) == (True, 5, {"PLN": "274.95"})


def test_a_whole_varied_shop_differs_only_where_allegro_itself_does(settings: Any) -> None:
    with a_market(settings, orders=200) as market:
        market.fetch(market.connect(since_date=date(2026, 1, 1)))
        today = business_today()
        run = check_now(company=market.company, shop=None, since=today - timedelta(days=60), until=today)
        strange = {"total_off": "parts_differ", "paid_null": "underpaid"}
        expected = sorted(
            (order.id, strange[order.kind])
            for order in market.world.live_orders()
            if order.seller == 0 and order.kind in strange
        )
        assert sorted((row.allegro_id, row.difference) for row in findings_of(run)) == expected
        assert expected
        assert run.orders == len(market.truth())
        assert not run.complete


@pytest.mark.usefixtures("shop")
def test_an_order_that_never_came_is_named(market: Market) -> None:
    market.put(a_numbered_form(7))
    run = check(market)
    assert found(run) == [("order_missing", "", "7", False)]
    assert run.complete is False
    assert run.orders == 6


@pytest.mark.usefixtures("shop")
def test_an_order_lost_here_is_named(market: Market) -> None:
    ours(market, 3).delete()
    assert found(check(market)) == [("order_missing", "", "3", False)]


@pytest.mark.usefixtures("shop")
def test_an_order_allegro_hides_is_named(market: Market) -> None:
    market.world.retire(market.world.by_id[form_id(2)])
    run = check(market)
    assert found(run) == [("order_extra", "gone", "2", False)]
    [finding] = findings_of(run)
    assert finding.order == ours(market, 2).get()
    assert not run.complete


@pytest.mark.usefixtures("shop")
def test_an_amount_altered_here_is_named(market: Market) -> None:
    ours(market, 4).update(total=Decimal("44.99"))
    [total, parts] = findings_of(check(market))
    assert (total.difference, total.cause) == ("total_differs", "altered_here")
    assert (total.ours, total.allegro, total.currency) == ("44.99", "54.99", "PLN")
    assert (parts.difference, parts.ours, parts.allegro) == ("parts_differ", "54.99", "44.99")


@pytest.mark.usefixtures("shop")
def test_a_line_lost_here_is_named(market: Market) -> None:
    OrderLine.objects.for_company(market.company).filter(order__allegro_id=form_id(1)).delete()
    [finding] = findings_of(check(market))
    assert (finding.difference, finding.cause) == ("parts_differ", "altered_here")
    assert (finding.ours, finding.allegro) == ("14.99", "54.99")


@pytest.mark.usefixtures("shop")
def test_an_amount_changed_on_allegro_is_named(market: Market) -> None:
    form = a_numbered_form(1, summary={"totalToPay": {"amount": "60.00", "currency": "PLN"}})
    quietly(market, form)
    kinds = [(row.difference, row.cause, row.ours, row.allegro) for row in findings_of(check(market))]
    assert kinds == [
        ("total_differs", "changed", "54.99", "60.00"),
        ("parts_differ", "allegro_says_so", "54.99", "60.00"),
        ("underpaid", "", "60.00", "54.99"),
    ]


@pytest.mark.usefixtures("shop")
def test_a_payment_allegro_takes_back_is_named(market: Market) -> None:
    form = a_numbered_form(2)
    form["payment"]["paidAmount"] = None
    quietly(market, form)
    [finding] = findings_of(check(market))
    assert (finding.difference, finding.cause) == ("paid_differs", "changed")
    assert (finding.ours, finding.allegro) == ("54.99", "0.00")


@pytest.mark.usefixtures("shop")
def test_a_payment_lost_here_is_named(market: Market) -> None:
    ours(market, 2).update(received=Decimal("0.00"))
    assert found(check(market)) == [("paid_differs", "altered_here", "2", False)]


def test_too_much_and_too_little_money_are_named_and_a_surcharge_explains(market: Market) -> None:
    for number, paid in ((11, "60.00"), (12, "50.00"), (13, "54.99")):
        form = a_numbered_form(number)
        form["payment"]["paidAmount"] = {"amount": paid, "currency": "PLN"}
        market.put(form)
    shop = market.connect()
    market.fetch(shop)
    changes.add_surcharge(market.world, market.world.by_id[form_id(13)], 1_900)
    market.fetch(shop)
    rows = {row.allegro_id[-2:]: row for row in findings_of(check(market))}
    assert {key: (row.difference, row.cause, row.explained) for key, row in rows.items()} == {
        "11": ("overpaid", "", False),
        "12": ("underpaid", "", False),
        "13": ("overpaid", "surcharge", True),
    }
    assert rows["11"].facts["difference"] == "5.01"


def test_cash_on_delivery_that_did_not_come_yet_is_no_difference(market: Market) -> None:
    form = a_numbered_form(11)
    form["payment"] = {**form["payment"], "type": "CASH_ON_DELIVERY", "provider": None, "paidAmount": None}
    booked = {"paymentId": "p", "shipmentId": "s", "paidAt": "2026-11-22T09:00:00Z"}
    settled = {**copy.deepcopy(form), **{key: a_numbered_form(12)[key] for key in ("id", "lineItems")}}
    settled["codBookedPayments"] = [{**booked, "paidAmount": {"amount": "50.00", "currency": "PLN"}}]
    market.put(form)
    market.put(settled)
    market.fetch(market.connect())
    assert found(check(market)) == [("underpaid", "", "2", False)]


@pytest.mark.usefixtures("shop")
def test_a_cancelled_order_is_named_with_its_cause(market: Market) -> None:
    quietly(market, a_numbered_form(5, status="CANCELLED"))
    [finding] = findings_of(check(market))
    assert (finding.difference, finding.cause) == ("status_differs", "cancelled")
    assert (finding.ours, finding.allegro) == ("READY_FOR_PROCESSING", "CANCELLED")


def test_merged_purchases_are_explained_and_leave_no_gap(market: Market, shop: Shop) -> None:
    for number in (21, 22):
        market.put(a_numbered_form(number, status="FILLED_IN"))
    market.fetch(shop)
    new = changes.merge(market.world, [market.world.by_id[form_id(number)] for number in (21, 22)])
    market.fetch(shop)
    run = check(market)
    assert {row[:2] for row in found(run)} == {("order_extra", "merged")}
    assert len(findings_of(run)) == 2
    successor = Order.objects.for_company(market.company).get(allegro_id=new.id)
    assert {row.facts["successor"] for row in findings_of(run)} == {successor.number}
    assert run.complete


@pytest.mark.usefixtures("shop")
def test_what_a_person_deleted_is_explained(market: Market) -> None:
    ours(market, 2).update(deleted_at=datetime.now(tz=UTC), delete_reason="test")
    run = check(market)
    assert found(run) == [("order_missing", "deleted", "2", True)]
    assert run.complete


def test_purchases_before_the_first_day_are_explained(market: Market) -> None:
    market.fetch(market.connect(since_date=date(2026, 11, 21)))
    run = check(market)
    assert {row[:2] + row[3:] for row in found(run)} == {("order_missing", "before_first_day", True)}
    assert (run.complete, run.orders) == (True, 5)


@pytest.mark.usefixtures("shop")
def test_an_unreadable_order_is_named_with_its_reason(market: Market) -> None:
    form = a_numbered_form(8)
    form["lineItems"][0]["price"] = {"amount": "minus", "currency": "PLN"}
    market.put(form)
    quietly(market, {**a_numbered_form(1), "summary": {"totalToPay": {"amount": "-1", "currency": "PLN"}}})
    run = check(market)
    assert sorted(found(run)) == [
        ("order_missing", "unreadable", "8", False),
        ("unreadable", "unreadable", "1", False),
    ]
    assert all(row.facts["reason"] for row in findings_of(run))


def test_what_waits_to_be_fetched_says_so(market: Market, shop: Shop) -> None:
    market.put(a_numbered_form(9))
    now = datetime.now(tz=UTC)
    PendingForm.objects.create(shop=shop, form_id=form_id(9), event_at=now, due_at=now)
    assert found(check(market)) == [("order_missing", "pending", "9", False)]


def test_an_order_of_this_minute_is_on_its_way_and_still_a_gap(market: Market, shop: Shop) -> None:
    form = a_numbered_form(9)
    form["lineItems"][0]["boughtAt"] = datetime.now(tz=UTC).isoformat()
    market.put(form)
    today = business_today()

    def both() -> ReconcileRun:
        return check_now(company=market.company, shop=None, since=SINCE, until=max(UNTIL, today))

    assert found(both()) == [("order_missing", "", "9", False)]
    SyncRun.objects.for_company(market.company).create(
        company=market.company,
        shop=shop,
        trigger="background",
        state="done",
        started_at=datetime.now(tz=UTC),
        finished_at=datetime.now(tz=UTC),
    )
    run = both()
    assert found(run) == [("order_missing", "arriving", "9", False)]
    assert (run.complete, run.gaps) == (False, 1)
    market.fetch(shop)
    run = both()
    assert (found(run), run.complete) == ([], True)


def test_an_order_that_arrives_while_the_list_is_read_is_no_gap(market: Market, shop: Shop) -> None:
    market.put(a_numbered_form(6))
    from stragan.flows import reconcile_shop  # noqa: PLC0415 -- its first look is watched

    class Watched(reconcile_shop.ShopCheck):
        def _judge_doubts(self, session: Any) -> None:
            assert self._doubts, "at first sight it was missing"
            market.fetch(shop)
            super()._judge_doubts(session)

    run = ReconcileRun.objects.for_company(market.company).create(
        company=market.company,
        since=SINCE,
        until=UNTIL,
        state="running",
        started_at=datetime.now(tz=UTC),
        heartbeat_at=datetime.now(tz=UTC),
    )
    check = Watched(run=run, shop=shop)
    check.work()
    assert check.found == []
    assert check.orders == 6


def test_a_network_failure_is_never_complete(market: Market, shop: Shop) -> None:
    market.world.faults.add(Fault(kind="rate_limit", path="checkout-forms", retry_after=600))
    shop_check = check(market)
    [finding] = findings_of(shop_check)
    assert (finding.difference, finding.cause, finding.facts["code"]) == (
        "shop_not_asked",
        "no_answer",
        "allegro_rate_limited",
    )
    assert shop_check.complete is False
    assert finding.shop == shop


@pytest.mark.usefixtures("market")
def test_shops_that_cannot_be_asked_are_said(market: Market, shop: Shop) -> None:
    boss = a_member(market.company)
    now = datetime.now(tz=UTC)
    disable_shop(shop=shop, user=boss, now=now)
    assert [row[:2] for row in found(check(market))] == [("shop_not_asked", "disabled")]
    Shop.objects.for_company(market.company).update(state="reconnect")
    assert [row[:2] for row in found(check(market))] == [("shop_not_asked", "reconnect")]
    remove_shop(shop=shop, user=boss, now=now)
    run = check(market)
    assert [row[:2] for row in found(run)] == [("shop_not_asked", "removed")]
    assert not run.complete
    empty = check_now(company=market.company, shop=None, since=date(2026, 1, 1), until=date(2026, 1, 31))
    assert empty.complete, "a removed shop without orders in the period concerns nobody"


@pytest.mark.usefixtures("shop")
def test_an_unknown_delivery_method_keeps_its_cost(market: Market) -> None:
    form = a_numbered_form(9)
    form["delivery"]["method"] = {"id": "nowa-metoda-2027", "name": "Dron pod drzwi"}
    form["delivery"]["cost"] = {"amount": "33.33", "currency": "PLN"}
    total = {"amount": "73.33", "currency": "PLN"}
    form["summary"] = {"totalToPay": total}
    form["payment"]["paidAmount"] = total
    market.put(form)
    market.fetch(Shop.objects.for_company(market.company).get())
    assert ours(market, 9).get().delivery_cost == Decimal("33.33")
    run = check(market)
    assert (run.complete, found(run)) == (True, [])


def test_fetching_again_closes_gaps_of_every_kind(market: Market, shop: Shop) -> None:
    boss = a_member(market.company)
    ours(market, 3).delete()
    ours(market, 4).update(total=Decimal("44.99"), received=Decimal("1.00"))
    OrderLine.objects.for_company(market.company).filter(order__allegro_id=form_id(1)).delete()
    quietly(market, a_numbered_form(5, status="CANCELLED"))
    market.world.retire(market.world.by_id[form_id(2)])
    run = check(market)
    assert {row[2] for row in found(run)} == {"1", "2", "3", "4", "5"}
    count = reconcile_deeds.fetch_again(
        company=market.company, findings=list(findings_of(run)), by=boss, now=datetime.now(tz=UTC)
    )
    assert count == len(findings_of(run))
    assert Job.objects.get(name="shops.sync").priority == 1
    for _ in range(2):  # of a paid order Allegro has to say twice that it is gone
        then = datetime.now(tz=UTC) - timedelta(minutes=10)
        PendingForm.objects.update(due_at=then)
        PendingForm.objects.exclude(first_gone_at=None).update(first_gone_at=then)
        sync_shop(shop_id=shop.pk, now=datetime.now(tz=UTC))
    again = check(market)
    assert found(again) == [("order_extra", "gone", "2", True)]
    assert again.complete


def test_figures_altered_here_are_put_right_without_a_second_revision(market: Market, shop: Shop) -> None:
    boss = a_member(market.company)
    before = ours(market, 3).get()
    line = before.lines.get()
    ours(market, 3).update(total=Decimal("1.00"))
    OrderLine.objects.for_company(market.company).filter(pk=line.pk).delete()
    gaps = list(findings_of(check(market)))
    assert {row.cause for row in gaps} == {"altered_here"}
    reconcile_deeds.fetch_again(company=market.company, findings=gaps, by=boss, now=datetime.now(tz=UTC))
    sync_shop(shop_id=shop.pk, now=datetime.now(tz=UTC))
    after = ours(market, 3).get()
    assert (after.total, after.content_sha256, after.revision_count) == (
        before.total,
        before.content_sha256,
        1,
    )
    assert [(row.line_id, row.price) for row in after.lines.all()] == [(line.line_id, line.price)]
    assert OrderRevision.objects.filter(order=after).count() == 1
    assert OrderEvent.objects.filter(order=after, verb="replayed").count() == 1
    assert check(market).complete


def test_nothing_is_fetched_for_a_shop_that_is_not_connected(market: Market, shop: Shop) -> None:
    boss = a_member(market.company)
    ours(market, 3).delete()
    run = check(market)
    Shop.objects.for_company(market.company).filter(pk=shop.pk).update(state="reconnect")
    with pytest.raises(ShopNotConnected):
        reconcile_deeds.fetch_again(
            company=market.company, findings=list(findings_of(run)), by=boss, now=datetime.now(tz=UTC)
        )
    with pytest.raises(reconcile_deeds.FindingGone):
        reconcile_deeds.fetch_again(company=market.company, findings=[], by=boss, now=datetime.now(tz=UTC))


@pytest.mark.usefixtures("shop")
def test_a_later_check_and_a_later_content_retire_a_finding(market: Market) -> None:
    order = ours(market, 2).get()
    ours(market, 2).update(received=Decimal("0.00"))
    check(market)
    assert open_findings([order.pk])[order.pk].difference == "paid_differs"
    ours(market, 2).update(revision_count=2)
    assert open_findings([order.pk]) == {}
    ours(market, 2).update(revision_count=1, received=Decimal("54.99"))
    check(market)
    assert open_findings([order.pk]) == {}
    assert ReconcileFinding.objects.for_company(market.company).count() == 1


@pytest.mark.usefixtures("shop")
def test_a_check_killed_in_the_middle_is_done_anew(market: Market) -> None:
    boss = a_member(market.company)
    run = ask_for_check(
        company=market.company, shop=None, since=SINCE, until=UNTIL, user=boss, now=datetime.now(tz=UTC)
    )
    assert Job.objects.get(name="orders.reconcile").arguments == {"run_id": run.pk}
    ours(market, 2).update(received=Decimal("0.00"))
    ReconcileRun.objects.for_company(market.company).filter(pk=run.pk).update(
        state="running", attempt=1, read=77
    )
    work_check(run_id=run.pk)
    work_check(run_id=run.pk)  # a second worker changes nothing
    run.refresh_from_db()
    assert (run.state, run.attempt, run.orders, run.gaps) == ("done", 2, 5, 1)
    assert len(findings_of(run)) == 1


def test_periods_make_sense(market: Market) -> None:
    for since, until in ((UNTIL, SINCE), (date(2024, 1, 1), date(2026, 1, 1))):
        with pytest.raises(PeriodImpossible):
            check_now(company=market.company, shop=None, since=since, until=until)
    shop = Shop(since_date=date(2026, 11, 20), state="connected")
    today = date(2026, 11, 23)
    assert default_period([shop], today=today) == (date(2026, 11, 20), today)
    shop.since_date = date(2026, 1, 5)
    assert default_period([shop], today=today) == (date(2026, 10, 1), today)
    assert default_period([], today=today) == (date(2026, 10, 1), today)


@pytest.mark.usefixtures("shop")
def test_the_command_says_each_gap_and_fails(market: Market, capsys: pytest.CaptureFixture[str]) -> None:
    period = ["--from", "2026-11-01", "--to", "2026-11-30"]
    assert main(["orders", "reconcile", *period, "--json"]) == 0
    [result] = map(json.loads, capsys.readouterr().out.splitlines())
    assert result == {
        "complete": True,
        "orders": 5,
        "total": "274.95",
        "totals": {"PLN": "274.95"},
        "gaps": 0,
        "from": "2026-11-01",
        "to": "2026-11-30",
        "sources": {"Sklep": dict.fromkeys(("list", "journal", "payments", "refunds"), "compared")},
        "refunds": "compared",
        "unknown": [],
    }
    ours(market, 3).delete()
    ours(market, 1).update(deleted_at=datetime.now(tz=UTC))
    assert main(["orders", "reconcile", *period, "--shop", "Sklep", "--json"]) == 1
    gap, explained, result = map(json.loads, capsys.readouterr().out.splitlines())
    assert gap == {
        "shop": "Sklep",
        "order": form_id(3),
        "number": None,
        "difference": "order_missing",
        "message": gap["message"],
        "ours": None,
        "allegro": "54.99",
        "currency": "PLN",
        "cause": None,
        "explained": False,
    }
    assert (explained["order"], explained["cause"], explained["explained"]) == (form_id(1), "deleted", True)
    assert (result["complete"], result["orders"], result["gaps"]) == (False, 5, 1)
    assert main(["orders", "reconcile", "--shop", "Inny", "--json"]) == 1
    assert json.loads(capsys.readouterr().out)["code"] == "shop_unknown"


def gone_or_deleted(market: Market, numbers: range) -> None:
    """Let Allegro have withdrawn these long ago; every second one a person deleted here."""
    then = datetime.now(tz=UTC)
    for number in numbers:
        market.world.retire(market.world.by_id[form_id(number)])
        mark = "deleted_at" if number % 2 else "gone_at"
        ours(market, number).update(**{mark: then}, visible=False)


def asked_about(market: Market) -> int:
    """Questions about single orders since the last count."""
    count = market.asked("GET /order/checkout-forms/")
    market.world.log.clear()
    return count


@pytest.mark.usefixtures("shop")
def test_too_many_gone_orders_to_ask_about_are_no_complete_period(
    market: Market, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reconcile_shop, "ABSENT_ASKED", 2)
    gone_or_deleted(market, range(1, 6))
    market.world.log.clear()
    run = check(market)
    [gap] = [row for row in findings_of(run) if not row.explained]
    assert (gap.difference, gap.cause) == ("source_not_asked", "too_many_gone")
    assert (gap.facts["count"], gap.facts["asked"]) == (3, 2)
    assert "najwyżej o 2" in message_of(gap)
    assert (run.complete, run.gaps, asked_about(market)) == (False, 1, 2)
    [source] = [sources["list"] for sources in run.sources.values()]
    assert (source["state"], source["not_asked"]) == ("compared", 3)


@pytest.mark.usefixtures("shop")
def test_checks_take_turns_at_gone_orders_and_look_at_living_ones_first(
    market: Market, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reconcile_shop, "ABSENT_ASKED", 2)
    gone_or_deleted(market, range(1, 5))
    first, second = ({row[2] for row in found(check(market))} - {""} for _ in range(2))
    assert (len(first), first | second) == (2, {"1", "2", "3", "4"})
    market.world.retire(market.world.by_id[form_id(5)])
    run = check(market)
    assert ("order_extra", "gone", "5", False) in found(run)
    market.world.log.clear()
    ours(market, 1).update(has_original=True)
    assert {row[2] for row in found(check(market)) if not row[3]} == {"", "1", "5"}
    assert asked_about(market) == 2


@pytest.mark.usefixtures("shop")
def test_as_many_gone_orders_as_a_check_asks_about_are_complete(
    market: Market, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reconcile_shop, "ABSENT_ASKED", 3)
    gone_or_deleted(market, range(1, 4))
    run = check(market)
    assert run.complete
    assert len(found(run)) == 3
    assert "not_asked" not in next(iter(run.sources.values()))["list"]


@pytest.mark.usefixtures("shop")
def test_living_orders_in_great_number_that_the_list_lacks_are_each_named(
    market: Market, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reconcile_shop, "ABSENT_ASKED", 2)
    for number in range(1, 6):
        market.world.hide(market.world.by_id[form_id(number)], source="list")
    market.world.log.clear()
    run = check(market)
    named = [row for row in found(run) if row[0] in {"list_silent", "order_extra"}]
    assert {row[2] for row in named} == {"1", "2", "3", "4", "5"}
    assert [row[0] for row in named].count("list_silent") == 2
    assert (run.complete, asked_about(market)) == (False, 2)
