"""Checks of orders against Allegro as rows: started, followed, finished, and what they found."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Final

from django.db import transaction
from django.db.models import F, Max, Q, QuerySet

from stragan.companies.models import Company, User
from stragan.core.dates import start_of_warsaw_day
from stragan.core.errors import Refused
from stragan.core.money import ZERO
from stragan.kit.among import Among
from stragan.kit.tenancy import CompanyQuerySet
from stragan.orders.models import Order, OrderLine, ReconcileFinding, ReconcileRun
from stragan.orders.reconciling import Found, Ours
from stragan.orders.states import CheckCause, CheckState
from stragan.shops.models import Shop

DEAD_AFTER: Final = timedelta(minutes=3)
LONGEST_PERIOD: Final = timedelta(days=400)  # Allegro keeps orders for about a year
_AT_ONCE: Final = 500


class PeriodImpossible(Refused):
    """The last day lies before the first, or there are more than 400 days between them."""

    code = "check_period_impossible"


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What a finished run says besides its findings."""

    orders: int
    totals: Mapping[str, Decimal]
    asked: Sequence[int]  # ids of shops that answered to the end
    sources: Mapping[str, Mapping[str, object]] = field(default_factory=dict)  # see the run's column


def start(
    *,
    company: Company,
    shop: Shop | None,
    since: date,
    until: date,
    user: User | None,
    now: datetime,
    is_daily: bool = False,
) -> ReconcileRun:
    """Make the row of a check that is to be done.

    :raises PeriodImpossible: see the class.
    """
    if not since <= until <= since + LONGEST_PERIOD:
        raise PeriodImpossible
    return ReconcileRun.objects.for_company(company).create(
        company=company,
        shop=shop,
        since=since,
        until=until,
        state=CheckState.WAITING,
        started_by=user,
        is_daily=is_daily,
        started_at=now,
        heartbeat_at=now,
    )


def take(run: ReconcileRun, *, now: datetime) -> None:
    """Begin, or begin anew what a dead process left: nothing it wrote counts."""
    ReconcileRun.objects.across_companies().filter(pk=run.pk).update(
        state=CheckState.RUNNING,
        attempt=F("attempt") + 1,
        heartbeat_at=now,
        read=0,
        to_do=0,
        stage="",
    )
    run.refresh_from_db()


def tell(run: ReconcileRun, *, stage: str, read: int, to_do: int, now: datetime) -> None:
    """Note progress for those who watch."""
    rows = ReconcileRun.objects.across_companies().filter(pk=run.pk, attempt=run.attempt)
    rows.update(stage=stage[:60], read=read, to_do=to_do, heartbeat_at=now)


@transaction.atomic
def finish(run: ReconcileRun, *, found: Mapping[int, Sequence[Found]], result: Result, now: datetime) -> bool:
    """Write what was found (by shop id) and close the run; False when another process took it over.

    ``complete`` means: every shop could be asked, and no difference is left without an explanation.
    Findings of earlier runs about the same shops and days are current no more.
    """
    gaps = sum(not one.explained for some in found.values() for one in some)
    rows = ReconcileRun.objects.across_companies().filter(pk=run.pk, attempt=run.attempt)
    is_ours = rows.update(
        state=CheckState.DONE,
        stage="",
        orders=result.orders,
        totals={currency: f"{total:.2f}" for currency, total in sorted(result.totals.items())},
        gaps=gaps,
        sources={shop_id: dict(told) for shop_id, told in result.sources.items()},
        complete=not gaps,
        heartbeat_at=now,
        finished_at=now,
    )
    if not is_ours:
        return False
    _retire(run, shop_ids=result.asked)
    ReconcileFinding.objects.across_companies().bulk_create(
        (_row(run, shop_id, one) for shop_id, some in found.items() for one in some), batch_size=_AT_ONCE
    )
    run.refresh_from_db()
    return True


