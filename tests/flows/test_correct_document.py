"""Issued documents are corrected: differences of rounded sums, one state after another, down to zero."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from builders.companies import NOW, a_shop
from builders.issuing import TODAY, an_invoice, corrected, voided
from builders.orders import a_numbered_form, stored
from stragan.core.snapshot import DocumentKind
from stragan.documents.correcting import LineChange
from stragan.documents.models import Document, NumberSeries, OrderDocument
from stragan.documents.queries import numbers_by_order, snapshot_of
from stragan.flows import book_effects
from stragan.flows.correct_document import Corrected
from stragan.kit.models import AuditEvent, Job
from stragan.orders.models import Order, OrderEvent
from stragan.orders.states import Queue

pytestmark = pytest.mark.django_db(transaction=True)


def of_three(number: int = 1) -> dict[str, Any]:
    """Three mugs for 40.00 with a deposit of 0.50 each, delivery 14.99: 134.99 and 1.50."""
    form = a_numbered_form(number)
    form["lineItems"][0]["quantity"] = 3
    form["lineItems"][0]["deposit"] = {"price": {"amount": "0.50", "currency": "PLN"}, "name": "kaucja"}
    for part in (form["payment"]["paidAmount"], form["summary"]["totalToPay"]):
        part["amount"] = "136.49"
    return form


@pytest.fixture
def order(company: Any) -> Order:
    [made] = stored(a_shop(company), [of_three()], now=NOW)
    assert isinstance(made, Order)
    return made


def test_one_of_three_pieces_comes_back(order: Order) -> None:
    invoice = an_invoice(order)
    outcome = corrected(invoice, {1: "2"})
    assert isinstance(outcome, Corrected), outcome
    document, snapshot = outcome.document, outcome.snapshot
    assert (document.number, document.kind, document.original) == ("KOR 1/11/2026", "correction", False)
    assert (document.corrects_id, document.order_id) == (invoice.pk, order.pk)
    # 134.99 → 94.99: VAT 25.24 → 17.76.
    assert (document.net, document.vat, document.gross) == (
        Decimal("-32.52"),
        Decimal("-7.48"),
        Decimal("-40.00"),
    )
    assert (document.deposit, document.to_pay) == (Decimal("-0.50"), Decimal("-40.50"))
    [line] = snapshot.lines
    assert (line.quantity, line.gross, line.unit_gross) == (Decimal(-1), Decimal("-40.00"), Decimal("40.00"))
    told = snapshot.corrected
    assert told is not None
    assert (told.number, told.kind, told.reason) == (invoice.number, DocumentKind.INVOICE, "zwrot towaru")
    assert [line.quantity for line in told.before] == [3, 1]
    assert [line.quantity for line in told.after] == [2, 1]
    order.refresh_from_db()
    assert order.has_original
    assert numbers_by_order(order.company, [order.pk]) == {order.pk: ["FV 1/11/2026", "KOR 1/11/2026"]}
    assert Job.objects.filter(name="documents.render_pdf").count() == 2
    assert AuditEvent.objects.across_companies().filter(verb="document.corrected").count() == 1


def test_a_second_correction_starts_where_the_first_ended(order: Order) -> None:
    invoice = an_invoice(order)
    first = corrected(invoice, {1: "2"})
    second = corrected(first.document, {1: "1"})  # named by the correction: the same chain
    assert second.corrects == invoice
    told = second.snapshot.corrected
    assert told.before == first.snapshot.corrected.after
    assert told.rates_before == first.snapshot.corrected.rates_after
    third = corrected(invoice)
    sums = [snapshot_of(one) for one in Document.objects.for_company(order.company_id).order_by("id")]
    assert sum(one.net for one in sums) == sum(one.vat for one in sums) == 0
    assert sum(one.to_pay for one in sums) == 0
    assert third.document.number == "KOR 3/11/2026"


def test_goods_that_all_go_take_delivery_and_the_order_waits_again(order: Order) -> None:
    invoice = an_invoice(order)
    outcome = corrected(invoice, {1: "0"})
    assert outcome.document.to_pay == Decimal("-136.49")
    assert outcome.document.gross == Decimal("-134.99")
    order.refresh_from_db()
    assert (order.has_original, order.queue) == (False, Queue.TO_ISSUE)
    links = OrderDocument.objects.for_company(order.company_id).order_by("id")
    assert [link.end_code for link in links] == ["corrected", "corrected"]
    assert OrderEvent.objects.get(order=order, verb="document_corrected").facts["to_zero"] is True
    assert an_invoice(order).number == "FV 2/11/2026"


def test_delivery_can_stay_where_it_is_named(order: Order) -> None:
    outcome = corrected(an_invoice(order), {1: "0", 2: "1"})
    assert outcome.document.gross == Decimal("-120.00")


def test_the_same_wish_again_gives_the_first_result(order: Order) -> None:
    invoice = an_invoice(order)
    first, again = corrected(invoice, {1: "2"}), corrected(invoice, {1: "2"})
    assert (again.document, again.repeated, again.snapshot) == (first.document, True, first.snapshot)
    corrected(invoice)
    assert corrected(invoice).repeated
    assert (
        NumberSeries.objects.for_company(order.company_id).get(pattern__startswith="KOR").next_sequence == 3
    )


def test_a_price_and_a_rate_are_corrected(order: Order) -> None:
    invoice = an_invoice(order)
    price = (LineChange(position=1, unit_gross=Decimal("30.00")),)
    lower = corrected(invoice, {}, changes=price).document
    assert lower.gross == Decimal("-30.00")
    rate = (LineChange(sku="KUB-1", vat_code="8"),)
    outcome = corrected(invoice, {}, changes=rate)
    assert [(one.code, str(one.gross)) for one in outcome.snapshot.rates] == [
        ("23", "-90.00"),
        ("8", "90.00"),
    ]
    assert outcome.document.gross == 0
    assert sum(line.quantity for line in outcome.snapshot.lines) == 0


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"changes": (LineChange(position=9, quantity=Decimal(1)),)}, "correction_line_unknown"),
        ({"changes": (LineChange(position=1, quantity=Decimal(-1)),)}, "correction_value_wrong"),
        ({"changes": (LineChange(position=1, unit_gross=Decimal("1.001")),)}, "correction_value_wrong"),
        ({"changes": (LineChange(position=1, vat_code="7"),)}, "vat_code_not_allowed"),
        ({"changes": (LineChange(position=1, quantity=Decimal(3)),)}, "correction_changes_nothing"),
        ({"to_zero": True, "reason": " "}, "correction_reason_missing"),
        ({"to_zero": True, "issue_date": TODAY + timedelta(days=1)}, "issue_date_future"),
        ({"to_zero": True, "issue_date": date(2026, 11, 22)}, "correction_before_document"),
    ],
)
def test_what_cannot_be_is_refused_and_takes_no_number(
    order: Order, changes: dict[str, Any], code: str
) -> None:
    invoice = an_invoice(order)
    assert corrected(invoice, {}, **changes).code == code
    assert Document.objects.for_company(order.company_id).count() == 1
    assert corrected(invoice).document.number == "KOR 1/11/2026"


def test_a_correction_belongs_to_the_shop_of_its_order(order: Order) -> None:
    invoice = an_invoice(order)
    correction = corrected(invoice).document
    assert (invoice.shop_id, correction.shop_id) == (order.shop_id, order.shop_id)
    assert snapshot_of(correction).shop == order.shop.name


def test_nothing_is_added_to_what_was_corrected_to_zero_or_voided(order: Order) -> None:
    invoice = an_invoice(order)
    corrected(invoice)
    assert corrected(invoice, {1: "1"}).code == "corrected_to_zero"
    again = an_invoice(order)
    voided(again)
    assert corrected(again).code == "document_void"


def test_a_fault_in_what_follows_leaves_no_correction_and_no_gap(
    order: Order, monkeypatch: pytest.MonkeyPatch
) -> None:
    invoice = an_invoice(order)

    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    with monkeypatch.context() as broken_books:
        broken_books.setattr(book_effects, "apply", broken)
        with pytest.raises(ZeroDivisionError):
            corrected(invoice)
    order.refresh_from_db()
    assert order.has_original
    assert Document.objects.for_company(order.company_id).count() == 1
    assert OrderDocument.objects.across_companies().get().ended_at is None
    assert corrected(invoice).document.number == "KOR 1/11/2026"
