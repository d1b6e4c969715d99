"""The statements that give the shops a hundred thousand offers, four of five of them linked and sold."""

from typing import Final

from bench.filling_rest_sql import GOODS, PRODUCTS, insert_sql, series

OFFERS: Final = 100_000
UNMATCHED: Final = "i % 5 = 0"
# Offers of the filled orders have the numbers 1,000,000,000 to …799; the rest follow.
_NUMBER: Final = "cast(999999999 + i AS text)"
_SELLER: Final = "cast(7000 + i % 3 AS text)"
_NAME: Final = f"o.name || CASE WHEN i > {GOODS} THEN ' oferta ' || i ELSE '' END"
_FOLDED: Final = f"o.folded || CASE WHEN i > {GOODS} THEN ' oferta ' || i ELSE '' END"
_PRODUCT: Final = (
    f"CASE WHEN {UNMATCHED} THEN NULL ELSE (SELECT min(id) FROM products_product) + i % {PRODUCTS} END"
)


def offers_sql(company_id: int, shops: list[int], *, latest_s: int) -> list[tuple[str, str]]:
    """Give the statements, each with its name; products are there already. *latest_s*: Unix time."""
    from django.db import connection

    from stragan.products.models import OfferLink, SoldOffer
    from stragan.shops.models import Offer

    moment = "datetime({0}, 'unixepoch')" if connection.vendor == "sqlite" else "to_timestamp({0})"
    latest = moment.format(latest_s)
    source = f"{series(OFFERS)} JOIN bench_goods o ON o.place = (i - 1) % {GOODS} ORDER BY i"
    first, second, third = shops
    offers = {
        "company_id": f"{company_id}",
        "shop_id": f"CASE i % 3 WHEN 0 THEN {first} WHEN 1 THEN {second} ELSE {third} END",
        "offer_id": _NUMBER,
        "name": _NAME,
        "name_key": _FOLDED,
        "sku": "CASE WHEN i % 2 = 0 THEN 'P-' || i ELSE '' END",
        "price": "1000 + i * 7919 % 90000",
        "currency": "'PLN'",
        "available": "i * 31 % 200",
        "status": "CASE WHEN i % 10 = 3 THEN 'ENDED' ELSE 'ACTIVE' END",
        "is_active": "(i % 10 <> 3)",
        "marketplace": "'allegro-pl'",
        "product_id": _PRODUCT,
        "sold": "CASE WHEN i % 2 = 0 THEN i * 7919 % 97 ELSE 0 END",
        "refreshed_at": latest,
        "search_text": f"{_FOLDED} || ' ' || {_NUMBER}",
    }
    sold = {
        "company_id": f"{company_id}",
        "seller_id": _SELLER,
        "offer_id": _NUMBER,
        "name": _NAME,
        "name_key": _FOLDED,
        "sku": "CASE WHEN i % 2 = 0 THEN 'S-' || i ELSE '' END",
        "price": "1000 + i * 7919 % 90000",
        "vat_rate": "'23.00'",
        "sold_at": moment.format(f"({latest_s} - i * 7919 % 1000003 * 60)"),
        "purchases": "1 + i * 31 % 400",
        "product_id": _PRODUCT,
        "is_spread": "(1 = 1)",
    }
    links = {
        "company_id": f"{company_id}",
        "seller_id": "r.seller_id",
        "offer_id": "r.offer_id",
        "product_id": "r.product_id",
        "at": latest,
    }
    linked = "products_soldoffer r WHERE r.product_id IS NOT NULL ORDER BY r.id"
    return [
        ("offers", insert_sql(Offer, offers, source)),
        ("sold offers", insert_sql(SoldOffer, sold, source)),
        ("offer links", insert_sql(OfferLink, links, linked)),
    ]
