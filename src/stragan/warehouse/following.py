"""Gives every product its level, with what the stock list sorts and hides by, as the catalog changes."""

from collections.abc import Collection, Iterator
from typing import Final

from django.db import transaction
from django.db.models import F, Q, QuerySet

from stragan.products.models import Product

_AT_ONCE: Final = 5_000
FOLLOW: Final = (
    "INSERT INTO warehouse_stocklevel AS l"
    " (company_id, product_id, on_hand, reserved, available, name_key, is_bundle, is_archived, is_listed)"
    " SELECT company_id, id, 0, 0, 0, name_key, is_bundle, archived_at IS NOT NULL,"
    " NOT is_bundle AND archived_at IS NULL FROM products_product"
)
OVER: Final = (
    "ON CONFLICT (product_id) DO UPDATE SET name_key = excluded.name_key,"
    " is_bundle = excluded.is_bundle, is_archived = excluded.is_archived,"
    " is_listed = NOT excluded.is_bundle AND NOT (excluded.is_archived AND l.on_hand = 0)"
)


def on_products_changed(*, company_id: int, product_ids: Collection[int], **_: object) -> None:
    """Copy what changed; the catalog calls it in the transaction of the change."""
    follow(company_id=company_id, product_ids=product_ids)


def follow(*, company_id: int, product_ids: Collection[int]) -> None:
    """Make the levels of products be and say what the catalog says; safe to repeat.

    Rows are written in the order of their products, as all locks on levels are taken.
    """
    ids = sorted(product_ids)
    for start in range(0, len(ids), _AT_ONCE):
        part = ids[start : start + _AT_ONCE]
        places = ", ".join(["%s"] * len(part))
        with transaction.get_connection().cursor() as cursor:
            cursor.execute(
                f"{FOLLOW} WHERE company_id = %s AND id IN ({places}) ORDER BY id {OVER}",
                [company_id, *part],
            )


def astray(company_id: int) -> Iterator[int]:
    """Ids of products without a level, or whose level says something else than the catalog."""
    rows: QuerySet[Product] = Product.objects.for_company(company_id)
    agrees = Q(
        level__name_key=F("name_key"),
        level__is_bundle=F("is_bundle"),
        level__is_archived=Q(archived_at__isnull=False),
    )
    yield from rows.exclude(agrees).order_by("id").values_list("id", flat=True)
