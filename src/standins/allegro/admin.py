"""Switches of the stand-in over HTTP, under ``/_standin/``: JSON in, JSON out, no token."""

import dataclasses
from collections.abc import Awaitable, Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from standins.allegro import changes
from standins.allegro.clock import parse
from standins.allegro.faults import JOURNAL_KINDS, Fault, UnknownFaultError
from standins.allegro.oauth import chosen_seller
from standins.allegro.orders import Json, Order
from standins.allegro.world import World


class _NotFoundError(Exception):
    pass


Action = Callable[[World, Request, Json], Any]


def _admin(action: Action) -> Callable[[Request], Awaitable[Response]]:
    async def run(request: Request) -> Response:
        world: World = request.app.state.world
        body = await request.json() if await request.body() else {}
        try:
            return JSONResponse(action(world, request, body))
        except _NotFoundError as missing:
            return JSONResponse({"error": f"no such {missing}"}, status_code=404)
        except (changes.NotPossibleError, UnknownFaultError, TypeError, KeyError, ValueError) as wrong:
            return JSONResponse({"error": f"{type(wrong).__name__}: {wrong}"}, status_code=400)

    return run


def _seller_number(world: World, login: object) -> int:
    seller = world.seller_by_login(str(login))
    if seller is None:
        raise _NotFoundError(f"seller {login}")
    return seller.number


def _order(world: World, form_id: object) -> Order:
    order = world.by_id.get(str(form_id))
    if order is None or order.gone:
        raise _NotFoundError(f"order {form_id}")
    return order


def _brief(world: World, order: Order) -> Json:
    return {
        "id": order.id,
        "seller": world.sellers[order.seller].login,
        "kind": order.kind,
        "status": order.status,
    }


def _state(world: World, request: Request, body: Json) -> Json:
    del request, body
    return {
        "seed": world.seed,
        "now_ms": world.now_ms(),
        "orders": len(world.live_orders()),
        "sellers": [{"id": seller.id, "login": seller.login, "nip": seller.nip} for seller in world.sellers],
        "connected": sorted(number for number in world.grants.connected() if number is not None),
        "settings": dataclasses.asdict(world.settings),
    }


def _set_settings(world: World, request: Request, body: Json) -> Json:
    for name, value in body.items():
        if name not in {field.name for field in dataclasses.fields(world.settings)}:
            raise KeyError(name)
        setattr(world.settings, name, value)
    return _state(world, request, body)


def _add_fault(world: World, request: Request, body: Json) -> Json:
    del request
    kind = str(body.get("kind"))
    if kind in JOURNAL_KINDS:
        world.faults.disturb(
            kind, probability=float(body.get("probability", 1.0)), seed=int(body.get("seed", 0))
        )
    else:
        world.faults.add(Fault(**body))
    return _faults(world)


def _faults(world: World) -> Json:
    active = [
        {
            field.name: getattr(fault, field.name)
            for field in dataclasses.fields(fault)
            if field.name != "_draw"
        }
        for fault in world.faults.active
    ]
    return {"active": active, "journal": dataclasses.asdict(world.faults.journal)}


def _list_faults(world: World, request: Request, body: Json) -> Json:
    del request, body
    return _faults(world)


def _clear_faults(world: World, request: Request, body: Json) -> Json:
    del request, body
    world.faults.clear()
    return _faults(world)


def _add_orders(world: World, request: Request, body: Json) -> Json:
    del request
    seller = _seller_number(world, body["seller"]) if "seller" in body else None
    added = world.add_orders(int(body.get("count", 1)), kind=body.get("kind"), seller=seller)
    return {"orders": [_brief(world, order) for order in added]}


def _put_order(world: World, request: Request, body: Json) -> Json:
    """Insert or replace a raw form: {"seller": login, "form": {…}, "events": ["READY_FOR_PROCESSING"]}."""
    del request
    form = body["form"]
    seller = _seller_number(world, body.get("seller", world.sellers[0].login))
    bought = tuple(parse(line["boughtAt"]) for line in form.get("lineItems") or [] if line.get("boughtAt"))
    events = tuple(body.get("events", [form.get("status") or "READY_FOR_PROCESSING"]))
    return _brief(world, world.insert(form, seller=seller, events=events, bought=bought))


def _list_orders(world: World, request: Request, body: Json) -> Json:
    del body
    kind = request.query_params.get("kind")
    return {"orders": [_brief(world, order) for order in world.live_orders() if kind in {None, order.kind}]}


