"""What is asked about shops."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q, Sum

from stragan.companies.models import Company
from stragan.kit.tenancy import CompanyQuerySet
from stragan.shops.models import PendingForm, QuarantinedForm, Shop, ShopState, SyncRun


def shops_of(company: Company) -> CompanyQuerySet[Shop]:
    """The company's shops that were not removed, by name."""
    return Shop.objects.for_company(company).exclude(state=ShopState.REMOVED).order_by("name", "id")


def shops_by_id(company_id: int, shop_ids: Iterable[int]) -> dict[int, str]:
    """Names of these shops of a company, removed ones too."""
    rows = Shop.objects.for_company(company_id).filter(pk__in=list(shop_ids))
    return dict(rows.order_by("name").values_list("id", "name"))


def shops_to_sync(now: datetime) -> list[int]:
    """Connected shops of all companies whose next sync is due, for the scheduler."""
    rows = Shop.objects.across_companies().filter(state=ShopState.CONNECTED, company__allegro_module=True)
    due = rows.filter(next_sync_at__isnull=True) | rows.filter(next_sync_at__lte=now)
    return list(due.order_by("next_sync_at", "id").values_list("id", flat=True))


def due_for(reading: str, *, now: datetime) -> list[tuple[int, int]]:
    """Connected shops whose *reading*, a row beside the shop, is due or not made yet: (shop id, company id).

    Orders come first: nothing else is read before a shop's first import is done.
    """
    rows = Shop.objects.across_companies().filter(
        state=ShopState.CONNECTED, company__allegro_module=True, first_import_done_at__isnull=False
    )
    due = rows.filter(Q(**{f"{reading}__isnull": True}) | Q(**{f"{reading}__next_at__lte": now}))
    return list(due.order_by("id").values_list("id", "company_id"))


def shop_in_use(shop_id: int) -> Shop | None:
    """Give a shop with its company where Allegro may be asked: connected, and the module is on."""
    rows = Shop.objects.across_companies().select_related("company")
    return rows.filter(pk=shop_id, state=ShopState.CONNECTED, company__allegro_module=True).first()


def may_go_on(shop_id: int) -> tuple[bool, bool]:
    """Say whether the shop was neither switched off nor removed, and whether the company's module is on."""
    rows = Shop.objects.across_companies().filter(pk=shop_id)
    state, is_on = rows.values_list("state", "company__allegro_module").get()
    return state not in {ShopState.DISABLED, ShopState.REMOVED}, is_on


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchCounts:
    """What the runs of a stretch of time did to the orders of a shop."""

    new: int = 0
    changed: int = 0
    failed: int = 0  # could not be fetched, or not be read


def counts_since(company: Company, *, since: datetime) -> dict[int, FetchCounts]:
    """What all runs begun since that instant (real time) did, by shop."""
    rows = SyncRun.objects.for_company(company).filter(shop__in=shops_of(company), started_at__gte=since)
    sums = rows.values("shop_id").annotate(
        all_new=Sum("new"), all_changed=Sum("changed"), all_failed=Sum("failed") + Sum("quarantined")
    )
    return {
        row["shop_id"]: FetchCounts(new=row["all_new"], changed=row["all_changed"], failed=row["all_failed"])
        for row in sums.order_by("shop_id")
    }


def latest_run(shop: Shop) -> SyncRun | None:
    """The shop's newest run."""
    return SyncRun.objects.for_company(shop.company_id).filter(shop=shop).order_by("-id").first()


def pending_counts(company: Company) -> dict[int, int]:
    """Forms still to be fetched, by shop."""
    rows = PendingForm.objects.filter(shop__company=company).values("shop_id").annotate(count=Count("id"))
    return {row["shop_id"]: row["count"] for row in rows.order_by("shop_id")}


def quarantined_counts(company: Company) -> dict[int, int]:
    """Payloads that could not be read and still wait, by shop."""
    rows = quarantined(company).order_by("shop_id").values("shop_id").annotate(count=Count("id"))
    return {row["shop_id"]: row["count"] for row in rows}


def quarantined(company: Company) -> CompanyQuerySet[QuarantinedForm]:
    """Payloads that could not be read and wait for a person, newest first."""
    return (
        QuarantinedForm.objects.for_company(company)
        .filter(resolved_at__isnull=True)
        .select_related("shop")
        .order_by("-created_at", "-id")
    )


def lag_s(shop: Shop, now: datetime) -> int | None:
    """Seconds since the journal was last read to its end (real time); None before the first time."""
    return None if shop.synced_at is None else max(0, int((now - shop.synced_at).total_seconds()))
