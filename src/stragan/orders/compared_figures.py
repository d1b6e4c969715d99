"""What our side of a check adds up to, order by order as it was compared: both columns tell of one moment."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal

from stragan.core.money import ZERO
from stragan.orders.reconciling import Ours
from stragan.orders.states import AllegroStatus, PaymentState

_COUNTS = ("orders", "cancelled", "cash_on_delivery", "unpaid", "merged", "deleted")


class ComparedFigures:
    """Adds up orders bought from *start* until before *end*; each is to be given once."""

    def __init__(self, *, start: datetime, end: datetime) -> None:
        self._start, self._end = start, end
        self._counts: Counter[str] = Counter()
        self._totals: dict[str, Decimal] = {}
        self._received: dict[str, Decimal] = {}

    def add(self, orders: Iterable[Ours]) -> None:
        """Count orders as they stood when they were compared."""
        for one in orders:
            if one.bought_at is not None and self._start <= one.bought_at < self._end:
                self._add(one)

    def _add(self, one: Ours) -> None:
        self._counts["merged"] += one.successor is not None
        self._counts["deleted"] += one.is_deleted
        if not one.lives:
            return
        self._counts["orders"] += 1
        self._counts["cancelled"] += one.status == AllegroStatus.CANCELLED
        self._counts["cash_on_delivery"] += one.payment_state == PaymentState.COD
        self._counts["unpaid"] += one.payment_state == PaymentState.WAITING
        self._totals[one.currency] = self._totals.get(one.currency, ZERO) + one.total
        self._received[one.currency] = self._received.get(one.currency, ZERO) + one.received

    def told(self) -> dict[str, object]:
        """The figures as a statement holds them."""
        return {
            **{name: self._counts[name] for name in _COUNTS},
            "totals": {currency: f"{total:.2f}" for currency, total in sorted(self._totals.items())},
            "received": {currency: f"{total:.2f}" for currency, total in sorted(self._received.items())},
        }
