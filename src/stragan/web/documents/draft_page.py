"""Everything the draft page shows: two panes, differences, errors with their fields, what will happen."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

from django.utils.translation import gettext

from stragan.companies.states import Ability, may
from stragan.core.errors import Refused
from stragan.core.snapshot import BuyerSource, DocumentKind
from stragan.documents import buyers
from stragan.documents.comparing import Change, amounts_changed
from stragan.documents.content import DraftContent, DraftLine, Refusal
from stragan.documents.states import ORIGINAL_KINDS
from stragan.flows.draft_document import DraftView
from stragan.kit import clock
from stragan.kit.messages import text_of
from stragan.orders.states import Problem
from stragan.web.documents import draft_form, draft_why, effects, words
from stragan.web.shell import show

BUYER_WIDTHS: Final = (
    ("name", "c-5"),
    ("nip", "c-3"),
    ("vat_eu", "c-4"),
    ("street", "c-5"),
    ("postal_code", "c-2"),
    ("city", "c-3"),
    ("country", "c-2"),
)
DAYS: Final[dict[DocumentKind, tuple[str, ...]]] = {
    DocumentKind.INVOICE: ("issue_date", "supply_date", "due_date"),
    DocumentKind.RECEIPT: ("issue_date", "supply_date"),
    DocumentKind.PRO_FORMA: ("issue_date", "valid_until", "due_date"),
    DocumentKind.OFFER: ("issue_date", "valid_until"),
    DocumentKind.OTHER_INCOME: ("issue_date", "supply_date"),
}
RECEIPT_FIELDS: Final = ("fiscal_receipt.number", "fiscal_receipt.register_id", "fiscal_receipt.day")
MAX_LENGTHS: Final = {"name": 512, "street": 300, "postal_code": 20, "city": 200, "country": 2, "vat_eu": 20}


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One field: its texts, what is wrong with it, and whether it differs from Allegro."""

    name: str
    label: str
    value: str
    errors: tuple[str, ...] = ()
    differs: bool = False
    width: str = ""
    max_length: int = 0

    @property
    def id(self) -> str:
        """The id that labels and the list of errors point to."""
        return f"id_{self.name.replace('.', '-')}"


@dataclass(slots=True)
class _Fields:
    """Makes the fields of one view."""

    values: Mapping[str, str]
    refusals: tuple[Refusal, ...]
    content: DraftContent
    changed: frozenset[str] = field(default_factory=frozenset)

    def make(self, name: str, *, width: str = "", max_length: int = 0) -> Field:
        """Make the field *name*."""
        errors = [sentence(one, self.content) for one in self.refusals if one.field == name]
        return Field(
            name=name,
            label=draft_why.field_name(name),
            value=self.values.get(name, ""),
            errors=tuple(dict.fromkeys(errors)),
            differs=name in self.changed,
            width=width,
            max_length=max_length,
        )


