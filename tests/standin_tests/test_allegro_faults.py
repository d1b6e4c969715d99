"""What the Allegro stand-in can be told to do wrong."""

import time
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest

from standin_tests.allegro_shop import Shop, small_world
from standins.allegro.state import Keeper, restore


@pytest.fixture
def shop() -> Iterator[Shop]:
    with Shop(small_world()) as connected:
        yield connected


def _break(shop: Shop, kind: str, **how: object) -> None:
    shop.admin("POST", "faults", {"kind": kind, **how})


def test_a_rate_limit_may_say_when_to_come_back(shop: Shop) -> None:
    _break(shop, "rate_limit", count=1, retry_after=7)
    _break(shop, "rate_limit", count=1)

    first, second, third = (shop.call("GET", "/me") for _ in range(3))

    assert [first.status_code, second.status_code, third.status_code] == [429, 429, 200]
    assert first.headers["retry-after"] == "7"
    assert "retry-after" not in second.headers
    assert first.json()["errors"][0]["code"] == "TOO_MANY_REQUESTS"


@pytest.mark.parametrize(("body", "begins"), [("json", b"{"), ("html", b"<html"), ("empty", b"")])
def test_server_errors_come_in_three_shapes(shop: Shop, body: str, begins: bytes) -> None:
    _break(shop, "server_error", count=1, body=body, status=502)

    answer = shop.call("GET", "/me")

    assert answer.status_code == 502
    assert answer.content[: len(begins) or None] == begins


@pytest.mark.parametrize("kind", ["cut_body", "drop_before", "drop_after"])
def test_connections_break(shop: Shop, kind: str) -> None:
    _break(shop, kind, count=1)

    with pytest.raises(httpx2.TransportError):
        shop.call("GET", "/me")
    assert shop.call("GET", "/me").status_code == 200


def test_a_connection_dropped_after_the_work_leaves_the_work_done(shop: Shop) -> None:
    order_id = next(
        order.id for order in shop.world.orders if order.seller == 0 and order.fulfillment == "NEW"
    )
    path = f"/order/checkout-forms/{order_id}/fulfillment"
    _break(shop, "drop_before", count=1, path="fulfillment")
    with pytest.raises(httpx2.TransportError):
        shop.send("PUT", path, {"status": "PROCESSING"})
    assert shop.get(f"/order/checkout-forms/{order_id}")["fulfillment"]["status"] == "NEW"

    shop.admin("DELETE", "faults")
    _break(shop, "drop_after", count=1, path="fulfillment")
    with pytest.raises(httpx2.TransportError):
        shop.send("PUT", path, {"status": "PROCESSING"})
    assert shop.get(f"/order/checkout-forms/{order_id}")["fulfillment"]["status"] == "PROCESSING"


def test_slow_answers_come_all_the_same(shop: Shop) -> None:
    _break(shop, "slow", seconds=0.2, count=1)
    began = time.monotonic()

    assert shop.call("GET", "/me").status_code == 200
    assert time.monotonic() - began >= 0.2


def test_an_expired_token_is_refused_once(shop: Shop) -> None:
    _break(shop, "expired_token", count=1)

    assert [shop.call("GET", "/me").status_code for _ in range(2)] == [401, 200]


def test_faults_keep_to_their_path_method_and_turn(shop: Shop) -> None:
    _break(shop, "server_error", path="^/order/events$", method="GET", skip=1, count=1)

    assert shop.call("GET", "/me").status_code == 200
    assert [shop.call("GET", "/order/events").status_code for _ in range(3)] == [200, 503, 200]


def test_chance_is_seeded(shop: Shop) -> None:
    def outcomes() -> list[int]:
        shop.admin("DELETE", "faults")
        _break(shop, "server_error", probability=0.5, seed=11)
        return [shop.call("GET", "/me").status_code for _ in range(30)]

    first = outcomes()
    assert set(first) == {200, 503}
    assert outcomes() == first


def test_a_fault_without_a_path_spares_the_authorization_host(shop: Shop) -> None:
    _break(shop, "server_error")
    assert shop.refresh(shop.tokens["refresh_token"]).status_code == 200

    _break(shop, "server_error", path="^/auth")
    assert shop.refresh(shop.tokens["refresh_token"]).status_code == 503


def test_the_journal_loses_repeats_and_shuffles_events(shop: Shop) -> None:
    whole = shop.get("/order/events", limit=1000)["events"]

    _break(shop, "missing_events", probability=0.3, seed=1)
    fewer = shop.get("/order/events", limit=1000)["events"]
    assert 0 < len(fewer) < len(whole)
    assert fewer == shop.get("/order/events", limit=1000)["events"]

    shop.admin("DELETE", "faults")
    _break(shop, "duplicated_events", probability=0.3, seed=1)
    more = shop.get("/order/events", limit=1000)["events"]
    assert len(more) > len(whole)
    assert len({event["id"] for event in more}) == len(more)
    assert {event["id"] for event in whole} < {event["id"] for event in more}

    shop.admin("DELETE", "faults")
    _break(shop, "out_of_order_events", probability=0.3, seed=1)
    shuffled = [event["occurredAt"] for event in shop.get("/order/events", limit=1000)["events"]]
    assert shuffled != sorted(shuffled)


