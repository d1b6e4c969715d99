"""Orders, journal and documents of the Allegro stand-in."""

import json
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest

from standin_tests.allegro_shop import NOW_MS, Shop, small_world
from standins.allegro.orders import SPECIALS
from standins.allegro.people import nip
from standins.allegro.world import World


@pytest.fixture
def shop() -> Iterator[Shop]:
    with Shop(small_world()) as connected:
        yield connected


def _due(form: dict[str, Any]) -> Decimal:
    total = Decimal(form["delivery"]["cost"]["amount"]) if form["delivery"] else Decimal(0)
    for line in form["lineItems"]:
        deposit = Decimal(line["deposit"]["price"]["amount"]) if line["deposit"] else Decimal(0)
        total += (Decimal(line["price"]["amount"]) + deposit) * line["quantity"]
        for service in line["selectedAdditionalServices"]:
            total += Decimal(service["price"]["amount"]) * service["quantity"]
    return total


def test_the_same_seed_makes_the_same_world() -> None:
    first, second = (small_world(seed=3) for _ in range(2))

    assert [first.form(order) for order in first.orders] == [second.form(order) for order in second.orders]
    assert [journal.events for journal in first.journals] == [journal.events for journal in second.journals]
    other = small_world(seed=4)
    assert first.form(first.orders[0]) != other.form(other.orders[0])


def test_three_hundred_orders_are_mostly_plain_and_hold_every_special_kind() -> None:
    world = World(seed=1, orders=300, now_ms=NOW_MS)

    kinds = Counter(order.kind for order in world.orders)

    assert kinds["plain"] == 240
    assert set(kinds) == {"plain", *SPECIALS}


def test_total_to_pay_is_the_sum_of_the_parts_with_rare_exceptions() -> None:
    world = World(seed=2, orders=600, now_ms=NOW_MS)

    off = []
    for order in world.orders:
        form = world.form(order)
        difference = Decimal(form["summary"]["totalToPay"]["amount"]) - _due(form)
        if difference:
            off.append((order.kind, difference))

    assert {kind for kind, _ in off} == {"total_off"}
    assert 1 <= len(off) <= 6
    assert {difference for _, difference in off} <= {Decimal("0.01"), Decimal("0.50")}


def test_nothing_in_a_form_lies_in_the_future_of_its_world() -> None:
    world = World(seed=5, orders=300, now_ms=NOW_MS, days=2)

    for order in world.orders:
        form = world.form(order)
        assert form["updatedAt"] <= "2026-11-18T12:26:40.000Z"
        for payment in (form["payment"], *form["surcharges"]):
            finished = (payment or {}).get("finishedAt")
            assert finished is None or finished <= "2026-11-18T12:26:40.000Z"


def test_made_up_tax_numbers_have_a_right_checksum() -> None:
    weights = (6, 5, 7, 2, 3, 4, 5, 6, 7)

    for number in range(200):
        digits = [int(digit) for digit in nip(number)]
        assert digits[:3] == [9, 9, 9]
        assert (
            sum(digit * weight for digit, weight in zip(digits[:9], weights, strict=True)) % 11 == digits[9]
        )


def test_unpaid_orders_hide_what_the_live_api_hides() -> None:
    world = World(seed=1, orders=300, now_ms=NOW_MS)
    by_kind = {order.kind: world.form(order) for order in world.orders}

    assert by_kind["bought"]["payment"] is None
    assert by_kind["bought"]["delivery"] is None
    assert by_kind["bought"]["invoice"] is None
    assert by_kind["filled_in"]["delivery"]["address"] is None
    assert by_kind["filled_in"]["payment"]["paidAmount"] is None
    assert by_kind["cod_waiting"]["payment"]["paidAmount"] is None
    assert (
        by_kind["cod_booked"]["codBookedPayments"][0]["paidAmount"]
        == by_kind["cod_booked"]["summary"]["totalToPay"]
    )


def test_the_journal_is_paged_by_exclusive_ascending_ids(shop: Shop) -> None:
    cursor, seen = "", []
    while page := shop.get("/order/events", limit=7, **({"from": cursor} if cursor else {}))["events"]:
        assert len(page) <= 7
        seen += [int(event["id"]) for event in page]
        cursor = page[-1]["id"]

    assert all(earlier < later for earlier, later in pairwise(seen))
    assert len(seen) == len(shop.world.journals[0].events)
    assert cursor == shop.get("/order/event-stats")["latestEvent"]["id"]


