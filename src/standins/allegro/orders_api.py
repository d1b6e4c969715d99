"""``/me``, marketplaces, the journal, checkout forms and their fulfillment."""

import copy
from bisect import bisect_left
from collections.abc import Callable
from typing import Final
from uuid import UUID

from starlette.responses import Response
from starlette.routing import Route

from standins.allegro.clock import iso, parse
from standins.allegro.gate import ApiRefused, Call, answer, endpoint
from standins.allegro.journal import Event
from standins.allegro.orders import Json, Order, revision_of
from standins.allegro.world import World

READ: Final = "allegro:api:orders:read"
WRITE: Final = "allegro:api:orders:write"
DEEPEST: Final = 10_000
_KEPT_SELECTIONS: Final = 16
_SETTABLE: Final = frozenset(
    {
        "NEW",
        "PROCESSING",
        "READY_FOR_SHIPMENT",
        "READY_FOR_PICKUP",
        "SENT",
        "PICKED_UP",
        "CANCELLED",
        "SUSPENDED",
    }
)
_MARKETPLACES: Final = (
    ("allegro-pl", "pl-PL", "PLN", "PL"),
    ("allegro-cz", "cs-CZ", "CZK", "CZ"),
    ("allegro-sk", "sk-SK", "EUR", "SK"),
    ("allegro-hu", "hu-HU", "HUF", "HU"),
    ("allegro-business-pl", "pl-PL", "PLN", "PL"),
    ("allegro-business-cz", "cs-CZ", "CZK", "CZ"),
)


def me(call: Call) -> Response:
    """Say whose token it is."""
    return answer(call.seller.me())


def marketplaces(call: Call) -> Response:
    """List marketplaces."""
    del call
    languages = [{"code": "pl-PL"}, {"code": "en-US"}]
    return answer(
        {
            "marketplaces": [
                {
                    "id": name,
                    "languages": {"offerCreation": languages, "offerDisplay": [{"code": language}]},
                    "currencies": {"base": {"code": currency}, "additional": []},
                    "shippingCountries": [{"code": country}],
                }
                for name, language, currency, country in _MARKETPLACES
            ]
        }
    )


def events(call: Call) -> Response:
    """Page the journal: ids above ``from``, oldest first."""
    limit = call.number("limit", default=100, low=1, high=1000)
    after = call.query.get("from", "0")
    if not after.isdigit():
        raise ApiRefused(422, "VALIDATION_ERROR", f"from is not an event id: {after}")
    world = call.world
    if world.told is not None:
        ids = [str(event.get("id")) for event in world.told]
        start = ids.index(after) + 1 if after in ids else 0
        return answer({"events": world.told[start : start + limit]})
    found = world.journals[call.seller.number].page(
        after=int(after),
        limit=limit,
        types=frozenset(call.query.getlist("type")),
        now_ms=world.now_ms(),
        disturbance=world.faults.journal,
    )
    found = [event for event in found if ("journal", event.form_id) not in world.hidden]
    forms = {index: world.form(world.orders[index]) for index in {event.order_index for event in found}}
    return answer({"events": [event_json(world, event, forms[event.order_index]) for event in found]})


def event_json(world: World, event: Event, form: Json) -> Json:
    """Return an event as the journal tells it; *form* is the order's."""
    order = world.orders[event.order_index]
    buyer = form["buyer"]
    lines = form["lineItems"]
    if event.form_id != order.id and order.kind == "merged":
        # A form that was merged away held one of the two lines.
        lines = lines[:1] if event.occurred_ms < order.bought_ms else lines[1:]
    reference: Json = {
        "id": event.form_id,
        "revision": f"{(order.key * 17 + event.revision) & 0xFFFFFFFF:08x}",
    }
    early = event.type == "BOUGHT" and order.key % 50 == 1
    return {
        "id": str(event.id),
        "order": {
            "seller": {"id": world.sellers[order.seller].id},
            "buyer": {
                key: buyer[key] for key in ("id", "email", "login", "guest", "preferences") if key in buyer
            },
            "lineItems": [
                {
                    **{
                        key: line[key]
                        for key in ("id", "quantity", "originalPrice", "price", "boughtAt")
                        if key in line
                    },
                    "offer": {key: line["offer"].get(key) for key in ("id", "name", "external")},
                }
                for line in lines
            ],
            # Early events may not know their form yet.
            **({} if early else {"checkoutForm": reference}),
            "marketplace": form.get("marketplace"),
        },
        "type": event.type,
        "occurredAt": iso(event.occurred_ms),
    }


