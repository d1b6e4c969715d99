"""Undoing a document while another is made from it, or its month is closed: one waits for the other."""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction

from builders.companies import NOW, a_company, a_member, a_shop
from builders.issuing import TODAY, an_author, corrected, voided
from builders.orders import a_numbered_form, stored
from stragan.books.actions import months
from stragan.books.states import Register
from stragan.core.snapshot import DocumentKind
from stragan.documents import actions, undoing
from stragan.documents.content import Refusal
from stragan.documents.models import Document, DocumentVoid
from stragan.flows import convert_document, draft_document
from stragan.flows.issue_document import Issued, RefusedOrder, issue_documents
from stragan.flows.issue_preparing import Wish
from stragan.flows.void_document import Voided

pytestmark = pytest.mark.django_db(transaction=True)
LIMIT_S = 20


@pytest.fixture(autouse=True)
def _rows_are_locked() -> None:
    if connection.vendor == "sqlite":
        pytest.skip("one writer at a time: nothing can happen in between")


@pytest.fixture
def aside() -> Iterator[Callable[[Callable[[], Any]], "Future[Any]"]]:
    """Start a deed on a connection of its own; gives it once it waits for us, or is through."""
    with ThreadPoolExecutor(max_workers=1) as pool:

        def start(deed: Callable[[], Any]) -> "Future[Any]":
            def do() -> Any:
                try:
                    return deed()
                finally:
                    connection.close()

            started = pool.submit(do)
            deadline = time.monotonic() + LIMIT_S
            while not started.done() and not somebody_waits():
                assert time.monotonic() < deadline, "it neither waits nor ends"
            return started

        yield start


def somebody_waits() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_clear_snapshot()")  # else it says for ever what it said first
        cursor.execute(
            "SELECT EXISTS (SELECT 1 FROM pg_stat_activity"
            " WHERE datname = current_database() AND wait_event_type = 'Lock')"
        )
        return bool(cursor.fetchone()[0])


def a_receipt_to_be_invoiced(company: Any) -> Document:
    """A receipt whose order has a draft of the invoice to it."""
    [order] = stored(a_shop(company), [a_numbered_form(1)], now=NOW)
    wish = Wish(company=company, kind=DocumentKind.RECEIPT, issue_date=TODAY, today=TODAY)
    [receipt] = issue_documents([order.pk], wish=wish, author=an_author())
    assert isinstance(receipt, Issued), receipt
    convert_document.convert(document=receipt.document, kind=DocumentKind.INVOICE, user=None, now=NOW)
    return receipt.document


def issue_invoice_to(receipt: Document) -> Any:
    return draft_document.issue_draft(
        company=receipt.company,
        order_id=receipt.order_id or 0,
        kind=DocumentKind.INVOICE,
        author=an_author(),
        role="clerk",
    )


def test_no_invoice_is_issued_to_a_receipt_that_is_being_voided(
    monkeypatch: pytest.MonkeyPatch, aside: Any
) -> None:
    receipt = a_receipt_to_be_invoiced(a_company(receipts="non_fiscal"))
    real, issuing = undoing.void, []

    def void(*given: Any, **named: Any) -> Any:
        issuing.append(aside(lambda: issue_invoice_to(receipt)))
        return real(*given, **named)

    monkeypatch.setattr(undoing, "void", void)
    outcome = voided(receipt)
    assert (isinstance(outcome, Voided), len(issuing)) == (True, 1)  # nothing was broken off and repeated
    refused = issuing[0].result(LIMIT_S)
    assert isinstance(refused, RefusedOrder), refused
    assert refused.refusal.code == "receipt_gone"
    assert Document.objects.for_company(receipt.company).get() == receipt


def test_no_receipt_is_voided_while_its_invoice_is_being_issued(
    monkeypatch: pytest.MonkeyPatch, aside: Any
) -> None:
    receipt = a_receipt_to_be_invoiced(a_company(receipts="non_fiscal"))
    real, voiding = actions.issue_prepared, []

    def issue(*given: Any, **named: Any) -> Any:
        voiding.append(aside(lambda: voided(receipt)))
        return real(*given, **named)

    monkeypatch.setattr(actions, "issue_prepared", issue)
    issued = issue_invoice_to(receipt)
    assert (isinstance(issued, Issued), len(voiding)) == (True, 1)
    refused = voiding[0].result(LIMIT_S)
    assert isinstance(refused, Refusal), refused
    assert refused.code == "document_converted"
    assert not DocumentVoid.objects.for_company(receipt.company).exists()


def close_november(company: Any, boss: Any) -> None:
    registers, december = [Register.KPIR.value, Register.VAT.value], NOW + timedelta(days=30)
    with transaction.atomic():
        months.close_month(company=company, registers=registers, period="2026-11", by=boss, now=december)


@pytest.mark.parametrize("deed", [voided, corrected])
def test_a_month_is_closed_after_what_is_being_undone_in_it(
    monkeypatch: pytest.MonkeyPatch, aside: Any, deed: Callable[[Document], Any]
) -> None:
    company = a_company(books="kpir")
    boss = a_member(company)
    [order] = stored(a_shop(company), [a_numbered_form(1)], now=NOW)
    wish = Wish(company=company, kind=DocumentKind.INVOICE, issue_date=TODAY, today=TODAY)
    [issued] = issue_documents([order.pk], wish=wish, author=an_author())
    assert isinstance(issued, Issued), issued
    name = "void" if deed is voided else "issue_correction"
    real, waited, closing = getattr(undoing, name), [], []

    def undo(*given: Any, **named: Any) -> Any:
        closing.append(aside(lambda: close_november(company, boss)))
        waited.append(not closing[0].done())
        return real(*given, **named)

    monkeypatch.setattr(undoing, name, undo)
    assert not isinstance(deed(issued.document), Refusal)
    assert waited == [True]
    assert closing[0].result(LIMIT_S) is None
