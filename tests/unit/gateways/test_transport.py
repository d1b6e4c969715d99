"""Trouble: which error it becomes, and what is asked again."""

import time
from collections.abc import Iterator

import httpx2
import pytest

from builders.allegro_answers import Script, ok, refused
from stragan.core.errors import Conflict, Refused, Rejected, StraganError, Unavailable
from stragan.gateways.allegro import (
    AllegroClient,
    AllegroConflict,
    AllegroRejected,
    AllegroUnavailable,
    Budget,
    Grant,
    InsecureAddress,
    Patience,
    RateLimited,
    ScopeMissing,
    TokenRejected,
    UnreadableAnswer,
    budget_for,
)
from stragan.gateways.allegro.errors import AllegroError

ME = ok({"id": "1", "login": "shop"})
HTML = b"<html>502</html>"


def html(status: int) -> httpx2.Response:
    return httpx2.Response(status, headers={"content-type": "text/html"}, content=HTML)


@pytest.mark.parametrize(
    ("answer", "error", "reaction"),
    [
        (refused(400), AllegroRejected, Rejected),
        (refused(401), TokenRejected, Conflict),
        (refused(403, "AccessDenied"), ScopeMissing, Refused),
        (refused(403, "ACCESS_DENIED"), ScopeMissing, Refused),
        (refused(403, "Blocked"), AllegroRejected, Rejected),
        (html(403), AllegroRejected, Rejected),
        (refused(404), AllegroRejected, Rejected),
        (refused(406), AllegroRejected, Rejected),
        (refused(409), AllegroConflict, Conflict),
        (refused(422), AllegroRejected, Rejected),
        (refused(408), AllegroUnavailable, Unavailable),
        (refused(429), RateLimited, Unavailable),
        (refused(500), AllegroUnavailable, Unavailable),
        (html(502), AllegroUnavailable, Unavailable),
        (httpx2.Response(503), AllegroUnavailable, Unavailable),
        (httpx2.Response(302, headers={"location": "https://elsewhere.example"}), AllegroRejected, Rejected),
        (html(200), UnreadableAnswer, Rejected),
        (ok([1]), UnreadableAnswer, Rejected),
        (ok({"login": "no id"}), UnreadableAnswer, Rejected),
        (httpx2.Response(200, content=b'{"id":"1","log'), AllegroUnavailable, Unavailable),
        (httpx2.Response(200, content=b""), AllegroUnavailable, Unavailable),
        (httpx2.ConnectError("no"), AllegroUnavailable, Unavailable),
        (httpx2.ReadTimeout("slow"), AllegroUnavailable, Unavailable),
        (httpx2.RemoteProtocolError("cut"), AllegroUnavailable, Unavailable),
    ],
)
def test_each_kind_of_trouble_is_named_by_the_reaction_it_needs(
    answer: httpx2.Response | Exception, error: type[AllegroError], reaction: type[StraganError]
) -> None:
    with Script(answer).client() as client, pytest.raises(error) as raised:
        client.me()
    assert type(raised.value) is error
    assert isinstance(raised.value, reaction)


def test_an_error_keeps_what_support_will_ask_for() -> None:
    script = Script(refused(422, "ORDER-WITHOUT-INVOICE", "Nie można"))
    with script.client() as client, pytest.raises(AllegroRejected) as raised:
        client.me()
    error = raised.value
    assert (error.status, error.trace_id) == (422, "t-9")
    assert (error.allegro_code, error.user_message) == ("ORDER-WITHOUT-INVOICE", "Nie można")


@pytest.mark.parametrize(
    "trouble",
    [
        refused(429),
        refused(500),
        html(502),
        httpx2.Response(200, content=b'{"id":'),
        httpx2.ReadTimeout("slow"),
        httpx2.ReadError("reset"),
    ],
)
def test_a_read_is_repeated_until_it_works(trouble: httpx2.Response | Exception) -> None:
    script = Script(trouble, trouble, ME)
    with script.client() as client:
        assert client.me().id == "1"
    assert len(script.slept) == 2
    assert script.slept[0] < script.slept[1]


def test_attempts_are_bounded() -> None:
    script = Script(refused(500))
    with script.client() as client, pytest.raises(AllegroUnavailable):
        client.me()
    assert len(script.requests) == 5
    assert sum(script.slept) < 60


def test_all_waits_together_are_bounded() -> None:
    script = Script(refused(429, retry_after="25"))
    with script.client() as client, pytest.raises(RateLimited):
        client.me()
    assert script.slept == [25.0, 25.0]


