"""The top of the first page: title and number, seller, buyer, dates and references."""

from dataclasses import dataclass
from datetime import date

from stragan.core.snapshot import NOBODY, DocumentSnapshot, KsefState
from stragan.formats.pdf import correcting, wording
from stragan.formats.pdf.blocks import (
    Block,
    Entry,
    below,
    block,
    exact_pair,
    identifier,
    inline_pair,
    pair,
    paragraph,
)
from stragan.formats.pdf.breaking import fit
from stragan.formats.pdf.styles import CAP, GRID, MM, STYLES

DOCUMENT_INDENT = 25 * MM
DISCLAIMER_LEAD = 17.5


@dataclass(frozen=True, slots=True)
class Head:
    """Title, number and the three blocks under them."""

    title: str
    number: Entry
    disclaimer: list[Entry]
    blocks: list[Block]

    @property
    def height(self) -> float:
        """Height down to the last baseline of the longest block."""
        title = CAP * STYLES["title"].size + self.number.height
        title += sum(entry.height for entry in self.disclaimer)
        return title + GRID.title_gap + max(part.height for part in self.blocks)


def _address(*, street: str, postal_code: str, city: str, country: str) -> list[Entry]:
    """Lines of an address; Poland is not named."""
    abroad = "" if country in {"PL", ""} else wording.COUNTRIES.get(country, country)
    lines = (street, f"{postal_code} {city}", abroad)
    entries = [paragraph(line, style="address") for line in lines]
    return [entry for part in entries for entry in part]


def _seller(snapshot: DocumentSnapshot) -> Block:
    seller = snapshot.seller
    return block(
        "Sprzedawca",
        [
            paragraph(seller.name, style="party"),
            _address(
                street=seller.street, postal_code=seller.postal_code, city=seller.city, country=seller.country
            ),
            inline_pair("NIP", seller.nip, style="strong") if seller.nip else [],
            paragraph(f"BDO {seller.bdo}", style="key", lead=11) if seller.bdo else [],
        ],
    )


def _buyer(snapshot: DocumentSnapshot) -> Block:
    buyer = snapshot.buyer
    if buyer == NOBODY:
        return block("Dotyczy", [paragraph(wording.EVIDENCE, style="body")])
    return block(
        "Nabywca",
        [
            paragraph(buyer.name, style="party"),
            _address(
                street=buyer.street, postal_code=buyer.postal_code, city=buyer.city, country=buyer.country
            ),
            inline_pair("NIP", buyer.nip, style="strong") if buyer.nip else [],
            inline_pair("VAT UE", buyer.vat_eu, style="strong") if buyer.vat_eu else [],
        ],
    )


def _document(snapshot: DocumentSnapshot) -> Block:
    supply = (
        pair(
            wording.SUPPLY_LABELS[snapshot.supply_kind],
            wording.day(snapshot.supply_date),
            indent=DOCUMENT_INDENT,
        )
        if snapshot.supply_date and snapshot.supply_kind
        else []
    )
    valid = (
        pair("Ważna do", wording.day(snapshot.valid_until), indent=DOCUMENT_INDENT)
        if snapshot.valid_until
        else []
    )
    order = identifier("Zamówienie Allegro", snapshot.order_id) if snapshot.order_id else []
    ksef = (
        identifier("Numer KSeF", wording.KSEF_NOTES[KsefState.NOT_SENT])
        if snapshot.ksef is KsefState.NOT_SENT
        else []
    )
    issued = pair("Data wystawienia", wording.day(snapshot.issue_date), indent=DOCUMENT_INDENT)
    made_from = identifier("Na podstawie", snapshot.converted_from) if snapshot.converted_from else []
    return block("Dokument", [issued, supply, valid, *_receipt(snapshot), made_from, order, ksef])


def _receipt(snapshot: DocumentSnapshot) -> list[list[Entry]]:
    """Name the receipt of the cash register that this document refers to."""
    receipt = snapshot.fiscal_receipt
    if receipt is None or snapshot.to_receipt:
        return []
    return [
        exact_pair("Nr paragonu", receipt.number, indent=DOCUMENT_INDENT),
        exact_pair("Nr kasy", receipt.register_id, indent=DOCUMENT_INDENT),
        pair("Data paragonu", wording.day(receipt.date), indent=DOCUMENT_INDENT),
    ]


def head_of(snapshot: DocumentSnapshot, *, voided_on: date | None = None) -> Head:
    """Build the head of a document; a void one says so."""
    fitted = fit(snapshot.number, style="number", limit=GRID.wide, floor=STYLES["party"].size)
    lead = STYLES["number"].pitch
    number = Entry("number", fitted.lines, fitted.size, below("number", lead=lead, size=fitted.size))
    blocks = [_seller(snapshot), _buyer(snapshot), _document(snapshot)]
    corrected = snapshot.corrected
    title = correcting.title_of(corrected) if corrected else wording.TITLES[snapshot.kind]
    return Head(title, number, [*_disclaimer(snapshot), *_void_note(voided_on)], blocks)


def _disclaimer(snapshot: DocumentSnapshot) -> list[Entry]:
    if snapshot.corrected:
        return correcting.about(snapshot.corrected)
    text = wording.DISCLAIMERS.get(snapshot.kind, "")
    return paragraph(text, style="disclaimer", limit=GRID.wide, lead=DISCLAIMER_LEAD)


def _void_note(voided_on: date | None) -> list[Entry]:
    if voided_on is None:
        return []
    text = f"Dokument anulowany {wording.day(voided_on)}, nieprzekazany nabywcy. Nie wywołuje skutków."
    return paragraph(text, style="disclaimer", limit=GRID.wide, lead=DISCLAIMER_LEAD)
