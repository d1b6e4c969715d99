"""Forms that Allegro says it has not; of one that it had released it has to say so twice."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from stragan.flows.hearing import keep_gone
from stragan.flows.stock_reservations import follow_import
from stragan.flows.sync_run import SyncHold
from stragan.gateways.allegro import FormGone
from stragan.kit.clock import real_now
from stragan.orders import actions as orders
from stragan.orders.assess import is_released
from stragan.orders.models import Order
from stragan.shops import pending
from stragan.shops.models import PendingForm

ASKED_AGAIN_AFTER: Final = timedelta(minutes=10)


def settle_gone(hold: SyncHold, said: Sequence[tuple[PendingForm, datetime]]) -> None:
    """Note forms that answered 404 as gone, unless one we have replaced them; unknown ones never were orders.

    *said* has each with the instant of that answer, by the clock that all machines share. Buyers pay unpaid
    forms together, which ends them. A released one has no such reason to end: it waits, and is asked for once
    more. Only what Allegro says ten minutes after the first time counts as said twice, whoever had it asked
    for in between.
    """
    shop, rows = hold.shop, [row for row, _ in said]
    found = Order.objects.for_company(shop.company_id).filter(
        seller_id=shop.seller_id, allegro_id__in=[row.form_id for row in rows]
    )
    known = {order.allegro_id: order for order in found.order_by("id")}
    doubted = []
    for row, said_at in said:
        if _is_doubtful(row, known.get(row.form_id), said_at=said_at):
            _ask_again_later(hold, row, said_at=said_at)
            doubted.append(row)
    gone = [row.form_id for row in rows if row not in doubted]
    heard = hold.ears.take_gone(row.form_id for row in rows)

    def write() -> None:
        now = hold.now()
        retired = orders.mark_gone(shop=shop, form_ids=gone, now=now)
        keep_gone(shop, heard, retired=retired, at=now)
        settled = [known[form_id] for form_id in gone if form_id in known]
        follow_import(company=shop.company, order_ids=[order.pk for order in settled], now=now)
        pending.settle_forms(shop=shop, done=gone, readable=(), now=now)
        for order in settled:
            hold.note(order.allegro_id, "changed" if order.allegro_id in retired else "unchanged")

    hold.commit(write)


def _is_doubtful(row: PendingForm, order: Order | None, *, said_at: datetime) -> bool:
    if order is None or order.superseded_by_id is not None or order.gone_at is not None:
        return False
    return is_released(order.allegro_status) and said_at - _first_said(row, said_at) < ASKED_AGAIN_AFTER


def _first_said(row: PendingForm, said_at: datetime) -> datetime:
    """When Allegro first said it; an instant to come is of a clock that has been put right since."""
    return min(row.first_gone_at or said_at, said_at)


def _ask_again_later(hold: SyncHold, row: PendingForm, *, said_at: datetime) -> None:
    """Ask once more in time, even where a new event or a person had it asked for sooner."""
    hold.note(row.form_id, "failed")
    first = _first_said(row, said_at)
    due_at = real_now() + ASKED_AGAIN_AFTER - (said_at - first)
    pending.doubt(row, error_code=FormGone.code, first_gone_at=first, due_at=due_at)