@pytest.mark.parametrize("wish", ["7", "Mon, 23 Nov 2026 10:00:07 GMT"])
def test_retry_after_is_obeyed_as_seconds_and_as_a_date(wish: str) -> None:
    script = Script(refused(429, retry_after=wish, date="Mon, 23 Nov 2026 10:00:00 GMT"), ME)
    with script.client() as client:
        client.me()
    assert script.slept == [7.0]


def test_a_long_retry_after_is_left_to_the_caller() -> None:
    script = Script(refused(429, retry_after="300"))
    with script.client() as client, pytest.raises(RateLimited) as limited:
        client.me()
    assert limited.value.retry_after_s == 300
    assert script.slept == []


def test_a_senseless_retry_after_is_ignored() -> None:
    script = Script(refused(429, retry_after="soon"), ME)
    with script.client() as client:
        client.me()
    assert 5.0 <= script.slept[0] <= 7.5


def test_a_post_is_never_repeated_once_it_may_have_arrived() -> None:
    for trouble in (
        httpx2.ReadTimeout("slow"),
        httpx2.RemoteProtocolError("cut"),
        refused(500),
        refused(429),
    ):
        script = Script(trouble)
        with script.client() as client, pytest.raises(AllegroUnavailable):
            client.add_invoice("f", file_name="x.pdf", invoice_number=None)
        assert len(script.requests) == 1


def test_a_post_that_never_left_is_sent_again() -> None:
    script = Script(httpx2.ConnectError("no"), httpx2.Response(201, content=b'{"id":"i"}'))
    with script.client() as client:
        assert client.add_invoice("f", file_name="x.pdf", invoice_number=None) == "i"


