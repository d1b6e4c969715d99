"""What an order's content means for the seller's list: status, payment, queue, differences. Pure."""

from dataclasses import dataclass, fields, is_dataclass
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from typing import Final

from stragan.core.folding import fold
from stragan.orders.data import CASH_ON_DELIVERY, OrderData
from stragan.orders.states import HIDDEN_STATUSES, AllegroStatus, OrderStatus, PaymentState, Queue

# Values of these may be told in the timeline: codes, amounts, instants. All else may be personal data.
_TELLABLE: Final = frozenset(
    {
        "status",
        "fulfillment_status",
        "fulfillment_provider",
        "marketplace",
        "currency",
        "total_to_pay",
        "bought_at",
        "invoice.required",
        "invoice.is_company",
        "delivery.cost",
        "delivery.method_name",
        "delivery.cancelled_at",
        "payment.type",
        "payment.provider",
        "payment.paid",
        "payment.finished_at",
        "payment.cod_booked",
        "payment.cod_booked_at",
        "quantity",
        "price",
        "deposit",
        "vat_rate",
        "vat_exemption",
    }
)
# Words that change by themselves and mean nothing to the seller.
_UNTOLD: Final = frozenset({"updated_at", "revision"})
_OURS: Final = frozenset({"product_vat"})  # of the catalog, not of the order


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Facts besides the content that decide where an order stands."""

    status: OrderStatus
    superseded: bool = False
    gone: bool = False
    has_original: bool = False
    deleted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One field that changed. ``old`` and ``new`` are None where the value is personal data."""

    field: str
    old: str | None = None
    new: str | None = None


def is_released(allegro_status: str) -> bool:
    """Whether Allegro has released the order: paid, or cash on delivery chosen."""
    return allegro_status == AllegroStatus.READY_FOR_PROCESSING


def payment_state(order: OrderData) -> PaymentState:
    """Say how the money stands. Cash on delivery is paid once Allegro has booked all of it."""
    received = order.payment.received
    if received and received >= order.total_to_pay:
        return PaymentState.PAID
    if order.status == AllegroStatus.CANCELLED:
        return PaymentState.CANCELLED
    if order.payment.type == CASH_ON_DELIVERY:
        return PaymentState.COD
    if not order.total_to_pay and is_released(order.status):
        return PaymentState.PAID  # nothing to pay: all of it has come
    return PaymentState.WAITING


def paid_at(order: OrderData) -> datetime | None:
    """The instant when the latest known money came, once everything is paid."""
    if payment_state(order) is not PaymentState.PAID:
        return None
    payment = order.payment
    instants = [payment.finished_at if payment.paid else None]
    instants += [part.finished_at for part in payment.surcharges if part.paid]
    instants.append(payment.cod_booked_at if payment.cod_booked else None)
    return max((instant for instant in instants if instant), default=None)


def derived_status(*, allegro_status: str, payment: PaymentState) -> OrderStatus:
    """The local status that follows from payment and cancellation (S48-S50)."""
    if allegro_status == AllegroStatus.CANCELLED:
        return OrderStatus.CANCELLED
    if payment is PaymentState.PAID:
        return OrderStatus.PAID
    return OrderStatus.COD if payment is PaymentState.COD else OrderStatus.OPEN


def is_visible(standing: Standing) -> bool:
    """Whether the default list shows the order."""
    is_away = standing.superseded or standing.gone or standing.deleted
    return not is_away and standing.status not in HIDDEN_STATUSES


def queue_of(*, allegro_status: str, problem: str, standing: Standing) -> Queue:
    """Where the order waits. *problem* is the first code that blocks a fiscal document, or empty."""
    live = is_visible(standing) and allegro_status != AllegroStatus.CANCELLED
    if not live or standing.has_original:
        return Queue.DONE
    if not is_released(allegro_status):
        return Queue.WAITING_PAYMENT
    return Queue.ATTENTION if problem else Queue.TO_ISSUE


def differences(old: OrderData, new: OrderData) -> tuple[Difference, ...]:
    """Name the fields that differ, lines by their id; values only where they are no personal data."""
    found = list(_fields("", old, new))
    old_lines = {line.line_id: line for line in old.lines}
    new_lines = {line.line_id: line for line in new.lines}
    for line_id in old_lines | new_lines:
        before, after = old_lines.get(line_id), new_lines.get(line_id)
        if before is None or after is None:
            verb = "added" if before is None else "removed"
            found.append(Difference(field=f"lines.{line_id}.{verb}"))
        else:
            found += _fields(f"lines.{line_id}.", before, after)
    return tuple(found)


def _fields(path: str, old: object, new: object) -> list[Difference]:
    found: list[Difference] = []
    for field in fields(old):  # type: ignore[arg-type]  # callers pass two values of one dataclass
        name = f"{path}{field.name}"
        if name in _UNTOLD or name == "lines" or field.name in _OURS:
            continue
        before, after = getattr(old, field.name), getattr(new, field.name)
        if before == after:
            continue
        if is_dataclass(before) and is_dataclass(after) and "address" not in field.name:
            found += _fields(f"{name}.", before, after)
        elif name in _TELLABLE or (path.startswith("lines.") and field.name in _TELLABLE):
            found.append(Difference(field=name, old=_told(before), new=_told(after)))
        else:
            found.append(Difference(field=name))
    return found


def _told(value: object) -> str | None:
    if value is None:
        return None
    if isinstance(value, datetime):
        return value.isoformat()
    return f"{value:f}" if isinstance(value, Decimal) else str(value)


def search_text(order: OrderData, *, number: int) -> str:
    """Everything an order is looked for by, folded: number, names, login, NIP, offers, SKUs, ids."""
    words = [
        str(number),
        order.buyer.login,
        *_names(order),
        order.invoice.nip,
        order.allegro_id,
        *(part for line in order.lines for part in (line.offer_name, line.offer_id, line.sku)),
    ]
    return " ".join(dict.fromkeys(filter(None, map(_folded, words))))


def country(order: OrderData) -> str:
    """Where the goods go; before Allegro has told it, where the buyer's account is."""
    delivery = order.delivery.address
    return (delivery.country if delivery else "") or order.buyer.address.country


def buyer_name(order: OrderData) -> str:
    """The name the list shows: the invoice's company or person, else the account's, else the recipient's."""
    for address in (order.invoice.address, order.buyer.address, order.delivery.address):
        if address is not None and (name := address.company_name or address.person):
            return name
    return ""


@lru_cache(maxsize=4096)
def _folded(text: str) -> str:
    """Offers repeat from order to order."""
    return fold(text)


def _names(order: OrderData) -> list[str]:
    addresses = (order.buyer.address, order.invoice.address, order.delivery.address)
    return [
        name
        for address in addresses
        if address is not None
        for name in (address.company_name, address.person)
    ]
