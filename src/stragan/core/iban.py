"""Bank account numbers: the international form, checked by its two check digits (ISO 13616)."""

import re
from typing import Final

from stragan.core.errors import Refused

_SPACES: Final = re.compile(r"[\s\u00ad\u200b\-]+")
_SHAPE: Final = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}")
_POLISH_DIGITS: Final = 26
_POLISH_LENGTH: Final = 28


class InvalidIban(Refused):
    """Not an account number: wrong length, shape or check digits."""

    code = "invalid_iban"


def checked_iban(text: str) -> str:
    """Give an IBAN without spaces; 26 digits alone are a Polish account and get their PL.

    :raises InvalidIban: the length, the shape or the check digits are wrong.
    """
    number = _SPACES.sub("", text).upper()
    if number.isascii() and number.isdigit() and len(number) == _POLISH_DIGITS:
        number = f"PL{number}"
    is_polish = number.startswith("PL")
    if (
        _SHAPE.fullmatch(number) is None
        or (is_polish and (len(number) != _POLISH_LENGTH or not number[2:].isdigit()))
        or _remainder(number) != 1
    ):
        raise InvalidIban
    return number


def format_iban(number: str) -> str:
    """Write an IBAN in groups of four, as ISO 13616 prints it."""
    return " ".join(number[place : place + 4] for place in range(0, len(number), 4))


def _remainder(number: str) -> int:
    """Modulo 97 of the number with its head moved to the end and letters written as 10 to 35."""
    return int("".join(str(int(sign, 36)) for sign in number[4:] + number[:4])) % 97
