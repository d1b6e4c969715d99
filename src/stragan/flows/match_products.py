"""Offers and products meet: what is linked, created or changed reaches the lines of open orders.

The decision (which product an offer sells) is one transaction in ``products``; the lines follow in
bounded chunks, at once for the first of them and by a job for what is left. Documented orders keep the
products their documents knew.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import transaction
from django.db.models import Q

from stragan.companies.models import Company
from stragan.flows import offer_products
from stragan.flows.import_orders import reassess_orders
from stragan.flows.stock_reservations import ask_to_reserve, refresh
from stragan.kit import jobs
from stragan.kit.audit import Actor
from stragan.orders.models import Order, OrderLine
from stragan.products import actions, queries
from stragan.products.actions import Saved, Undo
from stragan.products.actions.links import OfferKey
from stragan.products.matching import exact_name
from stragan.products.models import Product, SoldOffer
from stragan.products.reading import ProductData

REMATCH_JOB: Final = "products.rematch"
_OFFERS_AT_ONCE: Final = 300
_LINES_AT_ONCE: Final = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Linked:
    """Offers that were linked or unlinked: how they stood before, and the orders that changed at once."""

    before: tuple[Undo, ...]
    order_ids: tuple[int, ...]


def link(*, company: Company, products: Mapping[OfferKey, int], by: int | None, now: datetime) -> Linked:
    """Say which products offers sell, by (seller id, offer id); open orders follow.

    :raises LinkNotFound: a product is not the company's, or it is archived.
    """
    with transaction.atomic(durable=True):
        before = actions.link_offers(company=company, products=products, by=by, now=now)
        ask_to_rematch(company, now=now)
    return Linked(before=tuple(before), order_ids=tuple(_follow_at_once(company, now=now)))


def unlink(*, company: Company, offers: Collection[OfferKey], by: int | None, now: datetime) -> Linked:
    """Take the products away from offers; lines of open orders lose them.

    :raises OfferNotFound: an offer is unknown here.
    """
    with transaction.atomic(durable=True):
        before = actions.unlink_offers(company=company, offers=offers, by=by, now=now)
        ask_to_rematch(company, now=now)
    return Linked(before=tuple(before), order_ids=tuple(_follow_at_once(company, now=now)))


def undo(*, company: Company, before: Sequence[Undo], by: int | None, now: datetime) -> list[int]:
    """Let offers stand again as they did; gives the orders that changed at once.

    :raises LinkNotFound: a product is not the company's any more.
    """
    with transaction.atomic(durable=True):
        actions.put_back(company=company, before=before, by=by, now=now)
        ask_to_rematch(company, now=now)
    return _follow_at_once(company, now=now)


def save_product(
    *, company: Company, product_id: int | None, data: ProductData, by: int | None, now: datetime
) -> Saved:
    """Create a product, or change one; offers that fit it now are matched.

    :raises ProductNotFound: the product is not the company's.
    :raises ProductInvalid: another has its SKU, or its components cannot be.
    """
    with transaction.atomic(durable=True):
        if product_id is None:
            saved = actions.create_product(company=company, data=data, by=by, now=now)
        else:
            saved = actions.edit_product(
                company=company, product_id=product_id, data=data, by=by, now=now, actor=Actor.USER
            )
        if saved.fields:
            _accept_for(company, saved.product, data, now=now)
            ask_to_rematch(company, now=now)
            if product_id is not None:
                follow_fields(company, saved.fields, now=now)
    _follow_at_once(company, now=now)
    return saved


def restore(*, company: Company, product_ids: Collection[int], by: int | None, now: datetime) -> int:
    """Take archived products into use again; what fits them is matched by the job."""
    with transaction.atomic(durable=True):
        count = actions.restore_products(company=company, product_ids=product_ids, by=by, now=now)
        ask_to_rematch(company, now=now)
    return count


def rematch(*, company: Company, now: datetime) -> list[int]:
    """Match every offer without a product once more, then let the lines of open orders follow.

    In chunks that commit by themselves; safe to repeat. Gives the ids of the orders that changed.
    """
    accept_all(company=company, now=now)
    return [pk for chunk in _follow(company, now=now) for pk in chunk]


def rematch_company(*, company_id: int, now: datetime) -> None:
    """Do the job ``products.rematch`` for a company that still exists; listed offers follow too."""
    company = Company.objects.filter(pk=company_id).first()
    if company is not None:
        rematch(company=company, now=now)
        offer_products.follow(company=company)


def accept_all(*, company: Company, now: datetime) -> int:
    """Match every offer that has no product and is not held back; says how many found one."""
    if not queries.has_products(company.pk):
        return 0
    count, last = 0, 0
    while True:
        with transaction.atomic(durable=True):
            ids = list(
                queries.unmatched(company)
                .filter(is_held=False, pk__gt=last)
                .order_by("id")
                .values_list("id", flat=True)[:_OFFERS_AT_ONCE]
            )
            if not ids:
                return count
            count += actions.accept(company, _locked(company, Q(pk__in=ids, product__isnull=True)), now=now)
        last = ids[-1]


def follow_fields(company: Company, fields: Collection[str], *, now: datetime) -> None:
    """Ask for what follows when fields of products that orders may have changed."""
    if "components" in fields and company.warehouse:
        ask_to_reserve(company, now=now)
    if "vat_code" in fields:
        ask_to_reassess(company, now=now)


def ask_to_reassess(company: Company, *, now: datetime) -> None:
    """Have the waiting orders assessed anew: products say VAT codes where offers do not."""
    jobs.enqueue(
        jobs.Request(
            name="orders.reassess",
            key=f"reassess:{company.pk}",
            arguments={"company_id": company.pk},
            company_id=company.pk,
        ),
        now=now,
    )


def _accept_for(company: Company, product: Product, data: ProductData, *, now: datetime) -> None:
    """Match the offers that this product may fit now, some hundreds at most; the job takes the rest."""
    keys = Q(name__in=[exact_name(name) for name in (data.name, *data.names)])
    if texts := [text for text in (data.sku, data.ean) if text]:
        keys |= Q(sku__in=texts)
    rows = queries.unmatched(company).filter(keys, is_held=False).order_by("id")
    ids = list(rows.values_list("id", flat=True)[:_OFFERS_AT_ONCE])
    if ids and product.archived_at is None:
        actions.accept(company, _locked(company, Q(pk__in=ids, product__isnull=True)), now=now)


def _locked(company: Company, which: Q) -> list[SoldOffer]:
    """Offers, locked in the order in which the import locks them."""
    rows = SoldOffer.objects.for_company(company).filter(which)
    return list(rows.select_for_update(of=("self",)).order_by("seller_id", "offer_id"))


def ask_to_rematch(company: Company, *, now: datetime) -> None:
    """Have offers without a product matched once more."""
    jobs.enqueue(
        jobs.Request(
            name=REMATCH_JOB,
            key=f"rematch:{company.pk}",
            arguments={"company_id": company.pk},
            company_id=company.pk,
        ),
        now=now,
    )


def _follow_at_once(company: Company, *, now: datetime) -> list[int]:
    """The first chunk, while somebody looks at the page; the job does the rest."""
    return next(_follow(company, now=now), [])


def _follow(company: Company, *, now: datetime) -> Iterator[list[int]]:
    """Let lines of open orders carry the products of their offers; a chunk is a transaction."""
    rows = SoldOffer.objects.for_company(company).filter(is_spread=False).order_by("id")
    while ids := list(rows.values_list("id", flat=True)[:_OFFERS_AT_ONCE]):
        at_first: dict[int, int | None] | None = None
        place: int | None = 0
        while place is not None:
            with transaction.atomic(durable=True):
                lines, after = _next_lines(company, ids, after=place)
                # Orders before offers before lines: as the import locks them.
                _lock_orders(company, {order_id for _, order_id in lines})
                offers = _locked(company, Q(pk__in=ids))
                changed = _spread(company, offers, [pk for pk, _ in lines])
                refresh(company, changed, now)
                products = {row.pk: row.product_id for row in offers}
                at_first = at_first or products
                place = after
                if place is None:
                    # Whoever was given another product meanwhile is gone through once more.
                    same = [pk for pk, product_id in products.items() if at_first[pk] == product_id]
                    SoldOffer.objects.for_company(company).filter(pk__in=same).update(is_spread=True)
            if changed:
                reassess_orders(company=company, order_ids=changed, now=now)
            yield changed


def _next_lines(
    company: Company, offer_ids: Sequence[int], *, after: int
) -> tuple[list[tuple[int, int]], int | None]:
    """Lines of open orders above *after*, each with its order; and where to go on, None at the end."""
    offers = SoldOffer.objects.for_company(company).filter(pk__in=offer_ids).order_by("id")
    keys = set(offers.values_list("seller_id", "offer_id"))
    lines = (
        OrderLine.objects.for_company(company)
        .filter(
            seller_id__in={seller_id for seller_id, _ in keys},
            offer_id__in={offer_id for _, offer_id in keys},
            pk__gt=after,
            order__visible=True,
            order__has_original=False,
        )
        .order_by("id")
        .values_list("id", "order_id", "seller_id", "offer_id")[:_LINES_AT_ONCE]
    )
    found = list(lines)
    place = found[-1][0] if len(found) == _LINES_AT_ONCE else None
    return [(pk, order_id) for pk, order_id, *key in found if tuple(key) in keys], place


def _lock_orders(company: Company, order_ids: Collection[int]) -> None:
    rows = Order.objects.for_company(company).select_for_update(of=("self",)).filter(pk__in=order_ids)
    list(rows.order_by("id").values_list("id", flat=True))


def _spread(company: Company, offers: Sequence[SoldOffer], line_ids: Sequence[int]) -> list[int]:
    """Give lines the products of their offers, except where a document came meanwhile; gives the orders."""
    wanted = {(row.seller_id, row.offer_id): row.product_id for row in offers}
    lines = (
        OrderLine.objects.for_company(company)
        .filter(pk__in=line_ids, order__has_original=False)
        .order_by("id")
        .values_list("id", "order_id", "seller_id", "offer_id", "product_id")
    )
    by_product: dict[int | None, list[int]] = {}
    orders: set[int] = set()
    for pk, order_id, seller_id, offer_id, product_id in lines:
        key = (seller_id, offer_id)
        if key in wanted and wanted[key] != product_id:
            by_product.setdefault(wanted[key], []).append(pk)
            orders.add(order_id)
    for target, ids in by_product.items():
        OrderLine.objects.for_company(company).filter(pk__in=ids).update(product_id=target)
    return sorted(orders)
