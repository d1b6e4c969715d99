"""PDFs of documents reach their orders on Allegro: once switched on, each once, whatever goes wrong."""

import os
import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from builders.issuing import an_invoice, corrected, voided
from builders.markets import Market, a_market
from builders.sendings import Desk, a_desk, impatient
from standins.allegro import changes
from standins.allegro.faults import Fault
from standins.allegro.world import Invoice
from stragan.companies.models import Company
from stragan.documents.content import Refusal
from stragan.documents.models import Document
from stragan.flows import document_files, outgoing
from stragan.flows.outgoing import NotSendable, WriterOff
from stragan.jobs.scheduler import ask_for_sendings
from stragan.kit.models import AuditEvent, Job
from stragan.outbox import actions
from stragan.outbox.models import Sending
from stragan.outbox.states import Kind, SendingState

pytestmark = pytest.mark.django_db(transaction=True)

POST = "POST /order/checkout-forms/{form_id}/invoices"
SOAK = int(os.environ.get("STRAGAN_SOAK", "0"))
NOW = datetime.now(tz=UTC)


@pytest.fixture
def market(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Market]:
    monkeypatch.setattr("stragan.flows.tokens.client_of", impatient)
    with a_market(settings) as found:
        yield found


@pytest.fixture
def desk(market: Market) -> Desk:
    return a_desk(market)


def on_allegro(desk: Desk, number: int = 1) -> list[tuple[str | None, bool]]:
    """Number and whether a whole PDF is there, of every record Allegro has of an order."""
    found = desk.market.world.invoices.get(desk.order(number).allegro_id, [])
    return [(one.number, one.content.startswith(b"%PDF-")) for one in found]


def test_nothing_is_sent_until_the_shop_wants_it(desk: Desk) -> None:
    document = an_invoice(desk.order(1))
    desk.look()
    assert (desk.states(), on_allegro(desk)) == ([], [])
    with pytest.raises(WriterOff):
        outgoing.send_document(document=document, by=desk.boss, now=NOW)
    desk.switch(Kind.INVOICE)
    outgoing.send_document(document=document, by=desk.boss, now=NOW)
    desk.switch(Kind.INVOICE, on=False)
    assert desk.states() == [("given_up", "sending_switched_off")]
    # Even a row that should not be there is left alone, and nobody is woken for it.
    desk.rows().update(state="waiting", done_at=None)
    desk.look()
    assert ask_for_sendings(now=NOW + timedelta(minutes=1)) == 0
    assert desk.market.asked("/invoices") == 0
    trail = AuditEvent.objects.for_company(desk.market.company).filter(verb="shop.writer_changed")
    assert [event.facts["on"] for event in trail.order_by("id")] == [True, False]


def test_an_invoice_waits_while_the_allegro_module_is_off(desk: Desk) -> None:
    desk.switch(Kind.INVOICE)
    rows = Company.objects.filter(pk=desk.market.company.pk)
    rows.update(allegro_module=False)
    an_invoice(desk.order(1))
    assert ask_for_sendings(now=NOW + timedelta(minutes=1)) == 0
    desk.look()  # a job asked for before
    assert (desk.states(), on_allegro(desk)) == ([("waiting", "")], [])
    assert desk.market.asked("/invoices") == 0
    rows.update(allegro_module=True)
    desk.settle()
    assert desk.states() == [("done", "")]
    assert on_allegro(desk) == [("FV 1/11/2026", True)]


def test_an_issued_invoice_and_its_correction_reach_the_order(desk: Desk) -> None:
    desk.switch(Kind.INVOICE)
    document = an_invoice(desk.order(1))
    assert desk.states() == [("waiting", "")]
    assert ask_for_sendings(now=NOW + timedelta(minutes=1)) == 1
    assert Job.objects.get(name="outbox.send").arguments == {"shop_id": desk.shop.pk}
    desk.look()
    row = desk.rows().get()
    assert (row.state, row.reason_code, bool(row.remote_id)) == ("sending", "sending_in_scan", True)
    correction = corrected(document, {1: "0"}).document
    desk.settle()
    assert on_allegro(desk) == [(document.number, True), (correction.number, True)]
    assert set(desk.states()) == {("done", "")}
    name = desk.market.world.invoices[desk.order(1).allegro_id][0].name
    assert name == "FV-1-11-2026.pdf"
    desk.look()
    assert desk.market.asked(f"{POST} ") == 2


