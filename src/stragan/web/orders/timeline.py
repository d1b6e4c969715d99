"""What happened to an order, newest first: what we noted, what Allegro said, and what differed."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, fields, is_dataclass, replace
from datetime import datetime
from decimal import Decimal
from itertools import pairwise
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from stragan.core.money import ZERO
from stragan.orders import assess
from stragan.orders.data import Address, OrderData, SurchargeData
from stragan.orders.models import Order, OrderEvent
from stragan.web.orders import links, words
from stragan.web.shell import show

_YES_OR_NO: Final = frozenset(
    {
        "invoice.required",
        "invoice.is_company",
        "invoice.vat_eu_verified",
        "delivery.smart",
        "buyer.guest",
    }
)
_CONTENT_VERBS: Final = frozenset({"changed", "released", "cancelled"})
_STATUS_VERBS: Final = frozenset({"status_set", "status_follows", "documented"})

FIELDS: Final[dict[str, str | Promise]] = {
    "status": gettext_lazy("State on Allegro"),
    "fulfillment_status": gettext_lazy("Fulfilment"),
    "total_to_pay": gettext_lazy("Amount to pay"),
    "message": gettext_lazy("Message from the buyer"),
    "note": gettext_lazy("Note"),
    "invoice.required": gettext_lazy("Asks for an invoice"),
    "invoice.is_company": gettext_lazy("Invoice for a company"),
    "invoice.address": gettext_lazy("Invoice data"),
    "invoice.nip": gettext_lazy("NIP"),
    "buyer.address": gettext_lazy("Data of the account"),
    "buyer.phone": gettext_lazy("Phone"),
    "buyer.email": gettext_lazy("E-mail"),
    "delivery.address": gettext_lazy("Delivery address"),
    "delivery.method_name": gettext_lazy("Delivery method"),
    "delivery.cost": gettext_lazy("Delivery cost"),
    "delivery.pickup_point_id": gettext_lazy("Pick-up point"),
    "delivery.pickup_point_address": gettext_lazy("Address of the pick-up point"),
    "delivery.address_changed_at": gettext_lazy("Address changed"),
    "delivery.cancelled_at": gettext_lazy("Delivery cancelled"),
    "delivery.phone": gettext_lazy("Phone for the delivery"),
    "delivery.smart": gettext_lazy("Allegro Smart!"),
    "fulfillment_provider": gettext_lazy("Who sends it"),
    "marketplace": gettext_lazy("Marketplace"),
    "currency": gettext_lazy("Currency"),
    "bought_at": gettext_lazy("Bought"),
    "buyer.login": gettext_lazy("Allegro account"),
    "buyer.language": gettext_lazy("Language of the buyer"),
    "buyer.guest": gettext_lazy("Bought as a guest"),
    "invoice.vat_eu": gettext_lazy("EU VAT number"),
    "invoice.vat_eu_verified": gettext_lazy("EU VAT number verified"),
    "payment.cod_booked_at": gettext_lazy("Cash on delivery booked on"),
    "offer_name": gettext_lazy("Name of the offer"),
    "sku": gettext_lazy("SKU"),
    "original_price": gettext_lazy("Price before discounts"),
    "vat_exemption": gettext_lazy("VAT exemption"),
    "vat_subject": gettext_lazy("Kind of goods for VAT"),
    "discounts": gettext_lazy("Discounts"),
    "services": gettext_lazy("Additional services"),
    "delivery.dispatch_to": gettext_lazy("Send by"),
    "payment.paid": gettext_lazy("Paid"),
    "payment.type": gettext_lazy("Way of payment"),
    "payment.provider": gettext_lazy("Payment provider"),
    "payment.finished_at": gettext_lazy("Payment booked"),
    "payment.surcharges": gettext_lazy("Surcharges"),
    "payment.cod_booked": gettext_lazy("Cash on delivery booked"),
    "quantity": gettext_lazy("Quantity"),
    "price": gettext_lazy("Price"),
    "deposit": gettext_lazy("Deposit"),
    "vat_rate": gettext_lazy("VAT rate"),
    "product_vat": gettext_lazy("VAT of the product"),
}
# Said already by a line beside them, or of no use to a person.
_SILENT: Final = frozenset(
    {
        "allegro_id",
        "buyer.buyer_id",
        "delivery.method_id",
        "delivery.pickup_point_name",
        "invoice.other_ids",
        "payment.features",
        "payment.payment_id",
    }
)
_SILENT_OF_LINES: Final = frozenset({"line_id", "offer_id", "bought_at"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A field that differs between two revisions; empty values are not shown."""

    label: str
    old: str = ""
    new: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One line of the timeline."""

    at: datetime
    icon: str
    color: str
    text: str
    note: str = ""
    changes: tuple[Change, ...] = field(default=())
    undo: str = ""  # the status that takes this one back: the latest change of it only


def entries_of(
    events: Sequence[OrderEvent],
    *,
    revisions: Sequence[tuple[int, OrderData]],
    data: OrderData,
    order: Order,
) -> list[Entry]:
    """Make the timeline. *revisions* are the oldest-to-newest contents that are known, by sequence."""
    found = _from_allegro(data)
    pairs = {second[0]: (first[1], second[1]) for first, second in pairwise(revisions)}
    # Counted back from the latest content, for only the latest events are read.
    sequence = order.revision_count - sum(event.verb in _CONTENT_VERBS for event in events)
    latest = next((event for event in reversed(events) if event.verb in _STATUS_VERBS), None)
    for event in events:
        if event.verb in _CONTENT_VERBS:
            sequence += 1
        entry = _entry(event, sequence, pairs.get(sequence), data.currency)
        is_undoable = event is latest and event.facts.get("to") == order.status and not order.deleted_at
        found.append(replace(entry, undo=_status_before(event)) if is_undoable else entry)
    return sorted(found, key=lambda entry: entry.at, reverse=True)


def _status_before(event: OrderEvent) -> str:
    """What to set to take a change of status back: the status by hand, or following the payment again."""
    return str(event.facts.get("from", "")) if event.facts.get("was_by_hand") else "follow"


def _from_allegro(data: OrderData) -> list[Entry]:
    found = []
    if data.bought_at:
        found.append(Entry(at=data.bought_at, icon="shopping-cart", color="", text=_("The buyer ordered")))
    payment = data.payment
    if payment.paid and payment.finished_at:
        text = _("Payment of %(amount)s") % {"amount": show.money(payment.paid, data.currency)}
        found.append(Entry(at=payment.finished_at, icon="circle-check", color="green", text=text))
    for part in payment.surcharges:
        if part.paid and part.finished_at:
            text = _("Surcharge of %(amount)s") % {"amount": show.money(part.paid, data.currency)}
            found.append(Entry(at=part.finished_at, icon="circle-check", color="green", text=text))
    if payment.cod_booked and payment.cod_booked_at:
        text = _("Cash on delivery booked: %(amount)s") % {
            "amount": show.money(payment.cod_booked, data.currency)
        }
        found.append(Entry(at=payment.cod_booked_at, icon="cash", color="blue", text=text))
    return found


def _entry(
    event: OrderEvent, sequence: int, pair: tuple[OrderData, OrderData] | None, currency: str
) -> Entry:
    facts, who = event.facts, str(event.user) if event.user else ""
    if event.verb in _CONTENT_VERBS:
        note = _("version %(old)s → %(new)s") % {"old": sequence - 1, "new": sequence}
        changes = compared(*pair) if pair else _noted(facts.get("changes", []), currency)
        return Entry(
            at=event.at,
            icon="git-compare",
            color="amber",
            text=_("Change on Allegro"),
            note=note,
            changes=changes,
        )
    icon, color, text = _plain(event.verb, facts)
    return Entry(at=event.at, icon=icon, color=color, text=text, note=who)


def _plain(verb: str, facts: dict[str, object]) -> tuple[str, str, str]:
    """Icon, color and sentence of what was noted here."""
    sign = words.STATUSES.get(str(facts.get("to", "")))
    status = {"status": sign.word if sign else show.NONE}
    known = {
        "created": ("download", "", _("Fetched from Allegro")),
        "status_set": ("tag", "", _("Status set: %(status)s") % status),
        "status_follows": ("refresh", "", _("Status follows the payment: %(status)s") % status),
        "documented": ("file-invoice", "green", _documented(facts)),
        "paper_issued": (
            "file-text",
            "",
            _("Issued %(number)s") % {"number": facts.get("number")},
        ),
        "document_voided": (
            "file-x",
            "red",
            _("Voided %(number)s: %(reason)s")
            % {"number": facts.get("number"), "reason": facts.get("reason")},
        ),
        "document_corrected": (
            "file-diff",
            "amber",
            _("Corrected %(number)s with %(by)s") % {"number": facts.get("number"), "by": facts.get("by")},
        ),
        "document_linked": ("link", "green", _("Linked %(number)s") % {"number": facts.get("number")}),
        "document_unlinked": (
            "unlink",
            "amber",
            _("Unlinked %(number)s: %(reason)s")
            % {"number": facts.get("number"), "reason": facts.get("reason")},
        ),
        "change_settled": _settled(facts),
        "merged": ("arrow-right", "amber", _("Merged into order %(number)s") % {"number": facts.get("into")}),
        "merged_from": (
            "arrow-left",
            "amber",
            _("Took over order %(number)s") % {"number": facts.get("from")},
        ),
        "deleted": ("trash", "red", _("Moved to the bin: %(reason)s") % {"reason": facts.get("reason")}),
        "noted": ("note", "", _("Own note changed")),
        "restored": ("arrow-back-up", "", _("Restored from the bin")),
        "replayed": ("refresh", "amber", _("Read again from what Allegro had sent")),
        "gone": ("cloud-off", "red", _("Allegro no longer has this order")),
    }
    return known.get(verb, ("circle", "", verb))


def _documented(facts: dict[str, object]) -> str:
    """An order that got its document: issued here, or linked, which is told by an entry of its own."""
    number = {"number": facts.get("number")}
    if facts.get("number"):
        closed = _("Issued %(number)s, order closed")
        return (closed if facts.get("closed") else _("Issued %(number)s")) % number
    return _("Has its document, order closed") if facts.get("closed") else _("Has its document")


def _settled(facts: dict[str, object]) -> tuple[str, str, str]:
    """A change after issuing that waits no longer."""
    if facts.get("how") == "by_hand":
        text = _("Change settled, nothing to do: %(reason)s") % {"reason": facts.get("reason")}
        return ("circle-check", "", text)
    if facts.get("how") == "undone":
        return ("circle-check", "green", _("The order is again what the document says"))
    return ("circle-check", "green", _("Document and order agree again"))


def is_silent(name: str) -> bool:
    """Whether a change of this field says nothing to a person."""
    return name in _SILENT or (name.startswith("lines.") and name.rpartition(".")[2] in _SILENT_OF_LINES)


def _noted(changes: object, currency: str) -> tuple[Change, ...]:
    """Changes as they were noted: without values where these are personal data."""
    found = []
    for change in changes if isinstance(changes, list) else []:
        name = str(change.get("field", ""))
        if is_silent(name):
            continue
        found.append(
            Change(
                label=_label(name),
                old=_said(name, change.get("old"), currency),
                new=_said(name, change.get("new"), currency),
            )
        )
    return tuple(found)


def compared(old: OrderData, new: OrderData) -> tuple[Change, ...]:
    """Changes between two contents, with their values."""
    found = []
    for change in assess.differences(old, new):
        if is_silent(change.field):
            continue
        before, after = _value(old, change.field), _value(new, change.field)
        found.append(
            Change(
                label=_label(change.field, new, old),
                old=_said(change.field, before, old.currency),
                new=_said(change.field, after, new.currency),
            )
        )
    return tuple(found)


def _value(data: OrderData, name: str) -> object:
    parts = name.split(".")
    if parts[0] == "lines":
        line = next((line for line in data.lines if line.line_id == parts[1]), None)
        return getattr(line, parts[-1], None)
    value: object = data
    for part in parts:
        value = getattr(value, part, None)
    return value


def said_of(data: OrderData, name: str) -> str:
    """One field of a content in words; empty where it says nothing to a person."""
    silent = is_silent(name) or is_silent(name.rpartition(".")[2])
    return "" if silent else _said(name, _value(data, name), data.currency)


def _label(name: str, *contents: OrderData) -> str:
    if not name.startswith("lines."):
        return str(FIELDS.get(name, name))
    _lines, line_id, what = name.split(".", 2)
    offers = (line.offer_name for data in contents for line in data.lines if line.line_id == line_id)
    offer = next(offers, _("Item"))
    if what == "added":
        return _("Added: %(offer)s") % {"offer": offer}
    if what == "removed":
        return _("Removed: %(offer)s") % {"offer": offer}
    return f"{offer} · {FIELDS.get(what, what)}"


_WORDED: Final[dict[str, Callable[[str], str]]] = {
    "status": words.allegro_status,
    "fulfillment_status": words.fulfillment,
    "payment.type": words.payment_type,
    "payment.provider": words.provider,
    "fulfillment_provider": words.sender,
    "marketplace": links.marketplace,
    "vat_subject": words.vat_subject,
}


def _said(name: str, value: object, currency: str) -> str:
    """A value in words; empty for none."""
    if value is None or value in ("", ()):
        return ""
    if name in _YES_OR_NO:
        return _("yes") if str(value) == "True" else _("no")
    kind = name.rpartition(".")[2] if name.startswith("lines.") else name
    if kind in _WORDED:
        return _WORDED[kind](str(value))
    return _plainly(value, currency)


def _plainly(value: object, currency: str) -> str:
    if isinstance(value, Decimal):
        return show.money(value, currency)
    if isinstance(value, datetime):
        return show.moment(value)
    if isinstance(value, Address):
        return address_line(value)
    if isinstance(value, tuple) and value and isinstance(value[0], SurchargeData):
        return show.money(sum((part.paid or ZERO for part in value), ZERO), currency)
    if isinstance(value, tuple) or is_dataclass(value):
        return str(len(value)) if isinstance(value, tuple) else ", ".join(f.name for f in fields(value))
    return str(value)


def address_line(address: Address) -> str:
    """An address in one line, with the name that belongs to it."""
    place = f"{address.postal_code} {address.city}".strip()
    country = "" if address.country in {"", "PL"} else address.country
    parts = (address.company_name, address.person, address.street, place, country)
    return ", ".join(part for part in parts if part)
