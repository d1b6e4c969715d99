"""Every answer of the Allegro stand-in is one the official document describes."""

from collections.abc import Iterator
from typing import Any

import httpx2
import pytest

from contract import openapi_allegro
from standin_tests.allegro_shop import MEDIA_TYPE, NOW_MS, Shop, small_world
from standins.allegro.orders_api import event_json
from standins.allegro.world import World

pytestmark = [openapi_allegro.needs_schemas, pytest.mark.schemas]


@pytest.fixture(scope="module")
def shop() -> Iterator[Shop]:
    with Shop(small_world(orders=150)) as connected:
        yield connected


@pytest.fixture(autouse=True)
def _no_faults(shop: Shop) -> Iterator[None]:
    yield
    shop.admin("DELETE", "faults")


def _checked(shop: Shop, method: str, path: str, **more: Any) -> httpx2.Response:
    """Make a call and hold both sides against the document."""
    answer = shop.call(method, path, **more)
    openapi_allegro.check_exchange(
        method=method,
        url=str(answer.request.url),
        headers=answer.request.headers,
        body=answer.request.content,
        status=answer.status_code,
        response_headers=answer.headers,
        response_body=answer.content,
    )
    return answer


@pytest.mark.parametrize(
    "path",
    [
        "/me",
        "/marketplaces",
        "/order/events",
        "/order/events?limit=1000&type=BOUGHT&type=READY_FOR_PROCESSING",
        "/order/event-stats",
        "/order/checkout-forms",
        "/order/checkout-forms?limit=20&offset=40&sort=-updatedAt&status=READY_FOR_PROCESSING",
        "/order/checkout-forms?updatedAt.gte=2040-01-01T00%3A00%3A00Z",
        "/sale/offers?limit=1000",
        "/sale/offers?external.id=KSI-001&publication.status=ACTIVE",
        "/billing/billing-types",
        "/billing/billing-entries",
        "/billing/billing-entries?marketplaceId=allegro-cz&type.id=SUC",
        "/payments/payment-operations",
        "/payments/payment-operations?wallet.type=WAITING&group=INCOME",
        "/payments/refunds?limit=100",
        "/payments/refunds?status=SUCCESS&status=PARTIAL&occurredAt.gte=2026-01-01T00%3A00%3A00Z",
    ],
)
def test_what_is_read_is_as_described(shop: Shop, path: str) -> None:
    assert _checked(shop, "GET", path).status_code == 200


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/order/checkout-forms?offset=9950", 422),
        ("/order/checkout-forms/a0000899-c0de-11f1-9000-000000000099", 404),
        ("/order/checkout-forms/no-uuid", 422),
        ("/order/checkout-forms/a0000899-c0de-11f1-9000-000000000099/invoices", 404),
        ("/order/events?from=none", 422),
        ("/sale/product-offers/1", 404),
        ("/billing/billing-entries?occurredAt.gte=2020", 422),
    ],
)
def test_refusals_are_as_described(shop: Shop, path: str, status: int) -> None:
    answer = shop.call("GET", path)

    assert answer.status_code == status
    openapi_allegro.check_response(
        method="GET", url=str(answer.url), status=status, headers=answer.headers, body=answer.content
    )


def test_offers_are_as_described(shop: Shop) -> None:
    for offer in shop.world.sellers[0].catalog.all()[-15:]:
        _checked(shop, "GET", f"/sale/product-offers/{offer.id}")


def test_a_quantity_is_changed_as_described(shop: Shop) -> None:
    offer = shop.world.sellers[0].catalog.common[4]
    command = "6f1a0001-aaaa-41f1-9000-00000000000a"
    path, json = f"/sale/offer-quantity-change-commands/{command}", {"Content-Type": MEDIA_TYPE}
    criteria = f'[{{"type": "CONTAINS_OFFERS", "offers": [{{"id": "{offer.id}"}}, {{"id": "1"}}]}}]'
    body = f'{{"modification": {{"changeType": "FIXED", "value": 77}}, "offerCriteria": {criteria}}}'.encode()

    assert _checked(shop, "GET", f"{path}/tasks").status_code == 404
    for status in (201, 409):
        assert _checked(shop, "PUT", path, content=body, headers=json).status_code == status
    assert _checked(shop, "GET", path).json()["taskCount"] == {"failed": 1, "success": 1, "total": 2}
    tasks = _checked(shop, "GET", f"{path}/tasks").json()["tasks"]
    assert [task["status"] for task in tasks] == ["SUCCESS", "FAIL"]
    assert _checked(shop, "PUT", f"{path[:-1]}b", content=b"{}", headers=json).status_code == 422
    assert shop.get(f"/sale/product-offers/{offer.id}")["stock"]["available"] == 77


