"""Intents to set the stock of offers: one waits per offer, one is on its way, what is over is kept."""

import uuid
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Final

from stragan.companies.models import Company
from stragan.kit.tenancy import CompanyQuerySet
from stragan.shops.models import Offer, OfferPush, PushState, ShopState
from stragan.shops.offers import ENDED

DUE: Final = (PushState.WAITING, PushState.SENDING)
KEPT: Final = timedelta(days=30)
LOOKED_AT_AGAIN: Final = timedelta(seconds=60)  # a command whose sender died is asked about after that
_FIRST_WAIT_S: Final = 15
_LONGEST_WAIT_S: Final = 3_600
_AT_ONCE: Final = 500


def want(company: Company, offers: Mapping[int, int], *, now: datetime) -> None:
    """Note that the stock of offers (row id → shop id) must be sent; what waits already stays as it is."""
    OfferPush.objects.across_companies().bulk_create(
        (
            OfferPush(company=company, shop_id=shop_id, offer_id=pk, asked_at=now, due_at=now)
            for pk, shop_id in sorted(offers.items())
        ),
        ignore_conflicts=True,
        batch_size=_AT_ONCE,
    )


def next_due(shop_id: int, *, now: datetime) -> OfferPush | None:
    """The row to be worked off now, locked: part of the caller's transaction."""
    rows = OfferPush.objects.across_companies().select_for_update(of=("self",)).select_related("offer")
    return rows.filter(shop_id=shop_id, state__in=DUE, due_at__lte=now).order_by("due_at", "id").first()


def is_another_on_its_way(row: OfferPush) -> bool:
    """Whether an earlier stock of the same offer has no answer yet."""
    rows = OfferPush.objects.for_company(row.company_id).filter(offer_id=row.offer_id)
    return rows.filter(state=PushState.SENDING).exclude(pk=row.pk).exists()


def start(row: OfferPush, *, quantity: int, now: datetime) -> None:
    """Fix what is sent and under which command, before Allegro is called."""
    row.state, row.quantity, row.was = PushState.SENDING, quantity, row.offer.available
    row.command_id = str(uuid.uuid4())
    row.attempts += 1
    row.due_at = now + LOOKED_AT_AGAIN
    row.reason_code = row.reason = ""
    row.save()


def look_again(row: OfferPush, *, now: datetime) -> None:
    """Take up a row whose answer never came; its command id stays."""
    row.attempts += 1
    row.due_at = now + LOOKED_AT_AGAIN
    row.save(update_fields=["attempts", "due_at"])


def give_back(row: OfferPush, *, now: datetime) -> None:
    """Allegro never heard of it: the quantity is worked out anew, unless a newer wish waits already."""
    rows = OfferPush.objects.for_company(row.company_id)
    if rows.filter(offer_id=row.offer_id, state=PushState.WAITING).exists():
        rows.filter(pk=row.pk).delete()
    else:
        rows.filter(pk=row.pk).update(state=PushState.WAITING, command_id="", due_at=now)


def postpone(row: OfferPush, *, code: str, now: datetime, wait: timedelta | None = None) -> None:
    """Try later, ever more seldom."""
    pause = wait or timedelta(seconds=min(_LONGEST_WAIT_S, _FIRST_WAIT_S * 2 ** min(row.attempts, 10)))
    OfferPush.objects.for_company(row.company_id).filter(pk=row.pk).update(
        due_at=now + pause, reason_code=code[:80]
    )


def succeed(row: OfferPush, *, now: datetime) -> None:
    """Allegro has the quantity now; a stock of none ended the offer."""
    _close(row, state=PushState.SENT, code="", reason="", now=now)
    changes: dict[str, object] = {"available": row.quantity}
    if not row.quantity:
        changes |= {"status": ENDED, "is_active": False, "ended_at": now}
    Offer.objects.for_company(row.company_id).filter(pk=row.offer_id).update(**changes)


def refuse(row: OfferPush, *, code: str, reason: str, now: datetime) -> None:
    """Allegro or we refused; a person sees why."""
    _close(row, state=PushState.FAILED, code=code, reason=reason, now=now)


def drop(row: OfferPush) -> None:
    """Nothing is to be sent any more: what waited is not wanted."""
    OfferPush.objects.for_company(row.company_id).filter(pk=row.pk, state=PushState.WAITING).delete()


def drop_waiting(company: Company) -> int:
    """Forget all that waits: sending was switched off."""
    return OfferPush.objects.for_company(company).filter(state=PushState.WAITING).delete()[0]


def retry(company: Company, push_ids: Iterable[int], *, now: datetime) -> int:
    """Let refused stocks wait once more; gives how many offers."""
    rows = OfferPush.objects.for_company(company).filter(pk__in=list(push_ids), state=PushState.FAILED)
    wanted = {row.offer_id: row.shop_id for row in rows}
    want(company, wanted, now=now)
    rows.delete()
    return len(wanted)


def forget_old(*, now: datetime) -> int:
    """Delete what was over long ago."""
    rows = OfferPush.objects.across_companies().filter(state__in=[PushState.SENT, PushState.FAILED])
    return rows.filter(done_at__lt=now - KEPT).delete()[0]


def due_shops(now: datetime) -> list[tuple[int, int]]:
    """Connected shops that have something to send or to ask about: (shop id, company id)."""
    rows = OfferPush.objects.across_companies().filter(state__in=DUE, due_at__lte=now)
    rows = rows.filter(
        shop__state=ShopState.CONNECTED, company__allegro_module=True, company__push_stock=True
    )
    return sorted(set(rows.values_list("shop_id", "company_id")))


def pushes_of(company: Company) -> CompanyQuerySet[OfferPush]:
    """What was to be sent, newest first."""
    return OfferPush.objects.for_company(company).select_related("offer", "shop").order_by("-id")


def refused_lately(company: Company, *, now: datetime) -> dict[int, int | None]:
    """Quantities that were refused within a day, by offer row: they are not tried again by themselves."""
    rows = OfferPush.objects.for_company(company).filter(
        state=PushState.FAILED, done_at__gte=now - timedelta(days=1)
    )
    return dict(rows.order_by("id").values_list("offer_id", "quantity"))


def _close(row: OfferPush, *, state: PushState, code: str, reason: str, now: datetime) -> None:
    OfferPush.objects.for_company(row.company_id).filter(pk=row.pk).update(
        state=state, reason_code=code[:80], reason=reason[:300], done_at=now
    )
