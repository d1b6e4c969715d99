"""Each change of an order after its document was issued has its name and its deed."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builders.changes import a_paper, changed
from builders.orders import ANNA, FIRM, NIP, PAID_AT, a_line, a_service, an_order
from stragan.core.snapshot import BuyerSource, DocumentKind, LineKind
from stragan.documents.changes import (
    RULES,
    Change,
    Deed,
    Paper,
    are_alike,
    drafted,
    proposal,
    weightiest,
)
from stragan.documents.correcting import LineChange, plan
from stragan.documents.delivery_changes import per_code
from stragan.orders.data import LineData, OrderData, SurchargeData

LATER = datetime(2026, 11, 24, 8, tzinfo=UTC)
TWO = (
    a_line(quantity=3),
    a_line(line_id="line-2", offer_id="1002", offer_name="Taca", price=Decimal("20.00")),
)
BASE = an_order(total="154.99", lines=TWO)


def with_lines(*lines: LineData, **changes: Any) -> OrderData:
    order = replace(BASE, lines=lines, **changes)
    return replace(order, total_to_pay=order.total_to_pay - order.total_to_pay + parts(order))


def parts(order: OrderData) -> Decimal:
    return order.lines_total + order.services_total + order.delivery.cost + order.deposit_total


def delivery(**changes: Any) -> Any:
    return replace(BASE.delivery, **changes)


def payment(**changes: Any) -> Any:
    return replace(BASE.payment, **changes)


CANCELLED = replace(BASE, status="CANCELLED")
UNPAID = replace(BASE, payment=payment(paid=None, finished_at=None))
INVOICE = replace(BASE.invoice, required=True, is_company=True, nip=NIP, address=FIRM)
SURCHARGE = SurchargeData(payment_id="s-1", paid=Decimal("5.00"), finished_at=PAID_AT)


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        (with_lines(replace(TWO[0], quantity=2), TWO[1]), ("quantity_less", "correct", "3", "2")),
        (with_lines(replace(TWO[0], quantity=5), TWO[1]), ("quantity_more", "correct", "3", "5")),
        (with_lines(replace(TWO[0], price=Decimal("38.50")), TWO[1]), ("price", "correct", "40.00", "38.50")),
        (with_lines(replace(TWO[0], vat_rate=None), TWO[1]), ("vat_unclear", "by_hand", "23", "")),
        (with_lines(TWO[0]), ("line_gone", "correct", "1", "0")),
        (with_lines(*TWO, a_line(line_id="line-3")), ("line_new", "anew", "", "40.00")),
        (
            with_lines(*TWO, delivery=delivery(cost=Decimal("9.99"))),
            ("delivery_cost", "correct", "14.99", "9.99"),
        ),
        (with_lines(*TWO, delivery=delivery(cost=Decimal(0))), ("delivery_cost", "correct", "14.99", "0.00")),
        (with_lines(replace(TWO[0], deposit=Decimal("0.50")), TWO[1]), ("deposit", "anew", "0.00", "1.50")),
        (replace(BASE, total_to_pay=Decimal("160.00")), ("total", "by_hand", "154.99", "160.00")),
        (CANCELLED, ("cancelled_paid_by_allegro", "to_zero", "154.99", "0.00")),
        (
            replace(CANCELLED, delivery=delivery(cancelled_at=LATER)),
            ("cancelled_paid_by_buyer", "to_zero", "154.99", "0.00"),
        ),
        (
            replace(BASE, delivery=delivery(method_name="Kurier")),
            ("delivery_method", "nothing", "Paczkomat", "Kurier"),
        ),
        (replace(BASE, payment=payment(surcharges=(SURCHARGE,))), ("surcharge", "nothing", "0.00", "5.00")),
        (
            replace(BASE, payment=payment(cod_booked=Decimal("9.00"))),
            ("cod_booked", "nothing", "0.00", "9.00"),
        ),
        (
            replace(BASE, payment=payment(paid=Decimal("99.00"))),
            ("payment_gone", "by_hand", "154.99", "99.00"),
        ),
    ],
)
def test_each_change_has_its_name_and_deed(now: OrderData, expected: tuple[str, ...]) -> None:
    found = [one for one in changed(BASE, now) if one.change != Change.DELIVERY_SPLIT]
    assert [(one.change, one.deed, one.old, one.new) for one in found] == [expected]
    assert not are_alike(BASE, now)


def test_cancelled_before_any_money_came() -> None:
    now = replace(UNPAID, status="CANCELLED")
    assert [one.change for one in changed(UNPAID, now)] == ["cancelled_by_allegro"]
    by_buyer = replace(now, delivery=delivery(cancelled_at=LATER))
    assert [one.change for one in changed(UNPAID, by_buyer)] == ["cancelled_by_buyer"]
    assert [one.change for one in changed(UNPAID, BASE)] == ["payment_came"]


def test_a_merged_order_takes_its_document_to_zero() -> None:
    [found] = changed(BASE, BASE, is_merged=True)
    assert (found.change, found.deed) == (Change.MERGED, Deed.TO_ZERO)
    wanted = proposal([found], paper=1)
    assert wanted is not None
    assert (wanted.to_zero, wanted.reason) == (True, "połączenie zamówień")


def test_after_a_cancellation_nothing_else_of_the_document_is_told() -> None:
    now = replace(CANCELLED, lines=TWO[:1], invoice=INVOICE, delivery=delivery(cost=Decimal(0)))
    assert [one.change for one in changed(BASE, now)] == ["cancelled_paid_by_allegro"]


def test_data_of_the_buyer_are_told_part_by_part() -> None:
    base = replace(BASE, invoice=INVOICE)
    other = replace(FIRM, company_name="Inne Kubki", street="ul. Nowa 1")
    now = replace(base, invoice=replace(INVOICE, nip="1234563218", address=other))
    found = changed(base, now)
    assert [(one.change, one.deed) for one in found] == [
        ("buyer_name", "data"),
        ("buyer_nip", "data"),
        ("buyer_address", "data"),
    ]
    assert (found[1].old, found[1].new) == (NIP, "1234563218")
    assert proposal(found, paper=1) is None


def test_a_buyer_who_now_wants_an_invoice_gets_one_to_the_receipt() -> None:
    now = replace(BASE, invoice=INVOICE)
    receipt = a_paper(BASE, kind=DocumentKind.RECEIPT)
    assert [(one.change, one.deed) for one in changed(BASE, now, paper=receipt)] == [
        ("invoice_wanted", "invoice")
    ]
    # On an invoice the buyer is another one.
    assert {one.change for one in changed(BASE, now)} == {"buyer_name", "buyer_nip", "buyer_address"}


@pytest.mark.parametrize(("has_parcel", "deed"), [(True, "label"), (False, "nothing")])
def test_another_address_needs_a_new_label_where_there_is_a_parcel(*, has_parcel: bool, deed: str) -> None:
    now = replace(BASE, delivery=delivery(address=replace(ANNA, street="ul. Zmieniona 12/3")))
    found = {one.change: one for one in changed(BASE, now, has_parcel=has_parcel)}
    address = found[Change.DELIVERY_ADDRESS]
    assert (address.deed, address.waits, address.paper) == (deed, True, 0)
    # The buyer on this document came from the delivery address.
    assert found.keys() == {Change.DELIVERY_ADDRESS, Change.BUYER_ADDRESS}
    asked = replace(BASE, invoice=INVOICE)
    now = replace(asked, delivery=now.delivery)
    assert [one.change for one in changed(asked, now)] == ["delivery_address"]


def test_an_address_that_was_purged_did_not_change() -> None:
    asked = replace(BASE, invoice=INVOICE)
    purged = replace(asked, delivery=delivery(address=None))
    assert changed(purged, asked, paper=a_paper(asked)) == ()


def test_what_says_nothing_to_a_document_is_not_looked_at() -> None:
    now = replace(BASE, message="Proszę o szybką wysyłkę", note="x", fulfillment_status="SENT", revision="r9")
    assert are_alike(BASE, now)
    assert changed(BASE, now) == ()


def test_what_a_person_decided_on_the_document_stays_decided() -> None:
    """A cheaper mug on the document is no change; a piece less on Allegro is, with the person's price."""
    paper = a_paper(BASE)
    cheaper = plan(
        paper.original, before=paper.now, changes=[LineChange(position=1, unit_gross=Decimal("30.00"))]
    ).after
    paper = replace(paper, base=cheaper, now=cheaper)
    assert changed(BASE, BASE, paper=paper) == ()
    now = with_lines(replace(TWO[0], quantity=2), TWO[1])
    found = changed(BASE, now, paper=paper)
    assert [one.change for one in found] == ["quantity_less"]


