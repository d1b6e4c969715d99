"""What changes on Allegro after a document was issued is found, proposed, and settled; never rewritten."""

import copy
import json
from argparse import Namespace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from builders.changes import cancelled, moved, of_three
from builders.companies import NOW, a_shop
from builders.issuing import TODAY, an_author, an_invoice, corrected, issued, voided
from builders.orders import for_a_company, stored
from stragan.cli.orders_changes import list_changes
from stragan.core.snapshot import DocumentKind
from stragan.documents import radar
from stragan.documents.changes import Change
from stragan.documents.content import Refusal
from stragan.documents.correcting import state_of
from stragan.documents.models import Document, OrderChange
from stragan.documents.queries import snapshot_of
from stragan.documents.states import ChangeState
from stragan.flows import change_radar, parcels
from stragan.flows.correct_document import Corrected, Wish, correct_document
from stragan.flows.issue_document import Issued
from stragan.flows.link_document import unlink_document
from stragan.kit.audit import Actor
from stragan.kit.models import AuditEvent
from stragan.orders.models import Order, OrderEvent
from stragan.orders.queries import OrderFilter, Tab, count_orders

pytestmark = pytest.mark.django_db(transaction=True)


class Market:
    """One shop whose order is told anew; each telling comes a minute later."""

    def __init__(self, company: Any) -> None:
        self.company = company
        self.shop = a_shop(company)
        self.minutes = 0

    def says(self, *forms: dict[str, Any]) -> list[Order]:
        self.minutes += 1
        return stored(self.shop, forms, now=NOW + timedelta(minutes=self.minutes))

    def row(self, order: Order) -> OrderChange:
        return OrderChange.objects.for_company(self.company).get(order=order)

    def told(self, order: Order) -> list[tuple[str, ...]]:
        """State, and each change with its deed."""
        row = self.row(order)
        return [(row.state,), *((item.change.value, item.deed.value) for item in radar.items_of(row))]

    def is_flagged(self, order: Order) -> bool:
        order.refresh_from_db()
        count = count_orders(self.company, OrderFilter(tab=Tab.CHANGED))
        assert count == Order.objects.for_company(self.company).filter(changed_after_issue=True).count()
        return order.changed_after_issue


@pytest.fixture
def market(company: Any) -> Market:
    return Market(company)


def as_proposed(market: Market, order: Order, document: Document) -> Any:
    """Issue the correction the radar proposes, as its page fills it in."""
    examined = change_radar.examine(market.company, order.pk)
    assert examined is not None
    wanted = examined.proposal(document)
    assert wanted is not None
    wish = Wish(
        company=market.company,
        document_id=document.pk,
        reason=wanted.reason,
        today=TODAY,
        changes=wanted.changes,
        to_zero=wanted.to_zero,
    )
    return correct_document(wish=wish, author=an_author())


def test_a_piece_less_is_found_corrected_and_settled(market: Market) -> None:
    [order] = market.says(of_three())
    invoice = an_invoice(order)
    assert not OrderChange.objects.for_company(market.company).exists()
    market.says(of_three(quantity=2))
    assert market.is_flagged(order)
    row = market.row(order)
    assert (row.state, row.deed, row.base_revision) == ("open", "correct", 1)
    assert row.items == [
        {
            "change": "quantity_less",
            "deed": "correct",
            "paper": invoice.pk,
            "line": "Kubek",
            "old": "3",
            "new": "2",
        }
    ]
    outcome = as_proposed(market, order, invoice)
    assert isinstance(outcome, Corrected), outcome
    assert outcome.snapshot.corrected is not None
    assert outcome.snapshot.corrected.reason == "zmiana ilości"
    state = state_of(snapshot_of(invoice), outcome.snapshot)
    now = Order.objects.for_company(market.company).get(pk=order.pk)
    assert state.sums.to_pay == now.total == Decimal("94.99")
    row = market.row(order)
    assert (row.state, row.settled_how, row.base_revision) == ("settled", "corrected", 2)
    assert not market.is_flagged(order)
    assert OrderEvent.objects.filter(order=order, verb="change_settled").get().facts["how"] == "corrected"