def context(
    view: DraftView, *, role: str, asked: str, typed: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """Collect the page. *typed* are texts to show in fields that could not be read."""
    refusals = unique(view.refusals)
    content = view.content
    values = _shown_values(view, typed or {})
    changed = frozenset("due_date" if one.field == "payment.due_date" else one.field for one in view.changes)
    fields = _Fields(values=values, refusals=refusals, content=content, changed=changed)
    needs_override = view.can_override and view.issued is None
    may_override = may(role, Ability.ISSUE_UNRELEASED)
    is_amended = view.kind in ORIGINAL_KINDS and amounts_changed(view.changes)
    asks_reason = is_amended or (needs_override and may_override)
    is_unlocked = view.can_issue or (needs_override and may_override)
    return {
        "view": view,
        "order": view.order,
        "content": content,
        "values": values,
        "kind": words.kind_name(view.kind, vat_payer=view.vat_payer),
        "days": [fields.make(name) for name in DAYS[view.kind]],
        "buyer": [
            fields.make(f"buyer.{name}", width=width, max_length=MAX_LENGTHS.get(name, 20))
            for name, width in BUYER_WIDTHS
            if view.kind is not DocumentKind.OTHER_INCOME
        ],
        "asks_company": view.kind is DocumentKind.INVOICE,
        "receipt_fields": [fields.make(name, max_length=40) for name in RECEIPT_FIELDS if view.asks_fiscal],
        "receipt_nip": _receipt_nip(fields, content),
        "issue_deed": words.ISSUE_DEEDS[view.kind],
        "shows_vat": view.vat_payer,
        "effects": effects.words_of(view.kind, view.consequences, repeats=bool(content.to_receipt)),
        "is_fiscal": view.kind in ORIGINAL_KINDS,
        "is_company": bool(values["buyer.company"]),
        "lines": [_line(view, fields, place) for place in range(len(content.lines))],
        "vat_choices": [(code, words.vat_label(code)) for code in view.vat_codes],
        "rates": [(words.vat_label(rate.code), rate) for rate in view.sums.rates] if view.sums else [],
        "difference": difference_of(content),
        "notes": fields.make("notes"),
        "reason": fields.make("reason") if asks_reason else None,
        "reason_is_override": needs_override,
        "errors": [_error(one, content) for one in refusals],
        "open_day": _open_day(refusals),
        "warnings": [text_of(one.code, one.params) for one in view.warnings],
        "field_errors": sum(bool(one.field) for one in refusals),
        "changes": [_change(one) for one in view.changes],
        "left": _left(view, changed),
        "answer": draft_why.answer(view, asked),
        "asked": asked,
        "is_unlocked": is_unlocked,
        "needs_override": needs_override,
        "may_override": may_override,
        "saved_at": view.seen_at,
        "stamp": stamp_of(view.seen_at),
        "is_unsent": view.kind is DocumentKind.INVOICE and bool(content.buyer.nip),
    }


def _receipt_nip(fields: _Fields, content: DraftContent) -> Field | None:
    """Give the box that confirms the NIP on a fiscal receipt, where its invoice would bear one."""
    has_number = bool(content.to_receipt and content.fiscal_receipt.number)
    asks = has_number and bool(content.buyer.nip or content.buyer.vat_eu)
    return fields.make("receipt_had_nip") if asks else None


def unique(refusals: tuple[Refusal, ...]) -> tuple[Refusal, ...]:
    """Keep one refusal per code and field."""
    first: dict[tuple[str, str], Refusal] = {}
    for one in refusals:
        first.setdefault((one.code, one.field), one)
    return tuple(first.values())


def sentence(refusal: Refusal, content: DraftContent) -> str:
    """Say what is wrong; a line that is no offer of Allegro cannot lack a rate there."""
    part, _, rest = refusal.field.partition(".")
    place = rest.partition(".")[0]
    if refusal.code == Problem.VAT_MISSING and part == "lines" and place.isdigit():
        line = content.lines[int(place)] if int(place) < len(content.lines) else None
        if line is None or not line.offer_id:
            return gettext("Choose the VAT rate of this line.")
    return text_of(refusal.code, refusal.params)


def stamp_of(seen_at: datetime | None) -> str:
    """Write when the shown draft was saved, to be sent back with the form."""
    return seen_at.isoformat() if seen_at else ""


def difference_of(content: DraftContent) -> Decimal | None:
    """Give the difference to Allegro; None where it cannot be told."""
    try:
        return content.difference
    except Refused:
        return None


def _shown_values(view: DraftView, typed: Mapping[str, str]) -> dict[str, str]:
    """Show what was typed in fields that could not be read, and what is saved everywhere else."""
    values = draft_form.values_of(view.content, reason=view.reason)
    wrong = {one.field for one in view.refusals if one.field}
    return values | {name: typed[name] for name in wrong & set(typed) & set(values)}


def _line(view: DraftView, fields: _Fields, place: int) -> dict[str, Any]:
    line = view.content.lines[place]
    stem = f"lines.{place}"
    is_added = stem in fields.changed
    code = fields.make(f"{stem}.vat_code")
    return {
        "place": place,
        "kind": words.LINE_KINDS[line.kind],
        "name": fields.make(f"{stem}.name", max_length=512),
        "quantity": fields.make(f"{stem}.quantity"),
        "unit": fields.make(f"{stem}.unit", max_length=20),
        "unit_gross": fields.make(f"{stem}.unit_gross"),
        "discount": fields.values.get(f"{stem}.discount", ""),
        "vat_code": code,
        "choice": line.vat_code or "",
        "gross": view.line_views[place].gross,
        "is_added": is_added,
        "errors": [
            error
            for name in ("name", "quantity", "unit", "unit_gross", "discount", "vat_code")
            for error in fields.make(f"{stem}.{name}").errors
        ],
    }


def _open_day(refusals: tuple[Refusal, ...]) -> date | None:
    """Give the first day of the next open month where the chosen one is closed, if it has come already."""
    days = [one.params["date"] for one in refusals if one.code == "period_closed"]
    day = date.fromisoformat(days[0]) if days else None
    return day if day and day <= clock.business_today() else None


def _error(refusal: Refusal, content: DraftContent) -> dict[str, str]:
    path = refusal.field
    return {
        "text": sentence(refusal, content),
        "label": draft_why.field_name(path) if path else "",
        "href": f"#id_{path.replace('.', '-')}" if path else "",
    }


def _change(change: Change) -> dict[str, Any]:
    return {
        "label": draft_why.field_name(change.field),
        "old": _shown(change.field, change.old),
        "new": _shown(change.field, change.new),
        "is_amount": change.amount,
    }


def _shown(path: str, text: str) -> str:
    """Write a value of the list of differences as people write it."""
    name = path.rpartition(".")[2]
    if not text:
        return ""
    if name in {"unit_gross", "discount"}:
        return show.amount(Decimal(text))
    if name == "quantity":
        return draft_form.decimal_text(Decimal(text))
    if name == "vat_code":
        return words.vat_label(text)
    if name.endswith("_date"):
        return show.day(datetime.fromisoformat(text).date())
    return show.nip(text) if name == "nip" else text


def _left(view: DraftView, changed: frozenset[str]) -> dict[str, Any]:
    """What Allegro says: the buyer, the lines and the amounts the draft began with."""
    original = view.original
    buyer = original.buyer
    if view.kind is DocumentKind.OTHER_INCOME:  # nobody stands on it, yet somebody has bought
        buyer = buyers.buyer_of(view.data, preferred=BuyerSource(view.order.shop.buyer_source))
    return {
        "buyer": buyer,
        "differs": {path.removeprefix("buyer."): True for path in changed if path.startswith("buyer.")},
        "wrong": {
            one.field.removeprefix("buyer."): True
            for one in view.refusals
            if one.field.startswith("buyer.") and one.field not in changed
        },
        "lines": [
            {
                "line": line,
                "kind": words.LINE_KINDS[line.kind],
                "vat": words.vat_label(line.vat_code),
                "is_missing": line.vat_code is None,
                "differs": not any(_same_line(line, other) for other in view.content.lines),
            }
            for line in original.lines
        ],
        "method": words.method_name(original.payment.method),
        "deposit": original.deposit,
    }


def _same_line(one: DraftLine, other: DraftLine) -> bool:
    names = ("kind", "line_id", "name", "quantity", "unit_gross", "vat_code")
    return all(getattr(one, name) == getattr(other, name) for name in names)