def _retire(run: ReconcileRun, *, shop_ids: Sequence[int]) -> None:
    start_at, end_at = bounds(run)
    in_period = Q(bought_at__gte=start_at, bought_at__lt=end_at) | Q(bought_at__isnull=True)
    rows = ReconcileFinding.objects.for_company(run.company_id).filter(
        in_period, shop_id__in=shop_ids, is_current=True
    )
    rows.update(is_current=False)


def _row(run: ReconcileRun, shop_id: int, found: Found) -> ReconcileFinding:
    return ReconcileFinding(
        company_id=run.company_id,
        run=run,
        shop_id=shop_id,
        order_id=found.order_id,
        revision=found.revision,
        allegro_id=found.allegro_id[:60],
        bought_at=found.bought_at,
        difference=found.difference,
        cause=found.cause,
        facts=dict(found.facts),
        ours=found.ours,
        allegro=found.allegro,
        currency=found.currency,
        explained=found.explained,
    )


def bounds(run: ReconcileRun) -> tuple[datetime, datetime]:
    """The first instant of the period, and the first one after it."""
    return start_of_warsaw_day(run.since), start_of_warsaw_day(run.until + timedelta(days=1))


def is_dead(run: ReconcileRun, *, now: datetime) -> bool:
    """Whether a run that is not done shows no life any more (real time)."""
    return run.state != CheckState.DONE and now - run.heartbeat_at > DEAD_AFTER


# What is asked


def runs_of(company: Company) -> CompanyQuerySet[ReconcileRun]:
    """Checks that people and commands asked for, newest first."""
    rows = ReconcileRun.objects.for_company(company).select_related("shop", "started_by")
    return rows.filter(is_daily=False).order_by("-id")


def latest(company: Company) -> ReconcileRun | None:
    """The newest check that came to its end."""
    return runs_of(company).select_related(None).filter(state=CheckState.DONE).first()


def findings_of(run: ReconcileRun) -> CompanyQuerySet[ReconcileFinding]:
    """What a check found: gaps first, then by day of purchase, newest first."""
    rows = ReconcileFinding.objects.for_company(run.company_id).filter(run=run)
    return rows.select_related("shop", "order").order_by(
        "explained", F("bought_at").desc(nulls_last=True), "id"
    )


def differing_orders(order_ids: Iterable[int]) -> set[int]:
    """Ids of those orders that ``open_findings`` has something to say of."""
    return {pk for pk in _open_findings(order_ids).order_by().values_list("order_id", flat=True) if pk}


def open_findings(order_ids: Iterable[int]) -> dict[int, ReconcileFinding]:
    """What the latest checks say against these orders, by order id: one statement for a page of a list.

    A finding about an earlier content of the order is left out.
    """
    rows = _open_findings(order_ids).select_related("shop").order_by("-id")
    return {row.order_id: row for row in rows if row.order_id is not None}


def _open_findings(order_ids: Iterable[int]) -> QuerySet[ReconcileFinding]:
    return ReconcileFinding.objects.across_companies().filter(
        Among("order_id", order_ids), is_current=True, explained=False, revision=F("order__revision_count")
    )


_COLUMNS: Final = (
    "id",
    "number",
    "allegro_id",
    "allegro_status",
    "currency",
    "total",
    "received",
    "delivery_cost",
    "services_total",
    "deposit",
    "content_sha256",
    "revision_count",
    "bought_at",
    "superseded_by__number",
    "gone_at",
    "deleted_at",
    "delete_reason",
    "has_original",
    "payment_state",
)


def ours_by_form(shop: Shop, form_ids: Iterable[str]) -> dict[str, Ours]:
    """What we know of these forms, as it stands now."""
    found: dict[str, Ours] = {}
    wanted = list(form_ids)
    for start_at in range(0, len(wanted), _AT_ONCE):
        part = wanted[start_at : start_at + _AT_ONCE]
        rows = Order.objects.for_company(shop.company_id).filter(
            seller_id=shop.seller_id, allegro_id__in=part
        )
        found |= {one.allegro_id: one for one in _ours(list(rows.values(*_COLUMNS)))}
    return found


