"""The list of refunds is read whole, whatever its length and order, with as few pages as that takes."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import msgspec
import pytest

from stragan.flows.refund_walk import PAGE, refunds_of_payment, walk_refunds
from stragan.gateways.allegro import Amount, Named, Refund, Refunds, UnreadableAnswer

START = datetime(2026, 11, 1, tzinfo=UTC)
END = datetime(2026, 12, 1, tzinfo=UTC)


class Listing:
    """Allegro with *count* refunds, one a second, in an odd order; *counts*: it tells their number."""

    def __init__(self, count: int, *, counts: bool = True) -> None:
        self.refunds = [
            Refund(
                id=f"r{number}",
                payment=Named(id=f"p{number % 2}"),
                status="SUCCESS",
                created_at=START + timedelta(seconds=number),
                total_value=Amount(amount=Decimal("1.00"), currency="PLN"),
            )
            for number in range(count)
        ]
        self.counts = counts
        self.asked: list[dict[str, Any]] = []

    def __call__(self, ask: Callable[[Any], Refunds]) -> Refunds:
        return ask(self)

    def list_refunds(self, **asked: Any) -> Refunds:
        self.asked.append(asked)
        found = [
            one
            for one in sorted(self.refunds, key=lambda one: one.id)
            if asked.get("payment_id") in {None, one.payment.id}
            and asked.get("occurred_from", START) <= one.created_at <= asked.get("occurred_to", END)
        ]
        page = tuple(found[asked["offset"] : asked["offset"] + asked["limit"]])
        return Refunds(refunds=page, total_count=len(found) if self.counts else 0)


@pytest.mark.parametrize("counts", [True, False])
@pytest.mark.parametrize(("count", "pages"), [(0, 1), (1, 1), (99, 1), (100, 1), (101, 2), (250, 3)])
def test_all_refunds_are_read_with_the_fewest_pages(count: int, pages: int, counts: bool) -> None:  # noqa: FBT001
    listing = Listing(count, counts=counts)
    found = list(walk_refunds(listing, start=START, end=END))
    assert sorted(one.refund_id for one in found) == sorted(one.id for one in listing.refunds)
    is_unsure = not counts and count == 100  # whether a full page is the last one
    assert len(listing.asked) == pages + is_unsure
    assert {(one["limit"], *one["status"]) for one in listing.asked} == {(100, "SUCCESS")}


def test_what_lies_beyond_the_reach_of_offsets_is_read_in_halves() -> None:
    listing = Listing(25_000)
    found = {
        one.refund_id for one in walk_refunds(listing, start=START, end=START + timedelta(seconds=25_000))
    }
    assert len(found) == 25_000
    assert max(one["offset"] + one["limit"] for one in listing.asked) <= 10_000


def test_a_period_whose_refunds_all_lie_in_one_half_is_read_whole() -> None:
    listing = Listing(10_001)
    found = {one.refund_id for one in walk_refunds(listing, start=START, end=START + timedelta(days=30))}
    assert len(found) == 10_001


class Odd(Listing):
    """Allegro that answers so as to lead nowhere; nobody asks more of it than so often."""

    def __init__(self, *, told: int, is_repeating: bool) -> None:
        super().__init__(PAGE)
        self.told, self.is_repeating = told, is_repeating

    def list_refunds(self, **asked: Any) -> Refunds:
        self.asked.append(asked)
        assert len(self.asked) < 250, "there is no end of it"
        new = tuple(msgspec.structs.replace(one, id=f"{one.id}-{asked['offset']}") for one in self.refunds)
        return Refunds(refunds=tuple(self.refunds) if self.is_repeating else new, total_count=self.told)


@pytest.mark.parametrize("is_repeating", [True, False])
@pytest.mark.parametrize("told", [0, 9_000_000])
def test_pages_without_an_end_are_unreadable(told: int, is_repeating: bool) -> None:  # noqa: FBT001
    with pytest.raises(UnreadableAnswer):
        list(walk_refunds(Odd(told=told, is_repeating=is_repeating), start=START, end=END))
    with pytest.raises(UnreadableAnswer):
        list(refunds_of_payment(Odd(told=told, is_repeating=is_repeating), "p1"))


def test_a_number_that_is_the_same_for_each_window_is_unreadable() -> None:
    class Stuck(Odd):
        def list_refunds(self, **asked: Any) -> Refunds:
            shown = super().list_refunds(**asked)
            return shown if asked["offset"] == 0 else Refunds(refunds=(), total_count=self.told)

    with pytest.raises(UnreadableAnswer):
        list(walk_refunds(Stuck(told=10_001, is_repeating=True), start=START, end=END))


def test_a_payment_is_asked_for_whatever_became_of_its_refunds() -> None:
    listing = Listing(220)
    found = list(refunds_of_payment(listing, "p1"))
    assert len({one.refund_id for one in found}) == 110
    assert all("status" not in one for one in listing.asked)
