"""Derives orders again from the answers that are kept, shows what differs and puts it right.

Needs no connection. For whoever doubts a figure, and after a correction of how answers are read.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import transaction
from django.db.models import F, Q

from stragan.companies.models import Company
from stragan.flows.draft_document import OrderNotFound
from stragan.flows.import_orders import reassess_orders
from stragan.flows.order_content import read_payload
from stragan.flows.stock_reservations import follow_import
from stragan.gateways.allegro import UnreadablePayload
from stragan.kit.tenancy import CompanyQuerySet
from stragan.orders import deriving, money_rows
from stragan.orders.data import OrderData
from stragan.orders.deriving import Deviation
from stragan.orders.deriving_lines import HeldLines, LineToMend, claims_of
from stragan.orders.models import Order, OrderRevision
from stragan.shops.models import Shop

_AT_ONCE: Final = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Replayed:
    """An order whose columns differ from its latest answer, or whose answer cannot be read (``reason``)."""

    form_id: str
    number: int
    deviations: tuple[Deviation, ...] = ()
    reason: str = ""


@dataclass(slots=True)
class Tally:
    """How many orders were derived again so far."""

    orders: int = 0
    different: int = 0
    unreadable: int = 0
    purged: int = 0  # of the orders; nothing tells any more who bought them


def chosen_orders(
    company: Company, *, shop: Shop | None = None, order: str | None = None
) -> CompanyQuerySet[Order]:
    """Orders to derive again: all, those of a shop, or one by its Allegro id or our number.

    :raises OrderNotFound: there is no such order.
    """
    rows = Order.objects.for_company(company)
    if shop is not None:
        rows = rows.filter(shop=shop)
    if order is not None:
        by_number = Q(number=int(order)) if order.isdecimal() and len(order) < 19 else Q()  # noqa: PLR2004 -- a bigint
        rows = rows.filter(Q(allegro_id=order) | by_number) if by_number else rows.filter(allegro_id=order)
        if not rows.exists():
            raise OrderNotFound(order=order)
    return rows


def replay(
    orders: CompanyQuerySet[Order], *, company: Company, is_dry: bool, now: datetime, tally: Tally
) -> Iterator[Replayed]:
    """Give each order that differs from what Allegro sent last; unless *is_dry* it is put right.

    Some hundreds are worked on in a transaction of their own, so that it can be stopped at any time.
    """
    last = 0
    while True:
        with transaction.atomic():
            rows = orders.filter(pk__gt=last).order_by("id")
            batch = list(rows[:_AT_ONCE] if is_dry else rows.select_for_update(of=("self",))[:_AT_ONCE])
            found = _replay(batch, company=company, is_dry=is_dry, now=now, tally=tally)
        yield from found
        if len(batch) < _AT_ONCE:
            return
        last = batch[-1].pk


def _replay(
    batch: Sequence[Order], *, company: Company, is_dry: bool, now: datetime, tally: Tally
) -> list[Replayed]:
    contents, unreadable = _read(batch)
    readable = [order for order in batch if order.pk in contents]
    lines = _lines_to_mend(readable, contents)
    found = deriving.deviations(readable, contents, lines=lines)
    wrong = [order for order in readable if order.pk in found]
    answers = [
        Replayed(form_id=order.allegro_id, number=order.number, deviations=tuple(found[order.pk]))
        for order in wrong
    ]
    answers += [
        Replayed(form_id=order.allegro_id, number=order.number, reason=unreadable[order.pk])
        for order in batch
        if order.pk in unreadable
    ]
    if wrong and not is_dry:
        touched = deriving.put_right(wrong, contents, lines=lines, now=now)
        touched |= {order.pk for order in wrong}
        follow_import(company=company, order_ids=touched, now=now)
        money_rows.ask_again(touched)
        reassess_orders(company=company, order_ids=sorted(touched), now=now)
    tally.orders += len(batch)
    tally.different += len(wrong)
    tally.unreadable += len(unreadable)
    tally.purged += sum(order.contact_purged_at is not None for order in batch)
    return sorted(answers, key=lambda answer: answer.number)


def _lines_to_mend(orders: Sequence[Order], contents: Mapping[int, OrderData]) -> list[LineToMend]:
    """Lines that are lost, not due or not as they were sold; other orders that hold one are asked too."""
    held = HeldLines(orders, contents)
    others = list(Order.objects.across_companies().filter(pk__in=held.other_holders()).order_by("id"))
    told, _ = _read(others) if others else ({}, {})
    return held.to_mend({**claims_of(others, told), **claims_of(orders, contents)})


def _read(batch: Sequence[Order]) -> tuple[dict[int, OrderData], dict[int, str]]:
    """Contents by order id, and why the others cannot be read."""
    contents: dict[int, OrderData] = {}
    unreadable: dict[int, str] = {}
    rows = OrderRevision.objects.filter(
        order_id__in=[order.pk for order in batch], sequence=F("order__revision_count")
    )
    for order_id, payload in rows.values_list("order_id", "payload"):
        try:
            contents[order_id] = read_payload(bytes(payload))
        except UnreadablePayload as trouble:
            unreadable[order_id] = f"{trouble.reason} ({trouble.path})"
    return contents, unreadable
