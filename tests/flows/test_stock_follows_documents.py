"""Stock follows orders and documents: reserved at import, issued once, brought back by voiding."""

from decimal import Decimal
from typing import Any

import pytest

from builders.companies import NOW, a_member, a_shop
from builders.issuing import an_invoice, corrected
from builders.orders import a_numbered_form, stored
from builders.stock import a_bundle, a_form_of, a_product, in_stock, level, match
from stragan.core.snapshot import DocumentKind
from stragan.documents import queries as documents
from stragan.documents import runs
from stragan.documents.actions import Author
from stragan.flows import issue_document, issue_many, order_statuses, stock_effects, stock_reservations
from stragan.flows.delete_orders import delete_orders, restore_orders
from stragan.flows.issue_document import Issued, RefusedOrder, WouldIssue, issue_documents, preview_documents
from stragan.flows.issue_preparing import Wish
from stragan.flows.posted import Posted
from stragan.flows.void_document import Voided, void_document
from stragan.kit.audit import Actor
from stragan.orders.actions import mark_gone
from stragan.orders.models import Order
from stragan.orders.states import OrderStatus
from stragan.warehouse.checking import differences
from stragan.warehouse.models import Reservation, StockMove, StockNote

pytestmark = pytest.mark.django_db
AUTHOR = Author(user=None, actor=Actor.COMMAND, now=NOW, asked_at=NOW)


def a_wish(company: Any) -> Wish:
    return Wish(company=company, kind=DocumentKind.INVOICE, issue_date=NOW.date(), today=NOW.date())


def issue(company: Any, orders: list[Any]) -> list[Any]:
    return issue_documents([order.pk for order in orders], wish=a_wish(company), author=AUTHOR)


def reserved_orders(company: Any, forms: list[dict[str, Any]], product: Any) -> list[Any]:
    orders = stored(a_shop(company), forms, now=NOW)
    match(orders, product)
    stock_reservations.refresh(company, [order.pk for order in orders], NOW)
    return orders


def ends(company: Any) -> list[str]:
    return list(
        Reservation.objects.for_company(company)
        .filter(ended_at__isnull=False)
        .order_by("id")
        .values_list("end_code", flat=True)
    )


@pytest.fixture(autouse=True)
def _ledger_adds_up(company: Any) -> Any:
    yield
    assert differences(company) == []


def test_a_released_order_reserves_and_its_invoice_takes_the_goods(company: Any) -> None:
    product = a_product(company)
    in_stock(company, product, 10)
    [order] = reserved_orders(company, [a_form_of(1, quantity=3)], product)
    assert level(product) == ("10", "3")
    [issued] = issue(company, [order])
    assert level(product) == ("7", "0")
    assert ends(company) == ["issued"]
    note = StockNote.objects.for_company(company).get(kind="wz")
    assert (note.number, note.document_number, note.order_id) == ("WZ 1/11/2026", "FV 1/11/2026", order.pk)
    [change] = issued.consequences.stock
    assert (change.sku, change.quantity, change.note, change.left) == ("KUB-1", -3, "WZ 1/11/2026", 7)


def test_asking_again_moves_nothing_and_tells_the_same(company: Any) -> None:
    product = a_product(company)
    [order] = reserved_orders(company, [a_form_of(1)], product)
    [first], [again] = issue(company, [order]), issue(company, [order])
    assert again.repeated
    assert again.consequences.stock == first.consequences.stock
    assert level(product) == ("-1", "0")
    assert first.consequences.stock[0].is_short


def test_unmatched_lines_move_nothing_and_block_nothing(company: Any) -> None:
    [order] = stored(a_shop(company), [a_numbered_form(1)], now=NOW)
    [issued] = issue(company, [order])
    assert isinstance(issued, Issued)
    assert issued.consequences.stock == ()
    assert not StockNote.objects.for_company(company).exists()


def test_two_lines_of_one_product_are_foreseen_as_they_will_move(company: Any) -> None:
    product = a_product(company)
    in_stock(company, product, 10)
    form = a_numbered_form(1)
    [line] = form["lineItems"]
    form["lineItems"] = [line, {**line, "id": f"{line['id'][:-1]}f"}]
    form["summary"]["totalToPay"]["amount"] = str(
        Decimal(form["summary"]["totalToPay"]["amount"]) + Decimal(line["price"]["amount"]) * line["quantity"]
    )
    [order] = reserved_orders(company, [form], product)
    [would] = preview_documents([order.pk], wish=a_wish(company))
    [issued] = issue(company, [order])
    assert isinstance(would, WouldIssue)
    foreseen, moved = (
        [(one.quantity, one.left) for one in each.consequences.stock] for each in (would, issued)
    )
    assert foreseen == moved == [(-1, 9), (-1, 8)]


