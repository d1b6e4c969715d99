"""Words for documents: how each kind is numbered, and the life of a run that issues many."""

from enum import StrEnum
from typing import Final

from stragan.core.snapshot import DocumentKind

# Counting restarts each month, since the month stands in the number.
PATTERNS: Final[dict[DocumentKind, str]] = {
    DocumentKind.INVOICE: "FV {nr}/{month}/{year}",
    DocumentKind.RECEIPT: "PAR {nr}/{month}/{year}",
    DocumentKind.PRO_FORMA: "PRO {nr}/{month}/{year}",
    DocumentKind.OFFER: "OF {nr}/{month}/{year}",
    DocumentKind.OTHER_INCOME: "IP {nr}/{month}/{year}",
}
AVAILABLE_KINDS: Final = frozenset({DocumentKind.INVOICE})
# Kinds of which an order may have one at a time.
ORIGINAL_KINDS: Final = frozenset({DocumentKind.INVOICE, DocumentKind.RECEIPT, DocumentKind.OTHER_INCOME})


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
