"""Orders put into the bin by a person, and brought back: they stay in the reconciliation with Allegro."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from stragan.companies.models import Company, User
from stragan.kit.audit import Deed, record
from stragan.orders.models import Order, OrderEvent
from stragan.orders.standing import settle

_COLUMNS = ["deleted_at", "deleted_by", "delete_reason", "changed_at", "visible", "queue"]


def mark_deleted(*, orders: Iterable[Order], reason: str, user: User, now: datetime) -> list[int]:
    """Put locked orders into the bin, in the caller's transaction; gives those that were not there yet."""
    assert transaction.get_connection().in_atomic_block, "the caller's transaction holds the locks"
    fresh = [order for order in orders if order.deleted_at is None]
    for order in fresh:
        order.deleted_at, order.deleted_by, order.delete_reason = now, user, reason
    _keep(fresh, verb="deleted", facts={"reason": reason}, user=user, now=now)
    return [order.pk for order in fresh]


@transaction.atomic
def restore(*, company: Company, order_ids: Iterable[int], user: User, now: datetime) -> list[int]:
    """Take orders out of the bin; gives those that were in it. What Allegro changed meanwhile stands."""
    orders = list(
        Order.objects.for_company(company)
        .select_for_update()
        .filter(pk__in=list(order_ids), deleted_at__isnull=False)
        .order_by("id")
    )
    for order in orders:
        order.deleted_at, order.deleted_by, order.delete_reason = None, None, ""
    _keep(orders, verb="restored", facts={}, user=user, now=now)
    return [order.pk for order in orders]


def _keep(orders: list[Order], *, verb: str, facts: dict[str, object], user: User, now: datetime) -> None:
    for order in orders:
        order.changed_at = now
        settle(order)
    Order.objects.across_companies().bulk_update(orders, _COLUMNS)
    OrderEvent.objects.bulk_create(
        OrderEvent(order=order, at=now, verb=verb, facts=facts, user=user) for order in orders
    )
    record(
        (
            Deed(
                verb=f"order.{verb}",
                subject="order",
                subject_id=order.pk,
                company_id=order.company_id,
                user_id=user.pk,
                facts={"number": order.number},
            )
            for order in orders
        ),
        at=now,
    )
