"""Intents to set the stock of offers: one waits per offer, one is on its way, what is over is kept."""

import uuid
from collections.abc import Iterable, Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Final

from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, Q

from stragan.companies.models import Company
from stragan.kit.tenancy import CompanyQuerySet
from stragan.shops.models import Offer, OfferPush, PushState, ShopState
from stragan.shops.offers import ENDED

DUE: Final = (PushState.WAITING, PushState.SENDING)
KEPT: Final = timedelta(days=30)
HELD: Final = timedelta(seconds=120)  # longer than any one write: who took a row is dead after that
_FIRST_WAIT_S: Final = 15
_LONGEST_WAIT_S: Final = 3_600
_AT_ONCE: Final = 500
# Of an offer one stock is on its way at a time: the next one waits until there is an answer.
_IS_NEXT: Final = Q(state=PushState.SENDING) | Q(
    ~Exists(
        OfferPush.objects.across_companies().filter(offer_id=OuterRef("offer_id"), state=PushState.SENDING)
    ),
    state=PushState.WAITING,
)


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


def next_due(shop_id: int, *, now: datetime, due_by: datetime) -> OfferPush | None:
    """The row to be worked off now, locked: part of the caller's transaction. One of an offer is on its way.

    What was taken before goes by *now*, of the clock that all machines share; what was not, by *due_by*
    of the machine's own.
    """
    rows = OfferPush.objects.across_companies().select_for_update(of=("self",)).select_related("offer")
    rows = rows.filter(Q(due_at__lte=now) | Q(due_at__lte=due_by, attempts=0), _IS_NEXT, shop_id=shop_id)
    return rows.order_by("due_at", "id").first()


def start(row: OfferPush, *, quantity: int, now: datetime) -> None:
    """Fix what is sent and under which command, before Allegro is called."""
    row.state, row.quantity, row.was = PushState.SENDING, quantity, row.offer.available
    row.command_id = str(uuid.uuid4())
    row.attempts += 1
    row.due_at, row.sent_at = now + HELD, now
    row.reason_code = row.reason = ""
    row.save()


def begin(row: OfferPush, *, now: datetime) -> bool:
    """Note that it leaves now, when nothing is left to wait for; False when the row is no longer ours."""
    return _held(row, due_at=now + HELD, sent_at=now)


def look_again(row: OfferPush, *, now: datetime) -> None:
    """Take up a row whose answer never came; its command id stays."""
    row.attempts += 1
    row.due_at = now + HELD
    row.save(update_fields=["attempts", "due_at"])


def give_back(row: OfferPush, *, now: datetime) -> None:
    """Allegro never heard of it: the quantity is worked out anew, unless a newer wish waits already."""
    rows = OfferPush.objects.for_company(row.company_id)
    if not rows.filter(offer_id=row.offer_id, state=PushState.WAITING).exists():
        with suppress(IntegrityError), transaction.atomic():  # such a wish may come right now
            _held(row, state=PushState.WAITING, command_id="", due_at=now)
            return
    _rows_held(row).delete()


def postpone(row: OfferPush, *, code: str, now: datetime, wait: timedelta | None = None) -> None:
    """Try later, ever more seldom."""
    pause = wait or timedelta(seconds=min(_LONGEST_WAIT_S, _FIRST_WAIT_S * 2 ** min(row.attempts, 10)))
    _held(row, due_at=now + pause, reason_code=code[:80])


def succeed(row: OfferPush, *, now: datetime) -> None:
    """Allegro has the quantity now; a stock of none ended the offer."""
    if not _close(row, state=PushState.SENT, code="", reason="", now=now):
        return
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
    rows = OfferPush.objects.across_companies().filter(_IS_NEXT, due_at__lte=now)
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


def _close(row: OfferPush, *, state: PushState, code: str, reason: str, now: datetime) -> bool:
    return _held(row, state=state, reason_code=code[:80], reason=reason[:300], done_at=now)


def _held(row: OfferPush, **values: object) -> bool:
    return bool(_rows_held(row).update(**values))


def _rows_held(row: OfferPush) -> CompanyQuerySet[OfferPush]:
    """The row, if nobody took it up since."""
    rows = OfferPush.objects.for_company(row.company_id)
    return rows.filter(pk=row.pk, state=row.state, attempts=row.attempts)
