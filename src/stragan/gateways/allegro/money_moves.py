"""Fees and payouts: what Allegro charged and moved. Amounts here are signed."""

from datetime import datetime
from decimal import Decimal

from msgspec import Struct

from stragan.gateways.allegro.forms import Currency, Identifier
from stragan.gateways.allegro.parsing import convert, read_json


class SignedAmount(Struct, frozen=True, kw_only=True):
    """Money that came (positive) or went (negative); two decimals."""

    amount: Decimal
    currency: Currency


class Named(Struct, frozen=True, kw_only=True):
    """A reference with an optional, localized name."""

    id: str | None = None
    name: str | None = None


class BillingEntry(Struct, frozen=True, kw_only=True, rename="camel"):
    """One fee or credit; ``order`` may name a form that merging has removed since."""

    id: Identifier
    type: Named
    value: SignedAmount
    occurred_at: datetime | None = None
    marketplace_id: str | None = None
    offer: Named | None = None
    order: Named | None = None


class Wallet(Struct, frozen=True, kw_only=True, rename="camel"):
    """Which operator holds the money, and whether it may be paid out."""

    payment_operator: str | None = None
    type: str | None = None


class PaymentOperation(Struct, frozen=True, kw_only=True, rename="camel"):
    """One move in a wallet; contributions and refunds name the order's payment."""

    type: str
    value: SignedAmount
    group: str | None = None
    occurred_at: datetime | None = None
    wallet: Wallet = Wallet()
    payment: Named | None = None
    payout: Named | None = None
    marketplace_id: str | None = None


class PaymentOperations(Struct, frozen=True, kw_only=True, rename="camel"):
    """A page of moves, newest first."""

    payment_operations: tuple[PaymentOperation, ...]
    count: int
    total_count: int


class _BillingEntries(Struct, frozen=True, rename="camel"):
    billing_entries: tuple[BillingEntry, ...]


def read_billing_entries(body: bytes) -> tuple[BillingEntry, ...]:
    """Read a page of fees, newest first."""
    return convert(read_json(body), _BillingEntries).billing_entries


def read_payment_operations(body: bytes) -> PaymentOperations:
    """Read a page of wallet moves."""
    return convert(read_json(body), PaymentOperations)
