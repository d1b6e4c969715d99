"""The third source of a check: what moved in the wallets of a shop, held against its orders."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final

from stragan.core.money import ZERO
from stragan.flows.hearing import Ears
from stragan.flows.hearing_lists import store_payments
from stragan.flows.payment_walk import walk_wallet
from stragan.flows.tokens import Session
from stragan.gateways.allegro import AllegroClient, AllegroRejected, FormPage, RawForm
from stragan.kit.clock import real_now
from stragan.orders.payments import gone_orders, orders_by_payment
from stragan.orders.reconciling import Found
from stragan.orders.reconciling_money import (
    INCOME,
    Paying,
    agrees,
    grouped,
    income_of,
    names_an_order,
    payment_gaps,
    without_order,
)
from stragan.orders.reconciling_refunds import moved_of
from stragan.shops import payments
from stragan.shops.models import Shop
from stragan.shops.payments import WALLETS, Move

READ_AGAIN: Final = 300  # single payments; what differs in greater numbers is read as a list
REFUNDS: Final = "REFUND"  # the group of operations that move money for refunds
_PAID_WITHIN: Final = timedelta(days=31)  # Allegro cancels what is not paid by then
_LATELY: Final = timedelta(hours=1)
_MS: Final = timedelta(milliseconds=1)


@dataclass(slots=True)
class PaymentsCheck:
    """Reads the operations of a period; afterwards ``gaps`` are payments, ``forms`` orders nobody knew.

    ``totals`` has what came in and what went back in the period, by kind and currency; ``moves`` has what
    was read, by payment; ``nameless`` are payments of the period that neither order nor form names, and
    ``found`` those whose form Allegro gave when asked.
    """

    shop: Shop
    start: datetime
    end: datetime
    orders: Mapping[str, Paying]  # by form id
    gaps: list[Found] = field(default_factory=list)
    forms: list[RawForm] = field(default_factory=list)
    count: int = 0
    totals: dict[str, dict[str, Decimal]] = field(default_factory=dict)
    moves: dict[str, list[Move]] = field(default_factory=dict)
    nameless: set[str] = field(default_factory=set)
    found: set[str] = field(default_factory=set)
    read_until: datetime = field(init=False)  # once it worked: all operations before are read
    _ears: Ears = field(default_factory=Ears)

    def work(self, session: Session, *, ours: Callable[[Iterable[str]], Mapping[str, int]]) -> None:
        """Read and judge; *ours* gives the ids of our orders by form id.

        :raises AllegroError: operations could not be read to the end.
        """
        now = real_now()
        session.listen(self._ears.hear)
        self.read_until = min(self.end, now)
        self._read(session, start=self.start, end=self.read_until)
        self._add_up()
        groups = grouped(self.orders.values())
        open_groups = [group for group in groups if not agrees(group, self._of(group))]
        if len(open_groups) > READ_AGAIN and self.end < now:
            self.read_until = min(self.end + _PAID_WITHIN, now)
            self._read(session, start=self.end, end=self.read_until, counts=False)
            open_groups = [group for group in groups if not agrees(group, self._of(group))]
        self._judge(session, open_groups, ours=ours, now=now)
        self._look_for_orders(session)

    def _read(self, session: Session, *, start: datetime, end: datetime, counts: bool = True) -> None:
        for part in self._walk(session, start=start, end=end):
            self.count += len(part) if counts else 0
            for move in filter(names_an_order, part):
                self.moves.setdefault(move.payment_id, []).append(move)

    def store_refunds(self, session: Session, *, start: datetime, end: datetime) -> None:
        """Read what moved money for refunds from *start* up to *end*, which is excluded, and store it.

        :raises AllegroError: operations could not be read to the end.
        """
        for _part in self._walk(session, start=start, end=end, group=REFUNDS):
            pass

    def _walk(
        self, session: Session, *, start: datetime, end: datetime, group: str | None = None
    ) -> Iterator[list[Move]]:
        """Give the operations of both wallets, stored."""
        if start >= end:
            return
        for wallet in WALLETS:
            self._ears.take()
            for part in walk_wallet(session.call, wallet=wallet, start=start, end=end - _MS, group=group):
                store_payments(self.shop, part, heard=self._ears.heard)
                yield part

    def _add_up(self) -> None:
        for moves in self.moves.values():
            for currency, amount in income_of(moves).items():
                self._add("paid", currency, amount)
            for currency, amount in moved_of(moves).items():
                self._add("refunded", currency, amount)

    def _add(self, name: str, currency: str, amount: Decimal) -> None:
        sums = self.totals.setdefault(name, {})
        sums[currency] = sums.get(currency, ZERO) + amount

    def _of(self, group: Sequence[Paying]) -> list[Move]:
        ids = dict.fromkeys(one for order in group for one in order.ids)
        return [move for one in ids for move in self.moves.get(one, ())]

    def _judge(
        self,
        session: Session,
        groups: Sequence[Sequence[Paying]],
        *,
        ours: Callable[[Iterable[str]], Mapping[str, int]],
        now: datetime,
    ) -> None:
        """Look a second time at what does not agree: the buyer may have paid outside of the period."""
        stored: dict[str, list[Move]] = {}
        for move in payments.moves_of(
            self.shop, [one for group in groups for order in group for one in order.ids]
        ):
            stored.setdefault(move.payment_id, []).append(move)
        asked = 0
        for group in groups:
            ids = list(dict.fromkeys(one for order in group for one in order.ids))
            known = [move for one in ids for move in stored.get(one, ())]
            later = [move for move in known if not self.start <= move.occurred_at < self.end]
            moves = [*self._of(group), *later]
            if agrees(group, moves):
                continue
            if asked < READ_AGAIN:
                asked += 1
                moves = [move for one in ids for move in self.ask(session, one)]
            paid_at = [order.paid_at for order in group if order.paid_at]
            self.gaps += payment_gaps(
                group,
                moves,
                ours=ours(order.allegro_id for order in group),
                known=known,
                paid_lately=bool(paid_at) and now - max(paid_at) < _LATELY,
            )

    def ask(self, session: Session, payment_id: str) -> list[Move]:
        """Read all operations of a payment, whenever they were."""
        found: list[Move] = []
        self._ears.take()
        try:
            for wallet in WALLETS:
                for part in walk_wallet(
                    session.call, wallet=wallet, start=None, end=None, payment_id=payment_id
                ):
                    found += part
        except AllegroRejected:
            return []  # not the kind of id that Allegro has operations for
        store_payments(self.shop, found, heard=self._ears.take())
        return found

    @property
    def named(self) -> set[str]:
        """Payments that orders of Allegro's list name."""
        return {one for order in self.orders.values() for one in order.ids}

    def _look_for_orders(self, session: Session) -> None:
        """Ask Allegro which order a payment belongs to that no order here or in the list names.

        An order that Allegro is said to have no more holds no payment.
        """
        named = self.named
        unknown = [one for one in self.moves if one not in named]
        holders = orders_by_payment(self.shop, unknown)
        gone = gone_orders(holders.values())
        without = [one for one in unknown if one not in holders or holders[one] in gone]
        for number, payment_id in enumerate(without):
            forms = forms_paid_by(session, payment_id) if number < READ_AGAIN else ()
            self.forms += forms
            if forms:
                self.found.add(payment_id)
            else:
                self.nameless.add(payment_id)
                moves = self.moves[payment_id]
                # What was paid is named rather than what went back: refunds are a source of their own.
                move = next((one for one in moves if one.kind in INCOME), moves[0])
                self.gaps.append(without_order(move, gone_order_id=holders.get(payment_id)))


def forms_paid_by(session: Session, payment_id: str) -> tuple[RawForm, ...]:
    """Ask Allegro which orders a payment belongs to."""
    for name in ("payment.id", "surcharges.id"):
        try:
            page = session.call(_question(name, payment_id))
        except AllegroRejected:
            continue
        if page.forms:
            return page.forms
    return ()


def _question(name: str, payment_id: str) -> Callable[[AllegroClient], FormPage]:
    if name == "payment.id":
        return lambda client: client.list_forms(payment_id=payment_id)
    return lambda client: client.list_forms(surcharge_id=payment_id)
