"""Document numbers: patterns with named fields, and the period in which a series counts from 1.

A pattern is plain text with ``{nr}``, ``{month}`` and ``{year}``: ``FV {nr}/{month}/{year}`` gives
``FV 118/11/2026``. The fields decide when counting restarts, so that no number can come twice.
"""

import re
from dataclasses import dataclass
from datetime import date
from typing import Final

from stragan.core.errors import Refused

MAX_PATTERN_LENGTH: Final = 40
_FIELD: Final = re.compile(r"\{([^{}]*)\}")
_FIELDS: Final = frozenset({"nr", "month", "year"})


class InvalidPattern(Refused):
    """The pattern cannot make unique, readable numbers; ``reason`` says why."""

    code = "invalid_number_pattern"


def checked_pattern(pattern: str) -> str:
    """Give back a pattern that can be used, with spaces around it removed.

    :raises InvalidPattern: with ``reason`` one of ``empty``, ``too_long``, ``unknown_field``,
        ``repeated_field``, ``no_number``, ``month_without_year`` (numbers would come again each year),
        ``bad_characters`` (control signs, stray braces, double spaces).
    """
    pattern = pattern.strip()
    fields = _FIELD.findall(pattern)
    literal = _FIELD.sub("", pattern)
    failures = {
        "empty": not pattern,
        "too_long": len(pattern) > MAX_PATTERN_LENGTH,
        "unknown_field": not _FIELDS.issuperset(fields),
        "repeated_field": len(set(fields)) < len(fields),
        "no_number": "nr" not in fields,
        "month_without_year": "month" in fields and "year" not in fields,
        "bad_characters": not literal.isprintable() or "  " in pattern or bool(set("{}") & set(literal)),
    }
    for reason, failed in failures.items():
        if failed:
            raise InvalidPattern(reason=reason, pattern=pattern)
    return pattern


def period_of(pattern: str, *, on: date) -> str:
    """Give the key of the period in which the series counts: ``2026-11``, ``2026`` or empty for ever."""
    if "{month}" in pattern:
        return f"{on:%Y-%m}"
    if "{year}" in pattern:
        return f"{on.year:04}"
    return ""


def format_number(pattern: str, *, sequence: int, issue_date: date) -> str:
    """Fill a checked *pattern*: the sequence as it is, the month with two digits, the year with four."""
    assert sequence > 0, "series count from 1"
    return (
        pattern.replace("{nr}", str(sequence))
        .replace("{month}", f"{issue_date.month:02}")
        .replace("{year}", f"{issue_date.year:04}")
    )


def may_collide(one: str, other: str) -> bool:
    """Whether two checked patterns could ever give the same number: asked before a pattern is taken.

    Months are taken for any two digits that begin with 0 or 1, so that the answer errs on the safe side.
    """
    first, second = _steps(one), _steps(other)
    seen: set[tuple[int, int]] = set()
    waiting = [(0, 0)]
    while waiting:
        place = waiting.pop()
        if place in seen:
            continue
        seen.add(place)
        i, j = place
        if i == len(first) and j == len(second):
            return True
        # A repeated digit may end here, whichever of the two patterns has it.
        if i < len(first) and first[i].repeats:
            waiting.append((i + 1, j))
        if j < len(second) and second[j].repeats:
            waiting.append((i, j + 1))
        if i < len(first) and j < len(second) and first[i].signs & second[j].signs:
            waiting.append((i if first[i].repeats else i + 1, j if second[j].repeats else j + 1))
    return False


@dataclass(frozen=True, slots=True)
class _Step:
    """One place of a number: the signs that may stand there, once or any number of times."""

    signs: frozenset[str]
    repeats: bool = False


_DIGITS: Final = frozenset("0123456789")
_STEPS: Final[dict[str, tuple[_Step, ...]]] = {
    "{nr}": (_Step(_DIGITS - {"0"}), _Step(_DIGITS, repeats=True)),
    "{month}": (_Step(frozenset("01")), _Step(_DIGITS)),
    "{year}": (_Step(_DIGITS),) * 4,
}


def _steps(pattern: str) -> list[_Step]:
    parts = re.split(r"(\{[a-z]+\})", pattern)
    return [
        step
        for part in parts
        for step in (_STEPS[part] if part in _STEPS else [_Step(frozenset({sign})) for sign in part])
    ]
