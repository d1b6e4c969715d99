"""A season of a shop as buyers make it, and what stands in the tables of orders after it."""

import zlib
from typing import Any

from builders.markets import NOW, Market
from standins.allegro import changes
from stragan.companies.models import Company
from stragan.flows.fetch_billing import fetch_billing
from stragan.flows.fetch_payments import fetch_payments
from stragan.flows.refresh_offers import refresh
from stragan.orders.models import Order, OrderEvent, OrderLine, OrderPayment, OrderRevision
from stragan.shops.models import BillingEntry, Offer, PaymentOperation, QuarantinedForm, Shop

# Ids of rows differ from database to database; what they point to is told by its own name.
OURS = {"id", "company_id", "shop_id", "superseded_by_id", "order_id", "product_id"}


def a_season(market: Market) -> Shop:
    """Paid, cancelled, moved, topped up, paid together, withdrawn, unreadable; fetched after each."""
    shop = market.connect()
    world = market.world

    def fetch() -> None:
        run = market.fetch(shop)
        assert run.state == "done", (run.error_code, run.error_params)

    fetch()
    unpaid = [world.add_orders(1, kind="bought", seller=0)[0] for _ in range(6)]
    fetch()
    changes.pay(world, unpaid[0])
    changes.merge(world, unpaid[1:3])
    changes.cancel(world, unpaid[3])
    fetch()
    changes.change_address(world, unpaid[0], {"street": "ul. Nowa 7", "firstName": "Łucja"})
    changes.add_surcharge(world, unpaid[0], 500)
    world.retire(unpaid[4])
    world.emit(unpaid[4], "BUYER_CANCELLED")
    broken = dict(world.form(unpaid[5]))
    broken["summary"] = {"totalToPay": {"amount": "wiele", "currency": "PLN"}}
    world.touched(unpaid[5], broken, by_buyer=True)
    world.emit(unpaid[5], "FILLED_IN")
    fetch()
    assert fetch_payments(shop_id=shop.pk)
    assert fetch_billing(shop_id=shop.pk)
    assert refresh(shop_id=shop.pk, now=NOW)
    changes.cancel(world, unpaid[0], by_buyer=False)
    fetch()
    assert fetch_payments(shop_id=shop.pk)
    shop.refresh_from_db()
    return shop


def tables_of(company: Company) -> dict[str, list[Any]]:
    """Every column of every row that follows from Allegro, in an order of their own."""
    orders = {row.pk: row for row in Order.objects.for_company(company).select_related("superseded_by")}
    found: dict[str, list[Any]] = {
        "orders": [
            {**columns(row), "successor": row.superseded_by.allegro_id if row.superseded_by else ""}
            for row in orders.values()
        ]
    }
    for name, model in (
        ("lines", OrderLine),
        ("revisions", OrderRevision),
        ("events", OrderEvent),
        ("payments", OrderPayment),
    ):
        rows = getattr(model.objects, "across_companies", model.objects.all)()
        rows = rows.filter(order_id__in=list(orders)).order_by("id")
        found[name] = [{**columns(row), "of": orders[row.order_id].allegro_id} for row in rows]
    found["operations"] = [
        columns(row) for row in PaymentOperation.objects.for_company(company).order_by("id")
    ]
    found["fees"] = [columns(row) for row in BillingEntry.objects.for_company(company).order_by("id")]
    found["unreadable"] = [
        columns(row) for row in QuarantinedForm.objects.for_company(company).order_by("id")
    ]
    return {name: sorted(rows, key=str) for name, rows in found.items()}


def offers_of(company: Company) -> list[Any]:
    """What stands of each offer, but when it was last looked at and what purchases say of it."""
    rows = Offer.objects.for_company(company).order_by("offer_id")
    told = {"refreshed_at", "sold", "seen_level"}
    return [{name: value for name, value in columns(row).items() if name not in told} for row in rows]


def columns(row: Any) -> dict[str, Any]:
    """The columns of a row that are no ids of ours; what is compressed is told as it was."""
    named = {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}
    return {
        name: zlib.decompress(bytes(value)) if name == "payload" else value
        for name, value in named.items()
        if name not in OURS
    }