def test_an_order_that_is_again_what_it_was_takes_a_half_done_correction_back() -> None:
    paper = a_paper(BASE)
    one_less = plan(paper.original, before=paper.now, changes=[LineChange(position=1, quantity=Decimal(2))])
    found = changed(BASE, BASE, paper=replace(paper, now=one_less.after))
    assert [(one.change, one.old, one.new) for one in found] == [("quantity_more", "2", "3")]


def test_lines_of_a_document_written_by_hand_are_left_to_a_person() -> None:
    paper = a_paper(BASE)
    by_hand = tuple(replace(line, line_id="") for line in paper.now.lines)
    state = replace(paper.now, lines=by_hand)
    paper = replace(paper, original=replace(paper.original, lines=by_hand), base=state, now=state)
    now = with_lines(replace(TWO[0], quantity=2), TWO[1])
    assert [(one.change, one.deed) for one in changed(BASE, now, paper=paper)] == [
        ("line_missing", "by_hand")
    ]


def test_delivery_that_the_document_does_not_have_is_issued_anew() -> None:
    free = with_lines(*TWO, delivery=delivery(cost=Decimal(0)))
    found = changed(free, with_lines(*TWO))
    assert [(one.change, one.deed) for one in found] == [("delivery_new", "anew")]


def test_delivery_follows_the_goods_to_another_rate() -> None:
    eight = [replace(line, vat_rate=Decimal(8)) for line in TWO]
    found = changed(BASE, with_lines(*eight))
    assert [(one.change, one.old, one.new) for one in found] == [
        ("vat", "23", "8"),
        ("vat", "23", "8"),
        ("delivery_split", "14.99", "14.99"),
    ]
    # Two parts do not fit into the one line of delivery there is.
    found = changed(BASE, with_lines(eight[0], TWO[1]))
    assert [(one.change, one.deed) for one in found] == [("vat", "correct"), ("delivery_new", "anew")]


