"""What Allegro knows about the documents attached to an order."""

from datetime import datetime

from msgspec import Struct

from stragan.gateways.allegro.forms import Identifier
from stragan.gateways.allegro.parsing import convert, read_json


class Verification(Struct, frozen=True, kw_only=True, rename="camel"):
    """``WAITING``, ``ACCEPTED`` or ``REJECTED``; a rejected file never reached the buyer."""

    status: str | None = None
    verified_at: datetime | None = None


class InvoiceFile(Struct, frozen=True, kw_only=True, rename="camel"):
    """The uploaded PDF and the state of its virus scan."""

    name: str | None = None
    uploaded_at: datetime | None = None
    security_verification: Verification = Verification()


class OrderInvoice(Struct, frozen=True, kw_only=True, rename="camel"):
    """One record; one without a file counts toward the limit of ten all the same."""

    id: Identifier
    invoice_number: str | None = None
    created_at: datetime | None = None
    file: InvoiceFile | None = None


class OrderLink(Struct, frozen=True, kw_only=True, rename="camel"):
    """A document given as a link."""

    id: str | None = None
    url: str | None = None
    created_at: datetime | None = None


class OrderInvoices(Struct, frozen=True, kw_only=True, rename="camel"):
    """All documents of one order, through both channels."""

    order_mode: str | None = None
    invoices: tuple[OrderInvoice, ...] = ()
    links: tuple[OrderLink, ...] = ()
    has_external_invoices: bool = False


class _NewInvoice(Struct, frozen=True):
    id: Identifier


def read_invoices(body: bytes) -> OrderInvoices:
    """Read the documents of an order."""
    return convert(read_json(body), OrderInvoices)


def read_new_invoice_id(body: bytes) -> str:
    """Read the id of the record just made."""
    return convert(read_json(body), _NewInvoice).id