def test_a_half_done_correction_leaves_what_still_differs(market: Market) -> None:
    [order] = market.says(of_three())
    invoice = an_invoice(order)
    market.says(of_three(quantity=2, delivery="9.99"))
    assert market.told(order) == [("open",), ("quantity_less", "correct"), ("delivery_cost", "correct")]
    corrected(invoice, {1: "2"})
    assert market.told(order) == [("open",), ("delivery_cost", "correct")]
    assert isinstance(as_proposed(market, order, invoice), Corrected)
    assert market.row(order).state == ChangeState.SETTLED


def test_a_second_revision_opens_what_the_first_had_settled(market: Market) -> None:
    [order] = market.says(of_three())
    invoice = an_invoice(order)
    market.says(of_three(quantity=2))
    as_proposed(market, order, invoice)
    found_first = market.row(order).found_at
    market.says(of_three(quantity=2, price="35.00"))
    row = market.row(order)
    assert market.told(order) == [("open",), ("price", "correct")]
    assert (row.settled_how, row.settled_at, row.base_revision) == ("", None, 2)
    assert row.found_at > found_first
    outcome = as_proposed(market, order, invoice)
    assert outcome.document.gross == -10
    assert not market.is_flagged(order)


def test_an_order_that_is_again_what_it_was_settles_itself(market: Market) -> None:
    [order] = market.says(of_three())
    an_invoice(order)
    market.says(of_three(quantity=2))
    market.says(of_three())
    assert (market.row(order).state, market.row(order).settled_how) == ("settled", "undone")
    assert not market.is_flagged(order)


@pytest.mark.parametrize("by_buyer", [True, False])
def test_a_cancellation_after_payment_goes_to_zero(market: Market, *, by_buyer: bool) -> None:
    [order] = market.says(of_three())
    invoice = an_invoice(order)
    market.says(cancelled(of_three(), by_buyer=by_buyer))
    name = "cancelled_paid_by_buyer" if by_buyer else "cancelled_paid_by_allegro"
    assert market.told(order) == [("open",), (name, "to_zero")]
    outcome = as_proposed(market, order, invoice)
    assert outcome.document.to_pay == -Decimal(str(invoice.to_pay))
    assert outcome.snapshot.corrected.reason == "anulowanie zamówienia"
    assert (market.row(order).state, market.row(order).settled_how) == ("settled", "undocumented")
    assert not market.is_flagged(order)


def test_a_cash_on_delivery_order_cancelled_before_any_money_came(market: Market) -> None:
    form = of_three()
    form["payment"] = {**form["payment"], "type": "CASH_ON_DELIVERY", "paidAmount": None}
    [order] = market.says(form)
    an_invoice(order)
    market.says(cancelled(form, by_buyer=False))
    assert market.told(order) == [("open",), ("cancelled_by_allegro", "to_zero")]


def test_a_voided_document_takes_its_change_with_it(market: Market) -> None:
    [order] = market.says(of_three())
    invoice = an_invoice(order)
    market.says(of_three(quantity=2))
    voided(invoice)
    assert (market.row(order).state, market.row(order).settled_how) == ("settled", "undocumented")
    assert not market.is_flagged(order)
    # The next document is made of the order as it is: only what changes after it counts.
    again = an_invoice(order)
    market.says({**of_three(quantity=2), "messageToSeller": "Dziękuję"})
    assert market.row(order).state == ChangeState.SETTLED
    market.says(of_three(quantity=1))
    row = market.row(order)
    assert (row.state, row.document_id, row.base_revision) == ("open", again.pk, 3)
    assert row.items[0]["old"] == "2"


@pytest.mark.parametrize(("has_parcel", "deed"), [(True, "label"), (False, "nothing")])
def test_another_address_asks_for_a_label_where_a_parcel_was_noted(
    market: Market, *, has_parcel: bool, deed: str
) -> None:
    form = for_a_company(of_three())
    [order] = market.says(form)
    an_invoice(order)
    if has_parcel:
        parcels.add_parcel(
            order=order, carrier="Kurier Próbny", waybill="ABC123", user=None, actor=Actor.COMMAND, now=NOW
        )
    market.says(moved(form))
    assert market.told(order) == [("open",), ("delivery_address", deed)]
    assert "Zmieniona" not in str(market.row(order).items)
    examined = change_radar.examine(market.company, order.pk)
    assert examined is not None
    assert "ul. Zmieniona 12/3" in examined.found[0].new
    assert examined.proposal(examined.documents[0]) is None


