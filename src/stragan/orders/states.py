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


class CheckState(StrEnum):
    """Life of a check of orders against Allegro."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"


class CheckDifference(StrEnum):
    """How Allegro's orders and ours can differ."""

    MISSING = "order_missing"  # Allegro has it, we do not (any more)
    EXTRA = "order_extra"  # we have it, Allegro does not
    STATUS = "status_differs"
    TOTAL = "total_differs"
    PARTS = "parts_differ"  # lines, delivery, services and deposits against the total
    PAID = "paid_differs"  # Allegro's figure against ours
    OVERPAID = "overpaid"  # both say the same, and it is not the total
    UNDERPAID = "underpaid"
    UNREADABLE = "unreadable"  # what Allegro says now of an order we know
    NOT_ASKED = "shop_not_asked"
    LIST_SILENT = "list_silent"  # both have it, Allegro's list leaves it out
    JOURNAL_SILENT = "journal_silent"  # no event of Allegro's journal names it
    PAYMENT_MISSING = "payment_missing"  # it was paid, no payment operation says so
    PAYMENT_DIFFERS = "payment_differs"  # operations say another amount
    PAYMENT_UNKNOWN = "payment_unknown"  # an operation of a payment that no order has
    REFUND_MISSING = "refund_missing"  # it was refunded, no payment operation says so
    REFUND_UNLISTED = "refund_unlisted"  # operations refunded it, no refund of the list says so
    REFUND_DIFFERS = "refund_differs"  # operations say another amount
    REFUND_UNKNOWN = "refund_unknown"  # a refund of a payment that no order has
    REFUND_TOO_HIGH = "refund_too_high"  # more was refunded than paid
    SOURCE_NOT_ASKED = "source_not_asked"  # the journal, the payments or the refunds did not answer


class CheckCause(StrEnum):
    """Why they differ, where that is known."""

    MERGED = "merged"
    DELETED = "deleted"
    BEFORE_FIRST_DAY = "before_first_day"
    GONE = "gone"
    ARRIVING = "arriving"  # the background sync will bring it: a gap until then
    SURCHARGE = "surcharge"
    PENDING = "pending"
    UNREADABLE = "unreadable"
    CANCELLED = "cancelled"
    CHANGED = "changed"
    ALTERED_HERE = "altered_here"
    ALLEGRO_SAYS_SO = "allegro_says_so"
    NO_PAYMENT_STATED = "no_payment_stated"
    RECONNECT = "reconnect"
    DISABLED = "disabled"
    REMOVED = "removed"
    NO_ANSWER = "no_answer"
    VANISHED = "vanished"
    PAID_LATELY = "paid_lately"
    HOLDER_GONE = "holder_gone"
    TOO_MANY_GONE = "too_many_gone"  # for one check to ask about each of them
    REFUNDED_LATELY = "refunded_lately"
    REFUND_UNDER_WAY = "refund_under_way"
    REFUND_STOPPED = "refund_stopped"
    REFUND_PARTIAL = "refund_partial"  # which may be how it ends
    TOO_MANY_REFUNDS = "too_many_refunds"  # for one check to ask about each of their payments


# Causes that leave no gap: somebody or something did this, and it is known what.
EXPLAINING: Final = frozenset(
    {
        CheckCause.MERGED,
        CheckCause.DELETED,
        CheckCause.BEFORE_FIRST_DAY,
        CheckCause.GONE,
        CheckCause.SURCHARGE,
    }
)
# Causes of gaps that fetching the order once more puts right.
MENDED_BY_FETCHING: Final = frozenset(
    {
        "",
        CheckCause.MERGED,
        CheckCause.GONE,
        CheckCause.ARRIVING,
        CheckCause.PENDING,
        CheckCause.UNREADABLE,
        CheckCause.CANCELLED,
        CheckCause.CHANGED,
        CheckCause.ALTERED_HERE,
    }
)
# Gaps between Allegro's own sources: the order is here as it is there.
AMONG_SOURCES: Final = frozenset(
    {
        CheckDifference.LIST_SILENT,
        CheckDifference.JOURNAL_SILENT,
        CheckDifference.PAYMENT_MISSING,
        CheckDifference.PAYMENT_DIFFERS,
        CheckDifference.PAYMENT_UNKNOWN,
        CheckDifference.REFUND_MISSING,
        CheckDifference.REFUND_UNLISTED,
        CheckDifference.REFUND_DIFFERS,
        CheckDifference.REFUND_UNKNOWN,
        CheckDifference.REFUND_TOO_HIGH,
    }
)


class MoneyGap(StrEnum):
    """Why the money of an order is still open, or its profit unknown; the first that holds. See ``money``."""

    FEES_UNREAD = "fees_unread"
    PAYMENTS_UNREAD = "payments_unread"
    UNPAID = "unpaid"
    PAYMENT_SHARED = "payment_shared"
    CURRENCY = "currency"
    DOCUMENT = "document"
    FEE_TAX = "fee_tax"
    GOODS = "goods"
    PAYOUT = "payout"
    COMMISSION = "commission"


HIDDEN_STATUSES: Final = frozenset({OrderStatus.CLOSED, OrderStatus.CANCELLED})
# Kind of document → the column that says whether an order has one now.
KIND_COLUMNS: Final = {
    "invoice": "has_invoice",
    "receipt": "has_receipt",
    "pro_forma": "has_pro_forma",
    "offer": "has_offer",
    "other_income": "has_other_income",
    "correction": "has_correction",
}
