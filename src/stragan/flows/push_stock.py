"""Sends what may be offered of each product to its Allegro offers (S47), once the company switched it on.

The intent is a row; the command's id is stored before Allegro is called. After a lost answer the command
is asked about, and worked out anew only where Allegro does not know it. Rows go by the clock that all
machines share, and only the present holder of one writes. Nothing is sent while the switch or the Allegro
module is off.
"""

import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import QuerySet

from stragan.companies.models import Company, User
from stragan.core.errors import Refused, StraganError
from stragan.flows.hearing import keep_writes
from stragan.flows.sellable import Sellable, sellable
from stragan.flows.tokens import Session
from stragan.gateways.allegro import (
    AllegroConflict,
    AllegroRejected,
    QuantityTask,
    ScopeMissing,
    TaskOffer,
)
from stragan.kit.audit import Deed, record
from stragan.kit.clock import real_now
from stragan.kit.fields import QUANTITY_SCALE
from stragan.kit.shared_clock import shared_now
from stragan.products.models import Product
from stragan.shops import pushes
from stragan.shops.models import Offer, OfferPush, PushState, Shop, ShopState
from stragan.shops.queries import shop_in_use
from stragan.warehouse.models import StockLevel

JOB: Final = "offers.push"
_CHUNK: Final = 500
_TASK_WAIT: Final = timedelta(seconds=5)
_EMPTY_WAIT: Final = timedelta(seconds=30)
_EMPTIED_WITHIN: Final = timedelta(minutes=5)  # Allegro may do it later than it says yes
_ANSWERED_WITHIN: Final = timedelta(days=1)  # a command of which Allegro says nothing longer is given up
_SCOPE_WAIT: Final = timedelta(hours=1)

logger = logging.getLogger(__name__)


class WarehouseOff(Refused):
    """Stock can be sent only where it is kept: the company's warehouse is switched off."""

    code = "push_needs_warehouse"


class PushTakenOver(Exception):
    """Another process took the row up meanwhile, because this one seemed dead."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """One offer whose stock on Allegro is not what may be offered."""

    offer: Offer
    product: str
    allegro: int | None
    stock: Sellable


def switch(*, company: Company, on: bool, by: User, now: datetime) -> Company:
    """Switch the sending of stock on or off; switched off, what waits is forgotten.

    :raises WarehouseOff: the company keeps no stock here.
    """
    with transaction.atomic():
        row = Company.objects.select_for_update().get(pk=company.pk)
        if on and not row.warehouse:
            raise WarehouseOff
        if row.push_stock == on:
            return row
        row.push_stock, row.push_stock_changed_at, row.push_stock_changed_by = on, now, by
        row.save(update_fields=["push_stock", "push_stock_changed_at", "push_stock_changed_by"])
        # What was looked at while it was off is looked at anew.
        Offer.objects.for_company(row).exclude(seen_level=None).update(seen_level=None)
        dropped = 0 if on else pushes.drop_waiting(row)
        deed = Deed(
            verb="company.changed",
            subject="company",
            subject_id=row.pk,
            company_id=row.pk,
            user_id=by.pk,
            facts={"columns": ["push_stock"], "on": on, "dropped": dropped},
        )
        record([deed], at=now)
    return row


def preview(company: Company, *, limit: int) -> tuple[list[Planned], bool]:
    """What sending would change now, at most *limit* offers, and whether there are more. Writes nothing."""
    found: list[Planned] = []
    for part in _chunks(_pushable(company)):
        names = _names(company, part)
        stock = sellable(company, names)
        for offer in part:
            one = stock.get(offer.product_id or 0)
            if one is not None and one.quantity != offer.available:
                if len(found) == limit:
                    return found, True
                found.append(
                    Planned(
                        offer=offer, product=names[offer.product_id or 0], allegro=offer.available, stock=one
                    )
                )
    return found, False


def plan(*, company_id: int, now: datetime, everything: bool = False) -> int:
    """Note which offers must be told another stock; gives how many. Nothing while a switch is off.

    Only products whose stock changed since the last look are looked at, or *everything*. Real time.
    """
    company = Company.objects.filter(pk=company_id).first()
    if company is None or not _is_on(company):
        return 0
    refused = pushes.refused_lately(company, now=now) if everything else {}
    count = 0
    for part in _chunks(_pushable(company)):
        levels, bundles = _levels(company, part)
        changed = [
            offer
            for offer in part
            if everything
            or (offer.product_id or 0) in bundles
            or offer.seen_level != levels.get(offer.product_id or 0, 0)
        ]
        if not changed:
            continue
        stock = sellable(company, {offer.product_id or 0 for offer in changed})
        wanted = {offer.pk: offer.shop_id for offer in changed if _must_be_sent(offer, stock, refused)}
        for offer in changed:
            offer.seen_level = levels.get(offer.product_id or 0, 0)
        with transaction.atomic():
            pushes.want(company, wanted, now=now)
            Offer.objects.across_companies().bulk_update(changed, ["seen_level"], batch_size=_CHUNK)
        count += len(wanted)
    return count


def work(*, shop_id: int) -> None:
    """Send what waits for one shop and ask about what has no answer; the first sign of an outage ends it."""
    shop = shop_in_use(shop_id)
    if shop is None:
        return
    with Session(shop_id, heard=keep_writes(shop)) as session:
        while (claimed := _claim(shop)) is not None:
            row, is_fresh = claimed
            if not _send(session, row, is_fresh=is_fresh):
                return


def _is_on(company: Company) -> bool:
    """Whether stock is sent. With the Allegro module off what waits stays, and goes on when it is on."""
    return company.allegro_module and company.push_stock and company.warehouse


def _pushable(company: Company) -> QuerySet[Offer]:
    """Running offers of connected shops with a product, whose goods are not in Allegro's own warehouse."""
    return Offer.objects.for_company(company).filter(
        is_active=True,
        in_allegro_stock=False,
        product_id__isnull=False,
        shop__state=ShopState.CONNECTED,
    )


