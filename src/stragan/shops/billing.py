"""Billing entries as rows: what Allegro charged and gave back, read again and again and kept once."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final

from django.db.models import Count, Q, Sum

from stragan.core.money import ZERO
from stragan.kit.bulk import insert_rows
from stragan.kit.jobs import CLOCKS_DIFFER
from stragan.shops.models import BillingEntry, BillingRead, BillingType, Shop
from stragan.shops.queries import due_for

READ_EVERY: Final = timedelta(minutes=15)
GO_ON_AFTER: Final = timedelta(minutes=1)  # where a run ended at its limit of requests
AFTER_TROUBLE: Final = timedelta(minutes=10)
AFTER_REFUSAL: Final = timedelta(hours=6)  # a permission does not come back by itself
ALLEGRO_PRICES: Final = "PS1"  # what Allegro adds to a price it lowered: no fee, whatever its sign
_AT_ONCE: Final = 500
_COLUMNS: Final = (
    "company",
    "shop",
    "entry_id",
    "type_id",
    "marketplace",
    "occurred_at",
    "amount",
    "currency",
    "tax_percent",
    "form_id",
    "offer_id",
    "read_at",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fee:
    """One entry; columns as in ``BillingEntry``. ``name`` and ``group`` are Allegro's of its type."""

    entry_id: str
    type_id: str
    occurred_at: datetime
    amount: Decimal  # signed, gross
    currency: str
    tax_percent: int | None = None
    form_id: str = ""
    offer_id: str = ""
    marketplace: str = ""
    name: str = ""
    group: str = ""


def store(shop: Shop, fees: Iterable[Fee], *, now: datetime) -> dict[str, str]:
    """Store what is not here yet; gives the new ones' ids with the form each names, or nothing.

    Runs in the caller's transaction.
    """
    found = {fee.entry_id: fee for fee in fees}
    rows = [
        (
            shop.company_id,
            shop.pk,
            fee.entry_id[:60],
            fee.type_id[:20],
            fee.marketplace[:40],
            fee.occurred_at,
            fee.amount,
            fee.currency[:3],
            fee.tax_percent,
            fee.form_id[:60],
            fee.offer_id[:40],
            now,
        )
        for fee in found.values()
    ]
    new = insert_rows(
        BillingEntry, columns=_COLUMNS, rows=rows, returning=("entry_id", "form_id"), ignore_conflicts=True
    )
    _keep_names(found.values())
    return {str(entry_id): str(form_id) for entry_id, form_id in new}


def _keep_names(fees: Iterable[Fee]) -> None:
    told = {fee.type_id[:20]: (fee.type_id[:20], fee.name[:200], fee.group[:60]) for fee in fees if fee.name}
    rows = BillingType.objects.filter(type_id__in=told).order_by("id")
    known = {row[0]: row for row in rows.values_list("type_id", "name", "group_id")}
    changed = [row for type_id, row in sorted(told.items()) if known.get(type_id) != row]
    insert_rows(
        BillingType,
        columns=("type_id", "name", "group_id"),
        rows=changed,
        unique=("type_id",),
        refreshed=("name", "group_id"),
    )


def names() -> dict[str, str]:
    """What Allegro calls each kind of fee, by its id."""
    return dict(BillingType.objects.order_by("id").values_list("type_id", "name"))


def fees_of(shop: Shop, form_ids: Iterable[str]) -> list[Fee]:
    """Stored entries that name one of these forms, oldest first."""
    found: list[Fee] = []
    ids = list(dict.fromkeys(form_ids))
    for start in range(0, len(ids), _AT_ONCE):
        rows = BillingEntry.objects.for_company(shop.company_id).filter(
            shop=shop, form_id__in=ids[start : start + _AT_ONCE]
        )
        found += map(_fee, rows.order_by("occurred_at", "id"))
    return found


def costs_without_order(shop: Shop, *, since: datetime, until: datetime) -> list[Fee]:
    """Entries of a period that name no order, oldest first: costs of the shop as a whole."""
    rows = BillingEntry.objects.for_company(shop.company_id).filter(
        shop=shop, form_id="", occurred_at__gte=since, occurred_at__lt=until
    )
    return list(map(_fee, rows.order_by("occurred_at", "id")))


