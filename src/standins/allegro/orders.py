"""What the stand-in knows of an order before its form is built: a few numbers, so that 100,000 fit."""

from dataclasses import dataclass, field
from random import Random
from typing import Any, Final

from standins.allegro.clock import DAY, HOUR, MINUTE, SECOND

Json = dict[str, Any]

SPECIALS: Final = (
    "company_no_nip", "vat_8", "vat_5", "vat_mixed", "tax_null", "tax_exempt", "tax_partly_null",
    "deposit", "multipack", "coupon", "services", "cod_waiting", "cod_booked", "guest", "cz", "sk", "hu",
    "business_cz", "long_names", "emoji", "cjk", "message_and_note", "product_set", "surcharge",
    "allegro_pay", "extended_term", "bought", "filled_in", "auto_cancelled", "buyer_cancelled",
    "address_modified", "merged", "prices_billing", "prices_wallet", "total_off", "personal_pickup",
    "one_fulfillment", "paid_null", "split_payment", "no_sku", "company_buys_privately", "fresh_account",
    "markup_in_names", "returned", "vat_eu_unverified", "bought", "filled_in", "cod_waiting",
)  # fmt: skip
"""Every fifth order is the next of these (shuffled by the seed); the other four are plain Polish ones."""

UNPAID: Final = frozenset({"bought", "filled_in", "auto_cancelled"})
CANCELLED: Final = frozenset({"auto_cancelled", "buyer_cancelled"})

EventPlan = tuple[str, int, str | None]
"""Type, instant, and the form id when it is another than the order's own (merged away)."""


@dataclass(slots=True)
class Order:
    """One order. *form* is None until something changed it: then it is kept as it is.

    *known_ms* is the instant it was made at: nothing in its form lies later.
    """

    index: int
    seller: int
    key: int
    kind: str
    bought_ms: int
    id: str
    status: str
    updated_ms: int
    known_ms: int
    revision: int = 0
    fulfillment: str = "NEW"
    gone: bool = False
    form: Json | None = None
    bought: tuple[int, ...] = field(default=())


def identifier(block: str, key: int, number: int) -> str:
    """Return a UUID of the kind Allegro gives out; the block tells forms, lines and payments apart."""
    return f"{block}{key & 0xFFFFFFF:07x}-5eed-11f1-9{key >> 28 & 0xFFF:03x}-{number:012x}"


def revision_of(order: Order) -> str:
    """Return the opaque revision: it says nothing of what came first."""
    return f"{(order.key * 31 + order.revision * 2_654_435_761) & 0xFFFFFFFF:08x}"


def deck_of(seed: int) -> tuple[str, ...]:
    """Return the special kinds in this seed's order."""
    deck = list(SPECIALS)
    Random(f"deck:{seed}").shuffle(deck)
    return tuple(deck)


def plan_order(*, seed: int, index: int, sellers: int, bought_ms: int, deck: tuple[str, ...]) -> Order:
    """Decide who sold it, what kind it is and in which state it stands; cheap, always the same."""
    draw = Random((seed << 40) + index * 7_919)
    key = draw.getrandbits(40)
    kind = deck[index // 5 % len(deck)] if index % 5 == 4 else "plain"  # noqa: PLR2004  # every fifth
    status = "READY_FOR_PROCESSING"
    if kind in CANCELLED:
        status = "CANCELLED"
    elif kind in UNPAID:
        status = {"bought": "BOUGHT", "filled_in": "FILLED_IN"}[kind]
    order = Order(
        index=index,
        # Sellers differ in size: the first has the most orders.
        seller=min(int(draw.random() ** 1.3 * sellers), sellers - 1),
        key=key,
        kind=kind,
        bought_ms=bought_ms,
        id=identifier("a", key, index),
        status=status,
        updated_ms=bought_ms,
        known_ms=bought_ms,
        bought=(bought_ms - 90 * MINUTE, bought_ms) if kind == "merged" else (bought_ms,),
    )
    order.fulfillment = _fulfillment(order, draw.random())
    return order


def _fulfillment(order: Order, chance: float) -> str:
    if order.kind in CANCELLED:
        return "CANCELLED"
    if order.kind in UNPAID:
        return "NEW"
    fixed = {"cod_booked": "SENT", "returned": "RETURNED", "cod_waiting": "NEW", "address_modified": "NEW"}
    if order.kind in fixed:
        return fixed[order.kind]
    steps = ((0.7, "NEW"), (0.8, "PROCESSING"), (0.85, "READY_FOR_SHIPMENT"), (0.97, "SENT"))
    return next((name for limit, name in steps if chance < limit), "PICKED_UP")


def merged_ids(order: Order) -> tuple[str, str]:
    """Return the two unpaid forms that a combined payment replaced by this order."""
    return identifier("a", order.key ^ 0x5A5A5A5, order.index), identifier(
        "a", order.key ^ 0xA5A5A5A, order.index
    )


def plan_events(order: Order) -> list[EventPlan]:
    """Return the order's history as the journal tells it, oldest first; instants may lie in the future."""
    filled, paid = order.bought_ms + 100 * SECOND, order.bought_ms + 152 * SECOND + 512
    if order.kind == "merged":
        first, second = merged_ids(order)
        return [
            ("BOUGHT", order.bought_ms - 90 * MINUTE, first),
            ("BOUGHT", order.bought_ms, second),
            ("FILLED_IN", filled, None),
            ("READY_FOR_PROCESSING", paid, None),
        ]
    events: list[EventPlan] = []
    # Not every order leaves every trace: a third goes straight to paid.
    if order.key % 3 or order.status != "READY_FOR_PROCESSING":
        events.append(("BOUGHT", order.bought_ms, None))
        if order.kind != "bought":
            events.append(("FILLED_IN", filled, None))
    if order.kind not in UNPAID:
        events.append(("READY_FOR_PROCESSING", paid, None))
    if order.kind == "surcharge":
        events.append(("READY_FOR_PROCESSING", order.bought_ms + 22 * HOUR, None))
    if order.kind == "address_modified":
        events.append(("BUYER_MODIFIED", order.bought_ms + 3 * HOUR, None))
    if order.kind == "buyer_cancelled":
        events.append(("BUYER_CANCELLED", order.bought_ms + 5 * HOUR, None))
    if order.kind == "auto_cancelled":
        events.append(("AUTO_CANCELLED", order.bought_ms + 7 * DAY, None))
    if order.fulfillment not in {"NEW", "CANCELLED"}:
        events.append(("FULFILLMENT_STATUS_CHANGED", order.bought_ms + 20 * HOUR, None))
    return events


BUYER_EVENTS: Final = frozenset(
    {"BOUGHT", "FILLED_IN", "READY_FOR_PROCESSING", "BUYER_CANCELLED", "AUTO_CANCELLED", "BUYER_MODIFIED"}
)
"""Only these move ``updatedAt``."""


def settle(order: Order, now_ms: int) -> list[EventPlan]:
    """Return the events up to *now_ms*, setting the order's updatedAt; later ones happen at once.

    A kind promises its final state, so an order younger than its own history has lived faster.
    """
    events = [(name, min(instant, now_ms), form_id) for name, instant, form_id in plan_events(order)]
    moved = [instant for name, instant, _ in events if name in BUYER_EVENTS]
    order.known_ms = now_ms
    order.updated_ms = min(max(moved, default=order.bought_ms) + 2_489, now_ms)
    return events
