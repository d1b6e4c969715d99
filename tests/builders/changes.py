"""Documents as they were issued for orders, to be held against other contents of these orders."""

import copy
from dataclasses import replace
from decimal import Decimal
from typing import Any

from builders.companies import NOW
from builders.issuing import TODAY
from builders.orders import a_numbered_form
from builders.snapshots import a_seller
from stragan.core.snapshot import BuyerSource, DocumentKind, DocumentSnapshot
from stragan.documents.changes import Found, Paper, found_changes
from stragan.documents.content import SellerProfile
from stragan.documents.correcting import State, state_of
from stragan.documents.drafting import draft_from_order
from stragan.documents.freezing import freeze, sums_of
from stragan.orders.data import OrderData

PAYER = SellerProfile(vat_payer=True)


def a_snapshot(order: OrderData, *, kind: DocumentKind = DocumentKind.INVOICE) -> DocumentSnapshot:
    """The document that *order* gets, as it is drafted."""
    content = draft_from_order(
        order, profile=PAYER, buyer_source=BuyerSource.DELIVERY, kind=kind, issue_date=TODAY
    )
    return freeze(
        content,
        sums=sums_of(content),
        seller=a_seller(),
        profile=PAYER,
        number="FV 1/11/2026",
        shop="Sklep",
        issued_at=NOW,
    )


def a_paper(order: OrderData, *, now: State | None = None, **changes: Any) -> Paper:
    """The document of *order*, uncorrected unless *now* says how it stands."""
    snapshot = replace(a_snapshot(order), **changes)
    state = state_of(snapshot, None)
    return Paper(id=1, original=snapshot, base=state, now=now or state)


def changed(
    base: OrderData, now: OrderData, *, paper: Paper | None = None, **facts: Any
) -> tuple[Found, ...]:
    """What the rules find between two contents of an order whose document was made of the first."""
    return found_changes(
        base=base, now=now, papers=[paper or a_paper(base)], buyer_source=BuyerSource.DELIVERY, **facts
    )


def of_three(
    number: int = 1, *, quantity: int = 3, price: str = "40.00", delivery: str = "14.99"
) -> dict[str, Any]:
    """A form of some mugs for 40.00 each with delivery for 14.99; 134.99 was paid."""
    form = a_numbered_form(number)
    form["lineItems"][0]["quantity"] = quantity
    form["lineItems"][0]["price"] = {"amount": price, "currency": "PLN"}
    form["delivery"]["cost"] = {"amount": delivery, "currency": "PLN"}
    total = quantity * Decimal(price) + Decimal(delivery)
    form["payment"]["paidAmount"]["amount"] = "134.99"
    form["summary"]["totalToPay"]["amount"] = f"{total:.2f}"
    return form


def cancelled(form: dict[str, Any], *, by_buyer: bool = True) -> dict[str, Any]:
    """The form once its order is cancelled, by the buyer or automatically."""
    delivery = {**form["delivery"], "cancellation": {"date": "2026-11-23T09:00:00Z"} if by_buyer else None}
    return {**form, "status": "CANCELLED", "delivery": delivery}


def moved(form: dict[str, Any]) -> dict[str, Any]:
    """The form once the parcel is to go to another street."""
    form = copy.deepcopy(form)
    form["delivery"]["address"]["street"] = "ul. Zmieniona 12/3"
    if form["delivery"].get("pickupPoint"):
        form["delivery"]["pickupPoint"]["address"]["street"] = "ul. Zmieniona 12/3"
    return form
