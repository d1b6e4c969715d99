"""Parcels of an order as Allegro has them, and the carriers it knows."""

from datetime import datetime

import msgspec
from msgspec import Struct

from stragan.gateways.allegro.forms import Identifier
from stragan.gateways.allegro.parsing import convert, read_json


class Shipment(Struct, frozen=True, kw_only=True, rename="camel"):
    """One tracking number; Allegro lists those that others added, too, the same one twice as well."""

    id: Identifier
    waybill: str = ""
    carrier_id: str | None = None
    carrier_name: str | None = None
    created_at: datetime | None = None


class Carrier(Struct, frozen=True, kw_only=True):
    """A carrier Allegro can follow; ``OTHER`` has no name and stands for all the rest."""

    id: Identifier
    name: str | None = None


class _Shipments(Struct, frozen=True):
    shipments: tuple[Shipment, ...] = ()


class _Carriers(Struct, frozen=True):
    carriers: tuple[Carrier, ...] = ()


def read_shipments(body: bytes) -> tuple[Shipment, ...]:
    """Read the parcels of an order."""
    return convert(read_json(body), _Shipments).shipments


def read_new_shipment(body: bytes) -> Shipment:
    """Read the parcel that was just added."""
    return convert(read_json(body), Shipment)


def read_carriers(body: bytes) -> tuple[Carrier, ...]:
    """Read the carriers."""
    return convert(read_json(body), _Carriers).carriers


def new_shipment(*, carrier_id: str, carrier_name: str, waybill: str) -> bytes:
    """Write a parcel that holds all lines of its order; a name is told for ``OTHER`` only."""
    body = {"carrierId": carrier_id, "waybill": waybill}
    if carrier_name:
        body["carrierName"] = carrier_name
    return msgspec.json.encode(body)
