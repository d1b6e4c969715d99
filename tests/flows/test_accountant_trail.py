"""What was issued stands, whatever Allegro says later; nothing is billed twice."""

from typing import Any

import pytest

from builders.companies import NOW, a_shop
from builders.orders import a_numbered_form, stored
from builders.paper import issued_or_refused
from stragan.core.snapshot import to_bytes
from stragan.documents.models import Document

pytestmark = pytest.mark.django_db


def test_a_cancellation_afterwards_leaves_the_document_and_makes_no_second(company: Any) -> None:
    shop = a_shop(company)
    [first] = issued_or_refused(company, stored(shop, [a_numbered_form(1)], now=NOW))
    orders = stored(shop, [a_numbered_form(1, status="CANCELLED")], now=NOW)
    [again] = issued_or_refused(company, orders)
    assert to_bytes(again) == to_bytes(first)
    assert Document.objects.for_company(company).count() == 1


def test_a_cancelled_order_is_no_sale_though_it_was_paid(company: Any) -> None:
    orders = stored(a_shop(company), [a_numbered_form(1, status="CANCELLED")], now=NOW)
    assert issued_or_refused(company, orders) == ["order_cancelled"]


def test_purchases_that_were_invoiced_are_not_invoiced_again_after_a_merge(company: Any) -> None:
    shop = a_shop(company)
    issued_or_refused(company, stored(shop, [a_numbered_form(1)], now=NOW))
    merged = {**a_numbered_form(2), "lineItems": a_numbered_form(1)["lineItems"]}
    [order] = stored(shop, [merged], now=NOW)
    assert issued_or_refused(company, [order]) == ["predecessor_documented"]


def test_a_later_change_of_the_order_does_not_touch_the_document(company: Any) -> None:
    shop = a_shop(company)
    [first] = issued_or_refused(company, stored(shop, [a_numbered_form(1)], now=NOW))
    changed = a_numbered_form(1)
    changed["delivery"]["address"]["street"] = "ul. Nowa 99"
    [again] = issued_or_refused(company, stored(shop, [changed], now=NOW))
    assert again.buyer.street == first.buyer.street != "ul. Nowa 99"