def test_the_reason_is_said_once_and_in_polish() -> None:
    now = with_lines(*(replace(line, quantity=2, price=Decimal("10.00")) for line in TWO))
    wanted = proposal(changed(BASE, now), paper=1)
    assert wanted is not None
    assert wanted.reason == "zmiana ilości, zmiana ceny"


def test_every_change_has_a_rule_and_the_weightiest_deed_stands_for_all() -> None:
    assert RULES.keys() == set(Change)
    now = with_lines(replace(TWO[0], quantity=2), TWO[1], a_line(line_id="line-3"))
    assert weightiest(changed(BASE, now)) is Deed.ANEW


RATES = st.sampled_from([Decimal(23), Decimal(8), Decimal(5), Decimal(0)])
PRICES = st.integers(1, 99_999).map(lambda minor: Decimal(minor) / 100)


@st.composite
def some_lines(draw: st.DrawFn) -> tuple[LineData, ...]:
    """One to four purchases; ids are few, so that two orders share some of them."""
    lines = []
    for place in draw(st.sets(st.integers(1, 5), min_size=1, max_size=4)):
        services = draw(st.lists(st.tuples(PRICES, st.integers(1, 3)), max_size=2))
        lines.append(
            a_line(
                line_id=f"line-{place}",
                offer_id=f"100{place}",
                offer_name=f"Towar {place}",
                quantity=draw(st.integers(1, 9)),
                price=draw(PRICES),
                deposit=draw(st.sampled_from([Decimal("0.00"), Decimal("0.50")]))
                if place == 1
                else Decimal("0.00"),
                vat_rate=draw(RATES),
                services=tuple(
                    a_service(name=f"Usługa {turn % 2}", price=price, quantity=count)
                    for turn, (price, count) in enumerate(services)
                ),
            )
        )
    return tuple(lines)