def test_voiding_again_tells_the_same_goods(company: Any) -> None:
    product = a_product(company)
    [order] = reserved_orders(company, [a_form_of(1, quantity=3)], product)
    [issued] = issue(company, [order])
    first, again = (
        void_document(company=company, document_id=issued.document.pk, reason="pomyłka", author=AUTHOR)
        for _ in range(2)
    )
    assert isinstance(first, Voided)
    assert isinstance(again, Voided)
    assert again.repeated
    assert [change.quantity for change in first.consequences.stock] == [3]
    assert again.consequences.stock == first.consequences.stock


def test_a_bundle_moves_its_components(company: Any) -> None:
    mug, spoon = a_product(company), a_product(company, "Łyżka", sku="LYZ")
    bundle = a_bundle(company, {mug: "1", spoon: "2.5"})
    [order] = reserved_orders(company, [a_form_of(1, quantity=2)], bundle)
    assert (level(mug), level(spoon)) == (("0", "2"), ("0", "5"))
    issue(company, [order])
    assert (level(mug), level(spoon), level(bundle)) == (("-2", "0"), ("-5", "0"), ("0", "0"))


def test_without_the_warehouse_documents_are_issued_and_nothing_moves(company: Any) -> None:
    company.warehouse = False
    company.save()
    product = a_product(company)
    [order] = reserved_orders(company, [a_form_of(1)], product)
    [issued] = issue(company, [order])
    assert isinstance(issued, Issued)
    assert level(product) == ("0", "0")


def test_switching_the_warehouse_on_reserves_for_open_orders(company: Any) -> None:
    company.warehouse = False
    company.save()
    product = a_product(company)
    reserved_orders(company, [a_form_of(1), a_form_of(2, quantity=4)], product)
    company.warehouse = True
    company.save()
    for _ in range(2):
        stock_reservations.reserve_open(company_id=company.pk, now=NOW)
        assert level(product) == ("0", "5")


def test_a_changed_order_reserves_anew_and_a_cancelled_one_lets_go(company: Any) -> None:
    product = a_product(company)
    [order] = reserved_orders(company, [a_form_of(1, quantity=2)], product)
    shop = order.shop
    stored(shop, [a_form_of(1, quantity=5)], now=NOW)
    match([order], product)
    stock_reservations.refresh(company, [order.pk], NOW)
    assert level(product) == ("0", "5")
    stored(shop, [a_form_of(1, quantity=5, status="CANCELLED")], now=NOW)
    assert level(product) == ("0", "0")
    assert ends(company)[-1] == "cancelled"


def test_what_is_not_released_reserves_nothing(company: Any) -> None:
    product = a_product(company)
    reserved_orders(company, [a_form_of(1, status="BOUGHT"), a_form_of(2, status="FILLED_IN")], product)
    assert level(product) == ("0", "0")


def test_an_order_that_is_gone_or_deleted_lets_go(company: Any) -> None:
    product = a_product(company)
    gone, deleted = reserved_orders(company, [a_form_of(1), a_form_of(2)], product)
    mark_gone(shop=gone.shop, form_ids=[gone.allegro_id], now=NOW)
    Order.objects.for_company(company).filter(pk=deleted.pk).update(deleted_at=NOW)
    stock_reservations.refresh(company, [gone.pk, deleted.pk], NOW)
    assert level(product) == ("0", "0")
    assert sorted(ends(company)) == ["deleted", "gone"]


def test_merged_purchases_move_the_reservation_to_the_successor(company: Any) -> None:
    product = a_product(company)
    [old] = reserved_orders(company, [a_form_of(1)], product)
    successor = a_form_of(2)
    successor["lineItems"] = a_form_of(1)["lineItems"]
    [new] = stored(old.shop, [successor], now=NOW)
    match([new], product)
    stock_reservations.refresh(company, [old.pk, new.pk], NOW)
    assert level(product) == ("0", "1")
    live = Reservation.objects.for_company(company).get(ended_at__isnull=True)
    assert live.order_id == new.pk
    assert ends(company) == ["superseded"]


def test_forbidden_negative_stock_serves_first_come_first(company: Any) -> None:
    company.negative_stock = "forbid"
    company.save()
    product = a_product(company)
    in_stock(company, product, 3)
    orders = reserved_orders(
        company, [a_form_of(1, quantity=2), a_form_of(2, quantity=2), a_form_of(3)], product
    )
    wish = a_wish(company)
    seen = preview_documents([order.pk for order in orders], wish=wish)
    outcomes = issue(company, orders)
    for answers in (seen, outcomes):
        assert [isinstance(one, RefusedOrder) for one in answers] == [False, True, False]
    refusal = outcomes[1].refusal
    assert (refusal.code, dict(refusal.params)) == (
        "stock_missing",
        {"product": "Kubek emaliowany", "needed": "2", "available": "1"},
    )
    numbers = [one.document.number for one in outcomes if isinstance(one, Issued)]
    assert numbers == ["FV 1/11/2026", "FV 2/11/2026"]
    assert level(product) == ("0", "2")


