"""What a document in the making says: a value that can be edited, checked, stored as JSON and frozen."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import msgspec

from stragan.core.money import ZERO
from stragan.core.snapshot import BuyerSource, Deposit, DocumentKind, LineKind, Payment, SupplyKind, VatSource
from stragan.core.totals import line_gross


@dataclass(frozen=True, slots=True, kw_only=True)
class SellerProfile:
    """What of the seller decides the content of a document.

    ``exemption_basis`` is the legal basis printed where a line is exempt from VAT, or empty.
    """

    vat_payer: bool
    exemption_basis: str = ""
    fiscal_receipts: bool = False  # a cash register outside prints them: their numbers are kept here


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """One reason why a document cannot be issued as it is.

    ``code`` and ``params`` make the sentence (``kit.messages``); ``field`` is the place in the draft
    that can mend it, such as ``lines.0.vat_code`` or ``buyer.nip``, empty where the order is to blame.
    """

    code: str
    params: Mapping[str, str]
    field: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Why:
    """Where a value came from ("Skąd to?"): a code with the facts its sentence needs."""

    code: str
    facts: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftBuyer:
    """The buyer as it will be printed.

    ``company`` says that an invoice for a company was asked for, so a tax id is needed. ``asked`` is
    the source the shop prefers; it differs from ``source`` where that one lacked a name or an address.
    """

    name: str = ""
    street: str = ""
    postal_code: str = ""
    city: str = ""
    country: str = "PL"
    nip: str = ""
    vat_eu: str = ""
    company: bool = False
    source: BuyerSource = BuyerSource.INVOICE
    asked: BuyerSource = BuyerSource.INVOICE

    @property
    def replaced(self) -> bool:
        """Whether another source than the shop's was taken: shown with a note."""
        return self.source is not self.asked and self.source is not BuyerSource.HAND

    @property
    def missing(self) -> tuple[str, ...]:
        """Names of the fields a document needs and that are empty; postal codes only in Poland."""
        needed = (
            ("name", "street", "postal_code", "city") if self.country == "PL" else ("name", "street", "city")
        )
        return tuple(field for field in needed if not getattr(self, field).strip())


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftLine:
    """One line. ``vat_code`` is None while it is not known; ``trouble`` says why, else it is None.

    ``gtu`` and ``ryczalt_rate`` are of the snapshot and stay None until the document is issued.
    """

    kind: LineKind
    name: str
    quantity: Decimal
    unit: str
    unit_gross: Decimal
    discount: Decimal = ZERO
    vat_code: str | None
    vat_source: VatSource
    why: Why
    trouble: Refusal | None = None
    sku: str = ""
    ean: str = ""
    offer_id: str = ""
    line_id: str = ""
    gtu: str | None = None
    ryczalt_rate: str | None = None

    @property
    def gross(self) -> Decimal:
        """Quantity × unit price, half up to 0.01, less the discount.

        :raises stragan.core.totals.DiscountTooLarge: the discount exceeds the value.
        """
        return line_gross(quantity=self.quantity, unit_gross=self.unit_gross, discount=self.discount)


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftReceipt:
    """What is known so far of the receipt that a cash register has printed."""

    number: str = ""
    register_id: str = ""
    day: date | None = None

    @property
    def missing(self) -> tuple[str, ...]:
        """Names of the fields that are still empty."""
        return tuple(name for name in ("number", "register_id", "day") if not getattr(self, name))


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftContent:
    """A whole document before it has a number. ``to_pay`` is what Allegro says the buyer pays.

    ``converted_from`` and ``to_receipt`` are numbers of the document it is made from.
    """

    kind: DocumentKind
    issue_date: date
    supply_date: date | None
    supply_kind: SupplyKind | None
    currency: str
    buyer: DraftBuyer
    lines: tuple[DraftLine, ...]
    deposits: tuple[Deposit, ...]
    payment: Payment
    notes: str
    order_id: str
    to_pay: Decimal
    fiscal_receipt: DraftReceipt = DraftReceipt()
    converted_from: str = ""
    to_receipt: str = ""
    receipt_had_nip: bool = False
    valid_until: date | None = None

    @property
    def law_date(self) -> date:
        """The day whose VAT percents hold: of supply where it is known, else of issue."""
        return self.supply_date or self.issue_date

    @property
    def gross(self) -> Decimal:
        """All lines, deposits left out."""
        return sum((line.gross for line in self.lines), ZERO)

    @property
    def deposit(self) -> Decimal:
        """All deposits."""
        return sum((deposit.amount for deposit in self.deposits), ZERO)

    @property
    def difference(self) -> Decimal:
        """What Allegro says the buyer pays, less what this document says; 0.00 where they agree."""
        return self.to_pay - self.gross - self.deposit


def to_json(content: DraftContent) -> dict[str, Any]:
    """Give *content* as values a JSON column can hold: decimals and dates as text."""
    built: dict[str, Any] = msgspec.to_builtins(content)
    return built


def from_json(stored: Mapping[str, Any]) -> DraftContent:
    """Read back what ``to_json`` gave.

    :raises msgspec.ValidationError: the values do not have the shape of a draft.
    """
    return msgspec.convert(stored, type=DraftContent, strict=False)
