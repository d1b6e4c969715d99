"""What the client asks, and what it makes of the answers."""

import json
from datetime import UTC, datetime, timedelta, timezone

import httpx2
import pytest

from builders.allegro_answers import Script, ok, refused
from builders.allegro_payloads import a_form
from stragan.gateways.allegro import (
    AllegroConflict,
    AllegroError,
    AllegroRejected,
    AllegroUnavailable,
    FormGone,
    OrdersWindowTooWide,
    UnreadableAnswer,
)

WHEN = datetime(2026, 11, 23, 10, 0, 0, 5000, tzinfo=timezone(timedelta(hours=1)))
NO_CONTENT = httpx2.Response(204)


def test_every_call_carries_the_headers_allegro_demands() -> None:
    script = Script(ok({"id": "1", "login": "shop"}))
    with script.client() as client:
        client.me()
    headers = script.requests[0].headers
    assert headers["authorization"] == "Bearer at-1"
    assert headers["user-agent"] == "Test/1 (+https://example.com)"
    assert headers["accept"] == "application/vnd.allegro.public.v1+json"
    assert headers["accept-language"] == "pl-PL"


def test_me_is_read_with_and_without_a_company() -> None:
    full = {
        "id": "1", "login": "shop", "email": "s@example.com", "baseMarketplace": {"id": "allegro-pl"},
        "company": {"name": "Sklep", "taxId": "999"},
    }  # fmt: skip
    script = Script(ok(full), ok({"id": 2, "login": "new", "company": None}))
    with script.client() as client:
        first, second = client.me(), client.me()
    assert (first.company_name, first.tax_id, first.marketplace) == ("Sklep", "999", "allegro-pl")
    assert (second.id, second.company_name, second.tax_id, second.marketplace) == ("2", None, None, None)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"latestEvent": {"id": "77", "occurredAt": "2026-11-23T09:00:00Z"}}, "77"),
        ({"latestEvent": None}, None),
        ({}, None),
        ({"latestEvent": {"id": None}}, None),
    ],
)
def test_the_newest_event_may_be_missing(body: object, expected: str | None) -> None:
    with Script(ok(body)).client() as client:
        assert client.event_stats().id == expected


def test_events_come_in_order_with_forms_and_lines() -> None:
    page = {
        "events": [
            {
                "id": "2", "type": "BOUGHT", "occurredAt": "2026-11-23T09:00:00.000Z",
                "order": {"checkoutForm": None, "lineItems": [{"id": "l-1"}, {"id": "l-2"}]},
            },
            {"id": "3", "type": "NEW_KIND", "occurredAt": None, "order": {"checkoutForm": {"id": "f-1"}}},
            {"id": "4", "type": "BOUGHT", "order": None},
        ]
    }  # fmt: skip
    script = Script(ok(page))
    with script.client() as client:
        events = client.events(after="1", limit=10)
    assert dict(script.requests[0].url.params) == {"limit": "10", "from": "1"}
    assert [(e.id, e.type, e.form_id, e.line_ids) for e in events.events] == [
        ("2", "BOUGHT", None, ("l-1", "l-2")),
        ("3", "NEW_KIND", "f-1", ()),
        ("4", "BOUGHT", None, ()),
    ]
    assert events.trace_id == "t-1"


def test_the_first_page_of_the_journal_needs_no_cursor() -> None:
    script = Script(ok({"events": []}))
    with script.client() as client:
        assert client.events(after=None).events == ()
    assert "from" not in script.requests[0].url.params


def test_a_page_keeps_each_form_byte_for_byte_and_survives_bad_ones() -> None:
    forms = [
        b'{"id": "f-1",\n "x":1.0}',
        b'{"noId":true}',
        b"null",
        b'{"id":{}}',
        b'{"id":"f-2","note":"\\ud800 \\"], }"}',
        b'{"id":"f-3","note":"\xff"}',
    ]
    body = b'{"checkoutForms":[' + b",".join(forms) + b'],"count":6,"totalCount":60}'
    with Script(httpx2.Response(200, content=body)).client() as client:
        page = client.list_forms()
    assert [form.payload for form in page.forms] == forms
    assert [form.form_id for form in page.forms] == ["f-1", "", "", "", "f-2", "f-3"]
    assert (page.count, page.total_count) == (6, 60)


