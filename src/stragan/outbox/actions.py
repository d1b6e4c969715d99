"""What becomes of things to be sent: only the present holder of a row can say."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, Q

from stragan.companies.models import Company, User
from stragan.kit.audit import Deed, record
from stragan.orders.models import Order
from stragan.outbox.models import Sending, Writer
from stragan.outbox.states import UNFINISHED, Kind, SendingState
from stragan.shops.models import Shop

HELD: Final = timedelta(seconds=120)  # longer than any one write: who took a row is dead after that
KEPT: Final = timedelta(days=90)  # statuses; what became of documents and parcels is kept
_RECORD_IS_LOST: Final = ("sending_file_rejected", "sending_record_missing")
_FIRST_WAIT_S: Final = 10
_LONGEST_WAIT_S: Final = 3_600
_DOUBLINGS: Final = 9


@dataclass(frozen=True, slots=True, kw_only=True)
class Why:
    """Why a thing is not there yet, or never will be: our code, Allegro's words and the id of its answer."""

    code: str = ""
    words: str = ""
    trace_id: str = ""


NO_REASON: Final = Why()


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What a shop chose besides on and off, see ``Writer``."""

    unasked: bool = False
    on_issue: str = ""
    on_parcel: str = ""


NO_CHOICE: Final = Choice()


@transaction.atomic
def switch(
    *, shop: Shop, kind: Kind, on: bool, choice: Choice = NO_CHOICE, by: User, now: datetime
) -> Writer:
    """Switch a writer on or off; switched off, what is not there yet is given up. Real time."""
    Shop.objects.for_company(shop.company_id).select_for_update().get(pk=shop.pk)
    row = Writer.objects.for_company(shop.company_id).filter(shop=shop, kind=kind).first()
    row = row or Writer(company_id=shop.company_id, shop=shop, kind=kind, is_on=False)
    known = Choice(unasked=row.unasked, on_issue=row.on_issue, on_parcel=row.on_parcel)
    if (row.is_on, known) == (on, choice):
        return row
    if row.is_on != on or row.pk is None:
        row.changed_at, row.changed_by = now, by
    row.is_on, row.unasked = on, choice.unasked
    row.on_issue, row.on_parcel = choice.on_issue, choice.on_parcel
    row.save()
    dropped = 0
    if not on:
        rows = Sending.objects.for_company(shop.company_id).filter(shop=shop, kind=kind)
        dropped = rows.filter(state__in=UNFINISHED).update(
            state=SendingState.GIVEN_UP, reason_code="sending_switched_off", reason="", done_at=now
        )
    deed = Deed(
        verb="shop.writer_changed",
        subject="shop",
        subject_id=shop.pk,
        company_id=shop.company_id,
        user_id=by.pk,
        facts={"kind": kind.value, "on": on, **asdict(choice), "dropped": dropped},
    )
    record([deed], at=now)
    return row


def want(sendings: Sequence[Sending]) -> None:
    """Add things to be sent, in the caller's transaction; a document that is there already stays as it is."""
    if sendings:
        Sending.objects.across_companies().bulk_create(sendings, ignore_conflicts=True)


def want_status(sending: Sending, *, now: datetime) -> Sending:
    """Add a status to be set, in the caller's transaction; one of the order that waits gives way to it."""
    Order.objects.for_company(sending.company_id).select_for_update().only("id").get(pk=sending.order_id)
    rows = Sending.objects.for_company(sending.company_id).filter(
        order_id=sending.order_id, kind=Kind.STATUS, state=SendingState.WAITING
    )
    rows.update(state=SendingState.GIVEN_UP, reason_code="sending_newer_wish", done_at=now)
    sending.save(force_insert=True)
    return sending


def next_due(
    shop_id: int,
    *,
    kinds: Iterable[Kind],
    now: datetime,
    due_by: datetime,
    only: Collection[int] | None = None,
) -> Sending | None:
    """The row to be worked off now, locked, in the caller's transaction; one of an order is in flight.

    What was taken before goes by *now*, of the clock that all machines share; what was not, by *due_by*
    of the machine's own. With *only* one of these rows.
    """
    busy = Sending.objects.across_companies().filter(
        order_id=OuterRef("order_id"), kind=OuterRef("kind"), state=SendingState.SENDING
    )
    rows = (
        Sending.objects.across_companies()
        .select_for_update(of=("self",))
        .select_related("document", "parcel")
    )
    rows = rows.filter(shop_id=shop_id, kind__in=list(kinds), state__in=UNFINISHED)
    rows = rows.filter(Q(due_at__lte=now) | Q(due_at__lte=due_by, attempts=0))
    if only is not None:
        rows = rows.filter(pk__in=list(only))
    return rows.filter(~Exists(busy.exclude(pk=OuterRef("pk")))).order_by("due_at", "id").first()


