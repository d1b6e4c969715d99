"""A person says which product an offer sells, or that the one it has is wrong; both are remembered."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from stragan.companies.models import Company
from stragan.core.errors import Refused
from stragan.kit.audit import Deed, record
from stragan.products import queries, selling
from stragan.products.matching import Offer
from stragan.products.models import OfferLink, Product, SoldOffer

OfferKey = tuple[str, str]  # seller id, offer id


class OfferNotFound(Refused):
    """No order of the company has that offer, and no link names it."""

    code = "offer_unknown"


class LinkNotFound(Refused):
    """The product is not the company's, or it is archived."""

    code = "link_product_unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Undo:
    """How an offer stood before: enough to put it back."""

    seller_id: str
    offer_id: str
    product_id: int | None  # of the link, None where there was none
    by_hand: bool
    sold_product_id: int | None
    is_held: bool


def link_offers(
    *,
    company: Company,
    products: Mapping[OfferKey, int],
    by: int | None,
    now: datetime,
) -> list[Undo]:
    """Say which product each of some offers sells, by (seller id, offer id); gives how they stood before.

    Offers may be linked before anything of them is bought. Lines of open orders follow afterwards
    (``flows.match_products``).

    :raises LinkNotFound: a product is not the company's, or it is archived.
    """
    with transaction.atomic():
        wanted = set(products.values())
        if queries.live_ids(company.pk, wanted) != wanted:
            raise LinkNotFound
        before = _before(company, products)
        for (seller_id, offer_id), product_id in sorted(products.items()):
            _offer(company, seller_id, offer_id).update(product_id=product_id, is_held=False, is_spread=False)
            OfferLink.objects.for_company(company).update_or_create(
                company=company,
                seller_id=seller_id,
                offer_id=offer_id,
                defaults={"product_id": product_id, "by_hand": True, "at": now, "by_id": by},
            )
        _tell("offer.linked", company, [(key, products[key]) for key in sorted(products)], by=by, now=now)
    return before


def unlink_offers(
    *, company: Company, offers: Collection[OfferKey], by: int | None, now: datetime
) -> list[Undo]:
    """Take the product away from offers: they ask again, and match nothing by themselves.

    :raises OfferNotFound: an offer is unknown here.
    """
    with transaction.atomic():
        before = _before(company, offers)
        links = OfferLink.objects.for_company(company)
        for seller_id, offer_id in sorted(set(offers)):
            changed = _offer(company, seller_id, offer_id).update(product=None, is_held=True, is_spread=False)
            deleted, _ = links.filter(seller_id=seller_id, offer_id=offer_id).delete()
            if not changed and not deleted:
                raise OfferNotFound
        _tell("offer.unlinked", company, [(key, None) for key in sorted(set(offers))], by=by, now=now)
    return before


def put_back(*, company: Company, before: Sequence[Undo], by: int | None, now: datetime) -> None:
    """Let offers stand again as they did before they were linked or unlinked."""
    with transaction.atomic():
        links = OfferLink.objects.for_company(company)
        known = Product.objects.for_company(company)
        for one in sorted(before, key=lambda undo: (undo.seller_id, undo.offer_id)):
            ids = [pk for pk in (one.product_id, one.sold_product_id) if pk is not None]
            if known.filter(pk__in=ids).count() != len(set(ids)):
                raise LinkNotFound
            _offer(company, one.seller_id, one.offer_id).update(
                product_id=one.sold_product_id, is_held=one.is_held, is_spread=False
            )
            row = links.filter(seller_id=one.seller_id, offer_id=one.offer_id)
            if one.product_id is None:
                row.delete()
            else:
                row.update_or_create(
                    company=company,
                    seller_id=one.seller_id,
                    offer_id=one.offer_id,
                    defaults={"product_id": one.product_id, "by_hand": one.by_hand, "at": now, "by_id": by},
                )
        pairs = [((one.seller_id, one.offer_id), one.product_id) for one in before]
        _tell("offer.link_undone", company, pairs, by=by, now=now)


def accept(company: Company, offers: Sequence[SoldOffer], *, now: datetime) -> int:
    """Match offers that have no product by the rules and remember what is certain; says how many.

    Part of the caller's transaction, which holds the rows; their lines in open orders follow afterwards.
    """
    asked = {
        Offer(seller_id=row.seller_id, offer_id=row.offer_id, name=row.name, sku=row.sku) for row in offers
    }
    catalog = queries.catalog_for(company.pk, asked)
    by_seller: dict[str, dict[str, int]] = {}
    for offer in asked:
        product_id = catalog.match(offer).product_id
        if product_id is not None:
            by_seller.setdefault(offer.seller_id, {})[offer.offer_id] = product_id
    for seller_id, found in sorted(by_seller.items()):
        selling.remember(company_id=company.pk, seller_id=seller_id, found=found, now=now)
        SoldOffer.objects.for_company(company).filter(seller_id=seller_id, offer_id__in=sorted(found)).update(
            is_spread=False
        )
    return sum(len(found) for found in by_seller.values())


def _offer(company: Company, seller_id: str, offer_id: str) -> queries.Offers:
    return SoldOffer.objects.for_company(company).filter(seller_id=seller_id, offer_id=offer_id)


def _before(company: Company, offers: Collection[OfferKey]) -> list[Undo]:
    """How offers stand; locks those that were bought, in the order in which the import locks them."""
    sellers, ids = {key[0] for key in offers}, {key[1] for key in offers}
    rows = SoldOffer.objects.for_company(company).filter(seller_id__in=sellers, offer_id__in=ids)
    sold = {
        (row.seller_id, row.offer_id): row
        for row in rows.select_for_update(of=("self",)).order_by("seller_id", "offer_id")
    }
    linked = OfferLink.objects.for_company(company).filter(seller_id__in=sellers, offer_id__in=ids)
    links = {(link.seller_id, link.offer_id): link for link in linked.order_by("id")}
    before = []
    for key in sorted(set(offers)):
        row, link = sold.get(key), links.get(key)
        before.append(
            Undo(
                seller_id=key[0],
                offer_id=key[1],
                product_id=link.product_id if link else None,
                by_hand=link.by_hand if link else False,
                sold_product_id=row.product_id if row else None,
                is_held=row.is_held if row else False,
            )
        )
    return before


def _tell(
    verb: str,
    company: Company,
    pairs: Sequence[tuple[OfferKey, int | None]],
    *,
    by: int | None,
    now: datetime,
) -> None:
    record(
        (
            Deed(
                verb=verb,
                subject="product",
                subject_id=product_id,
                company_id=company.pk,
                user_id=by,
                facts={"seller": seller_id, "offer": offer_id},
            )
            for (seller_id, offer_id), product_id in pairs
        ),
        at=now,
    )