@pytest.mark.parametrize("bad", [b'{"id":"f-2","n":"\x01"}', b'{"id":"f-2","n":NaN}', b'{"id":"f-2","n":01}'])
def test_a_form_no_reader_accepts_still_leaves_its_page_whole(bad: bytes) -> None:
    body = b'{"totalCount":2,"count":2, "checkoutForms" : [ {"id":"f-1"} , ' + bad + b" ] }"
    with Script(httpx2.Response(200, content=body)).client() as client:
        assert [(form.form_id, form.payload) for form in client.list_forms().forms] == [
            ("f-1", b'{"id":"f-1"}'),
            ("f-2", bad),
        ]
    with Script(httpx2.Response(200, content=bad)).client() as client:
        assert client.get_form("f-2").payload == bad


@pytest.mark.parametrize("cut", range(1, 60, 7))
def test_a_cut_page_or_form_is_asked_again(cut: int) -> None:
    page = b'{"checkoutForms":[{"id":"f-1","n":"\\ud800"}],"count":1,"totalCount":1}'
    script = Script(httpx2.Response(200, content=page[:-cut]), httpx2.Response(200, content=page))
    with script.client() as client:
        assert client.list_forms().forms[0].form_id == "f-1"
    assert len(script.requests) == 2


def test_the_list_is_asked_with_utc_instants_and_repeated_names() -> None:
    script = Script(ok({"checkoutForms": [], "count": 0, "totalCount": 0}))
    with script.client() as client:
        client.list_forms(limit=50, sort="updatedAt", updated_from=WHEN, status=["BOUGHT", "FILLED_IN"])
    assert script.requests[0].url.params.multi_items() == [
        ("limit", "50"),
        ("offset", "0"),
        ("status", "BOUGHT"),
        ("status", "FILLED_IN"),
        ("sort", "updatedAt"),
        ("updatedAt.gte", "2026-11-23T09:00:00.005Z"),
    ]
    assert b"09%3A00%3A00" in script.requests[0].url.query


def test_pages_beyond_ten_thousand_are_never_asked() -> None:
    script = Script(ok({}))
    with script.client() as client, pytest.raises(OrdersWindowTooWide):
        client.list_forms(offset=9_950, limit=100)
    assert script.requests == []


def test_a_refused_offset_says_the_window_is_too_wide() -> None:
    with Script(refused(422)).client() as client:
        with pytest.raises(OrdersWindowTooWide):
            client.list_forms(offset=100)
        with pytest.raises(AllegroRejected):
            client.list_forms(offset=0)


@pytest.mark.parametrize("body", [{}, {"checkoutForms": []}, {"checkoutForms": None, "totalCount": 0}, []])
def test_an_answer_that_is_no_page_is_never_an_empty_page(body: object) -> None:
    with Script(ok(body)).client() as client, pytest.raises(UnreadableAnswer):
        client.list_forms()


def test_one_form_comes_as_it_was_sent() -> None:
    sent = json.dumps(a_form(), indent=1).encode()
    script = Script(httpx2.Response(200, headers={"trace-id": "t-4"}, content=sent))
    with script.client() as client:
        form = client.get_form("a/b?c")
    assert (form.payload, form.trace_id) == (sent, "t-4")
    assert script.requests[0].url.raw_path == b"/order/checkout-forms/a%2Fb%3Fc"


def test_a_form_that_vanished_is_gone() -> None:
    script = Script(refused(404, "CheckoutFormNotFoundException"))
    with script.client() as client, pytest.raises(FormGone) as gone:
        client.get_form("f-1")
    assert gone.value.trace_id == "t-9"
    assert gone.value.params["form_id"] == "f-1"


@pytest.mark.parametrize(("answer", "error"), [
    (refused(404), AllegroRejected),
    (refused(404, "NotFound"), AllegroRejected),
    (httpx2.Response(404, content=b"<html>Not Found</html>"), AllegroUnavailable),
    (httpx2.Response(410), AllegroUnavailable),
])  # fmt: skip
def test_not_found_without_a_word_about_the_form_is_no_form_gone(
    answer: httpx2.Response, error: type[AllegroError]
) -> None:
    with Script(answer).client() as client, pytest.raises(error):
        client.get_form("f-1")


