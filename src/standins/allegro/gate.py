"""What every API call passes: User-Agent, token, scope, media types; and the errors it may answer."""

import json
import re
from collections.abc import Awaitable, Callable
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response

from standins.allegro.world import Seller, World

MEDIA_TYPE: Final = "application/vnd.allegro.public.v1+json"
USER_AGENT: Final = re.compile(r"^[A-Za-z0-9._-]+/[A-Za-z0-9._-]+ \(\+https://[^\s)]+\)$")


class ApiRefused(Exception):
    """The API says no: status and the one error of its body."""

    def __init__(self, status: int, code: str, message: str, *, path: str | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.path = path


def answer(value: Any, status: int = 200) -> Response:
    """Return a JSON answer in Allegro's media type."""
    body = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
    return Response(body, status_code=status, headers={"content-type": f"{MEDIA_TYPE};charset=UTF-8"})


def error(*, status: int, code: str, message: str, path: str | None = None) -> Response:
    """Return Allegro's error body."""
    entry: dict[str, object] = {
        "code": code,
        "message": message,
        "details": None,
        "path": path,
        "userMessage": message,
        "metadata": {},
    }
    return answer({"errors": [entry]}, status)


def unauthorized(description: str) -> Response:
    """Return the 401 body, which has another shape than the rest."""
    return answer({"error": "invalid_token", "error_description": description}, 401)


class Call:
    """One request that passed the gate."""

    def __init__(self, *, world: World, seller: Seller, request: Request, body: bytes) -> None:
        self.world = world
        self.seller = seller
        self.request = request
        self.body = body
        self.query = request.query_params
        self.path: dict[str, str] = request.path_params

    def json(self) -> dict[str, Any]:
        """Return the JSON body.

        :raises ApiRefused: 415 for another media type, 400 for what is no JSON object.
        """
        self.wants_content_type(MEDIA_TYPE)
        try:
            value = json.loads(self.body)
        except ValueError as broken:
            raise ApiRefused(400, "JsonMappingException", "The body is not JSON") from broken
        if not isinstance(value, dict):
            raise ApiRefused(400, "JsonMappingException", "The body is not an object")
        return value

    def wants_content_type(self, wanted: str) -> None:
        """Refuse another Content-Type.

        :raises ApiRefused: 415.
        """
        got = self.request.headers.get("content-type", "").partition(";")[0].strip()
        if got != wanted:
            raise ApiRefused(
                415, "UnsupportedMediaType", f"Content-Type '{got}' is not supported, use {wanted}"
            )

    def number(self, name: str, *, default: int, low: int, high: int) -> int:
        """Return a whole query parameter.

        :raises ApiRefused: 422 outside its range, 400 when it is no number.
        """
        text = self.query.get(name)
        if text is None:
            return default
        try:
            value = int(text)
        except ValueError as wrong:
            raise ApiRefused(400, "IllegalArgumentException", f"{name} is not a number: {text}") from wrong
        if not low <= value <= high:
            raise ApiRefused(422, "ConstraintViolationException", f"{name} must be between {low} and {high}")
        return value


Handler = Callable[[Call], Response]
Endpoint = Callable[[Request], Awaitable[Response]]


def endpoint(handler: Handler, *, scope: str | None, user: bool = True) -> Endpoint:
    """Wrap a handler: it only sees calls that passed; *scope* is what the token must hold.

    *user* False lets an application's own token in, as for dictionaries.
    """

    async def guarded(request: Request) -> Response:
        world: World = request.app.state.world
        refusal = _refuse_headers(world, request)
        if refusal is not None:
            return refusal
        token = request.headers.get("authorization", "").removeprefix("Bearer ").strip()
        grant = world.grants.by_access(token, now_ms=world.now_ms())
        if grant is None or (grant.seller is None and user):
            return unauthorized(
                "Full authentication is required to access this resource" if not token else token[:20]
            )
        if scope is not None and grant.seller is not None and scope not in grant.scope:
            return error(
                status=403, code="AccessDenied", message=f"Access is denied: the token lacks {scope}"
            )
        seller = world.sellers[grant.seller or 0]
        try:
            return handler(Call(world=world, seller=seller, request=request, body=await request.body()))
        except ApiRefused as refused:
            path = refused.path or request.url.path
            return error(status=refused.status, code=refused.code, message=str(refused), path=path)

    return guarded


def _refuse_headers(world: World, request: Request) -> Response | None:
    if not world.settings.check_headers:
        return None
    agent = request.headers.get("user-agent", "")
    if not USER_AGENT.match(agent):
        message = f"User-Agent '{agent}' is not allowed: send AppName/Version (+https://public-info-page)"
        return error(status=403, code="UserAgentNotAllowed", message=message)
    accept = request.headers.get("accept", "")
    if MEDIA_TYPE not in accept:
        message = f"Accept '{accept}' cannot be served: send {MEDIA_TYPE}"
        return error(status=406, code="NotAcceptableException", message=message)
    return None
