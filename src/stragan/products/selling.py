"""Takes note of what was bought: offers seen in orders, and the product each of them sells."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Final

from django.db import transaction

from stragan.core.money import to_minor
from stragan.products import queries
from stragan.products.matching import Offer, exact_name, name_key
from stragan.products.models import OfferLink, SoldOffer

_COLUMNS: Final = (
    "company_id",
    "seller_id",
    "offer_id",
    "name",
    "name_key",
    "sku",
    "price",
    "vat_rate",
    "sold_at",
    "purchases",
    "is_held",
    "is_spread",
)
_OF_THE_LATEST: Final = ("name", "name_key", "sku", "price", "vat_rate", "sold_at")
_LARGEST_STATEMENT: Final = 2_000  # rows; 24,000 parameters


@dataclass(frozen=True, slots=True, kw_only=True)
class Sale:
    """What the latest of some purchases says of an offer; ``purchases`` is how many of them are new."""

    offer_id: str
    name: str
    sku: str
    price: Decimal | None
    vat_rate: str
    sold_at: datetime
    purchases: int


def take_note(*, company_id: int, seller_id: str, sales: Sequence[Sale], now: datetime) -> dict[str, int]:
    """Remember offers that were bought and give the product of each that has one, by offer id.

    An offer without a product is matched; a certain match is remembered as a link, so that a later
    change of SKU or name surprises nobody. One statement for offers that are known, at most nine for any
    number of new ones. Part of the caller's transaction: the rows stay locked until it ends, so
    that linking an offer meanwhile waits, and then finds the new lines.
    """
    if not sales:
        return {}
    known = _put(company_id, seller_id, sales)
    products = {row.offer_id: row.product_id for row in known if row.product_id and not row.is_archived}
    stale = {row.offer_id for row in known if row.product_id and row.is_archived}
    held = {row.offer_id for row in known if row.is_held}
    offers = [
        Offer(seller_id=seller_id, offer_id=sale.offer_id, name=sale.name, sku=sale.sku)
        for sale in sales
        if sale.offer_id not in products and sale.offer_id not in held
    ]
    if not offers:
        return products
    found: dict[str, int] = {}
    if products or stale or queries.has_products(company_id):
        catalog = queries.catalog_for(company_id, offers)
        matches = {offer.offer_id: catalog.match(offer).product_id for offer in offers}
        found = {offer_id: pk for offer_id, pk in matches.items() if pk is not None}
    rows = SoldOffer.objects.for_company(company_id).filter(seller_id=seller_id)
    if gone := stale - found.keys():
        rows.filter(offer_id__in=sorted(gone)).update(product=None)
    remember(company_id=company_id, seller_id=seller_id, found=found, now=now)
    return products | found


def remember(*, company_id: int, seller_id: str, found: dict[str, int], now: datetime) -> None:
    """Keep certain matches: as the product of the offer, and as a link where there is none yet."""
    if not found:
        return
    ordered = sorted(found.items())
    whens = " ".join(["WHEN %s THEN %s"] * len(ordered))
    places = ", ".join(["%s"] * len(ordered))
    with transaction.get_connection().cursor() as cursor:
        # The ORM takes ten times as long to write this down.
        cursor.execute(
            f"UPDATE products_soldoffer SET product_id = CASE offer_id {whens} END "  # noqa: S608 -- our own words only
            f"WHERE company_id = %s AND seller_id = %s AND offer_id IN ({places})",
            [*(part for pair in ordered for part in pair), company_id, seller_id, *(pk for pk, _ in ordered)],
        )
    OfferLink.objects.for_company(company_id).bulk_create(
        [
            OfferLink(
                company_id=company_id,
                seller_id=seller_id,
                offer_id=offer_id,
                product_id=pk,
                by_hand=False,
                at=now,
            )
            for offer_id, pk in ordered
        ],
        ignore_conflicts=True,
    )


@dataclass(frozen=True, slots=True)
class _Known:
    """How an offer stands once it is noted."""

    offer_id: str
    product_id: int | None
    is_held: bool
    is_archived: bool


def _put(company_id: int, seller_id: str, sales: Sequence[Sale]) -> list[_Known]:
    """Insert or freshen the offers, and lock them."""
    connection = transaction.get_connection()
    fresh = ", ".join(
        f"{name} = CASE WHEN excluded.sold_at >= products_soldoffer.sold_at THEN excluded.{name} "
        f"ELSE products_soldoffer.{name} END"
        for name in _OF_THE_LATEST
    )
    place = f"({', '.join(['%s'] * len(_COLUMNS))})"
    known: list[_Known] = []
    # In one order everywhere, so that two transactions never wait for each other in a circle.
    ordered = sorted(sales, key=lambda sale: sale.offer_id)
    with connection.cursor() as cursor:
        for start in range(0, len(ordered), _LARGEST_STATEMENT):
            part = ordered[start : start + _LARGEST_STATEMENT]
            values: list[object] = []
            for sale in part:
                name = exact_name(sale.name)
                values += [
                    company_id,
                    seller_id,
                    sale.offer_id,
                    name,
                    name_key(name),
                    sale.sku,
                    None if sale.price is None else to_minor(sale.price),
                    sale.vat_rate,
                    connection.ops.adapt_datetimefield_value(sale.sold_at),
                    sale.purchases,
                    False,
                    True,
                ]
            cursor.execute(
                f"INSERT INTO products_soldoffer ({', '.join(_COLUMNS)}) VALUES "  # noqa: S608 -- our own names only
                f"{', '.join([place] * len(part))} "
                "ON CONFLICT (company_id, seller_id, offer_id) DO UPDATE SET "
                f"purchases = products_soldoffer.purchases + excluded.purchases, {fresh} "
                "RETURNING offer_id, product_id, is_held, EXISTS (SELECT 1 FROM products_product "
                "WHERE id = products_soldoffer.product_id AND archived_at IS NOT NULL)",
                values,
            )
            known += [
                _Known(offer_id, product_id, bool(is_held), bool(is_archived))
                for offer_id, product_id, is_held, is_archived in cursor.fetchall()
            ]
    return known
