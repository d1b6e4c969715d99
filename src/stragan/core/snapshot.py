"""What a document says, frozen at issue: the one source of its PDF, its files and its postings.

A snapshot is a tree of immutable values. Its canonical bytes (JSON, UTF-8, fields in the order
written here) are stored with their SHA-256; everything derived later reads these bytes only.
Amounts are decimals with two places in the document's currency, gross unless named otherwise.
"""

import hashlib
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Final

import msgspec


class DocumentKind(StrEnum):
    """Kinds of sales documents, named as in the commands."""

    INVOICE = "invoice"
    RECEIPT = "receipt"
    PRO_FORMA = "pro_forma"
    OFFER = "offer"
    OTHER_INCOME = "other_income"
    CORRECTION = "correction"


# Kinds that can be issued for an order; a correction is issued for a document.
ORDER_KINDS: Final = (
    DocumentKind.INVOICE,
    DocumentKind.RECEIPT,
    DocumentKind.PRO_FORMA,
    DocumentKind.OFFER,
    DocumentKind.OTHER_INCOME,
)


class LineKind(StrEnum):
    """Where a line came from; decides its unit and whether it may move stock."""

    GOODS = "goods"
    SERVICE = "service"
    DELIVERY = "delivery"


class VatSource(StrEnum):
    """Why a line carries its VAT code."""

    OFFER = "offer"  # the VAT setting of the offer, as Allegro reported it
    PRODUCT = "product"  # the product in the catalog, where the offer has no rate
    SELLER_EXEMPT = "seller_exempt"  # the seller is not a VAT payer
    GOODS = "goods"  # delivery or service follows the goods it belongs to (VAT Act art. 29a(6))
    STANDARD = "standard"  # delivery of goods of zero value: the standard rate
    HAND = "hand"  # set by a person in the draft


class BuyerSource(StrEnum):
    """Which data of the order became the buyer on the document."""

    INVOICE = "invoice"  # data given for the invoice
    DELIVERY = "delivery"
    ACCOUNT = "account"
    HAND = "hand"


class SupplyKind(StrEnum):
    """What the supply date of the document is."""

    DELIVERY = "delivery"
    PAYMENT = "payment"


class KsefState(StrEnum):
    """What the document says about KSeF on the day it is issued."""

    NOT_SENT = "not_sent"  # belongs in KSeF, sending does not exist yet
    OUTSIDE = "outside"  # consumer, need not be in KSeF
    NONE = "none"  # no invoice: receipts, pro formas, offers, other income


@dataclass(frozen=True, slots=True, kw_only=True)
class Seller:
    """The issuing company. ``bank_account`` is an IBAN without spaces or empty."""

    name: str
    street: str
    postal_code: str
    city: str
    country: str
    nip: str
    bdo: str
    bank_account: str
    bank_name: str
    footer: str
    vat_payer: bool
    logo_sha256: str = ""  # of the picture at the top; kept apart, once for all documents that bear it


@dataclass(frozen=True, slots=True, kw_only=True)
class Buyer:
    """The buyer as printed. ``nip`` is ten digits or empty, ``vat_eu`` has its country prefix."""

    name: str
    street: str
    postal_code: str
    city: str
    country: str
    nip: str = ""
    vat_eu: str = ""
    source: BuyerSource = BuyerSource.INVOICE


NOBODY: Final = Buyer(
    name="", street="", postal_code="", city="", country="", source=BuyerSource.HAND
)  # other income is evidence of the seller alone


@dataclass(frozen=True, slots=True, kw_only=True)
class SnapshotLine:
    """One line. ``gross`` = quantity × unit_gross − discount, rounded half up to the grosz.

    ``gtu`` (01 to 13 or empty) and ``ryczalt_rate`` (percent) are what the books took for the goods when
    the document was issued; None where nothing was decided then: whoever posts it later asks the product.
    """

    position: int
    kind: LineKind
    name: str
    quantity: Decimal
    unit: str
    unit_gross: Decimal
    discount: Decimal
    gross: Decimal
    vat_code: str
    vat_source: VatSource
    sku: str = ""
    ean: str = ""
    offer_id: str = ""
    line_id: str = ""
    gtu: str | None = None
    ryczalt_rate: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RateTotal:
    """Sums of one VAT code; ``vat`` is taken once from the gross of the code."""

    code: str
    net: Decimal
    vat: Decimal
    gross: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Deposit:
    """Packaging deposit (kaucja): outside the tax base and the invoice total."""

    name: str
    quantity: Decimal
    unit_amount: Decimal
    amount: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Payment:
    """How the document is paid. ``method`` is a code of ``PAYMENT_METHODS`` in the PDF and the pages.

    ``paid`` is what was received before issue; ``paid_date`` its Warsaw day; ``due_date`` the day
    the rest is due, if it is known.
    """

    method: str  # online, cod, transfer, split, deferred, other
    provider: str
    paid: Decimal
    paid_date: date | None
    due_date: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class FiscalReceipt:
    """A receipt that a cash register outside has printed: its number, the register's id, its day."""

    number: str
    register_id: str
    date: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Corrected:
    """What a correction is about: the document, why, and its lines and sums before and after.

    ``before`` is the state the latest earlier correction left; ``rates_*`` are whole sums, not differences.
    """

    number: str
    issue_date: date
    kind: DocumentKind
    reason: str
    before: tuple[SnapshotLine, ...]
    after: tuple[SnapshotLine, ...]
    rates_before: tuple[RateTotal, ...]
    rates_after: tuple[RateTotal, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentSnapshot:
    """A whole issued document. ``to_pay`` = ``gross`` + ``deposit``; ``gross`` is without deposits.

    On a correction ``lines``, ``rates`` and all sums are differences (after less before), so that
    registers are plain sums of documents; ``corrected`` holds both states.
    """

    schema: int = 1
    kind: DocumentKind
    number: str
    issue_date: date
    supply_date: date | None
    supply_kind: SupplyKind | None
    currency: str
    seller: Seller
    buyer: Buyer
    lines: tuple[SnapshotLine, ...]
    rates: tuple[RateTotal, ...]
    net: Decimal
    vat: Decimal
    gross: Decimal
    deposits: tuple[Deposit, ...]
    deposit: Decimal
    to_pay: Decimal
    payment: Payment
    exemption_basis: str
    notes: str
    order_id: str
    shop: str
    ksef: KsefState
    issued_at: datetime
    fiscal_receipt: FiscalReceipt | None = None
    corrected: Corrected | None = None
    converted_from: str = ""  # number of the pro forma or offer it was made from
    to_receipt: str = ""  # number of the receipt an invoice repeats: it is neither posted nor moved again
    receipt_had_nip: bool = False  # a person confirmed it of the fiscal receipt (VAT Act art. 106b(5))
    valid_until: date | None = None  # of a pro forma or an offer


def to_bytes(snapshot: DocumentSnapshot) -> bytes:
    """Canonical bytes of a snapshot: compact JSON, decimals as strings, fields in declared order."""
    return msgspec.json.encode(snapshot)


def from_bytes(data: bytes) -> DocumentSnapshot:
    """Read canonical bytes back.

    :raises msgspec.ValidationError: the bytes are not a snapshot of this shape.
    """
    return msgspec.json.decode(data, type=DocumentSnapshot)


def sha256_of(data: bytes) -> str:
    """Hexadecimal SHA-256 of canonical bytes."""
    return hashlib.sha256(data).hexdigest()