@dataclass(frozen=True, slots=True, kw_only=True)
class KindSum:
    """Fees of one kind in a period, in one currency: those of orders, and those of the shop as a whole."""

    type_id: str
    currency: str
    count: int
    of_orders: Decimal  # signed, gross
    of_shop: Decimal


def sums_by_kind(shop: Shop, *, since: datetime, until: datetime) -> list[KindSum]:
    """Add up a period's entries by kind, the dearest first; one statement."""
    rows = BillingEntry.objects.for_company(shop.company_id).filter(
        shop=shop, occurred_at__gte=since, occurred_at__lt=until
    )
    found = (
        rows.order_by()
        .values("type_id", "currency")
        .annotate(
            count=Count("id"),
            of_orders=Sum("amount", filter=~Q(form_id="")),
            of_shop=Sum("amount", filter=Q(form_id="")),
        )
    )
    sums = [
        KindSum(
            type_id=row["type_id"],
            currency=row["currency"],
            count=row["count"],
            of_orders=row["of_orders"] or ZERO,
            of_shop=row["of_shop"] or ZERO,
        )
        for row in found
    ]
    return sorted(sums, key=lambda one: (one.of_orders + one.of_shop, one.type_id, one.currency))


def _fee(row: BillingEntry) -> Fee:
    assert row.amount is not None, "the column is never null"
    return Fee(
        entry_id=row.entry_id,
        type_id=row.type_id,
        occurred_at=row.occurred_at,
        amount=row.amount,
        currency=row.currency,
        tax_percent=row.tax_percent,
        form_id=row.form_id,
        offer_id=row.offer_id,
        marketplace=row.marketplace,
    )


# How far they were read

_READ_AGAIN: Final = timedelta(days=60)


def reading_of(shop: Shop, *, now: datetime) -> BillingRead:
    """The row that says how far the shop's entries were read; made where there is none."""
    return BillingRead.objects.get_or_create(shop=shop, defaults={"next_at": now})[0]


def begin(shop: Shop, *, marketplaces: Sequence[str], since: datetime) -> None:
    """Note of which marketplaces they are read; one that is new has them read from the start."""
    rows = BillingRead.objects.filter(shop=shop)
    row = rows.get()
    if set(marketplaces) - set(row.marketplaces):
        rows.update(marketplaces=sorted(marketplaces), since=row.since or since, until=None)


def put_clock_right(row: BillingRead, *, now: datetime) -> None:
    """Have everything read again where the reach lies ahead: nobody knows how far it was really read."""
    far = now + CLOCKS_DIFFER
    instants = (row.since, row.until, row.looked_back_at)
    if any(instant is not None and instant > far for instant in instants):
        row.since = min(row.since or now, now - _READ_AGAIN)
        row.until = row.looked_back_at = None
        row.save(update_fields=["since", "until", "looked_back_at"])


def reached(shop: Shop, *, until: datetime) -> None:
    """Note that everything up to *until* is stored. Runs in the transaction that stored it."""
    rows = BillingRead.objects.filter(shop=shop)
    rows.filter(Q(until__isnull=True) | Q(until__lt=until)).update(until=until)


def end(shop: Shop, *, now: datetime, looked_back: bool, is_whole: bool) -> None:
    """Note that a run came to its end, or (not *is_whole*) to its limit of requests."""
    rows = BillingRead.objects.filter(shop=shop)
    rows.update(
        read_at=now, next_at=now + (READ_EVERY if is_whole else GO_ON_AFTER), error_code="", error_params={}
    )
    if looked_back and is_whole:
        rows.update(looked_back_at=now)


def fail(
    shop: Shop, *, code: str, params: Mapping[str, object], now: datetime, may_mend_itself: bool
) -> None:
    """Note why they could not be read, and when to try again."""
    pause = AFTER_TROUBLE if may_mend_itself else AFTER_REFUSAL
    BillingRead.objects.filter(shop=shop).update(
        error_code=code, error_params=dict(params), next_at=now + pause
    )


def due_shops(now: datetime) -> list[tuple[int, int]]:
    """Connected shops whose entries are to be read now: (shop id, company id)."""
    return due_for("billing_read", now=now)


def postpone(shop_id: int, *, now: datetime) -> None:
    """Ask no more for a while: somebody was asked to read them."""
    BillingRead.objects.update_or_create(shop_id=shop_id, defaults={"next_at": now + AFTER_TROUBLE})