def test_a_selection_seen_in_parts_runs_out_as_a_whole(company: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    product = a_product(company)
    in_stock(company, product, 1)
    orders = reserved_orders(company, [a_form_of(1), a_form_of(2)], product)
    ids = [order.pk for order in orders]
    monkeypatch.setattr(issue_many, "PREVIEW_CHUNK", 1)
    monkeypatch.setattr(issue_document, "CHUNK_SIZE", 1)
    run = {"company": company, "order_ids": ids, "kind": DocumentKind.INVOICE, "issue_date": NOW.date()}
    warned = issue_many.prepare_run(**run, user=None, now=NOW)
    assert (warned.foreseen["notes"], warned.foreseen["short"]) == (2, 1)
    company.negative_stock = "forbid"
    company.save()
    forbidden = issue_many.prepare_run(**run, user=None, now=NOW)
    assert runs.preview_of(forbidden).blocked == {"stock_missing": 1}
    seen = preview_documents(ids, wish=a_wish(company))
    assert [isinstance(one, RefusedOrder) for one in seen] == [False, True]


def test_a_preview_tells_what_would_move_and_what_would_be_missing(company: Any) -> None:
    product = a_product(company)
    in_stock(company, product, 1)
    orders = reserved_orders(company, [a_form_of(1), a_form_of(2)], product)
    seen: list[Any] = list(preview_documents([order.pk for order in orders], wish=a_wish(company)))
    changes = [one.consequences.stock[0] for one in seen]
    assert [(one.quantity, one.left, one.is_short) for one in changes] == [(-1, 0, False), (-1, -1, True)]
    assert level(product) == ("1", "2")


def test_a_voided_document_puts_the_goods_back_once(company: Any) -> None:
    product = a_product(company)
    in_stock(company, product, 5, unit_cost=Decimal("12.00"))
    [order] = reserved_orders(company, [a_form_of(1, quantity=2)], product)
    [issued] = issue(company, [order])
    posted = Posted(document=issued.document, snapshot=documents.snapshot_of(issued.document), order=order)
    [change] = stock_effects.undo(posted, company=company, author=AUTHOR)
    assert (f"{change.quantity}", change.note) == ("2", "WZ 2/11/2026")
    assert stock_effects.undo(posted, company=company, author=AUTHOR) == ()
    assert level(product) == ("5", "0")
    reversal = StockNote.objects.for_company(company).select_related("reverses").get(reverses__isnull=False)
    assert reversal.reverses is not None
    assert reversal.reverses.number == "WZ 1/11/2026"
    assert list(StockMove.objects.for_company(company).values_list("balance", flat=True)) == [5, 3, 5]
    assert {f"{move.unit_cost}" for move in StockMove.objects.for_company(company)} == {"12.00"}


def test_a_status_set_by_hand_lets_go_and_its_undo_reserves_again(company: Any) -> None:
    product = a_product(company)
    user = a_member(company)
    [order] = reserved_orders(company, [a_form_of(1)], product)
    for status, code in ((OrderStatus.CLOSED, "closed"), (OrderStatus.CANCELLED, "cancelled")):
        changes = order_statuses.set_status(
            company=company, order_ids=[order.pk], status=status, user=user, now=NOW
        )
        assert level(product) == ("0", "0")
        assert ends(company)[-1] == code
        order_statuses.undo_status(company=company, changes=changes, user=user, now=NOW)
        assert level(product) == ("0", "1")


def test_the_bin_lets_go_and_bringing_back_reserves_again(company: Any) -> None:
    product = a_product(company)
    user = a_member(company)
    [order] = reserved_orders(company, [a_form_of(1)], product)
    delete_orders(company=company, order_ids=[order.pk], reason="próba", user=user, now=NOW)
    assert level(product) == ("0", "0")
    restore_orders(company=company, order_ids=[order.pk], user=user, now=NOW)
    assert level(product) == ("0", "1")


def test_a_pro_forma_keeps_the_reservation_and_moves_nothing(company: Any) -> None:
    product = a_product(company)
    [order] = reserved_orders(company, [a_form_of(1)], product)
    wish = Wish(company=company, kind=DocumentKind.PRO_FORMA, issue_date=NOW.date(), today=NOW.date())
    [issued] = issue_documents([order.pk], wish=wish, author=AUTHOR)
    assert isinstance(issued, Issued)
    assert issued.consequences.stock == ()
    assert level(product) == ("0", "1")


def test_a_correction_brings_back_the_difference_and_the_rest_later(company: Any) -> None:
    mug, spoon = a_product(company, sku="A-1"), a_product(company, "Łyżka", sku="A-2")
    [order] = reserved_orders(company, [a_form_of(1, quantity=3)], a_bundle(company, {mug: "1", spoon: "2"}))
    document = an_invoice(order)
    first = corrected(document, {1: "1"})
    assert [f"{one.quantity} {one.note}" for one in first.consequences.stock] == [
        "2 ZW 1/11/2026",
        "4 ZW 1/11/2026",
    ]
    assert (level(mug), level(spoon)) == (("-1", "0"), ("-2", "0"))
    corrected(document)
    assert (level(mug), level(spoon)) == (("0", "3"), ("0", "6"))
