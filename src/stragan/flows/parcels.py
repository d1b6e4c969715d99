"""Parcels as people, files and commands tell them: noted here, and sent where the shop wants that."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import transaction

from stragan.companies.models import Company, User
from stragan.core.errors import Refused, StraganError
from stragan.core.folding import fold
from stragan.flows import outgoing
from stragan.flows.tokens import Session
from stragan.formats.sheets import UnreadableSheet, read_table
from stragan.kit.audit import Actor
from stragan.orders.models import Order
from stragan.outbox import parcels
from stragan.outbox.models import Parcel, Sending
from stragan.shops.queries import shop_in_use

AT_ONCE: Final = 5_000
_HEADS: Final = {
    "order": {"zamowienie", "order", "nr zamowienia", "numer zamowienia"},
    "carrier": {"przewoznik", "carrier", "kurier"},
    "waybill": {"numer przesylki", "nr przesylki", "przesylka", "waybill", "tracking", "list przewozowy"},
}


class ParcelFileUnreadable(Refused):
    """The file is no table, too large, or lacks a column."""

    code = "parcel_file_unreadable"


class ParcelOrderUnknown(Refused):
    """The company has no such order."""

    code = "parcel_order_unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Added:
    """A parcel that is noted. ``sending`` is None where the shop sends none; ``is_new`` tells repetitions."""

    order: Order
    parcel: Parcel
    sending: Sending | None
    is_new: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class NotAdded:
    """A line that was refused, and why."""

    line: int
    order: str
    refusal: StraganError


def add_parcel(
    *, order: Order, carrier: str, waybill: str, user: User | None, actor: Actor, now: datetime
) -> Added:
    """Note a parcel, and have it sent where the shop's writer is on: both or neither. Real time.

    :raises Refused: the number, the carrier or the order does not fit.
    """
    with transaction.atomic():
        parcel, is_new = parcels.add(
            order=order, carrier=carrier, waybill=waybill, user=user, actor=actor, now=now
        )
        sending = outgoing.parcel_added(parcel, order=order, is_new=is_new, by=user, now=now)
        return Added(order=order, parcel=parcel, sending=sending, is_new=is_new)


def add_from_file(
    *, company: Company, data: bytes, user: User | None, actor: Actor, now: datetime
) -> Iterator[Added | NotAdded]:
    """Note the parcels of a CSV or XLSX file with columns for order, carrier and number, line by line.

    An order is named by its number here or by its id on Allegro. A refused line stops no other; reading the
    same file again changes nothing.

    :raises ParcelFileUnreadable: it is no table, or a column is missing.
    """
    try:
        table = read_table(data, with_empty=True)
    except UnreadableSheet as wrong:
        raise ParcelFileUnreadable from wrong
    if not table or len(table) > AT_ONCE:
        raise ParcelFileUnreadable
    places = _places(table[0])
    return _added(company, table, places, user=user, actor=actor, now=now)


def refresh_carriers(*, shop_id: int, now: datetime) -> None:
    """Ask Allegro for its carriers, once a day for all shops."""
    if not parcels.are_carriers_old(now=now) or shop_in_use(shop_id) is None:
        return
    with Session(shop_id) as session:
        found = session.call(lambda client: client.carriers())
    parcels.keep_carriers({one.id: one.name or "" for one in found}, now=now)


def order_named(company: Company, name: str) -> Order:
    """The order with this number here, or this id on Allegro; a merged one gives the one that took it over.

    :raises ParcelOrderUnknown: there is none.
    """
    rows = Order.objects.for_company(company).select_related("shop", "superseded_by")
    found = rows.filter(number=int(name)).first() if name.isdecimal() and len(name) < 16 else None  # noqa: PLR2004 -- fits a column
    order = found or rows.filter(allegro_id=name).order_by("-id").first()
    while order is not None and order.superseded_by_id is not None:
        order = rows.filter(pk=order.superseded_by_id).first()
    if order is None:
        raise ParcelOrderUnknown(order=name)
    return order


def _places(head: list[str]) -> dict[str, int]:
    known = [fold(title).strip() for title in head]
    places = {
        name: next((place for place, title in enumerate(known) if title in titles), -1)
        for name, titles in _HEADS.items()
    }
    if min(places.values()) < 0:
        raise ParcelFileUnreadable
    return places


def _added(
    company: Company,
    table: list[list[str]],
    places: dict[str, int],
    *,
    user: User | None,
    actor: Actor,
    now: datetime,
) -> Iterator[Added | NotAdded]:
    for line, row in enumerate(table[1:], 2):
        if not any(row):
            continue
        told = {name: row[place] if place < len(row) else "" for name, place in places.items()}
        try:
            yield add_parcel(
                order=order_named(company, told["order"].strip()),
                carrier=told["carrier"],
                waybill=told["waybill"],
                user=user,
                actor=actor,
                now=now,
            )
        except Refused as refusal:
            yield NotAdded(line=line, order=told["order"], refusal=refusal)