def event_stats(call: Call) -> Response:
    """Return the newest event, the bootstrap cursor."""
    latest = call.world.journals[call.seller.number].latest()
    if latest is None:
        return answer({"latestEvent": None})
    return answer({"latestEvent": {"id": str(latest.id), "occurredAt": iso(latest.occurred_ms)}})


def _instant(call: Call, name: str) -> int | None:
    text = call.query.get(name)
    if text is None:
        return None
    try:
        return parse(text)
    except ValueError as wrong:
        raise ApiRefused(400, "IllegalArgumentException", f"{name} is not a date: {text}") from wrong


def _window(call: Call, name: str) -> tuple[int | None, int | None]:
    return _instant(call, f"{name}.gte"), _instant(call, f"{name}.lte")


def _inside(instant: int, window: tuple[int | None, int | None]) -> bool:
    low, high = window
    return (low is None or instant >= low) and (high is None or instant <= high)


_DEEP_FILTERS: Final[dict[str, Callable[[Json], list[object]]]] = {
    "payment.id": lambda form: [(form.get("payment") or {}).get("id")],
    "surcharges.id": lambda form: [surcharge["id"] for surcharge in form.get("surcharges") or []],
    "delivery.method.id": lambda form: [((form.get("delivery") or {}).get("method") or {}).get("id")],
    "buyer.login": lambda form: [form["buyer"]["login"]],
    "marketplace.id": lambda form: [(form.get("marketplace") or {}).get("id")],
    "fulfillment.provider.id": lambda form: [(form["fulfillment"].get("provider") or {}).get("id")],
    "fulfillment.shipmentSummary.lineItemsSent": lambda form: [
        form["fulfillment"]["shipmentSummary"]["lineItemsSent"]
    ],
}


def _filtered(call: Call, orders: list[Order], *, key: str) -> list[Order]:
    bought, updated = _window(call, "lineItems.boughtAt"), _window(call, "updatedAt")
    # Sorted by that very instant: what lies before the window is skipped without a look.
    if key == "updated" and updated[0] is not None:
        orders = orders[bisect_left(orders, updated[0], key=lambda order: order.updated_ms) :]
    elif key == "bought" and bought[0] is not None:
        orders = orders[bisect_left(orders, bought[0], key=lambda order: max(order.bought, default=0)) :]
    if bought != (None, None) and (key != "bought" or bought[1] is not None):
        orders = [order for order in orders if any(_inside(instant, bought) for instant in order.bought)]
    if updated != (None, None) and (key != "updated" or updated[1] is not None):
        orders = [order for order in orders if _inside(order.updated_ms, updated)]
    statuses = frozenset(call.query.getlist("status"))
    if statuses:
        orders = [order for order in orders if order.status in statuses]
    fulfillments = frozenset(call.query.getlist("fulfillment.status"))
    if fulfillments:
        orders = [order for order in orders if order.fulfillment in fulfillments]
    for name, read in _DEEP_FILTERS.items():
        wanted = frozenset(call.query.getlist(name))
        if wanted:
            orders = [
                order for order in orders if wanted.intersection(map(str, read(call.world.form(order))))
            ]
    return orders


