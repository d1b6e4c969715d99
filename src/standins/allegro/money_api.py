"""Fees and payments, derived from the orders: newest first, as the live API lists them."""

from typing import Final

from starlette.responses import Response
from starlette.routing import Route

from standins.allegro.clock import DAY, HOUR, SECOND, iso, parse
from standins.allegro.forms import price
from standins.allegro.gate import ApiRefused, Call, answer, endpoint
from standins.allegro.orders import UNPAID, Json, Order, identifier

TYPES: Final = {
    "SUC": ("Prowizja od sprzedaży", "commissions", "Prowizje"),
    "FSF": ("Prowizja od sprzedaży oferty wyróżnionej", "commissions", "Prowizje"),
    "REF": ("Zwrot kosztów", "commissions", "Prowizje"),
    "PS1": ("Wyrównanie w programie Allegro Ceny", "commissions", "Prowizje"),
    "DXP": ("One operator - opłata za dostawę", "delivery-services", "Dostawa"),
}
_LONGEST_MS: Final = 5 * DAY  # from the purchase to its last fee


def _window(call: Call) -> tuple[int, int]:
    try:
        low, high = call.query.get("occurredAt.gte"), call.query.get("occurredAt.lte")
        return (parse(low) if low else 0), min(parse(high) if high else 1 << 62, call.world.now_ms())
    except ValueError as wrong:
        raise ApiRefused(422, "ConstraintViolationException", "occurredAt is not a date") from wrong


def _near(call: Call, low: int, high: int) -> list[Order]:
    orders = call.world.sorted_orders(call.seller.number, "bought")
    return [order for order in orders if order.kind != "raw" and low - _LONGEST_MS <= order.bought_ms <= high]


def _minor(amount: Json) -> int:
    return int(str(amount["amount"]).replace(".", ""))


