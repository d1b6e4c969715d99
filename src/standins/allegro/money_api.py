"""Fees, payments and refunds, derived from the orders: newest first, as the live API lists them."""

from typing import Final

from starlette.responses import Response
from starlette.routing import Route

from standins.allegro import payouts
from standins.allegro.clock import DAY, HOUR, SECOND, iso, parse
from standins.allegro.forms import price
from standins.allegro.gate import Call, answer, endpoint
from standins.allegro.orders import UNPAID, Json, Order, identifier
from standins.allegro.payouts import PAYOUT_AT
from standins.allegro.refunds import minor_of, moves_of, refunds_of, told, window
from standins.allegro.world import World

TYPES: Final = {
    "SUC": ("Prowizja od sprzedaży", "commissions", "Prowizje"),
    "FSF": ("Prowizja od sprzedaży oferty wyróżnionej", "commissions", "Prowizje"),
    "REF": ("Zwrot kosztów", "commissions", "Prowizje"),
    "PS1": ("Wyrównanie w programie Allegro Ceny", "commissions", "Prowizje"),
    "DXP": ("One operator - opłata za dostawę", "delivery-services", "Dostawa"),
    "NSP": ("Opłata za kampanię Ads", "promotion", "Promowanie"),
}
_LONGEST_MS: Final = 5 * DAY  # from the purchase to its last fee


def _near(call: Call, low: int, high: int) -> list[Order]:
    """Orders bought near the window, and all that were put in, changed or refunded: these may move later."""
    orders = call.world.sorted_orders(call.seller.number, "bought")
    return [
        order
        for order in orders
        if order.form is not None
        or order.id in call.world.refunds
        or low - _LONGEST_MS <= order.bought_ms <= high
    ]