def _chunks(rows: QuerySet[Offer]) -> Iterator[list[Offer]]:
    last = 0
    while part := list(rows.filter(pk__gt=last).order_by("pk")[:_CHUNK]):
        last = part[-1].pk
        yield part


def _names(company: Company, offers: Sequence[Offer]) -> dict[int, str]:
    ids = [offer.product_id or 0 for offer in offers]
    return dict(Product.objects.for_company(company).filter(pk__in=ids).values_list("id", "name"))


def _levels(company: Company, offers: Sequence[Offer]) -> tuple[dict[int, int], set[int]]:
    """What is free of each product, in 1/10,000, and which products are bundles of others."""
    ids = [offer.product_id or 0 for offer in offers]
    rows = StockLevel.objects.for_company(company).filter(product_id__in=ids)
    levels = {
        pk: int((on_hand - reserved).scaleb(QUANTITY_SCALE))
        for pk, on_hand, reserved in rows.values_list("product_id", "on_hand", "reserved")
    }
    bundles = Product.objects.for_company(company).filter(pk__in=ids, is_bundle=True)
    return levels, set(bundles.values_list("id", flat=True))


def _must_be_sent(offer: Offer, stock: Mapping[int, Sellable], refused: Mapping[int, int | None]) -> bool:
    one = stock.get(offer.product_id or 0)
    if one is None or one.quantity == offer.available:
        return False
    return not (offer.pk in refused and refused[offer.pk] == one.quantity)


def _claim(shop: Shop) -> tuple[OfferPush, bool] | None:
    """Take the next row, with its quantity worked out now; True where it was not sent before."""
    while True:
        now, due_by = shared_now(), real_now()
        with transaction.atomic(durable=True):
            company = Company.objects.get(pk=shop.company_id)
            row = pushes.next_due(shop.pk, now=now, due_by=due_by) if _is_on(company) else None
            if row is None:
                return None
            if row.state == PushState.SENDING:
                pushes.look_again(row, now=now)
                return row, False
            if not row.offer.is_active:
                pushes.refuse(row, code="push_offer_ended", reason="", now=now)
                continue
            stock = sellable(company, [row.offer.product_id or 0]).get(row.offer.product_id or 0)
            if stock is None or stock.quantity == row.offer.available:
                pushes.drop(row)
                continue
            pushes.start(row, quantity=stock.quantity, now=now)
            return row, True


