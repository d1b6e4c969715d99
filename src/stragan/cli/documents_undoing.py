"""What ``stragan documents correct`` and ``void`` do once Django is there."""

import argparse
import io
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, DecimalException
from typing import Final

from stragan.cli.choosing import chosen_company
from stragan.cli.documents_work import consequences_row, document_row, write_files
from stragan.cli.output import write_line
from stragan.companies.models import Company
from stragan.core.errors import Refused
from stragan.documents import queries
from stragan.documents.actions import Author
from stragan.documents.content import Refusal
from stragan.documents.correcting import LineChange
from stragan.flows.correct_document import Corrected, Wish, correct_document
from stragan.flows.void_document import Voided, void_document
from stragan.kit.audit import Actor
from stragan.kit.clock import business_now, business_today, real_now
from stragan.kit.messages import text_of

# Written on Polish papers, so Polish whatever the language of the command.
TO_ZERO_REASON: Final = "anulowanie sprzedaży"
REASON: Final = "zmiana ilości lub ceny"
VOID_REASON: Final = "błędnie wystawiony, nieprzekazany nabywcy"

NAMES: Final = frozenset({"line", "line_id", "sku", "offer_id"})
VALUES: Final = frozenset({"quantity", "unit_gross", "vat"})
WHOLE: Final = frozenset({"to_zero", "reason", "issue_date"})


class CorrectionUnreadable(Refused):
    """A line of the file is no object of the known fields."""

    code = "correction_unreadable"


@dataclass(slots=True)
class Asked:
    """What a file asks for."""

    changes: list[LineChange] = field(default_factory=list)
    to_zero: bool = False
    reason: str = ""
    issue_date: date | None = None


def correct(options: argparse.Namespace) -> int:
    """Issue the correction a file describes and write its PDF; gives the exit code."""
    company = chosen_company(options)
    with options.json_lines as lines:
        if isinstance(lines, io.TextIOWrapper):
            # A line that is not UTF-8 gets its refusal as any other that cannot be read.
            lines.reconfigure(errors="surrogateescape")
        asked = read(lines)
    document = queries.document_by_number(company, options.number)
    if document is None:
        return _refuse(options.number, _unknown(options.number), as_json=options.json)
    to_zero = asked.to_zero or not asked.changes
    wish = Wish(
        company=company,
        document_id=document.pk,
        reason=asked.reason.strip() or (TO_ZERO_REASON if to_zero else REASON),
        today=business_today(),
        changes=tuple(asked.changes),
        to_zero=to_zero,
        issue_date=asked.issue_date,
    )
    outcome = correct_document(wish=wish, author=_author())
    if isinstance(outcome, Refusal):
        return _refuse(options.number, outcome, as_json=options.json)
    write_files([outcome.document.pk])
    write_line(_correction_row(outcome, company=company), as_json=options.json)
    return 0


def void(options: argparse.Namespace) -> int:
    """Void a document; gives the exit code."""
    company = chosen_company(options)
    document = queries.document_by_number(company, options.number)
    if document is None:
        return _refuse(options.number, _unknown(options.number), as_json=options.json)
    outcome = void_document(
        company=company, document_id=document.pk, reason=options.reason or VOID_REASON, author=_author()
    )
    if isinstance(outcome, Refusal):
        return _refuse(options.number, outcome, as_json=options.json)
    write_line(_void_row(outcome), as_json=options.json)
    return 0


def read(lines: Iterable[str]) -> Asked:
    """Read what a file asks for, line by line; empty lines say nothing.

    :raises CorrectionUnreadable: a line is not JSON, has unknown fields, or values of another shape.
    """
    asked = Asked()
    for place, fields in _objects(lines):
        unknown = fields.keys() - NAMES - VALUES - WHOLE
        if unknown:
            raise CorrectionUnreadable(line=place, reason=f"unknown field {min(unknown)}")
        try:
            _take(asked, fields)
        except (ValueError, TypeError, DecimalException) as failure:
            raise CorrectionUnreadable(line=place, reason=str(failure) or "wrong value") from failure
    return asked


def _objects(lines: Iterable[str]) -> Iterator[tuple[int, dict[str, object]]]:
    for place, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            line.encode()
            value = json.loads(line, parse_float=Decimal)
        except ValueError as failure:
            raise CorrectionUnreadable(line=place, reason="not JSON") from failure
        if not isinstance(value, dict):
            raise CorrectionUnreadable(line=place, reason="not an object")
        yield place, value


def _take(asked: Asked, fields: dict[str, object]) -> None:
    """Add one object to what is asked for."""
    if "to_zero" in fields:
        if not isinstance(fields["to_zero"], bool):
            raise TypeError("to_zero must be true or false")
        asked.to_zero = fields["to_zero"]
    if "reason" in fields:
        asked.reason = str(fields["reason"])
    if "issue_date" in fields:
        asked.issue_date = _day(fields["issue_date"])
    named = NAMES & fields.keys()
    if not named:
        if VALUES & fields.keys():
            raise ValueError("no line is named")
        return
    if len(named) > 1:
        raise ValueError("a line is named twice")
    asked.changes.append(
        LineChange(
            position=_place(fields["line"]) if "line" in fields else None,
            line_id=str(fields.get("line_id", "")),
            sku=str(fields.get("sku", "")),
            offer_id=str(fields.get("offer_id", "")),
            quantity=_number(fields, "quantity"),
            unit_gross=_number(fields, "unit_gross"),
            vat_code=str(fields["vat"]) if "vat" in fields else None,
        )
    )


def _day(value: object) -> date:
    try:
        return date.fromisoformat(str(value))
    except ValueError as failure:
        raise ValueError("issue_date must be a day") from failure


def _place(value: object) -> int:
    try:
        return int(str(value))
    except ValueError as failure:
        raise ValueError("line must be a whole number") from failure


def _number(fields: dict[str, object], name: str) -> Decimal | None:
    if name not in fields:
        return None
    value = fields[name]
    if isinstance(value, bool) or not isinstance(value, str | int | Decimal):
        raise TypeError(f"{name} must be a number")
    try:
        return Decimal(value)
    except DecimalException as failure:
        raise ValueError(f"{name} must be a number") from failure


def _author() -> Author:
    return Author(user=None, actor=Actor.COMMAND, now=business_now(), asked_at=real_now())


def _correction_row(outcome: Corrected, *, company: Company) -> dict[str, object]:
    snapshot = outcome.snapshot
    row = document_row(
        queries.allegro_id_of(company, outcome.corrects),
        snapshot.number,
        snapshot,
        kind=snapshot.kind,
        currency=snapshot.currency,
    )
    return {**row, **consequences_row(outcome.consequences), "corrects": outcome.corrects.number}


def _void_row(outcome: Voided) -> dict[str, object]:
    return {
        "document": outcome.document.number,
        "kind": outcome.document.kind,
        "voided": True,
        "reason": outcome.void.reason,
        "at": outcome.void.at.isoformat(),
        **consequences_row(outcome.consequences),
    }


def _unknown(number: str) -> Refusal:
    return Refusal(code="document_unknown", params={"number": number})


def _refuse(number: str, refusal: Refusal, *, as_json: bool) -> int:
    message = text_of(refusal.code, refusal.params)
    write_line(
        {"document": number, "refused": refusal.code, "code": refusal.code, "message": message},
        as_json=as_json,
    )
    return 1
