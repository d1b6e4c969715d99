"""One request to Allegro: headers, limits, retries where they are safe, errors by reaction."""

import hashlib
import json
import math
import random
import ssl
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import lru_cache
from ipaddress import ip_address
from typing import Final, Self, TypeVar
from urllib.parse import urlencode

import httpx2
import msgspec

from stragan.gateways.allegro.budget import Budget, NoShareLeft
from stragan.gateways.allegro.errors import (
    AllegroConflict,
    AllegroError,
    AllegroRejected,
    AllegroUnavailable,
    InsecureAddress,
    RateLimited,
    ScopeMissing,
    TokenRejected,
    UnreadableAnswer,
)

T = TypeVar("T")

LARGEST_ANSWER_BYTES: Final = 32 * 1024 * 1024
LONGEST_ANSWER_S: Final = 120.0
CONNECTED_WITHIN_S: Final = 5.0  # to one address; the handshake may take as long again
SENT_WITHIN_S: Final = 60.0  # what must not be asked twice has left by then, or never leaves
_PIECE_BYTES: Final = 64 * 1024
_RETRIED: Final = frozenset({408, 429, 500, 502, 503, 504})
_NEVER_SENT: Final = (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.PoolTimeout)
_SERVER_FAULT: Final = 500
_SUCCESS: Final = range(200, 300)
_WORDS: Final = frozenset(
    {400, 404, 409, 410, 413, 415, 422}
)  # refusals that say something of what was asked
_JITTER: Final = random.SystemRandom()


class Patience(msgspec.Struct, frozen=True, kw_only=True):
    """How often and how long a call waits before it gives up. Seconds.

    An answer that comes in for longer than *longest_answer_s* is given up where one more piece of it comes;
    what is whole by then is taken, however late.
    """

    attempts: int = 5
    first_wait_s: float = 0.5
    rate_limited_wait_s: float = 5.0
    longest_wait_s: float = 30.0
    total_wait_s: float = 60.0
    longest_answer_s: float = LONGEST_ANSWER_S


class Call(msgspec.Struct, frozen=True, kw_only=True):
    """What to ask. ``repeatable`` means: asking twice has the effect of asking once.

    Of what is not, nothing is sent after ``until``, an instant of the monotonic clock. ``longest_answer_s``
    bounds this one's answer where it is shorter than what the patience allows.
    """

    method: str
    path: str
    params: Sequence[tuple[str, str]] = ()
    headers: Mapping[str, str] = {}
    content: bytes | None = None
    repeatable: bool = False
    until: float = math.inf
    longest_answer_s: float = math.inf


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """What Allegro said, read to the end."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def trace_id(self) -> str:
        """Allegro's id of this answer, or an empty string."""
        return self.headers.get("trace-id", "")


class Heard(msgspec.Struct, frozen=True, kw_only=True):
    """A whole answer and what it answers: no header of the request, and so no token.

    ``path`` holds the query. ``sent`` is the JSON that was sent along, of another content only its SHA-256.
    """

    method: str
    path: str
    status: int
    trace_id: str
    body: bytes
    sent: bytes = b""
    sent_sha256: str = ""

    @property
    def asked(self) -> str:
        """What was asked in one line."""
        return f"{self.method} {self.path}"

    @property
    def is_success(self) -> bool:
        """Whether Allegro did, or told, what it was asked."""
        return self.status in _SUCCESS


class _Cut(Exception):
    """The answer broke off or has not the shape of JSON: the network's fault, not Allegro's word."""


def checked_url(url: str) -> str:
    """Return *url* without a trailing slash if secrets may travel to it.

    :raises InsecureAddress: it is neither https nor http to this machine.
    """
    try:
        parts = httpx2.URL(url)
    except httpx2.InvalidURL as invalid:
        raise InsecureAddress(url=url) from invalid
    if not parts.host or not (parts.scheme == "https" or (parts.scheme == "http" and is_loopback(url))):
        raise InsecureAddress(url=url)
    return url.rstrip("/")


def is_loopback(url: str) -> bool:
    """Tell whether *url* leads to this machine by its very name."""
    host = httpx2.URL(url).host
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


@lru_cache(maxsize=1)
def _trusted() -> ssl.SSLContext:
    """Certificates to trust, read once: that takes longer than most questions to Allegro."""
    return httpx2.create_ssl_context()


