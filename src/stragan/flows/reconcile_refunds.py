"""The fourth source of a check: the list of refunds, held against the operations that moved their money."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final

from stragan.flows.reconcile_payments import READ_AGAIN, PaymentsCheck, forms_paid_by
from stragan.flows.refund_walk import refunds_of_payment, walk_refunds
from stragan.flows.tokens import Session
from stragan.gateways.allegro import AllegroRejected, RawForm
from stragan.kit.clock import real_now
from stragan.orders.payments import first_payments, gone_orders, holders_of, orders_by_form
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
from stragan.orders.states import CheckCause, CheckDifference
from stragan.shops import payments
from stragan.shops.models import Shop
from stragan.shops.payments import Move

_MOVED_WITHIN: Final = timedelta(days=31)  # a refund waits for money in the wallet, days as a rule
_MS: Final = timedelta(milliseconds=1)


@dataclass(slots=True)
class RefundsCheck:
    """Reads the refunds of a period; afterwards ``gaps`` name what differs, ``forms`` are orders nobody knew.

    *paid* has read the operations of the same period. ``count`` and ``totals`` are of refunds that moved
    money; ``unknown`` are payments whose order is neither here nor on Allegro; ``not_asked`` counts those
    that one check cannot ask about, and a gap says so.
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
    not_asked: int = 0
    _refunds: dict[str, Refunded] = field(default_factory=dict)  # by their id
    _main: dict[str, str] = field(default_factory=dict)  # payment of a surcharge → the one it came beside
    _stored: dict[str, list[Move]] = field(default_factory=dict)  # by payment, before it is asked about

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
        touched = self._touched(listed)
        doubtful = self._doubtful(touched)
        if len(doubtful) > READ_AGAIN:
            self._read_around(session, until=until, now=now)
            doubtful = self._doubtful(touched)
        self._judge(session, doubtful, now=now)
        self._tell_of_left(doubtful[READ_AGAIN:])
        self._look_for_orders(session, listed)

    def _read(self, session: Session, *, start: datetime, end: datetime) -> None:
        for refund in walk_refunds(session.call, start=start, end=end - _MS):
            self._refunds[refund.refund_id] = refund
            self._learn(refund)

    def _learn(self, refund: Refunded) -> None:
        self._main |= dict.fromkeys(refund.surcharge_ids, refund.payment_id)

    def _read_around(self, session: Session, *, until: datetime, now: datetime) -> None:
        """What differs in great numbers lies beyond the edges: there both lists are read as a whole."""
        for start, end in (
            (self.start - _MOVED_WITHIN, self.start),
            (until, min(until + _MOVED_WITHIN, now)),
        ):
            if start < end:
                self._read(session, start=start, end=end)
                was_read = start >= self.start
                begin = max(start, self.paid.read_until) if was_read else start
                self.paid.store_refunds(session, start=begin, end=end)

    def _is_within(self, instant: datetime) -> bool:
        return self.start <= instant < self.end

    def _touched(self, listed: Iterable[Refunded]) -> list[str]:
        """Payments that were refunded in the period, by the list or by the operations."""
        refunded = dict.fromkeys(one.payment_id for one in listed)
        moved = [
            one
            for one, moves in self.paid.moves.items()
            if any(move.kind in MOVING and self._is_within(move.occurred_at) for move in moves)
        ]
        # A surcharge may move on another day than its refund was made, which alone names both.
        alone = [one for one in moved if one not in refunded and one not in self._main]
        self._main |= first_payments(self.shop, alone)
        return list(dict.fromkeys((*refunded, *moved)))

    def _doubtful(self, touched: Iterable[str]) -> list[PaymentRefunds]:
        """What is to be asked about: first what does not agree, then what may agree by chance."""
        known = self._known(touched)
        open_ones = [one for one in known if not one.agrees]
        return open_ones + [one for one in known if one.agrees and not one.is_near]

    def _known(self, touched: Iterable[str]) -> list[PaymentRefunds]:
        """What was read so far of the refunds of these payments, each with its surcharges."""
        together = self._together(touched)
        refunds: dict[str, list[Refunded]] = {}
        for refund in self._refunds.values():
            refunds.setdefault(self._main_of(refund.payment_id), []).append(refund)
        self._stored = self._by_payment(one for ids in together.values() for one in ids)
        holders = holders_of(self.shop, together)
        return [
            PaymentRefunds(
                payment_id=main,
                refunds=refunds.get(main, ()),
                moves=[move for one in ids for move in self._moves(one, self._stored)],
                holder=holders.get(main),
            )
            for main, ids in together.items()
        ]

    def _main_of(self, payment_id: str) -> str:
        return self._main.get(payment_id, payment_id)

    def _together(self, payment_ids: Iterable[str]) -> dict[str, list[str]]:
        """Payments with those of the surcharges that are known to belong to them."""
        found = {main: [main] for main in map(self._main_of, payment_ids)}
        for one, main in self._main.items():
            if main in found and one != main:
                found[main].append(one)
        return found

    def _moves(self, payment_id: str, stored: Mapping[str, list[Move]]) -> list[Move]:
        """What was read of the period, and what was stored of all other times."""
        read = [move for move in self.paid.moves.get(payment_id, ()) if self._is_within(move.occurred_at)]
        return read + [move for move in stored.get(payment_id, ()) if not self._is_within(move.occurred_at)]

    def _by_payment(self, payment_ids: Iterable[str]) -> dict[str, list[Move]]:
        found: dict[str, list[Move]] = {}
        for move in payments.moves_of(self.shop, filter(None, payment_ids)):
            found.setdefault(move.payment_id, []).append(move)
        return found

    def _judge(self, session: Session, doubtful: Sequence[PaymentRefunds], *, now: datetime) -> None:
        """Look a second time, then name what differs; what proves to be a surcharge is not named twice."""
        together = self._together(one.payment_id for one in doubtful)
        asked = {
            one.payment_id: self._ask(session, one, ids=together[one.payment_id])
            for one in doubtful[:READ_AGAIN]
            if one.payment_id
        }
        for one in doubtful:
            main = self._main_of(one.payment_id)
            if main != one.payment_id and main in asked:
                continue
            known = [move for each in together[one.payment_id] for move in self._stored.get(each, ())]
            seen = asked.get(one.payment_id, one)
            self.gaps += refund_gaps(seen, known=known, at=self._first(one), now=now)

    def _tell_of_left(self, left: Sequence[PaymentRefunds]) -> None:
        """Equal sums that nobody looked into are no proof: that there are some is a gap."""
        self.not_asked = len(left)
        if left:
            self.gaps.append(
                Found(
                    difference=CheckDifference.SOURCE_NOT_ASKED,
                    allegro_id="",
                    cause=CheckCause.TOO_MANY_REFUNDS,
                    facts={"source": "refunds", "count": len(left), "asked": READ_AGAIN},
                )
            )

    def _ask(self, session: Session, payment: PaymentRefunds, *, ids: Sequence[str]) -> PaymentRefunds:
        """Look at all that was ever refunded of the payment, and of what was given back beside it."""
        refunds: dict[str, Refunded] = {}
        found, to_ask = dict.fromkeys(ids), list(ids)
        while to_ask:
            for refund in self._refunds_of(session, to_ask.pop()):
                self._learn(refund)
                refunds[refund.refund_id] = refund
                beside = [one for one in (refund.payment_id, *refund.surcharge_ids) if one not in found]
                found |= dict.fromkeys(beside)
                to_ask += filter(None, beside)
        return PaymentRefunds(
            payment_id=payment.payment_id,
            refunds=list(refunds.values()),
            moves=[move for one in found if one for move in self.paid.ask(session, one)],
            holder=payment.holder,
        )

    def _refunds_of(self, session: Session, payment_id: str) -> list[Refunded]:
        try:
            return list(refunds_of_payment(session.call, payment_id))
        except AllegroRejected:  # not the kind of id that Allegro has a list for
            return [one for one in self._refunds.values() if one.payment_id == payment_id]

    def _first(self, payment: PaymentRefunds) -> datetime:
        """When the payment was first refunded in the period."""
        instants = [one.created_at for one in payment.refunds]
        instants += [move.occurred_at for move in payment.moves if move.kind in MOVING]
        return min(filter(self._is_within, instants), default=self.start)

    def _look_for_orders(self, session: Session, listed: Iterable[Refunded]) -> None:
        """Ask Allegro which order a refund belongs to that no order here or in its list names."""
        named = self.paid.named
        doubtful = [one for one in listed if one.payment_id not in named]
        holders = holders_of(self.shop, (one.payment_id for one in doubtful))
        forms_here = orders_by_form(self.shop, (one.form_id for one in doubtful if one.form_id))
        gone = gone_orders([*(one.order_id for one in holders.values()), *forms_here.values()])
        asked: dict[str, bool] = {}
        for refund in doubtful:
            holder = holders.get(refund.payment_id)
            order_id = holder.order_id if holder else forms_here.get(refund.form_id)
            if order_id is not None and order_id not in gone:
                continue
            if not self._has_order(session, refund.payment_id, asked):
                self.unknown.add(refund.payment_id)
                self.gaps.append(unknown_refund(refund, gone=_gone(holder, order_id, refund)))

    def _has_order(self, session: Session, payment_id: str, asked: dict[str, bool]) -> bool:
        """Whether Allegro has an order of the payment; one of the operations was asked about already."""
        if payment_id in self.paid.found:
            return True
        if not payment_id or payment_id in self.paid.nameless:
            return False
        if payment_id not in asked:
            forms = forms_paid_by(session, payment_id) if len(asked) < READ_AGAIN else ()
            self.forms += forms
            asked[payment_id] = bool(forms)
        return asked[payment_id]


def _gone(holder: Holder | None, order_id: int | None, refund: Refunded) -> Holder | None:
    if holder is not None or order_id is None:
        return holder
    return Holder(order_id=order_id, allegro_id=refund.form_id, received=None, currency=refund.currency)
