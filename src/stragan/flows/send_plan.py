"""What to do next with a thing that is sent, given what Allegro has of it now. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

from stragan.gateways.allegro import CheckoutForm, OrderInvoice, OrderInvoices, Shipment
from stragan.outbox.actions import Why
from stragan.outbox.states import WAY

MOST_INVOICES: Final = 10
LARGEST_FILE_BYTES: Final = 3 * 1024 * 1024
SCAN_WAIT: Final = timedelta(seconds=5)
LOOKS_FOR_RECORD: Final = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Announce:
    """Allegro has nothing of it: make a record, keep its id, then upload."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """The record is there and waits for its file."""

    invoice_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """Allegro has it."""

    remote_id: str = ""
    why: Why = field(default_factory=Why)


@dataclass(frozen=True, slots=True, kw_only=True)
class Later:
    """Not now; without a *wait* ever more seldom. ``is_outage``: others of the shop would fare no better."""

    wait: timedelta | None = None
    why: Why = field(default_factory=Why)
    is_outage: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Failed:
    """Trying again by itself would not help."""

    why: Why


Outcome = Done | Later | Failed


def invoice_step(
    known: OrderInvoices, *, number: str, remote_id: str, looks: int
) -> Announce | Upload | Outcome:
    """Say what a document needs, given all documents Allegro has of the order.

    A record is ours by the id we kept, else by the document's number, so one whose answer was lost is found
    again; one that the scan rejected counts only by its id, so a person may try once more. Allegro takes
    one file at a time and ten records an order, with or without a file.
    """
    ours = _ours(known.invoices, number=number, remote_id=remote_id)
    if ours is not None and _has_file(ours):
        return _scanned(ours, looks=looks)
    if any(_has_file(one) and _scan_of(one) == "WAITING" for one in known.invoices):
        return Later(wait=scan_wait(looks), why=Why(code="sending_other_in_scan"))
    if ours is not None:
        return Upload(invoice_id=ours.id)
    if remote_id:
        lost = Why(code="sending_record_missing")
        return Later(why=lost) if looks < LOOKS_FOR_RECORD else Failed(why=lost)
    is_full = len(known.invoices) >= MOST_INVOICES
    return Failed(why=Why(code="sending_ten_documents")) if is_full else Announce()


def _scanned(ours: OrderInvoice, *, looks: int) -> Outcome:
    match _scan_of(ours):
        case "REJECTED":
            return Failed(why=Why(code="sending_file_rejected"))
        case "ACCEPTED":
            return Done(remote_id=ours.id)
    return Later(wait=scan_wait(looks), why=Why(code="sending_in_scan"))


def status_step(form: CheckoutForm, *, target: str, is_automatic: bool) -> Outcome | None:
    """Say what a status needs, given the order as Allegro has it; None: it must be written.

    By itself a status only goes forward, and leaves orders alone that stand apart from the way.
    """
    known = form.fulfillment.status if form.fulfillment else ""
    provider = form.fulfillment.provider if form.fulfillment else None
    if provider is not None and provider.id == "ALLEGRO":
        return Failed(why=Why(code="sending_status_by_allegro"))
    if known == target:
        return Done()
    is_forward = known in WAY and WAY.get(target, -1) > WAY[known] and form.status != "CANCELLED"
    return Done(why=Why(code="sending_status_further")) if is_automatic and not is_forward else None


def parcel_there(known: Sequence[Shipment], *, waybill: str) -> Shipment | None:
    """The parcel with this number, whoever added it and however it is written."""
    wanted = _plain(waybill)
    return next((one for one in known if _plain(one.waybill) == wanted), None)


def _plain(waybill: str) -> str:
    return "".join(waybill.split()).casefold()


def scan_wait(looks: int) -> timedelta:
    """How long to let the scan go on: five seconds more each time, ten minutes at most."""
    return SCAN_WAIT * min(max(looks, 1), 120)


def _ours(invoices: Sequence[OrderInvoice], *, number: str, remote_id: str) -> OrderInvoice | None:
    if remote_id:
        return next((one for one in invoices if one.id == remote_id), None)
    named = [one for one in invoices if (one.invoice_number or "").split() == number.split()]
    named = [one for one in named if not (_has_file(one) and _scan_of(one) == "REJECTED")]
    # One with a file before an empty one: it is what the buyer has got.
    return next((one for one in named if _has_file(one)), next(iter(named), None))


def _has_file(invoice: OrderInvoice) -> bool:
    return invoice.file is not None and (
        invoice.file.uploaded_at is not None or _scan_of(invoice) in {"ACCEPTED", "REJECTED"}
    )


def _scan_of(invoice: OrderInvoice) -> str:
    return (invoice.file.security_verification.status if invoice.file is not None else None) or "WAITING"
