"""Bar codes of goods (GTIN): eight, twelve, thirteen or fourteen digits, the last one for checking."""

from typing import Final

from stragan.core.errors import Refused

LENGTHS: Final = frozenset({8, 12, 13, 14})
_SEPARATORS: Final = str.maketrans({" ": None, "-": None, "\u00a0": None})
_TEN: Final = 10


class InvalidEan(Refused):
    """Not a bar code: wrong length, or the check digit does not agree."""

    code = "invalid_ean"


def normalize_ean(text: str) -> str:
    """Strip spaces and hyphens; what remains is not checked."""
    return text.translate(_SEPARATORS)


def is_ean(text: str) -> bool:
    """Whether *text* is a GTIN-8, -12, -13 or -14 with the right check digit (GS1 General Specifications)."""
    if len(text) not in LENGTHS or not (text.isascii() and text.isdecimal()):
        return False
    return check_digit(text[:-1]) == int(text[-1])


def check_digit(digits: str) -> int:
    """Give the check digit of a GTIN without its last place: weights 3 and 1 from the right."""
    total = sum(int(digit) * (3 if place % 2 == 0 else 1) for place, digit in enumerate(reversed(digits)))
    return -total % _TEN


def require_ean(text: str) -> str:
    """Give *text* without separators.

    :raises InvalidEan: it is no bar code.
    """
    ean = normalize_ean(text)
    if not is_ean(ean):
        raise InvalidEan(ean=text)
    return ean
