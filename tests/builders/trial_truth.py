"""Holds all we have against the truth of the stand-in, and looks for secrets where none may be."""

import json
from collections import Counter
from decimal import Decimal
from typing import Any

from django.db import connection

from builders.trial_turns import SELLER
from standins.allegro.clock import iso, parse
from standins.allegro.world import World
from stragan.companies.models import Company
from stragan.gateways.allegro import content_hash
from stragan.orders.models import Order, OrderLine, OrderPayment, OrderRevision
from stragan.shops.models import PaymentOperation, PendingForm, QuarantinedForm

TOKEN = "eyJhbGciOiJub25lIn0"  # how every token of the stand-in begins
SECRET = "geheimnis-7f3a"


def differences(world: World, company: Company) -> list[str]:
    """Say everything in which our orders are not what Allegro has; empty where nothing is lost or doubled."""
    theirs = {order.id: world.form(order) for order in world.live_orders() if order.seller == SELLER}
    rows = list(Order.objects.for_company(company).order_by("number"))
    alive = {one.allegro_id: one for one in rows if one.superseded_by_id is None and one.gone_at is None}
    told = [f"lost {form_id}" for form_id in theirs.keys() - alive.keys()]
    told += [f"too many {form_id}" for form_id in alive.keys() - theirs.keys()]
    for form_id in theirs.keys() & alive.keys():
        told += _unlike(theirs[form_id], alive[form_id])
    told += _doubled(rows, alive, company)
    told += _retired(world, rows)
    told += _unlike_money(world, company)
    told += [f"still waits {form_id}" for form_id in PendingForm.objects.values_list("form_id", flat=True)]
    aside = QuarantinedForm.objects.for_company(company).values_list("form_id", flat=True)
    return told + [f"put aside {form_id}" for form_id in aside]


def _amount(price: dict[str, str] | None) -> Decimal:
    return Decimal(price["amount"]) if price else Decimal(0)


def _unlike(form: dict[str, Any], order: Order) -> list[str]:
    payment = form.get("payment") or {}
    ids = [one["id"] for one in [payment, *(form.get("surcharges") or [])] if one.get("id")]
    lines = {(one["id"], one["quantity"], _amount(one["price"])) for one in form["lineItems"]}
    pairs = {
        "content": (content_hash(json.dumps(form).encode()), order.content_sha256),
        "status": (form["status"], order.allegro_status),
        "fulfillment": (form["fulfillment"]["status"], order.fulfillment_status),
        "total": (_amount(form["summary"]["totalToPay"]), order.total),
        "lines": (lines, set(order.lines.values_list("line_id", "quantity", "price"))),
        "payments": (set(ids) - set(order.payments.values_list("payment_id", flat=True)), set()),
    }
    if payment.get("type") != "CASH_ON_DELIVERY":
        extra = sum((_amount(one["paidAmount"]) for one in form.get("surcharges") or []), Decimal(0))
        pairs["received"] = (_amount(payment.get("paidAmount")) + extra, order.received)
    return [f"{what} of {order.allegro_id}: {a} ≠ {b}" for what, (a, b) in pairs.items() if a != b]


def _doubled(rows: list[Order], alive: dict[str, Order], company: Company) -> list[str]:
    """Numbers without gap or double, each purchase in one order, each revision once."""
    told = []
    if [one.number for one in rows] != list(range(1, len(rows) + 1)):
        told.append("numbers have gaps")
    held = OrderLine.objects.for_company(company).values_list("order__allegro_id", flat=True)
    counts = Counter(held)
    told += [f"lines of {one}" for one in counts.keys() - alive.keys() if one in _superseded(rows)]
    told += [f"{one.line_count} lines" for key, one in alive.items() if one.line_count != counts[key]]
    if OrderRevision.objects.count() != sum(one.revision_count for one in rows):
        told.append("revisions are not counted")
    return told


def _superseded(rows: list[Order]) -> set[str]:
    return {one.allegro_id for one in rows if one.superseded_by_id is not None}


def _retired(world: World, rows: list[Order]) -> list[str]:
    """A form that was paid together with others leads to the one that holds its purchases."""
    by_pk = {one.pk: one for one in rows}
    told = []
    for order in rows:
        if order.superseded_by_id is None:
            continue
        known = world.by_id.get(order.allegro_id)
        if known is not None and not known.gone:
            told.append(f"{order.allegro_id} lives and is retired")
        last, steps = order, 0
        while last.superseded_by_id is not None and steps < len(rows):
            last, steps = by_pk[last.superseded_by_id], steps + 1
        if last.superseded_by_id is not None:
            told.append(f"{order.allegro_id} leads nowhere")
            continue
        if known is None:
            continue
        lines = {line["id"] for line in world.form(known)["lineItems"]}
        if not lines <= set(last.lines.values_list("line_id", flat=True)):
            told.append(f"{order.allegro_id} leads to {last.allegro_id}, which holds other purchases")
    return told


def _unlike_money(world: World, company: Company) -> list[str]:
    """Every operation of the wallets is here, once in each wallet it was in."""
    theirs: Counter[tuple[str, str, str]] = Counter()
    for order in world.live_orders():
        if order.seller != SELLER:
            continue
        form = world.form(order)
        payment = form.get("payment") or {}
        if payment.get("type") == "CASH_ON_DELIVERY" or not payment:
            continue
        if payment.get("paidAmount"):
            theirs[payment["id"], _instant(payment["finishedAt"]), payment["paidAmount"]["amount"]] += 1
        for one in form.get("surcharges") or []:
            theirs[one["id"], _instant(one["finishedAt"]), one["paidAmount"]["amount"]] += 1
    rows = PaymentOperation.objects.for_company(company).filter(amount__gt=Decimal(0))
    found = Counter(
        (one.wallet, one.kind, one.payment_id, _instant(one.occurred_at.isoformat()), f"{one.amount:.2f}")
        for one in rows
    )
    told = [f"money twice {key}" for key, count in found.items() if count > 1]
    ours = {key[2:] for key in found}
    known = set(OrderPayment.objects.values_list("payment_id", flat=True))
    told += [f"money lost {key}" for key in theirs.keys() - ours]
    told += [f"money of nobody {key}" for key in ours - theirs.keys() if key[0] not in known]
    return told


def _instant(text: str) -> str:
    return iso(parse(text))


def secrets_in(text: str) -> list[str]:
    """Say which secrets stand in *text*."""
    return [word for word in (TOKEN, SECRET) if word in text]


def tables_with_secrets() -> list[str]:
    """Names of tables in which a token or secret can be read."""
    found = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')  # noqa: S608 -- our own tables
            if any(secrets_in(str(row)) for row in cursor.fetchall()):
                found.append(table)
    return found
