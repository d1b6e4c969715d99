"""Refunds as the stand-in keeps them: those that kinds of orders bring, and those that were put in."""

from dataclasses import dataclass
from typing import Final

from standins.allegro.clock import DAY, iso, parse
from standins.allegro.forms import price
from standins.allegro.gate import ApiRefused, Call
from standins.allegro.orders import Json, Order, identifier
from standins.allegro.world import Refund, World

REFUNDED_KINDS: Final = frozenset({"buyer_cancelled", "returned"})


@dataclass(frozen=True, slots=True)
class Moved:
    """What a refund did to the wallet: a kind of operation, its instant, signed amount and payment."""

    kind: str
    instant_ms: int
    minor: int
    payment_id: str


def minor_of(amount: Json) -> int:
    """The amount in minor units."""
    return int(str(amount["amount"]).replace(".", ""))


def window(call: Call) -> tuple[int, int]:
    """The instants that a list of money is asked for, none of them in the future.

    :raises ApiRefused: they are no dates, or the wrong way round.
    """
    try:
        low, high = call.query.get("occurredAt.gte"), call.query.get("occurredAt.lte")
        first, latest = (parse(low) if low else 0), (parse(high) if high else 1 << 62)
    except ValueError as wrong:
        raise ApiRefused(422, "ConstraintViolationException", "occurredAt is not a date") from wrong
    if first > latest:
        raise ApiRefused(422, "ConstraintViolationException", "occurredAt.gte is later than occurredAt.lte")
    return first, min(latest, call.world.now_ms())


def refunds_of(world: World, order: Order) -> list[Refund]:
    """All refunds of an order."""
    found = list(world.refunds.get(order.id, ()))
    if order.kind in REFUNDED_KINDS:
        payment = world.form(order)["payment"]
        if payment is not None and payment["type"] != "CASH_ON_DELIVERY" and payment["paidAmount"]:
            at_ms = order.bought_ms + 4 * DAY
            found.append(
                Refund(
                    id=identifier("f", order.key, order.index),
                    payment_id=payment["id"],
                    minor=minor_of(payment["paidAmount"]),
                    created_ms=at_ms,
                    reason="CANCELLED_BY_BUYER" if order.kind == "buyer_cancelled" else "REFUND",
                    charged_ms=at_ms,
                )
            )
    return found


def moves_of(refund: Refund) -> list[Moved]:
    """What it moved: the seller is charged, and given back what came to nothing."""
    parts = {refund.payment_id: refund.minor - sum(refund.surcharges.values()), **refund.surcharges}
    found = []
    for payment_id, minor in parts.items():
        if refund.charged_ms is not None:
            found.append(Moved("REFUND_CHARGE", refund.charged_ms, -minor, payment_id))
        if refund.cancelled_ms is not None:
            found.append(Moved("REFUND_CANCEL", refund.cancelled_ms, minor, payment_id))
    return found


def told(world: World, order: Order, refund: Refund) -> Json:
    """The refund as the list of refunds shows it."""
    form = world.form(order)
    currency = form["summary"]["totalToPay"]["currency"]
    paid = (form["payment"] or {}).get("paidAmount")
    lines: list[Json] = [
        {"id": line["id"], "type": "QUANTITY", "quantity": int(line["quantity"]), "value": None}
        for line in form["lineItems"]
    ]
    if not paid or minor_of(paid) != refund.minor:
        lines = [{"id": lines[0]["id"], "type": "AMOUNT", "value": price(refund.minor, currency)}]
    return {
        "id": refund.id,
        "payment": {"id": refund.payment_id},
        "order": {"id": order.id},
        "reason": refund.reason,
        "status": refund.status,
        "createdAt": iso(refund.created_ms),
        "totalValue": price(refund.minor, currency),
        "lineItems": lines,
        "deposits": [],
        "surcharges": [
            {"id": payment_id, "value": price(minor, currency)}
            for payment_id, minor in refund.surcharges.items()
        ],
    }