def test_a_surcharge_and_booked_cash_on_delivery_are_only_noted(market: Market) -> None:
    form = of_three()
    form["payment"] = {**form["payment"], "type": "CASH_ON_DELIVERY", "paidAmount": None}
    [order] = market.says(form)
    an_invoice(order)
    extra: dict[str, Any] = {
        "id": "5e1a0001-aaaa-11f1-9000-000000000001",
        "type": "ONLINE",
        "provider": "AF",
        "finishedAt": "2026-11-24T09:00:00Z",
        "paidAmount": {"amount": "5.00", "currency": "PLN"},
        "reconciliation": None,
        "features": [],
    }
    market.says({**form, "surcharges": [extra]})
    assert market.told(order) == [("noted",), ("surcharge", "nothing")]
    booked = {
        "paidAmount": {"amount": "134.99", "currency": "PLN"},
        "bookedAt": "2026-11-25T09:00:00Z",
    }
    market.says({**form, "surcharges": [extra], "codBookedPayments": [booked]})
    assert market.told(order) == [("noted",), ("cod_booked", "nothing"), ("surcharge", "nothing")]
    assert not market.is_flagged(order)
    # What was noted stands beside what waits.
    less = {**of_three(quantity=2), "payment": form["payment"]}
    market.says({**less, "surcharges": [extra], "codBookedPayments": [booked]})
    assert market.told(order)[:2] == [("open",), ("quantity_less", "correct")]
    assert ("surcharge", "nothing") in market.told(order)


def test_a_change_of_fulfilment_leaves_no_trace(market: Market) -> None:
    [order] = market.says(of_three())
    an_invoice(order)
    form = of_three()
    form["fulfillment"] = {**form["fulfillment"], "status": "SENT"}
    market.says(form)
    assert not OrderChange.objects.for_company(market.company).exists()
    market.says({**of_three(quantity=2), "fulfillment": form["fulfillment"]})
    assert market.row(order).base_revision == 2


def test_a_person_settles_and_a_later_change_opens_again(market: Market) -> None:
    [order] = market.says(of_three())
    an_invoice(order)
    market.says(of_three(quantity=2))
    with pytest.raises(radar.ChangeReasonMissing):
        settle(market, order, reason=" ")
    settle(market, order, reason="zwrot poza Allegro")
    row = market.row(order)
    assert (row.state, row.settled_how, row.settle_reason) == ("settled", "by_hand", "zwrot poza Allegro")
    assert not market.is_flagged(order)
    event = AuditEvent.objects.for_company(market.company).get(verb="order.change_settled")
    assert (event.subject, event.subject_id) == ("order", order.pk)
    assert event.facts == {"reason": "zwrot poza Allegro", "changes": ["quantity_less"], "revision": 2}
    with pytest.raises(radar.ChangeNotOpen):
        settle(market, order, reason="jeszcze raz")
    # The quantity was settled; only the price is new.
    market.says(of_three(quantity=2, price="35.00"))
    assert market.told(order) == [("open",), ("price", "correct")]


def settle(market: Market, order: Order, *, reason: str) -> OrderChange:
    return change_radar.settle(
        company=market.company, order_id=order.pk, reason=reason, by=None, actor=Actor.COMMAND, now=NOW
    )


def test_a_correction_of_ones_own_accord_is_no_change_of_the_order(market: Market) -> None:
    [order] = market.says(of_three())
    invoice = an_invoice(order)
    market.says(of_three(quantity=2))
    as_proposed(market, order, invoice)
    corrected(invoice, {1: "1"})  # a piece came back, which Allegro does not know
    market.says({**of_three(quantity=2), "messageToSeller": "Dziękuję"})
    assert market.row(order).state == ChangeState.SETTLED
    market.says(of_three(quantity=2, delivery="9.99"))
    assert market.told(order) == [("open",), ("delivery_cost", "correct")]