def test_what_must_not_be_sent_twice_is_not_sent_late(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("stragan.gateways.allegro.transport.SENT_WITHIN_S", 0.0)
    script = Script(httpx2.Response(201, content=b'{"id":"i"}'))
    with script.client() as client, pytest.raises(AllegroUnavailable) as late:
        client.add_invoice("f", file_name="x.pdf", invoice_number=None)
    assert late.value.params["never_sent"]
    assert (script.requests, script.slept) == ([], [])


def test_a_file_arrives_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("stragan.gateways.allegro.transport._PIECE_BYTES", 3)
    script = Script(httpx2.Response(200))
    with script.client() as client:
        client.upload_invoice_file("f", invoice_id="i", pdf=b"%PDF-1.7")
    [sent] = script.requests
    assert (sent.content, sent.headers["content-length"]) == (b"%PDF-1.7", "8")
    assert "transfer-encoding" not in sent.headers


def test_who_waits_is_told_before_each_try_and_pause_and_while_an_answer_comes() -> None:
    script = Script(httpx2.ReadTimeout("slow"), lambda _request: httpx2.Response(200, stream=_Pieces()))
    seen: list[tuple[int, int]] = []
    with script.client() as client:
        client.while_waiting(lambda: seen.append((len(script.requests), len(script.slept))))
        assert client.me().id == "1"
    assert seen == [(0, 0), (1, 0), (1, 1), (2, 1), (2, 1)]


def test_what_is_raised_while_waiting_ends_the_call() -> None:
    def lost() -> None:
        raise Conflict

    script = Script(ME)
    with script.client() as client:
        client.while_waiting(lost)
        with pytest.raises(Conflict):
            client.me()
    assert script.requests == []


def test_a_share_taken_beforehand_is_the_next_calls() -> None:
    purse = Purse(
        Grant(requests=0, seconds=2.5), Grant(requests=1, seconds=60), Grant(requests=1, seconds=60)
    )
    script = Script(ME)
    with script.client(budget=Budget(quota=purse)) as client:
        client.reserve()
        client.reserve()
        assert (script.slept, script.requests) == ([3.0], [])
        client.me()
        assert (script.slept, len(purse.grants)) == ([3.0], 1)
        client.me()
    assert purse.grants == []


@pytest.mark.parametrize("revision", ["r", None])
def test_a_status_is_not_set_again_once_it_may_have_been_set(revision: str | None) -> None:
    script = Script(refused(500), httpx2.Response(204))
    with script.client() as client, pytest.raises(AllegroUnavailable):
        client.set_fulfillment("f", status="SENT", revision=revision)
    assert len(script.requests) == 1


def test_patience_can_be_shortened() -> None:
    script = Script(refused(500))
    with script.client(patience=Patience(attempts=1)) as client, pytest.raises(AllegroUnavailable):
        client.me()
    assert len(script.requests) == 1


class _Pieces(httpx2.SyncByteStream):
    def __iter__(self) -> Iterator[bytes]:
        yield from (ME.content[:5], ME.content[5:])


class _Endless(httpx2.SyncByteStream):
    def __iter__(self) -> Iterator[bytes]:
        while True:
            yield b" " * 1_000_000


def test_an_answer_that_comes_in_for_too_long_is_given_up_between_its_pieces() -> None:
    script = Script(*(lambda _request: httpx2.Response(200, stream=_Pieces()) for _ in range(2)))
    with (
        script.client(patience=Patience(attempts=2, longest_answer_s=0.0)) as client,
        pytest.raises(AllegroUnavailable) as trouble,
    ):
        client.me()
    assert trouble.value.params["problem"] == "timeout"
    assert len(script.requests) == 2


def test_an_answer_that_is_whole_is_taken_however_late_its_last_piece_came() -> None:
    whole = httpx2.ByteStream(ME.content)
    script = Script(lambda _request: httpx2.Response(200, stream=whole))
    with script.client(patience=Patience(attempts=2, longest_answer_s=0.0)) as client:
        assert client.me().id == "1"
    assert len(script.requests) == 1


def test_an_endless_answer_is_given_up() -> None:
    script = Script(lambda _request: httpx2.Response(200, stream=_Endless()))
    with script.client() as client, pytest.raises(UnreadableAnswer):
        client.me()


@pytest.mark.parametrize(
    "url", ["http://api.allegro.example", "ftp://127.0.0.1", "api.allegro.pl", "", "http://"]
)
def test_tokens_never_travel_in_the_open(url: str) -> None:
    with pytest.raises(InsecureAddress):
        Script(ME).client(url=url)


@pytest.mark.parametrize("url", ["http://127.0.0.1:8001", "http://localhost:8001/", "http://[::1]:8001"])
def test_plain_http_is_fine_on_this_machine(url: str) -> None:
    with Script(ME).client(url=url) as client:
        assert client.me().id == "1"


def test_a_budget_spreads_requests_after_its_burst() -> None:
    script = Script(ME)
    with script.client(budget=Budget(per_minute=60, burst=2, clock=lambda: 0.0)) as client:
        for _ in range(5):
            client.me()
    assert script.slept == [1.0, 2.0, 3.0]


def test_a_budget_recovers_with_time_up_to_its_burst() -> None:
    now_s = [0.0]
    budget = Budget(per_minute=60, burst=1, clock=lambda: now_s[0])
    assert [budget.reserve(), budget.reserve()] == [0.0, 1.0]
    now_s[0] = 1000.0
    assert [budget.reserve(), budget.reserve()] == [0.0, 1.0]


class Purse:
    """A quota of blocks of two; it notes what it was told."""

    def __init__(self, *grants: Grant) -> None:
        self.grants = list(grants)
        self.limits: list[float] = []

    def take(self) -> Grant:
        return self.grants.pop(0)

    def limited(self, *, wait_s: float) -> None:
        self.limits.append(wait_s)


def test_requests_come_from_the_quota_in_blocks() -> None:
    purse = Purse(Grant(requests=2, seconds=60), Grant(requests=2, seconds=60))
    budget = Budget(clock=lambda: 0.0, quota=purse)
    assert [budget.reserve() for _ in range(3)] == [0.0, 0.0, 0.0]
    assert purse.grants == []


def test_where_the_quota_is_empty_a_call_waits_as_after_a_429() -> None:
    purse = Purse(Grant(requests=0, seconds=2.5), Grant(requests=2, seconds=60))
    script = Script(ME)
    with script.client(budget=Budget(quota=purse)) as client:
        client.me()
    assert script.slept == [3.0]
    assert purse.limits == []  # nobody else learns anything from it
    empty = Purse(Grant(requests=0, seconds=600))
    with script.client(budget=Budget(quota=empty)) as client, pytest.raises(RateLimited):
        client.me()


def test_what_is_left_of_a_block_ends_with_its_minute() -> None:
    now_s = [0.0]
    purse = Purse(Grant(requests=2, seconds=60), Grant(requests=2, seconds=60))
    budget = Budget(clock=lambda: now_s[0], quota=purse)
    budget.reserve()
    now_s[0] = 61.0
    budget.reserve()
    assert purse.grants == []


def test_too_many_requests_are_told_to_all() -> None:
    purse = Purse(Grant(requests=100, seconds=60), Grant(requests=100, seconds=60))
    script = Script(refused(429, retry_after="7"), ME)
    with script.client(budget=Budget(quota=purse)) as client:
        client.me()
    assert purse.limits == [7.0]
    assert purse.grants == []  # a new block is asked for, which waits while all must


def test_clients_of_one_application_share_a_budget() -> None:
    assert budget_for("app-1") is budget_for("app-1")
    assert budget_for("app-1") is not budget_for("app-2")


def test_the_client_closes_its_connections() -> None:
    client = AllegroClient(api_url="http://127.0.0.1:9", access_token="t", user_agent="T/1 (+https://e.com)")
    started = time.monotonic()
    client.close()
    assert time.monotonic() - started < 1