class Transport:
    """Sends calls to one host; errors and waits follow the rules of this gateway."""

    def __init__(
        self,
        *,
        base_url: str,
        headers: Mapping[str, str],
        timeout_s: float,
        budget: Budget | None = None,
        patience: Patience | None = None,
        transport: httpx2.BaseTransport | None = None,
        sleep: Callable[[float], None] = time.sleep,
        refusal: "Callable[[Answer], AllegroError] | None" = None,
        heard: Callable[[Heard], None] | None = None,
    ) -> None:
        base_url = checked_url(base_url)
        self._client = httpx2.Client(
            base_url=base_url,
            headers=dict(headers),
            timeout=httpx2.Timeout(timeout_s, connect=min(timeout_s, CONNECTED_WITHIN_S)),
            transport=transport,
            follow_redirects=False,
            verify=_trusted(),
            trust_env=not is_loopback(base_url),  # a company proxy cannot reach this machine
        )
        self._budget = budget
        self._patience = patience or Patience()
        self._sleep = sleep
        self._refusal = refusal or refusal_of
        self._heard = heard
        self._has_reserve = False
        self._still_here: Callable[[], None] = _nothing

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exc: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def while_waiting(self, still_here: Callable[[], None]) -> None:
        """Call *still_here* before each try and each pause and while an answer comes in; it may raise."""
        self._still_here = still_here

    def send(self, call: Call, read: Callable[[Answer], T]) -> T:
        """Ask, repeat where that is safe and useful, and let *read* understand the answer.

        :raises AllegroError: by reaction, see ``errors``.
        """
        if not call.repeatable:
            call = msgspec.structs.replace(call, until=time.monotonic() + SENT_WITHIN_S)
        return self._patiently(lambda: self._once(call, read), call=call)

    def reserve(self) -> None:
        """Take the next call's request of the budget now, so that the call itself does not wait for it.

        :raises RateLimited: that would take too long.
        """
        if not self._has_reserve:
            self._patiently(self._take_of_budget, call=Call(method="", path="", repeatable=True))
            self._has_reserve = True

    def _patiently(self, ask: Callable[[], T], *, call: Call) -> T:
        waited_s = 0.0
        attempt = 1
        while True:
            try:
                return ask()
            except AllegroUnavailable as trouble:
                self._note_limit(trouble)
                wait_s = self._wait_before(attempt + 1, trouble, waited_s=waited_s)
                if wait_s is None or not (call.repeatable or trouble.params.get("never_sent")):
                    raise
                if time.monotonic() + wait_s >= call.until:
                    raise
            self._pause(wait_s)
            waited_s += wait_s
            attempt += 1

    def _once(self, call: Call, read: Callable[[Answer], T]) -> T:
        if not self._has_reserve:
            self._take_of_budget()
        self._has_reserve = False
        try:
            answer = self._exchange(call)
        except httpx2.TimeoutException as timeout:
            raise _unavailable(timeout, problem="timeout") from timeout
        except (httpx2.TransportError, httpx2.DecodingError) as trouble:
            raise _unavailable(trouble, problem="network") from trouble
        if answer.status not in _SUCCESS:
            if self._heard and answer.status in _WORDS:
                self._heard(heard_of(call, answer))
            raise self._refusal(answer)
        try:
            found = read(answer)
        except _Cut as cut:
            raise AllegroUnavailable(
                problem="cut_body", status=answer.status, trace_id=answer.trace_id
            ) from cut
        if self._heard:
            self._heard(heard_of(call, answer))
        return found

    def _take_of_budget(self) -> None:
        """Take one request of the budget, and wait where it says so."""
        if self._budget is None:
            return
        try:
            wait_s = self._budget.reserve()
        except NoShareLeft as spent:
            wait_s = math.ceil(spent.seconds)
            raise RateLimited(problem="quota", retry_after_s=wait_s, never_sent=True) from spent
        if wait_s:
            self._pause(wait_s)

    def _pause(self, seconds: float) -> None:
        self._still_here()
        self._sleep(seconds)

    def _note_limit(self, trouble: AllegroUnavailable) -> None:
        if self._budget and isinstance(trouble, RateLimited) and not trouble.params.get("never_sent"):
            wait_s = trouble.retry_after_s
            self._budget.limited(
                wait_s=self._patience.rate_limited_wait_s if wait_s is None else float(wait_s)
            )

    def _exchange(self, call: Call) -> Answer:
        """Send and read to the end, within the limits of size and time."""
        self._still_here()
        deadline = time.monotonic() + min(self._patience.longest_answer_s, call.longest_answer_s)
        headers = dict(call.headers)
        content: bytes | Iterator[bytes] | None = call.content
        if call.content and not call.repeatable:
            headers["Content-Length"] = str(len(call.content))
            content = _in_time(call.content, until=call.until)
        with self._client.stream(
            call.method, call.path, params=list(call.params) or None, headers=headers, content=content
        ) as response:
            body, is_late = bytearray(), False
            trace_id = response.headers.get("trace-id", "")
            for chunk in response.iter_bytes():
                if is_late:
                    raise AllegroUnavailable(problem="timeout", trace_id=trace_id)
                body += chunk
                self._still_here()
                if len(body) > LARGEST_ANSWER_BYTES:
                    raise UnreadableAnswer(
                        status=response.status_code, trace_id=trace_id, problem="too_large"
                    )
                is_late = time.monotonic() > deadline
            return Answer(status=response.status_code, headers=response.headers, body=bytes(body))

    def _wait_before(self, attempt: int, trouble: AllegroUnavailable, *, waited_s: float) -> float | None:
        """Seconds to wait before *attempt*, or None when it is better to give up."""
        patience = self._patience
        if attempt > patience.attempts:
            return None
        if trouble.retry_after_s is not None:
            wait_s = float(trouble.retry_after_s)
            if wait_s > patience.longest_wait_s:
                return None
        else:
            limited = isinstance(trouble, RateLimited)
            base_s = patience.rate_limited_wait_s if limited else patience.first_wait_s
            wait_s = min(patience.longest_wait_s, base_s * 2 ** (attempt - 2) * _JITTER.uniform(1.0, 1.5))
        return wait_s if waited_s + wait_s <= patience.total_wait_s else None


