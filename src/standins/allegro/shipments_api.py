"""Carriers, and tracking numbers added to orders. Adding one twice makes two, as on the live API."""

import copy
from typing import Final

from starlette.responses import Response
from starlette.routing import Route

from standins.allegro.clock import iso
from standins.allegro.gate import ApiRefused, Call, answer, endpoint
from standins.allegro.orders import Json, Order, identifier
from standins.allegro.orders_api import READ, WRITE, find_order
from standins.allegro.world import Shipment

CARRIERS: Final = {
    "ALLEGRO": "Allegro",
    "DHL": "DHL",
    "DPD": "DPD",
    "FEDEX": "FedEx",
    "GLS": "GLS",
    "INPOST": "InPost",
    "POCZTA_POLSKA": "Poczta Polska",
    "UPS": "UPS",
}
OTHER: Final = "OTHER"
LONGEST_NAME: Final = 30
LONGEST_WAYBILL: Final = 64


def carriers(call: Call) -> Response:
    """List the carriers."""
    del call
    named = [{"id": carrier_id, "name": name} for carrier_id, name in CARRIERS.items()]
    return answer({"carriers": [*named, {"id": OTHER}]})


def _json(call: Call, order: Order, shipment: Shipment) -> Json:
    lines = call.world.form(order)["lineItems"]
    found: Json = {
        "id": shipment.id,
        "waybill": shipment.waybill,
        "carrierId": shipment.carrier,
        "createdAt": iso(shipment.created_ms),
        "lineItems": [{"id": line["id"]} for line in lines],
    }
    if shipment.carrier_name:
        found["carrierName"] = shipment.carrier_name
    return found


def shipments(call: Call) -> Response:
    """List the parcels of an order."""
    order = find_order(call)
    known = call.world.shipments.get(order.id, [])
    return answer({"shipments": [_json(call, order, one) for one in known]})


def add_shipment(call: Call) -> Response:
    """Add a tracking number; the order counts as sent where the seller has switched that on."""
    order = find_order(call)
    body = call.json()
    carrier, waybill = str(body.get("carrierId") or ""), str(body.get("waybill") or "").strip()
    name = str(body.get("carrierName") or "")
    if carrier == "ALLEGRO" or (carrier not in CARRIERS and carrier != OTHER):
        raise ApiRefused(400, "CARRIER_NOT_SUPPORTED", f"Nieobsługiwany przewoźnik: {carrier}")
    if not waybill or len(waybill) > LONGEST_WAYBILL or len(name) > LONGEST_NAME:
        raise ApiRefused(400, "INVALID_WAYBILL", "Nieprawidłowy numer przesyłki")
    if waybill in call.world.settings.used_waybills:
        raise ApiRefused(409, "WAYBILL_USAGE_EXCEEDED", "Numer przesyłki jest już w zbyt wielu zamówieniach")
    known = call.world.shipments.setdefault(order.id, [])
    made = Shipment(
        identifier("5", order.key, order.index * 64 + len(known)),
        carrier,
        name if carrier == OTHER else "",
        waybill,
        call.world.now_ms(),
    )
    known.append(made)
    form = copy.deepcopy(call.world.form(order))
    form["fulfillment"]["shipmentSummary"] = {"lineItemsSent": "ALL"}
    if call.world.settings.sent_on_parcel:
        form["fulfillment"]["status"] = "SENT"
    call.world.touched(order, form, by_buyer=False)
    return answer(_json(call, order, made), 201)


_PATH: Final = "/order/checkout-forms/{form_id}/shipments"
ROUTES = [
    Route("/order/carriers", endpoint(carriers, scope=None, user=False)),
    Route(_PATH, endpoint(shipments, scope=READ), methods=["GET"]),
    Route(_PATH, endpoint(add_shipment, scope=WRITE), methods=["POST"]),
]
