"""Orders derived again from the answers that are kept are what they were, and mended where they are not."""

import itertools
import zlib
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest

from builders.companies import a_company, a_shop
from builders.markets import NOW, Market, a_market
from builders.products import a_product
from standins.allegro import changes
from stragan.companies.models import Company
from stragan.flows.draft_document import OrderNotFound
from stragan.flows.import_orders import prepare_forms, rules_of, store_forms
from stragan.flows.replay_orders import Replayed, Tally, chosen_orders, replay
from stragan.gateways.allegro import RawForm
from stragan.orders.actions import mark_documented
from stragan.orders.models import Order, OrderEvent, OrderLine, OrderRevision
from stragan.products.models import SoldOffer
from stragan.shops.models import Shop

pytestmark = pytest.mark.django_db
# What the archive of answers does not tell: when and under which ids rows were written.
OURS = {"id", "company_id", "shop_id", "superseded_by_id", "created_at", "changed_at"}


@pytest.fixture
def market(settings: Any) -> Iterator[Market]:
    """A shop whose buyers paid, cancelled, moved house and paid together, fetched after each."""
    with a_market(settings, orders=40) as found:
        shop = found.connect()
        found.fetch(shop)
        world = found.world
        unpaid = [world.add_orders(1, kind="bought", seller=0)[0] for _ in range(4)]
        found.fetch(shop)
        changes.pay(world, unpaid[0])
        changes.merge(world, unpaid[1:3])
        changes.cancel(world, unpaid[3])
        found.fetch(shop)
        yield found


def replayed(company: Company, *, is_dry: bool = True, order: str | None = None) -> list[Replayed]:
    orders = chosen_orders(company, order=order)
    return list(replay(orders, company=company, is_dry=is_dry, now=NOW, tally=Tally()))


def test_nothing_differs_after_whatever_happened(market: Market) -> None:
    tally = Tally()
    found = replay(chosen_orders(market.company), company=market.company, is_dry=True, now=NOW, tally=tally)
    assert list(found) == []
    assert (tally.orders, tally.different, tally.unreadable) == (len(market.orders()), 0, 0)
    assert Order.objects.for_company(market.company).filter(superseded_by__isnull=False).count() == 2


def test_what_differs_is_shown_and_then_put_right(market: Market) -> None:
    order = next(order for order in market.orders().values() if order.visible and order.total)
    [line] = order.lines.all()[:1]
    total, name = order.total, line.offer_name
    Order.objects.for_company(market.company).filter(pk=order.pk).update(total=Decimal("0.01"))
    OrderLine.objects.for_company(market.company).filter(pk=line.pk).update(offer_name="?")
    [shown] = replayed(market.company)
    assert {(one.field, one.stored, one.derived) for one in shown.deviations} == {
        ("total", Decimal("0.01"), total),
        (f"lines.{line.line_id}.offer_name", "?", name),
    }
    order.refresh_from_db()
    assert order.total == Decimal("0.01")  # shown only
    assert replayed(market.company, is_dry=False) == [shown]
    order.refresh_from_db()
    line.refresh_from_db()
    assert (order.total, line.offer_name) == (total, name)
    assert OrderEvent.objects.filter(order=order, verb="replayed").count() == 1
    assert replayed(market.company) == []


def test_lines_that_are_lost_invented_or_misplaced_are_shown_and_put_right(market: Market) -> None:
    product = a_product(market.company)
    first, second, third = [order for order in market.orders().values() if order.visible][:3]
    lost, misplaced = first.lines.all()[0], second.lines.all()[0]
    before = lines_of(market.company)
    SoldOffer.objects.for_company(market.company).filter(offer_id=lost.offer_id).update(product=product)
    OrderLine.objects.for_company(market.company).filter(pk=lost.pk).delete()
    OrderLine.objects.for_company(market.company).filter(pk=misplaced.pk).update(order=third)
    invented = OrderLine.objects.for_company(market.company).create(
        company=market.company,
        order=third,
        seller_id=third.seller_id,
        position=9,
        line_id="never-bought",
        offer_id="1",
        offer_name="Nic",
        quantity=2,
        price=Decimal("1.00"),
    )
    shown = replayed(market.company)
    assert {(one.form_id, dev.field, dev.stored, dev.derived) for one in shown for dev in one.deviations} == {
        (first.allegro_id, f"lines.{lost.line_id}", None, f"{lost.quantity} × {lost.offer_name}"),
        (
            second.allegro_id,
            f"lines.{misplaced.line_id}",
            f"order {third.number}",
            f"{misplaced.quantity} × {misplaced.offer_name}",
        ),
        (third.allegro_id, "lines.never-bought", "2 × Nic", None),
    }
    assert replayed(market.company, is_dry=False) == shown
    assert lines_of(market.company) == before
    assert not OrderLine.objects.for_company(market.company).filter(pk=invented.pk).exists()
    assert first.lines.get(line_id=lost.line_id).product == product
    assert replayed(market.company) == []


