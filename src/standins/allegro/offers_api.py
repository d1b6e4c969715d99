"""The seller's offers: list and single one."""

from starlette.responses import Response
from starlette.routing import Route

from standins.allegro.catalog import Offer
from standins.allegro.clock import DAY, iso
from standins.allegro.forms import price
from standins.allegro.gate import ApiRefused, Call, answer, endpoint
from standins.allegro.orders import Json

_READ = "allegro:api:sale:offers:read"


def _listed(offer: Offer, call: Call) -> Json:
    number = int(offer.id)
    return {
        "id": offer.id,
        "name": offer.name,
        "category": {"id": "257931"},
        "primaryImage": None,
        "sellingMode": {"format": "BUY_NOW", "price": price(offer.price_minor, "PLN")},
        "saleInfo": {"currentPrice": None, "biddersCount": 0},
        "stock": {"available": number % 37, "sold": number % 91},
        "stats": {"watchersCount": number % 5, "visitsCount": number % 400},
        "publication": _publication(number, call),
        "afterSalesServices": None,
        "additionalServices": None,
        "external": {"id": offer.sku} if offer.sku else None,
        "delivery": {"shippingRates": {"id": "00000000-0000-4000-8000-0000000000aa"}},
        "b2b": {"buyableOnlyByBusiness": False},
        "fundraisingCampaign": None,
        "isFulfillment": False,
        "additionalMarketplaces": {},
    }


def _publication(number: int, call: Call) -> Json:
    ended = number % 37 == 0
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


ROUTES = [
    Route("/sale/offers", endpoint(offers, scope=_READ)),
    Route("/sale/product-offers/{offer_id}", endpoint(product_offer, scope=_READ)),
]
