"""How an edited document differs from what Allegro says: each difference is shown, amounts need a reason."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from stragan.core.money import ZERO
from stragan.core.snapshot import LineKind
from stragan.documents.content import DraftContent, DraftLine

BUYER_FIELDS: Final = ("name", "street", "postal_code", "city", "country", "nip", "vat_eu")
LINE_FIELDS: Final = ("name", "quantity", "unit", "unit_gross", "discount", "vat_code")
AMOUNTS: Final = frozenset({"quantity", "unit_gross", "discount"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One place where the document says something else than Allegro.

    ``old`` is empty for an added line, ``new`` for a removed one. ``amount`` says that money changed,
    which needs a reason.
    """

    field: str
    old: str
    new: str
    amount: bool = False


def changes_between(original: DraftContent, edited: DraftContent) -> tuple[Change, ...]:
    """List what was edited: dates, buyer, notes, lines added, removed or changed."""
    found = [
        Change(field=name, old=_text(getattr(original, name)), new=_text(getattr(edited, name)))
        for name in ("supply_date", "notes")
        if getattr(original, name) != getattr(edited, name)
    ]
    if original.payment.due_date != edited.payment.due_date:
        old, new = _text(original.payment.due_date), _text(edited.payment.due_date)
        found.append(Change(field="payment.due_date", old=old, new=new))
    found += [
        Change(field=f"buyer.{name}", old=getattr(original.buyer, name), new=getattr(edited.buyer, name))
        for name in BUYER_FIELDS
        if getattr(original.buyer, name) != getattr(edited.buyer, name)
    ]
    return (*found, *_line_changes(original, edited))


def amounts_changed(changes: tuple[Change, ...]) -> bool:
    """Say whether a reason is needed."""
    return any(change.amount for change in changes)


def _line_changes(original: DraftContent, edited: DraftContent) -> list[Change]:
    found = _delivery_changes(original, edited)
    before, after = _keyed(original), _keyed(edited)
    for key, (_, line) in before.items():
        if key not in after:
            found.append(Change(field=f"lines.{key}", old=line.name, new="", amount=bool(line.gross)))
    for key, (place, line) in after.items():
        if key not in before:
            found.append(Change(field=f"lines.{place}", old="", new=line.name, amount=bool(line.gross)))
            continue
        old = before[key][1]
        found += [
            Change(
                field=f"lines.{place}.{name}",
                old=_text(getattr(old, name)),
                new=_text(getattr(line, name)),
                amount=name in AMOUNTS,
            )
            for name in LINE_FIELDS
            if getattr(old, name) != getattr(line, name)
        ]
    return found


def _delivery_changes(original: DraftContent, edited: DraftContent) -> list[Change]:
    """Compare delivery as a whole: how it is divided over VAT codes follows from the goods."""
    (old_name, old_cost), (new_name, new_cost) = _delivery(original), _delivery(edited)
    found = []
    if old_name != new_name:
        found.append(Change(field="delivery.name", old=old_name, new=new_name))
    if old_cost != new_cost:
        old, new = _text(old_cost), _text(new_cost)
        found.append(Change(field="delivery.cost", old=old, new=new, amount=True))
    return found


def _delivery(content: DraftContent) -> tuple[str, Decimal]:
    lines = [line for line in content.lines if line.kind is LineKind.DELIVERY]
    names = dict.fromkeys(line.name for line in lines)
    return ", ".join(names), sum((line.gross for line in lines), ZERO)


def _keyed(content: DraftContent) -> dict[str, tuple[int, DraftLine]]:
    """Give goods and services by what survives an edit: their purchase, else their kind and turn."""
    keyed: dict[str, tuple[int, DraftLine]] = {}
    for place, line in enumerate(content.lines):
        if line.kind is LineKind.DELIVERY:
            continue
        stem = f"{line.kind.value}.{line.line_id}" if line.line_id else line.kind.value
        turn = sum(1 for key in keyed if key.startswith(f"{stem}#"))
        keyed[f"{stem}#{turn}"] = (place, line)
    return keyed


def _text(value: object) -> str:
    if value is None:
        return ""
    return f"{value:f}" if isinstance(value, Decimal) else str(value)
