"""Which product each listed offer sells now: kept beside the offer, so that lists can filter by it."""

from collections.abc import Collection
from typing import Final

from stragan.companies.models import Company
from stragan.products import queries
from stragan.products.matching import Offer as Asked
from stragan.shops import offers
from stragan.shops.models import Offer

_AT_ONCE: Final = 500


def follow(*, company: Company, offer_ids: Collection[str] | None = None) -> int:
    """Bring products of offers up to date, of all or by Allegro's ids; says how many changed.

    The product is what a purchase of the offer would get: a person's link, what it was matched to, else
    SKU, EAN, exact name. In chunks that commit by themselves; safe to repeat.
    """
    rows = Offer.objects.for_company(company).order_by("id")
    if offer_ids is not None:
        rows = rows.filter(offer_id__in=list(offer_ids))
    last, count = 0, 0
    while True:
        part = list(
            rows.filter(pk__gt=last).values_list(
                "id", "shop__seller_id", "offer_id", "name", "sku", "product_id"
            )[:_AT_ONCE]
        )
        if not part:
            return count
        last = part[-1][0]
        asked = [
            Asked(seller_id=seller, offer_id=offer, name=name, sku=sku)
            for _, seller, offer, name, sku, _ in part
        ]
        found = queries.foreseen(company.pk, asked)
        changed = {
            pk: found.get((seller, offer))
            for pk, seller, offer, _, _, product_id in part
            if found.get((seller, offer)) != product_id
        }
        if changed:
            offers.put_products(company, changed)
            count += len(changed)