def _change_order(world: World, request: Request, body: Json) -> Json:
    order = _order(world, request.path_params["form_id"])
    match request.path_params["verb"]:
        case "cancel":
            changes.cancel(world, order, by_buyer=bool(body.get("by_buyer", True)))
        case "pay":
            changes.pay(world, order)
        case "change-address":
            changes.change_address(world, order, body)
        case "surcharge":
            changes.add_surcharge(world, order, int(body.get("minor", 1_900)))
        case "refund":
            changes.refund(world, order, int(body.get("minor", 1_000)))
        case "event":
            name = str(body.get("type", "READY_FOR_PROCESSING"))
            world.emit(order, name, delay_seconds=float(body.get("delay_seconds", 0)))
        case "retire":
            world.retire(order)
        case "hide":
            world.hide(order, source=str(body.get("from")))
        case verb:
            raise _NotFoundError(verb)
    return _brief(world, order)


def _merge(world: World, request: Request, body: Json) -> Json:
    del request
    return _brief(world, changes.merge(world, [_order(world, form_id) for form_id in body["ids"]]))


def _truth(world: World, request: Request, body: Json) -> Json:
    """Return all live forms as the API would show them, with their sellers."""
    del body
    login = request.query_params.get("seller")
    return {
        "orders": [
            {"seller": world.sellers[order.seller].login, "kind": order.kind, "form": world.form(order)}
            for order in world.live_orders()
            if login in {None, world.sellers[order.seller].login, world.sellers[order.seller].id}
        ]
    }


def _documents(world: World, request: Request, body: Json) -> Json:
    del request, body
    return {
        "invoices": [
            {
                "order": form_id,
                "id": entry.id,
                "number": entry.number,
                "name": entry.name,
                "bytes": len(entry.content),
            }
            for form_id, entries in world.invoices.items()
            for entry in entries
        ],
        "shipments": [
            {"order": form_id, "carrier": entry.carrier, "waybill": entry.waybill}
            for form_id, entries in world.shipments.items()
            for entry in entries
        ],
    }


def _log(world: World, request: Request, body: Json) -> Json:
    del body
    latest = int(request.query_params.get("latest", "200"))
    return {
        "counts": world.log.counts,
        "requests": [dataclasses.asdict(seen) for seen in world.log.entries[-latest:]],
    }


def _clear_log(world: World, request: Request, body: Json) -> Json:
    del request, body
    world.log.clear()
    return {"counts": {}}


def _approve_device(world: World, request: Request, body: Json) -> Json:
    """Approve a device: {"user_code": …, "account": login}; without a code all that wait."""
    del request
    wanted = body.get("user_code")
    waiting = [
        device for device in world.grants.devices.values() if device.seller is None and not device.used
    ]
    if wanted is not None:
        device = world.grants.device_by_user_code(str(wanted))
        if device is None:
            raise _NotFoundError(f"user code {wanted}")
        waiting = [device]
    for device in waiting:
        if body.get("deny"):
            device.denied = True
        else:
            device.seller = chosen_seller(world, body.get("account")).number
    return {"approved": len(waiting)}


def _revoke(world: World, request: Request, body: Json) -> Json:
    """The user removes the application: {"account": login}, or everybody does."""
    del request
    seller = _seller_number(world, body["account"]) if body.get("account") else None
    return {"removed": world.grants.remove_app(seller)}


def _expire(world: World, request: Request, body: Json) -> Json:
    """Access tokens run out now; {"refresh": true} kills the refresh tokens too."""
    del request
    if body.get("refresh"):
        world.grants.forget()
    seller = _seller_number(world, body["account"]) if body.get("account") else None
    return {"expired": world.grants.expire_access(seller)}


def _advance(world: World, request: Request, body: Json) -> Json:
    del request
    world.clock.advance(float(body["seconds"]))
    return {"now_ms": world.now_ms()}


def _route(path: str, method: str, action: Action) -> Route:
    return Route(f"/_standin/{path}", _admin(action), methods=[method])


ROUTES = [
    _route("state", "GET", _state),
    _route("settings", "PUT", _set_settings),
    _route("faults", "GET", _list_faults),
    _route("faults", "POST", _add_fault),
    _route("faults", "DELETE", _clear_faults),
    _route("orders", "GET", _list_orders),
    _route("orders", "POST", _add_orders),
    _route("orders", "PUT", _put_order),
    _route("orders/{form_id}/{verb}", "POST", _change_order),
    _route("merge", "POST", _merge),
    _route("truth", "GET", _truth),
    _route("documents", "GET", _documents),
    _route("log", "GET", _log),
    _route("log", "DELETE", _clear_log),
    _route("device/approve", "POST", _approve_device),
    _route("revoke", "POST", _revoke),
    _route("expire", "POST", _expire),
    _route("clock", "POST", _advance),
]
