"""The columns of a document's row that repeat what its snapshot says, for lists and filters."""

from typing import Any, Final

from stragan.core.folding import fold
from stragan.core.snapshot import DocumentSnapshot, sha256_of, to_bytes
from stragan.documents.states import ORIGINAL_KINDS

BUYER_NAME_LENGTH: Final = 512
NOTES_SEARCHED: Final = 200  # an order may be named there


def columns_of(snapshot: DocumentSnapshot, *, allegro_login: str = "") -> dict[str, Any]:
    """Give the columns that follow from *snapshot* alone, its bytes and their hash among them."""
    data = to_bytes(snapshot)
    buyer = snapshot.buyer
    corrected = snapshot.corrected.number if snapshot.corrected else ""
    words = (
        snapshot.number,
        corrected,
        buyer.name,
        buyer.nip,
        buyer.vat_eu,
        allegro_login,
        snapshot.order_id,
        snapshot.notes[:NOTES_SEARCHED],
    )
    return {
        "kind": snapshot.kind.value,
        "number": snapshot.number,
        "original": snapshot.kind in ORIGINAL_KINDS and not snapshot.to_receipt,
        "issue_date": snapshot.issue_date,
        "supply_date": snapshot.supply_date,
        "currency": snapshot.currency,
        "net": snapshot.net,
        "vat": snapshot.vat,
        "gross": snapshot.gross,
        "deposit": snapshot.deposit,
        "to_pay": snapshot.to_pay,
        "buyer_name": buyer.name[:BUYER_NAME_LENGTH],
        "buyer_nip": buyer.nip or buyer.vat_eu,
        "ksef": snapshot.ksef.value,
        "snapshot": data,
        "sha256": sha256_of(data),
        "search_text": fold(" ".join(filter(None, words))),
        "issued_at": snapshot.issued_at,
    }
