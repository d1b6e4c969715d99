"""The radar with the stand-in's Allegro in front of it, and with orders nobody thought of."""

import random
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from builders.changes import of_three
from builders.companies import NOW, a_shop
from builders.issuing import TODAY, an_author, an_invoice
from builders.markets import Market, a_market
from builders.orders import a_numbered_form, for_a_company, stored
from standins.allegro import changes
from stragan.core.snapshot import DocumentKind
from stragan.documents import radar
from stragan.documents.correcting import state_of
from stragan.documents.models import Document, OrderChange
from stragan.documents.queries import snapshot_of
from stragan.flows import change_radar
from stragan.flows.correct_document import Corrected, Wish, correct_document
from stragan.flows.issue_document import Issued, issue_documents
from stragan.flows.issue_preparing import Wish as IssueWish
from stragan.orders.models import Order, OrderEvent

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def market(settings: Any) -> Iterator[Market]:
    with a_market(settings) as found:
        yield found


def test_what_buyers_do_on_allegro_is_on_the_radar_after_the_next_fetch(market: Market) -> None:
    forms = [for_a_company(a_numbered_form(number)) for number in range(1, 6)]
    for form in forms:
        market.put(form)
    shop = market.connect()
    market.fetch(shop)
    orders = [market.orders()[form["id"]] for form in forms]
    for order in orders:
        an_invoice(order)
    by_buyer, by_itself, moved, topped_up, quiet = (market.world.by_id[form["id"]] for form in forms)
    changes.cancel(market.world, by_buyer)
    changes.cancel(market.world, by_itself, by_buyer=False)
    changes.change_address(market.world, moved, {})
    changes.add_surcharge(market.world, topped_up, 500)
    market.fetch(shop)
    told = {
        row.order_id: (row.state, [(item.change.value, item.deed.value) for item in radar.items_of(row)])
        for row in OrderChange.objects.for_company(market.company)
    }
    assert told == {
        orders[0].pk: ("open", [("cancelled_paid_by_buyer", "to_zero")]),
        orders[1].pk: ("open", [("cancelled_paid_by_allegro", "to_zero")]),
        orders[2].pk: ("open", [("delivery_address", "nothing")]),
        orders[3].pk: ("noted", [("surcharge", "nothing")]),
    }
    assert quiet.id == orders[4].allegro_id
    verbs = OrderEvent.objects.filter(order__in=orders, verb__in=["changed", "cancelled", "released"])
    assert set(verbs.values_list("order_id", flat=True)) == told.keys()
    market.fetch(shop)  # nothing new: nothing is found twice
    assert OrderChange.objects.for_company(market.company).count() == len(told)


def a_random_form(chance: random.Random, number: int) -> dict[str, Any]:
    """One to three purchases of few ids at two rates; the same number may come with others later."""
    form = of_three(number)
    template = form["lineItems"][0]
    lines = []
    for place in sorted(chance.sample(range(1, 5), chance.randint(1, 3))):
        price = f"{chance.randint(100, 9_999) / 100:.2f}"
        lines.append(
            {
                **template,
                "id": f"7f1a{number:04}-aaaa-11f1-9000-{place:012}",
                "offer": {**template["offer"], "id": f"{9000 + place}", "name": f"Towar {place}"},
                "quantity": chance.randint(1, 4),
                "price": {"amount": price, "currency": "PLN"},
                "originalPrice": {"amount": price, "currency": "PLN"},
                "tax": {**template["tax"], "rate": "23.00" if place < 4 else "8.00"},
            }
        )
    form["lineItems"] = lines
    form["delivery"]["cost"]["amount"] = chance.choice(["14.99", "9.99", "0.00"])
    total = sum((Decimal(line["price"]["amount"]) * line["quantity"] for line in lines), Decimal(0))
    total += Decimal(form["delivery"]["cost"]["amount"])
    for part in (form["summary"]["totalToPay"], form["payment"]["paidAmount"]):
        part["amount"] = f"{total:.2f}"
    return form


def invoiced(order: Order) -> Document:
    wish = IssueWish(company=order.company, kind=DocumentKind.INVOICE, issue_date=TODAY, today=TODAY)
    [outcome] = issue_documents([order.pk], wish=wish, author=an_author())
    assert isinstance(outcome, Issued), outcome
    return outcome.document


@pytest.mark.parametrize("seed", range(6))
def test_whatever_changes_the_documents_end_with_the_orders_amount(company: Any, seed: int) -> None:
    """Three times an order changes at random; what is proposed is issued, and where it was to zero, anew."""
    chance = random.Random(seed)  # noqa: S311 -- repeatable, nothing secret
    shop = a_shop(company)
    [order] = stored(shop, [a_random_form(chance, 1)], now=NOW)
    document = invoiced(order)
    for minutes in (1, 2, 3):
        [order] = stored(shop, [a_random_form(chance, 1)], now=NOW + timedelta(minutes=minutes))
        examined = change_radar.examine(company, order.pk)
        if examined is None:
            continue
        wanted = examined.proposal(document)
        assert wanted is not None
        wish = Wish(
            company=company,
            document_id=document.pk,
            reason=wanted.reason,
            today=TODAY,
            changes=wanted.changes,
            to_zero=wanted.to_zero,
        )
        outcome = correct_document(wish=wish, author=an_author())
        assert isinstance(outcome, Corrected), outcome
        assert OrderChange.objects.for_company(company).get(order=order).state == "settled"
        if wanted.to_zero:
            document = invoiced(order)
        latest = outcome.snapshot if not wanted.to_zero else None
        assert state_of(snapshot_of(document), latest).sums.to_pay == order.total
    rows = Document.objects.for_company(company).filter(order=order)
    assert sum((one.to_pay or Decimal(0) for one in rows), Decimal(0)) == order.total


def test_a_purge_of_contact_data_changes_nothing_on_the_radar(company: Any) -> None:
    """Content comes back whole from Allegro after its older versions were purged: nothing changed by that."""
    import zlib  # noqa: PLC0415

    from stragan.gateways.allegro import without_contact  # noqa: PLC0415
    from stragan.orders.models import OrderRevision  # noqa: PLC0415

    shop = a_shop(company)
    form = for_a_company(of_three())
    [order] = stored(shop, [form], now=NOW)
    an_invoice(order)
    for revision in OrderRevision.objects.filter(order=order):
        plain = without_contact(zlib.decompress(bytes(revision.payload)))
        OrderRevision.objects.filter(pk=revision.pk).update(payload=zlib.compress(plain))
    stored(shop, [{**form, "messageToSeller": "Dziękuję"}], now=NOW + timedelta(minutes=1))
    row = OrderChange.objects.for_company(company).filter(order=order).first()
    assert row is None or (row.state, row.items) == ("settled", [])
    stored(shop, [for_a_company(of_three(quantity=2))], now=NOW + timedelta(minutes=2))
    row = OrderChange.objects.for_company(company).get(order=order)
    assert [item.change.value for item in radar.items_of(row)] == ["quantity_less"]
