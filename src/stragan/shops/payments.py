"""Payment operations as rows: what moved in the account's wallets, read again and again and kept once."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Final

from django.db.models import Q

from stragan.kit.bulk import insert_rows
from stragan.kit.jobs import CLOCKS_DIFFER
from stragan.shops.models import PaymentOperation, PaymentsRead, Shop
from stragan.shops.queries import due_for

READ_EVERY: Final = timedelta(minutes=15)
AFTER_TROUBLE: Final = timedelta(minutes=10)
AFTER_REFUSAL: Final = timedelta(hours=6)  # a permission does not come back by itself
WALLETS: Final = ("AVAILABLE", "WAITING")
_AT_ONCE: Final = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """One operation. ``ordinal`` counts those of one wallet that nothing else tells apart, from 0."""

    wallet: str
    operator: str
    kind: str
    group: str
    occurred_at: datetime
    amount: Decimal  # signed
    currency: str
    payment_id: str
    payout_id: str
    marketplace: str
    ordinal: int = 0
    balance: Decimal | None = None  # of the wallet after it; no part of its identity

    @property
    def twins(self) -> tuple[str, ...]:
        """What operations share that only their number tells apart.

        The balance stands beside an operation but is no part of it: a late one changes those after it.
        """
        return (
            self.wallet,
            self.operator,
            self.kind,
            self.group,
            self.occurred_at.astimezone(UTC).isoformat(timespec="milliseconds"),
            f"{self.amount:.2f}",
            self.currency,
            self.payment_id,
            self.payout_id,
            self.marketplace,
        )

    @property
    def key(self) -> str:
        """The identity under which it is stored."""
        parts = (*self.twins, str(self.ordinal))
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def store(shop: Shop, moves: Iterable[Move], *, now: datetime) -> frozenset[str]:
    """Store what is not here yet; gives the keys of that. Safe beside its own twin."""
    rows = [
        (
            shop.company_id,
            shop.pk,
            move.key,
            move.wallet[:12],
            move.operator[:20],
            move.kind[:60],
            move.group[:20],
            move.occurred_at,
            move.amount,
            move.currency[:3],
            move.payment_id[:60],
            move.payout_id[:60],
            move.marketplace[:40],
            move.balance,
            now,
        )
        for move in moves
    ]
    columns = (
        "company",
        "shop",
        "key",
        "wallet",
        "operator",
        "kind",
        "group",
        "occurred_at",
        "amount",
        "currency",
        "payment_id",
        "payout_id",
        "marketplace",
        "balance",
        "read_at",
    )
    fresh = insert_rows(
        PaymentOperation, columns=columns, rows=rows, ignore_conflicts=True, returning=["key"]
    )
    return frozenset(str(key) for (key,) in fresh)


def moves_of(shop: Shop, payment_ids: Iterable[str]) -> list[Move]:
    """Stored operations that name one of these payments, oldest first."""
    found: list[Move] = []
    ids = list(dict.fromkeys(payment_ids))
    for start in range(0, len(ids), _AT_ONCE):
        rows = PaymentOperation.objects.for_company(shop.company_id).filter(
            shop=shop, payment_id__in=ids[start : start + _AT_ONCE]
        )
        found += map(_move, rows.order_by("occurred_at", "id"))
    return found


def _move(row: PaymentOperation) -> Move:
    assert row.amount is not None, "the column is never null"
    return Move(
        wallet=row.wallet,
        operator=row.operator,
        kind=row.kind,
        group=row.group,
        occurred_at=row.occurred_at,
        amount=row.amount,
        currency=row.currency,
        payment_id=row.payment_id,
        payout_id=row.payout_id,
        marketplace=row.marketplace,
        balance=row.balance,
    )


def numbered(moves: Sequence[Move]) -> list[Move]:
    """Count twins among all operations of an instant, so that each gets its own key."""
    seen: dict[tuple[str, ...], int] = {}
    found = []
    for move in moves:
        twins = move.twins
        ordinal = seen[twins] = seen.get(twins, -1) + 1
        found.append(replace(move, ordinal=ordinal) if ordinal else move)
    return found


# How far they were read


def reading_of(shop: Shop, *, now: datetime) -> PaymentsRead:
    """The row that says how far the shop's operations were read; made where there is none."""
    return PaymentsRead.objects.get_or_create(shop=shop, defaults={"next_at": now})[0]


def reached(shop: Shop, *, since: datetime, until: datetime) -> None:
    """Note that everything up to *until* is stored. Runs in the transaction that stored it."""
    rows = PaymentsRead.objects.filter(shop=shop)
    rows.filter(since__isnull=True).update(since=since)
    rows.filter(Q(until__isnull=True) | Q(until__lt=until)).update(until=until)


def put_clock_right(row: PaymentsRead, *, now: datetime) -> None:
    """Have everything read again where the reach lies ahead: nobody knows how far it was really read.

    What is stored stays and is not doubled.
    """
    far = now + CLOCKS_DIFFER
    if (row.until or now) > far or (row.since or now) > far:
        row.since = row.since if row.since and row.since <= far else None
        row.until = None
        row.save(update_fields=["since", "until"])


def end(shop: Shop, *, now: datetime) -> None:
    """Note that a run came to its end."""
    PaymentsRead.objects.filter(shop=shop).update(
        read_at=now, next_at=now + READ_EVERY, error_code="", error_params={}
    )


def fail(
    shop: Shop, *, code: str, params: Mapping[str, object], now: datetime, may_mend_itself: bool
) -> None:
    """Note why they could not be read, and when to try again."""
    pause = AFTER_TROUBLE if may_mend_itself else AFTER_REFUSAL
    PaymentsRead.objects.filter(shop=shop).update(
        error_code=code, error_params=dict(params), next_at=now + pause
    )


def due_shops(now: datetime) -> list[tuple[int, int]]:
    """Connected shops whose operations are to be read now: (shop id, company id)."""
    return due_for("payments_read", now=now)


def postpone(shop_id: int, *, now: datetime) -> None:
    """Ask no more for a while: somebody was asked to read them."""
    PaymentsRead.objects.update_or_create(shop_id=shop_id, defaults={"next_at": now + AFTER_TROUBLE})
