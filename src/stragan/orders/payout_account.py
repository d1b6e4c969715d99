"""Payouts of a shop, each explained down to the orders whose money it holds, to the grosz.

Allegro tells a payout as one sum that leaves a wallet: of one operator, in one currency. It holds what moved
in that wallet since the payout before it. So **before** (the balance that payout left) + **what moved** −
**the payout** must be **what is left**, the balance Allegro tells beside it. What remains of that is the
**rest**: operations that Allegro did not list, or listed under another time. Nothing is put in its place.

Where no earlier payout is known, the balance before is that before the first operation that was read, as its
own balance tells. Where Allegro told no balance, before and left, and with them the rest, are unknown.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Final, NamedTuple

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Sum

from stragan.companies.models import Company
from stragan.core.money import ZERO
from stragan.orders.models import Order, OrderPayment
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


class PartSum(NamedTuple):
    """What the operations of one part come to, and how many there are."""

    part: Part
    amount: Decimal
    number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PayoutAccount:
    """A payout explained; ``opening`` and ``closing`` are balances, None where they are unknown.

    ``since`` is the payout before it, None where none is known. ``amount`` is what went to the bank.
    ``strangers`` are payments and refunds whose order is not here.
    """

    payout: PaymentOperation
    amount: Decimal
    since: datetime | None
    opening: Decimal | None
    closing: Decimal | None
    parts: tuple[PartSum, ...]  # those without any operation are left out
    strangers: int
    is_cancelled: bool

    @property
    def moved(self) -> Decimal:
        """The sum of what moved."""
        return sum((part.amount for part in self.parts), ZERO)

    @property
    def count(self) -> int:
        """The number of operations."""
        return sum(part.number for part in self.parts)

    @property
    def rest(self) -> Decimal | None:
        """What no operation explains: the payout and what is left, less all that is known to be in it."""
        if self.opening is None or self.closing is None:
            return None
        return self.amount + self.closing - self.opening - self.moved


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
    """Explain one payout, added up in the database; amounts in its currency."""
    before = _before(payout)
    rows = _operations(payout, since=before.occurred_at if before else None)
    is_named = OrderPayment.objects.filter(
        payment_id=OuterRef("payment_id"),
        order__company=payout.company_id,
        order__seller_id=payout.shop.seller_id,
    )
    is_strange = Q(~Q(payment_id=""), ~Exists(is_named))
    sums = rows.order_by().values("kind")
    sums = sums.annotate(total=Sum("amount"), count=Count("id"), strangers=Count("id", filter=is_strange))
    found = list(sums.values_list("kind", "total", "count", "strangers"))
    return _account(
        payout,
        before,
        opening=_opening(before, lambda: _moved(rows[:1])),
        sums=[(kind, total, count) for kind, total, count, _strangers in found],
        strangers=sum(strangers for *_sums, strangers in found),
    )


def page_of(account: PayoutAccount, *, start: int, size: int) -> tuple[Entry, ...]:
    """Give *size* operations of a payout from *start* on, oldest first."""
    rows = _operations(account.payout, since=account.since)
    return _entries(account.payout.shop, _moved(rows[start : start + size]))


def explained(payout: PaymentOperation) -> tuple[PayoutAccount, tuple[Entry, ...]]:
    """Explain one payout by all its operations, oldest first: read once, so that they add up."""
    before = _before(payout)
    moved = _moved(_operations(payout, since=before.occurred_at if before else None))
    entries = _entries(payout.shop, moved)
    account = _account(
        payout,
        before,
        opening=_opening(before, lambda: moved),
        sums=[(row.kind, row.amount, 1) for row in moved],
        strangers=sum(1 for entry in entries if entry.payment_id and entry.order is None),
    )
    return account, entries


def _account(
    payout: PaymentOperation,
    before: PaymentOperation | None,
    *,
    opening: Decimal | None,
    sums: Iterable[tuple[str, Decimal, int]],
    strangers: int,
) -> PayoutAccount:
    amounts: dict[Part, Decimal] = {}
    counts: Counter[Part] = Counter()
    for kind, amount, count in sums:
        part = part_of(kind)
        amounts[part] = amounts.get(part, ZERO) + amount
        counts[part] += count
    return PayoutAccount(
        payout=payout,
        amount=-_amount(payout),
        since=before.occurred_at if before else None,
        opening=opening,
        closing=payout.balance,
        parts=tuple(PartSum(part, amounts[part], counts[part]) for part in Part if part in amounts),
        strangers=strangers,
        is_cancelled=bool(cancelled_among(payout.shop, [payout])),
    )


def _wallet(payout: PaymentOperation) -> QuerySet[PaymentOperation]:
    return PaymentOperation.objects.for_company(payout.company_id).filter(
        shop=payout.shop_id, wallet=WALLETS[0], operator=payout.operator, currency=payout.currency
    )


def _operations(payout: PaymentOperation, *, since: datetime | None) -> QuerySet[PaymentOperation]:
    """What moved in the payout's wallet since the one before it, oldest first."""
    rows = _wallet(payout).filter(occurred_at__lte=payout.occurred_at).exclude(kind=payouts.PAYOUT)
    return (rows if since is None else rows.filter(occurred_at__gt=since)).order_by("occurred_at", "id")


def _moved(rows: QuerySet[PaymentOperation]) -> list[_Moved]:
    return [_Moved(*row) for row in rows.values_list(*_Moved._fields)]


def _before(payout: PaymentOperation) -> PaymentOperation | None:
    rows = (
        _wallet(payout).filter(kind=payouts.PAYOUT, occurred_at__lte=payout.occurred_at).exclude(pk=payout.pk)
    )
    earlier = rows.filter(Q(occurred_at__lt=payout.occurred_at) | Q(pk__lt=payout.pk))
    return earlier.order_by("-occurred_at", "-id").first()


def _opening(before: PaymentOperation | None, first: Callable[[], Sequence[_Moved]]) -> Decimal | None:
    """The balance before; *first* gives the operations, the first of them at least."""
    if before is not None and before.balance is not None:
        return before.balance
    for row in first()[:1]:
        return None if row.balance is None else row.balance - row.amount
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
