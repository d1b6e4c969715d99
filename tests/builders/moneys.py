"""Fees and wallet operations as they were read, and the money of orders worked out from them."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from builders.companies import NOW
from stragan.flows.order_money import keep_fees, keep_moves, work_due
from stragan.orders.models import OrderMoney
from stragan.shops.billing import Fee
from stragan.shops.models import BillingRead, PaymentOperation, PaymentsRead, Shop
from stragan.shops.payments import Move

LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)
PAID = datetime(2026, 11, 20, 9, 18, tzinfo=UTC)


def a_fee(entry_id: str, amount: str, order: Any = None, **changes: Any) -> Fee:
    """A sales commission with 23 % in it; *order* is an order, a form id, or None."""
    values: dict[str, Any] = {
        "entry_id": entry_id,
        "type_id": "SUC",
        "occurred_at": PAID,
        "amount": Decimal(amount),
        "currency": "PLN",
        "tax_percent": 2300,
        "form_id": getattr(order, "allegro_id", order) or "",
        "marketplace": "allegro-pl",
    }
    return Fee(**(values | changes))


def a_move(kind: str, amount: str, order: Any = None, **changes: Any) -> Move:
    """A move in the available wallet of Allegro Finance; *order* is an order with one payment, or None."""
    payment = order.payments.get().payment_id if order is not None else ""
    values: dict[str, Any] = {
        "wallet": "AVAILABLE",
        "operator": "AF",
        "kind": kind,
        "group": "REFUND" if kind.startswith("REFUND") else "OUTCOME" if "PAYOUT" in kind else "INCOME",
        "occurred_at": PAID,
        "amount": Decimal(amount),
        "currency": "PLN",
        "payment_id": payment,
        "payout_id": "",
        "marketplace": "allegro-pl",
    }
    return Move(**(values | changes))


def a_payout(amount: str, at: datetime, **changes: Any) -> Move:
    """Money that went to the bank, after which the wallet is empty."""
    values = {
        "occurred_at": at,
        "payout_id": f"payout-{at:%m%d}",
        "balance": Decimal("0.00"),
        "marketplace": "",
    }
    return a_move("PAYOUT", amount, **(values | changes))


def read(
    shop: Shop,
    *,
    fees: Sequence[Fee] = (),
    moves: Sequence[Move] = (),
    since: datetime = LONG_AGO,
    now: datetime = NOW,
) -> None:
    """Fees and operations were read from *since* on, and these found."""
    from django.db import transaction  # noqa: PLC0415 -- builders of plain values need no Django

    times = {"since": since, "until": now, "next_at": now + timedelta(minutes=15)}
    BillingRead.objects.update_or_create(shop=shop, defaults={**times, "looked_back_at": now})
    PaymentsRead.objects.update_or_create(shop=shop, defaults=times)
    with transaction.atomic():
        keep_fees(shop, fees, now=now)
    keep_moves(shop, moves, now=now)


def money_of(order: Any) -> OrderMoney:
    """What lists show of the order, after the background did what was due."""
    work_due(company_id=order.company_id)
    return OrderMoney.objects.for_company(order.company_id).get(order=order)


def a_stored_payout(shop: Shop, payout_id: str = "payout-1", *, at: datetime = NOW) -> PaymentOperation:
    """A payout of 10.00 as it was read."""
    read(shop, moves=[a_payout("-10.00", at, payout_id=payout_id)])
    return PaymentOperation.objects.for_company(shop.company_id).get(payout_id=payout_id)