def _send(session: Session, row: OfferPush, *, is_fresh: bool) -> bool:
    """Send one row or ask about it; False where the next ones would fare no better."""
    try:
        task = _told(session, row, is_fresh=is_fresh)
    except PushTakenOver:
        return True
    except ScopeMissing as missing:
        pushes.postpone(row, code=missing.code, now=shared_now(), wait=_SCOPE_WAIT)
        return False
    except AllegroRejected as refusal:
        pushes.refuse(row, code=refusal.code, reason=refusal.user_message, now=shared_now())
        return True
    except StraganError as trouble:
        pushes.postpone(row, code=trouble.code, now=shared_now())
        logger.warning("offers.push.failed", extra={"push": row.pk, "code": trouble.code})
        return False
    now = shared_now()
    if task is None:
        pushes.give_back(row, now=now)
    elif task.status == "SUCCESS":
        pushes.succeed(row, now=now)
    elif task.status == "FAIL":
        first = next(iter(task.errors), None)
        reason = (first.user_message or first.message or first.code) if first else task.message
        pushes.refuse(row, code="push_refused", reason=reason or "", now=now)
    elif now - (row.sent_at or row.asked_at) > _ANSWERED_WITHIN:
        pushes.refuse(row, code="push_unanswered", reason="", now=now)
    else:
        pushes.postpone(row, code="", now=now, wait=_TASK_WAIT if row.quantity else _EMPTY_WAIT)
    return True


def _told(session: Session, row: OfferPush, *, is_fresh: bool) -> QuantityTask | None:
    """What Allegro says became of the row; None where it never heard of it, so that it is worked out anew."""
    offer_id, quantity = row.offer.offer_id, row.quantity or 0
    if not quantity:
        return _emptied(session, row, is_fresh=is_fresh)
    if is_fresh:
        try:
            session.write(
                lambda client: client.set_offer_quantity(
                    row.command_id, offer_id=offer_id, quantity=quantity
                ),
                begin=lambda: _begin(row),
            )
        except AllegroConflict:
            logger.info("offers.push.known", extra={"push": row.pk})  # the command arrived before
    known = session.call(lambda client: client.quantity_tasks(row.command_id))
    if known is None and not is_fresh:
        return None
    return next((task for task in known or () if task.offer.id == offer_id), _task(offer_id, "NEW"))


def _begin(row: OfferPush) -> None:
    """Hold the row right before it leaves: whoever waited too long for that sends nothing any more."""
    if not pushes.begin(row, now=shared_now()):
        raise PushTakenOver


def _emptied(session: Session, row: OfferPush, *, is_fresh: bool) -> QuantityTask | None:
    """An offer is emptied directly, for a command takes only quantities above zero.

    No id of ours goes along, so the offer itself is looked at before it is emptied again, and not before
    Allegro has had its time for a write that it may still be at.
    """
    offer_id = row.offer.offer_id
    if is_fresh:
        is_done = session.write(lambda client: client.empty_offer(offer_id), begin=lambda: _begin(row))
        return _task(offer_id, "SUCCESS" if is_done else "NEW")
    left = session.call(lambda client: client.offer_stock(offer_id))
    if left == 0:
        return _task(offer_id, "SUCCESS")
    is_late = row.sent_at is None or shared_now() - row.sent_at > _EMPTIED_WITHIN
    return None if is_late else _task(offer_id, "NEW")


def _task(offer_id: str, status: str) -> QuantityTask:
    return QuantityTask(offer=TaskOffer(id=offer_id), status=status)
