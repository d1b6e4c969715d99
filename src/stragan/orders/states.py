"""Words for what an order is: local status, released or not, what is wrong with it."""

from enum import StrEnum
from typing import Final


class OrderStatus(StrEnum):
    """The seller's own status (S48): never sent to Allegro."""

    OPEN = "open"  # Otwarte
    PAID = "paid"  # Opłacone
    COD = "cod"  # Opłacane za pobraniem
    CLOSED = "closed"  # Zamknięte
    CANCELLED = "cancelled"  # Anulowane


class AllegroStatus(StrEnum):
    """Allegro's form status; other values are kept as they come."""

    BOUGHT = "BOUGHT"
    FILLED_IN = "FILLED_IN"
    READY_FOR_PROCESSING = "READY_FOR_PROCESSING"
    CANCELLED = "CANCELLED"


class PaymentState(StrEnum):
    """What the list shows under Płatność."""

    PAID = "paid"
    WAITING = "waiting"
    COD = "cod"
    CANCELLED = "cancelled"


class Queue(StrEnum):
    """Where an order waits: the tabs of the list."""

    TO_ISSUE = "to_issue"  # Do wystawienia
    ATTENTION = "attention"  # Wymaga uwagi
    WAITING_PAYMENT = "waiting_payment"  # Czeka na zapłatę
    DONE = "done"


class Problem(StrEnum):
    """Why an order cannot get a fiscal document as it is; also the codes of refusals."""

    VAT_MISSING = "vat_missing"
    VAT_FOREIGN = "vat_foreign"
    VAT_CONTRADICTORY = "vat_contradictory"
    VAT_EXEMPTION_BASIS_MISSING = "vat_exemption_basis_missing"
    VAT_MARGIN_UNSUPPORTED = "vat_margin_unsupported"
    CURRENCY_UNSUPPORTED = "currency_unsupported"
    TOTAL_MISMATCH = "total_mismatch"
    BUYER_DATA_MISSING = "buyer_data_missing"
    COMPANY_NIP_MISSING = "company_nip_missing"
    NIP_INVALID = "nip_invalid"
    INVOICE_ADDRESS_MISSING = "invoice_address_missing"
    GOODS_MISSING = "goods_missing"
    GOODS_NAME_MISSING = "goods_name_missing"


HIDDEN_STATUSES: Final = frozenset({OrderStatus.CLOSED, OrderStatus.CANCELLED})
