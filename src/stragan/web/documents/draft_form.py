"""The fields of a draft: what the form shows for a content, and the edit read from what was sent."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Final

from django.http import QueryDict

from stragan.core.snapshot import DocumentKind, LineKind
from stragan.documents.comparing import BUYER_FIELDS
from stragan.documents.content import DraftContent, DraftReceipt
from stragan.documents.editing import MAX_LINES, BuyerEdit, DraftEdit, LineEdit, ReceiptEdit
from stragan.kit.fields import plain_quantity
from stragan.web.shell import show

LINE_FIELDS: Final = ("origin", "name", "quantity", "unit", "unit_gross", "discount", "vat_code")
PLAIN_FIELDS: Final = (
    "issue_date",
    "supply_date",
    "due_date",
    "valid_until",
    "fiscal_receipt.number",
    "fiscal_receipt.register_id",
    "fiscal_receipt.day",
    "receipt_had_nip",
)
NEW_LINE: Final = {
    "origin": "",
    "name": "",
    "quantity": "1",
    "unit": "szt.",
    "unit_gross": "0,00",
    "discount": "",
    "vat_code": "",
}


def values_of(content: DraftContent, *, reason: str) -> dict[str, str]:
    """Give the text of every field as the form shows it: days in ISO form, amounts with a comma or point."""
    buyer = content.buyer
    receipt = content.fiscal_receipt if content.kind is DocumentKind.RECEIPT else DraftReceipt()
    values = {
        "issue_date": content.issue_date.isoformat(),
        "supply_date": _day(content.supply_date),
        "due_date": _day(content.payment.due_date),
        "valid_until": _day(content.valid_until),
        "fiscal_receipt.number": receipt.number,
        "fiscal_receipt.register_id": receipt.register_id,
        "fiscal_receipt.day": _day(receipt.day),
        "receipt_had_nip": "1" if content.receipt_had_nip else "",
        "notes": content.notes,
        "reason": reason,
        "lines.count": str(len(content.lines)),
        "buyer.company": "1" if buyer.company else "",
        **{f"buyer.{name}": getattr(buyer, name) for name in BUYER_FIELDS},
    }
    values["buyer.nip"] = show.nip(buyer.nip)
    for place, line in enumerate(content.lines):
        texts = (
            str(place),
            line.name,
            decimal_text(plain_quantity(line.quantity)),
            line.unit,
            decimal_text(line.unit_gross),
            decimal_text(line.discount) if line.discount else "",
            line.vat_code or "",
        )
        values |= {f"lines.{place}.{name}": text for name, text in zip(LINE_FIELDS, texts, strict=True)}
    return values


def _day(day: date | None) -> str:
    return day.isoformat() if day else ""


def decimal_text(value: Decimal) -> str:
    """Write a number for a field: no grouping, so that it can be read back."""
    text = f"{value:f}"
    return text.replace(".", ",") if show.is_polish() else text


def sent_values(post: QueryDict) -> dict[str, str]:
    """Take the fields out of a sent form; unknown ones are left out, missing ones are empty."""
    count = line_count(post)
    names = [*PLAIN_FIELDS, "notes", "reason", "buyer.company"]
    names += [f"buyer.{name}" for name in BUYER_FIELDS]
    names += [f"lines.{place}.{name}" for place in range(count) for name in LINE_FIELDS]
    values = {name: post.get(name, "").replace("\r\n", "\n") for name in names}
    return values | {"lines.count": str(count)}


def line_count(post: QueryDict) -> int:
    """Read how many lines the form has; nonsense is none."""
    text = post.get("lines.count", "")
    return min(int(text), MAX_LINES) if text.isascii() and text.isdigit() else 0


def with_added_line(values: Mapping[str, str], *, place: int) -> dict[str, str]:
    """Put an empty line at *place* and move the later ones down."""
    count = int(values["lines.count"])
    new = {**values, "lines.count": str(count + 1)}
    for index in range(place, count):
        new |= {f"lines.{index + 1}.{name}": values[f"lines.{index}.{name}"] for name in LINE_FIELDS}
    return new | {f"lines.{place}.{name}": text for name, text in NEW_LINE.items()}


def place_of_new_line(values: Mapping[str, str], content: DraftContent) -> int:
    """Tell where an added line goes: before delivery, which is divided anew and put last."""
    count = int(values["lines.count"])
    for place in range(count):
        origin = values[f"lines.{place}.origin"]
        index = int(origin) if origin.isascii() and origin.isdigit() else len(content.lines)
        if index < len(content.lines) and content.lines[index].kind is LineKind.DELIVERY:
            return place
    return count


def without_line(values: Mapping[str, str], place: int) -> dict[str, str]:
    """Take one line out and move the later ones up."""
    count = int(values["lines.count"])
    if not 0 <= place < count:
        return dict(values)
    kept = {name: text for name, text in values.items() if not name.startswith("lines.")}
    left = [index for index in range(count) if index != place]
    for new, old in enumerate(left):
        kept |= {f"lines.{new}.{name}": values[f"lines.{old}.{name}"] for name in LINE_FIELDS}
    return {**kept, "lines.count": str(len(left))}


def edit_of(values: Mapping[str, str]) -> DraftEdit:
    """Make the edit that the texts mean."""
    return DraftEdit(
        issue_date=values["issue_date"],
        supply_date=values["supply_date"],
        due_date=values["due_date"],
        buyer=BuyerEdit(
            **{name: values[f"buyer.{name}"] for name in BUYER_FIELDS},
            company=bool(values["buyer.company"]),
        ),
        lines=tuple(_line(values, place) for place in range(int(values["lines.count"]))),
        notes=values["notes"],
        reason=values["reason"],
        valid_until=values["valid_until"],
        receipt=ReceiptEdit(
            number=values["fiscal_receipt.number"],
            register_id=values["fiscal_receipt.register_id"],
            day=values["fiscal_receipt.day"],
        ),
        receipt_had_nip=bool(values["receipt_had_nip"]),
    )


def _line(values: Mapping[str, str], place: int) -> LineEdit:
    texts = {name: values[f"lines.{place}.{name}"] for name in LINE_FIELDS}
    origin = texts.pop("origin")
    is_known = origin.isascii() and origin.isdigit()
    return LineEdit(origin=int(origin) if is_known else None, **texts)