def test_duplicates_are_seen_once_each_over_pages(shop: Shop) -> None:
    _break(shop, "duplicated_events", probability=0.5, seed=2)
    whole = [event["id"] for event in shop.get("/order/events", limit=1000)["events"]]

    paged: list[str] = []
    cursor = "0"
    while page := shop.get("/order/events", **{"from": cursor, "limit": 3})["events"]:
        paged += [event["id"] for event in page]
        cursor = page[-1]["id"]

    assert paged == whole


def test_the_log_counts_what_came(shop: Shop) -> None:
    shop.admin("DELETE", "log")
    shop.call("GET", "/me")
    shop.call("GET", f"/order/checkout-forms/{shop.world.orders[0].id}")

    log = shop.admin("GET", "log")

    assert sum(log["counts"].values()) == 2
    assert log["counts"]["GET /me 200"] == 1
    assert log["requests"][0]["path"] == "/me"


def test_unknown_switches_are_refused(shop: Shop) -> None:
    for body in ({"kind": "flood"}, {"kind": "slow", "volume": 11}):
        assert shop.http.post("/_standin/faults", json=body).status_code == 400


def test_tokens_changes_and_documents_outlive_a_restart(tmp_path: Path) -> None:
    file = tmp_path / "state" / "allegro.json"
    with Shop(small_world()) as shop:
        order = next(order for order in shop.world.orders if order.seller == 0 and order.fulfillment == "NEW")
        shop.send("PUT", f"/order/checkout-forms/{order.id}/fulfillment", {"status": "PROCESSING"})
        added = shop.admin("POST", "orders", {"kind": "bought", "seller": "dom_i_kubek"})["orders"][0]["id"]
        plain = next(one.id for one in shop.world.orders if one.seller == 0 and one.kind == "plain")
        shop.admin("POST", f"orders/{plain}/refund", {"minor": 250})
        refunds = shop.get("/payments/refunds")
        Keeper(shop.world, file).save()
        tokens, events = shop.tokens, shop.get("/order/events", limit=1000)

    again = small_world()
    assert restore(again, file)
    with Shop(again) as shop:
        shop.tokens = tokens
        assert shop.get(f"/order/checkout-forms/{order.id}")["fulfillment"]["status"] == "PROCESSING"
        assert shop.get(f"/order/checkout-forms/{added}")["status"] == "BOUGHT"
        assert shop.get("/order/events", limit=1000) == events
        assert shop.get("/payments/refunds") == refunds
        assert refunds["refunds"][0]["totalValue"] == {"amount": "2.50", "currency": "PLN"}


def test_the_state_of_another_world_is_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "allegro.json"
    Keeper(small_world(), file).save()

    assert not restore(small_world(seed=8), file)


def test_a_late_answer_comes_when_all_is_done(shop: Shop) -> None:
    order_id = next(order.id for order in shop.world.orders if order.fulfillment == "NEW")
    _break(shop, "late", count=1, seconds=0.2, path="fulfillment")
    began = time.monotonic()
    shop.send("PUT", f"/order/checkout-forms/{order_id}/fulfillment", {"status": "PROCESSING"})

    assert time.monotonic() - began >= 0.2
    assert shop.get(f"/order/checkout-forms/{order_id}")["fulfillment"]["status"] == "PROCESSING"


@pytest.mark.parametrize(
    ("kind", "begins"), [("empty_answer", b""), ("half_json", b'{"id"'), ("html_page", b"<!doctype")]
)
def test_an_answer_of_200_may_be_none(shop: Shop, kind: str, begins: bytes) -> None:
    whole = shop.call("GET", "/me").content
    _break(shop, kind, count=1)
    answer = shop.call("GET", "/me")

    assert answer.status_code == 200
    assert answer.content[: len(begins) or None] == begins
    assert answer.content != whole


def test_a_stale_answer_knows_orders_as_they_were_before_their_latest_change(shop: Shop) -> None:
    order = next(one for one in shop.world.orders if one.seller == 0 and one.fulfillment == "NEW")
    (new,) = shop.world.add_orders(1, seller=0)
    path = f"/order/checkout-forms/{order.id}"
    shop.send("PUT", f"{path}/fulfillment", {"status": "SENT"})
    _break(shop, "stale", count=3)

    assert shop.get(path)["fulfillment"]["status"] == "NEW"
    assert shop.call("GET", f"/order/checkout-forms/{new.id}").status_code == 404
    listed = {form["id"]: form for form in shop.get("/order/checkout-forms")["checkoutForms"]}
    assert new.id not in listed
    assert shop.get(path)["fulfillment"]["status"] == "SENT"
