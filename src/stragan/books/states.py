"""Words of the books: registers, kinds of rows, months, rates of the flat tax, fields of the VAT file."""

from datetime import date
from enum import StrEnum
from typing import Final

from stragan.core.snapshot import DocumentKind, KsefState


class Register(StrEnum):
    """The books that rows stand in. A month of each is closed by itself."""

    VAT = "vat"
    KPIR = "kpir"
    RYCZALT = "ryczalt"


class RowType(StrEnum):
    """TypDokumentu of JPK_V7(3); ordinary invoices have none."""

    OWN = ""
    WEW = "WEW"  # internal proof: sales that no invoice and no cash register documents
    RO = "RO"  # periodic report of a cash register
    FP = "FP"  # invoice to a receipt: shown, never summed (VAT Act art. 109(3d))


class Confirmation(StrEnum):
    """How a seller knows that the buyer got a correction in minus (VAT Act art. 29a(13a))."""

    REPLY = "reply"
    RETURN_RECEIPT = "return_receipt"
    READ = "read"  # the mail program of the buyer said so
    SETTLED = "settled"  # the buyer took the money back, or paid the lower sum
    OTHER = "other"


class Mark(StrEnum):
    """Which of the four marks of JPK_V7(3) a row bears; exactly one each."""

    NUMBER = "NrKSeF"
    OUTAGE = "OFF"
    OUTSIDE = "BFK"
    OTHER = "DI"


# Kinds whose documents are posted; pro formas and offers are commercial papers.
POSTED_KINDS: Final = frozenset(
    {DocumentKind.INVOICE, DocumentKind.RECEIPT, DocumentKind.OTHER_INCOME, DocumentKind.CORRECTION}
)
# Bases and taxes of a sale at home or abroad in JPK_V7(3), in the order of the file.
VAT_FIELDS: Final = (
    "K_10", "K_11", "K_13", "K_15", "K_16", "K_17", "K_18", "K_19", "K_20", "K_21", "K_22",
)  # fmt: skip
# Flat tax rates that JPK_EWP(4) knows, in percent (Act on flat-rate income tax art. 12).
RYCZALT_RATES: Final = ("17", "15", "14", "12.5", "12", "10", "8.5", "5.5", "3")
TRADE_RATE: Final = "3"
NOBODY: Final = "brak"  # what the file wants where the buyer has no tax id or no name
LAST_MONTH: Final = 12


def mark_of(row_type: str, ksef: str) -> Mark:
    """Give the mark of a row: *ksef* is the document's state, empty for rows without a document.

    An invoice that belongs in KSeF and has no number yet is marked DI until the number comes.
    """
    if row_type in {RowType.WEW, RowType.RO}:
        return Mark.OTHER
    return Mark.OUTSIDE if ksef == KsefState.OUTSIDE else Mark.OTHER


def period_of(day: date) -> str:
    """Give the month of *day* as registers name it: ``2026-11``."""
    return day.isoformat()[:7]


def first_day(period: str) -> date:
    """Give the first day of a month such as ``2026-11``.

    :raises ValueError: *period* is no month.
    """
    return date.fromisoformat(f"{period}-01")


def last_day(period: str) -> date:
    """Give the last day of a month such as ``2026-11``."""
    return date.fromordinal(first_day(next_period(period)).toordinal() - 1)


def next_period(period: str) -> str:
    """Give the month after *period*."""
    year, month = int(period[:4]), int(period[5:])
    return f"{year + 1}-01" if month == LAST_MONTH else f"{year}-{month + 1:02}"


def is_period(text: str) -> bool:
    """Whether *text* is a month such as ``2026-11``."""
    try:
        return period_of(first_day(text)) == text
    except ValueError:
        return False
