"""The next step of what is sent, and the reaction to a refusal: pure, so each case is one line."""

import json
from datetime import timedelta
from typing import Any

import pytest

from stragan.flows.send_back import reaction
from stragan.flows.send_plan import Announce, Done, Failed, Later, Upload, invoice_step, status_step
from stragan.gateways.allegro import (
    AllegroConflict,
    AllegroRejected,
    AllegroUnavailable,
    FormGone,
    RateLimited,
    ReconnectNeeded,
    ScopeMissing,
    parse_form,
)
from stragan.gateways.allegro.invoices import read_invoices
from stragan.outbox.actions import pause


def a_record(record_id: str, number: str | None, scan: str = "") -> dict[str, Any]:
    file = {"name": "x.pdf", "uploadedAt": "2026-11-20T10:00:01Z", "securityVerification": {"status": scan}}
    return {"id": record_id, "invoiceNumber": number, "file": file if scan else None}


@pytest.mark.parametrize(
    ("records", "remote_id", "expected"),
    [
        ([], "", Announce),
        ([("a", "FV 2", "ACCEPTED")], "", Announce),
        ([("a", "FV  1", "ACCEPTED")], "", Done),
        ([("a", "FV 1", "")], "", Upload),
        ([("a", "FV 1", ""), ("b", "FV 1", "ACCEPTED")], "", Done),  # an orphan beside the real one
        ([("a", None, "")], "a", Upload),
        ([("a", "FV 1", "WAITING")], "a", Later),
        ([("a", "FV 2", "WAITING")], "", Later),  # one file of an order at a time
        ([("a", "FV 2", "WAITING"), ("b", "FV 1", "")], "b", Later),
        ([("a", "FV 1", "REJECTED")], "a", Failed),
        ([("a", "FV 1", "REJECTED")], "", Announce),  # tried again by a person
        ([], "a", Later),
        ([(str(n), f"X {n}", "") for n in range(10)], "", Failed),
        ([(str(n), f"X {n}", "") for n in range(9)] + [("9", "FV 1", "")], "", Upload),
    ],
)
def test_a_document_gets_its_next_step(records: Any, remote_id: str, expected: type) -> None:
    known = read_invoices(json.dumps({"invoices": [a_record(*record) for record in records]}).encode())
    assert isinstance(invoice_step(known, number="FV 1", remote_id=remote_id, looks=1), expected)


def test_a_record_that_is_not_listed_is_waited_for_and_then_told() -> None:
    known = read_invoices(b'{"invoices": []}')
    assert isinstance(invoice_step(known, number="FV 1", remote_id="a", looks=11), Later)
    assert isinstance(invoice_step(known, number="FV 1", remote_id="a", looks=12), Failed)


@pytest.mark.parametrize(
    ("now", "target", "is_automatic", "expected"),
    [
        ("NEW", "SENT", True, None),
        ("SENT", "SENT", True, ""),
        ("SENT", "PROCESSING", True, "sending_status_further"),
        ("SUSPENDED", "SENT", True, "sending_status_further"),
        ("READY_FOR_PICKUP", "READY_FOR_SHIPMENT", True, "sending_status_further"),
        ("SENT", "PROCESSING", False, None),
        ("CANCELLED", "NEW", False, None),
    ],
)
def test_a_status_goes_forward_by_itself(now: str, target: str, is_automatic: bool, expected: Any) -> None:  # noqa: FBT001 -- a case
    from builders.orders import a_numbered_form  # noqa: PLC0415 -- beside its only use

    form = a_numbered_form(1)
    form["fulfillment"]["status"] = now
    verdict = status_step(parse_form(json.dumps(form).encode()), target=target, is_automatic=is_automatic)
    assert (verdict and verdict.why.code) == expected


@pytest.mark.parametrize(
    ("trouble", "code", "is_over", "is_outage"),
    [
        (AllegroUnavailable(problem="timeout"), "allegro_unavailable", False, True),
        (RateLimited(retry_after_s=7), "allegro_rate_limited", False, True),
        (ScopeMissing(status=403), "sending_scope_missing", False, True),
        (ReconnectNeeded(shop="A"), "allegro_reconnect_needed", False, True),
        (AllegroConflict(status=409), "sending_refused", False, False),
        (FormGone(status=404), "allegro_form_gone", False, False),
        (AllegroRejected(status=422, user_message="Security scan for SELLER invoice [1] is in progress"),
         "sending_other_in_scan", False, False),
        (AllegroRejected(status=422, allegro_code="ORDER-WITHOUT-INVOICE"),
         "sending_order_without_invoice", True, False),
        (AllegroRejected(status=413), "sending_file_too_large", True, False),
        (AllegroRejected(status=400, user_message="Nie"), "sending_refused", True, False),
    ],
)  # fmt: skip
def test_each_refusal_has_its_reaction(trouble: Any, code: str, is_over: bool, is_outage: bool) -> None:  # noqa: FBT001 -- a case
    outcome = reaction(trouble, looks=1)
    assert outcome.why.code == code
    assert isinstance(outcome, Failed) == is_over
    assert getattr(outcome, "is_outage", False) == is_outage


def test_an_unknown_result_is_looked_at_no_sooner_than_it_can_have_ended() -> None:
    first = reaction(AllegroUnavailable(problem="timeout"), looks=1)
    wished = reaction(RateLimited(retry_after_s=600), looks=1)
    assert isinstance(first, Later)
    assert isinstance(wished, Later)
    assert (first.wait, wished.wait) == (timedelta(seconds=30), timedelta(seconds=600))
    assert [pause(looks) for looks in (1, 2, 50)] == [
        timedelta(seconds=10),
        timedelta(seconds=20),
        timedelta(hours=1),
    ]
    assert isinstance(reaction(AllegroConflict(status=409), looks=12), Failed)
