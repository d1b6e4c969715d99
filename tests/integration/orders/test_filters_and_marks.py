"""Filters by documents, products and days of purchase; the marks that the first of them reads."""

from datetime import date
from typing import Any

import pytest

from builders.companies import a_shop
from builders.orders import a_numbered_form, stored
from stragan.core.snapshot import DocumentKind
from stragan.documents.actions import Author
from stragan.documents.models import OrderDocument
from stragan.documents.order_marks import refresh_marks
from stragan.flows.issue_document import issue_documents
from stragan.flows.issue_preparing import Wish
from stragan.kit.audit import Actor
from stragan.orders.models import Order, OrderLine
from stragan.orders.queries import OrderFilter, count_orders, ids_matching, neighbors
from stragan.products.models import Product

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def orders(company: Any, now: Any) -> list[Order]:
    return stored(a_shop(company), [a_numbered_form(number) for number in range(1, 5)], now=now)


def matching(company: Any, **wanted: Any) -> list[int]:
    return ids_matching(company, OrderFilter(**wanted), limit=100)


def a_product(company: Any, now: Any, name: str = "Kubek") -> Product:
    times = {"created_at": now, "changed_at": now}
    return Product.objects.for_company(company).create(company=company, name=name, name_key=name, **times)


def test_one_or_two_figures_find_the_numbers_that_start_with_them(company: Any, orders: list[Order]) -> None:
    for order, number in zip(orders, (12, 124, 12_999, 120_000), strict=True):
        Order.objects.for_company(company).filter(pk=order.pk).update(number=number)
    for text, found in (
        ("12", {12, 124, 12_999}),
        ("1", {12, 124}),
        ("13", set()),
        ("0", set()),
        ("01", set()),
    ):
        rows = Order.objects.for_company(company).filter(pk__in=matching(company, text=text))
        assert set(rows.values_list("number", flat=True)) == found, text
    assert matching(company, text="zamówienie 120000") == [orders[3].pk]


def test_orders_are_found_by_the_documents_they_have_now(company: Any, now: Any, orders: list[Order]) -> None:
    wish = Wish(company=company, kind=DocumentKind.INVOICE, issue_date=now.date(), today=now.date())
    author = Author(user=None, actor=Actor.COMMAND, now=now, asked_at=now)
    issue_documents([orders[0].pk, orders[2].pk], wish=wish, author=author)
    assert matching(company, documents="invoice") == [orders[2].pk, orders[0].pk]
    assert matching(company, documents="yes") == [orders[2].pk, orders[0].pk]
    assert matching(company, documents="receipt") == []
    assert matching(company, documents="no") == [orders[3].pk, orders[1].pk]


def test_a_link_that_ended_no_longer_counts(company: Any, now: Any, orders: list[Order]) -> None:
    wish = Wish(company=company, kind=DocumentKind.INVOICE, issue_date=now.date(), today=now.date())
    author = Author(user=None, actor=Actor.COMMAND, now=now, asked_at=now)
    issue_documents([orders[0].pk], wish=wish, author=author)
    OrderDocument.objects.across_companies().update(ended_at=now, end_code="unlinked")
    refresh_marks([orders[0].pk])
    assert matching(company, documents="yes") == []


def test_orders_are_found_by_product_once_and_newest_first(
    company: Any, now: Any, orders: list[Order]
) -> None:
    product, other = a_product(company, now), a_product(company, now, "Talerz")
    lines = OrderLine.objects.across_companies()
    lines.filter(order__in=[orders[0], orders[3]]).update(product=product)
    lines.filter(order=orders[1]).update(product=other)
    twin = lines.filter(order=orders[0]).get()
    twin.pk, twin.line_id, twin.position = None, "drugi", 2
    twin.save()
    assert matching(company, product_id=product.pk) == [orders[3].pk, orders[0].pk]
    assert count_orders(company, OrderFilter(product_id=product.pk)) == 2
    assert neighbors(company, OrderFilter(product_id=product.pk), orders[3]) == (None, orders[0].pk)
    assert neighbors(company, OrderFilter(product_id=product.pk), orders[0]) == (orders[3].pk, None)


def test_a_product_and_words_narrow_together(company: Any, now: Any, orders: list[Order]) -> None:
    product = a_product(company, now)
    OrderLine.objects.across_companies().filter(order__in=orders[:2]).update(product=product)
    assert matching(company, product_id=product.pk, text="kupujacy_2") == [orders[1].pk]


def test_days_of_purchase_list_the_newest_purchase_first() -> None:
    from django.http import QueryDict  # noqa: PLC0415 -- Django is ready here

    from stragan.web.orders.filtering import read  # noqa: PLC0415

    state = read(QueryDict("bought_from=2026-11-01"))
    assert state.wanted.sort.value == "-bought"
    assert state.text == "?bought_from=2026-11-01"
    assert state.query(bought_from=None) == "?"
    asked = read(QueryDict("bought_from=2026-11-01&sort=-created"))
    assert asked.text == "?bought_from=2026-11-01&sort=-created"
    both = read(QueryDict("bought_from=2026-11-01&created_from=2026-11-02"))
    assert both.wanted.sort.value == "-created"
    assert both.wanted.bought_from == date(2026, 11, 1)