def ids_by_form(shop: Shop, form_ids: Iterable[str]) -> dict[str, int]:
    """Ids of our orders by form id, deleted and merged ones too."""
    found: dict[str, int] = {}
    wanted = list(form_ids)
    for start_at in range(0, len(wanted), _AT_ONCE):
        rows = Order.objects.for_company(shop.company_id).filter(
            seller_id=shop.seller_id, allegro_id__in=wanted[start_at : start_at + _AT_ONCE]
        )
        found |= dict(rows.order_by().values_list("allegro_id", "id"))
    return found


def forms_here(shop: Shop, form_ids: Iterable[str]) -> set[str]:
    """Those of these forms that are here, without those that Allegro is said to have no more."""
    return {form_id for form_id, one in ours_by_form(shop, form_ids).items() if not one.is_gone}


def bought_between(shop: Shop, *, start: datetime, end: datetime) -> Iterable[str]:
    """Ids of our forms of a shop whose first purchase lies in the period, *end* excluded."""
    rows = Order.objects.for_company(shop.company_id).filter(
        seller_id=shop.seller_id, bought_at__gte=start, bought_at__lt=end
    )
    return rows.order_by().values_list("allegro_id", flat=True).iterator(chunk_size=2_000)


def asked_first(shop: Shop, form_ids: Iterable[str], *, limit: int) -> frozenset[str]:
    """Those of these forms, *limit* at most, to be asked about one by one; merged ones need no asking.

    First come orders that live here or have a document, then those that checks asked about longest ago.
    """
    found: list[tuple[bool, int, int, str]] = []
    wanted = list(form_ids)
    for start_at in range(0, len(wanted), _AT_ONCE):
        rows = Order.objects.for_company(shop.company_id).filter(
            seller_id=shop.seller_id,
            allegro_id__in=wanted[start_at : start_at + _AT_ONCE],
            superseded_by__isnull=True,
        )
        columns = ("id", "allegro_id", "gone_at", "deleted_at", "has_original")
        part = list(rows.order_by().values_list(*columns))
        asked = _asked_in(shop, [row[0] for row in part]) if len(wanted) > limit else {}
        for pk, form_id, gone_at, deleted_at, has_original in part:
            is_over = bool(gone_at or deleted_at) and not has_original
            found.append((is_over, asked.get(pk, 0), -pk, form_id))
    return frozenset(form_id for *_, form_id in sorted(found)[:limit])


def _asked_in(shop: Shop, order_ids: Sequence[int]) -> dict[int, int]:
    """The latest check that asked about each of these orders that are gone or deleted, by order id."""
    rows = ReconcileFinding.objects.for_company(shop.company_id).filter(
        order_id__in=order_ids, shop=shop, cause__in=[CheckCause.GONE, CheckCause.DELETED]
    )
    return dict(rows.order_by().values_list("order_id").annotate(latest=Max("run_id")))


def _ours(rows: Sequence[Mapping[str, object]]) -> list[Ours]:
    goods: dict[object, Decimal] = {}
    lines = OrderLine.objects.across_companies().filter(order_id__in=[row["id"] for row in rows])
    for order_id, price, quantity in lines.order_by().values_list("order_id", "price", "quantity"):
        goods[order_id] = goods.get(order_id, ZERO) + (price or ZERO) * quantity
    return [_our(row, goods=goods.get(row["id"], ZERO)) for row in rows]


def _our(row: Mapping[str, object], *, goods: Decimal) -> Ours:
    values: dict[str, object] = dict(row)
    extras = (values.pop("delivery_cost"), values.pop("services_total"), values.pop("deposit"))
    parts = goods + sum((Decimal(str(amount)) for amount in extras), ZERO)
    return Ours(
        pk=values.pop("id"),  # type: ignore[arg-type]  # the columns have these types
        status=values.pop("allegro_status"),  # type: ignore[arg-type]  # same
        revision=values.pop("revision_count"),  # type: ignore[arg-type]  # same
        successor=values.pop("superseded_by__number"),  # type: ignore[arg-type]  # same
        is_gone=values.pop("gone_at") is not None,
        is_deleted=values.pop("deleted_at") is not None,
        parts=parts,
        **values,  # type: ignore[arg-type]  # same
    )
