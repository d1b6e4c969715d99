"""What is left of an order: definitions, and when the answer is final. Pure.

**Received** is what the order form says came from the buyer: payment, surcharges, cash on delivery that
Allegro settled. **Refunded** is the sum of refund operations of its payments.

**Commission** is what Allegro charged for the order less what it gave back, of all kinds of fees that name
the order: gross, as the account is debited. What Allegro adds to a price it lowered (*Allegro Prices*) is
income beside it, no fee.

**Profit** compares amounts of one kind, as ``basis`` says:

* ``gross``, of a seller who is no VAT payer: received − refunded − packaging deposit + Allegro Prices −
  commission − cost of goods, all with the VAT in them, since no VAT is settled;
* ``net``, of a VAT payer: received − refunded − deposit, less the share of VAT that the order's fiscal
  document has (half up to 0.01), + Allegro Prices and fees each less the VAT that Allegro names in it, − cost
  of goods as the stock is valued, which is net.

A refund counts when the money went back, whether or not a correction was issued yet. Cost of goods is what
goods issue notes took less what came back, where the warehouse is on and every product has a cost; else it
is None and the profit is before cost of goods. Parcels and other costs that no entry of the order names are
not in it. Nothing is guessed: without a document a payer's VAT is unknown, so there is no profit yet.

**Final** is an order once 60 days passed since the last thing that moved its money, and nothing is missing:
fees and payments were read for all of its life, it was paid (or cancelled), its goods went out, a payer has
its document, and a payout followed the newest payment of each operator. Until then it is *still open*. That
no commission came keeps it open for these days only: some sales have none.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Final

from stragan.core.money import ZERO, round_half_up
from stragan.core.vat import vat_from_gross
from stragan.orders.reconciling_money import INCOME
from stragan.orders.states import MoneyGap
from stragan.shops.billing import ALLEGRO_PRICES, Fee
from stragan.shops.payments import WALLETS, Move

SETTLED_AFTER: Final = timedelta(days=60)  # fees come for weeks, commission is given back later still
_REFUND: Final = "REFUND_"
_HOME: Final = "PLN"
_OPEN_FOR_A_TIME: Final = frozenset({MoneyGap.COMMISSION, MoneyGap.FEE_TAX, MoneyGap.CURRENCY})
_PROFIT_UNKNOWN: Final = frozenset(
    {
        MoneyGap.FEES_UNREAD,
        MoneyGap.PAYMENTS_UNREAD,
        MoneyGap.UNPAID,
        MoneyGap.PAYMENT_SHARED,
        MoneyGap.CURRENCY,
        MoneyGap.DOCUMENT,
        MoneyGap.FEE_TAX,
    }
)


class Basis(StrEnum):
    """Which amounts a profit compares."""

    NET = "net"
    GROSS = "gross"


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """What was read, from one instant to another; nothing where an end is missing."""

    since: datetime | None = None
    until: datetime | None = None

    def has(self, instant: datetime | None) -> bool:
        """Whether what came from that instant on is read."""
        if self.since is None or self.until is None:
            return False
        return instant is None or self.since <= instant


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What is known of one order and of those that were merged into it.

    ``document`` is net and gross of its fiscal document. ``goods_open``: the warehouse is on and goods of it
    are still to leave. ``payouts``: the newest payout by operator and currency.
    """

    currency: str
    received: Decimal
    deposit: Decimal
    bought_at: datetime | None
    paid_at: datetime | None
    is_cancelled: bool
    vat_payer: bool
    fees: Sequence[Fee]
    moves: Sequence[Move]
    fees_read: Period
    payments_read: Period
    shares_payment: bool = False
    document: tuple[Decimal, Decimal] | None = None
    cost: Decimal | None = None
    goods_open: bool = False
    payouts: Mapping[tuple[str, str], datetime]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sums:
    """What follows from the facts; the columns of ``OrderMoney``."""

    currency: str
    received: Decimal
    refunded: Decimal
    charged: Decimal
    returned: Decimal
    subsidy: Decimal
    cost: Decimal | None
    profit: Decimal | None
    basis: str
    gap: str
    settles_at: datetime | None

    @property
    def commission(self) -> Decimal | None:
        """Fees less returned fees; None where fees were not read."""
        return None if self.gap == MoneyGap.FEES_UNREAD else self.charged - self.returned

    def is_final(self, now: datetime) -> bool:
        """Whether nothing is expected to change any more."""
        return self.settles_at is not None and self.settles_at <= now