def test_where_nobody_asked_for_an_invoice_the_shop_decides(market: Market) -> None:
    desk = a_desk(market, orders=2, asked=False)
    desk.switch(Kind.INVOICE)
    an_invoice(desk.order(1))
    assert desk.states() == []
    desk.switch(Kind.INVOICE, unasked=True)
    document = an_invoice(desk.order(2))
    desk.settle()
    assert on_allegro(desk, 2) == [(document.number, True)]
    market.world.settings.invoice_without_request = False
    first = Document.objects.for_company(market.company).get(order=desk.order(1))
    sent = outgoing.send_document(document=first, by=desk.boss, now=NOW)
    desk.settle()
    sent.refresh_from_db()
    assert (sent.state, sent.reason_code) == ("failed", "sending_order_without_invoice")
    assert on_allegro(desk, 1) == []


def test_a_call_that_goes_wrong_ends_with_one_document(market: Market) -> None:
    kinds = ("drop_after", "drop_before", "server_error", "rate_limit", "cut_body")
    faults = [(method, kind) for method in ("POST", "PUT") for kind in kinds]
    faults += [("GET", "server_error"), ("GET", "cut_body")]
    desk = a_desk(market, orders=len(faults))
    desk.switch(Kind.INVOICE)
    for number, (method, kind) in enumerate(faults, 1):
        document = an_invoice(desk.order(number))
        count = 6 if method == "GET" else 1  # a read is repeated five times before it counts as failed
        wrong = Fault(kind=kind, path="/invoices", method=method, count=count, retry_after=600)
        fault = market.world.faults.add(wrong)
        desk.settle()
        assert fault.struck, (method, kind)
        assert on_allegro(desk, number) == [(document.number, True)], (method, kind)
        market.world.faults.clear()
    assert set(desk.states()) == {("done", "")}