def test_a_receipt_with_its_invoice_is_held_against_both(market: Market) -> None:
    from stragan.documents.models import OrderDocument  # noqa: PLC0415
    from stragan.flows import convert_document, issue_document  # noqa: PLC0415
    from stragan.flows.draft_document import issue_draft  # noqa: PLC0415

    [order] = market.says(of_three())
    receipt = issued(order, DocumentKind.RECEIPT)
    asking = for_a_company(of_three())
    market.says(asking)
    assert market.told(order) == [("open",), ("invoice_wanted", "invoice")]
    convert_document.convert(document=receipt, kind=DocumentKind.INVOICE, user=None, now=NOW)
    outcome = issue_draft(
        company=market.company, order_id=order.pk, kind=DocumentKind.INVOICE, author=an_author(), role="owner"
    )
    assert isinstance(outcome, issue_document.Issued), outcome
    assert OrderDocument.objects.for_company(market.company).filter(order=order).count() == 2
    assert market.row(order).state == ChangeState.SETTLED
    market.says(for_a_company(of_three(quantity=2)))
    assert market.told(order) == [("open",), ("quantity_less", "correct"), ("quantity_less", "correct")]
    refused = as_proposed(market, order, receipt)
    assert isinstance(refused, Refusal)
    assert refused.code == "receipt_has_invoice"
    as_proposed(market, order, outcome.document)
    assert market.told(order) == [("open",), ("quantity_less", "correct")]
    as_proposed(market, order, receipt)
    assert market.row(order).state == ChangeState.SETTLED


def test_a_cancelled_sale_is_corrected_by_its_invoice_and_then_its_receipt(market: Market) -> None:
    from stragan.flows import convert_document  # noqa: PLC0415
    from stragan.flows.draft_document import issue_draft  # noqa: PLC0415

    form = for_a_company(of_three())
    [order] = market.says(form)
    receipt = issued(order, DocumentKind.RECEIPT)
    convert_document.convert(document=receipt, kind=DocumentKind.INVOICE, user=None, now=NOW)
    outcome = issue_draft(
        company=market.company, order_id=order.pk, kind=DocumentKind.INVOICE, author=an_author(), role="owner"
    )
    assert isinstance(outcome, Issued)
    invoice = outcome.document
    market.says(cancelled(form))
    both = [("cancelled_paid_by_buyer", "to_zero")] * 2
    assert market.told(order) == [("open",), *both]
    assert isinstance(as_proposed(market, order, invoice), Corrected)
    assert market.told(order) == [("open",), both[0]]
    assert market.row(order).document_id == receipt.pk
    assert market.is_flagged(order)
    assert isinstance(as_proposed(market, order, receipt), Corrected)
    assert (market.row(order).state, market.row(order).settled_how) == ("settled", "undocumented")
    assert not market.is_flagged(order)


def test_a_merged_order_with_a_document_goes_to_zero(market: Market) -> None:
    one, two = of_three(1), of_three(2)
    first, _second = market.says(one, two)
    invoice = an_invoice(first)
    both = of_three(3)
    both["lineItems"] = [*copy.deepcopy(one["lineItems"]), *copy.deepcopy(two["lineItems"])]
    both["summary"]["totalToPay"]["amount"] = "254.99"
    market.says(both)
    first.refresh_from_db()
    assert first.superseded_by_id is not None
    assert market.told(first) == [("open",), ("merged", "to_zero")]
    as_proposed(market, first, invoice)
    assert market.row(first).state == ChangeState.SETTLED


def test_a_merged_order_stays_settled_once_a_person_said_so(market: Market) -> None:
    one, two = of_three(1), of_three(2)
    first, _second = market.says(one, two)
    an_invoice(first)
    both = of_three(3)
    both["lineItems"] = [*copy.deepcopy(one["lineItems"]), *copy.deepcopy(two["lineItems"])]
    both["summary"]["totalToPay"]["amount"] = "254.99"
    market.says(both)
    settle(market, first, reason="wystawiono razem")
    market.says({**one, "messageToSeller": "Dziękuję"})
    assert market.row(first).state == ChangeState.SETTLED


