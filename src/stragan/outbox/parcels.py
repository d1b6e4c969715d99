"""Parcels of orders: which carrier has them, under which number."""

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import Max

from stragan.companies.models import Company, User
from stragan.core.errors import Refused
from stragan.core.folding import fold
from stragan.kit.audit import Actor, Deed, record
from stragan.orders.models import Order
from stragan.outbox.models import Carrier, Parcel

OTHER: Final = "OTHER"
BY_ALLEGRO: Final = "ALLEGRO"  # Allegro adds the numbers of its own parcels and refuses ours
LONGEST_NAME: Final = 30
LONGEST_WAYBILL: Final = 64
CARRIERS_LAST: Final = timedelta(days=1)
_WAYBILL: Final = re.compile(r"[0-9A-Za-z][0-9A-Za-z./_+-]*")


class WaybillInvalid(Refused):
    """A number has letters, digits and ``- . / _ +``, 64 signs at most."""

    code = "parcel_waybill_invalid"


class CarrierUnknown(Refused):
    """Allegro knows no such carrier."""

    code = "parcel_carrier_unknown"


class CarrierNameMissing(Refused):
    """Another carrier than Allegro's needs a name, 30 signs at most."""

    code = "parcel_carrier_name"


class OrderTakesNoParcel(Refused):
    """The order is cancelled, gone or deleted."""

    code = "parcel_order_closed"


def clean_waybill(text: str) -> str:
    """A tracking number without its spaces.

    :raises WaybillInvalid: it is none.
    """
    waybill = re.sub(r"\s", "", text)
    if not _WAYBILL.fullmatch(waybill) or len(waybill) > LONGEST_WAYBILL:
        raise WaybillInvalid(waybill=waybill[:LONGEST_WAYBILL])
    return waybill


def find_carrier(text: str) -> tuple[str, str]:
    """A carrier's id and, for one Allegro does not know, its name: found by id or by name.

    :raises CarrierUnknown: nothing was named, or it is Allegro's own delivery.
    :raises CarrierNameMissing: the name is longer than Allegro takes.
    """
    wanted = text.strip()
    for carrier_id, name in Carrier.objects.values_list("key", "name"):
        if fold(wanted) in {fold(carrier_id), fold(name)} and carrier_id not in {OTHER, BY_ALLEGRO}:
            return carrier_id, ""
    if not wanted or wanted.upper() in {OTHER, BY_ALLEGRO}:
        raise CarrierUnknown(carrier=wanted)
    if len(wanted) > LONGEST_NAME:
        raise CarrierNameMissing(carrier=wanted)
    return OTHER, wanted


def carriers() -> list[Carrier]:
    """Carriers to choose from, by name; none before Allegro was asked."""
    return list(Carrier.objects.exclude(key__in=[OTHER, BY_ALLEGRO]).order_by("name", "key"))


def guess(delivery_method: str, known: Sequence[Carrier]) -> str:
    """The id of the carrier a method of delivery names, or nothing."""
    words = fold(delivery_method)
    found = [one for one in known if fold(one.name) in words]
    return max(found, key=lambda one: len(one.name)).key if found else ""


def add(
    *, order: Order, carrier: str, waybill: str, user: User | None, actor: Actor, now: datetime
) -> tuple[Parcel, bool]:
    """Note a parcel of an order, in the caller's transaction; True where it was not there before.

    :raises WaybillInvalid: the number is none.
    :raises CarrierUnknown: the carrier is not named.
    :raises CarrierNameMissing: its name is too long.
    :raises OrderTakesNoParcel: nothing is sent for this order.
    """
    number = clean_waybill(waybill)
    key, name = find_carrier(carrier)
    if order.deleted_at is not None or order.gone_at is not None or order.superseded_by_id is not None:
        raise OrderTakesNoParcel(order=str(order.number))
    Order.objects.for_company(order.company_id).select_for_update().only("id").get(pk=order.pk)
    known = Parcel.objects.for_company(order.company_id).filter(order=order, waybill__iexact=number).first()
    if known is not None:
        return known, False
    parcel = Parcel.objects.for_company(order.company_id).create(
        company_id=order.company_id,
        order=order,
        carrier=key,
        carrier_name=name,
        waybill=number,
        added_at=now,
        added_by=user,
    )
    deed = Deed(
        verb="order.parcel_added",
        subject="order",
        subject_id=order.pk,
        company_id=order.company_id,
        user_id=user.pk if user else None,
        actor=actor,
        facts={"parcel": parcel.pk, "carrier": key},
    )
    record([deed], at=now)
    return parcel, True


def parcels_of_order(company: Company, order_id: int) -> list[Parcel]:
    """Parcels of an order, oldest first."""
    return list(Parcel.objects.for_company(company).filter(order_id=order_id).order_by("id"))


def names() -> dict[str, str]:
    """Carriers' names by id."""
    return dict(Carrier.objects.values_list("key", "name"))


def are_carriers_old(*, now: datetime) -> bool:
    """Whether Allegro was not asked for its carriers within a day."""
    latest = Carrier.objects.aggregate(at=Max("seen_at"))["at"]
    return latest is None or latest < now - CARRIERS_LAST


@transaction.atomic
def keep_carriers(found: dict[str, str], *, now: datetime) -> None:
    """Keep what Allegro told; carriers it no longer tells leave, unless it told none."""
    if not found:
        return
    Carrier.objects.bulk_create(
        [Carrier(key=key, name=name or key, seen_at=now) for key, name in sorted(found.items())],
        update_conflicts=True,
        unique_fields=["key"],
        update_fields=["name", "seen_at"],
    )
    Carrier.objects.exclude(key__in=found).delete()
