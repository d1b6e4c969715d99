"""Every request the Allegro client sends is one the official document allows."""

import json
from collections.abc import Callable
from datetime import UTC, datetime

import httpx2
import pytest

from contract import openapi_allegro
from stragan.gateways.allegro import AllegroClient, user_agent

pytestmark = [openapi_allegro.needs_schemas, pytest.mark.schemas]

WHEN = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
FORM_ID = "5f1a0001-aaaa-11f1-9000-000000000001"
INVOICE_ID = "6f1a0001-aaaa-11f1-9000-000000000001"

ANSWERS: dict[str, object] = {
    "/me": {"id": "1", "login": "shop"},
    "/marketplaces": {"marketplaces": []},
    "/order/event-stats": {},
    "/order/events": {"events": []},
    "/order/checkout-forms": {"checkoutForms": [], "count": 0, "totalCount": 0},
    "/sale/offers": {"offers": [], "count": 0, "totalCount": 0},
    f"/sale/offer-quantity-change-commands/{INVOICE_ID}/tasks": {"tasks": []},
    "/billing/billing-entries": {"billingEntries": []},
    "/payments/payment-operations": {"paymentOperations": [], "count": 0, "totalCount": 0},
    "/payments/refunds": {"refunds": [], "count": 0, "totalCount": 0},
}

CALLS: list[Callable[[AllegroClient], object]] = [
    lambda client: client.me(),
    lambda client: client.marketplaces(),
    lambda client: client.event_stats(),
    lambda client: client.events(after=None),
    lambda client: client.events(after="17", limit=5),
    lambda client: client.list_forms(),
    lambda client: client.list_forms(
        limit=1,
        offset=9_999,
        sort="-updatedAt",
        bought_from=WHEN,
        bought_to=WHEN,
        updated_from=WHEN,
        updated_to=WHEN,
        status=["BOUGHT", "READY_FOR_PROCESSING"],
        fulfillment_status=["NEW"],
        buyer_login="zielony kubek",
        payment_id=INVOICE_ID,
        marketplace_id="allegro-pl",
    ),
    lambda client: client.get_form(FORM_ID),
    lambda client: client.set_fulfillment(FORM_ID, status="SENT"),
    lambda client: client.set_fulfillment(FORM_ID, status="PROCESSING", revision="bd41"),
    lambda client: client.list_invoices(FORM_ID),
    lambda client: client.add_invoice(FORM_ID, file_name="fv.pdf", invoice_number="FV 1/11/2026"),
    lambda client: client.add_invoice(FORM_ID, file_name="fv.pdf", invoice_number=None),
    lambda client: client.upload_invoice_file(FORM_ID, invoice_id=INVOICE_ID, pdf=b"%PDF-1.7"),
    lambda client: client.carriers(),
    lambda client: client.list_shipments(FORM_ID),
    lambda client: client.add_shipment(FORM_ID, carrier_id="DPD", carrier_name="", waybill="AD-1"),
    lambda client: client.add_shipment(FORM_ID, carrier_id="OTHER", carrier_name="Jan", waybill="1"),
    lambda client: client.list_offers(external_ids=["A 1", "B"], status=["ACTIVE"]),
    lambda client: client.list_offers(sort="-stock.available", offer_ids=["17000000001", "17000000002"]),
    lambda client: client.offer_stock("17000000001"),
    lambda client: client.set_offer_quantity(INVOICE_ID, offer_id="17000000001", quantity=4),
    lambda client: client.quantity_tasks(INVOICE_ID),
    lambda client: client.empty_offer("17000000001"),
    lambda client: client.list_billing_entries(
        occurred_from=WHEN, occurred_to=WHEN, order_id=FORM_ID, marketplace_id="allegro-pl"
    ),
    lambda client: client.list_payment_operations(
        occurred_from=WHEN, occurred_to=WHEN, payment_id=INVOICE_ID, wallet_type="WAITING", group="REFUND"
    ),
    lambda client: client.list_refunds(
        limit=100, offset=100, occurred_from=WHEN, occurred_to=WHEN, status=["SUCCESS", "PARTIAL"]
    ),
    lambda client: client.list_refunds(payment_id=INVOICE_ID),
]


@pytest.mark.parametrize("call", CALLS, ids=range(len(CALLS)))
def test_a_request_is_one_the_official_document_allows(call: Callable[[AllegroClient], object]) -> None:
    checked: list[str] = []

    def answer(request: httpx2.Request) -> httpx2.Response:
        body = request.read()
        openapi_allegro.check_request(
            method=request.method, url=str(request.url), headers=dict(request.headers), body=body
        )
        checked.append(request.url.path)
        known = ANSWERS.get(request.url.path, {"id": FORM_ID})
        return httpx2.Response(200, content=json.dumps(known).encode())

    with AllegroClient(
        api_url="https://api.allegro.example",
        access_token="at",
        user_agent=user_agent(app_name="Stragan", version="0.1", info_url="https://stragan.example"),
        transport=httpx2.MockTransport(answer),
        sleep=lambda _s: None,
    ) as client:
        call(client)
    assert len(checked) == 1
