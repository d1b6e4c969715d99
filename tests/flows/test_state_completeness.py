"""A statement says complete only when every source answered and nothing is unexplained; it is signed."""

import hashlib
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.utils import translation

from builders.markets import Market, a_market
from builders.orders import a_numbered_form
from standins.allegro import changes
from standins.allegro.faults import Fault
from stragan.cli.main import main
from stragan.core.dates import start_of_warsaw_day, warsaw_date
from stragan.flows import reconcile_refunds, statement_files, statement_paper
from stragan.flows.reconcile_orders import work_check
from stragan.flows.state_completeness import DayNotOver, ask, make_statement
from stragan.gateways.allegro import Heard
from stragan.kit.models import SigningKey
from stragan.orders import check_runs, statements
from stragan.orders.models import Order, Statement
from stragan.shops.models import Shop, SyncRun

pytestmark = pytest.mark.django_db(transaction=True)

NOW = datetime.now(tz=UTC)
DAY = warsaw_date(NOW) - timedelta(days=1)
NOON = datetime(DAY.year, DAY.month, DAY.day, 10, tzinfo=UTC)


def a_paid_form(number: int) -> dict[str, Any]:
    form = a_numbered_form(number)
    form["lineItems"][0]["boughtAt"] = (NOON + timedelta(minutes=number)).isoformat()
    form["payment"]["finishedAt"] = (NOON + timedelta(minutes=number + 3)).isoformat()
    return form


@pytest.fixture
def market(settings: Any) -> Iterator[Market]:
    with a_market(settings) as found:
        for number in range(1, 5):
            found.put(a_paid_form(number))
        yield found


@pytest.fixture
def shop(market: Market) -> Shop:
    shop = market.connect(since_date=DAY - timedelta(days=2))
    market.fetch(shop)
    shop.refresh_from_db()
    return shop


def stated(shop: Shop) -> tuple[Statement, dict[str, Any]]:
    statement = make_statement(shop_id=shop.pk, day=DAY)
    assert statement is not None
    return statement, json.loads(statements.file_of(statement))["statement"]


def test_a_day_that_all_sources_agree_on_is_complete_with_the_answers_it_rests_on(
    market: Market, shop: Shop
) -> None:
    statement, content = stated(shop)
    assert (statement.complete, content["complete"], content["differences"]) == (True, True, [])
    assert content["allegro"] == {"orders": 4, "totals": {"PLN": "219.96"}}
    ours = content["ours"]
    assert (ours["orders"], ours["totals"], ours["received"]) == (4, {"PLN": "219.96"}, {"PLN": "219.96"})
    asked = [answer["asked"] for answer in content["answers"]]
    for part in (
        "/order/checkout-forms?",
        "/order/events?",
        "wallet.type=AVAILABLE",
        "wallet.type=WAITING",
        "/payments/refunds?",
    ):
        assert any(part in one for one in asked), part
    assert all(len(answer["sha256"]) == 64 for answer in content["answers"])
    assert "Bearer" not in json.dumps(content)
    assert content["refunds"] == "compared"
    assert content["company"]["nip"] == market.company.nip


def test_the_refusals_behind_gone_and_withdrawn_are_among_the_answers(market: Market, shop: Shop) -> None:
    gone, withdrawn = a_numbered_form(2)["id"], a_numbered_form(7)["id"]
    market.put(a_paid_form(7))  # bought and withdrawn before anybody fetched it
    passed_s = market.world.now_ms() / 1000 - NOON.timestamp()
    market.world.emit(market.world.by_id[withdrawn], "BOUGHT", delay_seconds=passed_s)
    for form_id in (gone, withdrawn):
        market.world.retire(market.world.by_id[form_id])
    statement, content = stated(shop)
    assert [(one["order"], one["cause"]) for one in content["differences"]] == [(gone, "gone")]
    assert content["sources"]["journal"]["withdrawn"] == 1
    refusals = {one["asked"]: one for one in content["answers"] if one["status"] != 200}
    assert sorted(refusals) == sorted(f"GET /order/checkout-forms/{one}" for one in (gone, withdrawn))
    for one in refusals.values():
        assert one["status"] == 404
        assert one["trace_id"]
        assert len(one["sha256"]) == 64
    assert statement_files.pdf_of(statement).startswith(b"%PDF-")


