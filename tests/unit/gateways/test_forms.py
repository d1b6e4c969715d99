"""Order forms of every shape become typed values, or say why not."""

import json
import os
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builders.allegro_payloads import a_form, as_bytes, with_line
from stragan.gateways.allegro import Amount, UnreadablePayload, content_hash, parse_form

REQUIRED_ONLY = {
    "id": "f-1",
    "status": "BOUGHT",
    "lineItems": [{"id": "l-1", "quantity": 1, "price": {"amount": "1.00", "currency": "PLN"}}],
    "summary": {"totalToPay": {"amount": "1.00", "currency": "PLN"}},
}


def pln(text: str) -> Amount:
    return Amount(amount=Decimal(text), currency="PLN")


def with_price(amount: str) -> bytes:
    """Return a form whose price is written exactly so in the JSON."""
    return with_line(price={"amount": "@", "currency": "PLN"}).replace(b'"@"', amount.encode())


def test_a_full_form_is_read_in_every_part() -> None:
    form = parse_form(as_bytes(a_form()))
    line = form.line_items[0]
    assert (form.status, form.revision) == ("READY_FOR_PROCESSING", "bd41")
    assert form.summary.total_to_pay == pln("52.89")
    assert form.buyer.first_name == "Żaneta"
    assert form.buyer.last_name is None
    assert form.buyer.address is not None
    assert form.buyer.address.post_code == "90-001"
    assert form.payment is not None
    assert form.payment.finished_at == datetime(2026, 11, 20, 9, 18, 2, 512000, tzinfo=UTC)
    assert form.payment.features == ("ALLEGRO_PAY",)
    assert line.price == pln("39.90")
    assert line.offer.external.id == "KUB-1"
    assert line.offer.product_set is not None
    assert line.offer.product_set.products[0].quantity == 2
    assert line.deposit is not None
    assert line.deposit.price == pln("0.50")
    assert line.tax is not None
    assert line.tax.rate == "23.00"
    assert line.selected_additional_services[0].price == pln("5.00")
    assert form.delivery is not None
    assert form.delivery.smart
    assert form.delivery.pickup_point is not None
    assert form.delivery.pickup_point.id == "LOD01A"
    assert form.delivery.time is not None
    assert form.delivery.time.dispatch is not None
    assert form.delivery.time.dispatch.to == datetime(2026, 11, 22, 22, 59, 59, 999000, tzinfo=UTC)
    assert form.invoice.address is not None
    assert form.invoice.address.company is not None
    assert form.invoice.address.company.ids[0].value == "9990000020"
    assert form.note is not None
    assert form.note.text == "pilne"


def test_an_instant_with_another_offset_becomes_utc() -> None:
    form = parse_form(as_bytes(a_form()))
    assert form.delivery is not None
    assert form.delivery.address is not None
    assert form.delivery.address.modified_at == datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
    assert form.delivery.address.modified_at.tzinfo is UTC


def test_what_is_required_is_enough() -> None:
    form = parse_form(as_bytes(REQUIRED_ONLY))
    assert form.payment is None
    assert form.delivery is None
    assert form.surcharges == ()
    assert form.cod_booked_payments == ()
    assert not form.invoice.required
    assert form.line_items[0].discounts == ()


