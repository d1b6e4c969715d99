"""A scripted Allegro for unit tests: answers in order, remembers what was asked."""

import json
from collections.abc import Callable, Sequence
from typing import Any

import httpx2

from stragan.gateways.allegro import AllegroAuth, AllegroClient, Budget, Patience

Step = httpx2.Response | Exception | Callable[[httpx2.Request], httpx2.Response]
API = "https://api.allegro.example"


class Script:
    """Plays *steps* one per request; the last one is repeated."""

    def __init__(self, *steps: Step) -> None:
        self._steps: Sequence[Step] = steps
        self.requests: list[httpx2.Request] = []
        self.slept: list[float] = []

    def __call__(self, request: httpx2.Request) -> httpx2.Response:
        request.read()
        step = self._steps[min(len(self.requests), len(self._steps) - 1)]
        self.requests.append(request)
        if isinstance(step, Exception):
            raise step
        if isinstance(step, httpx2.Response):
            return httpx2.Response(step.status_code, headers=step.headers, content=step.content)
        return step(request)

    def client(
        self, *, url: str = API, budget: Budget | None = None, patience: Patience | None = None
    ) -> AllegroClient:
        return AllegroClient(
            api_url=url,
            access_token="at-1",
            user_agent="Test/1 (+https://example.com)",
            budget=budget,
            transport=httpx2.MockTransport(self),
            sleep=self.slept.append,
            patience=patience,
        )

    def auth(self, *, secret: str | None = "s3") -> AllegroAuth:  # noqa: S107  # made up
        return AllegroAuth(
            auth_url="https://allegro.example",
            client_id="cid",
            client_secret=secret,
            user_agent="Test/1 (+https://example.com)",
            transport=httpx2.MockTransport(self),
            sleep=self.slept.append,
        )


def ok(value: object, **headers: str) -> httpx2.Response:
    """Answer 200 with JSON."""
    return httpx2.Response(200, headers={"trace-id": "t-1", **headers}, content=json.dumps(value).encode())


def refused(status: int, code: str = "X", message: str = "msg", **headers: str) -> httpx2.Response:
    """Answer an API error."""
    body: dict[str, Any] = {"errors": [{"code": code, "message": "en", "userMessage": message, "path": None}]}
    headers = {name.replace("_", "-"): value for name, value in headers.items()}
    return httpx2.Response(status, headers={"trace-id": "t-9", **headers}, content=json.dumps(body).encode())


def oauth_error(status: int, error: str) -> httpx2.Response:
    """Answer an OAuth error."""
    return httpx2.Response(status, content=json.dumps({"error": error, "error_description": "d"}).encode())