def test_fulfillment_is_set_with_the_revision_as_a_lock() -> None:
    script = Script(NO_CONTENT, refused(409))
    with script.client() as client:
        client.set_fulfillment("f-1", status="SENT", revision="bd1")
        with pytest.raises(AllegroConflict):
            client.set_fulfillment("f-1", status="SENT", revision="bd1")
    request = script.requests[0]
    assert dict(request.url.params) == {"checkoutForm.revision": "bd1"}
    assert request.headers["content-type"] == "application/vnd.allegro.public.v1+json"
    assert json.loads(request.content) == {"status": "SENT"}


def test_a_document_is_announced_and_its_file_sent_as_it_is() -> None:
    script = Script(httpx2.Response(201, content=b'{"id":"i-1"}'), httpx2.Response(200))
    with script.client() as client:
        invoice_id = client.add_invoice("f-1", file_name="fv.pdf", invoice_number="FV 1/11/2026")
        client.upload_invoice_file("f-1", invoice_id=invoice_id, pdf=b"%PDF-1.7")
    announced, uploaded = script.requests
    assert json.loads(announced.content) == {"file": {"name": "fv.pdf"}, "invoiceNumber": "FV 1/11/2026"}
    assert uploaded.url.path == "/order/checkout-forms/f-1/invoices/i-1/file"
    assert (uploaded.headers["content-type"], uploaded.content) == ("application/pdf", b"%PDF-1.7")


def test_documents_of_an_order_are_listed_with_the_state_of_their_scan() -> None:
    body = {
        "orderMode": "REGULAR",
        "invoices": [
            {"id": "i-1", "invoiceNumber": "FV 1", "createdAt": "2026-11-20T10:00:00.000Z", "file": None},
            {"id": "i-2", "file": {"name": "x.pdf", "securityVerification": {"status": "WAITING"}}},
        ],
        "links": None,
    }
    with Script(ok(body)).client() as client:
        documents = client.list_invoices("f-1")
    first, second = documents.invoices
    assert first.file is None
    assert second.file is not None
    assert second.file.security_verification.status == "WAITING"
    assert documents.links == ()


def test_offers_fees_and_wallet_moves_are_read() -> None:
    offers = {
        "offers": [{"id": "12", "external": {"id": "KUB-1"}, "stock": {"available": 3},
                    "sellingMode": {"price": {"amount": "39.90", "currency": "PLN"}}}],
        "count": 1, "totalCount": 1,
    }  # fmt: skip
    fees = {"billingEntries": [{"id": "b", "type": {"id": "SUC"}, "order": {"id": "f-1"},
                                "occurredAt": "2026-11-21T04:00:00.000Z", "tax": {"percentage": "23"},
                                "value": {"amount": "-3.10", "currency": "PLN"}}]}  # fmt: skip
    moves = {
        "paymentOperations": [
            {"type": "PAYOUT", "value": {"amount": -5, "currency": "PLN"}, "payment": None,
             "occurredAt": "2026-11-21T04:00:00.000Z"}
        ],
        "count": 1, "totalCount": 1,
    }  # fmt: skip
    with Script(ok(offers), ok(fees), ok(moves)).client() as client:
        assert client.list_offers(external_ids=["KUB-1"]).offers[0].stock.available == 3
        assert str(client.list_billing_entries(occurred_from=WHEN)[0].value.amount) == "-3.10"
        assert (
            str(client.list_payment_operations(payment_id="p").payment_operations[0].value.amount) == "-5.00"
        )


def test_marketplaces_name_their_base_currency_first() -> None:
    body = {
        "marketplaces": [
            {
                "id": "allegro-cz",
                "currencies": {"base": {"code": "CZK"}, "additional": [{"code": "PLN"}]},
                "languages": {"offerCreation": [{"code": "cs-CZ"}]},
            }
        ]
    }
    with Script(ok(body)).client() as client:
        (marketplace,) = client.marketplaces()
    assert (marketplace.id, marketplace.currencies) == ("allegro-cz", ("CZK", "PLN"))
    assert WHEN.astimezone(UTC).hour == 9