@st.composite
def some_order(draw: st.DrawFn) -> OrderData:
    cost = draw(st.one_of(st.just(Decimal("0.00")), PRICES))
    order = replace(BASE, lines=draw(some_lines()), delivery=delivery(cost=cost))
    return replace(order, total_to_pay=parts(order))


def as_proposed(base: OrderData, now: OrderData, paper: Paper) -> Paper | None:
    """The document once it was corrected as proposed; None where it was corrected to zero."""
    found = changed(base, now, paper=paper)
    wanted = proposal(found, paper=1)
    if wanted is None:
        assert found == ()
        return paper
    after = plan(paper.original, before=paper.now, changes=wanted.changes, to_zero=wanted.to_zero).after
    if wanted.to_zero:
        assert after.is_zero
        assert after.sums.to_pay == 0
        assert {one.change for one in found} & {Change.LINE_NEW, Change.DELIVERY_NEW, Change.DEPOSIT}
        return None
    return replace(paper, now=after)


def says_what_the_order_says(paper: Paper, order: OrderData) -> bool:
    draft = drafted(order, original=paper.original, buyer_source=BuyerSource.DELIVERY)
    return (paper.now.sums.to_pay, per_code(paper.now.lines), goods_of(paper.now.lines)) == (
        order.total_to_pay,
        per_code(draft.lines),
        goods_of(draft.lines),
    )


@settings(max_examples=150)
@given(base=some_order(), now=some_order(), later=some_order())
def test_the_correction_that_is_proposed_makes_the_document_say_what_the_order_says(
    base: OrderData, now: OrderData, later: OrderData
) -> None:
    corrected = as_proposed(base, now, a_paper(base))
    if corrected is None:
        return
    assert says_what_the_order_says(corrected, now)
    assert changed(base, now, paper=corrected) == ()
    settled = replace(corrected, base=corrected.now)
    assert changed(now, now, paper=settled) == ()
    again = as_proposed(now, later, settled)
    if again is not None:
        assert says_what_the_order_says(again, later)


def test_goods_that_come_back_with_another_deposit_are_issued_anew() -> None:
    bottle = replace(TWO[0], quantity=1, deposit=Decimal("0.50"))
    base = with_lines(bottle, TWO[1])
    without = with_lines(TWO[1])
    corrected = as_proposed(base, without, a_paper(base))
    assert corrected is not None
    settled = replace(corrected, base=corrected.now)
    for deposit, expected in ((Decimal("0.00"), Change.DEPOSIT), (Decimal("0.50"), Change.QUANTITY_MORE)):
        back = with_lines(replace(bottle, deposit=deposit), TWO[1])
        found = [one.change for one in changed(without, back, paper=settled)]
        assert expected in found
        again = as_proposed(without, back, settled)
        assert again is None or says_what_the_order_says(again, back)


@settings(max_examples=60)
@given(base=some_order(), now=some_order())
def test_lines_that_only_lose_or_change_are_always_corrected(base: OrderData, now: OrderData) -> None:
    """Of one VAT code and without deposits, an order with no new line is never issued anew."""
    plain: dict[str, Any] = {"vat_rate": Decimal(23), "deposit": Decimal("0.00"), "services": ()}
    base = replace(base, lines=tuple(replace(line, **plain) for line in base.lines))
    kept = {line.line_id for line in base.lines}
    lines = tuple(replace(line, **plain) for line in now.lines if line.line_id in kept)
    if not lines:
        return
    cost = now.delivery.cost if base.delivery.cost else Decimal("0.00")
    now = replace(now, lines=lines, delivery=delivery(cost=cost))
    base, now = (replace(order, total_to_pay=parts(order)) for order in (base, now))
    corrected = as_proposed(base, now, a_paper(base))
    assert corrected is not None
    assert says_what_the_order_says(corrected, now)


def goods_of(lines: Any) -> list[tuple[Any, ...]]:
    return sorted(
        (line.kind, line.line_id, line.name, line.quantity, line.unit_gross, line.vat_code)
        for line in lines
        if line.kind is not LineKind.DELIVERY and line.quantity
    )
