"""A statement that is made once gives what its query set gives, each time it is asked."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.db.models import QuerySet, Sum
from django.test.utils import CaptureQueriesContext

from builders.companies import NOW, a_shop
from builders.orders import a_numbered_form, stored
from stragan.books.models import VatSum
from stragan.companies.models import Company
from stragan.documents.models import Document
from stragan.kit.compiled import Values, compiled, made_once
from stragan.kit.fields import MinorUnitsField
from stragan.kit.models import Job
from stragan.orders.models import Order
from stragan.orders.queries import OrderFilter, OrderRow, orders_matching, page_of_orders

pytestmark = pytest.mark.django_db
_AMOUNTS = [column.name for column in VatSum._meta.concrete_fields if isinstance(column, MinorUnitsField)]


def jobs() -> QuerySet[Job, tuple[Any, ...]]:
    return Job.objects.filter(name="some.job").order_by("id").values_list("id", "key", "arguments", "due_at")


def test_each_value_is_what_the_query_set_makes_of_it(company: Company, now: datetime) -> None:
    first, _second = stored(a_shop(company), [a_numbered_form(1), a_numbered_form(2)], now=now)
    Order.objects.for_company(company).filter(pk=first.pk).update(
        total=Decimal("0.07"), problems=["nip_invalid", "ż"], paid_at=None, note="Ź'\"%s"
    )
    rows = orders_matching(company, OrderFilter()).values_list(*OrderRow._fields)
    assert compiled(rows).rows() == list(rows)
    assert page_of_orders(company, OrderFilter(), offset=0, limit=5) == [OrderRow._make(row) for row in rows]


def test_sums_of_nothing_and_of_something(company: Company) -> None:
    rows = VatSum.objects.for_company(company).order_by().values_list("type").annotate(all=Sum("net"))
    assert compiled(rows).rows() == []
    for day in range(2):
        VatSum.objects.for_company(company).create(
            **dict.fromkeys(_AMOUNTS, Decimal(0)) | {"net": Decimal("1.05")},
            company=company,
            period="2026-11",
            day=NOW.date() + timedelta(day),
            type="",
            rows=1,
            count=1,
        )
    assert compiled(rows).rows() == list(rows) == [("", Decimal("2.10"))]


def test_it_is_asked_anew_each_time() -> None:
    made = compiled(jobs())
    assert made.rows() == []
    Job.objects.create(name="some.job", key="ż", arguments={"a": [1, None]}, due_at=NOW, created_at=NOW)
    with CaptureQueriesContext(connection) as sent:
        [(_pk, *values)] = made.rows()
    assert values == ["ż", {"a": [1, None]}, NOW]
    assert len(sent.captured_queries) == 1


def test_what_cannot_find_anything_asks_nothing() -> None:
    made = compiled(Document.objects.across_companies().none().values_list("id"))
    with CaptureQueriesContext(connection) as sent:
        assert made.rows() == []
    assert not sent.captured_queries


def test_what_is_made_of_the_same_is_made_once_and_asked_each_time() -> None:
    made_for: list[tuple[str, bool]] = []

    @made_once
    def keys(name: str, *, is_long: bool) -> Values:
        made_for.append((name, is_long))
        return Job.objects.filter(name=name).order_by("id").values_list("key", "name" if is_long else "id")

    assert keys("some.job", is_long=True).rows() == []
    Job.objects.create(name="some.job", key="a", due_at=NOW, created_at=NOW)
    assert keys("some.job", is_long=True).rows() == [("a", "some.job")]
    assert keys("other.job", is_long=True).rows() == []
    assert len(keys("some.job", is_long=False).rows()) == 1
    assert made_for == [("some.job", True), ("other.job", True), ("some.job", False)]
