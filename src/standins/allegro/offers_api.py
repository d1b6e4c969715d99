"""The seller's offers: list and single one, and commands that change how many pieces are left."""

from typing import Final
from uuid import UUID, uuid4

from starlette.responses import Response
from starlette.routing import Route

from standins.allegro.catalog import Offer
from standins.allegro.clock import DAY, iso
from standins.allegro.forms import price
from standins.allegro.gate import ApiRefused, Call, answer, endpoint
from standins.allegro.orders import Json

_READ: Final = "allegro:api:sale:offers:read"
_WRITE: Final = "allegro:api:sale:offers:write"
_MOST_OFFERS: Final = 1_000


def _listed(offer: Offer, call: Call) -> Json:
    number = int(offer.id)
    return {
        "id": offer.id,
        "name": offer.name,
        "category": {"id": "257931"},
        "primaryImage": None,
        "sellingMode": {"format": "BUY_NOW", "price": price(offer.price_minor, "PLN")},
        "saleInfo": {"currentPrice": None, "biddersCount": 0},
        "stock": {"available": _available(offer, call), "sold": number % 91},
        "stats": {"watchersCount": number % 5, "visitsCount": number % 400},
        "publication": _publication(offer, call),
        "afterSalesServices": None,
        "additionalServices": None,
        "external": {"id": offer.sku} if offer.sku else None,
        "delivery": {"shippingRates": {"id": "00000000-0000-4000-8000-0000000000aa"}},
        "b2b": {"buyableOnlyByBusiness": False},
        "fundraisingCampaign": None,
        "isFulfillment": False,
        "additionalMarketplaces": {},
    }


def _available(offer: Offer, call: Call) -> int:
    return call.world.stock.available(offer.id)


def _publication(offer: Offer, call: Call) -> Json:
    ended = call.world.stock.is_ended(offer.id)
    return {
        "status": "ENDED" if ended else "ACTIVE",
        "startingAt": None,
        "startedAt": iso(call.world.anchor_ms - 60 * DAY),
        "endingAt": None,
        "endedAt": iso(call.world.anchor_ms - DAY) if ended else None,
        "marketplaces": {"base": {"id": "allegro-pl"}, "additional": [{"id": "allegro-cz"}]},
    }


def offers(call: Call) -> Response:
    """List offers, filtered by id, SKU, name and status."""
    limit = call.number("limit", default=20, low=1, high=1000)
    offset = call.number("offset", default=0, low=0, high=9_999_999)
    found = [_listed(offer, call) for offer in call.seller.catalog.all()]
    ids, skus = call.query.getlist("offer.id"), call.query.getlist("external.id")
    statuses, name = call.query.getlist("publication.status"), call.query.get("name", "").casefold()
    found = [
        offer
        for offer in found
        if (not ids or offer["id"] in ids)
        and (not skus or (offer["external"] or {}).get("id") in skus)
        and (not statuses or offer["publication"]["status"] in statuses)
        and name in offer["name"].casefold()
    ]
    page = found[offset : offset + limit]
    return answer({"offers": page, "count": len(page), "totalCount": len(found)})


def product_offer(call: Call) -> Response:
    """Return one offer with its tax settings."""
    wanted = call.path["offer_id"]
    offer = next((entry for entry in call.seller.catalog.all() if entry.id == wanted), None)
    if offer is None:
        raise ApiRefused(404, "OfferNotFoundException", f"Offer {wanted} not found")
    if call.request.method == "GET":
        call.world.stock.look(offer.id)
    listed = _listed(offer, call)
    exempt = offer.tax_rate == "zw"
    rate = {"rate": None if exempt else offer.tax_rate, "countryCode": "PL"}
    return answer(
        {
            "id": offer.id,
            "name": offer.name,
            "category": listed["category"],
            "productSet": [],
            "external": listed["external"],
            "sellingMode": {"format": "BUY_NOW", "price": price(offer.price_minor, "PLN")},
            "stock": {"available": listed["stock"]["available"], "unit": "UNIT"},
            "publication": {"status": listed["publication"]["status"], "duration": None},
            "taxSettings": {
                "rates": [] if exempt else [rate],
                "subject": "SERVICES" if exempt else "GOODS",
                "exemption": "OTHER" if exempt else None,
            },
            "language": "pl-PL",
            "createdAt": iso(call.world.anchor_ms - 60 * DAY),
            "updatedAt": iso(call.world.anchor_ms - 2 * DAY),
        }
    )


