"""A seller's season as one process lives it: fetch, issue, post the past, void, correct, issue again.

It may be killed anywhere and lived once more: each step asks what is done already. With STRAGAN_DIES_AT
it kills itself before that statement. What stands in the end is written out by ``end_state``.
"""

import json
import os
import signal
from collections.abc import Callable, Sequence
from hashlib import sha256
from typing import Any

from django.db import connection
from django.db.models import Count, Sum

from builders.issuing import corrected, voided
from stragan.books.models import PastPosting, RevenueRow, VatRow
from stragan.books.states import Register
from stragan.companies.models import Company, Membership
from stragan.core.snapshot import DocumentKind
from stragan.documents.actions import Author
from stragan.documents.models import Document, DocumentVoid, NumberSeries, OrderDocument
from stragan.flows import book_checks, book_past, fetch_shop, stock_reservations
from stragan.flows.issue_document import issue_in_chunks, ready_orders
from stragan.flows.issue_preparing import Wish
from stragan.kit.audit import Actor
from stragan.kit.clock import business_now, business_today, real_now
from stragan.orders.models import Order
from stragan.shops.models import Shop
from stragan.warehouse.checking import differences
from stragan.warehouse.models import Reservation, StockLevel, StockNote

PER_TRANSACTION = 7


def live() -> int:
    """Live through it; gives how many statements it took."""
    seen = 0
    dies_at = int(os.environ.get("STRAGAN_DIES_AT", "0"))

    def count(execute: Callable[..., Any], sql: str, given: Any, many: bool, context: Any) -> Any:  # noqa: FBT001 -- Django calls it so
        nonlocal seen
        seen += 1
        if seen == dies_at:
            os.kill(os.getpid(), signal.SIGKILL)
        return execute(sql, given, many, context)

    with connection.execute_wrapper(count):
        _season()
    return seen


