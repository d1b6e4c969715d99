"""Several at once, and one that dies in the middle: goods leave once, nothing is half done."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection

from builders.companies import NOW, a_company, a_shop
from builders.issuing import TODAY, an_author, voided
from builders.orders import stored
from builders.stock import a_form_of, a_product, in_stock, level, match
from stragan.core.snapshot import DocumentKind
from stragan.documents.models import Document
from stragan.flows import stock_reservations
from stragan.flows.issue_document import Issued, issue_documents
from stragan.flows.issue_preparing import Wish
from stragan.warehouse import actions
from stragan.warehouse.checking import differences
from stragan.warehouse.models import LineIssue, StockNote
from stragan.warehouse.notes import write_notes
from stragan.warehouse.states import NoteKind

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*deeds: Callable[[], Any]) -> list[Any]:
    """Do things in threads of their own; what one raises is raised here."""

    def do(deed: Callable[[], Any]) -> Any:
        try:
            return deed()
        finally:
            connection.close()

    with ThreadPoolExecutor(max_workers=len(deeds)) as pool:
        return [future.result() for future in [pool.submit(do, deed) for deed in deeds]]


def issue(company: Any, orders: list[Any], kind: DocumentKind) -> list[Any]:
    wish = Wish(company=company, kind=kind, issue_date=TODAY, today=TODAY)
    return issue_documents([order.pk for order in orders], wish=wish, author=an_author())


@pytest.mark.parametrize("policy", ["forbid", "warn"])
def test_two_issuers_and_a_receipt_share_the_goods(policy: str) -> None:
    company = a_company(negative_stock=policy, receipts="non_fiscal")
    mug, spoon = a_product(company, sku="A-1"), a_product(company, "Łyżka", sku="A-2")
    in_stock(company, mug, 5)
    in_stock(company, spoon, 5)
    orders = stored(a_shop(company), [a_form_of(number) for number in range(1, 25)], now=NOW)
    match(orders[0::2], mug)
    match(orders[1::2], spoon)
    stock_reservations.refresh(company, [order.pk for order in orders], NOW)
    line = actions.NoteLine(product_id=mug.pk, quantity=Decimal(2))
    head = actions.NoteHead(date=TODAY)
    invoices, receipts, _, _ = at_once(
        lambda: issue(company, orders, DocumentKind.INVOICE),
        lambda: issue(company, orders[::-1], DocumentKind.RECEIPT),
        lambda: actions.write_note(
            company=company, kind=NoteKind.PZ, head=head, lines=[line], by=None, now=NOW
        ),
        lambda: stock_reservations.refresh(company, [order.pk for order in orders], NOW),
    )
    first = [one for one in (*invoices, *receipts) if isinstance(one, Issued) and not one.repeated]
    assert len({one.order_id for one in first}) == len(first)
    assert Document.objects.for_company(company).count() == len(first)
    assert StockNote.objects.for_company(company).filter(kind="wz").count() == len(first)
    assert differences(company) == []
    if policy == "forbid":
        assert all(Decimal(level(product)[0]) >= 0 for product in (mug, spoon))
        assert len(first) >= 10
    else:
        assert len(first) == len(orders)


def test_voiding_and_issuing_again_at_once_moves_once() -> None:
    company = a_company()
    product = a_product(company, sku="A-1")
    orders = stored(a_shop(company), [a_form_of(number) for number in range(1, 9)], now=NOW)
    match(orders, product)
    documents = [one.document for one in issue(company, orders, DocumentKind.INVOICE)]
    at_once(
        lambda: [voided(document) for document in documents],
        lambda: [voided(document) for document in reversed(documents)],
        lambda: issue(company, orders, DocumentKind.INVOICE),
    )
    assert differences(company) == []
    out = LineIssue.objects.for_company(company).count()
    assert level(product)[0] == f"{-out}"


def test_a_death_in_the_middle_leaves_no_number_no_move_and_the_reservation(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    company = a_company()
    product = a_product(company, sku="A-1")
    orders = stored(a_shop(company), [a_form_of(1), a_form_of(2)], now=NOW)
    match(orders, product)
    stock_reservations.refresh(company, [order.pk for order in orders], NOW)

    class PowerCut(Exception):
        pass

    def cut(*given: Any, **named: Any) -> None:
        write_notes(*given, **named)
        raise PowerCut

    with monkeypatch.context() as patched:
        patched.setattr("stragan.warehouse.actions.issuing.write_notes", cut)
        with pytest.raises(PowerCut):
            issue(company, orders, DocumentKind.INVOICE)
    assert not StockNote.objects.for_company(company).exists()
    assert not Document.objects.for_company(company).exists()
    assert level(product) == ("0", "2")
    assert differences(company) == []
    [first, second] = issue(company, orders, DocumentKind.INVOICE)
    assert [one.consequences.stock[0].note for one in (first, second)] == ["WZ 1/11/2026", "WZ 2/11/2026"]
    assert level(product) == ("-2", "0")
