"""Holds an order as Allegro tells it against ours, and names every difference with its cause. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from stragan.core.money import ZERO
from stragan.orders.assess import is_released
from stragan.orders.data import CASH_ON_DELIVERY, OrderData, PaymentData
from stragan.orders.states import (
    EXPLAINING,
    AllegroStatus,
    CheckCause,
    CheckDifference,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ours:
    """What our tables say of one order. ``parts`` adds up lines, delivery, services and deposits."""

    pk: int
    number: int
    allegro_id: str
    status: str
    currency: str
    total: Decimal
    parts: Decimal
    received: Decimal
    content_sha256: str
    revision: int
    bought_at: datetime | None = None
    successor: int | None = None
    is_gone: bool = False
    is_deleted: bool = False
    delete_reason: str = ""
    has_original: bool = False
    payment_state: str = ""

    @property
    def lives(self) -> bool:
        """Whether it stands for itself: not merged into another, gone from Allegro or deleted here."""
        return self.successor is None and not (self.is_gone or self.is_deleted)


@dataclass(frozen=True, slots=True, kw_only=True)
class Theirs:
    """What Allegro says of one order at this moment; ``unreadable`` is why nothing more is known."""

    allegro_id: str
    content_sha256: str
    status: str = ""
    currency: str = ""
    total: Decimal = ZERO
    parts: Decimal = ZERO
    received: Decimal = ZERO
    surcharges: Decimal = ZERO
    is_cod: bool = False
    states_payment: bool = True
    bought_first: datetime | None = None
    bought_last: datetime | None = None
    updated_at: datetime | None = None
    unreadable: str = ""
    payment_ids: tuple[str, ...] = ()
    online: Decimal = ZERO  # of ``received``, what came through Allegro's payments
    paid_at: datetime | None = None
    line_ids: tuple[str, ...] = ()

    @classmethod
    def of(cls, data: OrderData, *, content_sha256: str) -> "Theirs":
        """Take from a whole order what is compared."""
        payment = data.payment
        instants = [line.bought_at for line in data.lines if line.bought_at]
        return cls(
            allegro_id=data.allegro_id,
            content_sha256=content_sha256,
            status=data.status,
            currency=data.currency,
            total=data.total_to_pay,
            parts=data.total_to_pay - data.difference,
            received=payment.received,
            surcharges=sum((part.paid for part in payment.surcharges if part.paid is not None), ZERO),
            is_cod=payment.type == CASH_ON_DELIVERY,
            states_payment=payment.paid is not None,
            bought_first=min(instants, default=None),
            bought_last=max(instants, default=None),
            updated_at=data.updated_at,
            payment_ids=payment.ids,
            online=payment.online,
            paid_at=max(filter(None, (payment.finished_at, *_topped_up(payment))), default=None),
            line_ids=tuple(line.line_id for line in data.lines),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """One difference; ``ours`` and ``allegro`` are amounts or statuses as text."""

    difference: CheckDifference
    allegro_id: str
    cause: str = ""
    explained: bool = False
    order_id: int | None = None
    revision: int | None = None
    bought_at: datetime | None = None
    ours: str = ""
    allegro: str = ""
    currency: str = ""
    facts: Mapping[str, object] = field(default_factory=dict)


def _topped_up(payment: PaymentData) -> Iterator[datetime | None]:
    return (part.finished_at for part in payment.surcharges)


def values_agree(ours: Ours, theirs: Theirs) -> bool:
    """Whether nothing at all is to be told of an order both sides have."""
    return not any(True for _ in differences(ours, theirs))


def differences(ours: Ours, theirs: Theirs, *, is_fresh: bool = False) -> Iterator[Found]:
    """Name what differs in an order both sides have. *is_fresh*: the change may still be on its way."""
    if theirs.unreadable:
        if ours.content_sha256 != theirs.content_sha256:
            yield _found(
                ours,
                theirs,
                CheckDifference.UNREADABLE,
                cause=CheckCause.UNREADABLE,
                facts={"reason": theirs.unreadable},
            )
        return
    if ours.is_deleted:
        yield _found(ours, theirs, CheckDifference.MISSING, cause=CheckCause.DELETED)
        return
    if ours.successor is not None or ours.is_gone:
        cause = CheckCause.MERGED if ours.successor is not None else CheckCause.GONE
        yield _found(
            ours,
            theirs,
            CheckDifference.MISSING,
            cause=cause,
            explained=False,  # Allegro has it after all
            facts={"successor": ours.successor or 0},
        )
        return
    cause = _cause_of_change(ours, theirs, is_fresh=is_fresh)
    if ours.status != theirs.status:
        yield _found(
            ours,
            theirs,
            CheckDifference.STATUS,
            cause=cause,
            ours_says=ours.status,
            allegro_says=theirs.status,
        )
    if (ours.total, ours.currency) != (theirs.total, theirs.currency):
        yield _amounts(ours, theirs, CheckDifference.TOTAL, ours.total, theirs.total, cause=cause)
    yield from _parts(ours, theirs, cause=cause)
    if ours.received != theirs.received:
        yield _amounts(ours, theirs, CheckDifference.PAID, ours.received, theirs.received, cause=cause)
    else:
        yield from _payment(ours, theirs)


def _parts(ours: Ours, theirs: Theirs, *, cause: CheckCause) -> Iterator[Found]:
    """The sum of the parts against the total: Allegro's own figures first, then ours."""
    if theirs.parts != theirs.total:
        yield _amounts(
            ours,
            theirs,
            CheckDifference.PARTS,
            theirs.parts,
            theirs.total,
            cause=CheckCause.ALLEGRO_SAYS_SO,
        )
    elif ours.parts != ours.total:
        yield _amounts(ours, theirs, CheckDifference.PARTS, ours.parts, ours.total, cause=cause)


