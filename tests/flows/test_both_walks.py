"""The first import walks the list twice where it must; what changed in between is seen by the second walk."""

import copy
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from builders.markets import Market, a_market
from builders.orders import a_numbered_form
from standins.allegro.world import Log, Seen
from stragan.orders.models import OrderRevision
from stragan.orders.states import OrderStatus

pytestmark = pytest.mark.django_db


@pytest.fixture
def empty(settings: Any) -> Iterator[Market]:
    with a_market(settings) as found:
        yield found


@dataclass
class Between(Log):
    """Lets something happen once, right after the first answer whose question has *word* in it."""

    word: str = ""
    deed: Callable[[], None] | None = None

    def add(self, seen: Seen, template: str) -> None:
        super().add(seen, template)
        if self.deed is not None and self.word in seen.query:
            deed, self.deed = self.deed, None
            deed()


def an_undated_form(number: int) -> dict[str, Any]:
    """One that no list by purchases shows, so that the list by updates is walked too."""
    form = a_numbered_form(number)
    form["lineItems"][0]["boughtAt"] = None
    return form


@pytest.mark.parametrize("by_buyer", [True, False])
def test_an_order_that_changes_between_both_walks_of_the_first_import_comes_in_as_it_is(
    empty: Market, *, by_buyer: bool
) -> None:
    for number in (1, 2):
        empty.put(a_numbered_form(number))
    empty.put(an_undated_form(3))
    sold = empty.world.by_id[a_numbered_form(1)["id"]]

    def cancel() -> None:
        form = copy.deepcopy(empty.world.form(sold))
        form["status"] = form["fulfillment"]["status"] = "CANCELLED"
        empty.world.touched(sold, form, by_buyer=by_buyer)

    empty.world.log = Between(word="limit=1&", deed=cancel)
    run = empty.fetch(empty.connect())
    order = empty.orders()[sold.id]
    assert empty.world.log.deed is None  # it happened
    assert order.status == OrderStatus.CANCELLED
    assert (run.state, run.new, run.changed, run.unchanged) == ("done", 3, 0, 0)
    assert order.revision_count == 2
    assert empty.asked("GET /order/checkout-forms ") == 1 + 3 + 1  # a page each, three counts


def test_forms_that_stayed_the_same_between_both_walks_cost_neither_a_write_nor_a_question(
    empty: Market,
) -> None:
    for number in (1, 2):
        empty.put(a_numbered_form(number))
    empty.put(an_undated_form(3))
    run = empty.fetch(empty.connect())
    assert (run.new, run.changed, run.unchanged) == (3, 0, 0)
    assert OrderRevision.objects.count() == 3
    assert empty.asked("/order/checkout-forms/") == 0
