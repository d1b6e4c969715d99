"""Holds refunds as Allegro lists them against the operations that moved their money, to the grosz. Pure.

Of the operations ``REFUND_CHARGE`` takes money from the seller for the buyer, and ``REFUND_CANCEL`` gives
back what was taken for a refund that came to nothing. ``REFUND_INCREASE`` names the seller as the one who
pays or gets: beside a refund that was stopped it may be money given back, else it is the seller's own money
for a wallet that held too little, of which the buyer gets nothing. ``PROVIDER_REFUND_TRANSFER_*`` passes from
wallet to wallet. Of refunds only those in the state ``SUCCESS`` moved money.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final

from stragan.core.money import ZERO
from stragan.orders.reconciling import Found
from stragan.orders.reconciling_money import added_up, income_of
from stragan.orders.states import CheckCause, CheckDifference
from stragan.shops.payments import Move

DONE: Final = "SUCCESS"
MOVING: Final = frozenset({"REFUND_CHARGE", "REFUND_CANCEL"})
_INCREASE: Final = "REFUND_INCREASE"
LATELY: Final = timedelta(hours=1)
_STOPPED: Final = frozenset({"CANCELED", "VALIDATE_FAILED"})
_CAUSES: Final = dict.fromkeys(_STOPPED, CheckCause.REFUND_STOPPED) | {"PARTIAL": CheckCause.REFUND_PARTIAL}


@dataclass(frozen=True, slots=True, kw_only=True)
class Refunded:
    """One refund as Allegro lists it; ``surcharge_ids`` are payments it gave back beside its own."""

    refund_id: str
    payment_id: str
    form_id: str
    status: str
    amount: Decimal
    currency: str
    created_at: datetime
    surcharge_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """The order of ours that holds a payment now, with all that was received for it.

    None of cash on delivery that is not settled yet: then nobody knows.
    """

    order_id: int
    allegro_id: str
    received: Decimal | None
    currency: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentRefunds:
    """What is known of the refunds of one payment: from Allegro's list, and all operations of the payment."""

    payment_id: str
    refunds: Sequence[Refunded] = ()
    moves: Sequence[Move] = ()
    holder: Holder | None = None

    @property
    def listed(self) -> dict[str, Decimal]:
        """What the buyer got by the list of refunds, per currency."""
        return listed_of(self.refunds)

    @property
    def moved(self) -> dict[str, Decimal]:
        """What the seller paid for it by the operations, per currency."""
        return moved_of(self.moves)

    @property
    def agrees(self) -> bool:
        """Whether both say the same, and no more was given back than was paid."""
        return not self.differing and not self.exceeding

    @property
    def differing(self) -> list[str]:
        """Currencies in which list and operations say different amounts."""
        listed, moved = self.listed, [self.moved]
        if any(one.status in _STOPPED for one in self.refunds):
            moved.append(moved_of(self.moves, MOVING | {_INCREASE}))
        currencies = sorted(listed.keys() | moved[0].keys())
        return [
            currency
            for currency in currencies
            if all(listed.get(currency, ZERO) != one.get(currency, ZERO) for one in moved)
        ]

    @property
    def is_near(self) -> bool:
        """Whether each refund and each operation has one of the other side within the hour.

        Where not, equal sums of a period may be of two different refunds.
        """
        listed = [one.created_at for one in self.refunds if one.status == DONE]
        moved = [move.occurred_at for move in self.moves if move.kind in MOVING]
        if not self.listed:
            return True
        return _all_near(listed, moved) and _all_near(moved, listed)

    @property
    def exceeding(self) -> dict[str, Decimal]:
        """What was paid in those currencies in which more was given back."""
        paid = {currency: self._paid(currency) for currency in self.listed}
        return {
            currency: limit
            for currency, limit in paid.items()
            if limit is not None and self.listed[currency] > limit
        }

    def _paid(self, currency: str) -> Decimal | None:
        """What was paid at most; None where nobody knows, as of orders from before the first day."""
        income = income_of(self.moves)
        known = [income[currency]] if currency in income else []
        received = self.holder.received if self.holder and self.holder.currency == currency else None
        if received is not None:
            known.append(received)
        return max(known, default=ZERO if income else None)


def _all_near(instants: Iterable[datetime], others: Sequence[datetime]) -> bool:
    return all(any(abs(one - other) <= LATELY for other in others) for one in instants)