def test_a_statement_from_before_refusals_were_kept_is_still_verified(
    shop: Shop, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    statement, content = stated(shop)
    content["answers"] = [
        {name: one[name] for name in ("asked", "sha256", "at")} for one in content["answers"]
    ]
    old = statements.keep(run=statement.run, shop=shop, day=DAY, content=content, now=NOW)
    path = tmp_path / "old.json"
    path.write_bytes(statements.file_of(old))
    assert main(["orders", "verify", str(path), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["ok"]
    assert statement_files.pdf_of(old).startswith(b"%PDF-")


@pytest.mark.parametrize("source", ["list", "journal", "payments", "ours"])
def test_hiding_one_order_from_any_source_makes_it_incomplete_and_names_the_order(
    market: Market, shop: Shop, source: str
) -> None:
    form_id = a_numbered_form(3)["id"]
    if source == "ours":
        Order.objects.for_company(market.company).filter(allegro_id=form_id).delete()
    else:
        market.world.hide(market.world.by_id[form_id], source=source)
    statement, content = stated(shop)
    assert not statement.complete
    assert not content["complete"]
    assert [one["order"] for one in content["differences"]] == [form_id]
    pdf = statement_files.pdf_of(statement)
    assert pdf.startswith(b"%PDF-")
    assert pdf == statement_files.pdf_of(statement), "the same bytes each time"


def a_refund(market: Market, number: int) -> str:
    """10.00 given back at noon of the day; gives the order's id."""
    order = market.world.by_id[a_numbered_form(number)["id"]]
    changes.refund(market.world, order, 1000, created_ms=int((NOON + timedelta(hours=1)).timestamp() * 1000))
    return order.id


@pytest.mark.parametrize(
    ("hidden", "difference", "sums"),
    [
        ("refunds", "refund_unlisted", ("20.00", "10.00")),
        ("refund_operations", "refund_missing", ("10.00", "20.00")),
    ],
)
def test_refunds_are_told_by_source_and_hiding_one_makes_the_day_incomplete(
    market: Market, shop: Shop, hidden: str, difference: str, sums: tuple[str, str]
) -> None:
    form_id, _ = a_refund(market, 1), a_refund(market, 2)
    statement, content = stated(shop)
    assert (statement.complete, content["refunds"], content["differences"]) == (True, "compared", [])
    assert content["sources"]["payments"]["refunded"] == {"PLN": "20.00"}
    assert content["sources"]["refunds"] == {"state": "compared", "refunds": 2, "refunded": {"PLN": "20.00"}}
    market.world.hide(market.world.by_id[form_id], source=hidden)
    statement, content = stated(shop)
    assert not statement.complete
    [told] = content["differences"]
    assert (told["difference"], told["order"], told["explained"]) == (difference, form_id, False)
    assert told["facts"]["payment"] == a_numbered_form(1)["payment"]["id"]
    by_source = (content["sources"][name]["refunded"]["PLN"] for name in ("payments", "refunds"))
    assert tuple(by_source) == sums
    text = words_of(statement)
    assert "Zwroty wpłat (Allegro: operacje tego dnia)" in text
    assert "Zwroty wpłat (Allegro: lista zwrotów tego dnia)" in text
    assert told["facts"]["payment"] in text


def words_of(statement: Statement) -> str:
    """Everything that its paper says, in Polish."""
    with translation.override("pl"):
        return repr(statement_paper.printed(statement))


def test_refunds_that_were_too_many_to_ask_about_make_no_complete_day(
    market: Market, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reconcile_refunds, "READ_AGAIN", 0)
    noon_ms = int((NOON + timedelta(hours=1)).timestamp() * 1000)
    late = {"created_ms": noon_ms, "charged_ms": noon_ms + 2 * 3_600_000}
    changes.refund(market.world, market.world.by_id[a_numbered_form(1)["id"]], 1000, **late)
    statement, content = stated(shop)
    assert (statement.complete, content["sources"]["refunds"]["not_asked"]) == (False, 1)
    text = words_of(statement)
    assert "nie zapytano o 1" in text
    assert "o których zwroty nie udało się zapytać pojedynczo: 1" in text


def test_refunds_that_could_not_be_read_are_said_not_to_be_compared(market: Market, shop: Shop) -> None:
    a_refund(market, 1)
    market.world.faults.add(Fault(kind="rate_limit", path="payments/refunds", retry_after=600))
    statement, content = stated(shop)
    assert (statement.complete, content["refunds"]) == (False, "added_up_not_compared")
    assert content["sources"]["payments"]["state"] == "compared"
    text = words_of(statement)
    assert "Zwroty w operacjach tego dnia: zsumowane, nie porównane" in text
    assert "Nie porównano: Lista zwrotów wpłat." in text
    assert "lista zwrotów tego dnia" not in text


def test_a_statement_from_before_refunds_were_compared_is_read_and_verified(
    shop: Shop, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    statement, content = stated(shop)
    del content["sources"]["refunds"]
    content["refunds"] = "added_up_not_compared"
    old = statements.keep(run=statement.run, shop=shop, day=DAY, content=content, now=NOW)
    path = tmp_path / "old.json"
    path.write_bytes(statements.file_of(old))
    assert main(["orders", "verify", str(path), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["ok"]
    text = words_of(old)
    assert "Zwroty w operacjach tego dnia: zsumowane, nie porównane" in text
    assert "Lista zwrotów wpłat" not in text
    assert statement_files.pdf_of(old).startswith(b"%PDF-")


def test_an_order_on_its_way_leaves_the_day_incomplete(market: Market, shop: Shop) -> None:
    now = datetime.now(tz=UTC)
    form = a_paid_form(9)
    form["lineItems"][0]["boughtAt"] = now.isoformat()
    market.put(form)
    SyncRun.objects.for_company(market.company).create(
        company=market.company, shop=shop, trigger="background", state="done", started_at=now, finished_at=now
    )
    statement = make_statement(shop_id=shop.pk, day=warsaw_date(now))
    assert statement is not None
    content = json.loads(statements.content_of(statement))
    assert (content["allegro"]["orders"], content["ours"]["orders"]) == (1, 0)
    assert (content["complete"], statement.complete, statement.gaps) == (False, False, 1)
    [told] = content["differences"]
    assert (told["order"], told["cause"], told["explained"]) == (form["id"], "arriving", False)


@pytest.mark.parametrize("when", ["/order/checkout-forms", "/order/events"])
def test_both_columns_tell_of_the_same_moment_while_orders_come_in(
    market: Market, shop: Shop, when: str
) -> None:
    """An order that comes to both sides while the sources are read is counted on both sides or on neither."""
    to_come = [a_paid_form(8)]

    def hear(heard: Heard) -> None:
        if to_come and heard.path.startswith(when):
            market.put(to_come.pop())
            market.fetch(shop)

    run = check_runs.start(company=market.company, shop=shop, since=DAY, until=DAY, user=None, now=NOW)
    figures = work_check(run_id=run.pk, heard=hear)[shop.pk]
    run.refresh_from_db()
    assert run.complete
    assert not to_come
    assert (figures["orders"], figures["totals"]) == (run.orders, run.totals)
    later = make_statement(shop_id=shop.pk, day=DAY)
    assert later is not None
    content = json.loads(statements.content_of(later))
    assert content["ours"]["orders"] == content["allegro"]["orders"] == 5
    assert content["ours"]["received"] == content["ours"]["totals"] == content["allegro"]["totals"]


@pytest.mark.parametrize("what", ["scope", "outage"])
def test_a_source_that_did_not_answer_is_never_complete(market: Market, shop: Shop, what: str) -> None:
    if what == "scope":
        for grant in market.world.grants.grants:
            grant.scope = tuple(one for one in grant.scope if "payments" not in one)
    else:
        market.world.faults.add(Fault(kind="rate_limit", path="checkout-forms", retry_after=600))
    statement, content = stated(shop)
    assert not statement.complete
    for source in ("payments", "refunds"):
        assert content["sources"][source]["state"] == {"scope": "not_compared", "outage": "unknown"}[what]
    assert content["refunds"] == "added_up_not_compared"


def test_whoever_has_the_file_can_check_it(
    shop: Shop, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    statement, _ = stated(shop)
    data = statements.file_of(statement)
    inner = data[len(b'{"statement":') : data.rindex(b',"sha256"')]
    assert hashlib.sha256(inner).hexdigest() == statement.sha256, "as docs/operations.md says"
    good, altered, strange = tmp_path / "good.json", tmp_path / "altered.json", tmp_path / "strange.json"
    good.write_bytes(data)
    altered.write_bytes(data.replace(b'"complete":true', b'"complete":false'))
    strange.write_bytes(b"{}")
    assert main(["orders", "verify", str(good), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told == {
        "ok": True,
        "content": True,
        "signature": True,
        "key": "ours",
        "shop": "Sklep",
        "day": DAY.isoformat(),
        "complete": True,
        "purged_orders": 0,
    }
    assert main(["orders", "verify", str(altered), "--json"]) == 1
    told = json.loads(capsys.readouterr().out)
    assert (told["ok"], told["content"], told["signature"]) == (False, False, False)
    for path in (strange, tmp_path / "missing.json"):
        assert main(["orders", "verify", str(path), "--json"]) == 1
        assert json.loads(capsys.readouterr().out)["code"] == "statement_unreadable"
    SigningKey.objects.all().delete()
    assert main(["orders", "verify", str(good), "--json"]) == 1
    assert json.loads(capsys.readouterr().out)["key"] == "unknown"


def test_yesterday_is_due_and_days_whose_orders_moved_are_due_again(market: Market, shop: Shop) -> None:
    morning = start_of_warsaw_day(DAY + timedelta(days=1)) + timedelta(hours=8)
    days = [day for _, _, day in statements.due(now=morning)]
    assert DAY in days
    assert shop.since_date not in days, "nothing was bought then"
    stated(shop)
    assert [day for _, _, day in statements.due(now=morning)] == []
    Order.objects.for_company(market.company).filter(allegro_id=a_numbered_form(1)["id"]).update(
        changed_at=datetime.now(tz=UTC) + timedelta(seconds=1)
    )
    assert [day for _, _, day in statements.due(now=morning)] == [DAY]


def test_statements_stay_as_they_were_signed_and_the_newest_counts(market: Market, shop: Shop) -> None:
    first, _ = stated(shop)
    market.world.hide(market.world.by_id[a_numbered_form(3)["id"]], source="journal")
    second, _ = stated(shop)
    found = statements.latest_by_day(market.company, first=DAY, last=DAY)
    assert [row.pk for row in found.values()] == [second.pk]
    with pytest.raises(DatabaseError), transaction.atomic():
        Statement.objects.for_company(market.company).filter(pk=first.pk).update(complete=False)
    assert SigningKey.objects.count() == 1
    with pytest.raises(DayNotOver):
        ask(company=market.company, shop=shop, day=DAY + timedelta(days=9), today=DAY, now=NOW)