def test_the_journal_filters_by_type_and_ends_after_sixty_days(shop: Shop) -> None:
    kinds = {
        event["type"]
        for event in shop.get("/order/events", type=["BOUGHT", "FILLED_IN"], limit=1000)["events"]
    }
    assert kinds == {"BOUGHT", "FILLED_IN"}

    shop.world.clock.advance(61 * 24 * 3600)
    shop.tokens = shop.connect().json()
    assert shop.get("/order/events")["events"] == []


def test_sellers_see_only_their_own(shop: Shop) -> None:
    foreign = next(order for order in shop.world.orders if order.seller == 1)

    assert shop.call("GET", f"/order/checkout-forms/{foreign.id}").status_code == 404
    listed = {form["id"] for form in shop.get("/order/checkout-forms")["checkoutForms"]}
    assert listed == {order.id for order in shop.world.orders if order.seller == 0}


def test_the_list_is_newest_first_and_may_be_turned(shop: Shop) -> None:
    def times(**query: str) -> list[str]:
        forms = shop.get("/order/checkout-forms", **query)["checkoutForms"]
        return [max(line["boughtAt"] for line in form["lineItems"]) for form in forms]

    assert times() == sorted(times(), reverse=True)
    assert times(sort="lineItems.boughtAt") == sorted(times())
    updated = [
        form["updatedAt"] for form in shop.get("/order/checkout-forms", sort="updatedAt")["checkoutForms"]
    ]
    assert updated == sorted(updated)


def test_pages_hold_every_order_once(shop: Shop) -> None:
    first = shop.get("/order/checkout-forms", limit=10)
    ids: list[str] = []
    for offset in range(0, first["totalCount"], 10):
        ids += [
            form["id"] for form in shop.get("/order/checkout-forms", limit=10, offset=offset)["checkoutForms"]
        ]

    assert len(ids) == len(set(ids)) == first["totalCount"]


def test_the_list_filters(shop: Shop) -> None:
    everything = shop.get("/order/checkout-forms")["checkoutForms"]
    one = next(form for form in everything if form["payment"])

    def ids(**query: Any) -> set[str]:
        dotted = {name.replace("__", "."): value for name, value in query.items()}
        return {form["id"] for form in shop.get("/order/checkout-forms", **dotted)["checkoutForms"]}

    assert ids(payment__id=one["payment"]["id"]) == {one["id"]}
    assert one["id"] in ids(buyer__login=one["buyer"]["login"])
    assert ids(status=["BOUGHT", "FILLED_IN"]) == {
        form["id"] for form in everything if form["status"] in {"BOUGHT", "FILLED_IN"}
    }
    middle = everything[len(everything) // 2]["lineItems"][0]["boughtAt"]
    early, late = ids(lineItems__boughtAt__lte=middle), ids(lineItems__boughtAt__gte=middle)
    assert early | late == {form["id"] for form in everything}
    assert len(early & late) == 1
    assert ids(updatedAt__gte="2030-01-01T00:00:00Z") == set()
    assert ids(marketplace__id="allegro-cz") == {
        form["id"] for form in everything if form["marketplace"]["id"] == "allegro-cz"
    }


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ({"limit": 101}, 422),
        ({"limit": 100, "offset": 9_901}, 422),
        ({"limit": 100, "offset": 9_900}, 200),
        ({"sort": "name"}, 400),
        ({"updatedAt.gte": "yesterday"}, 400),
    ],
)
def test_the_list_has_limits(shop: Shop, query: dict[str, Any], status: int) -> None:
    assert shop.call("GET", "/order/checkout-forms", params=query).status_code == status


def test_fulfillment_needs_the_current_revision_and_leaves_updated_at_alone(shop: Shop) -> None:
    before = shop.get("/order/checkout-forms", **{"fulfillment.status": "NEW"})["checkoutForms"][0]
    path = f"/order/checkout-forms/{before['id']}"
    query = f"?checkoutForm.revision={before['revision']}"

    assert shop.send("PUT", f"{path}/fulfillment{query}", {"status": "PROCESSING"}).status_code == 204

    after = shop.get(path)
    assert after["fulfillment"]["status"] == "PROCESSING"
    assert after["updatedAt"] == before["updatedAt"]
    assert after["revision"] != before["revision"]
    assert shop.send("PUT", f"{path}/fulfillment{query}", {"status": "SENT"}).status_code == 409
    assert shop.send("PUT", f"{path}/fulfillment", {"status": "RETURNED"}).status_code == 422


