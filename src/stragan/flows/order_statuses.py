"""The seller's own statuses, with what follows from them here: what orders reserve. Allegro hears nothing."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db import transaction

from stragan.companies.models import Company, User
from stragan.flows import stock_reservations
from stragan.kit.audit import Deed, record
from stragan.orders import actions
from stragan.orders.actions import StatusChange
from stragan.orders.states import OrderStatus


@transaction.atomic
def set_status(
    *, company: Company, order_ids: Iterable[int], status: OrderStatus | None, user: User, now: datetime
) -> list[StatusChange]:
    """Set the status of orders by hand, or (None) let it follow the payment again; gives what changed."""
    changes = actions.set_status(company=company, order_ids=order_ids, status=status, user=user, now=now)
    _follow(company, changes, user=user, now=now)
    return changes


@transaction.atomic
def undo_status(*, company: Company, changes: Sequence[StatusChange], user: User, now: datetime) -> None:
    """Put back the statuses that ``set_status`` changed."""
    actions.undo_status(company=company, changes=changes, user=user, now=now)
    _follow(company, changes, user=user, now=now, verb="order.status_undone")


def _follow(
    company: Company,
    changes: Sequence[StatusChange],
    *,
    user: User,
    now: datetime,
    verb: str = "order.status_set",
) -> None:
    stock_reservations.refresh(company, [change.order_id for change in changes], now)
    record(
        (
            Deed(
                verb=verb,
                subject="order",
                subject_id=change.order_id,
                company_id=company.pk,
                user_id=user.pk,
                facts={"from": change.from_.value, "to": change.to.value},
            )
            for change in changes
        ),
        at=now,
    )
