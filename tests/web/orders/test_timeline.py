"""Words of the timeline: no technical name of a field ever reaches a person."""

import re
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

from builders.orders import an_order
from stragan.orders import documenting
from stragan.orders.data import LineData
from stragan.web.orders.timeline import FIELDS, _plain, is_silent

UNTOLD = {"updated_at", "revision", "lines"}


def names(value: Any, path: str = "") -> Iterator[str]:
    """Names of fields that a comparison of two orders can give."""
    for field in fields(value):
        inner = getattr(value, field.name)
        if field.name in UNTOLD:
            continue
        if is_dataclass(inner) and "address" not in field.name:
            yield from names(inner, f"{path}{field.name}.")
        else:
            yield f"{path}{field.name}"


def test_every_field_of_an_order_has_a_name_for_people() -> None:
    assert [name for name in names(an_order()) if name not in FIELDS and not is_silent(name)] == []


def test_every_field_of_a_line_has_a_name_for_people() -> None:
    of_lines = [field.name for field in fields(LineData)]
    assert [name for name in of_lines if name not in FIELDS and not is_silent(f"lines.x.{name}")] == []


def test_every_deed_on_an_order_has_a_sentence() -> None:
    source = Path(documenting.__file__).parents[1]
    verbs = {
        verb
        for path in [*source.glob("orders/*.py"), *source.glob("flows/*_document.py")]
        for call in re.findall(
            r"(?:tell|_keep|OrderEvent|OrderEvent\.objects\.create)\([^()]*?verb=([^()]*?)[,)]",
            path.read_text(),
        )
        for verb in re.findall(r'"([a-z_]+)"', call)
    }
    assert {"document_voided", "document_linked", "noted", "deleted", "merged", "status_follows"} <= verbs
    assert [verb for verb in sorted(verbs) if _plain(verb, {})[2] == verb] == []


def test_an_issued_document_is_told_by_its_number_and_a_linked_one_by_its_own_entry() -> None:
    facts: list[dict[str, object]] = [
        {"closed": True, "number": "FV 7/11/2026"},
        {"closed": False, "number": "FV 7/11/2026"},
        {"closed": True, "number": ""},
        {"closed": False},
    ]
    told = [_plain("documented", one)[2] for one in facts]
    assert told == [
        "Wystawiono FV 7/11/2026, zamówienie zamknięto",
        "Wystawiono FV 7/11/2026",
        "Ma już dokument, zamówienie zamknięto",
        "Ma już dokument",
    ]
