"""The authorization host: consent page, device page, tokens. Its answers carry no trace-id."""

import base64
import binascii
import html
from urllib.parse import parse_qs, urlencode, urlsplit, urlunsplit

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from standins.allegro.clock import SECOND
from standins.allegro.grants import SCOPES, Code, Grant, OAuthRefused
from standins.allegro.orders import Json
from standins.allegro.world import Seller, World

DEVICE_GRANT = "urn:ietf:params:oauth:grant-type:device_code"
_DEVICE_SECONDS = 3_600


def _world(request: Request) -> World:
    world: World = request.app.state.world
    return world


def _refusal(refused: OAuthRefused) -> JSONResponse:
    return JSONResponse(
        {"error": refused.error, "error_description": refused.description}, status_code=refused.status
    )


def _scopes(text: str | None) -> tuple[str, ...]:
    return SCOPES if not text else tuple(scope for scope in text.split() if scope in SCOPES)


def chosen_seller(world: World, login: str | None) -> Seller:
    """Return whose consent it is: asked for, set by the settings, or the first not yet connected."""
    for wanted in (login, world.settings.account):
        found = world.seller_by_login(wanted) if wanted else None
        if found is not None:
            return found
    connected = world.grants.connected()
    return next((seller for seller in world.sellers if seller.number not in connected), world.sellers[0])


def _page(title: str, body: str) -> HTMLResponse:
    return HTMLResponse(
        f"<!doctype html><html lang=pl><meta charset=utf-8><title>{html.escape(title)}</title>"
        "<link rel=icon href='data:,'>"
        "<style>body{font-family:sans-serif;max-width:32rem;margin:4rem auto}"
        f"button{{font-size:1rem;padding:.6rem}}</style><h1>{html.escape(title)}</h1>{body}</html>"
    )


def _choice(world: World, hidden: dict[str, str], *, suggested: Seller) -> str:
    """Return a form with one button per account."""
    fields = "".join(
        f'<input type=hidden name="{html.escape(name)}" value="{html.escape(value)}">'
        for name, value in hidden.items()
    )
    ordered = sorted(world.sellers, key=lambda seller: seller.number != suggested.number)
    buttons = "".join(
        f'<p><button name=account value="{html.escape(seller.login)}">Zezwól jako {html.escape(seller.login)}'
        "</button></p>"
        for seller in ordered
    )
    deny = "<p><button name=deny value=1>Nie zezwalaj</button></p>"
    return (
        f"<p>Makieta serwisu aukcyjnego. Wybierz konto:</p><form method=post>{fields}{buttons}{deny}</form>"
    )


async def authorize(request: Request) -> Response:
    """Show the consent page, or redirect with a code when the account is already chosen."""
    world = _world(request)
    query = dict(request.query_params)
    values = {**query, **await _form(request)}
    redirect_uri = values.get("redirect_uri", "")
    if values.get("response_type") != "code" or not values.get("client_id") or not redirect_uri:
        return _page("Błędne żądanie", "<p>Brak response_type=code, client_id albo redirect_uri.</p>")
    state = {"state": values["state"]} if "state" in values else {}
    if values.get("deny"):
        return _redirect(redirect_uri, {"error": "access_denied", **state})
    challenge = values.get("code_challenge")
    if challenge and values.get("code_challenge_method") != "S256":
        return _redirect(redirect_uri, {"error": "invalid_request", **state})
    account = values.get("account") or request.cookies.get("standin_account")
    seller = chosen_seller(world, account)
    if not account and not world.settings.auto_approve:
        return _page("Połącz aplikację z kontem", _choice(world, query, suggested=seller))
    code = world.grants.new_code(
        Code(
            client_id=values["client_id"],
            redirect_uri=redirect_uri,
            seller=seller.number,
            scope=_scopes(values.get("scope")),
            challenge=challenge,
            expires_ms=world.now_ms() + world.settings.code_seconds * SECOND,
        )
    )
    return _redirect(redirect_uri, {"code": code, **state})


def _redirect(uri: str, values: dict[str, str]) -> RedirectResponse:
    parts = urlsplit(uri)
    query = "&".join(text for text in (parts.query, urlencode(values)) if text)
    return RedirectResponse(urlunsplit(parts._replace(query=query)), status_code=302)


async def start_device(request: Request) -> Response:
    """Begin a device's request: codes and where a person enters them."""
    world = _world(request)
    values = {**request.query_params, **await _form(request)}
    try:
        client_id = _client(world, request, values)
    except OAuthRefused as refused:
        return _refusal(refused)
    scope = _scopes(values.get("scope"))
    code, device = world.grants.new_device(
        client_id=client_id, scope=scope, expires_ms=world.now_ms() + _DEVICE_SECONDS * SECOND
    )
    page = f"{request.base_url}auth/device"
    return JSONResponse(
        {
            "device_code": code,
            "expires_in": _DEVICE_SECONDS,
            "user_code": device.user_code,
            "interval": world.settings.device_interval_seconds,
            "verification_uri": page,
            "verification_uri_complete": f"{page}?user_code={device.user_code}",
        }
    )


