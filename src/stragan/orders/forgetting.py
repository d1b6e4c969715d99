"""Takes contact data of buyers out of old orders: from their columns, and from what Allegro sent."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from django.db import connection, transaction

from stragan.companies.models import Company
from stragan.kit.tenancy import CompanyQuerySet
from stragan.orders.columns import columns_of
from stragan.orders.data import OrderData
from stragan.orders.models import Order, OrderRevision

# Those that tell of a person; what is worked out of the remaining content takes their place.
_COLUMNS: Final = ("buyer_login", "buyer_name", "search_text", "has_message")


def with_contact(
    company: Company, *, before: datetime
) -> tuple[CompanyQuerySet[Order], CompanyQuerySet[Order]]:
    """Orders not purged yet: bought before that instant, and those without a purchase downloaded before it.

    Two queries, since each of them reads an index of what is due alone.
    """
    rows = Order.objects.for_company(company).filter(contact_purged_at__isnull=True)
    return rows.filter(bought_at__lt=before), rows.filter(bought_at__isnull=True, created_at__lt=before)


def forget(
    orders: Sequence[Order],
    *,
    contents: Mapping[int, OrderData],
    payloads: Mapping[int, bytes],
    now: datetime,
) -> None:
    """Write revisions (id → zlib) and columns without contact data, in the caller's transaction.

    *contents* are read from the latest of these revisions; an order without one keeps its number only.
    """
    assert transaction.get_connection().in_atomic_block, "the caller's transaction holds it together"
    table = connection.ops.quote_name(OrderRevision._meta.db_table)  # noqa: SLF001 -- Django's documented way
    with connection.cursor() as cursor:
        cursor.executemany(
            f"UPDATE {table} SET payload = %s WHERE id = %s",  # noqa: S608 -- our own name only
            [(payload, pk) for pk, payload in payloads.items()],
        )
    for order in orders:
        content = contents.get(order.pk)
        values: Mapping[str, object] = (
            columns_of(content, number=order.number, problems=())
            if content is not None
            else {"buyer_login": "", "buyer_name": "", "search_text": f"{order.number}", "has_message": False}
        )
        for name in _COLUMNS:
            setattr(order, name, values[name])
        order.contact_purged_at = now
    Order.objects.across_companies().bulk_update(orders, [*_COLUMNS, "contact_purged_at"])


def purged_on(*, nip: str, seller_id: str, start: datetime, end: datetime) -> int:
    """How many orders of an account bought in that time have no contact data any more."""
    rows = Order.objects.across_companies().filter(  # a statement names its company by its NIP
        company__nip=nip, seller_id=seller_id, bought_at__gte=start, bought_at__lt=end
    )
    return rows.filter(contact_purged_at__isnull=False).count()