def edit_offer(call: Call) -> Response:
    """Change an offer's stock, at once or (202) later; nothing else of an offer can be changed here."""
    stock = call.json().get("stock")
    available = stock.get("available") if isinstance(stock, dict) else None
    if not isinstance(available, int) or available < 0:
        raise ApiRefused(422, "ConstraintViolationException", "stock.available must be 0 or more")
    offer_id = call.path["offer_id"]
    if offer_id not in {entry.id for entry in call.seller.catalog.all()}:
        raise ApiRefused(404, "OfferNotFoundException", f"Offer {offer_id} not found")
    if call.world.stock.is_ended(offer_id) and available:
        raise ApiRefused(422, "OfferEndedException", f"Offer {offer_id} has ended")
    is_done = call.world.stock.edit(offer_id, available)
    call.world.changed()
    edited = product_offer(call)
    if not is_done:
        edited.status_code = 202
        edited.headers["location"] = f"/sale/product-offers/{offer_id}/operations/{uuid4()}"
    return edited


def _command_id(call: Call) -> str:
    try:
        return str(UUID(call.path["command_id"]))
    except ValueError as wrong:
        raise ApiRefused(422, "ConstraintViolationException", "the command id is not a UUID") from wrong


def change_quantities(call: Call) -> Response:
    """Take a quantity command; a command id works once. What becomes of it is told by its tasks."""
    command_id = _command_id(call)
    body = call.json()
    modification = body.get("modification") or {}
    value = modification.get("value")
    wanted = [
        str(offer.get("id"))
        for criterion in body.get("offerCriteria") or []
        if criterion.get("type") == "CONTAINS_OFFERS"
        for offer in criterion.get("offers") or []
    ]
    if modification.get("changeType") not in {"FIXED", "GAIN"} or not isinstance(value, int):
        raise ApiRefused(422, "ConstraintViolationException", "modification is not complete")
    if not wanted or len(wanted) > _MOST_OFFERS:
        raise ApiRefused(422, "ConstraintViolationException", "offerCriteria must hold 1 to 1000 offers")
    known = {offer.id for offer in call.seller.catalog.all()}
    stock = call.world.stock
    if not stock.take_command(
        command_id,
        seller=call.seller.number,
        change=str(modification["changeType"]),
        value=value,
        offers=wanted,
        known=known,
    ):
        raise ApiRefused(409, "CommandAlreadyExists", f"command id {command_id} was already used")
    call.world.changed()
    return answer(_report(command_id, call), 201)


def _report(command_id: str, call: Call) -> Json:
    tasks = call.world.stock.commands[command_id].tasks
    done = [task["status"] for task in tasks]
    return {
        "id": command_id,
        "createdAt": iso(call.world.now_ms()),
        "completedAt": None if "NEW" in done else iso(call.world.now_ms()),
        "taskCount": {"failed": done.count("FAIL"), "success": done.count("SUCCESS"), "total": len(tasks)},
    }


def _known_command(call: Call) -> str:
    command_id = _command_id(call)
    command = call.world.stock.commands.get(command_id)
    if command is None or command.seller != call.seller.number:
        raise ApiRefused(404, "CommandNotFound", f"command {command_id} not found")
    call.world.stock.settle(command_id)
    return command_id


def quantity_command(call: Call) -> Response:
    """Handle one command: PUT takes it, GET sums it up."""
    if call.request.method == "PUT":
        return change_quantities(call)
    return answer(_report(_known_command(call), call))


def quantity_tasks(call: Call) -> Response:
    """Tell what became of each offer of a command."""
    limit = call.number("limit", default=100, low=1, high=1000)
    offset = call.number("offset", default=0, low=0, high=999)
    tasks = call.world.stock.commands[_known_command(call)].tasks
    return answer({"tasks": tasks[offset : offset + limit]})


_COMMAND: Final = "/sale/offer-quantity-change-commands/{command_id}"

ROUTES = [
    Route("/sale/offers", endpoint(offers, scope=_READ)),
    Route("/sale/product-offers/{offer_id}", endpoint(product_offer, scope=_READ), methods=["GET"]),
    Route("/sale/product-offers/{offer_id}", endpoint(edit_offer, scope=_WRITE), methods=["PATCH"]),
    Route(_COMMAND, endpoint(quantity_command, scope=_WRITE), methods=["GET", "PUT"]),
    Route(f"{_COMMAND}/tasks", endpoint(quantity_tasks, scope=_WRITE)),
]
