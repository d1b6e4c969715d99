"""Forms that Allegro says it has not; of one that it had released it has to say so twice."""

from collections.abc import Sequence
from datetime import timedelta
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


def settle_gone(hold: SyncHold, rows: Sequence[PendingForm]) -> None:
    """Note forms that answer 404 as gone, unless one we have replaced them; unknown ones never were orders.

    Buyers pay unpaid forms together, which ends them. A released one has no such reason to end: it waits,
    and is asked for once more.
    """
    shop = hold.shop
    found = Order.objects.for_company(shop.company_id).filter(
        seller_id=shop.seller_id, allegro_id__in=[row.form_id for row in rows]
    )
    known = {order.allegro_id: order for order in found.order_by("id")}
    doubted = [row for row in rows if _is_doubtful(row, known.get(row.form_id))]
    for row in doubted:
        _ask_again_later(hold, row)
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


def _is_doubtful(row: PendingForm, order: Order | None) -> bool:
    if order is None or order.superseded_by_id is not None or order.gone_at is not None:
        return False
    return is_released(order.allegro_status) and not (_was_gone(row) and row.due_at <= real_now())


def _was_gone(row: PendingForm) -> bool:
    return row.error_code == FormGone.code


def _ask_again_later(hold: SyncHold, row: PendingForm) -> None:
    hold.note(row.form_id, "failed")
    if not _was_gone(row):  # else a person asked before its time, which makes no second word of it
        pending.postpone(row, error_code=FormGone.code, now=real_now(), at_least=ASKED_AGAIN_AFTER)
