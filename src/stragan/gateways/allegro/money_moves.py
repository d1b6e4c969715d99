"""Fees, payouts and refunds: what Allegro charged and moved. Amounts of fees and operations are signed."""

from datetime import datetime
from decimal import Decimal

from msgspec import Struct

from stragan.gateways.allegro.forms import Amount, Currency, Identifier
from stragan.gateways.allegro.parsing import convert, read_json


class SignedAmount(Struct, frozen=True, kw_only=True):
    """Money that came (positive) or went (negative); two decimals."""

    amount: Decimal
    currency: Currency


class Named(Struct, frozen=True, kw_only=True):
    """A reference with an optional, localized name."""

    id: str | None = None
    name: str | None = None


class BillingType(Struct, frozen=True, kw_only=True):
    """The kind of an entry; names are localized, so nothing hangs on them."""

    id: str
    name: str | None = None
    group: Named | None = None


class FeeTax(Struct, frozen=True, kw_only=True):
    """The VAT in an entry's value: its percentage as a text such as "23", or why there is none."""

    percentage: str | int | None = None
    annotation: str | None = None


class BillingEntry(Struct, frozen=True, kw_only=True, rename="camel"):
    """One fee or credit; ``order`` may name a form that merging has removed since.

    ``value`` is gross: with the VAT that ``tax`` names.
    """

    id: Identifier
    type: BillingType
    value: SignedAmount
    tax: FeeTax | None = None
    occurred_at: datetime
    marketplace_id: str | None = None
    offer: Named | None = None
    order: Named | None = None


class Wallet(Struct, frozen=True, kw_only=True, rename="camel"):
    """Which operator holds the money, and whether it may be paid out."""

    payment_operator: str | None = None
    type: str | None = None
    balance: SignedAmount | None = None  # after the move


class PaymentOperation(Struct, frozen=True, kw_only=True, rename="camel"):
    """One move in a wallet; contributions and refunds name the order's payment. It has no id of its own."""

    type: str
    value: SignedAmount
    occurred_at: datetime
    group: str | None = None
    wallet: Wallet = Wallet()
    payment: Named | None = None
    payout: Named | None = None
    marketplace_id: str | None = None


class PaymentOperations(Struct, frozen=True, kw_only=True, rename="camel"):
    """A page of moves, newest first."""

    payment_operations: tuple[PaymentOperation, ...]
    count: int
    total_count: int


class Refund(Struct, frozen=True, kw_only=True, rename="camel"):
    """Money given back to a buyer, by whoever asked for it; only ``SUCCESS`` moved any.

    ``order`` may be missing. ``surcharges`` are payments that were refunded together with ``payment``.
    """

    id: Identifier
    payment: Named
    status: str
    created_at: datetime
    total_value: Amount
    order: Named | None = None
    reason: str | None = None
    surcharges: tuple[Named, ...] | None = None


class Refunds(Struct, frozen=True, kw_only=True, rename="camel"):
    """A page of refunds, in an order that Allegro does not promise."""

    refunds: tuple[Refund, ...]
    total_count: int = 0


class _BillingEntries(Struct, frozen=True, rename="camel"):
    billing_entries: tuple[BillingEntry, ...]


def read_billing_entries(body: bytes) -> tuple[BillingEntry, ...]:
    """Read a page of fees, newest first."""
    return convert(read_json(body), _BillingEntries).billing_entries


def read_payment_operations(body: bytes) -> PaymentOperations:
    """Read a page of wallet moves."""
    return convert(read_json(body), PaymentOperations)


def read_refunds(body: bytes) -> Refunds:
    """Read a page of refunds."""
    return convert(read_json(body), Refunds)
