"""What open orders reserve: brought up to date in the transaction that changes an order."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Final

from django.db import transaction
from django.db.models import Q

from stragan.companies.models import Company
from stragan.flows.stock_lines import components_of, exploded
from stragan.kit import jobs
from stragan.orders.models import Order, OrderLine
from stragan.orders.states import HIDDEN_STATUSES, AllegroStatus, OrderStatus
from stragan.warehouse import actions
from stragan.warehouse.actions import Demand, Held
from stragan.warehouse.models import Reservation
from stragan.warehouse.states import EndCode

RESERVE_JOB: Final = "stock.reserve_open"
_AT_ONCE: Final = 500
# Released by Allegro (paid, or cash on delivery chosen), still here, and without a document that counts.
_HOLDS: Final = Q(
    order__allegro_status=AllegroStatus.READY_FOR_PROCESSING,
    order__superseded_by__isnull=True,
    order__gone_at__isnull=True,
    order__deleted_at__isnull=True,
    order__has_original=False,
) & ~Q(order__status__in=HIDDEN_STATUSES)


def refresh(company: Company, order_ids: Iterable[int], now: datetime) -> None:
    """Make what orders reserve follow from what they are now; safe to repeat.

    Asked after orders were matched anew, closed, cancelled, deleted, restored, or lost their document. A
    company without a warehouse reserves nothing.
    """
    if not company.warehouse:
        return
    ids = sorted(set(order_ids))
    for start in range(0, len(ids), _AT_ONCE):
        with transaction.atomic():
            _refresh(company, ids[start : start + _AT_ONCE], now=now)


def follow_import(
    *, company: Company, order_ids: Collection[int], is_all_new: bool = False, now: datetime
) -> None:
    """Reserve for orders just stored, in their transaction; the rows are held by it.

    Six statements at most, however many orders. Orders that are *all new* hold no reservation yet.
    """
    if not company.warehouse or not order_ids:
        return
    wanted = _wanted(company, Q(order_id__in=order_ids))
    live = {} if is_all_new else actions.live_reservations(company=company, order_ids=order_ids)
    _settle(company, wanted, live, now=now)


def ask_to_reserve(company: Company, *, now: datetime) -> None:
    """Have every open order reserve what it needs: the warehouse was switched on."""
    jobs.enqueue(
        jobs.Request(
            name=RESERVE_JOB,
            key=f"{RESERVE_JOB}:{company.pk}",
            arguments={"company_id": company.pk},
            company_id=company.pk,
        ),
        now=now,
    )


def reserve_open(*, company_id: int, now: datetime) -> None:
    """Go through all orders that reserve something or should: what the job ``stock.reserve_open`` does."""
    company = Company.objects.filter(pk=company_id).first()
    if company is None:
        return
    open_orders = OrderLine.objects.for_company(company).filter(_HOLDS, product__isnull=False)
    holding = Reservation.objects.for_company(company).filter(ended_at__isnull=True)
    ids = set(open_orders.values_list("order_id", flat=True)) | set(
        holding.values_list("order_id", flat=True)
    )
    refresh(company, ids, now)


def _refresh(company: Company, order_ids: Sequence[int], *, now: datetime) -> None:
    held = Order.objects.for_company(company).select_for_update().filter(pk__in=order_ids)
    ids = list(held.order_by("id").values_list("id", flat=True))
    live = actions.live_reservations(company=company, order_ids=ids)
    _settle(company, _wanted(company, Q(order_id__in=ids)), live, now=now)


def _wanted(company: Company, orders: Q) -> dict[int, list[Demand]]:
    """What the orders should reserve, by order id; those that should reserve nothing are absent."""
    rows = OrderLine.objects.for_company(company).filter(orders, _HOLDS, product__isnull=False)
    lines = list(
        rows.values_list("order_id", "line_id", "product_id", "product__is_bundle", "quantity").order_by(
            "order_id", "id"
        )
    )
    parts = components_of(company, {pk for _, _, pk, is_bundle, _ in lines if is_bundle})
    by_order: dict[int, list[tuple[str, int, bool, Decimal]]] = {}
    for order_id, line_id, pk, is_bundle, quantity in lines:
        by_order.setdefault(order_id, []).append((line_id, pk, is_bundle, Decimal(quantity)))
    return {order_id: exploded(found, parts=parts) for order_id, found in by_order.items()}


def _settle(
    company: Company,
    wanted: dict[int, list[Demand]],
    live: dict[int, list[Held]],
    *,
    now: datetime,
) -> None:
    if not wanted and not live:
        return
    over = [pk for pk in live if pk not in wanted]
    actions.reserve(company=company, wanted=wanted, live=live, ends=_reasons(company, over), now=now)


def _reasons(company: Company, order_ids: Sequence[int]) -> dict[int, EndCode]:
    """Why orders reserve nothing any more."""
    if not order_ids:
        return {}
    rows = Order.objects.for_company(company).filter(pk__in=order_ids)
    found = {}
    for order in rows.only(
        "superseded_by", "gone_at", "deleted_at", "has_original", "allegro_status", "status"
    ):
        if order.superseded_by_id is not None:
            found[order.pk] = EndCode.SUPERSEDED
        elif order.gone_at is not None:
            found[order.pk] = EndCode.GONE
        elif order.deleted_at is not None:
            found[order.pk] = EndCode.DELETED
        elif order.has_original:
            found[order.pk] = EndCode.ISSUED
        elif OrderStatus.CANCELLED in {order.status, order.allegro_status.lower()}:
            found[order.pk] = EndCode.CANCELLED
        elif order.status == OrderStatus.CLOSED:
            found[order.pk] = EndCode.CLOSED
    return found
