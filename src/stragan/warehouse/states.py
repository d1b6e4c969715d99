"""Words for stock: kinds of notes with their numbers, and why a reservation ended."""

from enum import StrEnum
from typing import Final


class NoteKind(StrEnum):
    """Kinds of stock notes, by the names Polish warehouses give them."""

    PZ = "pz"  # goods receipt from a supplier
    WZ = "wz"  # goods issue to a customer
    ZW = "zw"  # return from a customer
    PW = "pw"  # internal receipt
    RW = "rw"  # internal issue: damage, own use
    INW = "inw"  # stocktaking


# Counting restarts each month, since the month stands in the number.
PATTERNS: Final[dict[NoteKind, str]] = {kind: f"{kind.name} {{nr}}/{{month}}/{{year}}" for kind in NoteKind}
# Written by people; the others follow from sales documents.
KINDS_BY_HAND: Final = (NoteKind.PZ, NoteKind.PW, NoteKind.RW, NoteKind.INW)


class EndCode(StrEnum):
    """Why a reservation is over."""

    ISSUED = "issued"  # a document took the goods, or an existing one was linked
    CHANGED = "changed"  # the order or what it was matched to changed
    CANCELLED = "cancelled"
    SUPERSEDED = "superseded"  # the purchases moved to another order
    GONE = "gone"
    DELETED = "deleted"
    CLOSED = "closed"  # closed by a person, without a document
