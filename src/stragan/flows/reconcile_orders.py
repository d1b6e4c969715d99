"""The check before issuing (S28, S29): whether all orders of a period are here, with Allegro's amounts.

Nothing is written to Allegro or to orders. It may run beside a sync: what differs at first sight is read
once more, on both sides, before it is told.
"""

import logging
from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Final

from django.db import transaction

from stragan.companies.models import Company, User
from stragan.core.dates import warsaw_date
from stragan.core.errors import StraganError
from stragan.core.money import ZERO
from stragan.flows.reconcile_shop import ShopCheck
from stragan.gateways.allegro import Heard
from stragan.kit import jobs
from stragan.kit.clock import real_now
from stragan.orders import check_runs
from stragan.orders.models import Order, ReconcileRun
from stragan.orders.reconciling import Found
from stragan.orders.states import CheckCause, CheckDifference, CheckState
from stragan.shops.models import Shop, ShopState

JOB: Final = "orders.reconcile"
_PRIORITY: Final = 4  # a person looks at the page
_NOT_ASKED: Final = {
    ShopState.RECONNECT: CheckCause.RECONNECT,
    ShopState.DISABLED: CheckCause.DISABLED,
    ShopState.REMOVED: CheckCause.REMOVED,
}

logger = logging.getLogger(__name__)


def default_period(shops: Sequence[Shop], *, today: date) -> tuple[date, date]:
    """This and the last month, but no earlier than the first day that any of *shops* fetches."""
    first_of_month = today.replace(day=1)
    since = (first_of_month - timedelta(days=1)).replace(day=1)
    first_days = [shop.since_date for shop in shops if shop.state != ShopState.REMOVED]
    return min(max(since, min(first_days, default=since)), today), today


def ask_for_check(
    *, company: Company, shop: Shop | None, since: date, until: date, user: User, now: datetime
) -> ReconcileRun:
    """Have orders checked in the background: the run and its job, committed together. Real time.

    :raises PeriodImpossible: the days make no period.
    """
    with transaction.atomic(durable=True):
        run = check_runs.start(company=company, shop=shop, since=since, until=until, user=user, now=now)
        jobs.enqueue(
            jobs.Request(
                name=JOB,
                key=f"{JOB}:{run.pk}",
                arguments={"run_id": run.pk},
                company_id=company.pk,
                priority=_PRIORITY,
            ),
            now=now,
        )
    return run


def check_now(*, company: Company, shop: Shop | None, since: date, until: date) -> ReconcileRun:
    """Check and wait for the result: for the command.

    :raises PeriodImpossible: the days make no period.
    """
    run = check_runs.start(company=company, shop=shop, since=since, until=until, user=None, now=real_now())
    work_check(run_id=run.pk)
    run.refresh_from_db()
    return run


def work_check(*, run_id: int, heard: Callable[[Heard], None] | None = None) -> dict[int, dict[str, object]]:
    """Do a check; one that a dead process left is begun anew, one that is done stays as it is.

    *heard* is told of every answer of Allegro the result rests on. Gives, by shop id, what our orders add
    up to as they were compared; a shop that could not be asked to the end has no figures.
    """
    run = ReconcileRun.objects.across_companies().select_related("company").filter(pk=run_id).first()
    if run is None or run.state == CheckState.DONE:
        return {}
    check_runs.take(run, now=real_now())
    found: dict[int, Sequence[Found]] = {}
    totals: dict[str, Decimal] = {}
    orders = 0
    figures: dict[int, dict[str, object]] = {}
    sources: dict[str, dict[str, dict[str, object]]] = {}
    for shop in _shops(run):
        check = ShopCheck(run=run, shop=shop, read_before=orders, heard=heard)
        trouble = _ask(check)
        found[shop.pk] = [*check.found, *([trouble] if trouble else [])]
        orders += check.orders
        for currency, total in check.totals.items():
            totals[currency] = totals.get(currency, ZERO) + total
        sources[str(shop.pk)] = check.sources
        if trouble is None:
            figures[shop.pk] = check.figures.told()
    result = check_runs.Result(orders=orders, totals=totals, asked=list(figures), sources=sources)
    check_runs.finish(run, found=found, result=result, now=real_now())
    return figures


def _shops(run: ReconcileRun) -> list[Shop]:
    """The shop named, or all; a removed one only where the period holds orders of it."""
    rows = Shop.objects.for_company(run.company_id).select_related("company")
    if run.shop_id is not None:
        return list(rows.filter(pk=run.shop_id))
    return [shop for shop in rows.order_by("name", "id") if _concerns(run, shop)]


def _concerns(run: ReconcileRun, shop: Shop) -> bool:
    if shop.state != ShopState.REMOVED:
        return True
    start, end = check_runs.bounds(run)
    rows = Order.objects.for_company(run.company_id).filter(seller_id=shop.seller_id)
    return rows.filter(bought_at__gte=start, bought_at__lt=end).exists()


def _ask(check: ShopCheck) -> Found | None:
    """Check one shop; gives why it could not be asked to the end. Never silent, never "complete" then."""
    shop = check.shop
    if cause := _NOT_ASKED.get(ShopState(shop.state)):
        return _not_asked(cause=cause, facts={})
    try:
        check.work()
    except StraganError as trouble:
        logger.warning(
            "orders.reconcile.failed",
            extra={"shop_id": shop.pk, "code": trouble.code, "trace_id": trouble.params.get("trace_id")},
        )
        facts = {
            name: value
            for name, value in trouble.params.items()
            if isinstance(value, str | int) and value != ""
        }
        return _not_asked(cause=CheckCause.NO_ANSWER, facts={**facts, "code": trouble.code})
    return None


def _not_asked(*, cause: CheckCause, facts: dict[str, object]) -> Found:
    return Found(difference=CheckDifference.NOT_ASKED, allegro_id="", cause=cause, facts=facts)


def today_in_warsaw(now: datetime) -> date:
    """The day periods end by default."""
    return warsaw_date(now)
