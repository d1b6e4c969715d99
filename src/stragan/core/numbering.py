"""Document numbers: patterns with named fields, and the period in which a series counts from 1.

A pattern is plain text with ``{nr}``, ``{month}`` and ``{year}``: ``FV {nr}/{month}/{year}`` gives
``FV 118/11/2026``. The fields decide when counting restarts, so that no number can come twice.
"""

import re
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
