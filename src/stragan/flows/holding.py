"""Deeds on one sale wait for each other, and never in a ring.

Whoever changes what a document did takes, in this order: the series a number comes from, orders by id, the
document, its links, the ledger, stock. Issuing takes the same. On SQLite the transaction itself is the lock.
"""

import random
import time
from collections.abc import Callable
from typing import Final, TypeVar

from django.db import OperationalError

from stragan.companies.models import Company
from stragan.documents import queries
from stragan.documents.models import Document, OrderDocument
from stragan.orders.models import Order

T = TypeVar("T")

ATTEMPTS: Final = 4
PAUSE_S: Final = 0.05


def held_document(company: Company, document_id: int) -> Document | None:
    """Find a document and hold it with the orders that have it, until the transaction ends.

    Orders first: one of them may be getting a document made from this one, and then is waited for, so
    that what is read afterwards stays true.
    """
    links = OrderDocument.objects.for_company(company).filter(document_id=document_id, ended_at__isnull=True)
    hold_orders(company, *links.values_list("order_id", flat=True))
    return queries.locked_document(company, document_id)


def hold_orders(company: Company, *order_ids: int) -> None:
    """Hold orders until the transaction ends."""
    rows = Order.objects.for_company(company).select_for_update().filter(pk__in=order_ids)
    list(rows.order_by("id").values_list("id", flat=True))


def insisted(deed: Callable[[], T]) -> T:
    """Do *deed*, a transaction of its own; once more where the database gave up waiting or broke a ring.

    :raises OperationalError: it gave up every time.
    """
    for attempt in range(ATTEMPTS - 1):
        try:
            return deed()
        except OperationalError:
            time.sleep(PAUSE_S * 2**attempt * random.uniform(0.5, 1.5))  # noqa: S311 -- spreads load
    return deed()