def _fees(call: Call, order: Order) -> list[tuple[int, Json]]:
    if order.kind in UNPAID:
        return []
    form = call.world.form(order)
    marketplace = form["marketplace"]["id"]
    found: list[tuple[int, Json]] = []
    charged_to = call.world.charged_to.get(order.id, {})  # what was charged before a merge stays there

    def add(name: str, instant_ms: int, minor: int, offer: Json | None, line_id: str = "") -> None:
        title, group, group_title = TYPES[name]
        currency = form["summary"]["totalToPay"]["currency"]
        place = next((place for place, line in enumerate(form["lineItems"]) if line["id"] == line_id), 0)
        kind = list(TYPES).index(name)
        fee_id = identifier("9", order.key, (order.index * len(TYPES) + kind) * 128 + place)
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
                    "order": {"id": charged_to.get(line_id, order.id)},
                    "additionalInfo": [],
                },
            )
        )

    paid_ms = order.bought_ms + 156 * SECOND
    if order.form is not None and (form["payment"] or {}).get("finishedAt"):
        paid_ms = parse(form["payment"]["finishedAt"])
    for line in form["lineItems"]:
        value = minor_of(line["price"]) * int(line["quantity"])
        add("SUC", paid_ms, -max(1, value * 11 // 100), line["offer"], line["id"])
        if order.key % 4 == 0:
            add("FSF", paid_ms, -max(1, value // 30), line["offer"], line["id"])
        if order.kind in {"buyer_cancelled", "returned"}:
            add("REF", order.bought_ms + 4 * DAY, max(1, value * 11 // 100), line["offer"], line["id"])
    if order.kind == "prices_billing":
        add("PS1", paid_ms, 1_000, form["lineItems"][0]["offer"])
    if form["delivery"] and form["delivery"]["smart"]:
        add("DXP", order.bought_ms + 2 * DAY, -899, None)
    return found


def _campaigns(call: Call, low: int, high: int) -> list[tuple[int, Json]]:
    """A week of advertising is charged to the account as a whole each Monday."""
    week, monday = 7 * DAY, 4 * DAY + 6 * HOUR  # the first Monday since 1970
    begin = max(low, call.world.anchor_ms - int(call.world.days * DAY))
    first = -(-(begin - monday) // week)
    return [
        fee(call.world, "NSP", instant_ms, -2_000 - number % 7 * 350, number=number * 8 + call.seller.number)
        for number in range(first, (high - monday) // week + 1)
        for instant_ms in [monday + number * week]
    ]


def fee(
    world: World,
    name: str,
    instant_ms: int,
    minor: int,
    *,
    number: int,
    order_id: str | None = None,
    tax: Json | None = None,
    marketplace: str = "allegro-pl",
) -> tuple[int, Json]:
    """Make an entry that does not follow from an order of the world: of the account, or put in by a test."""
    title, group, group_title = TYPES[name]
    return instant_ms, {
        "id": identifier("9", world.seed, number),
        "occurredAt": iso(instant_ms),
        "type": {"id": name, "name": title, "group": {"id": group, "name": group_title}},
        "asset": "CREDIT" if minor > 0 else "DEBIT",
        "marketplaceId": marketplace,
        "offer": None,
        "value": price(minor, "PLN"),
        "tax": tax or {"percentage": "23"},
        "balance": price(-10_000, "PLN"),
        "order": {"id": order_id} if order_id else None,
        "additionalInfo": [],
    }


def charge(
    world: World,
    name: str,
    minor: int,
    *,
    order_id: str | None = None,
    at_ms: int | None = None,
    seller: int = 0,
    tax: Json | None = None,
    marketplace: str = "allegro-pl",
) -> str:
    """Book a fee (negative) or credit just now or at an instant; gives its id."""
    booked = world.charges.setdefault(seller, [])
    number = 1 << 40 | seller << 32 | len(booked)
    entry = fee(
        world,
        name,
        world.now_ms() if at_ms is None else at_ms,
        minor,
        number=number,
        order_id=order_id,
        tax=tax,
        marketplace=marketplace,
    )
    booked.append(entry)
    return str(entry[1]["id"])


def billing_entries(call: Call) -> Response:
    """List fees, newest first."""
    limit = call.number("limit", default=100, low=1, high=100)
    offset = call.number("offset", default=0, low=0, high=10_000)
    low, high = window(call)
    marketplace = call.query.get("marketplaceId", "allegro-pl")
    types, order_id, offer_id = (
        call.query.getlist("type.id"),
        call.query.get("order.id"),
        call.query.get("offer.id"),
    )
    orders = [order for order in _near(call, low, high) if order.kind != "raw"]
    entries = [entry for order in orders for entry in _fees(call, order)]
    entries += [*_campaigns(call, low, high), *call.world.charges.get(call.seller.number, ())]
    entries = [
        (instant_ms, entry)
        for instant_ms, entry in entries
        if low <= instant_ms <= high
        and entry["marketplaceId"] == marketplace
        and (not types or entry["type"]["id"] in types)
        and (order_id is None or (entry["order"] or {}).get("id") == order_id)
        and (offer_id is None or (entry["offer"] or {}).get("id") == offer_id)
    ]
    entries.sort(key=lambda pair: (-pair[0], pair[1]["id"]))
    return answer({"billingEntries": [entry for _, entry in entries[offset : offset + limit]]})


def billing_types(call: Call) -> Response:
    """List the kinds of fees."""
    del call
    return answer([{"id": name, "description": title} for name, (title, _, _) in TYPES.items()])


def _operations(call: Call, order: Order, *, with_hidden: bool = False) -> list[tuple[int, Json]]:
    """Give an order's operations; pages of a long list ask for the same again and again."""
    world = call.world
    if not with_hidden and ("payments", order.id) in world.hidden:
        return []
    if world.settings.payouts:
        return _shown(call, order, _made_operations(call, order), with_hidden=with_hidden)  # balances come in
    is_young = world.now_ms() - order.bought_ms < DAY
    key = (order.id, order.revision, is_young, world.is_stale())
    found = world.operations.get(key)
    if found is None:
        found = world.operations[key] = _made_operations(call, order)
    return _shown(call, order, found, with_hidden=with_hidden)


def _shown(
    call: Call, order: Order, found: list[tuple[int, Json]], *, with_hidden: bool
) -> list[tuple[int, Json]]:
    if with_hidden or ("refund_operations", order.id) not in call.world.hidden:
        return list(found)
    return [(instant_ms, entry) for instant_ms, entry in found if entry["group"] != "REFUND"]


def _made_operations(call: Call, order: Order) -> list[tuple[int, Json]]:
    form = call.world.form(order)
    payment = form["payment"]
    if payment is None:
        return []
    if payment["type"] == "CASH_ON_DELIVERY":
        return []  # the courier has it
    buyer = form["buyer"]
    address = buyer.get("address") or {}
    paid = payment["paidAmount"]
    finished = payment.get("finishedAt")
    at_ms = parse(finished) if finished else order.bought_ms + 153 * SECOND
    waiting = not call.world.settings.payouts and call.world.now_ms() - order.bought_ms < DAY

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
                "balance": value,
            },
            "value": value,
            "marketplaceId": (form.get("marketplace") or {}).get("id"),
            "payment": {"id": payment_id},
            "participant": {
                "id": buyer["id"],
                "login": buyer["login"],
                "companyName": buyer.get("companyName"),
                "firstName": buyer.get("firstName"),
                "lastName": buyer.get("lastName"),
                "address": {key: address.get(key) for key in ("street", "city", "postCode")},
            },
        }

    found = [operation("CONTRIBUTION", "INCOME", at_ms, paid, payment["id"])] if paid else []
    found += [
        operation(
            "SURCHARGE",
            "INCOME",
            parse(surcharge["finishedAt"]),
            surcharge["paidAmount"],
            surcharge["id"],
        )
        for surcharge in form.get("surcharges") or []
    ]
    currency = form["summary"]["totalToPay"]["currency"]
    return found + [
        operation(move.kind, "REFUND", move.instant_ms, price(move.minor, currency), move.payment_id)
        for refund in refunds_of(call.world, order)
        for move in moves_of(refund)
    ]


def _paid_out(call: Call, low: int, high: int) -> list[tuple[int, Json]]:
    """All operations of the days that a window touches, with the balances and payouts that follow."""
    first = (low - PAYOUT_AT) // DAY * DAY + PAYOUT_AT + 1
    last = min(-(-(high - PAYOUT_AT) // DAY) * DAY + PAYOUT_AT, call.world.now_ms())
    hidden = call.world.hidden
    truth = [
        (instant_ms, order.id, entry)
        for order in _near(call, first, last)
        for instant_ms, entry in _operations(call, order, with_hidden=True)
        if first <= instant_ms <= last
    ]
    shown = payouts.with_payouts(
        [(instant_ms, entry) for instant_ms, _, entry in truth],
        seller=call.seller.number,
        deducting=call.world.settings.deductions,
        now_ms=call.world.now_ms(),
    )
    left_out = {
        id(entry)
        for _, order_id, entry in truth
        if ("payments", order_id) in hidden
        or (entry["group"] == "REFUND" and ("refund_operations", order_id) in hidden)
    }
    return [(instant_ms, entry) for instant_ms, entry in shown if id(entry) not in left_out]


def payment_operations(call: Call) -> Response:
    """List payments, surcharges and refunds, newest first; payouts where the world has them."""
    limit = call.number("limit", default=50, low=1, high=50)
    offset = call.number("offset", default=0, low=0, high=10_000)
    low, high = window(call)
    query = call.query
    wallet, operator = query.get("wallet.type", "AVAILABLE"), query.get("wallet.paymentOperator")
    groups, payment_id = query.getlist("group"), query.get("payment.id")
    currency, login = query.get("currency"), query.get("participant.login")
    marketplace = query.get("marketplaceId")
    if call.world.settings.payouts:
        found = _paid_out(call, low, high)
    else:
        found = [one for order in _near(call, low, high) for one in _operations(call, order)]
    operations = [
        (instant_ms, entry)
        for instant_ms, entry in found
        if low <= instant_ms <= high
        and entry["wallet"]["type"] == wallet
        and operator in {None, entry["wallet"]["paymentOperator"]}
        and (not groups or entry["group"] in groups)
        and payment_id in {None, (entry.get("payment") or {}).get("id")}
        and currency in {None, entry["value"]["currency"]}
        and login in {None, (entry.get("participant") or {}).get("login")}
        and marketplace in {None, entry["marketplaceId"]}
    ]
    operations.sort(key=lambda pair: -pair[0])
    page = [entry for _, entry in operations[offset : offset + limit]]
    return answer({"paymentOperations": page, "count": len(page), "totalCount": len(operations)})


def payment_refunds(call: Call) -> Response:
    """List refunds, newest first."""
    limit = call.number("limit", default=50, low=1, high=100)
    offset = call.number("offset", default=0, low=0, high=1 << 31)
    low, high = window(call)
    query = call.query
    refund_id, payment_id, order_id = query.get("id"), query.get("payment.id"), query.get("order.id")
    statuses = query.getlist("status")
    found = [
        (order, refund)
        for order in _near(call, low, high)
        if ("refunds", order.id) not in call.world.hidden and order_id in {None, order.id}
        for refund in refunds_of(call.world, order)
        if low <= refund.created_ms <= high
        and refund_id in {None, refund.id}
        and payment_id in {None, refund.payment_id}
        and (not statuses or refund.status in statuses)
    ]
    found.sort(key=lambda pair: (-pair[1].created_ms, pair[1].id))
    page = [told(call.world, order, refund) for order, refund in found[offset : offset + limit]]
    return answer({"refunds": page, "count": len(page), "totalCount": len(found)})


ROUTES = [
    Route("/billing/billing-entries", endpoint(billing_entries, scope="allegro:api:billing:read")),
    Route("/billing/billing-types", endpoint(billing_types, scope=None, user=False)),
    Route("/payments/payment-operations", endpoint(payment_operations, scope="allegro:api:payments:read")),
    Route("/payments/refunds", endpoint(payment_refunds, scope="allegro:api:payments:read")),
]
