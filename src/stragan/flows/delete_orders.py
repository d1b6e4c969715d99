"""Puts orders into the bin, with a reason, and brings them back. Nothing is sent to Allegro."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from stragan.companies.models import Company, User
from stragan.core.errors import Refused
from stragan.documents.queries import numbers_by_order
from stragan.flows import stock_reservations
from stragan.orders import deletion
from stragan.orders.models import Order

REASON_LENGTH = 300


class DeleteReasonMissing(Refused):
    """An order is deleted only with a reason."""

    code = "delete_reason_missing"


class OrderHasDocument(Refused):
    """A document speaks of the order, so it stays where people look for it."""

    code = "order_has_document"


@dataclass(frozen=True, slots=True, kw_only=True)
class Deleted:
    """Ids of orders now in the bin, and why others are not: each refusal names its order."""

    ids: tuple[int, ...]
    refusals: tuple[OrderHasDocument, ...]


def delete_orders(
    *, company: Company, order_ids: Sequence[int], reason: str, user: User, now: datetime
) -> Deleted:
    """Put orders of the company into the bin; those with a document are refused, each alone.

    They leave lists, counts and sums, and keep their place in the reconciliation. What Allegro changes
    later is still taken in and told in the timeline. What they reserved is free again.

    :raises DeleteReasonMissing: *reason* is empty.
    """
    reason = " ".join(reason.split())[:REASON_LENGTH]
    if not reason:
        raise DeleteReasonMissing
    with transaction.atomic(durable=True):
        # Issuing and linking lock the order too: none gets a document between the look and the deed.
        rows = Order.objects.for_company(company).select_for_update().filter(pk__in=list(order_ids))
        orders = list(rows.order_by("id"))
        documented = numbers_by_order(company, [order.pk for order in orders])
        ids = deletion.mark_deleted(
            orders=[order for order in orders if order.pk not in documented],
            reason=reason,
            user=user,
            now=now,
        )
        stock_reservations.refresh(company, ids, now)
    refusals = tuple(OrderHasDocument(number=order.number) for order in orders if order.pk in documented)
    return Deleted(ids=tuple(ids), refusals=refusals)


def restore_orders(
    *, company: Company, order_ids: Sequence[int], user: User, now: datetime
) -> tuple[int, ...]:
    """Bring orders back from the bin; gives those that were in it."""
    with transaction.atomic(durable=True):
        ids = deletion.restore(company=company, order_ids=order_ids, user=user, now=now)
        stock_reservations.refresh(company, ids, now)
    return tuple(ids)
