"""A shop as an archive knew it: made anew without any token, put where its reading had come."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from stragan.companies.models import Company
from stragan.shops.models import PaymentsRead, PendingForm, Shop, ShopState

# How far Allegro was read; none of it is a secret.
PLACE: Final = (
    "cursor",
    "cursor_at",
    "latest_event_id",
    "latest_event_at",
    "windows_done_until",
    "first_import_done_at",
    "updates_until",
    "synced_at",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """What decides how the orders of a shop are read."""

    seller_id: str
    name: str
    login: str
    marketplace: str
    since_date: date
    buyer_source: str


def origin_of(shop: Shop) -> Origin:
    """Say where the shop's orders come from."""
    return Origin(
        seller_id=shop.seller_id,
        name=shop.name,
        login=shop.allegro_login,
        marketplace=shop.marketplace,
        since_date=shop.since_date,
        buyer_source=shop.buyer_source,
    )


def shop_from(origin: Origin, *, company: Company, api_url: str, auth_url: str, now: datetime) -> Shop:
    """The company's shop of that account; a new one waits until somebody connects it."""
    return Shop.objects.for_company(company).get_or_create(
        seller_id=origin.seller_id,
        defaults={
            "company": company,
            "name": origin.name,
            "allegro_login": origin.login,
            "marketplace": origin.marketplace,
            "since_date": origin.since_date,
            "buyer_source": origin.buyer_source,
            "api_url": api_url,
            "auth_url": auth_url,
            "client_id": "",
            "state": ShopState.RECONNECT,
            "created_at": now,
        },
    )[0]


def pending_of(shop: Shop) -> dict[str, datetime]:
    """Forms that are still to be fetched, with the instants of their events."""
    return dict(PendingForm.objects.filter(shop=shop).order_by("id").values_list("form_id", "event_at"))


def payments_place(shop: Shop) -> tuple[datetime | None, datetime | None]:
    """From when and until when the operations are here."""
    row = PaymentsRead.objects.filter(shop=shop).first()
    return (row.since, row.until) if row else (None, None)


def put_back(
    shop: Shop,
    *,
    place: Mapping[str, object],
    pending: Mapping[str, datetime],
    payments: tuple[datetime | None, datetime | None],
    now: datetime,
) -> None:
    """Set how far Allegro was read and what was still to be fetched, in the caller's transaction."""
    Shop.objects.across_companies().filter(pk=shop.pk).update(**{name: place[name] for name in PLACE})
    PendingForm.objects.filter(shop=shop).delete()
    PendingForm.objects.bulk_create(
        PendingForm(shop=shop, form_id=form_id, event_at=at, due_at=now) for form_id, at in pending.items()
    )
    since, until = payments
    if until is not None:
        PaymentsRead.objects.update_or_create(
            shop=shop, defaults={"since": since, "until": until, "next_at": now}
        )
