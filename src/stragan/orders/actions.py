"""What people and documents do to orders: status by hand, marks, problems assessed anew."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import transaction

from stragan.companies.models import Company, User
from stragan.kit.bulk import insert_rows
from stragan.orders import assess
from stragan.orders.models import Order, OrderEvent
from stragan.orders.standing import settle
from stragan.orders.states import OrderStatus, PaymentState, Queue
from stragan.shops.models import Shop

NOTE_LENGTH: Final = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusChange:
    """One status set by hand, with what stood there before: enough to undo it."""

    order_id: int
    from_: OrderStatus
    was_by_hand: bool
    to: OrderStatus


def mark_gone(*, shop: Shop, form_ids: Iterable[str], now: datetime) -> list[str]:
    """Note that Allegro no longer has these forms and no successor is known; they are kept.

    Gives the forms that were retired by it.
    """
    orders = list(
        Order.objects.for_company(shop.company_id)
        .select_for_update()
        .filter(
            seller_id=shop.seller_id,
            allegro_id__in=list(form_ids),
            gone_at__isnull=True,
            superseded_by__isnull=True,
        )
        .order_by("id")
    )
    for order in orders:
        order.gone_at = now
        order.visible, order.queue, order.changed_at = False, Queue.DONE, now
    Order.objects.across_companies().bulk_update(orders, ["gone_at", "visible", "queue", "changed_at"])
    OrderEvent.objects.bulk_create(OrderEvent(order=order, at=now, verb="gone") for order in orders)
    return [order.allegro_id for order in orders]


def mark_documented(
    *, numbers: Mapping[int, str], close: bool, now: datetime, user: User | None = None
) -> None:
    """Note that orders have their original fiscal document; *close* them too (S11).

    *numbers* are those of the documents issued for them, by order id; empty where one was linked. Runs in
    the transaction that issues. A cancelled order stays cancelled.
    """
    rows = Order.objects.across_companies().filter(pk__in=list(numbers))
    rows.update(has_original=True, queue=Queue.DONE, changed_at=now)
    if close:
        rows.exclude(status=OrderStatus.CANCELLED).update(status=OrderStatus.CLOSED, visible=False)
    facts = ((pk, "documented", {"closed": close, "number": number}) for pk, number in numbers.items())
    _note(facts, now=now, user=user)


def note_papers(papers: Mapping[int, tuple[str, str]], *, now: datetime, user: User | None = None) -> None:
    """Note kind and number of documents that leave their order (id) as it is: pro formas, offers, repeats.

    Runs in the transaction that issues.
    """
    _note(
        ((pk, "paper_issued", {"kind": kind, "number": number}) for pk, (kind, number) in papers.items()),
        now=now,
        user=user,
    )


def _note(events: Iterable[tuple[int, str, object]], *, now: datetime, user: User | None) -> None:
    insert_rows(
        OrderEvent,
        columns=("order", "at", "verb", "facts", "user"),
        rows=((pk, now, verb, facts, user.pk if user else None) for pk, verb, facts in events),
    )


@transaction.atomic
def set_status(
    *,
    company: Company,
    order_ids: Iterable[int],
    status: OrderStatus | None,
    user: User | None,
    now: datetime,
) -> list[StatusChange]:
    """Set the seller's own status by hand, or (None) let it follow payment and cancellation again.

    Nothing is sent to Allegro. Superseded and deleted orders are left alone. Gives what changed, for undoing.
    """
    orders = list(
        Order.objects.for_company(company)
        .select_for_update()
        .filter(pk__in=list(order_ids), superseded_by__isnull=True, deleted_at__isnull=True)
        .order_by("id")
    )
    changes = []
    for order in orders:
        to = status or assess.derived_status(
            allegro_status=order.allegro_status, payment=PaymentState(order.payment_state)
        )
        before = StatusChange(
            order_id=order.pk, from_=OrderStatus(order.status), was_by_hand=order.status_by_hand, to=to
        )
        if (before.from_, before.was_by_hand) == (to, status is not None):
            continue
        order.status, order.status_by_hand, order.changed_at = to, status is not None, now
        settle(order)
        changes.append(before)
    touched = {change.order_id for change in changes}
    Order.objects.across_companies().bulk_update(
        [order for order in orders if order.pk in touched],
        ["status", "status_by_hand", "changed_at", "visible", "queue"],
    )
    OrderEvent.objects.bulk_create(
        OrderEvent(
            order_id=change.order_id,
            at=now,
            verb="status_set" if status else "status_follows",
            facts={"from": change.from_, "to": change.to, "was_by_hand": change.was_by_hand},
            user=user,
        )
        for change in changes
    )
    return changes


@transaction.atomic
def write_note(*, order: Order, text: str, user: User, now: datetime) -> None:
    """Keep the seller's own note on an order; the timeline tells that it changed, not what it said."""
    note = text.strip()[:NOTE_LENGTH]
    if note == order.note:
        return
    order.note = note
    order.save(update_fields=["note"])
    OrderEvent.objects.create(order=order, at=now, verb="noted", user=user)


@transaction.atomic
def undo_status(
    *, company: Company, changes: Sequence[StatusChange], user: User | None, now: datetime
) -> None:
    """Put back the statuses that ``set_status`` changed."""
    for status in {change.from_ if change.was_by_hand else None for change in changes}:
        ids = [
            change.order_id for change in changes if (change.from_ if change.was_by_hand else None) == status
        ]
        set_status(company=company, order_ids=ids, status=status, user=user, now=now)


@transaction.atomic
def reassess(*, company: Company, problems: dict[int, tuple[str, ...]], now: datetime) -> None:
    """Store anew what blocks these orders (id → codes), after settings that decide it changed."""
    orders = list(
        Order.objects.for_company(company).select_for_update().filter(pk__in=problems).order_by("id")
    )
    for order in orders:
        order.problems = list(problems[order.pk])
        order.problem = order.problems[0] if order.problems else ""
        order.changed_at = now
        settle(order)
    Order.objects.across_companies().bulk_update(
        orders, ["problems", "problem", "changed_at", "visible", "queue"]
    )