def _paths(node: Any, at: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    entries = list(node.items()) if isinstance(node, dict) else []
    entries += list(enumerate(node)) if isinstance(node, list) else []
    return [path for key, value in entries for path in [(*at, key), *_paths(value, (*at, key))]]


ESSENTIAL = {
    ("id",),
    ("status",),
    ("summary",),
    ("summary", "totalToPay"),
    ("lineItems", 0, "id"),
    ("lineItems", 0, "quantity"),
    ("lineItems", 0, "price"),
}


@pytest.mark.parametrize("path", [p for p in _paths(a_form()) if isinstance(p[-1], str)], ids=str)
def test_null_means_absent_everywhere_but_in_the_essentials(path: tuple[str | int, ...]) -> None:
    outcomes = []
    for absent in (False, True):
        form: Any = a_form()
        node = form
        for step in path[:-1]:
            node = node[step]
        if absent:
            del node[path[-1]]
        else:
            node[path[-1]] = None
        essential = path in ESSENTIAL or path[:-1] in ESSENTIAL  # an amount without its number or currency
        try:
            outcomes.append(str(parse_form(as_bytes(form))))
        except UnreadablePayload as unreadable:
            no_currency = path[-1] == "currency"
            outcomes.append(f"{essential or no_currency} {unreadable.problem} {unreadable.path}")
    assert outcomes[0] == outcomes[1]
    assert outcomes[0].startswith(("CheckoutForm(", "True missing $."))


def test_unknown_fields_are_ignored_and_unknown_words_kept() -> None:
    form = parse_form(as_bytes(a_form(status="ON_THE_MOON", surprise={"amount": "x", "a": [1, None, {}]})))
    assert form.status == "ON_THE_MOON"


@pytest.mark.parametrize(
    ("written", "exact"),
    [
        ('"39.90"', "39.90"),
        ('"12"', "12.00"),
        ('"12.300"', "12.30"),
        ('"12.3"', "12.30"),
        ('"0.00"', "0.00"),
        ("12", "12.00"),
        ("12.30", "12.30"),
        ("0.1", "0.10"),
        ("4503599627370497.1", None),
        ('"999999999.99"', "999999999.99"),
    ],
)
def test_amounts_are_exact_as_text_or_number(written: str, exact: str | None) -> None:
    if exact is None:
        with pytest.raises(UnreadablePayload):
            parse_form(with_price(written))
        return
    price = parse_form(with_price(written)).line_items[0].price.amount
    assert str(price) == exact


@pytest.mark.parametrize(
    "written",
    ['""', '" 12.30"', '"12,30"', '"1 200.00"', '"1_0"', '"٣"', '"NaN"', '"Infinity"', '"1e3"', "1e3",
     '"12.345"', "12.345", '"-1.00"', "-1", '"99999999999.00"', "true", "[]", '"12."', '".5"'],
)  # fmt: skip
def test_junk_in_place_of_an_amount_is_refused_with_its_place(written: str) -> None:
    with pytest.raises(UnreadablePayload) as refused:
        parse_form(with_price(written))
    assert refused.value.code == "allegro_payload_unreadable"
    assert refused.value.path.startswith("$.lineItems[0].price")
    assert refused.value.problem == "bad_amount"


def test_the_reason_quotes_the_amount() -> None:
    with pytest.raises(UnreadablePayload) as refused:
        parse_form(with_price('"12,30"'))
    assert refused.value.reason == "expected an amount such as 12.34, found 12,30"
    with pytest.raises(UnreadablePayload) as refused:
        parse_form(with_price('"-5.00"'))
    assert refused.value.reason == "-5.00 is not a possible amount"


@given(st.decimals(min_value=0, max_value=Decimal("999999999.99"), places=2, allow_nan=False))
def test_any_amount_survives_the_way_as_text_and_as_number(amount: Decimal) -> None:
    for written in (f'"{amount}"', f"{amount}"):
        assert parse_form(with_price(written)).line_items[0].price == pln(str(amount))


@pytest.mark.parametrize(("written", "count"), [(3, 3), ("3", 3), (3.0, 3), ("3.0", 3)])
def test_a_quantity_may_be_text_or_number(written: object, count: int) -> None:
    assert parse_form(with_line(quantity=written)).line_items[0].quantity == count


@pytest.mark.parametrize("written", [0, -1, "0", "1.5", 1.5, "", "two", True, 10**9, []])
def test_an_impossible_quantity_is_refused(written: object) -> None:
    with pytest.raises(UnreadablePayload) as refused:
        parse_form(with_line(quantity=written))
    assert refused.value.path == "$.lineItems[0].quantity"


def test_an_amount_without_a_number_is_absent() -> None:
    form = a_form()
    form["payment"]["paidAmount"] = {"amount": None, "currency": "PLN"}
    payment = parse_form(as_bytes(form)).payment
    assert payment is not None
    assert payment.paid_amount is None


@pytest.mark.parametrize(
    "payload", [b"", b"{", b"null", b"[]", b'"x"', b"<html>", b"\xff\xfe", b'{"id":"\xff"}', b"[" * 100_000]
)
def test_what_is_no_form_is_refused(payload: bytes) -> None:
    with pytest.raises(UnreadablePayload):
        parse_form(payload)


def test_half_an_emoji_and_nul_do_not_cost_an_order() -> None:
    text = as_bytes(a_form(messageToSeller="@")).replace(b'"@"', rb'"a\u0000b \ud83d c \ud83d\ude00"')
    assert parse_form(text).message_to_seller == "a\ufffdb \ufffd c 😀"


def test_numeric_ids_are_kept_as_text() -> None:
    form = a_form()
    form["lineItems"][0]["offer"]["id"] = 12001
    assert parse_form(as_bytes(form)).line_items[0].offer.id == "12001"


@pytest.mark.parametrize(
    ("written", "instant"),
    [
        ("2026-11-20T09:15:30.123Z", datetime(2026, 11, 20, 9, 15, 30, 123000, tzinfo=UTC)),
        ("2026-11-20T10:15:30+0100", datetime(2026, 11, 20, 9, 15, 30, tzinfo=UTC)),
        ("2026-11-20T09:15:30", datetime(2026, 11, 20, 9, 15, 30, tzinfo=UTC)),
        ("2026-11-20T09:15:30.123456789Z", datetime(2026, 11, 20, 9, 15, 30, 123456, tzinfo=UTC)),
        ("", None),
    ],
)
def test_instants_are_aware_utc_however_written(written: str, instant: datetime | None) -> None:
    assert parse_form(with_line(boughtAt=written)).line_items[0].bought_at == instant


def test_a_senseless_instant_is_refused_with_its_place() -> None:
    with pytest.raises(UnreadablePayload) as refused:
        parse_form(with_line(boughtAt="yesterday"))
    assert refused.value.path == "$.lineItems[0].boughtAt"
    assert refused.value.reason == "expected a point in time, found text"


def test_the_reason_for_something_missing_names_it() -> None:
    with pytest.raises(UnreadablePayload) as refused:
        parse_form(as_bytes(a_form(summary=None)))
    assert (refused.value.path, refused.value.problem) == ("$.summary", "missing")
    assert refused.value.reason == "the required field summary is missing"


def test_the_hash_ignores_revision_order_and_spaces_only() -> None:
    form = a_form()
    first = content_hash(as_bytes(form))
    turned = dict(reversed(form.items()), revision="other")
    assert content_hash(json.dumps(turned, indent=3).encode()) == first
    assert content_hash(as_bytes({k: v for k, v in form.items() if k != "revision"})) == first
    assert content_hash(as_bytes(a_form(status="CANCELLED"))) != first
    nested = a_form(note={"text": "pilne", "revision": "1"})
    assert content_hash(as_bytes(nested)) != first


SCALARS = (
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text()
)


@settings(max_examples=30)
@given(
    st.recursive(SCALARS, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=20)
)
def test_any_json_has_a_hash_that_spelling_does_not_change(value: object) -> None:
    hashed = content_hash(json.dumps(value).encode())
    assert len(hashed) == 64
    assert content_hash(json.dumps(value, indent=1, ensure_ascii=True).encode()) == hashed


@pytest.mark.parametrize(
    "payload", [b"", b"{", b"\xff", b"[" * 100_000, b'"\\ud800"', b"1e99999", b"9" * 400]
)
def test_even_what_is_no_json_has_a_hash(payload: bytes) -> None:
    assert content_hash(payload) == content_hash(payload)


@pytest.mark.schemas
def test_every_official_sample_is_read() -> None:
    files = sorted(Path(os.environ["STRAGAN_SCHEMAS_DIR"]).glob("allegro/samples/*-cf-*.json"))
    assert files
    for file in files:
        form = parse_form(file.read_bytes())
        assert form.line_items, file.name
        assert form.summary.total_to_pay.amount > 0, file.name
