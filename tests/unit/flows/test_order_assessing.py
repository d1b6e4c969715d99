"""Where an order stands, by its content alone."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from builders.orders import a_line, an_order
from stragan.orders import assess
from stragan.orders.assess import Standing
from stragan.orders.data import OrderData, PaymentData
from stragan.orders.states import OrderStatus, PaymentState, Queue

COD = PaymentData(payment_id="p", type="CASH_ON_DELIVERY")
BOOKED = replace(COD, cod_booked=Decimal("54.99"), cod_booked_at=datetime(2026, 11, 22, tzinfo=UTC))


@pytest.mark.parametrize(
    ("order", "payment", "status"),
    [
        (an_order(), PaymentState.PAID, OrderStatus.PAID),
        (an_order(payment=COD), PaymentState.COD, OrderStatus.COD),
        (an_order(payment=BOOKED), PaymentState.PAID, OrderStatus.PAID),
        (an_order(payment=PaymentData(), status="BOUGHT"), PaymentState.WAITING, OrderStatus.OPEN),
        (
            an_order(payment=PaymentData(paid=Decimal("54.98"), type="ONLINE")),
            PaymentState.WAITING,
            OrderStatus.OPEN,
        ),
        (an_order(payment=PaymentData(), status="CANCELLED"), PaymentState.CANCELLED, OrderStatus.CANCELLED),
        (an_order(status="CANCELLED"), PaymentState.PAID, OrderStatus.CANCELLED),
    ],
)
def test_status_follows_payment_and_cancellation(
    order: OrderData, payment: PaymentState, status: OrderStatus
) -> None:
    assert assess.payment_state(order) is payment
    assert assess.derived_status(allegro_status=order.status, payment=payment) is status


@pytest.mark.parametrize(
    ("allegro_status", "problem", "standing", "queue"),
    [
        ("READY_FOR_PROCESSING", "", Standing(status=OrderStatus.PAID), Queue.TO_ISSUE),
        ("READY_FOR_PROCESSING", "", Standing(status=OrderStatus.COD), Queue.TO_ISSUE),
        ("READY_FOR_PROCESSING", "vat_missing", Standing(status=OrderStatus.PAID), Queue.ATTENTION),
        ("FILLED_IN", "", Standing(status=OrderStatus.OPEN), Queue.WAITING_PAYMENT),
        ("READY_FOR_PROCESSING", "", Standing(status=OrderStatus.PAID, has_original=True), Queue.DONE),
        ("READY_FOR_PROCESSING", "", Standing(status=OrderStatus.CLOSED), Queue.DONE),
        ("BOUGHT", "", Standing(status=OrderStatus.OPEN, superseded=True), Queue.DONE),
        ("BOUGHT", "", Standing(status=OrderStatus.OPEN, gone=True), Queue.DONE),
        ("CANCELLED", "", Standing(status=OrderStatus.OPEN), Queue.DONE),
    ],
)
def test_an_order_waits_in_one_place(
    allegro_status: str, problem: str, standing: Standing, queue: Queue
) -> None:
    assert assess.queue_of(allegro_status=allegro_status, problem=problem, standing=standing) is queue


def test_the_day_of_payment_is_that_of_the_last_money() -> None:
    assert assess.paid_at(an_order(payment=BOOKED)) == datetime(2026, 11, 22, tzinfo=UTC)
    assert assess.paid_at(an_order(payment=COD)) is None


def test_differences_tell_amounts_and_keep_personal_data_to_themselves() -> None:
    old = an_order()
    new = an_order(
        total="40.00",
        buyer=replace(old.buyer, phone="+48 600 000 000"),
        lines=(a_line(quantity=2), a_line(line_id="line-2")),
    )
    found = {change.field: (change.old, change.new) for change in assess.differences(old, new)}
    assert found == {
        "total_to_pay": ("54.99", "40.00"),
        "payment.paid": ("54.99", "40.00"),
        "buyer.phone": (None, None),
        "lines.line-1.quantity": ("1", "2"),
        "lines.line-2.added": (None, None),
    }


def test_search_finds_polish_letters_written_plainly() -> None:
    text = assess.search_text(an_order(lines=(a_line(offer_name="Żółw ŁÓDZKI"),)), number=17)
    assert text.startswith("17 jan_k jan konto anna probna ")
    assert "zolw lodzki 1001 kub-1" in text
