"""Two sayings about the refunds of one payment: what agrees is silent, what differs is named to the grosz."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders.moneys import a_move
from stragan.orders.reconciling_refunds import Holder, PaymentRefunds, Refunded, refund_gaps, unknown_refund

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
THEN = NOW - timedelta(days=2)
AMOUNTS = st.lists(st.integers(min_value=1, max_value=10**7), max_size=5)


def a_refund(amount: str, **changes: Any) -> Refunded:
    values: dict[str, Any] = {
        "refund_id": f"r-{amount}",
        "payment_id": "p",
        "form_id": "o",
        "status": "SUCCESS",
        "amount": Decimal(amount),
        "currency": "PLN",
        "created_at": THEN,
    }
    return Refunded(**(values | changes))


def a_charge(amount: str, kind: str = "REFUND_CHARGE", **changes: Any) -> Any:
    return a_move(kind, amount, **({"payment_id": "p", "occurred_at": THEN} | changes))


def told(
    refunds: Sequence[Refunded],
    moves: Sequence[Any],
    *,
    known: Sequence[Any] = (),
    holder: Holder | None = None,
) -> list[tuple[str, str, str, str]]:
    payment = PaymentRefunds(payment_id="p", refunds=refunds, moves=moves, holder=holder)
    gaps = list(refund_gaps(payment, known=known, at=THEN, now=NOW))
    assert payment.agrees == (not gaps)
    return [(one.difference, one.cause, one.ours, one.allegro) for one in gaps]


@pytest.mark.parametrize(
    ("refunds", "moves"),
    [
        ([], []),
        ([a_refund("10.00")], [a_charge("-10.00")]),
        ([a_refund("10.00"), a_refund("2.50")], [a_charge("-12.50")]),
        ([a_refund("10.00", status="CANCELED")], []),
        ([a_refund("10.00", status="CANCELED")], [a_charge("-10.00"), a_charge("10.00", "REFUND_CANCEL")]),
        ([a_refund("10.00", status="CANCELED")], [a_charge("-10.00"), a_charge("10.00", "REFUND_INCREASE")]),
        ([a_refund("10.00")], [a_charge("-10.00"), a_charge("10.00", "REFUND_INCREASE")]),
        ([a_refund("10.00")], [a_charge("-10.00"), a_charge("-10.00", "PROVIDER_REFUND_TRANSFER_CHARGE")]),
        ([a_refund("10.00")], [a_charge("-10.00"), a_charge("-10.00", wallet="WAITING")]),
        (
            [a_refund("9.00", currency="CZK"), a_refund("1.00")],
            [a_charge("-1.00"), a_charge("-9.00", currency="CZK")],
        ),
    ],
)
def test_what_both_say_alike_is_silent(refunds: list[Refunded], moves: list[Any]) -> None:
    assert told(refunds, moves) == []


@pytest.mark.parametrize(
    ("refunds", "moves", "expected"),
    [
        ([a_refund("10.00")], [], ("refund_missing", "", "10.00", "0.00")),
        ([], [a_charge("-10.00")], ("refund_unlisted", "", "0.00", "10.00")),
        (
            [],
            [a_charge("-9.00"), a_charge("9.00", "REFUND_INCREASE")],
            ("refund_unlisted", "", "0.00", "9.00"),
        ),
        ([a_refund("10.00")], [a_charge("-9.99")], ("refund_differs", "", "10.00", "9.99")),
        (
            [a_refund("10.00", created_at=NOW - timedelta(minutes=4))],
            [],
            ("refund_missing", "refunded_lately", "10.00", "0.00"),
        ),
        (
            [],
            [a_charge("-10.00", occurred_at=NOW - timedelta(minutes=4))],
            ("refund_unlisted", "refunded_lately", "0.00", "10.00"),
        ),
        (
            [a_refund("10.00", status="IN_PROGRESS")],
            [a_charge("-10.00")],
            ("refund_unlisted", "refund_under_way", "0.00", "10.00"),
        ),
        (
            [a_refund("1.00"), a_refund("10.00", status="PARTIAL")],
            [a_charge("-1.00"), a_charge("-4.00")],
            ("refund_differs", "refund_partial", "1.00", "5.00"),
        ),
        (
            [a_refund("10.00", status="CANCELED")],
            [a_charge("-10.00")],
            ("refund_unlisted", "refund_stopped", "0.00", "10.00"),
        ),
    ],
)
def test_what_differs_is_named_with_its_cause(
    refunds: list[Refunded], moves: list[Any], expected: tuple[str, str, str, str]
) -> None:
    assert told(refunds, moves) == [expected]


def test_an_operation_that_was_listed_before_is_said_to_have_vanished() -> None:
    assert told([a_refund("10.00")], [], known=[a_charge("-10.00")]) == [
        ("refund_missing", "vanished", "10.00", "0.00")
    ]
    assert told([], [a_charge("-10.00")], known=[a_charge("-10.00")])[0][1] == ""


def test_more_refunded_than_paid_is_named_where_it_is_known_what_was_paid() -> None:
    both: Any = {"refunds": [a_refund("60.00")], "moves": [a_charge("-60.00")]}
    paid = a_move("CONTRIBUTION", "54.99", payment_id="p")
    holder = Holder(order_id=1, allegro_id="o", received=Decimal("54.99"), currency="PLN")
    too_high = [("refund_too_high", "", "54.99", "60.00")]
    assert told(**both) == [], "of an order from before the first day nobody knows what was paid"
    assert told(both["refunds"], [*both["moves"], paid]) == too_high
    assert told(**both, holder=holder) == too_high
    assert told(**both, holder=replace(holder, received=Decimal("60.00"))) == []
    assert told(**both, holder=replace(holder, currency="CZK")) == []
    assert told(**both, holder=replace(holder, received=None)) == [], "the courier has the money yet"


@given(minors=AMOUNTS, lost=st.integers(min_value=0, max_value=4))
def test_losing_any_refund_or_any_operation_is_told_to_the_grosz(minors: list[int], lost: int) -> None:
    # Of operations that are equal in both wallets one counts; here all are of one wallet.
    amounts = [Decimal(minor).scaleb(-2) for minor in minors]
    refunds = [a_refund(f"{amount}", refund_id=str(number)) for number, amount in enumerate(amounts)]
    moves = [a_charge(f"-{amount}") for amount in amounts]
    assert told(refunds, moves) == []
    if lost < len(amounts):
        left = sum(amounts) - amounts[lost]
        [gap] = told([one for one in refunds if one.refund_id != str(lost)], moves)
        assert gap[2:] == (f"{left:.2f}", f"{sum(amounts):.2f}")
        [gap] = told(refunds, [*moves[:lost], *moves[lost + 1 :]])
        assert gap[2:] == (f"{sum(amounts):.2f}", f"{left:.2f}")


def test_a_gap_leads_to_the_order_and_names_payment_and_refund() -> None:
    holder = Holder(order_id=7, allegro_id="now", received=Decimal("54.99"), currency="PLN")
    payment = PaymentRefunds(payment_id="p", refunds=[a_refund("10.00")], holder=holder)
    [gap] = refund_gaps(payment, known=(), at=THEN, now=NOW)
    assert (gap.order_id, gap.allegro_id, gap.bought_at, gap.explained) == (7, "now", THEN, False)
    assert gap.facts == {"payment": "p", "refund": "r-10.00"}
    lost = unknown_refund(a_refund("10.00"))
    assert (lost.difference, lost.allegro_id, lost.order_id, lost.allegro) == (
        "refund_unknown",
        "o",
        None,
        "10.00",
    )