def _season() -> None:
    company = Company.objects.get()
    for shop in Shop.objects.for_company(company):
        fetch_shop.fetch_shop(shop_id=shop.pk, trigger="command", now=business_now())
    orders = list(Order.objects.for_company(company).order_by("allegro_id"))
    if company.books == "none":
        _issue(company, [one.pk for one in orders[: len(orders) // 3]], DocumentKind.INVOICE)
        company.books = "kpir"
        company.save(update_fields=["books"])
    _post_the_past(company)
    _issue(company, [one.pk for one in orders], DocumentKind.INVOICE)
    first: dict[int, Document] = {}
    for issued in Document.objects.for_company(company).filter(kind="invoice").order_by("id"):
        first.setdefault(issued.order_id or 0, issued)
    for place, order in enumerate(orders):
        document = first.get(order.pk)
        if document is not None and place % 3 == 0:
            voided(document)
        elif document is not None and place % 3 == 1:
            corrected(document, {1: "0"} if place % 2 else None)
    waiting = [pk for pk in ready_orders(company) if pk in first]
    _issue(company, waiting, DocumentKind.RECEIPT, again=True)


def _issue(company: Company, ids: Sequence[int], kind: DocumentKind, *, again: bool = False) -> None:
    """Issue to those of the orders that never had a document, or *again* to those that have none now."""
    had = set(
        Document.objects.for_company(company).filter(order_id__in=ids).values_list("order_id", flat=True)
    )
    today = business_today()
    wish = Wish(company=company, kind=kind, issue_date=today, today=today)
    author = Author(user=None, actor=Actor.COMMAND, now=business_now(), asked_at=real_now())
    chosen = [pk for pk in ids if again or pk not in had]
    for _ in issue_in_chunks(chosen, wish=wish, author=author, size=PER_TRANSACTION):
        pass


def _post_the_past(company: Company) -> None:
    now = business_now()
    runs = PastPosting.objects.for_company(company)
    run = runs.filter(finished_at__isnull=True).first()
    if run is None and book_past.has_past(company, book=Register.KPIR):
        owner = Membership.objects.for_company(company).select_related("user").earliest("id").user
        run = book_past.start(company, by=owner, now=now, asked_at=real_now())
    if run is not None:
        book_past.work(run_id=run.pk, clock=business_now)


def end_state() -> str:
    """Say as JSON what there is, in an order that does not depend on which order came first."""
    company = Company.objects.get()
    assert_whole(company)
    documents: dict[str, list[Any]] = {}
    void = set(DocumentVoid.objects.for_company(company).values_list("document_id", flat=True))
    rows = Document.objects.for_company(company).select_related("order", "corrects").order_by("id")
    for one in rows:
        told = [one.kind, str(one.gross), one.pk in void, one.corrects.kind if one.corrects else ""]
        documents.setdefault(one.order.allegro_id if one.order else "", []).append(told)
    orders = Order.objects.for_company(company).order_by("allegro_id")
    live_now = Reservation.objects.for_company(company).filter(ended_at__isnull=True)
    return json.dumps(
        {
            "orders": list(orders.values_list("allegro_id", "status", "has_original", "queue")),
            "documents": documents,
            "levels": [
                [sku, str(on_hand), str(reserved)]
                for sku, on_hand, reserved in StockLevel.objects.for_company(company)
                .order_by("product__sku")
                .values_list("product__sku", "on_hand", "reserved")
            ],
            "reserved": [
                [allegro_id, line_id, sku, str(quantity)]
                for allegro_id, line_id, sku, quantity in live_now.order_by(
                    "order__allegro_id", "line_id", "product__sku"
                ).values_list("order__allegro_id", "line_id", "product__sku", "quantity")
            ],
            "notes": sorted(
                StockNote.objects.for_company(company).values_list("kind").annotate(n=Count("id"))
            ),
            "vat": [
                str(one)
                for one in VatRow.objects.for_company(company).aggregate(Sum("net"), Sum("vat")).values()
            ],
            "revenue": str(RevenueRow.objects.for_company(company).aggregate(sum=Sum("amount"))["sum"]),
        },
        sort_keys=True,
    )


def assert_whole(company: Company) -> None:
    """What must hold whenever the process died: read it with everything at rest."""
    assert differences(company) == []
    for series in NumberSeries.objects.for_company(company):
        taken = Document.objects.for_company(company).filter(series=series).order_by("sequence")
        assert list(taken.values_list("sequence", flat=True)) == list(range(1, series.next_sequence))
    for kind in set(StockNote.objects.for_company(company).values_list("kind", flat=True)):
        notes = StockNote.objects.for_company(company).filter(kind=kind).order_by("sequence")
        assert list(notes.values_list("sequence", flat=True)) == list(range(1, notes.count() + 1))
    links = OrderDocument.objects.for_company(company).filter(ended_at__isnull=True, original=True)
    has_one = list(links.values_list("order_id", flat=True))
    assert len(has_one) == len(set(has_one))
    marked = Order.objects.for_company(company).filter(has_original=True)
    assert set(has_one) == set(marked.values_list("pk", flat=True))
    holding = Reservation.objects.for_company(company).filter(ended_at__isnull=True, order_id__in=has_one)
    assert not holding.exists()
    for one in Document.objects.for_company(company):
        assert sha256(bytes(one.snapshot)).hexdigest() == one.sha256
    books_on = company.books != "none"
    period = f"{business_today():%Y-%m}"
    found = book_checks.difference(company, period, book=Register.KPIR) if books_on else None
    # Until the past is posted those documents stand in no book; every other one does, to the grosz.
    assert found is None or found.is_none or book_past.has_past(company, book=Register.KPIR)
    held = _held(company)
    stock_reservations.reserve_open(company_id=company.pk, now=business_now())
    assert _held(company) == held  # worked out anew they are the same


def _held(company: Company) -> list[tuple[object, ...]]:
    rows = Reservation.objects.for_company(company).filter(ended_at__isnull=True).order_by("id")
    return list(rows.values_list("order_id", "line_id", "product_id", "quantity"))