def test_a_line_left_at_the_older_of_two_merged_orders_goes_to_the_newer(market: Market) -> None:
    older = Order.objects.for_company(market.company).filter(superseded_by__isnull=False)[0]
    newer = older.superseded_by
    assert newer is not None
    line = newer.lines.all()[0]
    OrderLine.objects.for_company(market.company).filter(pk=line.pk).update(order=older)
    [shown] = replayed(market.company, is_dry=False)
    assert (shown.form_id, [one.field for one in shown.deviations]) == (
        newer.allegro_id,
        [f"lines.{line.line_id}"],
    )
    line.refresh_from_db()
    assert line.order_id == newer.pk
    assert replayed(market.company) == []


def test_an_order_hidden_by_nobody_is_shown_and_put_right(market: Market) -> None:
    closed, hidden = [order for order in market.orders().values() if order.queue == "to_issue"][:2]
    rows = Order.objects.for_company(market.company)
    rows.filter(pk=closed.pk).update(status="closed", visible=False, queue="done")
    rows.filter(pk=hidden.pk).update(visible=False)
    found = replayed(market.company)
    assert {(one.form_id, dev.field, dev.stored, dev.derived) for one in found for dev in one.deviations} == {
        (closed.allegro_id, "status", "closed", closed.status),
        (closed.allegro_id, "visible", False, True),
        (closed.allegro_id, "queue", "done", "to_issue"),
        (hidden.allegro_id, "visible", False, True),
    }
    replayed(market.company, is_dry=False)
    for order in (closed, hidden):
        now = rows.get(pk=order.pk)
        assert (now.status, now.visible, now.queue) == (order.status, True, "to_issue")
    assert replayed(market.company) == []


def test_an_order_that_its_document_closed_is_no_deviation(market: Market) -> None:
    order = next(order for order in market.orders().values() if order.queue == "to_issue")
    mark_documented(numbers={order.pk: "FV 1/11/2026"}, close=True, now=NOW)
    assert replayed(market.company) == []


def test_what_people_decided_stays(market: Market) -> None:
    order = next(order for order in market.orders().values() if order.visible)
    Order.objects.for_company(market.company).filter(pk=order.pk).update(
        status="closed", status_by_hand=True, visible=False, queue="done", buyer_login="?"
    )
    assert len(replayed(market.company, is_dry=False)) == 1
    order.refresh_from_db()
    assert (order.status, order.visible, order.buyer_login != "?") == ("closed", False, True)


def test_one_order_is_chosen_by_either_of_its_names(market: Market) -> None:
    order = next(iter(market.orders().values()))
    for name in (order.allegro_id, str(order.number)):
        assert [found.pk for found in chosen_orders(market.company, order=name)] == [order.pk]
    with pytest.raises(OrderNotFound):
        chosen_orders(a_company(nip="1234563218"), order=order.allegro_id)


def test_an_answer_that_cannot_be_read_is_named(market: Market) -> None:
    order = next(iter(market.orders().values()))
    OrderRevision.objects.filter(order=order).update(payload=zlib.compress(b"[]"))
    [found] = replayed(market.company)
    assert (found.form_id, found.deviations, bool(found.reason)) == (order.allegro_id, (), True)


def test_a_fresh_company_fed_from_the_archive_is_the_same_row_for_row(market: Market) -> None:
    copy = a_company(nip="1234563218")
    original = Shop.objects.for_company(market.company).get()
    shop = a_shop(copy, seller_id=original.seller_id, since_date=original.since_date)
    rules = rules_of(company=copy, shop=shop, now=NOW)
    archive = OrderRevision.objects.filter(order__company=market.company).select_related("order")
    by_fetch = itertools.groupby(archive.order_by("id"), key=lambda row: row.fetched_at)
    for fetched_at, rows in by_fetch:
        forms = [
            RawForm(
                form_id=row.order.allegro_id,
                payload=zlib.decompress(bytes(row.payload)),
                trace_id=row.trace_id,
            )
            for row in rows
        ]
        prepared = prepare_forms(shop=shop, forms=forms, rules=rules)
        store_forms(shop=shop, prepared=prepared, now=fetched_at)
    assert rows_of(copy) == rows_of(market.company)
    assert lines_of(copy) == lines_of(market.company)


def rows_of(company: Company) -> dict[str, dict[str, object]]:
    """Orders by their Allegro id; a successor is told by its own."""
    found = {}
    for order in Order.objects.for_company(company).select_related("superseded_by"):
        row = {field.attname: getattr(order, field.attname) for field in Order._meta.concrete_fields}
        row = {name: value for name, value in row.items() if name not in OURS}
        row["successor"] = order.superseded_by.allegro_id if order.superseded_by else ""
        found[order.allegro_id] = row
    return found


def lines_of(company: Company) -> set[tuple[object, ...]]:
    fields = ["order__allegro_id", "position", "line_id", "offer_id", "sku", "quantity", "price", "vat_rate"]
    return set(OrderLine.objects.for_company(company).values_list(*fields))
