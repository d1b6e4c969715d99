"""Tax identifiers: the Polish NIP and the EU VAT number, normalized and checked offline."""

import re
from functools import lru_cache
from typing import Final

from stdnum.eu import vat as eu_vat
from stdnum.pl import nip

from stragan.core.errors import Refused

# What people put between digits: spaces of any width, hyphens and dashes, dots and slashes.
_SEPARATORS: Final = re.compile(r"[\s\u00ad\u200b\u2010-\u2015\u2212.\-/]+")
_SHAPE: Final = re.compile(r"[1-9](?:[0-9][1-9]|[1-9][0-9])[0-9]{7}")  # TNrNIP of the ministry's schemas


class InvalidNip(Refused):
    """Not a NIP: wrong length, shape or check digit."""

    code = "invalid_nip"


class InvalidVatEu(Refused):
    """Not a VAT number of an EU country: unknown prefix, wrong shape or check digit."""

    code = "invalid_vat_eu"


def normalize_nip(text: str) -> str:
    """Strip spaces, dashes and the prefix PL; what remains is not checked."""
    compact = _SEPARATORS.sub("", text).upper()
    return compact.removeprefix("PL")


@lru_cache(maxsize=1024)  # one document asks several times
def is_valid_nip(text: str) -> bool:
    """Say whether *text*, once normalized, is a NIP with a right check digit (modulo 11)."""
    number = normalize_nip(text)
    return _SHAPE.fullmatch(number) is not None and bool(nip.is_valid(number))


def checked_nip(text: str) -> str:
    """Give the ten digits of a NIP.

    :raises InvalidNip: the text is not a NIP.
    """
    if not is_valid_nip(text):
        raise InvalidNip(nip=text)
    return normalize_nip(text)


def format_nip(number: str) -> str:
    """Write ten digits as ``123-456-32-18``."""
    return f"{number[:3]}-{number[3:6]}-{number[6:8]}-{number[8:]}"


def checked_vat_eu(text: str) -> str:
    """Give an EU VAT number with its country prefix, without separators; Greece is EL.

    Only the shape and check digits are known here: whether the number is active, VIES knows.

    :raises InvalidVatEu: the text is no VAT number of an EU country.
    """
    number = _SEPARATORS.sub("", text).upper()
    if not number.isascii() or not eu_vat.is_valid(number):
        raise InvalidVatEu(vat_eu=text)
    return str(eu_vat.compact(number))
