"""What is asked about shops."""

from datetime import datetime

from django.db.models import Count

from stragan.companies.models import Company
from stragan.kit.tenancy import CompanyQuerySet
from stragan.shops.models import PendingForm, QuarantinedForm, Shop, ShopState, SyncRun


def shops_of(company: Company) -> CompanyQuerySet[Shop]:
    """The company's shops that were not removed, by name."""
    return Shop.objects.for_company(company).exclude(state=ShopState.REMOVED).order_by("name", "id")


def shops_to_sync(now: datetime) -> list[int]:
    """Connected shops of all companies whose next sync is due, for the scheduler."""
    rows = Shop.objects.across_companies().filter(state=ShopState.CONNECTED, company__allegro_module=True)
    due = rows.filter(next_sync_at__isnull=True) | rows.filter(next_sync_at__lte=now)
    return list(due.order_by("next_sync_at", "id").values_list("id", flat=True))


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