def test_an_offer_is_emptied_as_described(shop: Shop) -> None:
    offer = shop.world.sellers[0].catalog.common[5]
    path, json = f"/sale/product-offers/{offer.id}", {"Content-Type": MEDIA_TYPE}

    emptied = _checked(shop, "PATCH", path, content=b'{"stock": {"available": 0}}', headers=json)
    assert emptied.status_code == 200
    assert emptied.json()["publication"]["status"] == "ENDED"
    refused = _checked(shop, "PATCH", path, content=b'{"stock": {"available": 5}}', headers=json)
    assert refused.status_code == 422
    unknown = _checked(
        shop, "PATCH", "/sale/product-offers/1", content=b'{"stock": {"available": 0}}', headers=json
    )
    assert unknown.status_code == 404


def test_an_offer_is_emptied_later_as_described(shop: Shop) -> None:
    offer = shop.world.sellers[0].catalog.common[6]
    path, json = f"/sale/product-offers/{offer.id}", {"Content-Type": MEDIA_TYPE}
    before = shop.get(path)["stock"]["available"]
    shop.world.stock.slow_looks = 1
    emptied = _checked(shop, "PATCH", path, content=b'{"stock": {"available": 0}}', headers=json)
    shop.world.stock.slow_looks = 0  # other tests share the shop, in any order
    assert (emptied.status_code, "location" in emptied.headers) == (202, True)
    assert [shop.get(path)["stock"]["available"] for _ in range(2)] == [before, 0]


def test_an_order_is_set_in_work_as_described(shop: Shop) -> None:
    form = shop.get("/order/checkout-forms", status="READY_FOR_PROCESSING")["checkoutForms"][0]
    path = f"/order/checkout-forms/{form['id']}"
    json = {"Content-Type": MEDIA_TYPE}
    body = b'{"status": "PROCESSING"}'

    assert _checked(shop, "GET", path).status_code == 200
    for status in (204, 409):
        url = f"{path}/fulfillment?checkoutForm.revision={form['revision']}"
        assert _checked(shop, "PUT", url, content=body, headers=json).status_code == status


def test_a_document_is_sent_as_described(shop: Shop) -> None:
    form = shop.get("/order/checkout-forms", status="READY_FOR_PROCESSING")["checkoutForms"][1]
    path = f"/order/checkout-forms/{form['id']}/invoices"
    json, pdf = {"Content-Type": MEDIA_TYPE}, {"Content-Type": "application/pdf"}
    body = b'{"file": {"name": "FV 1.pdf"}, "invoiceNumber": "FV 1/11/2026"}'
    shop.admin("PUT", "settings", {"invoice_pause_seconds": 60, "scan_seconds": 60})

    created = _checked(shop, "POST", path, content=body, headers=json)
    assert created.status_code == 201
    assert _checked(shop, "POST", path, content=body, headers=json).status_code == 429
    _checked(shop, "GET", path)
    file = f"{path}/{created.json()['id']}/file"
    for content, status in ((b"text", 422), (b"%PDF-1.7", 200), (b"%PDF-1.7", 409)):
        assert _checked(shop, "PUT", file, content=content, headers=pdf).status_code == status
    assert _checked(shop, "POST", path, content=body, headers=json).status_code == 422
    assert _checked(shop, "GET", path).json()["invoices"][0]["file"]


