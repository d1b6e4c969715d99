"""Whatever kinds are issued in whatever order, alone or many at once: no gap in a series, one original."""

import threading
from collections.abc import Callable, Sequence
from datetime import date
from itertools import count as count_from
from typing import Any, Final

import pytest
from django.db import connections
from hypothesis import example, given, settings
from hypothesis import strategies as st

from builders.companies import NOW, a_company, a_member, a_shop
from builders.issuing import corrected, voided
from builders.orders import a_numbered_form, for_a_company, stored, without_rate
from builders.soaking import examples
from stragan.core.snapshot import ORDER_KINDS, DocumentKind
from stragan.documents import series
from stragan.documents.actions import Author
from stragan.documents.models import Document, NumberSeries, OrderDocument
from stragan.documents.states import ORIGINAL_KINDS
from stragan.flows import convert_document, draft_document
from stragan.flows.convert_document import NotConvertible
from stragan.flows.correct_document import chain_of
from stragan.flows.issue_document import Issued, issue_documents
from stragan.flows.issue_preparing import Wish
from stragan.kit.audit import Actor
from stragan.orders.models import Order

TODAY: Final = date(2026, 11, 23)
AUTHOR: Final = Author(user=None, actor=Actor.COMMAND, now=NOW, asked_at=NOW)
FORMS: Final[dict[str, Callable[[int], dict[str, Any]]]] = {
    "good": a_numbered_form,
    "company": lambda number: for_a_company(a_numbered_form(number)),
    "no_nip": lambda number: for_a_company(a_numbered_form(number), nip=""),
    "no_rate": lambda number: without_rate(a_numbered_form(number)),
    "unpaid": lambda number: a_numbered_form(number, status="FILLED_IN"),
}
PATTERNS: Final = ("FV {nr}/{month}/{year}", "FA {nr}/{year}", "F-{nr}")
NIPS: Final = count_from(2_000_000_000)
ORDERS: Final = st.lists(st.integers(min_value=0, max_value=5), min_size=1, max_size=6, unique=True)
STEPS: Final = st.lists(
    st.one_of(
        st.tuples(st.just("issue"), st.sampled_from(ORDER_KINDS), ORDERS),
        st.tuples(st.just("convert"), st.sampled_from(ORDER_KINDS), ORDERS),
        st.tuples(st.just("pattern"), st.sampled_from(PATTERNS), ORDERS),
        st.tuples(st.sampled_from(["void", "correct"]), st.sampled_from(["newest", "oldest"]), ORDERS),
    ),
    min_size=1,
    max_size=10,
)


def issue(company: Any, ids: Sequence[int], kind: DocumentKind) -> list[Any]:
    wish = Wish(company=company, kind=kind, issue_date=TODAY, today=TODAY)
    return issue_documents(ids, wish=wish, author=AUTHOR)


def convert(company: Any, ids: Sequence[int], kind: DocumentKind) -> None:
    """Make a document of *kind* from the newest one of each order, where that can be done."""
    for pk in ids:
        document = Document.objects.for_company(company).filter(order_id=pk).order_by("-id").first()
        if document is None:
            continue
        try:
            convert_document.convert(document=document, kind=kind, user=None, now=NOW)
        except NotConvertible:
            continue
        draft_document.issue_draft(company=company, order_id=pk, kind=kind, author=AUTHOR, role="clerk")


def undo(company: Any, ids: Sequence[int], verb: str, which: str) -> None:
    """Void or correct to zero one sales document of each order, where that can be done."""
    for pk in ids:
        rows = Document.objects.for_company(company).filter(order_id=pk, kind__in=ORIGINAL_KINDS)
        document = rows.order_by("id" if which == "oldest" else "-id").first()
        if document is not None:
            voided(document) if verb == "void" else corrected(document)


def assert_billed_once(company: Any) -> None:
    """What still bills an order is what the order has: one sale, and an invoice only beside its receipt."""
    links = OrderDocument.objects.for_company(company).filter(ended_at__isnull=True)
    current = set(links.filter(document__kind__in=ORIGINAL_KINDS).values_list("order_id", "document_id"))
    rows = Document.objects.for_company(company).filter(kind__in=ORIGINAL_KINDS, void__isnull=True)
    standing = [one for one in rows.order_by("id") if not chain_of(one, company=company).state.is_zero]
    assert {(one.order_id, one.pk) for one in standing} == current
    originals = {one.order_id: one.kind for one in standing if one.original}
    assert len(originals) == sum(one.original for one in standing)
    assert all(originals.get(one.order_id) == "receipt" for one in standing if not one.original)