def test_merged_forms_answer_404_and_their_lines_move_to_a_new_one(shop: Shop) -> None:
    added = shop.admin("POST", "orders", {"count": 2, "kind": "bought", "seller": "dom_i_kubek"})["orders"]
    old = [shop.get(f"/order/checkout-forms/{entry['id']}") for entry in added]

    merged = shop.admin("POST", "merge", {"ids": [form["id"] for form in old]})

    for form in old:
        gone = shop.call("GET", f"/order/checkout-forms/{form['id']}")
        assert gone.status_code == 404
        assert gone.json()["errors"][0]["code"] == "CheckoutFormNotFoundException"
    new = shop.get(f"/order/checkout-forms/{merged['id']}")
    assert [line["id"] for line in new["lineItems"]] == [
        line["id"] for form in old for line in form["lineItems"]
    ]
    assert new["status"] == "READY_FOR_PROCESSING"
    assert Decimal(new["summary"]["totalToPay"]["amount"]) == _due(new)
    events = shop.get("/order/events", limit=1000)["events"]
    assert events[-1]["order"]["checkoutForm"]["id"] == new["id"]


def test_buyers_pay_cancel_and_move(shop: Shop) -> None:
    bought, ready = (
        shop.admin("POST", "orders", {"kind": kind, "seller": "dom_i_kubek"})["orders"][0]["id"]
        for kind in ("bought", "plain")
    )
    shop.admin("POST", f"orders/{bought}/pay")
    paid = shop.get(f"/order/checkout-forms/{bought}")
    assert paid["status"] == "READY_FOR_PROCESSING"
    assert paid["payment"]["paidAmount"] == paid["summary"]["totalToPay"]
    assert paid["delivery"]["address"]

    shop.admin("POST", f"orders/{ready}/change-address", {"street": "ul. Inna 1"})
    moved = shop.get(f"/order/checkout-forms/{ready}")
    assert moved["delivery"]["address"]["street"] == "ul. Inna 1"
    assert moved["delivery"]["address"]["modifiedAt"]

    shop.admin("POST", f"orders/{ready}/cancel")
    assert shop.get(f"/order/checkout-forms/{ready}")["status"] == "CANCELLED"
    types = [event["type"] for event in shop.get("/order/events", limit=1000)["events"][-4:]]
    assert types == ["FILLED_IN", "READY_FOR_PROCESSING", "BUYER_MODIFIED", "BUYER_CANCELLED"]


def test_refunds_and_operations_tell_the_same_until_one_is_hidden(shop: Shop) -> None:
    ready = shop.admin("POST", "orders", {"kind": "plain", "seller": "dom_i_kubek"})["orders"][0]["id"]
    back = shop.admin("POST", "orders", {"kind": "returned", "seller": "dom_i_kubek"})["orders"][0]["id"]
    shop.admin("POST", f"orders/{ready}/refund", {"minor": 1_250})
    shop.world.clock.advance(5 * 24 * 3600)  # what was returned is refunded after four days
    shop.tokens = shop.connect().json()

    def listed() -> list[tuple[str, Decimal]]:
        refunds = shop.get("/payments/refunds", **{"order.id": ready})["refunds"]
        refunds += shop.get("/payments/refunds", **{"order.id": back})["refunds"]
        assert {one["status"] for one in refunds} == {"SUCCESS"}
        return [(one["payment"]["id"], Decimal(one["totalValue"]["amount"])) for one in refunds]

    def moved() -> list[tuple[str, Decimal]]:
        found = []
        for payment_id in payments:
            query = {"payment.id": payment_id, "group": "REFUND"}
            rows = shop.get("/payments/payment-operations", **query)["paymentOperations"]
            found += [(payment_id, -Decimal(row["value"]["amount"])) for row in rows]
        return found

    payments = [one for one, _ in listed()]
    assert listed()[0][1] == Decimal("12.50")
    assert moved() == listed()
    shop.admin("POST", f"orders/{ready}/hide", {"from": "refund_operations"})
    assert moved() == listed()[1:]
    shop.admin("POST", f"orders/{back}/hide", {"from": "refunds"})
    assert [amount for _, amount in listed()] == [Decimal("12.50")]
    assert shop.get("/payments/refunds", status="CANCELED")["refunds"] == []


def test_a_raw_form_is_shown_as_it_was_put_in(shop: Shop) -> None:
    form = shop.get("/order/checkout-forms")["checkoutForms"][0]
    raw = {**form, "id": "a0000000-5eed-11f1-9000-00000000ffff", "surprise": [1], "status": "NEWLY_INVENTED"}

    shop.admin("PUT", "orders", {"seller": "dom_i_kubek", "form": raw})

    assert shop.get(f"/order/checkout-forms/{raw['id']}") == raw
    assert shop.get("/order/events", limit=1000)["events"][-1]["order"]["checkoutForm"]["id"] == raw["id"]
    assert raw in [entry["form"] for entry in shop.admin("GET", "truth?seller=dom_i_kubek")["orders"]]


