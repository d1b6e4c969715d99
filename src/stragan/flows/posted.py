"""A document with what it says and the order it was issued for: what stock and books follow from."""

from collections.abc import Sequence
from dataclasses import dataclass

from stragan.core.snapshot import DocumentSnapshot
from stragan.documents.models import Document
from stragan.flows.stock_lines import Article
from stragan.orders.models import Order


@dataclass(frozen=True, slots=True, kw_only=True)
class Posted:
    """An issued document. ``order`` is None for one written by hand.

    ``products`` are those of its lines, where they were asked for in this transaction.
    """

    document: Document
    snapshot: DocumentSnapshot
    order: Order | None
    products: Sequence[Article | None] | None = None