def take(row: Sending, *, now: datetime) -> None:
    """Hold a row for one look, before Allegro is called; in the transaction that found it."""
    row.attempts += 1
    row.due_at = now + HELD
    row.save(update_fields=["attempts", "due_at"])


def move(row: Sending, *, order_id: int) -> None:
    """Send it to another order, which took over the purchases of the first; nothing of it is there yet."""
    row.order_id, row.remote_id, row.state = order_id, "", SendingState.WAITING
    row.save(update_fields=["order_id", "remote_id", "state"])


def begin(row: Sending, *, now: datetime) -> bool:
    """Note that Allegro may have it from now on; False when the row is no longer ours."""
    row.state = SendingState.SENDING
    try:
        with transaction.atomic():
            return _held(row, state=SendingState.SENDING, due_at=now + HELD)
    except IntegrityError:  # another thing of the same order went first
        return False


def keep_remote_id(row: Sending, remote_id: str) -> bool:
    """Keep the id Allegro gave it, before anything more is sent; False when the row is no longer ours."""
    row.remote_id = remote_id
    return _held(row, remote_id=remote_id)


def later(row: Sending, *, now: datetime, wait: timedelta | None = None, why: Why = NO_REASON) -> None:
    """Look again later, ever more seldom where no *wait* is named."""
    _held(row, due_at=now + (wait or pause(row.attempts)), **_told(why))


def pause(looks: int) -> timedelta:
    """How long to wait after so many looks that led nowhere: from ten seconds to an hour."""
    return timedelta(seconds=min(_LONGEST_WAIT_S, _FIRST_WAIT_S * 2 ** min(max(looks - 1, 0), _DOUBLINGS)))


def succeed(row: Sending, *, now: datetime, why: Why = NO_REASON) -> None:
    """It is there."""
    _held(row, state=SendingState.DONE, done_at=now, remote_id=row.remote_id, **_told(why))


def fail(row: Sending, *, now: datetime, why: Why) -> None:
    """Trying again by itself would not help: a person sees why."""
    _held(row, state=SendingState.FAILED, done_at=now, **_told(why))


def retry(company: Company | int, ids: Iterable[int], *, now: datetime) -> int:
    """Let what failed or was given up wait again; gives how many. What Allegro has of it is found again."""
    rows = Sending.objects.for_company(company).filter(pk__in=list(ids))
    # A record that is of no use any more is not held on to: the next look makes another one.
    rows.filter(reason_code__in=_RECORD_IS_LOST, state=SendingState.FAILED).update(remote_id="")
    return rows.filter(state__in=[SendingState.FAILED, SendingState.GIVEN_UP]).update(
        state=SendingState.WAITING,
        attempts=0,
        due_at=now,
        done_at=None,
        reason_code="",
        reason="",
        trace_id="",
    )


def give_up(company: Company, ids: Iterable[int], *, code: str, now: datetime) -> int:
    """Stop trying; what has reached Allegro stays there. Gives how many."""
    rows = Sending.objects.for_company(company).filter(pk__in=list(ids))
    return rows.exclude(state__in=[SendingState.DONE, SendingState.GIVEN_UP]).update(
        state=SendingState.GIVEN_UP, reason_code=code, done_at=now
    )


def hold_document(company: Company, document_id: int) -> None:
    """Keep workers from sending a document until the caller's transaction is over."""
    rows = Sending.objects.for_company(company).select_for_update()
    list(rows.filter(document_id=document_id, kind=Kind.INVOICE).values_list("id"))


def give_up_document(company: Company, document_id: int, *, now: datetime) -> int:
    """Stop sending a document that was voided, in the caller's transaction."""
    rows = Sending.objects.for_company(company).filter(document_id=document_id, kind=Kind.INVOICE)
    return give_up(company, list(rows.values_list("id", flat=True)), code="sending_document_void", now=now)


def forget_old(*, now: datetime) -> int:
    """Delete statuses that were over long ago."""
    rows = Sending.objects.across_companies().filter(kind=Kind.STATUS)
    return rows.exclude(state__in=UNFINISHED).filter(done_at__lt=now - KEPT).delete()[0]


def _held(row: Sending, **changes: object) -> bool:
    rows = Sending.objects.for_company(row.company_id).filter(pk=row.pk, attempts=row.attempts)
    return bool(rows.filter(state__in=UNFINISHED).update(**changes))


def _told(why: Why) -> dict[str, object]:
    return {"reason_code": why.code[:80], "reason": why.words[:300], "trace_id": why.trace_id[:80]}
