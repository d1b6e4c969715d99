"""Whatever happens to orders, documents and goods: stock = receipts − issues, and no order moves twice."""

from collections import Counter
from datetime import date
from decimal import Decimal
from itertools import count
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from builders.companies import NOW, a_company, a_shop
from builders.issuing import an_author, corrected, voided
from builders.orders import stored
from builders.soaking import examples
from builders.stock import a_bundle, a_form_of, a_product
from stragan.core.snapshot import DocumentKind
from stragan.documents.content import Refusal
from stragan.flows import stock_reservations
from stragan.flows.issue_document import Issued, issue_documents
from stragan.flows.issue_preparing import Wish
from stragan.orders.models import Order, OrderLine
from stragan.warehouse import actions
from stragan.warehouse.checking import differences
from stragan.warehouse.models import StockLevel, StockMove, StockNote
from stragan.warehouse.states import NoteKind

TODAY = date(2026, 11, 23)
FISCAL = [DocumentKind.INVOICE, DocumentKind.RECEIPT, DocumentKind.OTHER_INCOME]
PAPERS = [DocumentKind.PRO_FORMA, DocumentKind.OFFER]
NIPS = count(2_000_000_000)
PLACES = st.integers(min_value=0, max_value=3)
AMOUNTS = st.integers(min_value=0, max_value=6)
HEAD = actions.NoteHead(date=TODAY, reason="test")


