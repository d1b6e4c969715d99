"""What is done to orders: taking them in, setting their status, marking them documented."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import transaction

from stragan.companies.models import Company, User
from stragan.orders import assess
from stragan.orders.columns import columns_of, line_rows
from stragan.orders.data import OrderData
from stragan.orders.models import Order, OrderEvent, OrderLine, OrderRevision
from stragan.orders.states import AllegroStatus, OrderStatus, PaymentState, Queue
from stragan.shops.models import Shop

_SHOWN_CHANGES: Final = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Incoming:
    """One fetched form: its content, the bytes to keep (zlib), and what blocks a fiscal document."""

    data: OrderData
    payload: bytes
    content_sha256: str
    trace_id: str
    problems: tuple[str, ...]
    previous: OrderData | None = None  # what we knew before, where we knew it


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """Form ids by what became of them; ``superseded`` are orders that a new form replaced."""

    new: frozenset[str]
    changed: frozenset[str]
    superseded: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusChange:
    """One status set by hand, with what stood there before: enough to undo it."""

    order_id: int
    from_: OrderStatus
    was_by_hand: bool
    to: OrderStatus


def upsert_orders(*, shop: Shop, incoming: Sequence[Incoming], now: datetime) -> Taken:
    """Take in forms that are new or whose content changed, at most some hundreds at once.

    Runs in the caller's transaction, so that a cursor can move with it. New orders get the company's
    next numbers, oldest purchase first. A purchase (line id) that another order held before was merged:
    the newest form wins and the older order is superseded.
    """
    assert transaction.get_connection().in_atomic_block, "the caller's transaction holds it together"
    if not incoming:
        return Taken(new=frozenset(), changed=frozenset(), superseded=frozenset())
    # Of two forms of one page that share a purchase, the one that gathered more of them replaced the other.
    incoming = sorted(incoming, key=lambda form: (len(form.data.lines), _updated(form.data)))
    known = _known(shop, [form.data.allegro_id for form in incoming])
    fresh = [form for form in incoming if form.data.allegro_id not in known]
    created = _create(shop, fresh, now=now)
    changed = [form for form in incoming if form.data.allegro_id in known]
    for form in changed:
        _change(known[form.data.allegro_id], form, now=now)
    orders = {order.allegro_id: order for order in (*created, *known.values())}
    superseded = _place_lines(shop, incoming, orders, now=now)
    _keep_revisions(incoming, orders, now=now)
    _tell(created, [(known[form.data.allegro_id], form) for form in changed], now=now)
    return Taken(
        new=frozenset(form.data.allegro_id for form in fresh),
        changed=frozenset(known),
        superseded=superseded,
    )


def mark_gone(*, shop: Shop, form_ids: Iterable[str], now: datetime) -> None:
    """Note that Allegro no longer has these forms and no successor is known; they are kept."""
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


def mark_documented(*, orders: Sequence[Order], close: bool, now: datetime, user: User | None = None) -> None:
    """Note that these orders have their original fiscal document; *close* them too (S11).

    Runs in the transaction that issues. A cancelled order stays cancelled.
    """
    ids = [order.pk for order in orders]
    rows = Order.objects.across_companies().filter(pk__in=ids)
    rows.update(has_original=True, queue=Queue.DONE, changed_at=now)
    if close:
        rows.exclude(status=OrderStatus.CANCELLED).update(status=OrderStatus.CLOSED, visible=False)
    OrderEvent.objects.bulk_create(
        OrderEvent(order_id=pk, at=now, verb="documented", facts={"closed": close}, user=user) for pk in ids
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

    Nothing is sent to Allegro. Superseded orders are left alone. Gives what changed, for undoing.
    """
    orders = list(
        Order.objects.for_company(company)
        .select_for_update()
        .filter(pk__in=list(order_ids), superseded_by__isnull=True)
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
def undo_status(
    *, company: Company, changes: Sequence[StatusChange], user: User | None, now: datetime
) -> None:
    """Put back the statuses that ``set_status`` changed."""
    for status in {change.from_ if change.was_by_hand else None for change in changes}:
        ids = [
            change.order_id for change in changes if (change.from_ if change.was_by_hand else None) == status
        ]
        set_status(company=company, order_ids=ids, status=status, user=user, now=now)


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


def settle(order: Order) -> None:
    """Work out again whether the order is shown and where it waits."""
    standing = assess.Standing(
        status=OrderStatus(order.status),
        superseded=order.superseded_by_id is not None,
        gone=order.gone_at is not None,
        has_original=order.has_original,
    )
    order.visible = assess.is_visible(standing)
    order.queue = assess.queue_of(
        allegro_status=order.allegro_status, problem=order.problem, standing=standing
    )


def _updated(data: OrderData) -> float:
    return data.updated_at.timestamp() if data.updated_at else 0.0


def _known(shop: Shop, form_ids: Sequence[str]) -> dict[str, Order]:
    rows = (
        Order.objects.for_company(shop.company_id)
        .select_for_update(of=("self",))
        .select_related("superseded_by")
        .filter(seller_id=shop.seller_id, allegro_id__in=form_ids)
        .order_by("id")
    )
    return {order.allegro_id: order for order in rows}


def _create(shop: Shop, fresh: Sequence[Incoming], *, now: datetime) -> list[Order]:
    if not fresh:
        return []
    oldest_first = sorted(
        fresh, key=lambda form: (form.data.bought_at or form.data.updated_at or now, form.data.allegro_id)
    )
    number = _take_numbers(shop.company_id, len(fresh))
    orders = []
    for form in oldest_first:
        payment = assess.payment_state(form.data)
        order = Order(
            company_id=shop.company_id,
            shop_id=shop.pk,
            seller_id=shop.seller_id,
            allegro_id=form.data.allegro_id,
            number=number,
            created_at=now,
            changed_at=now,
            status=assess.derived_status(allegro_status=form.data.status, payment=payment),
            content_sha256=form.content_sha256,
            **columns_of(form.data, number=number, problems=form.problems),
        )
        settle(order)
        orders.append(order)
        number += 1
    return Order.objects.across_companies().bulk_create(orders)


def _take_numbers(company_id: int, count: int) -> int:
    """Take *count* order numbers of the company; the row stays locked until the caller commits."""
    with transaction.get_connection().cursor() as cursor:
        cursor.execute(
            "UPDATE companies_company SET next_order_number = next_order_number + %s"
            " WHERE id = %s RETURNING next_order_number",
            [count, company_id],
        )
        return int(cursor.fetchone()[0]) - count


def _change(order: Order, form: Incoming, *, now: datetime) -> None:
    """Bring a known order up to the content that came; what people decided stays."""
    for name, value in columns_of(form.data, number=order.number, problems=form.problems).items():
        setattr(order, name, value)
    order.changed_at = now
    order.content_sha256 = form.content_sha256
    order.revision_count += 1
    order.gone_at = None
    successor = order.superseded_by
    if successor is not None and successor.gone_at is not None:
        order.superseded_by = None  # it came back, and what replaced it went away
    if not order.status_by_hand and order.status != OrderStatus.CLOSED:
        order.status = assess.derived_status(
            allegro_status=form.data.status, payment=PaymentState(order.payment_state)
        )
    if order.has_original and form.previous is not None:
        changes = assess.differences(form.previous, form.data)
        order.changed_after_issue = order.changed_after_issue or assess.touches_documents(changes)
    settle(order)
    order.save()


def _place_lines(
    shop: Shop, incoming: Sequence[Incoming], orders: dict[str, Order], *, now: datetime
) -> frozenset[str]:
    """Write the purchases of each order; take over those another order held. Gives the superseded forms."""
    holders = {
        line.line_id: form.data.allegro_id
        for form in incoming
        if orders[form.data.allegro_id].superseded_by_id is None
        for line in form.data.lines
    }
    rows = OrderLine.objects.for_company(shop.company_id).filter(seller_id=shop.seller_id)
    taken = list(rows.filter(line_id__in=list(holders)).values_list("id", "line_id", "order_id"))
    replaced = {
        order_id: holders[line_id]
        for _, line_id, order_id in taken
        if orders[holders[line_id]].pk != order_id
    }
    for form in incoming:
        order = orders[form.data.allegro_id]
        winners = {holders[line.line_id] for line in form.data.lines if line.line_id in holders}
        if order.superseded_by_id is None and (winners := winners - {order.allegro_id}):
            replaced[order.pk] = min(winners)
    rewritten = [order.pk for order in orders.values() if order.revision_count > 1]
    if taken or rewritten:
        rows.filter(order_id__in=rewritten).delete()
        rows.filter(pk__in=[pk for pk, _, _ in taken]).delete()
    OrderLine.objects.across_companies().bulk_create(
        row
        for form in incoming
        for row in line_rows(orders[form.data.allegro_id], form.data)
        if holders.get(row.line_id) == form.data.allegro_id
    )
    return _supersede(replaced, orders, now=now)


def _supersede(replaced: dict[int, str], orders: dict[str, Order], *, now: datetime) -> frozenset[str]:
    """Retire orders whose purchases moved on: they keep their history and point to the successor."""
    if not replaced:
        return frozenset()
    olds = list(Order.objects.across_companies().select_for_update().filter(pk__in=replaced).order_by("id"))
    events = []
    for old in olds:
        successor = orders[replaced[old.pk]]
        old.superseded_by = successor
        old.gone_at = None
        old.changed_at = now
        old.changed_after_issue = old.changed_after_issue or old.has_original
        settle(old)
        events.append(
            OrderEvent(
                order=old, at=now, verb="merged", facts={"into": successor.number, "id": successor.allegro_id}
            )
        )
        events.append(
            OrderEvent(
                order=successor, at=now, verb="merged_from", facts={"from": old.number, "id": old.allegro_id}
            )
        )
    Order.objects.across_companies().bulk_update(
        olds, ["superseded_by", "gone_at", "changed_at", "changed_after_issue", "visible", "queue"]
    )
    OrderEvent.objects.bulk_create(events)
    return frozenset(old.allegro_id for old in olds)


def _keep_revisions(incoming: Sequence[Incoming], orders: dict[str, Order], *, now: datetime) -> None:
    OrderRevision.objects.bulk_create(
        OrderRevision(
            order=orders[form.data.allegro_id],
            sequence=orders[form.data.allegro_id].revision_count,
            payload=form.payload,
            content_sha256=form.content_sha256,
            trace_id=form.trace_id[:80],
            fetched_at=now,
        )
        for form in incoming
    )


def _tell(created: Sequence[Order], changed: Sequence[tuple[Order, Incoming]], *, now: datetime) -> None:
    """Write the timeline: when the order came, and what changed since."""
    events = [OrderEvent(order=order, at=now, verb="created") for order in created]
    for order, form in changed:
        before = form.previous or form.data
        changes = assess.differences(before, form.data)
        told = [
            {"field": change.field, "old": change.old, "new": change.new}
            if change.old is not None or change.new is not None
            else {"field": change.field}
            for change in changes
        ]
        verb = _verb(before.status, form.data.status)
        events.append(OrderEvent(order=order, at=now, verb=verb, facts={"changes": told[:_SHOWN_CHANGES]}))
    OrderEvent.objects.bulk_create(events)


def _verb(before: str, after: str) -> str:
    if before == after:
        return "changed"
    if after == AllegroStatus.CANCELLED:
        return "cancelled"
    return "released" if assess.is_released(after) else "changed"