async def device_page(request: Request) -> Response:
    """Let a person approve a device."""
    world = _world(request)
    values = {**request.query_params, **await _form(request)}
    device = world.grants.device_by_user_code(values.get("user_code", ""))
    if device is None:
        return _page(
            "Połącz urządzenie",
            "<form><label>Kod <input name=user_code></label><button>Dalej</button></form>",
        )
    if values.get("deny"):
        device.denied = True
        return _page("Odmówiono", "<p>Możesz zamknąć tę stronę.</p>")
    account = values.get("account") or request.cookies.get("standin_account")
    if request.method == "POST" or values.get("account"):
        device.seller = chosen_seller(world, account).number
        return _page("Połączono", "<p>Możesz zamknąć tę stronę.</p>")
    suggested = chosen_seller(world, account)
    return _page("Połącz urządzenie", _choice(world, {"user_code": device.user_code}, suggested=suggested))


async def _form(request: Request) -> dict[str, str]:
    """Return the form fields of the body (form encoded only, as Allegro)."""
    body = (await request.body()).decode()
    return {name: values[-1] for name, values in parse_qs(body, keep_blank_values=True).items()}


def _client(world: World, request: Request, values: dict[str, str]) -> str:
    """Return the client id after checking its secret.

    :raises OAuthRefused: no client, or an unknown one when the settings name the known.
    """
    header = request.headers.get("authorization", "")
    client_id, secret = values.get("client_id", ""), values.get("client_secret", "")
    basic = header.startswith("Basic ")
    if basic:
        try:
            client_id, _, secret = base64.b64decode(header[6:], validate=True).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError):
            client_id = ""
    known = world.settings.clients
    public = not basic and "code_verifier" in values
    if not client_id or (
        known is not None and (client_id not in known or not (public or known[client_id] == secret))
    ):
        raise OAuthRefused(401, "invalid_client", "Bad client credentials")
    return client_id


async def token(request: Request) -> Response:
    """Trade a code, a device code, a refresh token or client credentials for tokens."""
    world = _world(request)
    values = {**request.query_params, **await _form(request)}
    try:
        client_id = _client(world, request, values)
        grant = _grant(world, values, client_id)
    except OAuthRefused as refused:
        return _refusal(refused)
    settings = world.settings
    world.grants.issue(
        grant,
        now_ms=world.now_ms(),
        lifetime_ms=settings.access_token_seconds * SECOND,
        grace_ms=settings.refresh_grace_seconds * SECOND,
    )
    return JSONResponse(_pair(world, grant))


def _grant(world: World, values: dict[str, str], client_id: str) -> Grant:
    grants, now_ms, settings = world.grants, world.now_ms(), world.settings
    match values.get("grant_type"):
        case "authorization_code":
            return grants.redeem_code(
                text=values.get("code", ""),
                client_id=client_id,
                redirect_uri=values.get("redirect_uri", ""),
                verifier=values.get("code_verifier"),
                now_ms=now_ms,
            )
        case "refresh_token":
            return grants.renewable(
                refresh=values.get("refresh_token", ""), client_id=client_id, now_ms=now_ms
            )
        case "client_credentials":
            return grants.application(client_id)
        case kind if kind == DEVICE_GRANT:
            text = values.get("device_code", "")
            device, after = grants.devices.get(text), settings.approve_device_after
            if device is not None and device.seller is None and after is not None and device.polls >= after:
                device.seller = chosen_seller(world, None).number
            return grants.redeem_device(
                text=text,
                client_id=client_id,
                now_ms=now_ms,
                interval_ms=settings.device_interval_seconds * SECOND,
                after=after,
            )
        case _:
            raise OAuthRefused(400, "unsupported_grant_type", "Unsupported grant type")


def _pair(world: World, grant: Grant) -> Json:
    answer: Json = {
        "access_token": grant.access,
        "token_type": "bearer",
        "expires_in": world.settings.access_token_seconds,
        "scope": " ".join(grant.scope),
        "allegro_api": True,
        "iss": "https://allegro.example.com",
        "jti": grant.access[-32:],
    }
    if grant.seller is not None:
        answer["refresh_token"] = grant.refresh
    return answer


async def revoke(request: Request) -> Response:
    """Kill a token's grant; unknown tokens are no error."""
    world = _world(request)
    values = {**request.query_params, **await _form(request)}
    try:
        _client(world, request, values)
    except OAuthRefused as refused:
        return _refusal(refused)
    world.grants.revoke(values.get("token", ""))
    return Response(status_code=200)


ROUTES = [
    Route("/auth/oauth/authorize", authorize, methods=["GET", "POST"]),
    Route("/auth/oauth/device", start_device, methods=["POST"]),
    Route("/auth/oauth/token", token, methods=["POST"]),
    Route("/auth/oauth/revoke", revoke, methods=["POST"]),
    Route("/auth/device", device_page, methods=["GET", "POST"]),
]