def assert_in_order(company: Any) -> None:
    """No gap, no double, one original per order, and orders that know it."""
    assert_billed_once(company)
    for one in NumberSeries.objects.for_company(company):
        rows = Document.objects.for_company(company).filter(series=one).order_by("sequence")
        sequences = list(rows.values_list("sequence", flat=True))
        assert sequences == list(range(1, len(sequences) + 1))
        assert one.next_sequence == len(sequences) + 1
        assert len(set(rows.values_list("kind", flat=True))) <= 1
    numbers = list(Document.objects.for_company(company).values_list("number", flat=True))
    assert len(numbers) == len(set(numbers))
    links = OrderDocument.objects.for_company(company).filter(ended_at__isnull=True)
    originals = list(links.filter(original=True).values_list("order_id", flat=True))
    assert len(originals) == len(set(originals))
    beside = links.filter(original=False).exclude(document__kind="correction")
    pairs = list(beside.values_list("order_id", "document__kind"))
    assert len(pairs) == len(set(pairs))  # one paper of each kind, one invoice to a receipt
    marked = Order.objects.for_company(company).filter(has_original=True).values_list("id", flat=True)
    assert set(originals) == set(marked)
    kinds = set(links.filter(original=True).values_list("document__kind", flat=True))
    assert kinds <= {kind.value for kind in ORIGINAL_KINDS}


@pytest.mark.django_db
@settings(max_examples=examples(15))
@given(shapes=st.lists(st.sampled_from(sorted(FORMS)), min_size=6, max_size=6), steps=STEPS)
@example(
    shapes=["company"] * 6,
    steps=[
        ("issue", DocumentKind.RECEIPT, [0, 1]),
        ("convert", DocumentKind.INVOICE, [0, 1]),
        ("correct", "oldest", [0]),
        ("correct", "newest", [1]),
        ("correct", "oldest", [1]),
        ("issue", DocumentKind.INVOICE, [0, 1]),
    ],
)
def test_any_mix_of_kinds_keeps_numbers_and_originals_in_order(
    db: Any,  # noqa: ARG001 -- opens the database
    shapes: list[str],
    steps: list[tuple[str, Any, list[int]]],
) -> None:
    company = a_company(nip=f"{next(NIPS)}")
    owner = a_member(company, email=f"{company.nip}@example.com")
    forms = [FORMS[shape](number) for number, shape in enumerate(shapes, start=1)]
    known = [order.pk for order in stored(a_shop(company), forms, now=NOW)]
    for verb, what, places in steps:
        ids = [known[place] for place in places]
        if verb == "pattern":
            wanted = {DocumentKind.INVOICE: what}
            series.set_patterns(company=company, wanted=wanted, by=owner, now=NOW)
        elif verb == "convert":
            convert(company, ids, what)
        elif verb in {"void", "correct"}:
            undo(company, ids, verb, what)
        else:
            first = issue(company, ids, what)
            again = issue(company, ids, what)
            for one, other in zip(first, again, strict=True):
                assert isinstance(one, Issued) == isinstance(other, Issued)
                if isinstance(one, Issued) and isinstance(other, Issued):
                    assert one.document.pk == other.document.pk
        assert_in_order(company)


@pytest.mark.django_db(transaction=True)
def test_all_kinds_at_once_in_many_threads_keep_numbers_and_originals_in_order() -> None:
    company = a_company(nip="5260250274")
    forms = [for_a_company(a_numbered_form(number)) for number in range(1, 13)]
    ids = [order.pk for order in stored(a_shop(company), forms, now=NOW)]
    failures: list[BaseException] = []
    outcomes: dict[tuple[int, str], set[str]] = {}
    lock = threading.Lock()

    def work(kind: DocumentKind, turn: int) -> None:
        try:
            for one in issue(company, ids[turn:] + ids[:turn], kind):
                if isinstance(one, Issued):
                    with lock:
                        outcomes.setdefault((one.order_id, kind.value), set()).add(one.document.number)
        except BaseException as failure:  # noqa: BLE001 -- told to the main thread
            failures.append(failure)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work, args=(kind, turn)) for turn in (0, 5) for kind in ORDER_KINDS]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=120)
    assert not failures, failures
    assert_in_order(company)
    assert all(len(numbers) == 1 for numbers in outcomes.values())  # everybody was told the same
    assert Order.objects.for_company(company).filter(has_original=True).count() == len(ids)
    papers = Document.objects.for_company(company).filter(kind__in=["pro_forma", "offer"])
    assert papers.count() == 2 * len(ids)
