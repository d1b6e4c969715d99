"""``stragan payouts``: what Allegro paid out, explained from what the stand-in lists."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from builders.markets import Market, a_market
from stragan.cli.main import main
from stragan.flows.fetch_payments import fetch_payments
from stragan.shops.models import Shop

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def market(settings: Any) -> Iterator[Market]:
    with a_market(settings, orders=60) as found:
        found.world.settings.payouts = True
        yield found


@pytest.fixture
def shop(market: Market) -> Shop:
    shop = market.connect(since_date=datetime.now(tz=UTC).date() - timedelta(days=31))
    market.fetch(shop)
    fetch_payments(shop_id=shop.pk)
    return shop


def run(capsys: Any, *words: str) -> tuple[int, list[dict[str, Any]]]:
    code = main(["payouts", *words, "--json"])
    return code, [json.loads(line) for line in capsys.readouterr().out.splitlines()]


@pytest.mark.usefixtures("shop")
def test_every_payout_of_allegro_adds_up_to_the_grosz(capsys: Any) -> None:
    code, payouts = run(capsys, "list")
    assert code == 0
    assert len(payouts) > 8
    assert [one["at"] for one in payouts] == sorted((one["at"] for one in payouts), reverse=True)
    kinds = set()
    for one in payouts:
        code, lines = run(capsys, "show", str(one["id"]))
        *entries, result = lines
        assert (code, result["unexplained"]) == (0, "0.00"), one
        held = sum((Decimal(entry["amount"]) for entry in entries), Decimal(result["before"]))
        assert held - Decimal(result["left"]) == Decimal(result["paid_out"]) == Decimal(one["amount"])
        assert all(entry["order"] for entry in entries if entry["payment"])
        kinds |= {entry["kind"] for entry in entries}
    assert kinds >= {"CONTRIBUTION", "DEDUCTION_CHARGE"}


def test_an_operation_that_allegro_hides_leaves_its_amount_unexplained(market: Market, capsys: Any) -> None:
    *_older, hidden = (
        order
        for order in market.world.live_orders()
        if order.seller == 0
        and order.kind == "plain"
        and market.world.now_ms() - order.bought_ms > 3 * 86_400_000
    )
    market.world.hide(hidden, source="payments")
    shop = market.connect(since_date=datetime.now(tz=UTC).date() - timedelta(days=31))
    market.fetch(shop)
    fetch_payments(shop_id=shop.pk)
    paid = Decimal(market.world.form(hidden)["payment"]["paidAmount"]["amount"])
    rests = []
    for one in run(capsys, "list")[1]:
        code, lines = run(capsys, "show", one["payout"])
        rest = Decimal(lines[-1]["unexplained"])
        assert code == (1 if rest else 0)
        rests += [rest] if rest else []
    assert rests == [paid]


@pytest.mark.usefixtures("shop")
def test_a_payout_or_shop_that_is_not_there_is_refused(capsys: Any) -> None:
    code, [refusal] = run(capsys, "show", "999999")
    assert (code, refusal["code"]) == (1, "payout_unknown")
    code, [refusal] = run(capsys, "list", "--shop", "Nie ma")
    assert (code, refusal["code"]) == (1, "shop_unknown")