def _payment(ours: Ours, theirs: Theirs) -> Iterator[Found]:
    """What a released order was paid with, against what is due. Cash on delivery comes later."""
    if not is_released(theirs.status) or (theirs.is_cod and not theirs.received):
        return
    if theirs.received > theirs.total:
        by_surcharge = theirs.received - theirs.surcharges == theirs.total
        yield _amounts(
            ours,
            theirs,
            CheckDifference.OVERPAID,
            theirs.total,
            theirs.received,
            cause=CheckCause.SURCHARGE if by_surcharge else "",
        )
    elif theirs.received < theirs.total:
        cause = "" if theirs.is_cod or theirs.states_payment else CheckCause.NO_PAYMENT_STATED
        yield _amounts(ours, theirs, CheckDifference.UNDERPAID, theirs.total, theirs.received, cause=cause)


def _cause_of_change(ours: Ours, theirs: Theirs, *, is_fresh: bool) -> CheckCause:
    if ours.content_sha256 == theirs.content_sha256:
        return CheckCause.ALTERED_HERE
    if is_fresh:
        return CheckCause.ARRIVING
    was_cancelled = theirs.status == AllegroStatus.CANCELLED != ours.status
    return CheckCause.CANCELLED if was_cancelled else CheckCause.CHANGED


def _amounts(
    ours: Ours,
    theirs: Theirs,
    difference: CheckDifference,
    mine: Decimal,
    other: Decimal,
    *,
    cause: str,
) -> Found:
    return _found(
        ours,
        theirs,
        difference,
        cause=cause,
        ours_says=f"{mine:.2f}",
        allegro_says=f"{other:.2f}",
        facts={"difference": f"{other - mine:.2f}"},
    )


def _found(
    ours: Ours,
    theirs: Theirs,
    difference: CheckDifference,
    *,
    cause: str = "",
    explained: bool | None = None,
    ours_says: str = "",
    allegro_says: str = "",
    facts: Mapping[str, object] | None = None,
) -> Found:
    return Found(
        difference=difference,
        allegro_id=theirs.allegro_id,
        cause=str(cause),
        explained=cause in EXPLAINING if explained is None else explained,
        order_id=ours.pk,
        revision=ours.revision,
        bought_at=ours.bought_at or theirs.bought_first,
        ours=ours_says[:40],
        allegro=allegro_says[:40],
        currency=theirs.currency or ours.currency,
        facts={"number": ours.number, **(facts or {})},
    )
