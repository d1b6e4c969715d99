"""What people and documents do to orders, and what stays when Allegro changes them."""

from datetime import timedelta
from typing import Any

import pytest

from builders.companies import NOW, a_company, a_member, a_shop
from builders.orders import a_numbered_form, stored
from stragan.companies.models import Company
from stragan.flows.import_orders import reassess_company
from stragan.flows.order_content import load, load_many
from stragan.orders import actions, assess
from stragan.orders.models import Order, OrderEvent
from stragan.orders.states import OrderStatus, Queue

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(hours=1)


@pytest.fixture
def orders(company: Company) -> list[Order]:
    return stored(a_shop(company), [a_numbered_form(number) for number in (1, 2, 3)], now=NOW)


def statuses(company: Company) -> list[tuple[str, bool, str]]:
    rows = Order.objects.for_company(company).order_by("number")
    return [(order.status, order.visible, order.queue) for order in rows]


def test_stored_orders_can_be_read_whole_again(orders: list[Order]) -> None:
    contents = load_many(orders)
    assert contents[orders[0].pk] == load(orders[0])
    assert contents[orders[1].pk].buyer.login == "kupujacy_2"


def test_the_column_for_search_is_what_the_content_gives(orders: list[Order]) -> None:
    for order in orders:
        assert order.search_text == assess.search_text(load(order), number=order.number)


def test_a_status_set_by_hand_is_told_and_can_be_undone(company: Company, orders: list[Order]) -> None:
    user = a_member(company)
    before = statuses(company)
    changes = actions.set_status(
        company=company,
        order_ids=[order.pk for order in orders[:2]],
        status=OrderStatus.CLOSED,
        user=user,
        now=LATER,
    )
    assert statuses(company)[:2] == [("closed", False, Queue.DONE)] * 2
    assert statuses(company)[2] == before[2]
    event = OrderEvent.objects.filter(order=orders[0], verb="status_set").get()
    assert (event.user_id, event.facts["from"], event.facts["to"]) == (user.pk, "paid", "closed")
    actions.undo_status(company=company, changes=changes, user=user, now=LATER)
    assert statuses(company) == before
    assert not Order.objects.for_company(company).filter(status_by_hand=True).exists()


def test_a_status_set_twice_is_told_once(company: Company, orders: list[Order]) -> None:
    for _ in range(2):
        actions.set_status(
            company=company, order_ids=[orders[0].pk], status=OrderStatus.OPEN, user=None, now=LATER
        )
    assert OrderEvent.objects.filter(verb="status_set").count() == 1


def test_orders_of_another_company_stay_as_they_are(company: Company, orders: list[Order]) -> None:
    stranger = a_company(nip="1234563218")
    changes = actions.set_status(
        company=stranger, order_ids=[orders[0].pk], status=OrderStatus.CLOSED, user=None, now=LATER
    )
    assert changes == []
    assert statuses(company)[0][0] == OrderStatus.PAID


@pytest.mark.parametrize(("expected", "close"), [("closed", True), ("paid", False)])
def test_a_documented_order_is_done(
    company: Company, orders: list[Order], expected: str, *, close: bool
) -> None:
    actions.mark_documented(numbers={orders[0].pk: "FV 1/11/2026"}, close=close, now=LATER)
    assert statuses(company)[0] == (expected, not close, Queue.DONE)
    assert Order.objects.for_company(company).filter(has_original=True).count() == 1


def test_settings_that_decide_about_documents_are_asked_again(company: Company) -> None:
    form: dict[str, Any] = a_numbered_form(1)
    form["lineItems"][0]["tax"] = None
    order = stored(a_shop(company), [form], now=NOW)[0]
    assert (order.problems, order.queue) == (["vat_missing"], Queue.ATTENTION)
    Company.objects.filter(pk=company.pk).update(vat_payer=False, vat_exemption_basis="art. 113 ust. 1")
    company.refresh_from_db()
    reassess_company(company=company, now=LATER)
    order.refresh_from_db()
    assert (order.problems, order.problem, order.queue) == ([], "", Queue.TO_ISSUE)


def test_unchanged_content_writes_nothing(company: Company) -> None:
    shop = a_shop(company)
    form = a_numbered_form(1)
    stored(shop, [form], now=NOW)
    before = Order.objects.for_company(company).values().get()
    stored(shop, [{**form, "revision": "another"}], now=LATER)
    assert Order.objects.for_company(company).values().get() == before
    assert OrderEvent.objects.count() == 1
