"""What a person typed into a draft, read field by field: what cannot be read keeps its old value."""

import re
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Final

from stragan.core.money import ZERO
from stragan.core.nip import normalize_nip
from stragan.core.snapshot import BuyerSource, DocumentKind, LineKind, SupplyKind, VatSource
from stragan.documents.buyers import postal_code
from stragan.documents.comparing import BUYER_FIELDS
from stragan.documents.content import (
    DraftBuyer,
    DraftContent,
    DraftLine,
    DraftReceipt,
    Refusal,
    SellerProfile,
    Why,
)
from stragan.documents.rates import PIECE, following_goods

MAX_LINES: Final = 500
MAX_RECEIPT: Final = 40
QUANTITY_PLACES: Final = 4
MONEY_PLACES: Final = 2
LARGEST: Final = Decimal(1_000_000_000)
_SPACES: Final = re.compile(r"\s+")


@dataclass(frozen=True, slots=True, kw_only=True)
class LineEdit:
    """One row of the form as typed. ``origin`` is its place in the draft, None for an added line."""

    origin: int | None
    name: str
    quantity: str
    unit: str
    unit_gross: str
    discount: str = ""
    vat_code: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class BuyerEdit:
    """The buyer's fields as typed."""

    name: str
    street: str
    postal_code: str
    city: str
    country: str
    nip: str
    vat_eu: str
    company: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptEdit:
    """The receipt of a cash register as typed."""

    number: str = ""
    register_id: str = ""
    day: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftEdit:
    """A whole form as typed; days are ISO texts, empty where not known. Lines left out are removed."""

    issue_date: str
    supply_date: str
    due_date: str
    buyer: BuyerEdit
    lines: tuple[LineEdit, ...]
    notes: str
    reason: str
    valid_until: str = ""
    receipt: ReceiptEdit = ReceiptEdit()
    receipt_had_nip: bool = False


@dataclass(slots=True)
class _Reading:
    """Collects what could not be read."""

    refusals: list[Refusal] = field(default_factory=list)

    def day(self, text: str, path: str, *, fallback: date | None) -> date | None:
        """Read an ISO day; empty is None."""
        if not text.strip():
            return None
        try:
            return date.fromisoformat(text.strip())
        except ValueError:
            self.refuse("field_not_readable", path)
            return fallback

    def number(self, text: str, path: str, *, places: int, fallback: Decimal) -> Decimal:
        """Read a number with a comma or a point and at most *places* decimals."""
        plain = _SPACES.sub("", text).replace(",", ".")
        try:
            value = Decimal(plain)
        except InvalidOperation:
            self.refuse("field_not_readable", path)
            return fallback
        if not value.is_finite() or abs(value) > LARGEST or value != round(value, places):
            self.refuse("field_not_readable", path)
            return fallback
        return round(value, places) if places == MONEY_PLACES else value

    def refuse(self, code: str, path: str) -> None:
        """Note a refusal beside its field."""
        self.refusals.append(Refusal(code=code, params={}, field=path))


def edited(
    content: DraftContent, edit: DraftEdit, *, profile: SellerProfile
) -> tuple[DraftContent, list[Refusal]]:
    """Apply a form to a content; services and delivery that follow the goods follow them again.

    Gives the new content and what could not be read, each with its field.
    """
    reading = _Reading()
    issue_date = reading.day(edit.issue_date, "issue_date", fallback=content.issue_date)
    supply_date = reading.day(edit.supply_date, "supply_date", fallback=content.supply_date)
    due_date = reading.day(edit.due_date, "due_date", fallback=content.payment.due_date)
    lines = [_line(content, row, place, reading=reading) for place, row in enumerate(edit.lines[:MAX_LINES])]
    if not lines:
        reading.refuse("lines_missing", "lines")
        lines = list(content.lines)
    kind = content.supply_kind
    if supply_date != content.supply_date:
        kind = SupplyKind.DELIVERY if supply_date else None
    new = replace(
        content,
        issue_date=issue_date or content.issue_date,
        supply_date=supply_date,
        supply_kind=kind,
        buyer=content.buyer
        if content.kind is DocumentKind.OTHER_INCOME
        else _buyer(content.buyer, edit.buyer),
        lines=following_goods(lines, profile=profile),
        payment=replace(content.payment, due_date=due_date),
        notes=edit.notes.replace("\r\n", "\n").strip(),
        valid_until=reading.day(edit.valid_until, "valid_until", fallback=content.valid_until),
        fiscal_receipt=_receipt(content, edit.receipt, reading=reading),
        receipt_had_nip=edit.receipt_had_nip,
    )
    return new, reading.refusals


