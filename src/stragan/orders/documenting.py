"""What undoing and linking documents do to orders: they wait for a document again, or have one."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from stragan.companies.models import Company, User
from stragan.orders import assess
from stragan.orders.models import Order, OrderEvent
from stragan.orders.standing import settle
from stragan.orders.states import OrderStatus, PaymentState


def mark_undocumented(*, company: Company, order_ids: Iterable[int], now: datetime) -> list[Order]:
    """Let orders wait for a document again, in the caller's transaction.

    A status that issuing closed follows payment again, or is what a person had set before. One that a
    person set to closed stays.
    """
    orders = list(
        Order.objects.for_company(company).select_for_update().filter(pk__in=list(order_ids)).order_by("id")
    )
    before = _before_closing([order for order in orders if order.status == OrderStatus.CLOSED])
    for order in orders:
        order.has_original, order.changed_after_issue, order.changed_at = False, False, now
        if order.pk in before:
            order.status = before[order.pk] or assess.derived_status(
                allegro_status=order.allegro_status, payment=PaymentState(order.payment_state)
            )
        settle(order)
    Order.objects.across_companies().bulk_update(
        orders, ["has_original", "changed_after_issue", "changed_at", "status", "visible", "queue"]
    )
    return orders


def mark_changed(order_ids: Iterable[int], *, is_changed: bool) -> None:
    """Note that a change of these orders after their documents were issued waits for a person."""
    rows = Order.objects.across_companies().filter(pk__in=list(order_ids))
    rows.update(changed_after_issue=is_changed)


def order_with_id(company: Company, order_id: int | None) -> Order | None:
    """Give the order a document belongs to; None for one written by hand."""
    return Order.objects.for_company(company).filter(pk=order_id).first() if order_id else None


def tell(
    *, order_ids: Iterable[int], verb: str, facts: Mapping[str, object], now: datetime, user: User | None
) -> None:
    """Write what was done with a document into the timelines of these orders."""
    OrderEvent.objects.bulk_create(
        OrderEvent(order_id=pk, at=now, verb=verb, facts=dict(facts), user=user) for pk in order_ids
    )


def _before_closing(closed: list[Order]) -> dict[int, OrderStatus | None]:
    """For orders that a document closed: the status a person had set before, None where it followed."""
    by_hand = [order.pk for order in closed if order.status_by_hand]
    found: dict[int, OrderStatus | None] = {order.pk: None for order in closed if not order.status_by_hand}
    if not by_hand:
        return found
    rows = OrderEvent.objects.filter(
        order_id__in=by_hand, verb__in=["documented", "status_set", "status_follows"]
    )
    latest: dict[int, list[tuple[str, Mapping[str, object]]]] = {}
    for order_id, verb, facts in rows.order_by("-id").values_list("order_id", "verb", "facts"):
        latest.setdefault(order_id, []).append((verb, facts))
    for order_id, events in latest.items():
        verb, facts = events[0]
        if verb == "documented" and facts.get("closed"):
            set_to = next((str(told["to"]) for name, told in events if name == "status_set"), None)
            found[order_id] = OrderStatus(set_to) if set_to else None
    return found
