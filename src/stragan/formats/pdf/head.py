"""The top of the first page: title and number, seller, buyer, dates and references."""

from dataclasses import dataclass

from stragan.core.snapshot import DocumentSnapshot, KsefState
from stragan.formats.pdf import wording
from stragan.formats.pdf.blocks import (
    Block,
    Entry,
    below,
    block,
    identifier,
    inline_pair,
    pair,
    paragraph,
)
from stragan.formats.pdf.breaking import fit
from stragan.formats.pdf.styles import CAP, GRID, MM, STYLES

DOCUMENT_INDENT = 25 * MM


@dataclass(frozen=True, slots=True)
class Head:
    """Title, number and the three blocks under them."""

    title: str
    number: Entry
    blocks: list[Block]

    @property
    def height(self) -> float:
        """Height down to the last baseline of the longest block."""
        title = CAP * STYLES["title"].size + self.number.height
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
    order = identifier("Zamówienie Allegro", snapshot.order_id) if snapshot.order_id else []
    ksef = (
        identifier("Numer KSeF", wording.KSEF_NOTES[KsefState.NOT_SENT])
        if snapshot.ksef is KsefState.NOT_SENT
        else []
    )
    issued = pair("Data wystawienia", wording.day(snapshot.issue_date), indent=DOCUMENT_INDENT)
    return block("Dokument", [issued, supply, order, ksef])


def head_of(snapshot: DocumentSnapshot) -> Head:
    """Build the head of a document."""
    fitted = fit(snapshot.number, style="number", limit=GRID.wide, floor=STYLES["party"].size)
    lead = STYLES["number"].pitch
    number = Entry("number", fitted.lines, fitted.size, below("number", lead=lead, size=fitted.size))
    blocks = [_seller(snapshot), _buyer(snapshot), _document(snapshot)]
    return Head(wording.TITLES[snapshot.kind], number, blocks)
