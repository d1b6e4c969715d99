"""From an issued document to the draft of another one: its content, other numbers and dates."""

from dataclasses import replace

from stragan.core.snapshot import BuyerSource, DocumentKind, DocumentSnapshot, SnapshotLine
from stragan.documents.buyers import without_demands
from stragan.documents.content import DraftBuyer, DraftContent, DraftLine, DraftReceipt, Why


def converted(source: DocumentSnapshot, *, original: DraftContent) -> DraftContent:
    """Give the draft *original* with the lines, buyer and notes of *source*.

    Dates and payment are those of *original*: what is known of the order today. An invoice made from a
    receipt repeats it; one made from a pro forma or an offer only names it.
    """
    repeats = source.kind is DocumentKind.RECEIPT
    receipt = source.fiscal_receipt
    return replace(
        original,
        buyer=_buyer(source, original=original),
        lines=tuple(_line(line, source) for line in source.lines),
        deposits=source.deposits,
        notes=source.notes,
        converted_from="" if repeats else source.number,
        to_receipt=source.number if repeats else "",
        fiscal_receipt=DraftReceipt(number=receipt.number, register_id=receipt.register_id, day=receipt.date)
        if repeats and receipt
        else original.fiscal_receipt,
    )


def _buyer(source: DocumentSnapshot, *, original: DraftContent) -> DraftBuyer:
    """Take the buyer of *source*; who asked for an invoice is on it as they asked."""
    printed = source.buyer
    buyer = DraftBuyer(
        name=printed.name,
        street=printed.street,
        postal_code=printed.postal_code,
        city=printed.city,
        country=printed.country or "PL",
        nip=printed.nip,
        vat_eu=printed.vat_eu,
        company=original.buyer.company,
        source=printed.source,
        asked=printed.source,
    )
    if original.kind is not DocumentKind.INVOICE:
        return without_demands(buyer)
    is_asked = original.buyer.source is BuyerSource.INVOICE and not original.buyer.missing
    by_rule = source.kind is DocumentKind.RECEIPT and printed.source is not BuyerSource.HAND
    return original.buyer if buyer.missing or (is_asked and by_rule) else buyer


def _line(line: SnapshotLine, source: DocumentSnapshot) -> DraftLine:
    return DraftLine(
        kind=line.kind,
        name=line.name,
        quantity=line.quantity,
        unit=line.unit,
        unit_gross=line.unit_gross,
        discount=line.discount,
        vat_code=line.vat_code,
        vat_source=line.vat_source,
        why=Why(code="why_document", facts={"number": source.number}),
        sku=line.sku,
        ean=line.ean,
        offer_id=line.offer_id,
        line_id=line.line_id,
    )
