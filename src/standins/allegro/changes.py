"""What buyers do to orders: pay, cancel, move house, pay several purchases at once."""

import copy
from typing import Any

from standins.allegro.clock import iso
from standins.allegro.forms import FormBuilder
from standins.allegro.orders import Json, Order, identifier, revision_of
from standins.allegro.world import Refund, World


class NotPossibleError(ValueError):
    """The order's state does not allow it."""


def cancel(world: World, order: Order, *, by_buyer: bool = True) -> None:
    """The buyer cancels (or Allegro does, for want of payment)."""
    form = copy.deepcopy(world.form(order))
    form["status"] = "CANCELLED"
    form["fulfillment"]["status"] = "CANCELLED"
    if form.get("delivery"):
        form["delivery"]["cancellation"] = {"date": iso(world.now_ms())} if by_buyer else None
    world.touched(order, form, by_buyer=True)
    world.emit(order, "BUYER_CANCELLED" if by_buyer else "AUTO_CANCELLED")


def pay(world: World, order: Order) -> None:
    """An unpaid order is filled in and paid: delivery, address and payment appear.

    :raises NotPossibleError: it is not an unpaid order.
    """
    if order.status not in {"BOUGHT", "FILLED_IN"}:
        raise NotPossibleError(order.status)
    old = world.form(order)
    if order.form is None:
        twin = copy.copy(order)
        twin.kind, twin.status, twin.known_ms = "paid_later", "READY_FOR_PROCESSING", world.now_ms()
        form = FormBuilder(twin, world.sellers[order.seller].catalog, world.seed).build()
        form["lineItems"] = old["lineItems"]
    else:
        form = copy.deepcopy(old)
    form["status"] = "READY_FOR_PROCESSING"
    _set_paid(world, order, form)
    was_bought = order.status == "BOUGHT"
    world.touched(order, form, by_buyer=True)
    if was_bought:
        world.emit(order, "FILLED_IN")
    world.emit(order, "READY_FOR_PROCESSING")


def _set_paid(world: World, order: Order, form: Json) -> None:
    due = _sum_minor(form)
    currency = form["summary"]["totalToPay"]["currency"]
    amount = {"amount": f"{due // 100}.{due % 100:02d}", "currency": currency}
    form["summary"] = {"totalToPay": amount}
    payment = form.get("payment") or {
        "id": identifier("c", order.key, order.index),
        "type": "ONLINE",
        "provider": "AF",
        "reconciliation": None,
        "features": [],
    }
    form["payment"] = {**payment, "finishedAt": iso(world.now_ms()), "paidAmount": dict(amount)}


def _minor(price: Json) -> int:
    whole, _, part = str(price["amount"]).partition(".")
    return int(whole) * 100 + int(f"{part}00"[:2])


def _sum_minor(form: Json) -> int:
    total = _minor(form["delivery"]["cost"]) if form.get("delivery") else 0
    for line in form["lineItems"]:
        unit = _minor(line["price"])
        if line.get("deposit"):
            unit += _minor(line["deposit"]["price"])
        total += unit * int(line["quantity"])
        for service in line.get("selectedAdditionalServices") or []:
            total += _minor(service["price"]) * int(service["quantity"])
    return total


def change_address(world: World, order: Order, changed: Json) -> None:
    """The buyer corrects the delivery address after paying.

    :raises NotPossibleError: no address is known yet.
    """
    form = copy.deepcopy(world.form(order))
    address = (form.get("delivery") or {}).get("address")
    if address is None:
        raise NotPossibleError(order.status)
    address.update(changed or {"street": "ul. Zmieniona 12/3"})
    address["modifiedAt"] = iso(world.now_ms())
    world.touched(order, form, by_buyer=True)
    world.emit(order, "BUYER_MODIFIED")


def add_surcharge(world: World, order: Order, minor: int) -> None:
    """The buyer tops the payment up; another READY_FOR_PROCESSING appears."""
    form = copy.deepcopy(world.form(order))
    currency = form["summary"]["totalToPay"]["currency"]
    form["surcharges"] = [
        *(form.get("surcharges") or []),
        {
            "id": identifier("e", order.key, world.now_ms() & 0xFFFFFFFFFFF),
            "type": "ONLINE",
            "provider": "AF",
            "finishedAt": iso(world.now_ms()),
            "paidAmount": {"amount": f"{minor // 100}.{minor % 100:02d}", "currency": currency},
            "reconciliation": None,
            "features": [],
        },
    ]
    world.touched(order, form, by_buyer=True)
    world.emit(order, "READY_FOR_PROCESSING")


def refund(world: World, order: Order, minor: int, **more: Any) -> Refund:
    """The seller gives *minor* back just now, by whatever way; *more* says how it goes otherwise.

    :raises NotPossibleError: nothing was paid online.
    """
    payment = world.form(order)["payment"]
    if payment is None or payment["type"] == "CASH_ON_DELIVERY":
        raise NotPossibleError("refund")
    given = world.refunds.setdefault(order.id, [])
    made: Json = {
        "id": identifier("f", order.key ^ 0x6D6D6D6, len(given) << 32 | order.index),
        "payment_id": payment["id"],
        "created_ms": world.now_ms(),
    }
    refunded = Refund(minor=minor, **(made | {"charged_ms": more.get("created_ms", world.now_ms())} | more))
    given.append(refunded)
    world.operations.clear()
    world.changed()
    return refunded


def merge(world: World, orders: list[Order]) -> Order:
    """A combined payment: a new form holds all lines, the old ones answer 404.

    :raises NotPossibleError: fewer than two, of several sellers, or already gone.
    """
    if len(orders) < 2 or len({order.seller for order in orders}) > 1 or any(o.gone for o in orders):  # noqa: PLR2004
        raise NotPossibleError("merge")
    first = orders[0]
    form = copy.deepcopy(world.form(first))
    form["lineItems"] = [copy.deepcopy(line) for order in orders for line in world.form(order)["lineItems"]]
    index = len(world.orders)
    new = copy.copy(first)
    new.index, new.key, new.id = index, first.key ^ 0x3C3C3C3, identifier("a", first.key ^ 0x3C3C3C3, index)
    new.kind, new.revision, new.form = "merged_now", 0, None
    new.known_ms = new.updated_ms = world.now_ms()
    new.bought = tuple(sorted({instant for order in orders for instant in order.bought}))
    form["id"] = new.id
    if not form.get("delivery"):
        twin = copy.copy(new)
        twin.status, twin.kind = "READY_FOR_PROCESSING", "paid_later"
        built = FormBuilder(twin, world.sellers[first.seller].catalog, world.seed).build()
        form.update({key: built[key] for key in ("delivery", "invoice")})
    form["codBookedPayments"] = []
    form["status"] = "READY_FOR_PROCESSING"
    form["payment"] = None
    _set_paid(world, new, form)
    form["revision"], form["updatedAt"] = revision_of(new), iso(new.updated_ms)
    new.status, new.fulfillment, new.form = "READY_FOR_PROCESSING", "NEW", form
    form["fulfillment"] = {**form["fulfillment"], "status": "NEW"}
    world.charged_to[new.id] = {
        line["id"]: order.id for order in orders for line in world.form(order)["lineItems"]
    }
    for order in orders:
        world.retire(order)
    world.adopt(new)
    world.emit(new, "FILLED_IN", delay_seconds=1.0)
    world.emit(new, "READY_FOR_PROCESSING")
    return new
