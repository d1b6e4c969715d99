"""Both ways to a consent, and what ends it."""

import base64
import hashlib
from collections.abc import Iterator
from urllib.parse import parse_qs, parse_qsl, urlsplit

import httpx2
import pytest

from builders.allegro_answers import Script, oauth_error, ok
from stragan.gateways.allegro import (
    SCOPES,
    AccessDenied,
    AllegroRejected,
    AllegroUnavailable,
    AuthorizationPending,
    ClientRejected,
    CodeRejected,
    DeviceCodeExpired,
    RateLimited,
    ReconnectNeeded,
    SlowDown,
    UnreadableAnswer,
    pkce_pair,
    user_agent,
)
from stragan.gateways.allegro.errors import AllegroError

TOKENS = ok({
    "access_token": "at-2", "refresh_token": "rt-2", "token_type": "bearer", "expires_in": 43199,
    "scope": "allegro:api:orders:read allegro:api:profile:read", "allegro_api": True, "jti": "x",
})  # fmt: skip


def fields_of(request: httpx2.Request) -> dict[str, str]:
    return dict(parse_qsl(request.content.decode()))


def test_the_consent_page_gets_state_and_challenge() -> None:
    with Script(TOKENS).auth() as auth:
        url = auth.authorize_url(
            redirect_uri="https://me.example/back?x=1", state="st", code_challenge="ch", scopes=SCOPES
        )
    parts = urlsplit(url)
    assert f"{parts.scheme}://{parts.netloc}{parts.path}" == "https://allegro.example/auth/oauth/authorize"
    query = {name: values[0] for name, values in parse_qs(parts.query).items()}
    assert query["redirect_uri"] == "https://me.example/back?x=1"
    assert (query["state"], query["code_challenge"], query["code_challenge_method"]) == ("st", "ch", "S256")
    assert query["scope"].split() == list(SCOPES)


def test_a_code_becomes_a_token_pair() -> None:
    script = Script(TOKENS)
    with script.auth() as auth:
        pair = auth.exchange_code(code="c", redirect_uri="https://me.example/back", code_verifier="v")
    assert (pair.access_token, pair.refresh_token, pair.expires_in_s) == ("at-2", "rt-2", 43199)
    assert pair.scopes == ("allegro:api:orders:read", "allegro:api:profile:read")
    request = script.requests[0]
    assert request.url.path == "/auth/oauth/token"
    assert request.headers["authorization"] == "Basic " + base64.b64encode(b"cid:s3").decode()
    assert fields_of(request) == {
        "grant_type": "authorization_code",
        "code": "c",
        "redirect_uri": "https://me.example/back",
        "code_verifier": "v",
    }


def test_an_application_without_a_secret_names_itself_in_the_form() -> None:
    script = Script(TOKENS)
    with script.auth(secret=None) as auth:
        auth.refresh(refresh_token="rt-1")
    assert "authorization" not in script.requests[0].headers
    assert fields_of(script.requests[0])["client_id"] == "cid"


class _Pieces(httpx2.SyncByteStream):
    def __iter__(self) -> Iterator[bytes]:
        yield from (TOKENS.content[:5], TOKENS.content[5:])


def test_a_slow_answer_is_asked_for_again_only_where_that_gives_a_pair(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("stragan.gateways.allegro.auth._WHOLE_WITHIN_S", 0.0)
    script = Script(lambda _request: httpx2.Response(200, stream=_Pieces()))
    with script.auth() as auth:
        by_code = auth.exchange_code(code="c", redirect_uri="https://me.example/back", code_verifier="v")
        by_device = auth.poll_device(device_code="d")
        assert (by_code.refresh_token, by_device.refresh_token) == ("rt-2", "rt-2")
        assert len(script.requests) == 2
        with pytest.raises(AllegroUnavailable):
            auth.refresh(refresh_token="rt-1")
    assert len(script.requests) == 6


def test_a_refreshed_pair_that_is_whole_is_taken_however_late(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("stragan.gateways.allegro.auth._WHOLE_WITHIN_S", 0.0)
    script = Script(lambda _request: httpx2.Response(200, stream=httpx2.ByteStream(TOKENS.content)))
    with script.auth() as auth:
        assert auth.refresh(refresh_token="rt-1").refresh_token == "rt-2"
    assert len(script.requests) == 1


def test_a_code_is_sent_once() -> None:
    script = Script(httpx2.ReadTimeout("slow"))
    with script.auth() as auth, pytest.raises(AllegroUnavailable):
        auth.exchange_code(code="c", redirect_uri="https://me.example", code_verifier="v")
    assert len(script.requests) == 1


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (oauth_error(400, "invalid_grant"), CodeRejected),
        (oauth_error(401, "invalid_client"), ClientRejected),
        (oauth_error(401, "unauthorized"), AllegroRejected),
        (oauth_error(503, "x"), AllegroUnavailable),
        (ok({"access_token": "only"}), UnreadableAnswer),
    ],
)
def test_a_refused_code_says_why(answer: httpx2.Response, error: type[AllegroError]) -> None:
    with Script(answer).auth() as auth, pytest.raises(error) as raised:
        auth.exchange_code(code="c", redirect_uri="https://me.example", code_verifier="v")
    assert type(raised.value) is error


