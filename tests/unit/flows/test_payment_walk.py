"""Pages of payment operations are put together without losing or doubling one."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from stragan.flows.payment_walk import walk_wallet
from stragan.gateways.allegro import PaymentOperation, PaymentOperations, SignedAmount, UnreadableAnswer

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


def an_operation(minutes: int) -> PaymentOperation:
    return PaymentOperation(
        type="CONTRIBUTION",
        value=SignedAmount(amount=Decimal("10.00"), currency="PLN"),
        occurred_at=NOON + timedelta(minutes=minutes),
    )


@pytest.mark.parametrize("at_once", [1, 7, 49, 50, 51, 130])
def test_pages_lose_and_double_nothing_whatever_shares_an_instant(at_once: int) -> None:
    """Operations that nothing tells apart count as often as they are listed."""
    everything = [an_operation(-(place // at_once)) for place in range(233)]
    asked = []

    class Client:
        def list_payment_operations(self, **asking: Any) -> PaymentOperations:
            asked.append(asking)
            shown = [one for one in everything if one.occurred_at <= asking["occurred_to"]]
            page = shown[asking["offset"] : asking["offset"] + asking["limit"]]
            return PaymentOperations(payment_operations=tuple(page), count=len(page), total_count=len(shown))

    client: Any = Client()
    parts = walk_wallet(lambda ask: ask(client), wallet="AVAILABLE", start=NOON - timedelta(days=1), end=NOON)
    keys = [move.key for part in parts for move in part]
    assert len(keys) == len(set(keys)) == 233
    assert len(asked) < 12 + 233 // max(at_once, 1) // 49 + 5


def test_a_page_that_comes_again_and_again_is_unreadable() -> None:
    page = tuple(an_operation(0) for _ in range(50))
    asked = []

    class Client:
        def list_payment_operations(self, **asking: Any) -> PaymentOperations:
            asked.append(asking)
            assert len(asked) < 250, "there is no end of it"
            return PaymentOperations(payment_operations=page, count=50, total_count=50)

    client: Any = Client()
    with pytest.raises(UnreadableAnswer):
        list(walk_wallet(lambda ask: ask(client), wallet="AVAILABLE", start=None, end=NOON))
    assert max(asking["offset"] for asking in asked) < 10_000