def test_new_orders_come_with_their_events(shop: Shop) -> None:
    before = shop.get("/order/event-stats")["latestEvent"]["id"]

    added = shop.admin("POST", "orders", {"count": 3, "seller": "dom_i_kubek"})["orders"]

    events = shop.get("/order/events", **{"from": before, "limit": 1000})["events"]
    told = {event["order"]["checkoutForm"]["id"] for event in events if "checkoutForm" in event["order"]}
    assert {entry["id"] for entry in added} <= told


def _upload(shop: Shop, order_id: str, number: str, content: bytes = b"%PDF-1.7 x") -> int:
    path = f"/order/checkout-forms/{order_id}/invoices"
    created = shop.send("POST", path, {"file": {"name": f"{number}.pdf"}, "invoiceNumber": number})
    if created.status_code != 201:
        return created.status_code
    headers = {"Content-Type": "application/pdf"}
    return shop.call(
        "PUT", f"{path}/{created.json()['id']}/file", content=content, headers=headers
    ).status_code


def _ready(shop: Shop) -> str:
    found = shop.get("/order/checkout-forms", status="READY_FOR_PROCESSING")["checkoutForms"]
    order_id: str = found[0]["id"]
    return order_id


def test_a_document_is_scanned_before_the_next_one_may_come(shop: Shop) -> None:
    order_id = _ready(shop)

    assert _upload(shop, order_id, "FV 1/11/2026") == 200
    assert _upload(shop, order_id, "FV 2/11/2026") == 422
    shop.world.clock.advance(4)
    listed = shop.get(f"/order/checkout-forms/{order_id}/invoices")["invoices"]
    assert [entry["file"]["securityVerification"]["status"] for entry in listed] == ["ACCEPTED"]


def test_documents_are_not_idempotent_and_end_at_ten(shop: Shop) -> None:
    order_id = _ready(shop)
    for _ in range(10):
        assert _upload(shop, order_id, "FV 1/11/2026") == 200
        shop.world.clock.advance(4)

    assert _upload(shop, order_id, "FV 1/11/2026") == 409
    assert len(shop.get(f"/order/checkout-forms/{order_id}/invoices")["invoices"]) == 10


def test_metadata_too_fast_is_refused_with_429(shop: Shop) -> None:
    path = f"/order/checkout-forms/{_ready(shop)}/invoices"
    body = {"file": {"name": "x.pdf"}, "invoiceNumber": "FV 1"}

    assert shop.send("POST", path, body).status_code == 201
    assert shop.send("POST", path, body).status_code == 429
    shop.world.clock.advance(2)
    assert shop.send("POST", path, body).status_code == 201


@pytest.mark.parametrize(
    ("content", "status"), [(b"", 422), (b"no pdf", 422), (b"%PDF-" + b"0" * 3 * 1024 * 1024, 413)]
)
def test_only_pdf_files_up_to_three_megabytes_are_taken(shop: Shop, content: bytes, status: int) -> None:
    assert _upload(shop, _ready(shop), "FV 1", content) == status


def test_documents_may_be_refused_where_no_invoice_was_asked_for(shop: Shop) -> None:
    shop.world.settings.invoice_without_request = False
    forms = shop.get("/order/checkout-forms", status="READY_FOR_PROCESSING")["checkoutForms"]
    order_id = next(form["id"] for form in forms if not form["invoice"]["required"])

    assert _upload(shop, order_id, "FV 1") == 422


def test_unpaid_orders_take_no_documents(shop: Shop) -> None:
    order_id = shop.admin("POST", "orders", {"kind": "bought", "seller": "dom_i_kubek"})["orders"][0]["id"]

    assert _upload(shop, order_id, "FV 1") == 422


def test_json_bodies_need_allegros_media_type(shop: Shop) -> None:
    body = json.dumps({"status": "SENT"}).encode()
    path = f"/order/checkout-forms/{_ready(shop)}/fulfillment"

    answer = shop.call("PUT", path, content=body, headers={"Content-Type": "application/json"})

    assert answer.status_code == 415


@pytest.mark.parametrize(
    ("header", "value", "status"),
    [
        ("User-Agent", "python-httpx2/2.16", 403),
        ("User-Agent", "Stragan/0.1", 403),
        ("Accept", "application/json", 406),
        ("Authorization", "Bearer wrong", 401),
    ],
)
def test_every_call_must_introduce_itself(shop: Shop, header: str, value: str, status: int) -> None:
    assert shop.call("GET", "/me", headers={header: value}).status_code == status