def _fees(call: Call, order: Order) -> list[tuple[int, Json]]:
    if order.kind in UNPAID:
        return []
    form = call.world.form(order)
    marketplace = form["marketplace"]["id"]
    found: list[tuple[int, Json]] = []

    def add(name: str, instant_ms: int, minor: int, offer: Json | None) -> None:
        title, group, group_title = TYPES[name]
        currency = form["summary"]["totalToPay"]["currency"]
        fee_id = identifier("9", order.key, order.index * 64 + len(found))
        found.append(
            (
                instant_ms,
                {
                    "id": fee_id,
                    "occurredAt": iso(instant_ms),
                    "type": {"id": name, "name": title, "group": {"id": group, "name": group_title}},
                    "asset": "CREDIT" if minor > 0 else "DEBIT",
                    "marketplaceId": marketplace,
                    "offer": {"id": offer["id"], "name": offer["name"]} if offer else None,
                    "value": price(minor, currency),
                    "tax": {"percentage": "23"},
                    "balance": price(-10_000 - order.index % 5_000, currency),
                    "order": {"id": order.id},
                    "additionalInfo": [],
                },
            )
        )

    paid_ms = order.bought_ms + 156 * SECOND
    for line in form["lineItems"]:
        value = _minor(line["price"]) * int(line["quantity"])
        add("SUC", paid_ms, -max(1, value * 11 // 100), line["offer"])
        if order.key % 4 == 0:
            add("FSF", paid_ms + 300, -max(1, value // 30), line["offer"])
        if order.kind in {"buyer_cancelled", "returned"}:
            add("REF", order.bought_ms + 4 * DAY, max(1, value * 11 // 100), line["offer"])
    if order.kind == "prices_billing":
        add("PS1", paid_ms + 500, 1_000, form["lineItems"][0]["offer"])
    if form["delivery"] and form["delivery"]["smart"]:
        add("DXP", order.bought_ms + 2 * DAY, -899, None)
    return found


def billing_entries(call: Call) -> Response:
    """List fees, newest first."""
    limit = call.number("limit", default=100, low=1, high=100)
    offset = call.number("offset", default=0, low=0, high=10_000)
    low, high = _window(call)
    marketplace = call.query.get("marketplaceId", "allegro-pl")
    types, order_id, offer_id = (
        call.query.getlist("type.id"),
        call.query.get("order.id"),
        call.query.get("offer.id"),
    )
    entries = [entry for order in _near(call, low, high) for entry in _fees(call, order)]
    entries = [
        (instant_ms, entry)
        for instant_ms, entry in entries
        if low <= instant_ms <= high
        and entry["marketplaceId"] == marketplace
        and (not types or entry["type"]["id"] in types)
        and (order_id is None or entry["order"]["id"] == order_id)
        and (offer_id is None or (entry["offer"] or {}).get("id") == offer_id)
    ]
    entries.sort(key=lambda pair: (-pair[0], pair[1]["id"]))
    return answer({"billingEntries": [entry for _, entry in entries[offset : offset + limit]]})


def billing_types(call: Call) -> Response:
    """List the kinds of fees."""
    del call
    return answer([{"id": name, "description": title} for name, (title, _, _) in TYPES.items()])


def _operations(call: Call, order: Order) -> list[tuple[int, Json]]:
    form = call.world.form(order)
    payment = form["payment"]
    if payment is None or payment["paidAmount"] is None:
        return []
    buyer = form["buyer"]
    address = buyer["address"]
    paid = payment["paidAmount"]
    waiting = call.world.now_ms() - order.bought_ms < DAY

    def operation(name: str, group: str, instant_ms: int, value: Json, payment_id: str) -> tuple[int, Json]:
        return instant_ms, {
            "type": name,
            "group": group,
            "occurredAt": iso(instant_ms),
            "wallet": {
                "paymentOperator": payment["provider"]
                if payment["provider"] in {"AF", "PAYU", "P24"}
                else "AF",
                "type": "WAITING" if waiting else "AVAILABLE",
                "balance": paid,
            },
            "value": value,
            "marketplaceId": form["marketplace"]["id"],
            "payment": {"id": payment_id},
            "participant": {
                "id": buyer["id"],
                "login": buyer["login"],
                "companyName": buyer["companyName"],
                "firstName": buyer["firstName"],
                "lastName": buyer["lastName"],
                "address": {key: address[key] for key in ("street", "city", "postCode")},
            },
        }

    found = [operation("CONTRIBUTION", "INCOME", order.bought_ms + 153 * SECOND, paid, payment["id"])]
    found += [
        operation(
            "SURCHARGE", "INCOME", order.bought_ms + 22 * HOUR, surcharge["paidAmount"], surcharge["id"]
        )
        for surcharge in form["surcharges"]
    ]
    if order.kind in {"buyer_cancelled", "returned"}:
        back = price(-_minor(paid), paid["currency"])
        found.append(operation("REFUND_CHARGE", "REFUND", order.bought_ms + 4 * DAY, back, payment["id"]))
    return found


def payment_operations(call: Call) -> Response:
    """List payments, surcharges and refunds, newest first."""
    limit = call.number("limit", default=50, low=1, high=50)
    offset = call.number("offset", default=0, low=0, high=10_000)
    low, high = _window(call)
    query = call.query
    wallet, operator = query.get("wallet.type", "AVAILABLE"), query.get("wallet.paymentOperator")
    groups, payment_id = query.getlist("group"), query.get("payment.id")
    currency, login = query.get("currency"), query.get("participant.login")
    marketplace = query.get("marketplaceId")
    operations = [
        (instant_ms, entry)
        for order in _near(call, low, high)
        for instant_ms, entry in _operations(call, order)
        if low <= instant_ms <= high
        and entry["wallet"]["type"] == wallet
        and operator in {None, entry["wallet"]["paymentOperator"]}
        and (not groups or entry["group"] in groups)
        and payment_id in {None, entry["payment"]["id"]}
        and currency in {None, entry["value"]["currency"]}
        and login in {None, entry["participant"]["login"]}
        and marketplace in {None, entry["marketplaceId"]}
    ]
    operations.sort(key=lambda pair: -pair[0])
    page = [entry for _, entry in operations[offset : offset + limit]]
    return answer({"paymentOperations": page, "count": len(page), "totalCount": len(operations)})


ROUTES = [
    Route("/billing/billing-entries", endpoint(billing_entries, scope="allegro:api:billing:read")),
    Route("/billing/billing-types", endpoint(billing_types, scope=None, user=False)),
    Route("/payments/payment-operations", endpoint(payment_operations, scope="allegro:api:payments:read")),
]