def _receipt(content: DraftContent, edit: ReceiptEdit, *, reading: _Reading) -> DraftReceipt:
    """Read the receipt of a reference; that of an invoice to a receipt stays as the receipt says it."""
    known = content.fiscal_receipt
    if content.kind is not DocumentKind.RECEIPT:
        return known
    return DraftReceipt(
        number=_SPACES.sub(" ", edit.number).strip()[:MAX_RECEIPT],
        register_id=_SPACES.sub(" ", edit.register_id).strip()[:MAX_RECEIPT],
        day=reading.day(edit.day, "fiscal_receipt.day", fallback=known.day),
    )


def _line(content: DraftContent, row: LineEdit, place: int, *, reading: _Reading) -> DraftLine:
    path = f"lines.{place}"
    is_known = row.origin is not None and 0 <= row.origin < len(content.lines)
    base = content.lines[row.origin or 0] if is_known else _added_line()
    name = _SPACES.sub(" ", row.name).strip()
    if not name:
        reading.refuse("line_name_missing", f"{path}.name")
    quantity = reading.number(
        row.quantity, f"{path}.quantity", places=QUANTITY_PLACES, fallback=base.quantity
    )
    if quantity <= 0:
        reading.refuse("quantity_not_positive", f"{path}.quantity")
        quantity = base.quantity
    unit_gross = reading.number(
        row.unit_gross, f"{path}.unit_gross", places=MONEY_PLACES, fallback=base.unit_gross
    )
    discount = reading.number(
        row.discount or "0", f"{path}.discount", places=MONEY_PLACES, fallback=base.discount
    )
    for amount, part in ((unit_gross, "unit_gross"), (discount, "discount")):
        if amount < 0:
            reading.refuse("amount_negative", f"{path}.{part}")
    line = replace(
        base,
        name=name or base.name,
        quantity=quantity,
        unit=row.unit.strip() or base.unit,
        unit_gross=max(unit_gross, ZERO),
        discount=min(max(discount, ZERO), max(unit_gross, ZERO) * quantity),
    )
    return _with_code(line, row.vat_code.strip() or None)


def _with_code(line: DraftLine, code: str | None) -> DraftLine:
    """Give a line the code a person chose; an unchanged one keeps where it came from."""
    if code == line.vat_code:
        return line
    if code is None:
        return replace(line, vat_code=None)
    return by_hand(line, code)


def by_hand(line: DraftLine, code: str) -> DraftLine:
    """Give a line a VAT code on a person's word."""
    return replace(
        line,
        vat_code=code,
        vat_source=VatSource.HAND,
        why=Why(code="why_hand", facts={"was": line.vat_code or ""}),
        trouble=None,
    )


def _added_line() -> DraftLine:
    return DraftLine(
        kind=LineKind.GOODS,
        name="",
        quantity=Decimal(1),
        unit=PIECE,
        unit_gross=ZERO,
        vat_code=None,
        vat_source=VatSource.HAND,
        why=Why(code="why_hand", facts={}),
    )


def _buyer(buyer: DraftBuyer, edit: BuyerEdit) -> DraftBuyer:
    country = edit.country.strip().upper() or "PL"
    new = replace(
        buyer,
        name=_SPACES.sub(" ", edit.name).strip(),
        street=_SPACES.sub(" ", edit.street).strip(),
        postal_code=postal_code(edit.postal_code, country=country),
        city=_SPACES.sub(" ", edit.city).strip(),
        country=country,
        nip=normalize_nip(edit.nip),
        vat_eu=_SPACES.sub("", edit.vat_eu).upper(),
        company=edit.company,
    )
    is_same = all(getattr(new, name) == getattr(buyer, name) for name in BUYER_FIELDS)
    return new if is_same else replace(new, source=BuyerSource.HAND)