def moved_of(moves: Iterable[Move], kinds: Collection[str] = MOVING) -> dict[str, Decimal]:
    """What operations took for buyers, less what they gave back, per currency. Zeros are left out."""
    return {currency: -amount for currency, amount in added_up(moves, kinds).items() if amount}


def listed_of(refunds: Iterable[Refunded]) -> dict[str, Decimal]:
    """What refunds that came to their end gave buyers, per currency."""
    found: dict[str, Decimal] = {}
    for one in refunds:
        if one.status == DONE:
            found[one.currency] = found.get(one.currency, ZERO) + one.amount
    return {currency: amount for currency, amount in found.items() if amount}


def refund_gaps(
    payment: PaymentRefunds, *, known: Iterable[Move], at: datetime, now: datetime
) -> Iterator[Found]:
    """Name what differs; *at* is when the payment was first refunded in the period that is checked.

    *known* are operations of the payment that Allegro listed at an earlier time.
    """
    listed, moved, before = payment.listed, payment.moved, moved_of(known)
    for currency in payment.differing:
        in_list, in_moves = listed.get(currency, ZERO), moved.get(currency, ZERO)
        cause, facts = _cause(payment, currency, before=before.get(currency, ZERO), now=now)
        yield _found(
            payment,
            CheckDifference.REFUND_DIFFERS
            if in_list and in_moves
            else CheckDifference.REFUND_MISSING
            if in_list
            else CheckDifference.REFUND_UNLISTED,
            at=at,
            figures=(in_list, in_moves, currency),
            cause=cause,
            facts=facts,
        )
    for currency, paid in sorted(payment.exceeding.items()):
        figures = (paid, listed[currency], currency)
        yield _found(payment, CheckDifference.REFUND_TOO_HIGH, at=at, figures=figures)


def unknown_refund(refund: Refunded, *, gone: Holder | None = None) -> Found:
    """Name a refund whose order is neither here nor on Allegro, or is here but *gone* from Allegro."""
    return Found(
        difference=CheckDifference.REFUND_UNKNOWN,
        allegro_id=gone.allegro_id if gone else refund.form_id,
        order_id=gone.order_id if gone else None,
        cause=CheckCause.HOLDER_GONE if gone else "",
        bought_at=refund.created_at,
        allegro=f"{refund.amount:.2f}",
        currency=refund.currency,
        facts={"payment": refund.payment_id, "refund": refund.refund_id},
    )


def _cause(
    payment: PaymentRefunds, currency: str, *, before: Decimal, now: datetime
) -> tuple[str, dict[str, object]]:
    """Why list and operations differ, where that is known, with what its sentence needs."""
    in_list, in_moves = payment.listed.get(currency, ZERO), payment.moved.get(currency, ZERO)
    if in_list and before == in_list:
        return CheckCause.VANISHED, {}
    open_ones = [one for one in payment.refunds if one.status != DONE and one.currency == currency]
    if in_moves > in_list and open_ones:
        latest = max(open_ones, key=lambda one: one.created_at)
        return _CAUSES.get(latest.status, CheckCause.REFUND_UNDER_WAY), {
            "status": latest.status,
            "refund": latest.refund_id,
        }
    instants = [one.created_at for one in payment.refunds if one.status == DONE]
    instants += [move.occurred_at for move in payment.moves if move.kind in MOVING]
    return (CheckCause.REFUNDED_LATELY if now - max(instants) < LATELY else ""), {}


def _found(
    payment: PaymentRefunds,
    difference: CheckDifference,
    *,
    at: datetime,
    figures: tuple[Decimal, Decimal, str],
    cause: str = "",
    facts: Mapping[str, object] | None = None,
) -> Found:
    ours, theirs, currency = figures
    done = [one for one in payment.refunds if one.status == DONE]
    form_id = next((one.form_id for one in payment.refunds if one.form_id), "")
    return Found(
        difference=difference,
        allegro_id=payment.holder.allegro_id if payment.holder else form_id,
        order_id=payment.holder.order_id if payment.holder else None,
        cause=str(cause),
        bought_at=at,
        ours=f"{ours:.2f}",
        allegro=f"{theirs:.2f}",
        currency=currency,
        facts={
            "payment": payment.payment_id,
            **({"refund": done[0].refund_id} if len(done) == 1 else {}),
            **(facts or {}),
        },
    )
