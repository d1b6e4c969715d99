"""Papers written by hand: receipts, internal issues, stocktaking, opening stock, reversals."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from builders.companies import NOW, a_company, a_member
from builders.stock import a_bundle, a_product, in_stock, level
from stragan.kit.models import AuditEvent
from stragan.warehouse import actions, queries
from stragan.warehouse.actions import CountLine, NoteHead, NoteLine
from stragan.warehouse.checking import differences
from stragan.warehouse.models import StockLevel, StockMove, StockNote
from stragan.warehouse.states import NoteKind

pytestmark = pytest.mark.django_db
HEAD = NoteHead(date=NOW.date(), reason="stłuczone")


@pytest.fixture(autouse=True)
def _ledger_adds_up(company: Any) -> Any:
    yield
    assert differences(company) == []


def write(company: Any, kind: NoteKind, *lines: NoteLine, head: NoteHead = HEAD) -> StockNote:
    return actions.write_note(company=company, kind=kind, head=head, lines=lines, by=None, now=NOW)


def count(company: Any, *lines: CountLine) -> StockNote:
    return actions.take_stock(company=company, head=HEAD, lines=lines, by=None, now=NOW)


def test_a_receipt_puts_goods_on_the_shelf_and_leaves_a_trace(company: Any) -> None:
    product = a_product(company)
    who = a_member(company)
    head = NoteHead(date=NOW.date(), supplier=" Hurtownia ", supplier_number="WZ/77")
    lines = [NoteLine(product_id=product.pk, quantity=Decimal("2.5"), unit_cost=Decimal("10.00"))]
    note = actions.write_note(company=company, kind=NoteKind.PZ, head=head, lines=lines, by=who, now=NOW)
    assert (note.number, note.supplier, note.supplier_number) == ("PZ 1/11/2026", "Hurtownia", "WZ/77")
    assert level(product) == ("2.5", "0")
    assert AuditEvent.objects.across_companies().get(verb="stock.note_written").user_id == who.pk


def test_the_average_cost_follows_receipts_and_issues_carry_it(company: Any) -> None:
    product = a_product(company)
    in_stock(company, product, 10, unit_cost=Decimal("10.00"))
    in_stock(company, product, 20, unit_cost=Decimal("13.00"))
    row = StockLevel.objects.for_company(company).get()
    assert f"{row.average}" == "12"
    note = write(company, NoteKind.RW, NoteLine(product_id=product.pk, quantity=Decimal(5)))
    assert f"{note.moves.get().unit_cost}" == "12.00"
    in_stock(company, product, 5)
    row.refresh_from_db()
    assert (f"{row.average}", f"{row.on_hand}") == ("12", "30")


def test_a_receipt_taken_back_takes_its_cost_along(company: Any) -> None:
    product = a_product(company)
    in_stock(company, product, 10, unit_cost=Decimal("10.00"))
    wrong = in_stock(company, product, 10, unit_cost=Decimal("100.00"))
    reversal = actions.reverse_note(company=company, note_id=wrong.pk, reason="pomyłka", by=None, now=NOW)
    row = StockLevel.objects.for_company(company).get()
    assert (f"{row.average}", f"{row.on_hand}", reversal.number) == ("10", "10", "PZ 3/11/2026")
    for note in (wrong, reversal):
        with pytest.raises(actions.NoteNotReversible):
            actions.reverse_note(company=company, note_id=note.pk, reason="znowu", by=None, now=NOW)


@pytest.mark.parametrize(
    ("quantity", "head", "error"),
    [
        ("0", HEAD, actions.NoteQuantityWrong),
        ("-1", HEAD, actions.NoteQuantityWrong),
        ("0.00001", HEAD, actions.NoteQuantityWrong),
        ("NaN", HEAD, actions.NoteQuantityWrong),
        ("1", NoteHead(date=NOW.date()), actions.NoteReasonMissing),
        ("1", NoteHead(date=NOW.date() + timedelta(days=1), reason="x"), actions.NoteDateFuture),
    ],
)
def test_what_cannot_be_is_refused_and_moves_nothing(
    company: Any, quantity: str, head: NoteHead, error: type[Exception]
) -> None:
    product = a_product(company)
    with pytest.raises(error):
        write(company, NoteKind.RW, NoteLine(product_id=product.pk, quantity=Decimal(quantity)), head=head)
    assert level(product) == ("0", "0")
    assert not StockNote.objects.for_company(company).exists()


def test_bundles_and_products_of_others_are_refused(company: Any) -> None:
    bundle = a_bundle(company, {a_product(company): "1"})
    foreign = a_product(a_company(nip="5252248481"), sku="OBCY")
    for product in (bundle, foreign):
        with pytest.raises(actions.NoteProductUnknown):
            write(company, NoteKind.PW, NoteLine(product_id=product.pk, quantity=Decimal(1)))
    with pytest.raises(actions.NoteEmpty):
        write(company, NoteKind.PW)


def test_the_policy_forbids_taking_out_what_is_not_there(company: Any) -> None:
    company.negative_stock = "forbid"
    company.save()
    product = a_product(company)
    in_stock(company, product, 2)
    two = NoteLine(product_id=product.pk, quantity=Decimal(2))
    with pytest.raises(actions.NoteStockMissing) as refusal:
        write(company, NoteKind.RW, two, two)
    assert refusal.value.params == {"product": "Kubek emaliowany", "needed": "4", "available": "2"}
    assert level(product) == ("2", "0")


def test_stocktaking_brings_the_shelf_to_what_was_counted(company: Any) -> None:
    mug, spoon = a_product(company), a_product(company, "Łyżka", sku="LYZ")
    in_stock(company, mug, 10)
    note = count(
        company,
        CountLine(product_id=mug.pk, counted=Decimal(7), shown=Decimal(10)),
        CountLine(product_id=spoon.pk, counted=Decimal(0), shown=Decimal(0)),
    )
    assert note.number == "INW 1/11/2026"
    moves = StockMove.objects.for_company(company).filter(note=note).order_by("id")
    assert [f"{move.quantity} {move.balance}" for move in moves] == ["-3 7", "0 0"]


def test_a_count_of_what_moved_meanwhile_is_shown_again(company: Any) -> None:
    product = a_product(company)
    in_stock(company, product, 10)
    with pytest.raises(actions.CountOutdated) as warning:
        count(company, CountLine(product_id=product.pk, counted=Decimal(7), shown=Decimal(9)))
    assert warning.value.params == {"products": "Kubek emaliowany", "count": 1}
    assert level(product) == ("10", "0")
    count(company, CountLine(product_id=product.pk, counted=Decimal(7), shown=Decimal(10)))
    assert level(product) == ("7", "0")


def test_opening_stock_given_twice_moves_once(company: Any) -> None:
    product = a_product(company)
    for expected in (True, False):
        note = actions.set_opening_stock(
            company=company, quantities={product.pk: Decimal(12)}, reason="start", by=None, now=NOW
        )
        assert (note is not None) is expected
        assert level(product) == ("12", "0")


def test_the_database_itself_refuses_to_change_the_ledger(company: Any) -> None:
    note = in_stock(company, a_product(company), 1)
    moves = StockMove.objects.for_company(company)
    for change in (
        lambda: moves.update(quantity=Decimal(5)),
        lambda: moves.all().delete(),
        lambda: StockNote.objects.for_company(company).filter(pk=note.pk).update(reason="inny"),
    ):
        with pytest.raises((IntegrityError, DatabaseError)), transaction.atomic():
            change()
    assert f"{moves.get().quantity}" == "1"


def test_available_of_a_bundle_is_what_can_be_put_together(company: Any) -> None:
    mug, spoon = a_product(company), a_product(company, "Łyżka", sku="LYZ")
    bundle = a_bundle(company, {mug: "1", spoon: "2.5"})
    empty = a_bundle(company, {}, sku="PUSTY")
    in_stock(company, mug, 5)
    in_stock(company, spoon, 6)
    found = queries.available(company, [mug.pk, spoon.pk, bundle.pk, empty.pk])
    assert {pk: f"{quantity:f}" for pk, quantity in found.items()} == {
        mug.pk: "5",
        spoon.pk: "6",
        bundle.pk: "2",
        empty.pk: "0",
    }
