"""The fourth source of a check: the list of refunds, held against the operations that moved their money."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final

from stragan.flows.reconcile_payments import READ_AGAIN, PaymentsCheck, forms_paid_by
from stragan.flows.refund_walk import refunds_of_payment, walk_refunds
from stragan.flows.tokens import Session
from stragan.gateways.allegro import AllegroRejected, RawForm
from stragan.kit.clock import real_now
from stragan.orders.payments import gone_orders, holders_of, orders_by_form
from stragan.orders.reconciling import Found
from stragan.orders.reconciling_refunds import (
    MOVING,
    Holder,
    PaymentRefunds,
    Refunded,
    listed_of,
    refund_gaps,
    unknown_refund,
)
from stragan.shops import payments
from stragan.shops.models import Shop
from stragan.shops.payments import Move

_MOVED_WITHIN: Final = timedelta(days=31)  # a refund waits for money in the wallet, days as a rule
_MS: Final = timedelta(milliseconds=1)


@dataclass(slots=True)
class RefundsCheck:
    """Reads the refunds of a period; afterwards ``gaps`` name what differs, ``forms`` are orders nobody knew.

    *paid* has read the operations of the same period. ``count`` and ``totals`` are of refunds that moved
    money; ``unknown`` are payments whose order is neither here nor on Allegro.
    """

    shop: Shop
    start: datetime
    end: datetime
    paid: PaymentsCheck
    gaps: list[Found] = field(default_factory=list)
    forms: list[RawForm] = field(default_factory=list)
    count: int = 0
    totals: dict[str, Decimal] = field(default_factory=dict)
    unknown: set[str] = field(default_factory=set)
    _refunds: dict[str, Refunded] = field(default_factory=dict)  # by their id
    _main: dict[str, str] = field(default_factory=dict)  # payment of a surcharge → the one it came beside

    def work(self, session: Session) -> None:
        """Read and judge.

        :raises AllegroError: refunds or operations could not be read to the end.
        """
        now = real_now()
        until = min(self.end, now)
        if self.start < until:
            self._read(session, start=self.start, end=until)
        listed = list(self._refunds.values())
        self.count, self.totals = len(listed), listed_of(listed)
        known_ones = self._known(self._touched(listed))
        open_ones = [one for one in known_ones if not one.agrees]
        if len(open_ones) > READ_AGAIN:
            self._read_around(session, until=until, now=now)
            known_ones = self._known(one.payment_id for one in known_ones)
            open_ones = [one for one in known_ones if not one.agrees]
        doubtful = [one for one in known_ones if one.agrees and not one.is_near]
        for number, one in enumerate((*open_ones, *doubtful)):
            seen = self._ask(session, one) if one.payment_id and number < READ_AGAIN else one
            known = payments.moves_of(self.shop, [one.payment_id])
            self.gaps += refund_gaps(seen, known=known, at=self._first(one), now=now)
        self._look_for_orders(session, listed)

    def _read(self, session: Session, *, start: datetime, end: datetime) -> None:
        for refund in walk_refunds(session.call, start=start, end=end - _MS):
            self._refunds[refund.refund_id] = refund
            self._main |= dict.fromkeys(refund.surcharge_ids, refund.payment_id)

    def _read_around(self, session: Session, *, until: datetime, now: datetime) -> None:
        """What differs in great numbers lies beyond the edges: there both lists are read as a whole."""
        for start, end in (
            (self.start - _MOVED_WITHIN, self.start),
            (until, min(until + _MOVED_WITHIN, now)),
        ):
            if start < end:
                self.paid.read(session, start=start, end=end)
                self._read(session, start=start, end=end)

    def _is_within(self, instant: datetime) -> bool:
        return self.start <= instant < self.end

    def _touched(self, listed: Iterable[Refunded]) -> list[str]:
        """Payments that were refunded in the period, by the list or by the operations."""
        moved = [
            self._main.get(one, one)
            for one, moves in self.paid.moves.items()
            if any(move.kind in MOVING and self._is_within(move.occurred_at) for move in moves)
        ]
        return list(dict.fromkeys((*(one.payment_id for one in listed), *moved)))

    def _known(self, payment_ids: Iterable[str]) -> list[PaymentRefunds]:
        """What was read so far of the refunds of these payments."""
        ids = list(payment_ids)
        refunds: dict[str, list[Refunded]] = {}
        for refund in self._refunds.values():
            refunds.setdefault(refund.payment_id, []).append(refund)
        besides = {one: self._besides(refunds.get(one, ())) for one in ids}
        stored = self._by_payment([*ids, *(other for some in besides.values() for other in some)])
        holders = holders_of(self.shop, ids)
        return [
            PaymentRefunds(
                payment_id=one,
                refunds=refunds.get(one, ()),
                moves=[move for each in (one, *besides[one]) for move in self._moves(each, stored)],
                holder=holders.get(one),
            )
            for one in ids
        ]

    def _besides(self, refunds: Iterable[Refunded]) -> list[str]:
        """Payments of surcharges that were given back together with a payment."""
        return list(dict.fromkeys(one for refund in refunds for one in refund.surcharge_ids))

    def _moves(self, payment_id: str, stored: Mapping[str, list[Move]]) -> list[Move]:
        """What was read of the period, and what was stored of all other times."""
        read = [move for move in self.paid.moves.get(payment_id, ()) if self._is_within(move.occurred_at)]
        return read + [move for move in stored.get(payment_id, ()) if not self._is_within(move.occurred_at)]

    def _by_payment(self, payment_ids: Iterable[str]) -> dict[str, list[Move]]:
        found: dict[str, list[Move]] = {}
        for move in payments.moves_of(self.shop, filter(None, payment_ids)):
            found.setdefault(move.payment_id, []).append(move)
        return found

    def _ask(self, session: Session, payment: PaymentRefunds) -> PaymentRefunds:
        """Look a second time, at all that was ever refunded of the payment."""
        try:
            refunds = list(refunds_of_payment(session.call, payment.payment_id))
        except AllegroRejected:
            refunds = list(payment.refunds)  # not the kind of id that Allegro has a list for
        ids = [payment.payment_id, *self._besides(refunds)]
        moves = [move for one in ids for move in self.paid.ask(session, one)]
        return PaymentRefunds(
            payment_id=payment.payment_id, refunds=refunds, moves=moves, holder=payment.holder
        )

    def _first(self, payment: PaymentRefunds) -> datetime:
        """When the payment was first refunded in the period."""
        instants = [one.created_at for one in payment.refunds]
        instants += [move.occurred_at for move in payment.moves if move.kind in MOVING]
        return min(filter(self._is_within, instants), default=self.start)

    def _look_for_orders(self, session: Session, listed: Iterable[Refunded]) -> None:
        """Ask Allegro which order a refund belongs to that no order here or in its list names."""
        named = self.paid.named
        doubtful = {one.payment_id: one for one in listed if one.payment_id not in named}
        holders = holders_of(self.shop, doubtful)
        forms_here = orders_by_form(self.shop, (one.form_id for one in doubtful.values() if one.form_id))
        gone = gone_orders([*(one.order_id for one in holders.values()), *forms_here.values()])
        asked = 0
        for payment_id, refund in doubtful.items():
            holder = holders.get(payment_id)
            order_id = holder.order_id if holder else forms_here.get(refund.form_id)
            if order_id is not None and order_id not in gone:
                continue
            if payment_id in self.paid.moves and payment_id not in self.paid.nameless:
                continue  # its order was found by the operations
            forms: tuple[RawForm, ...] = ()
            if payment_id and payment_id not in self.paid.nameless and asked < READ_AGAIN:
                asked += 1
                forms = forms_paid_by(session, payment_id)
            self.forms += forms
            if not forms:
                self.unknown.add(payment_id)
                self.gaps.append(unknown_refund(refund, gone=_gone(holder, order_id, refund)))


def _gone(holder: Holder | None, order_id: int | None, refund: Refunded) -> Holder | None:
    if holder is not None or order_id is None:
        return holder
    return Holder(order_id=order_id, allegro_id=refund.form_id, received=None, currency=refund.currency)