def work_out(facts: Facts) -> Sums:
    """Add up the money of an order by the definitions of this module; amounts in its currency, 0.01."""
    own = [fee for fee in facts.fees if fee.currency == facts.currency]
    fees = [fee for fee in own if fee.type_id != ALLEGRO_PRICES]
    refunds = [move for move in once_of_two_wallets(facts.moves) if move.kind.startswith(_REFUND)]
    refunded = -sum((move.amount for move in refunds if move.currency == facts.currency), ZERO)
    kept = facts.received - refunded
    gap = _gap(facts, kept=kept, has_refunds=bool(refunds), has_fees=any(fee.amount < 0 for fee in fees))
    return Sums(
        currency=facts.currency,
        received=facts.received,
        refunded=refunded,
        charged=-sum((fee.amount for fee in fees if fee.amount < 0), ZERO),
        returned=sum((fee.amount for fee in fees if fee.amount > 0), ZERO),
        subsidy=sum((fee.amount for fee in own if fee.type_id == ALLEGRO_PRICES), ZERO),
        cost=facts.cost,
        profit=None if gap in _PROFIT_UNKNOWN else _profit(facts, kept=kept),
        basis=Basis.NET if facts.vat_payer else Basis.GROSS,
        gap=gap or "",
        settles_at=_settles_at(facts, gap),
    )


def once_of_two_wallets(moves: Iterable[Move]) -> list[Move]:
    """Leave out what passed from the waiting wallet to the available one and is listed in both."""
    found: list[Move] = []
    counts: dict[tuple[str, str, Decimal, str], dict[str, list[Move]]] = {}
    for move in moves:
        same = (move.kind, move.payment_id, move.amount, move.currency)
        counts.setdefault(same, {}).setdefault(move.wallet, []).append(move)
    for by_wallet in counts.values():
        available = by_wallet.get(WALLETS[0], [])
        others = [move for wallet, those in by_wallet.items() if wallet != WALLETS[0] for move in those]
        found += available + others[len(available) :]
    return sorted(found, key=lambda move: move.occurred_at)


def net_of(fee: Fee) -> Decimal | None:
    """The fee without its VAT, half up to 0.01; None where Allegro does not say how much that is."""
    if fee.tax_percent is None:
        return None
    percent = Decimal(fee.tax_percent).scaleb(-2)
    vat = vat_from_gross(abs(fee.amount), percent=percent)
    return fee.amount + vat if fee.amount < 0 else fee.amount - vat


def _profit(facts: Facts, *, kept: Decimal) -> Decimal:
    cost = facts.cost or ZERO
    income = kept - facts.deposit if kept > 0 else kept
    if not facts.vat_payer:
        return income + sum((fee.amount for fee in facts.fees), ZERO) - cost
    net, gross = facts.document or (ZERO, ZERO)
    own = round_half_up(income * net / gross) if gross else income
    return own + sum((net_of(fee) or ZERO for fee in facts.fees), ZERO) - cost


def _gap(facts: Facts, *, kept: Decimal, has_refunds: bool, has_fees: bool) -> MoneyGap | None:
    """The first thing that is missing."""
    was_paid = facts.received > 0
    has_foreign = any(fee.currency != facts.currency for fee in facts.fees)
    checks = (
        (MoneyGap.FEES_UNREAD, not facts.fees_read.has(facts.bought_at)),
        (MoneyGap.PAYMENTS_UNREAD, not facts.payments_read.has(facts.bought_at)),
        (MoneyGap.UNPAID, not was_paid and not facts.is_cancelled),
        (MoneyGap.PAYMENT_SHARED, facts.shares_payment and has_refunds),
        (MoneyGap.CURRENCY, has_foreign or (facts.cost is not None and facts.currency != _HOME)),
        (MoneyGap.DOCUMENT, facts.vat_payer and kept > 0 and facts.document is None),
        (MoneyGap.FEE_TAX, facts.vat_payer and any(fee.tax_percent is None for fee in facts.fees)),
        (MoneyGap.GOODS, facts.goods_open and was_paid and not facts.is_cancelled),
        (MoneyGap.PAYOUT, kept > 0 and not _is_paid_out(facts)),
        (MoneyGap.COMMISSION, was_paid and not has_fees),
    )
    return next((gap for gap, holds in checks if holds), None)


def _is_paid_out(facts: Facts) -> bool:
    """Whether a payout followed the newest payment of each operator; what no operation names needs none."""
    for move in once_of_two_wallets(facts.moves):
        if move.kind in INCOME:
            payout = facts.payouts.get((move.operator, move.currency))
            if move.wallet != WALLETS[0] or payout is None or payout < move.occurred_at:
                return False
    return True


def _settles_at(facts: Facts, gap: MoneyGap | None) -> datetime | None:
    if gap is not None and gap not in _OPEN_FOR_A_TIME:
        return None
    instants = [fee.occurred_at for fee in facts.fees] + [move.occurred_at for move in facts.moves]
    latest = max([*instants, *filter(None, [facts.bought_at, facts.paid_at])], default=None)
    return latest + SETTLED_AFTER if latest else None
