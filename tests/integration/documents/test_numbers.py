"""Numbers of a series are consecutive whatever is refused, repeated or rolled back on the way."""

from collections.abc import Callable
from datetime import date
from itertools import count as count_from
from typing import Any

import pytest
from django.db import IntegrityError
from hypothesis import given, settings
from hypothesis import strategies as st

from builders.companies import NOW, a_company, a_shop
from builders.orders import a_numbered_form, for_a_company, stored, without_rate
from stragan.core.snapshot import DocumentKind
from stragan.documents import actions
from stragan.documents.actions import Author
from stragan.documents.models import Document, NumberSeries
from stragan.flows.issue_document import Issued, RefusedOrder, issue_documents, issue_in_chunks
from stragan.flows.issue_preparing import Wish
from stragan.kit.audit import Actor
from stragan.kit.models import Job
from stragan.orders.models import Order

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 23)
AUTHOR = Author(user=None, actor=Actor.COMMAND, now=NOW, asked_at=NOW)
SHAPES: dict[str, Callable[[int], dict[str, Any]]] = {
    "good": a_numbered_form,
    "company": lambda number: for_a_company(a_numbered_form(number)),
    "no_rate": lambda number: without_rate(a_numbered_form(number)),
    "no_nip": lambda number: for_a_company(a_numbered_form(number), nip=""),
    "unpaid": lambda number: a_numbered_form(number, status="FILLED_IN"),
}
VALID = {"good", "company"}
NIPS = count_from(1_000_000_000)


def a_wish(company: Any) -> Wish:
    return Wish(company=company, kind=DocumentKind.INVOICE, issue_date=TODAY, today=TODAY)


def sequences(company: Any) -> list[int]:
    rows = Document.objects.for_company(company).order_by("sequence")
    return list(rows.values_list("sequence", flat=True))


@settings(max_examples=15)
@given(
    shapes=st.lists(st.sampled_from(sorted(SHAPES)), min_size=1, max_size=12),
    size=st.integers(min_value=1, max_value=5),
    again=st.booleans(),
)
def test_any_mix_of_orders_in_any_chunks_leaves_no_gap(
    db: Any,  # noqa: ARG001 -- opens the database
    shapes: list[str],
    size: int,
    again: bool,  # noqa: FBT001 -- hypothesis passes it by name
) -> None:
    company = a_company(nip=f"{next(NIPS)}")
    forms = [SHAPES[shape](number) for number, shape in enumerate(shapes, start=1)]
    ids = [order.pk for order in stored(a_shop(company), forms, now=NOW)]
    for _ in range(2 if again else 1):
        outcomes = [
            one
            for chunk in issue_in_chunks(ids, wish=a_wish(company), author=AUTHOR, size=size)
            for one in chunk
        ]
        assert [one.order_id for one in outcomes] == ids
        assert [isinstance(one, Issued) for one in outcomes] == [shape in VALID for shape in shapes]
    count = sum(shape in VALID for shape in shapes)
    assert sequences(company) == list(range(1, count + 1))
    assert Order.objects.for_company(company).filter(has_original=True).count() == count


def test_a_chunk_that_breaks_takes_no_number_and_leaves_no_trace(
    company: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    orders = stored(a_shop(company), [a_numbered_form(1), a_numbered_form(2)], now=NOW)

    class PowerCut(Exception):
        pass

    def cut(*_: object, **__: object) -> None:
        raise PowerCut

    with monkeypatch.context() as patched:
        patched.setattr(actions, "ask_for_files", cut)
        with pytest.raises(PowerCut):
            issue_documents([order.pk for order in orders], wish=a_wish(company), author=AUTHOR)
    assert not Document.objects.for_company(company).exists()
    assert not NumberSeries.objects.for_company(company).exists()
    assert not Job.objects.exists()
    issue_documents([order.pk for order in orders], wish=a_wish(company), author=AUTHOR)
    assert sequences(company) == [1, 2]


def test_a_chunk_that_collides_is_taken_one_by_one(company: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    orders = stored(a_shop(company), [a_numbered_form(n) for n in range(1, 5)], now=NOW)
    real = actions._record

    def collide(documents: Any, prepared: Any, *, author: Author) -> None:
        if len(documents) > 1:
            raise IntegrityError("somebody was faster")
        real(documents, prepared, author=author)

    monkeypatch.setattr(actions, "_record", collide)
    outcomes = issue_documents([order.pk for order in orders], wish=a_wish(company), author=AUTHOR)
    assert [one.document.number for one in outcomes if isinstance(one, Issued)] == [
        "FV 1/11/2026",
        "FV 2/11/2026",
        "FV 3/11/2026",
        "FV 4/11/2026",
    ]


def test_an_order_that_changed_while_it_was_read_is_read_again(
    company: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop = a_shop(company)
    [order] = stored(shop, [a_numbered_form(1)], now=NOW)
    real = actions.lock_series
    changed: list[int] = []

    def change_first(**given_: Any) -> NumberSeries:
        if not changed:
            changed.append(1)
            stored(shop, [for_a_company(a_numbered_form(1))], now=NOW)
        return real(**given_)

    monkeypatch.setattr(actions, "lock_series", change_first)
    [outcome] = issue_documents([order.pk], wish=a_wish(company), author=AUTHOR)
    assert isinstance(outcome, Issued)
    assert outcome.document.buyer_name == "Kubki sp. z o.o."


def test_an_order_cancelled_while_it_was_read_is_refused(
    company: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    [order] = stored(a_shop(company), [a_numbered_form(1)], now=NOW)
    real = actions.lock_series

    def cancel_first(**given_: Any) -> NumberSeries:
        Order.objects.for_company(company).update(status="cancelled")
        return real(**given_)

    monkeypatch.setattr(actions, "lock_series", cancel_first)
    [outcome] = issue_documents([order.pk], wish=a_wish(company), author=AUTHOR)
    assert isinstance(outcome, RefusedOrder)
    assert outcome.refusal.code == "order_cancelled"


def test_a_chunk_needs_the_same_few_statements_however_many_orders(
    company: Any, django_assert_max_num_queries: Any
) -> None:
    orders = stored(a_shop(company), [a_numbered_form(n) for n in range(1, 61)], now=NOW)
    with django_assert_max_num_queries(40):  # on PostgreSQL two of them take ids for rows that are copied in
        issue_documents([order.pk for order in orders], wish=a_wish(company), author=AUTHOR)
