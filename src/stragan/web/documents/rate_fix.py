"""One rate for all alike: what a blocked run needs when an offer has no VAT rate on Allegro."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from stragan.documents.models import IssueRun
from stragan.documents.states import ItemState
from stragan.orders.states import Problem

SHOWN_OFFERS: Final = 5
ORDERS_AT_ONCE: Final = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferWithoutRate:
    """An offer whose missing rate blocks orders of a run; their ids are in the run's order."""

    offer_id: str
    name: str
    order_ids: tuple[int, ...]

    @property
    def count(self) -> int:
        """How many orders wait for its rate."""
        return len(self.order_ids)


def offers_without_rate(run: IssueRun) -> Sequence[OfferWithoutRate]:
    """Find the offers that block most orders; orders with another offer to blame go by their drafts."""
    items = run.items.filter(state=ItemState.BLOCKED, code=Problem.VAT_MISSING).order_by("position")
    found: dict[str, tuple[str, list[int]]] = {}
    for order_id, offer_id, name, params in items.values_list(
        "order_id", "order__offer_id", "order__offer_name", "params"
    ):
        if offer_id and params.get("offer") == name:
            found.setdefault(offer_id, (name, []))[1].append(order_id)
    offers = [
        OfferWithoutRate(offer_id=offer_id, name=name, order_ids=tuple(ids))
        for offer_id, (name, ids) in found.items()
    ]
    return sorted(offers, key=lambda offer: -offer.count)
