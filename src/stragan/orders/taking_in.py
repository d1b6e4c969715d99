"""Takes fetched forms in: new and changed orders, merged purchases, revisions, the timeline."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from django.db import transaction

from stragan.kit.bulk import insert_rows
from stragan.orders import assess
from stragan.orders.columns import LINE_COLUMNS, columns_of, line_values, product_of, sales_of
from stragan.orders.data import OrderData
from stragan.orders.models import Order, OrderEvent, OrderLine, OrderPayment, OrderRevision
from stragan.orders.standing import settle
from stragan.orders.states import AllegroStatus, OrderStatus, PaymentState
from stragan.products import selling
from stragan.shops.models import Shop

_SHOWN_CHANGES: Final = 40
_TAKEN_COLUMNS: Final = ("id", "line_id", "order_id", "offer_id", "product_id")


@dataclass(frozen=True, slots=True, kw_only=True)
class Incoming:
    """One fetched form: its content, the bytes to keep (zlib), and what blocks a fiscal document."""

    data: OrderData
    payload: bytes
    content_sha256: str
    trace_id: str
    problems: tuple[str, ...]
    previous: OrderData | None = None  # what we knew before; None where the form is new


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """Form ids by what became of them; ``superseded`` are orders that a new form replaced.

    ``touched`` are the ids of all these orders, ``matched`` of those that came and have a product on a line.
    ``revisions`` says which revision of its order holds each form.
    """

    new: frozenset[str] = frozenset()
    changed: frozenset[str] = frozenset()
    superseded: frozenset[str] = frozenset()
    touched: frozenset[int] = frozenset()
    matched: frozenset[int] = frozenset()
    revisions: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Stored:
    """Where an order stands once it is in the table."""

    pk: int
    number: int
    allegro_id: str
    revision: int
    is_superseded: bool = False
    has_original: bool = False


def upsert_orders(*, shop: Shop, incoming: Sequence[Incoming], now: datetime) -> Taken:
    """Take in forms that are new or whose content changed, at most some hundreds at once.

    Runs in the caller's transaction, so that a cursor can move with it. New orders get the company's
    next numbers, oldest purchase first. A purchase (line id) that another order held before was merged:
    the newest form wins and the older order is superseded.
    """
    assert transaction.get_connection().in_atomic_block, "the caller's transaction holds it together"
    if not incoming:
        return Taken()
    # Of two forms of one page that share a purchase, the one that gathered more of them replaced the other.
    incoming = sorted(incoming, key=lambda form: (len(form.data.lines), _updated(form.data)))
    known = _known(shop, [form.data.allegro_id for form in incoming if form.previous is not None])
    fresh = [form for form in incoming if form.data.allegro_id not in known]
    changed = [form for form in incoming if form.data.allegro_id in known]
    stored = _create(shop, fresh, now=now)
    for form in changed:
        stored[form.data.allegro_id] = _change(known[form.data.allegro_id], form, now=now)
    replaced, matched = _place_lines(shop, incoming, stored, now=now)
    superseded = _supersede(replaced, stored, now=now)
    _keep_revisions(incoming, stored, now=now)
    _keep_payments(incoming, stored)
    _tell(fresh, changed, stored, now=now)
    return Taken(
        new=frozenset(form.data.allegro_id for form in fresh),
        changed=frozenset(known),
        superseded=superseded,
        touched=frozenset(order.pk for order in stored.values()) | replaced.keys(),
        matched=matched,
        revisions={form_id: order.revision for form_id, order in stored.items()},
    )


def _updated(data: OrderData) -> float:
    return data.updated_at.timestamp() if data.updated_at else 0.0


def _known(shop: Shop, form_ids: Sequence[str]) -> dict[str, Order]:
    if not form_ids:
        return {}
    rows = (
        Order.objects.for_company(shop.company_id)
        # No key changes, so whoever stores rows that point to these orders need not wait for it.
        .select_for_update(of=("self",), no_key=True)
        .select_related("superseded_by")
        .filter(seller_id=shop.seller_id, allegro_id__in=form_ids)
        .order_by("id")
    )
    return {order.allegro_id: order for order in rows}


def _create(shop: Shop, fresh: Sequence[Incoming], *, now: datetime) -> dict[str, _Stored]:
    if not fresh:
        return {}
    oldest_first = sorted(
        fresh, key=lambda form: (form.data.bought_at or form.data.updated_at or now, form.data.allegro_id)
    )
    first_number = _take_numbers(shop.company_id, len(fresh))
    rows: list[dict[str, object]] = []
    for number, form in enumerate(oldest_first, start=first_number):
        payment = assess.payment_state(form.data)
        standing = assess.Standing(
            status=assess.derived_status(allegro_status=form.data.status, payment=payment)
        )
        problem = form.problems[0] if form.problems else ""
        row: dict[str, object] = {
            "company": shop.company_id,
            "shop": shop.pk,
            "seller_id": shop.seller_id,
            "allegro_id": form.data.allegro_id,
            "number": number,
            "created_at": now,
            "changed_at": now,
            "status": standing.status.value,
            "status_by_hand": False,
            "visible": assess.is_visible(standing),
            "queue": assess.queue_of(
                allegro_status=form.data.status, problem=problem, standing=standing
            ).value,
            "has_original": False,
            "changed_after_issue": False,
            "delete_reason": "",
            "content_sha256": form.content_sha256,
            "revision_count": 1,
            **columns_of(form.data, number=number, problems=form.problems),
        }
        rows.append(row)
    ids = insert_rows(
        Order,
        columns=list(rows[0]),
        rows=[tuple(row.values()) for row in rows],
        returning=["id", "allegro_id", "number"],
    )
    return {
        str(allegro_id): _Stored(
            pk=int(str(pk)), number=int(str(number)), allegro_id=str(allegro_id), revision=1
        )
        for pk, allegro_id, number in ids
    }


def _take_numbers(company_id: int, count: int) -> int:
    """Take *count* order numbers of the company; the row stays locked until the caller commits."""
    with transaction.get_connection().cursor() as cursor:
        cursor.execute(
            "UPDATE companies_company SET next_order_number = next_order_number + %s"
            " WHERE id = %s RETURNING next_order_number",
            [count, company_id],
        )
        return int(cursor.fetchone()[0]) - count


def _change(order: Order, form: Incoming, *, now: datetime) -> _Stored:
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
    settle(order)
    order.save()
    return _Stored(
        pk=order.pk,
        number=order.number,
        allegro_id=order.allegro_id,
        revision=order.revision_count,
        is_superseded=order.superseded_by_id is not None,
        has_original=order.has_original,
    )


def _place_lines(
    shop: Shop, incoming: Sequence[Incoming], orders: dict[str, _Stored], *, now: datetime
) -> tuple[dict[int, str], frozenset[int]]:
    """Write the purchases of each order; take over those another order held.

    Gives what replaces which orders (by id), and the orders with a product on a line.
    """
    holders = {
        line.line_id: form.data.allegro_id
        for form in incoming
        if not orders[form.data.allegro_id].is_superseded
        for line in form.data.lines
    }
    rows = OrderLine.objects.for_company(shop.company_id).filter(seller_id=shop.seller_id)
    taken = list(rows.filter(line_id__in=list(holders)).values_list(*_TAKEN_COLUMNS))
    replaced = {
        order_id: holders[line_id]
        for _, line_id, order_id, _, _ in taken
        if orders[holders[line_id]].pk != order_id
    }
    for form in incoming:
        order = orders[form.data.allegro_id]
        winners = {holders[line.line_id] for line in form.data.lines if line.line_id in holders}
        if not order.is_superseded and (winners := winners - {order.allegro_id}):
            replaced[order.pk] = min(winners)
    placed = [
        (form, line, values)
        for form in incoming
        for line, values in zip(form.data.lines, line_values(form.data), strict=True)
        if holders.get(line.line_id) == form.data.allegro_id
    ]
    before = {line_id: (offer_id, product_id) for _, line_id, _, offer_id, product_id in taken}
    # Before any line is touched: whoever links offers locks offers first and their lines after.
    products = selling.take_note(
        company_id=shop.company_id,
        seller_id=shop.seller_id,
        sales=sales_of([(form.data, line) for form, line, _ in placed], known=before, now=now),
        now=now,
    )
    rewritten = [order.pk for order in orders.values() if order.revision > 1]
    if taken or rewritten:
        rows.filter(order_id__in=rewritten).delete()
        rows.filter(pk__in=[pk for pk, _, _, _, _ in taken]).delete()
    written = [
        (
            shop.company_id,
            orders[form.data.allegro_id].pk,
            shop.seller_id,
            *values,
            product_of(
                line,
                before=before.get(line.line_id),
                products=products,
                is_documented=orders[form.data.allegro_id].has_original,
            ),
        )
        for form, line, values in placed
    ]
    insert_rows(OrderLine, columns=LINE_COLUMNS, rows=written)
    matched = frozenset(
        orders[form.data.allegro_id].pk
        for (form, _, _), row in zip(placed, written, strict=True)
        if row[-1] is not None
    )
    return replaced, matched


def _supersede(replaced: dict[int, str], orders: dict[str, _Stored], *, now: datetime) -> frozenset[str]:
    """Retire orders whose purchases moved on: they keep their history and point to the successor."""
    if not replaced:
        return frozenset()
    rows = Order.objects.across_companies().select_for_update(no_key=True)
    olds = list(rows.filter(pk__in=replaced).order_by("id"))
    events = []
    for old in olds:
        successor = orders[replaced[old.pk]]
        old.superseded_by_id = successor.pk
        old.gone_at = None
        old.changed_at = now
        settle(old)
        events.append(
            OrderEvent(
                order=old, at=now, verb="merged", facts={"into": successor.number, "id": successor.allegro_id}
            )
        )
        events.append(
            OrderEvent(
                order_id=successor.pk,
                at=now,
                verb="merged_from",
                facts={"from": old.number, "id": old.allegro_id},
            )
        )
    Order.objects.across_companies().bulk_update(
        olds, ["superseded_by", "gone_at", "changed_at", "visible", "queue"]
    )
    OrderEvent.objects.bulk_create(events)
    return frozenset(old.allegro_id for old in olds)


def _keep_revisions(incoming: Sequence[Incoming], orders: dict[str, _Stored], *, now: datetime) -> None:
    insert_rows(
        OrderRevision,
        columns=["order", "sequence", "payload", "content_sha256", "trace_id", "fetched_at"],
        rows=[
            (
                orders[form.data.allegro_id].pk,
                orders[form.data.allegro_id].revision,
                form.payload,
                form.content_sha256,
                form.trace_id[:80],
                now,
            )
            for form in incoming
        ],
    )


def _keep_payments(incoming: Sequence[Incoming], orders: dict[str, _Stored]) -> None:
    """Note the payments each order names; those it named before stay."""
    insert_rows(
        OrderPayment,
        columns=["order", "payment_id"],
        rows=[
            (orders[form.data.allegro_id].pk, payment_id)
            for form in incoming
            for payment_id in form.data.payment.ids
        ],
        ignore_conflicts=True,
    )


def _tell(
    fresh: Sequence[Incoming], changed: Sequence[Incoming], orders: dict[str, _Stored], *, now: datetime
) -> None:
    """Write the timeline: when the order came, and what changed since."""
    rows: list[tuple[object, ...]] = [(orders[form.data.allegro_id].pk, now, "created", {}) for form in fresh]
    for form in changed:
        before = form.previous or form.data
        told = [
            {"field": change.field, "old": change.old, "new": change.new}
            if change.old is not None or change.new is not None
            else {"field": change.field}
            for change in assess.differences(before, form.data)
        ]
        verb = _verb(before.status, form.data.status)
        rows.append((orders[form.data.allegro_id].pk, now, verb, {"changes": told[:_SHOWN_CHANGES]}))
    insert_rows(OrderEvent, columns=["order", "at", "verb", "facts"], rows=rows)


def _verb(before: str, after: str) -> str:
    if before == after:
        return "changed"
    if after == AllegroStatus.CANCELLED:
        return "cancelled"
    return "released" if assess.is_released(after) else "changed"
