"""Payouts of a shop, each explained down to the orders whose money it holds, to the grosz.

Allegro tells a payout as one sum that leaves a wallet: of one operator, in one currency. It holds what moved
in that wallet since the payout before it. So **before** (the balance that payout left) + **what moved** −
**the payout** must be **what is left**, the balance Allegro tells beside it. What remains of that is the
**rest**: operations that Allegro did not list, or listed under another time. Nothing is put in its place.

Where no earlier payout is known, the balance before is that before the first operation that was read, as its
own balance tells. Where Allegro told no balance, before and left, and with them the rest, are unknown.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Final, NamedTuple

from django.db.models import Q, QuerySet

from stragan.companies.models import Company
from stragan.core.money import ZERO
from stragan.orders.models import Order
from stragan.orders.payments import orders_by_payment
from stragan.orders.reconciling_money import INCOME
from stragan.shops import payouts
from stragan.shops.models import PaymentOperation, Shop
from stragan.shops.payments import WALLETS

_AT_ONCE: Final = 500
_FEES: Final = frozenset(
    {"DEDUCTION_CHARGE", "DEDUCTION_INCREASE", "LOAN_DEDUCTION_CHARGE", "LOAN_DEDUCTION_INCREASE"}
)


class Part(StrEnum):
    """What an operation is to a payout."""

    PAID = "paid"
    REFUNDED = "refunded"
    FEES = "fees"
    CORRECTED = "corrected"
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderOf:
    """The order that a payment is for."""

    id: int
    number: int
    buyer: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One operation in a payout; ``order`` is None where it names none or the order is not here."""

    at: datetime
    kind: str
    part: Part
    amount: Decimal  # signed
    payment_id: str
    order: OrderOf | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PayoutAccount:
    """A payout explained; ``opening`` and ``closing`` are balances, None where they are unknown.

    ``since`` is the payout before it, None where none is known. ``amount`` is what went to the bank.
    """

    payout: PaymentOperation
    amount: Decimal
    since: datetime | None
    opening: Decimal | None
    closing: Decimal | None
    entries: tuple[Entry, ...]
    is_cancelled: bool

    @property
    def moved(self) -> Decimal:
        """The sum of what moved."""
        return sum((entry.amount for entry in self.entries), ZERO)

    @property
    def rest(self) -> Decimal | None:
        """What no operation explains: the payout and what is left, less all that is known to be in it."""
        if self.opening is None or self.closing is None:
            return None
        return self.amount + self.closing - self.opening - self.moved

    @property
    def parts(self) -> list[tuple[Part, Decimal, int]]:
        """Sum and number of operations by what they are, those without any left out."""
        found = []
        for part in Part:
            members = [entry.amount for entry in self.entries if entry.part is part]
            if members:
                found.append((part, sum(members, ZERO), len(members)))
        return found

    @property
    def strangers(self) -> list[Entry]:
        """Payments and refunds whose order is not here."""
        return [entry for entry in self.entries if entry.payment_id and entry.order is None]


class _Moved(NamedTuple):
    """What is needed of an operation: a payout may hold tens of thousands."""

    occurred_at: datetime
    kind: str
    amount: Decimal
    payment_id: str
    balance: Decimal | None


def payouts_of(company: Company, shop: Shop) -> QuerySet[PaymentOperation]:
    """The shop's payouts, newest first."""
    rows: QuerySet[PaymentOperation] = PaymentOperation.objects.for_company(company)
    return rows.filter(shop=shop, kind=payouts.PAYOUT).order_by("-occurred_at", "-id")


def cancelled_among(shop: Shop, rows: Sequence[PaymentOperation]) -> frozenset[str]:
    """Which of these payouts were cancelled, by Allegro's id."""
    ids = [row.payout_id for row in rows if row.payout_id]
    if not ids:
        return frozenset()
    found = PaymentOperation.objects.for_company(shop.company_id).filter(
        shop=shop, kind=payouts.CANCEL, occurred_at__gte=min(row.occurred_at for row in rows)
    )
    return frozenset(found.filter(payout_id__in=ids).values_list("payout_id", flat=True))


def payout_of(company: Company, payout_id: int) -> PaymentOperation | None:
    """The payout with this id of ours, if it is the company's."""
    rows = PaymentOperation.objects.for_company(company).select_related("shop")
    return rows.filter(pk=payout_id, kind=payouts.PAYOUT).first()


def account_of(payout: PaymentOperation) -> PayoutAccount:
    """Explain one payout; amounts in its currency."""
    shop = payout.shop
    wallet = PaymentOperation.objects.for_company(payout.company_id).filter(
        shop=shop, wallet=WALLETS[0], operator=payout.operator, currency=payout.currency
    )
    before = _before(wallet, payout)
    rows = wallet.filter(occurred_at__lte=payout.occurred_at).exclude(kind=payouts.PAYOUT)
    if before is not None:
        rows = rows.filter(occurred_at__gt=before.occurred_at)
    moved = [_Moved(*row) for row in rows.order_by("occurred_at", "id").values_list(*_Moved._fields)]
    return PayoutAccount(
        payout=payout,
        amount=-_amount(payout),
        since=before.occurred_at if before else None,
        opening=_opening(before, moved),
        closing=payout.balance,
        entries=_entries(shop, moved),
        is_cancelled=bool(cancelled_among(shop, [payout])),
    )


def _before(wallet: QuerySet[PaymentOperation], payout: PaymentOperation) -> PaymentOperation | None:
    rows = wallet.filter(kind=payouts.PAYOUT, occurred_at__lte=payout.occurred_at).exclude(pk=payout.pk)
    earlier = rows.filter(Q(occurred_at__lt=payout.occurred_at) | Q(pk__lt=payout.pk))
    return earlier.order_by("-occurred_at", "-id").first()


def _opening(before: PaymentOperation | None, moved: Sequence[_Moved]) -> Decimal | None:
    if before is not None and before.balance is not None:
        return before.balance
    if moved and moved[0].balance is not None:
        return moved[0].balance - moved[0].amount
    return None


def _entries(shop: Shop, rows: Sequence[_Moved]) -> tuple[Entry, ...]:
    orders = orders_by_payment(shop, [row.payment_id for row in rows if row.payment_id])
    known: dict[int, OrderOf] = {}
    ids = sorted(set(orders.values()))
    for start in range(0, len(ids), _AT_ONCE):
        found = Order.objects.for_company(shop.company_id).filter(pk__in=ids[start : start + _AT_ONCE])
        for pk, number, name, login in found.values_list("id", "number", "buyer_name", "buyer_login"):
            known[pk] = OrderOf(id=pk, number=number, buyer=name or login)
    return tuple(
        Entry(
            at=row.occurred_at,
            kind=row.kind,
            part=part_of(row.kind),
            amount=row.amount,
            payment_id=row.payment_id,
            order=known.get(orders.get(row.payment_id, 0)),
        )
        for row in rows
    )


def part_of(kind: str) -> Part:
    """What operations of a kind are to a payout."""
    if kind in INCOME:
        return Part.PAID
    if kind.startswith("REFUND_"):
        return Part.REFUNDED
    if kind in _FEES:
        return Part.FEES
    return Part.CORRECTED if kind == "CORRECTION" else Part.OTHER


def _amount(row: PaymentOperation) -> Decimal:
    assert row.amount is not None, "the column is never null"
    return row.amount
