"""Words for documents: how each kind is numbered, and the life of a run that issues many."""

from enum import StrEnum
from typing import Final

from stragan.core.snapshot import ORDER_KINDS, DocumentKind

# Counting restarts each month, since the month stands in the number.
PATTERNS: Final[dict[DocumentKind, str]] = {
    DocumentKind.INVOICE: "FV {nr}/{month}/{year}",
    DocumentKind.RECEIPT: "PAR {nr}/{month}/{year}",
    DocumentKind.PRO_FORMA: "PRO {nr}/{month}/{year}",
    DocumentKind.OFFER: "OF {nr}/{month}/{year}",
    DocumentKind.OTHER_INCOME: "IP {nr}/{month}/{year}",
    DocumentKind.CORRECTION: "KOR {nr}/{month}/{year}",
}
AVAILABLE_KINDS: Final = frozenset(ORDER_KINDS)
# Fiscal kinds: they are posted, move stock and close orders; an order has one of them at a time.
ORIGINAL_KINDS: Final = frozenset({DocumentKind.INVOICE, DocumentKind.RECEIPT, DocumentKind.OTHER_INCOME})
# Commercial papers: no accounting effect, for orders that are not paid yet too, one of each at a time.
PAPER_KINDS: Final = frozenset({DocumentKind.PRO_FORMA, DocumentKind.OFFER})
# What a document may become; an invoice made from a receipt repeats it.
CONVERSIONS: Final[dict[DocumentKind, tuple[DocumentKind, ...]]] = {
    DocumentKind.PRO_FORMA: (DocumentKind.INVOICE, DocumentKind.RECEIPT),
    DocumentKind.OFFER: (DocumentKind.INVOICE, DocumentKind.RECEIPT),
    DocumentKind.RECEIPT: (DocumentKind.INVOICE,),
}


class LinkOrigin(StrEnum):
    """How a document came to belong to an order."""

    ISSUED = "issued"  # issued for it
    LINKED = "linked"  # linked by a person (S40)


class LinkEnd(StrEnum):
    """Why a document belongs to an order no longer."""

    VOIDED = "voided"
    CORRECTED = "corrected"  # to zero
    UNLINKED = "unlinked"  # by a person


class ChangeState(StrEnum):
    """Life of a change of an order after its document was issued."""

    OPEN = "open"  # waits for a person
    NOTED = "noted"  # nothing is to be done about it
    SETTLED = "settled"


class SettledHow(StrEnum):
    """Why a change waits no longer."""

    CORRECTED = "corrected"  # documents and order agree again
    UNDONE = "undone"  # the order is again what the document says
    BY_HAND = "by_hand"
    UNDOCUMENTED = "undocumented"  # the document was voided, corrected to zero or unlinked


class RunState(StrEnum):
    """Life of a run: seen first, then worked off, stopped and taken up again as often as wished."""

    PREVIEW = "preview"
    WAITING = "waiting"
    RUNNING = "running"
    STOPPING = "stopping"
    STOPPED = "stopped"
    DONE = "done"


class ItemState(StrEnum):
    """What became of one order of a run."""

    READY = "ready"
    BLOCKED = "blocked"  # refused when the run was prepared
    ISSUED = "issued"
    REFUSED = "refused"  # refused when its turn came


# verb → from which states a run may go where.
RUN_TRANSITIONS: Final[dict[str, tuple[frozenset[RunState], RunState]]] = {
    "start": (frozenset({RunState.PREVIEW, RunState.STOPPED, RunState.DONE}), RunState.WAITING),
    "restart": (frozenset(RunState), RunState.WAITING),  # only while no job works on it
    "work": (frozenset({RunState.WAITING, RunState.RUNNING}), RunState.RUNNING),
    "stop": (frozenset({RunState.WAITING, RunState.RUNNING}), RunState.STOPPING),
    "end_stopped": (frozenset({RunState.STOPPING}), RunState.STOPPED),
    "end": (frozenset({RunState.RUNNING, RunState.STOPPING}), RunState.DONE),
}