def test_a_worker_killed_anywhere_sends_nothing_twice(
    market: Market, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Killed(BaseException):
        pass

    def dying(real: Any, *, is_after: bool) -> Any:
        def die(*args: Any, **more: Any) -> None:
            if is_after:
                real(*args, **more)
            raise Killed

        return die

    steps = ("begin", "keep_remote_id", "later", "succeed")
    places = [(actions, name, late) for name in steps for late in (False, True)]
    desk = a_desk(market, orders=len(places))
    desk.switch(Kind.INVOICE)
    for number, (module, name, is_after) in enumerate(places, 1):
        document = an_invoice(desk.order(number))
        with monkeypatch.context() as killing:
            killing.setattr(module, name, dying(getattr(module, name), is_after=is_after))
            with pytest.raises(Killed):
                desk.settle()
        desk.settle()
        assert on_allegro(desk, number) == [(document.number, True)], (name, is_after)
    assert set(desk.states()) == {("done", "")}


def test_one_file_of_an_order_at_a_time_and_its_scan_is_waited_for(desk: Desk) -> None:
    desk.market.world.settings.scan_seconds = 3_600
    desk.switch(Kind.INVOICE)
    document = an_invoice(desk.order(1))
    corrected(document, {1: "0"})
    for _ in range(4):
        desk.look()
    assert on_allegro(desk) == [(document.number, True)]
    assert [state for state, _ in desk.states()] == ["sending", "waiting"]
    desk.market.world.clock.advance(3_601)
    desk.market.world.settings.scan_seconds = 0
    desk.settle()
    assert len(on_allegro(desk)) == 2


def test_a_file_that_somebody_else_sent_is_waited_for_and_adopted(desk: Desk) -> None:
    desk.switch(Kind.INVOICE)
    document = an_invoice(desk.order(1))
    now_ms = desk.market.world.now_ms()
    theirs = Invoice("byl-tu", "OBCY 1", "obcy.pdf", now_ms, now_ms, b"%PDF-1")
    same = Invoice("nasz", document.number, "fv.pdf", now_ms, now_ms, b"%PDF-1")
    desk.market.world.invoices[desk.order(1).allegro_id] = [theirs, same]
    desk.settle()
    assert desk.rows().get().remote_id == "nasz"
    assert desk.market.asked(f"{POST} ") == 0


def test_ten_documents_are_the_end_and_the_reason_is_said(desk: Desk) -> None:
    desk.switch(Kind.INVOICE)
    an_invoice(desk.order(1))
    desk.market.world.invoices[desk.order(1).allegro_id] = [
        Invoice(f"i{number}", f"X {number}", "x.pdf", 0) for number in range(10)
    ]
    desk.settle()
    assert desk.states() == [("failed", "sending_ten_documents")]
    assert desk.market.asked(f"{POST} ") == 0


def test_a_rejected_file_is_told_and_tried_once_more_by_hand(desk: Desk) -> None:
    desk.market.world.settings.scan_verdict = "REJECTED"
    desk.switch(Kind.INVOICE)
    document = an_invoice(desk.order(1))
    desk.settle()
    assert desk.states() == [("failed", "sending_file_rejected")]
    desk.market.world.settings.scan_verdict = "ACCEPTED"
    row = desk.rows().get()
    assert actions.retry(desk.market.company, [row.pk], now=NOW) == 1
    desk.settle()
    assert desk.states() == [("done", "")]
    assert [number for number, _ in on_allegro(desk)] == [document.number] * 2


def test_a_cancelled_order_takes_no_document_and_the_reason_is_said(desk: Desk) -> None:
    desk.switch(Kind.INVOICE)
    an_invoice(desk.order(1))
    changes.cancel(desk.market.world, desk.market.world.by_id[desk.order(1).allegro_id], by_buyer=True)
    desk.settle()
    assert desk.states() == [("failed", "sending_payment_rejected")]
    assert actions.give_up(desk.market.company, [desk.rows().get().pk], code="sending_given_up", now=NOW) == 1
    assert desk.states() == [("given_up", "sending_given_up")]


def test_an_order_that_was_merged_away_gets_its_document_at_the_successor(market: Market) -> None:
    desk = a_desk(market, orders=2)
    desk.switch(Kind.INVOICE)
    document = an_invoice(desk.order(1))
    world = market.world
    new = changes.merge(world, [world.by_id[desk.order(number).allegro_id] for number in (1, 2)])
    desk.look()  # the sync has not found the successor yet
    assert desk.states() == [("waiting", "sending_order_gone")]
    market.fetch(desk.shop)
    desk.settle()
    assert [one.number for one in world.invoices[new.id]] == [document.number]
    assert desk.states() == [("done", "")]


def test_an_order_that_is_gone_for_good_fails_with_a_reason(desk: Desk) -> None:
    desk.switch(Kind.INVOICE)
    an_invoice(desk.order(1))
    desk.market.world.retire(desk.market.world.by_id[desk.order(1).allegro_id])
    desk.settle()
    assert desk.states() == [("failed", "sending_order_gone")]


def test_a_missing_permission_is_said_and_sending_goes_on_after_it_was_given(desk: Desk) -> None:
    desk.switch(Kind.INVOICE)
    document = an_invoice(desk.order(1))
    scopes = desk.market.world.grants.grants[-1].scope
    for grant in desk.market.world.grants.grants:
        grant.scope = tuple(scope for scope in scopes if scope != "allegro:api:orders:write")
    desk.look()
    assert desk.states() == [("sending", "sending_scope_missing")]
    for grant in desk.market.world.grants.grants:
        grant.scope = scopes
    desk.settle()
    assert on_allegro(desk) == [(document.number, True)]


def test_an_outage_stops_the_round_and_a_dead_connection_waits(market: Market) -> None:
    desk = a_desk(market, orders=3)
    desk.switch(Kind.INVOICE)
    for number in (1, 2, 3):
        an_invoice(desk.order(number))
    market.world.faults.add(Fault(kind="server_error", path="/invoices", retry_after=600))
    desk.look()
    assert desk.rows().filter(attempts__gt=0).count() == 1
    market.world.faults.clear()
    desk.shop.state = "reconnect"
    desk.shop.save()
    assert ask_for_sendings(now=NOW + timedelta(hours=2)) == 0
    desk.shop.state = "connected"
    desk.shop.save()
    desk.settle()
    assert [len(on_allegro(desk, number)) for number in (1, 2, 3)] == [1, 1, 1]


def test_a_document_that_is_not_there_yet_can_be_voided_and_one_that_is_cannot(market: Market) -> None:
    desk = a_desk(market, orders=2)
    desk.switch(Kind.INVOICE)
    first, second = an_invoice(desk.order(1)), an_invoice(desk.order(2))
    assert not isinstance(voided(first), Refusal)
    desk.settle()
    assert desk.states() == [("given_up", "sending_document_void"), ("done", "")]
    refusal = voided(second)
    assert isinstance(refusal, Refusal)
    assert refusal.code == "document_on_allegro"
    with pytest.raises(NotSendable):
        outgoing.send_document(document=first, by=desk.boss, now=NOW)


def test_one_that_was_given_up_in_flight_is_not_touched_any_more(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.switch(Kind.INVOICE)
    document = an_invoice(desk.order(1))
    real = document_files.pdf_of

    def meanwhile(*args: Any, **more: Any) -> bytes:
        desk.rows().update(state=SendingState.GIVEN_UP, done_at=NOW)
        return real(*args, **more)

    with monkeypatch.context() as changing:
        changing.setattr("stragan.flows.send_invoice.pdf_of", meanwhile)
        desk.look()
    assert (on_allegro(desk), desk.states()) == ([], [("given_up", "")])
    outgoing.send_document(document=document, by=desk.boss, now=NOW)
    desk.settle()
    assert len(on_allegro(desk)) == 1


@pytest.mark.parametrize("seed", range(1, 1 + max(1, SOAK)))
def test_many_faults_and_kills_end_with_each_document_once(
    market: Market, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    desk = a_desk(market, orders=6)
    desk.switch(Kind.INVOICE)
    numbers = {number: an_invoice(desk.order(number)).number for number in range(1, 7)}
    draw = random.Random(seed)  # noqa: S311 -- the same story for the same seed
    kinds = ("rate_limit", "server_error", "cut_body", "drop_before", "drop_after", "expired_token")
    for place, kind in enumerate(kinds):
        market.world.faults.add(Fault(kind=kind, path="/invoices", probability=0.07, seed=seed * 100 + place))

    class Killed(BaseException):
        pass

    def mortal(name: str) -> None:
        real = getattr(actions, name)

        def maybe(*args: Any, **more: Any) -> Any:
            if draw.random() < 0.1:
                raise Killed
            answer = real(*args, **more)
            if draw.random() < 0.1:
                raise Killed
            return answer

        monkeypatch.setattr(actions, name, maybe)

    for name in ("begin", "keep_remote_id", "later", "succeed"):
        mortal(name)
    for _ in range(200):
        try:
            desk.look()
        except Killed:
            continue
        if not desk.rows().exclude(state="done").exists():
            break
    assert set(desk.states()) == {("done", "")}
    assert {number: on_allegro(desk, number) for number in numbers} == {
        number: [(text, True)] for number, text in numbers.items()
    }
    assert Sending.objects.for_company(market.company).count() == 6
