"""A document with what it says and the order it was issued for: what stock and books follow from."""

from dataclasses import dataclass

from stragan.core.snapshot import DocumentSnapshot
from stragan.documents.models import Document
from stragan.orders.models import Order


@dataclass(frozen=True, slots=True, kw_only=True)
class Posted:
    """An issued document. ``order`` is None for one written by hand."""

    document: Document
    snapshot: DocumentSnapshot
    order: Order | None
