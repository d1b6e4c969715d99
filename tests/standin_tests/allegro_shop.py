"""A shop connected to the Allegro stand-in, the way a client would be: for the tests of the stand-in."""

import base64
import hashlib
import ssl
from types import TracebackType
from typing import Any, Self

import httpx2

from standins.allegro.server import running
from standins.allegro.world import World

MEDIA_TYPE = "application/vnd.allegro.public.v1+json"
AGENT = "Stragan/0.1 (+https://stragan.example.org/)"
APP = ("app-id", "app-secret")
REDIRECT = "http://127.0.0.1:9/back/?from=allegro"
VERIFIER = "a-verifier-that-is-long-enough-for-the-rules-0123456789"
NOW_MS = 1_795_000_000_000


def small_world(**settings: Any) -> World:
    return World(**{"seed": 7, "orders": 60, "now_ms": NOW_MS, **settings})


class Shop:
    """Serves a world and holds a token for one of its sellers."""

    def __init__(self, world: World, *, account: str = "dom_i_kubek") -> None:
        self.world = world
        self.account = account
        self._serving = running(world)

    def __enter__(self) -> Self:
        self.base = self._serving.__enter__()
        # Loading the machine's certificates takes longer than a test does.
        bare = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        self.http = httpx2.Client(base_url=self.base, timeout=10, verify=bare)
        self.tokens = self.connect().json()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.http.close()
        self._serving.__exit__(kind, error, trace)

    def authorize(self, **changed: str) -> httpx2.Response:
        digest = hashlib.sha256(VERIFIER.encode()).digest()
        query = {
            "response_type": "code",
            "client_id": APP[0],
            "redirect_uri": REDIRECT,
            "state": "s&1",
            "code_challenge": base64.urlsafe_b64encode(digest).rstrip(b"=").decode(),
            "code_challenge_method": "S256",
            "account": self.account,
        }
        return self.http.get("/auth/oauth/authorize", params={**query, **changed})

    def token(self, **form: str) -> httpx2.Response:
        return self.http.post("/auth/oauth/token", data=form, auth=APP)

    def redeem(self, code: str, **changed: str) -> httpx2.Response:
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": REDIRECT,
            "code_verifier": VERIFIER,
        }
        return self.token(**{**form, **changed})

    def connect(self) -> httpx2.Response:
        return self.redeem(code_of(self.authorize()))

    def refresh(self, refresh_token: str) -> httpx2.Response:
        return self.token(grant_type="refresh_token", refresh_token=refresh_token)

    def call(self, method: str, path: str, **more: Any) -> httpx2.Response:
        headers = {
            "User-Agent": AGENT,
            "Accept": MEDIA_TYPE,
            "Authorization": f"Bearer {self.tokens['access_token']}",
            **more.pop("headers", {}),
        }
        return self.http.request(method, path, headers=headers, **more)

    def get(self, path: str, **query: Any) -> Any:
        answer = self.call("GET", path, params=query)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def send(self, method: str, path: str, body: object) -> httpx2.Response:
        return self.call(method, path, json=body, headers={"Content-Type": MEDIA_TYPE})

    def admin(self, method: str, path: str, body: object = None) -> Any:
        answer = self.http.request(method, f"/_standin/{path}", json=body)
        assert answer.status_code == 200, answer.text
        return answer.json()


def code_of(answer: httpx2.Response) -> str:
    assert answer.status_code == 302, answer.text
    code: str = httpx2.URL(answer.headers["location"]).params["code"]
    return code