def test_the_device_flow_starts_with_a_code_to_show() -> None:
    script = Script(ok({
        "device_code": "dc", "user_code": "ABC-123", "interval": "5", "expires_in": 3600,
        "verification_uri": "https://allegro.example/pair",
        "verification_uri_complete": "https://allegro.example/pair?code=ABC-123",
    }))  # fmt: skip
    with script.auth() as auth:
        grant = auth.start_device()
    assert (grant.device_code, grant.user_code, grant.interval_s, grant.expires_in_s) == (
        "dc", "ABC-123", 5, 3600,
    )  # fmt: skip
    assert grant.verification_url == "https://allegro.example/pair?code=ABC-123"
    request = script.requests[0]
    assert (request.method, request.url.path) == ("POST", "/auth/oauth/device")
    assert request.url.params["client_id"] == "cid"
    assert request.headers["content-type"] == "application/x-www-form-urlencoded"


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (oauth_error(400, "authorization_pending"), AuthorizationPending),
        (oauth_error(400, "slow_down"), SlowDown),
        (oauth_error(400, "access_denied"), AccessDenied),
        (oauth_error(400, "expired_token"), DeviceCodeExpired),
        (oauth_error(400, "Invalid device code"), DeviceCodeExpired),
        (oauth_error(400, "invalid_grant"), DeviceCodeExpired),
        (oauth_error(400, "something_new"), AllegroRejected),
        (oauth_error(429, "x"), RateLimited),
    ],
)
def test_polling_tells_the_outcomes_apart(answer: httpx2.Response, error: type[AllegroError]) -> None:
    script = Script(answer)
    with script.auth() as auth, pytest.raises(error) as raised:
        auth.poll_device(device_code="dc")
    assert type(raised.value) is error
    assert len(script.requests) == 1


def test_polling_ends_with_tokens() -> None:
    script = Script(TOKENS)
    with script.auth() as auth:
        assert auth.poll_device(device_code="dc").access_token == "at-2"
    assert fields_of(script.requests[0]) == {
        "grant_type": "urn:ietf:params:oauth:grant-type:device_code",
        "device_code": "dc",
    }


@pytest.mark.parametrize(
    "trouble", [httpx2.ReadTimeout("slow"), httpx2.RemoteProtocolError("cut"), oauth_error(502, "x")]
)
def test_a_lost_refresh_is_asked_again_with_the_same_token(trouble: httpx2.Response | Exception) -> None:
    script = Script(trouble, trouble, TOKENS)
    with script.auth() as auth:
        assert auth.refresh(refresh_token="rt-1").refresh_token == "rt-2"
    assert [fields_of(request)["refresh_token"] for request in script.requests] == ["rt-1"] * 3
    assert sum(script.slept) < 15


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (oauth_error(400, "invalid_grant"), ReconnectNeeded),
        (oauth_error(401, "Unauthorized"), ReconnectNeeded),
        (httpx2.Response(401), ReconnectNeeded),
        (oauth_error(401, "invalid_client"), ClientRejected),
        (oauth_error(400, "invalid_request"), AllegroRejected),
        (oauth_error(500, "x"), AllegroUnavailable),
    ],
)
def test_a_dead_connection_is_told_from_a_bad_day(answer: httpx2.Response, error: type[AllegroError]) -> None:
    with Script(answer).auth() as auth, pytest.raises(error) as raised:
        auth.refresh(refresh_token="rt-1")
    assert type(raised.value) is error


def test_no_error_shows_a_token() -> None:
    body = b'{"error":"invalid_grant","error_description":"Invalid refresh token: rt-1"}'
    with Script(httpx2.Response(400, content=body)).auth() as auth, pytest.raises(ReconnectNeeded) as raised:
        auth.refresh(refresh_token="rt-1")
    assert "rt-1" not in str(raised.value)


def test_a_token_pair_shows_no_token() -> None:
    with Script(TOKENS).auth() as auth:
        shown = repr(auth.refresh(refresh_token="rt-1"))
    assert "at-2" not in shown
    assert "rt-2" not in shown


def test_revoking_names_the_token() -> None:
    script = Script(httpx2.Response(200))
    with script.auth() as auth:
        auth.revoke("rt-1")
    assert script.requests[0].url.path == "/auth/oauth/revoke"
    assert fields_of(script.requests[0]) == {"token": "rt-1"}


def test_a_pkce_challenge_is_the_hash_of_its_verifier() -> None:
    verifier, challenge = pkce_pair()
    digest = hashlib.sha256(verifier.encode()).digest()
    assert base64.urlsafe_b64encode(digest).decode().rstrip("=") == challenge
    assert 43 <= len(verifier) <= 128
    assert pkce_pair() != (verifier, challenge)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Stragan", "Stragan/0.1 (+https://stragan.example/info)"),
        ("Mój Łódzki  Stragan", "Moj-Lodzki-Stragan/0.1 (+https://stragan.example/info)"),
        ("A/B (żółw)", "A-B-zolw/0.1 (+https://stragan.example/info)"),
    ],
)
def test_the_user_agent_conforms_whatever_the_name(name: str, expected: str) -> None:
    assert user_agent(app_name=name, version="0.1", info_url="https://stragan.example/info") == expected
