"""Puts the stand-in together: routes, log, trace-ids and faults."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Awaitable, Callable, MutableMapping
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Match, Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from standins.allegro import admin, invoices_api, money_api, oauth, offers_api, orders_api, shipments_api
from standins.allegro.faults import Fault
from standins.allegro.gate import answer, error, unauthorized
from standins.allegro.state import Keeper
from standins.allegro.world import Seen, World

ROUTES: Final = [
    *orders_api.ROUTES,
    *invoices_api.ROUTES,
    *shipments_api.ROUTES,
    *offers_api.ROUTES,
    *money_api.ROUTES,
    *oauth.ROUTES,
    *admin.ROUTES,
]
_FORBIDDEN: Final = 403
_CAPTCHA: Final = "<!doctype html><title>Potwierdź</title><p>Potwierdź, że nie jesteś robotem.</p>"
ABORT: Final = "standin.abort"
"""Key of the scope's state under which the server leaves a function that cuts the connection."""


def build_app(world: World, *, live_per_minute: float = 0.0, state_file: Path | None = None) -> Starlette:
    """Return the application for one world.

    *live_per_minute* new orders appear while it runs; tokens and changes are kept in *state_file*.
    """
    keeper = Keeper(world, state_file) if state_file is not None else None

    @contextlib.asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        del app
        task = asyncio.create_task(_sell(world, live_per_minute)) if live_per_minute > 0 else None
        yield
        if task is not None:
            task.cancel()
        if keeper is not None:
            keeper.save()

    app = Starlette(routes=ROUTES, lifespan=lifespan, exception_handlers={404: _not_found})
    app.state.world = world
    app.add_middleware(_Outside, world=world, keeper=keeper)
    return app


async def _sell(world: World, per_minute: float) -> None:
    while True:
        await asyncio.sleep(60.0 / per_minute)
        world.add_orders(1)


async def _not_found(request: Request, problem: Exception) -> Response:
    del problem
    return error(status=404, code="NotFound", message="No such resource", path=request.url.path)


def _template(scope: Scope) -> str:
    for route in ROUTES:
        if isinstance(route, Route) and route.matches(scope)[0] is not Match.NONE:
            return route.path
    return str(scope["path"])


class _Outside:
    """The world between client and API: counts, traces, and lets things go wrong."""

    def __init__(self, app: ASGIApp, *, world: World, keeper: Keeper | None) -> None:
        self.app = app
        self.world = world
        self.keeper = keeper

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"].startswith("/_standin/"):
            await self.app(scope, receive, send)
            self._keep()
            return
        seen = Seen(scope["method"], scope["path"], scope["query_string"].decode())
        try:
            await self._answer(scope, receive, self._noting(send, scope, seen), seen)
        finally:
            if not seen.status:  # it was never answered
                self.world.log.add(seen, _template(scope))
            self._keep()

    def _noting(self, send: Send, scope: Scope, seen: Seen) -> Send:
        """Log each answer before the client has it; those of the API get a trace-id."""

        async def noted(message: Message) -> None:
            if message["type"] == "http.response.start":
                seen.status = message["status"]
                self.world.log.add(seen, _template(scope))
                if not scope["path"].startswith("/auth/"):
                    headers = [*message.get("headers", []), (b"trace-id", str(uuid4()).encode())]
                    message = {**message, "headers": headers}
            await send(message)

        return noted

    def _keep(self) -> None:
        if self.keeper is not None:
            self.keeper.save()

    async def _answer(self, scope: Scope, receive: Receive, send: Send, seen: Seen) -> None:
        for fault in self.world.faults.strike(scope["method"], scope["path"]):
            seen.fault = fault.kind
            if fault.kind == "slow":
                await asyncio.sleep(fault.seconds)
                continue
            await self._fail(fault, scope, receive, send)
            return
        await self.app(scope, receive, send)

    async def _fail(self, fault: Fault, scope: Scope, receive: Receive, send: Send) -> None:
        match fault.kind:
            case "rate_limit" | "server_error" | "expired_token":
                await _drain(receive)
                await _broken_answer(fault)(scope, receive, send)
            case "drop_before":
                await _abort(scope)
            case "drop_after":
                await self.app(scope, receive, _swallow)
                await _abort(scope)
            case "late":
                await self.app(scope, receive, _waiting(send, fault.seconds))
            case "empty_answer" | "half_json":
                await self.app(scope, receive, _shortened(send, whole=fault.kind == "half_json"))
            case "html_page":
                await _drain(receive)
                await HTMLResponse(_CAPTCHA)(scope, receive, send)
            case "stale":
                with self.world.stale():
                    await self.app(scope, receive, send)
            case _:
                await self.app(scope, receive, _cutting(send, scope))


def _broken_answer(fault: Fault) -> Response:
    if fault.kind == "expired_token":
        return unauthorized("Access token expired")
    if fault.kind == "rate_limit":
        response = error(status=429, code="TOO_MANY_REQUESTS", message="Too Many Requests.")
        if fault.retry_after is not None:
            response.headers["retry-after"] = str(fault.retry_after)
        return response
    if fault.body == "html":
        page = b"<html><head><title>Bad Gateway</title></head><body><h1>Bad Gateway</h1></body></html>"
        return Response(page, status_code=fault.status, media_type="text/html")
    if fault.body == "empty":
        return Response(b"", status_code=fault.status)
    code = "AccessDenied" if fault.status == _FORBIDDEN else "INTERNAL_SERVER_ERROR"
    entry = {"code": code, "message": "Internal error", "details": None, "path": None}
    return answer({"errors": [{**entry, "userMessage": None}]}, fault.status)


def _waiting(send: Send, seconds: float) -> Send:
    """Answer late: by then everything asked for has happened."""

    async def waited(message: Message) -> None:
        if message["type"] == "http.response.start":
            await asyncio.sleep(seconds)
        await send(message)

    return waited


def _shortened(send: Send, *, whole: bool) -> Send:
    """Answer properly with half of the body, or with none of it."""

    async def shortened(message: MutableMapping[str, Any]) -> None:
        if message["type"] == "http.response.start":
            headers = [pair for pair in message.get("headers", []) if pair[0].lower() != b"content-length"]
            await send({**message, "headers": headers})
            return
        body = message.get("body", b"")
        await send({**message, "body": body[: len(body) // 2] if whole else b""})

    return shortened


def _cutting(send: Send, scope: Scope) -> Send:
    """Promise the whole body, send half of it, cut the connection."""

    async def cut(message: MutableMapping[str, Any]) -> None:
        if message["type"] != "http.response.body":
            await send(message)
            return
        body = message.get("body", b"")
        await send({"type": "http.response.body", "body": body[: len(body) // 2], "more_body": True})
        await asyncio.sleep(0.01)
        await _abort(scope)

    return cut


async def _swallow(message: Message) -> None:
    del message


async def _drain(receive: Receive) -> None:
    while (await receive()).get("more_body"):
        pass


async def _abort(scope: Scope) -> None:
    abort: Callable[[], Awaitable[None]] | None = scope.get("state", {}).get(ABORT)
    if abort is None:
        # No real connection to cut (in-process transport): the client sees the failure all the same.
        raise ConnectionResetError(json.dumps({"path": scope["path"]}))
    await abort()
