"""Words of the timeline: no technical name of a field ever reaches a person."""

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from typing import Any

from builders.orders import an_order
from stragan.orders.data import LineData
from stragan.web.orders.timeline import FIELDS, is_silent

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
