"""Works off what is to be sent to orders on Allegro, one look at a time.

The intent is a row, so a worker that dies loses nothing. Each look begins with what Allegro has: after a
lost answer that says what became of the call. Nothing is sent while the shop's writer or the
company's Allegro module is off.
"""

import logging
from collections.abc import Callable, Collection, Mapping
from datetime import timedelta
from typing import Final

from django.db import transaction

from stragan.core.errors import StraganError, Unavailable
from stragan.flows import send_invoice, send_parcel, send_status
from stragan.flows.hearing import keep_writes
from stragan.flows.send_plan import Done, Failed, Later, Outcome
from stragan.flows.sending import Hold, NoLongerOurs, OrderGone
from stragan.flows.tokens import Session
from stragan.gateways.allegro import (
    AllegroConflict,
    AllegroError,
    AllegroRejected,
    FormGone,
    ScopeMissing,
    UnreadableAnswer,
)
from stragan.kit.clock import real_now
from stragan.kit.shared_clock import shared_now
from stragan.orders.models import Order
from stragan.outbox import actions, queries
from stragan.outbox.actions import Why
from stragan.outbox.models import Sending
from stragan.outbox.states import Kind
from stragan.shops.models import Shop
from stragan.shops.queries import may_go_on, shop_in_use

STEPS: Final[Mapping[Kind, Callable[[Hold], Outcome]]] = {
    Kind.INVOICE: send_invoice.step,
    Kind.PARCEL: send_parcel.step,
    Kind.STATUS: send_status.step,
}
_SCOPE_WAIT: Final = timedelta(hours=1)
_UNKNOWN_WAIT: Final = timedelta(seconds=30)  # Allegro may still be at work on a call that timed out
_SUCCESSOR_WAIT: Final = timedelta(seconds=60)  # the sync finds who took the order over
_LOOKS_FOR_SUCCESSOR: Final = 4
_MOST_CONFLICTS: Final = 12
_REFUSALS: Final[Mapping[str, str]] = {
    "ORDER-WITHOUT-INVOICE": "sending_order_without_invoice",
    "ORDER-PAYMENT-REJECTED": "sending_payment_rejected",
    "EMPTY-ATTACHMENT": "sending_file_invalid",
    "FILE-CONTENT-INVALID": "sending_file_invalid",
}
_TOO_LARGE: Final = 413

logger = logging.getLogger(__name__)


def work(*, shop_id: int, only: Collection[int] | None = None) -> None:
    """Send what waits for one shop and ask about what is in flight; the first sign of an outage ends it.

    With *only* nothing but these rows: whoever is not the shop's job leaves the others to it.
    """
    shop = shop_in_use(shop_id)
    if shop is None:
        return
    with Session(shop_id, heard=keep_writes(shop)) as session:
        while (row := _claim(shop, only=only)) is not None:
            try:
                outcome = _looked_at(session, row)
            except NoLongerOurs:
                continue
            if not _recorded(row, outcome):
                return


def _claim(shop: Shop, *, only: Collection[int] | None) -> Sending | None:
    """Take the next row; one of an order that was merged away goes to the order that took it over."""
    with transaction.atomic(durable=True):
        if not all(may_go_on(shop.pk)):
            return None
        kinds = [kind for kind in queries.kinds_on(shop.pk) if kind in STEPS]
        now, due_by = shared_now(), real_now()
        row = actions.next_due(shop.pk, kinds=kinds, now=now, due_by=due_by, only=only) if kinds else None
        if row is None:
            return None
        actions.take(row, now=now)
        successor = _successor(row)
        if successor is not None:
            actions.move(row, order_id=successor)
        return row


def _successor(row: Sending) -> int | None:
    """The order that has the purchases of the row's order now, None where that is the order itself."""
    found, rows = None, Order.objects.for_company(row.company_id)
    following = rows.filter(pk=row.order_id).values_list("superseded_by_id", flat=True).first()
    while following is not None:
        found = following
        following = rows.filter(pk=found).values_list("superseded_by_id", flat=True).first()
    return found


def _looked_at(session: Session, row: Sending) -> Outcome:
    order = Order.objects.for_company(row.company_id).only("allegro_id", "shop_id").get(pk=row.order_id)
    hold = Hold(session=session, row=row, form_id=order.allegro_id)
    try:
        return STEPS[Kind(row.kind)](hold)
    except OrderGone:
        gone = Why(code="sending_order_gone")
        return (
            Later(wait=_SUCCESSOR_WAIT, why=gone) if row.attempts < _LOOKS_FOR_SUCCESSOR else Failed(why=gone)
        )
    except StraganError as trouble:
        return reaction(trouble, looks=row.attempts)


def reaction(trouble: StraganError, *, looks: int) -> Outcome:
    """Say what to do after Allegro, or the way to it, refused: look again, or tell a person. Pure."""
    why = _why(trouble)
    if isinstance(trouble, ScopeMissing):
        return Later(wait=_SCOPE_WAIT, why=why, is_outage=True)
    if isinstance(trouble, Unavailable):
        wish = timedelta(seconds=trouble.retry_after_s or 0)
        return Later(wait=max(wish, _UNKNOWN_WAIT, actions.pause(looks)), why=why, is_outage=True)
    if isinstance(trouble, AllegroConflict | FormGone) or _is_about_a_scan(trouble):
        return Later(why=why) if looks < _MOST_CONFLICTS else Failed(why=why)
    if isinstance(trouble, AllegroRejected):
        return Failed(why=why)
    if isinstance(trouble, UnreadableAnswer):
        return Later(why=why) if looks < _MOST_CONFLICTS else Failed(why=why)
    # Not connected, a wrong address, no client: nothing of the shop fares better.
    return Later(why=why, is_outage=True)


def _is_about_a_scan(trouble: StraganError) -> bool:
    if not isinstance(trouble, AllegroRejected):
        return False
    return "scan" in f"{trouble.allegro_code} {trouble.user_message}".lower()


def _why(trouble: StraganError) -> Why:
    if not isinstance(trouble, AllegroError):
        return Why(code=trouble.code)
    code, words = trouble.code, ""
    if isinstance(trouble, ScopeMissing):
        code = "sending_scope_missing"
    elif isinstance(trouble, AllegroRejected | AllegroConflict):
        code = _REFUSALS.get(trouble.allegro_code, "sending_refused")
        if trouble.status == _TOO_LARGE:
            code = "sending_file_too_large"
        if _is_about_a_scan(trouble):
            code = "sending_other_in_scan"
        words = trouble.user_message if code == "sending_refused" else ""
    return Why(code=code, words=words, trace_id=trouble.trace_id)


def _recorded(row: Sending, outcome: Outcome) -> bool:
    """Write down how a look went; False where the next ones would fare no better."""
    now = real_now()
    if isinstance(outcome, Done):
        row.remote_id = outcome.remote_id or row.remote_id
        actions.succeed(row, now=now, why=outcome.why)
        return True
    if isinstance(outcome, Failed):
        actions.fail(row, now=now, why=outcome.why)
        logger.warning("outbox.failed", extra={"sending": row.pk, "code": outcome.why.code})
        return True
    actions.later(row, now=shared_now(), wait=outcome.wait, why=outcome.why)
    if outcome.is_outage:
        logger.warning("outbox.postponed", extra={"sending": row.pk, "code": outcome.why.code})
    return not outcome.is_outage
