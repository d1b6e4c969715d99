"""A snapshot with every text as it can be printed."""

from collections.abc import Iterable
from dataclasses import replace

from stragan.core.snapshot import Corrected, DocumentSnapshot, SnapshotLine
from stragan.formats.pdf.glyphs import substituted


def printable(snapshot: DocumentSnapshot) -> DocumentSnapshot:
    """Return the snapshot with texts passed through ``substituted``; notes keep their line ends."""
    seller, buyer, payment = snapshot.seller, snapshot.buyer, snapshot.payment
    receipt = snapshot.fiscal_receipt
    return replace(
        snapshot,
        number=substituted(snapshot.number),
        currency=substituted(snapshot.currency),
        exemption_basis=substituted(snapshot.exemption_basis),
        notes="\n".join(map(substituted, snapshot.notes.splitlines())),
        order_id=substituted(snapshot.order_id),
        shop=substituted(snapshot.shop),
        seller=replace(
            seller,
            name=substituted(seller.name),
            street=substituted(seller.street),
            postal_code=substituted(seller.postal_code),
            city=substituted(seller.city),
            country=substituted(seller.country),
            nip=substituted(seller.nip),
            bdo=substituted(seller.bdo),
            bank_account=substituted(seller.bank_account),
            bank_name=substituted(seller.bank_name),
            footer=substituted(seller.footer),
        ),
        buyer=replace(
            buyer,
            name=substituted(buyer.name),
            street=substituted(buyer.street),
            postal_code=substituted(buyer.postal_code),
            city=substituted(buyer.city),
            country=substituted(buyer.country),
            nip=substituted(buyer.nip),
            vat_eu=substituted(buyer.vat_eu),
        ),
        payment=replace(payment, method=substituted(payment.method), provider=substituted(payment.provider)),
        lines=_lines(snapshot.lines),
        rates=tuple(replace(rate, code=substituted(rate.code)) for rate in snapshot.rates),
        corrected=_corrected(snapshot.corrected),
        fiscal_receipt=receipt
        and replace(
            receipt, number=substituted(receipt.number), register_id=substituted(receipt.register_id)
        ),
        converted_from=substituted(snapshot.converted_from),
        to_receipt=substituted(snapshot.to_receipt),
        deposits=tuple(replace(deposit, name=substituted(deposit.name)) for deposit in snapshot.deposits),
    )


def _corrected(corrected: Corrected | None) -> Corrected | None:
    if corrected is None:
        return None
    return replace(
        corrected,
        number=substituted(corrected.number),
        reason=substituted(corrected.reason),
        before=_lines(corrected.before),
        after=_lines(corrected.after),
    )


def _lines(lines: Iterable[SnapshotLine]) -> tuple[SnapshotLine, ...]:
    return tuple(
        replace(
            line,
            name=substituted(line.name),
            unit=substituted(line.unit),
            vat_code=substituted(line.vat_code),
            sku=substituted(line.sku),
            ean=substituted(line.ean),
        )
        for line in lines
    )
