"""Holds payment operations against what orders say was paid, to the grosz. Pure.

Cash on delivery is with the courier until Allegro settles it, under another payment: it is no part of this.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Final

from stragan.core.money import ZERO
from stragan.orders.reconciling import Found, Theirs
from stragan.orders.states import CheckCause, CheckDifference
from stragan.shops.payments import Move

INCOME: Final = frozenset({"CONTRIBUTION", "SURCHARGE"})


def names_an_order(move: Move) -> bool:
    """Whether an operation belongs to an order: what a buyer paid, and what went back to one."""
    return bool(move.payment_id) and (move.kind in INCOME or move.kind.startswith("REFUND_"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Paying:
    """What an order of Allegro's list says was paid through Allegro."""

    allegro_id: str
    ids: tuple[str, ...]
    online: Decimal
    currency: str
    bought_at: datetime | None = None
    paid_at: datetime | None = None

    @classmethod
    def of(cls, theirs: Theirs) -> "Paying":
        """Take from an order what its operations are held against."""
        return cls(
            allegro_id=theirs.allegro_id,
            ids=theirs.payment_ids,
            online=theirs.online,
            currency=theirs.currency,
            bought_at=theirs.bought_first,
            paid_at=theirs.paid_at,
        )


def income_of(moves: Iterable[Move]) -> dict[str, Decimal]:
    """What buyers paid by *moves*, per currency."""
    return added_up(moves, INCOME)


def added_up(moves: Iterable[Move], kinds: Collection[str]) -> dict[str, Decimal]:
    """The sum of operations of these kinds, signed, per currency.

    An operation that passed from the waiting wallet to the available one may be listed in both, at two
    instants: of equal ones the wallet with more of them counts.
    """
    counts: dict[tuple[str, str, Decimal, str], Counter[str]] = {}
    for move in moves:
        if move.kind in kinds:
            same = (move.kind, move.payment_id, move.amount, move.currency)
            counts.setdefault(same, Counter())[move.wallet] += 1
    found: dict[str, Decimal] = {}
    for (_, _, amount, currency), by_wallet in counts.items():
        found[currency] = found.get(currency, ZERO) + amount * max(by_wallet.values())
    return found


def grouped(orders: Iterable[Paying]) -> list[tuple[Paying, ...]]:
    """Put orders together that name the same first payment: they can only be compared as one."""
    groups: dict[str, list[Paying]] = {}
    for order in orders:
        if order.ids:
            groups.setdefault(order.ids[0], []).append(order)
    return [tuple(group) for group in groups.values()]


def agrees(group: Sequence[Paying], moves: Iterable[Move]) -> bool:
    """Whether operations say what the orders say."""
    return income_of(moves) == _stated(group)


def _stated(group: Sequence[Paying]) -> dict[str, Decimal]:
    found: dict[str, Decimal] = {}
    for order in group:
        if order.online:
            found[order.currency] = found.get(order.currency, ZERO) + order.online
    return found


def payment_gaps(
    group: Sequence[Paying],
    moves: Sequence[Move],
    *,
    ours: Mapping[str, int],
    known: Iterable[Move],
    paid_lately: bool,
) -> list[Found]:
    """Name what differs; *known* are operations of these payments that Allegro listed at an earlier time."""
    income, stated = income_of(moves), _stated(group)
    if income == stated:
        return []
    vanished = income_of(known) == stated
    cause = CheckCause.VANISHED if vanished else CheckCause.PAID_LATELY if paid_lately else ""
    return [
        Found(
            difference=CheckDifference.PAYMENT_DIFFERS if income else CheckDifference.PAYMENT_MISSING,
            allegro_id=order.allegro_id,
            cause=str(cause),
            order_id=ours.get(order.allegro_id),
            bought_at=order.bought_at,
            ours=f"{stated.get(order.currency, ZERO):.2f}",
            allegro=f"{income.get(order.currency, ZERO):.2f}",
            currency=order.currency,
            facts={"payment": order.ids[0]},
        )
        for order in group
    ]


def without_order(move: Move, *, gone_order_id: int | None = None) -> Found:
    """Name an operation whose payment no order has, here or on Allegro; the one that had it may be gone."""
    return Found(
        difference=CheckDifference.PAYMENT_UNKNOWN,
        allegro_id="",
        order_id=gone_order_id,
        cause=CheckCause.HOLDER_GONE if gone_order_id else "",
        bought_at=move.occurred_at,
        allegro=f"{move.amount:.2f}",
        currency=move.currency,
        facts={"payment": move.payment_id, "kind": move.kind},
    )