class Histories(RuleBasedStateMachine):
    """A shop with two products and a set of them, and a plain model of what should lie on the shelf."""

    @initialize(policy=st.sampled_from(["warn", "forbid", "allow"]))
    def open_the_shop(self, policy: str) -> None:
        self.company = a_company(nip=f"{next(NIPS)}", receipts="non_fiscal", negative_stock=policy)
        self.shop = a_shop(self.company, seller_id=self.company.nip)
        # No SKU that an offer bears: what is matched is decided by the rules.
        self.mug = a_product(self.company, "Kufel", sku="A-1")
        self.spoon = a_product(self.company, "Łyżka", sku="A-2")
        self.pair = a_bundle(self.company, {self.mug: "2", self.spoon: "0.5"}, sku="A-3")
        self.shelf: Counter[int] = Counter()  # in 1/10,000
        self.orders: list[Any] = []
        self.holds: dict[int, Counter[int]] = {}  # by order: what it should reserve, while nothing took it
        self.matched: dict[int, Any] = {}
        self.quantities: dict[int, int] = {}
        self.out: dict[
            int, tuple[Any, Counter[int], int]
        ] = {}  # by order: document, goods, pieces left on it

    def needs(self, order_id: int, pieces: int | None = None) -> Counter[int]:
        product = self.matched[order_id]
        pieces = self.quantities[order_id] if pieces is None else pieces
        if product is None:
            return Counter()
        if product.pk == self.pair.pk:
            return Counter({self.mug.pk: 20_000 * pieces, self.spoon.pk: 5_000 * pieces})
        return Counter({product.pk: 10_000 * pieces})

    def order_at(self, place: int) -> Any:
        return self.orders[place % len(self.orders)]

    @rule(quantity=st.integers(min_value=1, max_value=3), place=PLACES)
    def an_order_comes(self, quantity: int, place: int) -> None:
        [order] = stored(self.shop, [a_form_of(len(self.orders) + 1, quantity=quantity)], now=NOW)
        self.orders.append(order)
        self.quantities[order.pk] = quantity
        self.matched[order.pk] = None
        self.rematch(len(self.orders) - 1, place)

    @precondition(lambda self: self.orders)
    @rule(at=PLACES, place=PLACES)
    def rematch(self, at: int, place: int) -> None:
        order = self.order_at(at)
        if order.pk in self.out:
            return
        product = [self.mug, self.spoon, self.pair, None][place]
        OrderLine.objects.for_company(self.company).filter(order=order).update(product=product)
        self.matched[order.pk] = product
        stock_reservations.refresh(self.company, [order.pk], NOW)

    @precondition(lambda self: self.orders)
    @rule(at=PLACES, kind=st.sampled_from(FISCAL + PAPERS), many=st.booleans())
    def issue(self, at: int, kind: DocumentKind, many: bool) -> None:  # noqa: FBT001 -- hypothesis names it
        chosen = self.orders if many else [self.order_at(at)]
        wish = Wish(company=self.company, kind=kind, issue_date=TODAY, today=TODAY)
        outcomes = issue_documents([order.pk for order in chosen], wish=wish, author=an_author())
        for one in outcomes:
            if not isinstance(one, Issued):
                continue
            if one.repeated or kind in PAPERS:
                assert kind not in PAPERS or not one.consequences.stock
                continue
            goods = self.needs(one.order_id)
            self.shelf.subtract(goods)
            self.out[one.order_id] = (one.document, goods, self.quantities[one.order_id])
            told = Counter({self.pk_of(c.sku): int(-c.quantity * 10_000) for c in one.consequences.stock})
            assert told == goods

    def pk_of(self, sku: str) -> int:
        return int({"A-1": self.mug.pk, "A-2": self.spoon.pk}[sku])

    @precondition(lambda self: self.out)
    @rule(at=PLACES)
    def void(self, at: int) -> None:
        order_id = list(self.out)[at % len(self.out)]
        document, goods, _ = self.out[order_id]
        if not isinstance(voided(document), Refusal):
            self.shelf.update(goods)
            del self.out[order_id]

    @precondition(lambda self: self.out)
    @rule(at=PLACES, pieces=st.integers(min_value=0, max_value=4))
    def correct(self, at: int, pieces: int) -> None:
        order_id = list(self.out)[at % len(self.out)]
        document, goods, _ = self.out[order_id]
        outcome = corrected(document, {1: str(pieces)} if pieces else None)
        if isinstance(outcome, Refusal) or outcome.repeated:
            return
        now_out = self.needs(order_id, pieces)
        self.shelf.update(goods)
        self.shelf.subtract(now_out)
        if pieces:
            self.out[order_id] = (document, now_out, pieces)
        else:
            del self.out[order_id]

    @precondition(lambda self: self.orders)
    @rule(at=PLACES, is_deleted=st.booleans())
    def delete_or_restore(self, at: int, is_deleted: bool) -> None:  # noqa: FBT001 -- hypothesis names it
        order = self.order_at(at)
        Order.objects.for_company(self.company).filter(pk=order.pk).update(
            deleted_at=NOW if is_deleted else None
        )
        stock_reservations.refresh(self.company, [order.pk], NOW)

    @precondition(lambda self: self.orders)
    @rule(at=PLACES)
    def cancel(self, at: int) -> None:
        order = self.order_at(at)
        number = self.orders.index(order) + 1
        stored(
            self.shop,
            [a_form_of(number, quantity=self.quantities[order.pk], status="CANCELLED")],
            now=NOW,
        )
        if order.pk not in self.out:
            self.matched[order.pk] = OrderLine.objects.for_company(self.company).get(order=order).product

    @rule(is_mug=st.booleans(), amount=AMOUNTS, cost=st.none() | st.integers(1, 9_999), is_out=st.booleans())
    def write_a_note(self, is_mug: bool, amount: int, cost: int | None, is_out: bool) -> None:  # noqa: FBT001
        product = self.mug if is_mug else self.spoon
        line = actions.NoteLine(
            product_id=product.pk,
            quantity=Decimal(amount),
            unit_cost=None if cost is None else Decimal(cost).scaleb(-2),
        )
        kind = NoteKind.RW if is_out else NoteKind.PZ
        try:
            actions.write_note(company=self.company, kind=kind, head=HEAD, lines=[line], by=None, now=NOW)
        except (actions.NoteQuantityWrong, actions.NoteStockMissing):
            return
        self.shelf[product.pk] += 10_000 * (-amount if is_out else amount)

    @rule(is_mug=st.booleans(), counted=AMOUNTS)
    def take_stock(self, is_mug: bool, counted: int) -> None:  # noqa: FBT001 -- hypothesis names it
        product = self.mug if is_mug else self.spoon
        shown = Decimal(self.shelf[product.pk]).scaleb(-4)
        line = actions.CountLine(product_id=product.pk, counted=Decimal(counted), shown=shown)
        actions.take_stock(company=self.company, head=HEAD, lines=[line], by=None, now=NOW)
        self.shelf[product.pk] = 10_000 * counted

    @rule(at=PLACES)
    def reverse_a_note(self, at: int) -> None:
        notes = list(StockNote.objects.for_company(self.company).order_by("-id")[:4])
        if not notes:
            return
        note = notes[at % len(notes)]
        moves = list(note.moves.all())
        try:
            actions.reverse_note(company=self.company, note_id=note.pk, reason="test", by=None, now=NOW)
        except (actions.NoteNotReversible, actions.NoteStockMissing):
            return
        for move in moves:
            self.shelf[move.product_id] -= int(move.quantity * 10_000)

    @invariant()
    def everything_adds_up(self) -> None:
        if not hasattr(self, "shelf"):
            return
        assert differences(self.company) == []
        levels = {row.product_id: row for row in StockLevel.objects.for_company(self.company)}
        assert (levels[self.pair.pk].on_hand, levels[self.pair.pk].reserved) == (Decimal(0), Decimal(0))
        due = self.due()
        for product in (self.mug, self.spoon):
            level = levels.get(product.pk) or StockLevel(product=product)
            assert int(level.on_hand * 10_000) == self.shelf[product.pk]
            assert int(level.reserved * 10_000) == due[product.pk]

    @invariant()
    def numbers_have_no_gap(self) -> None:
        if not hasattr(self, "shelf"):
            return
        for kind in NoteKind:
            notes = StockNote.objects.for_company(self.company).filter(kind=kind).order_by("sequence")
            sequences = list(notes.values_list("sequence", flat=True))
            assert sequences == list(range(1, len(sequences) + 1))

    def due(self) -> Counter[int]:
        """What open orders should reserve."""
        due: Counter[int] = Counter()
        for order in Order.objects.for_company(self.company).filter(
            has_original=False, deleted_at__isnull=True, allegro_status="READY_FOR_PROCESSING"
        ):
            due.update(self.needs(order.pk))
        return due


@pytest.mark.django_db
def test_any_history_of_orders_documents_and_goods_adds_up() -> None:
    run_state_machine_as_test(Histories, settings=settings(max_examples=examples(12), stateful_step_count=18))
    assert StockMove.objects.across_companies().exists()