def _selected(call: Call, key: str, *, newest_first: bool) -> list[Order]:
    """Return the filtered and sorted orders; the next page asks for the same, so they are kept."""
    filters = tuple(sorted(pair for pair in call.query.multi_items() if pair[0] not in {"limit", "offset"}))
    wanted = (call.seller.number, key, newest_first, filters)
    kept = None if call.world.is_stale() else call.world.selections.get(wanted)
    if kept is None:
        if len(call.world.selections) >= _KEPT_SELECTIONS:
            call.world.selections.clear()
        shown = [
            order
            for order in call.world.sorted_orders(call.seller.number, key)
            if ("list", order.id) not in call.world.hidden
        ]
        kept = _filtered(call, shown, key=key)
        kept = kept[::-1] if newest_first else list(kept)
        if not call.world.is_stale():
            call.world.selections[wanted] = kept
    return kept


def checkout_forms(call: Call) -> Response:
    """List forms: filters, sort and the depth limit of the live API."""
    limit = call.number("limit", default=100, low=1, high=100)
    offset = call.number("offset", default=0, low=0, high=10**9)
    if offset + limit > DEEPEST:
        raise ApiRefused(422, "ConstraintViolationException", f"offset + limit must not exceed {DEEPEST}")
    sort = call.query.get("sort", "-lineItems.boughtAt")
    key = {"lineItems.boughtAt": "bought", "updatedAt": "updated"}.get(sort.removeprefix("-"))
    if key is None:
        raise ApiRefused(400, "IllegalArgumentException", f"sort is not known: {sort}")
    orders = _selected(call, key, newest_first=sort.startswith("-"))
    page = [call.world.form(order) for order in orders[offset : offset + limit]]
    return answer({"checkoutForms": page, "count": len(page), "totalCount": len(orders)})


def find_order(call: Call) -> Order:
    """Return the order of the path.

    :raises ApiRefused: 422 for what is no UUID, 404 for what is unknown, foreign or merged away.
    """
    form_id = call.path["form_id"]
    try:
        UUID(form_id)
    except ValueError as wrong:
        raise ApiRefused(422, "ConstraintViolationException", f"{form_id} is not a UUID") from wrong
    order = call.world.find(form_id, seller=call.seller.number)
    if order is None:
        raise ApiRefused(404, "CheckoutFormNotFoundException", f"checkout form of id {form_id} not found")
    return order


def checkout_form(call: Call) -> Response:
    """Return one form."""
    return answer(call.world.form(find_order(call)))


def set_fulfillment(call: Call) -> Response:
    """Set the seller's status of the whole order; a stale revision is refused."""
    order = find_order(call)
    status = call.json().get("status")
    if status not in _SETTABLE:
        raise ApiRefused(422, "ConstraintViolationException", f"fulfillment status {status} cannot be set")
    revision = call.query.get("checkoutForm.revision")
    form = copy.deepcopy(call.world.form(order))
    current = form.get("revision") or revision_of(order)
    if revision is not None and revision != current:
        raise ApiRefused(409, "CheckoutFormRevisionConflict", f"revision {revision} is not the current one")
    form["fulfillment"]["status"] = status
    call.world.touched(order, form, by_buyer=False)
    call.world.emit(order, "FULFILLMENT_STATUS_CHANGED")
    return Response(status_code=204)


ROUTES = [
    Route("/me", endpoint(me, scope="allegro:api:profile:read")),
    Route("/marketplaces", endpoint(marketplaces, scope=None, user=False)),
    Route("/order/events", endpoint(events, scope=READ)),
    Route("/order/event-stats", endpoint(event_stats, scope=READ)),
    Route("/order/checkout-forms", endpoint(checkout_forms, scope=READ)),
    Route("/order/checkout-forms/{form_id}", endpoint(checkout_form, scope=READ)),
    Route(
        "/order/checkout-forms/{form_id}/fulfillment", endpoint(set_fulfillment, scope=WRITE), methods=["PUT"]
    ),
]