def test_a_parcel_is_told_as_described(shop: Shop) -> None:
    form = shop.get("/order/checkout-forms", status="READY_FOR_PROCESSING")["checkoutForms"][2]
    path, json = f"/order/checkout-forms/{form['id']}/shipments", {"Content-Type": MEDIA_TYPE}
    shop.admin("PUT", "settings", {"used_waybills": ["9"], "sent_on_parcel": True})

    assert "OTHER" in {one["id"] for one in _checked(shop, "GET", "/order/carriers").json()["carriers"]}
    for body, status in (
        (b'{"carrierId": "DPD", "waybill": "600"}', 201),
        (b'{"carrierId": "OTHER", "carrierName": "Jan", "waybill": "601"}', 201),
        (b'{"carrierId": "DPD", "waybill": "9"}', 409),
        (b'{"carrierId": "ALLEGRO", "waybill": "602"}', 400),
    ):
        assert _checked(shop, "POST", path, content=body, headers=json).status_code == status
    listed = _checked(shop, "GET", path).json()["shipments"]
    assert [one["waybill"] for one in listed] == ["600", "601"]
    told = shop.get(f"/order/checkout-forms/{form['id']}")["fulfillment"]
    assert (told["status"], told["shipmentSummary"]["lineItemsSent"]) == ("SENT", "ALL")


@pytest.mark.parametrize("kind", ["rate_limit", "server_error", "expired_token"])
def test_faults_speak_as_described(shop: Shop, kind: str) -> None:
    shop.admin("POST", "faults", {"kind": kind, "count": 1})

    assert _checked(shop, "GET", "/order/events").status_code >= 400


def test_changed_orders_stay_as_described(shop: Shop) -> None:
    added = shop.admin("POST", "orders", {"count": 4, "kind": "bought", "seller": "dom_i_kubek"})["orders"]
    ids = [entry["id"] for entry in added]
    shop.admin("POST", f"orders/{ids[0]}/pay")
    shop.admin("POST", f"orders/{ids[0]}/surcharge", {"minor": 700})
    shop.admin("POST", f"orders/{ids[0]}/change-address", {"street": "ul. Inna 1"})
    shop.admin("POST", f"orders/{ids[1]}/cancel", {"by_buyer": False})
    merged = shop.admin("POST", "merge", {"ids": ids[2:]})["id"]

    for form_id in (ids[0], ids[1], merged):
        assert _checked(shop, "GET", f"/order/checkout-forms/{form_id}").status_code == 200
    _checked(shop, "GET", "/order/events?limit=1000")


def test_the_authorization_host_answers_as_described(shop: Shop) -> None:
    for answer in (
        shop.refresh("unknown"),
        shop.connect(),
        shop.token(grant_type="password"),
        shop.http.post("/auth/oauth/device", data={"client_id": "app-id"}),
    ):
        openapi_allegro.check_response(
            method="POST",
            url=str(answer.url),
            status=answer.status_code,
            headers=answer.headers,
            body=answer.content,
        )


@pytest.mark.parametrize("seed", [1, 2, 20261123])
def test_four_hundred_made_up_orders_are_valid_checkout_forms(seed: int) -> None:
    world = World(seed=seed, orders=400, now_ms=NOW_MS)

    for order in world.orders:
        openapi_allegro.check_schema("CheckoutForm", world.form(order))


def test_their_events_are_valid() -> None:
    world = World(seed=3, orders=200, now_ms=NOW_MS)

    for journal in world.journals:
        for event in journal.events:
            form = world.form(world.orders[event.order_index])
            openapi_allegro.check_schema("OrderEvent", event_json(world, event, form))


def test_the_check_itself_finds_what_is_wrong(shop: Shop) -> None:
    form = shop.get("/order/checkout-forms")["checkoutForms"][0]

    with pytest.raises(AssertionError, match="'LOST' is not one of"):
        openapi_allegro.check_schema("CheckoutForm", {**form, "status": "LOST"})
    with pytest.raises(AssertionError, match="unknown query parameter form"):
        openapi_allegro.check_request(method="GET", url="http://x/order/events?form=1", headers={})
    with pytest.raises(AssertionError, match="no trace-id"):
        openapi_allegro.check_response(method="GET", url="http://x/me", status=200, headers={}, body=b"{}")