def _nothing() -> None:
    pass


def _in_time(content: bytes, *, until: float) -> Iterator[bytes]:
    """Give *content* in pieces; who waited too long for a connection or a slow line sends no more of it."""
    for start in range(0, len(content), _PIECE_BYTES):
        if time.monotonic() >= until:
            raise AllegroUnavailable(problem="timeout", never_sent=not start)
        yield content[start : start + _PIECE_BYTES]


def _unavailable(trouble: Exception, *, problem: str) -> AllegroUnavailable:
    never_sent = isinstance(trouble, _NEVER_SENT)
    return AllegroUnavailable(problem=problem, detail=type(trouble).__name__, never_sent=never_sent)


def retry_after_s(answer: Answer) -> int | None:
    """Return Allegro's ``Retry-After`` in whole seconds (a number or an HTTP date), rounded up."""
    wish = answer.headers.get("retry-after", "").strip()
    if not wish:
        return None
    if wish.isdecimal():
        return int(wish)
    try:
        until = parsedate_to_datetime(wish)
        # The server's own clock, when it tells it, is the one its wish is meant in.
        asked = parsedate_to_datetime(answer.headers["date"]) if "date" in answer.headers else None
    except ValueError:
        return None
    now_s = asked.timestamp() if asked else time.time()
    return max(0, int(until.timestamp() - now_s + 0.999))


def error_of(answer: Answer) -> tuple[str, str]:
    """Return Allegro's (code, message for people) of an error answer; never assumes JSON.

    The description beside an OAuth error is left out: it may quote a token.
    """
    try:
        node = json.loads(answer.body)
    except (ValueError, RecursionError):
        return "", ""
    if not isinstance(node, dict):
        return "", ""
    errors = node.get("errors")
    if isinstance(errors, list) and errors and isinstance(errors[0], dict):
        first = errors[0]
        return str(first.get("code") or ""), str(first.get("userMessage") or first.get("message") or "")
    return str(node.get("error") or ""), ""


def refusal_of(answer: Answer) -> AllegroError:
    """Turn an answer that is no success into the error that names the reaction."""
    allegro_code, user_message = error_of(answer)
    facts = {
        "status": answer.status,
        "trace_id": answer.trace_id,
        "allegro_code": allegro_code,
        "user_message": user_message,
    }
    match answer.status:
        case 429:
            return RateLimited(retry_after_s=retry_after_s(answer), **facts)
        case status if status in _RETRIED or status >= _SERVER_FAULT:
            return AllegroUnavailable(retry_after_s=retry_after_s(answer), problem="server", **facts)
        case 401:
            return TokenRejected(**facts)
        case 403 if allegro_code.replace("_", "").lower() == "accessdenied":
            return ScopeMissing(**facts)
        case 409:
            return AllegroConflict(**facts)
    return AllegroRejected(**facts)


def heard_of(call: Call, answer: Answer) -> Heard:
    """Write down what was asked and answered: of the request no header, of a file only its hash."""
    query = urlencode(list(call.params))
    is_json = "json" in call.headers.get("Content-Type", "")
    return Heard(
        method=call.method,
        path=f"{call.path}{'?' if query else ''}{query}",
        status=answer.status,
        trace_id=answer.trace_id,
        body=answer.body,
        sent=(call.content or b"") if is_json else b"",
        sent_sha256=hashlib.sha256(call.content).hexdigest() if call.content is not None else "",
    )


def json_of(answer: Answer) -> bytes:
    """Return the body of a success if it looks like JSON.

    :raises UnreadableAnswer: it is a page for people.
    :raises _Cut: it is empty.
    """
    start = answer.body.lstrip()[:1]
    if not start:
        raise _Cut
    if start not in b"{[":
        raise UnreadableAnswer(status=answer.status, trace_id=answer.trace_id, problem="not_json")
    return answer.body


def understood(answer: Answer, read: Callable[[bytes], T]) -> T:
    """Read a JSON success with *read*, telling a cut answer from one of the wrong shape.

    :raises UnreadableAnswer: the JSON is whole but not what Allegro promises.
    """
    body = json_of(answer)
    try:
        return read(body)
    except msgspec.ValidationError as invalid:
        raise UnreadableAnswer(
            status=answer.status, trace_id=answer.trace_id, problem="shape", detail=str(invalid)
        ) from invalid
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as broken:
        raise _Cut from broken


def iso(moment: datetime) -> str:
    """Write an aware instant as Allegro wants it: UTC, milliseconds, ``Z``."""
    assert moment.tzinfo is not None, "instants are aware"
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
