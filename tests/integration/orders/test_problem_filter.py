"""Orders are found by any of their problems, not by the first alone, and counted as they are found."""

from itertools import product
from typing import Any

import pytest
from django.db import connection

from builders.companies import a_company, a_shop
from builders.orders import a_numbered_form, for_a_company, stored, without_rate
from stragan.orders.models import Order
from stragan.orders.queries import (
    OrderFilter,
    Sort,
    Tab,
    count_orders,
    count_problems,
    ids_matching,
    neighbors,
    orders_matching,
    rank_of,
)
from stragan.orders.states import Problem

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def orders(company: Any, now: Any) -> list[Order]:
    """One that is fine, one without a rate, one without a NIP, one without both."""
    forms = [
        a_numbered_form(1),
        without_rate(a_numbered_form(2)),
        for_a_company(a_numbered_form(3), nip=""),
        without_rate(for_a_company(a_numbered_form(4), nip="")),
    ]
    return stored(a_shop(company), forms, now=now)


def matching(company: Any, problem: str, **wanted: Any) -> list[int]:
    return ids_matching(company, OrderFilter(problem=problem, **wanted), limit=100)


def test_an_order_is_found_by_each_of_its_problems(company: Any, orders: list[Order]) -> None:
    assert orders[3].problems == ["vat_missing", "company_nip_missing"]
    assert matching(company, "vat_missing") == [orders[3].pk, orders[1].pk]
    assert matching(company, "company_nip_missing") == [orders[3].pk, orders[2].pk]
    assert matching(company, "nip_invalid") == []


def test_every_tab_and_sort_finds_and_counts_the_same(company: Any, orders: list[Order]) -> None:
    stored(a_shop(a_company(nip="1234563218")), [without_rate(a_numbered_form(9))], now=orders[0].created_at)
    Order.objects.for_company(company).filter(pk=orders[1].pk).update(visible=False, queue="done")
    expected = {Tab.ATTENTION: {3}, Tab.ALL: {3}, Tab.TO_ISSUE: set(), Tab.WAITING_PAYMENT: set()}
    for (tab, places), sort in product(expected.items(), Sort):
        wanted = OrderFilter(tab=tab, sort=sort, problem="vat_missing")
        assert set(ids_matching(company, wanted, limit=100)) == {orders[place].pk for place in places}
        assert count_orders(company, wanted) == len(places)
    for sort in Sort:
        hidden = matching(company, "vat_missing", show_hidden=True, sort=sort)
        assert set(hidden) == {orders[1].pk, orders[3].pk}


def test_deleted_orders_are_found_in_the_bin_alone(company: Any, orders: list[Order], now: Any) -> None:
    Order.objects.for_company(company).filter(pk=orders[3].pk).update(
        deleted_at=now, visible=False, queue="done"
    )
    assert matching(company, "company_nip_missing", show_hidden=True) == [orders[2].pk]
    assert matching(company, "company_nip_missing", deleted=True) == [orders[3].pk]
    assert count_orders(company, OrderFilter(problem="company_nip_missing", deleted=True)) == 1


def test_counts_say_what_the_list_behind_them_shows(company: Any, orders: list[Order]) -> None:
    counts = count_problems(company)
    assert counts == {"vat_missing": 2, "company_nip_missing": 2}
    for problem, count in counts.items():
        assert len(matching(company, problem, tab=Tab.ATTENTION)) == count
    wanted = OrderFilter(tab=Tab.ATTENTION, problem="company_nip_missing")
    assert neighbors(company, wanted, orders[2]) == (orders[3].pk, None)
    assert rank_of(company, wanted, orders[2]) == 2


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL reads so few orders by any index")
@pytest.mark.parametrize("problem", list(Problem))
@pytest.mark.parametrize("tab", [Tab.ALL, Tab.ATTENTION])
def test_each_problem_is_read_from_an_index_of_its_own(company: Any, problem: Problem, tab: Tab) -> None:
    wanted = OrderFilter(tab=tab, problem=problem.value)
    plan = orders_matching(company, wanted).explain()
    assert f"INDEX order_{problem.value}"[:36] in plan
    assert "TEMP B-TREE" not in plan


def test_a_problem_that_nobody_knows_gets_into_no_statement(company: Any) -> None:
    with pytest.raises(ValueError, match="is not a valid Problem"):
        matching(company, "' OR 1=1 --")