def test_unlinking_ends_what_waits(market: Market) -> None:
    from builders.issuing import an_author as author_of  # noqa: PLC0415
    from stragan.documents.models import OrderDocument  # noqa: PLC0415
    from stragan.flows.link_document import link_document  # noqa: PLC0415

    source, order = market.says(of_three(1), of_three(2))
    document = an_invoice(source)
    OrderDocument.objects.for_company(market.company).filter(document=document).update(ended_at=NOW)
    link_document(company=market.company, document_id=document.pk, order_id=order.pk, author=author_of())
    market.says(of_three(2, quantity=1))
    # The lines of the document are of another order: a person must judge.
    assert market.told(order) == [("open",), ("line_missing", "by_hand")]
    link = OrderDocument.objects.for_company(market.company).get(order=order, ended_at__isnull=True)
    unlink_document(company=market.company, link_id=link.pk, reason="pomyłka", author=author_of())
    assert (market.row(order).state, market.row(order).settled_how) == ("settled", "undocumented")
    assert not market.is_flagged(order)


def test_orders_of_another_company_cannot_be_settled(market: Market) -> None:
    from builders.companies import a_company  # noqa: PLC0415

    [order] = market.says(of_three())
    an_invoice(order)
    market.says(of_three(quantity=2))
    with pytest.raises(radar.ChangeNotOpen):
        change_radar.settle(
            company=a_company(nip="5252248481"),
            order_id=order.pk,
            reason="x",
            by=None,
            actor=Actor.COMMAND,
            now=NOW,
        )
    assert market.told(order) == [("open",), (Change.QUANTITY_LESS.value, "correct")]


def test_a_page_of_changed_orders_costs_a_handful_of_statements(
    market: Market, django_assert_max_num_queries: Any
) -> None:
    """However many documented orders of one page changed, contents and documents are read together."""
    orders = market.says(*(of_three(number) for number in range(1, 9)))
    for order in orders:
        an_invoice(order)
    with django_assert_max_num_queries(45):
        market.says(*({**of_three(number), "messageToSeller": "x"} for number in range(1, 9)))
    assert not OrderChange.objects.for_company(market.company).exists()
    market.says(*(of_three(number, quantity=2) for number in range(1, 9)))
    assert OrderChange.objects.for_company(market.company).filter(state="open").count() == 8


def test_the_command_lists_what_waits_and_settles_with_a_reason(market: Market, capsys: Any) -> None:
    def asked(**given: Any) -> tuple[int, list[Any]]:
        options = {"state": "open", "order": None, "settle": None, "company": "", "json": True}
        code = list_changes(Namespace(**(options | given)))
        lines = capsys.readouterr().out.splitlines()
        return code, [json.loads(line) if given.get("json", True) else line for line in lines]

    first, second = market.says(of_three(1), for_a_company(of_three(2)))
    an_invoice(first)
    an_invoice(second)
    assert asked() == (0, [])
    market.says(of_three(1, quantity=2))
    market.says(moved(for_a_company(of_three(2))))
    code, rows = asked()
    assert (code, [row["number"] for row in rows]) == (0, [2, 1])
    row = rows[1]
    assert {name: row[name] for name in ("order", "document", "state", "deed", "currency", "reason")} == {
        "order": first.allegro_id,
        "document": "FV 1/11/2026",
        "state": "open",
        "deed": "correct",
        "currency": "PLN",
        "reason": None,
    }
    [item] = row["changes"]
    assert (item["change"], item["line"], item["old"], item["new"]) == ("quantity_less", "Kubek", "3", "2")
    assert item["message"] == "Na dokumencie jest więcej sztuk niż w zamówieniu."
    assert "Zmieniona" not in json.dumps(rows, ensure_ascii=False)  # no personal data
    code, lines = asked(json=False)
    assert "number: 1  document: FV 1/11/2026  changes: Mniej sztuk Kubek 3 → 2  deed: Korekta" in lines
    code, [settled] = asked(order="1", settle="zwrot poza Allegro")
    assert (code, settled["settled_how"], settled["reason"]) == (0, "by_hand", "zwrot poza Allegro")
    assert [row["number"] for row in asked()[1]] == [2]
    assert [row["number"] for row in asked(state="settled")[1]] == [1]
    with pytest.raises(radar.ChangeNotOpen):
        asked(order="1", settle="jeszcze raz")
