"""Many unmatched offers at once: certain suggestions taken, products made of offers."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from stragan.companies.models import Company
from stragan.flows import match_products
from stragan.flows.match_products import Linked
from stragan.kit.messages import text_of
from stragan.products import listing, queries
from stragan.products.actions import OfferKey, ProductInvalid, Undo
from stragan.products.models import SoldOffer

MOST_AT_ONCE: Final = 1_000
_PAGE: Final = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """An offer of which no product could be made, and why."""

    name: str
    code: str
    params: dict[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """Products made of offers; offers of one SKU or name share one."""

    linked: Linked
    created: int
    refused: tuple[Refused, ...]

    def told(self, *, limit: int) -> list[tuple[str, str]]:
        """The first refused offers with the reason in words."""
        return [(one.name, text_of(one.code, one.params)) for one in self.refused[:limit]]


def accept_suggestions(
    *, company: Company, offer_ids: Sequence[int], by: int | None, now: datetime
) -> Linked:
    """Link those of the offers that have exactly one certain suggestion; the others stay as they are.

    At most ``MOST_AT_ONCE`` offers are looked at.
    """
    products: dict[OfferKey, int] = {}
    for chunk in _pages(company, offer_ids[:MOST_AT_ONCE]):
        found = listing.suggestions(company, chunk)
        for offer in chunk:
            if len(found[offer.pk]) == 1 and found[offer.pk][0].is_certain:
                products[(offer.seller_id, offer.offer_id)] = found[offer.pk][0].product.pk
    if not products:
        return Linked(before=(), order_ids=())
    return match_products.link(company=company, products=products, by=by, now=now)


def make_products(*, company: Company, offer_ids: Sequence[int], by: int | None, now: datetime) -> Made:
    """Make a product of each offer, from its latest purchase, and link them.

    Offers of one SKU, or without SKU of one name, share a product. One whose SKU a product has already is
    refused: it would be a second product of the same thing. At most ``MOST_AT_ONCE`` offers.
    """
    before: list[Undo] = []
    orders: set[int] = set()
    shared: dict[tuple[str, str], int] = {}
    refused: list[Refused] = []
    created = 0
    for offer in (one for chunk in _pages(company, offer_ids[:MOST_AT_ONCE]) for one in chunk):
        data = queries.data_from_offer(offer)
        same = ("sku", data.sku) if data.sku else ("name", data.name)
        product_id = shared.get(same)
        if product_id is None:
            try:
                saved = match_products.save_product(
                    company=company, product_id=None, data=data, by=by, now=now
                )
            except ProductInvalid as refusal:
                error = refusal.errors[0]
                refused.append(Refused(name=offer.name, code=error.code, params=dict(error.params)))
                continue
            product_id = shared[same] = saved.product.pk
            created += 1
        key = (offer.seller_id, offer.offer_id)
        linked = match_products.link(company=company, products={key: product_id}, by=by, now=now)
        before += linked.before
        orders.update(linked.order_ids)
    return Made(
        linked=Linked(before=tuple(before), order_ids=tuple(sorted(orders))),
        created=created,
        refused=tuple(refused),
    )


def _pages(company: Company, offer_ids: Sequence[int]) -> list[list[SoldOffer]]:
    """The offers that still have no product, some at a time."""
    pages = []
    for start in range(0, len(offer_ids), _PAGE):
        rows = queries.unmatched(company).filter(pk__in=offer_ids[start : start + _PAGE])
        pages.append(list(rows.order_by("id")))
    return pages
