"""Exact values out of loosely typed JSON: what the calculator accepts, and why it refuses the rest."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from stragan.core.errors import Refused
from stragan.core.money import CENT
from stragan.core.vat import parse_vat_code

AMOUNT_LIMIT: Final = Decimal(10) ** 12
QUANTITY_LIMIT: Final = Decimal(10) ** 9
FX_RATE_LIMIT: Final = Decimal(10) ** 6
HUNDRED_PERCENT: Final = Decimal(100)
_NUMBER: Final = re.compile(r"-?[0-9]{1,40}(\.[0-9]{1,40})?")
_DAY: Final = re.compile(r"(?:19|20|21)[0-9]{2}-[0-9]{2}-[0-9]{2}")


class FieldMissing(Refused):
    """A field that the answer depends on is not there."""

    code = "field_missing"


class FieldNotReadable(Refused):
    """The field holds something else than its kind of value."""

    code = "field_not_readable"


class NumberNotExact(Refused):
    """Not an exact decimal (a float, NaN, a word), or more decimals than allowed."""

    code = "number_not_exact"


class NumberNegative(Refused):
    """Amounts, quantities and rates are not negative here."""

    code = "number_negative"


class NumberOutOfRange(Refused):
    """Larger than any real document has, or zero where it may not be."""

    code = "number_out_of_range"


def _decimal(value: object, *, field: str) -> Decimal:
    if isinstance(value, str) and _NUMBER.fullmatch(value):
        return Decimal(value)
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        return Decimal(value)
    raise NumberNotExact(field=field)


@dataclass(frozen=True, slots=True)
class CaseReader:
    """One JSON object together with the path that leads to it, named in refusals. Null is absent."""

    fields: Mapping[str, object]
    path: str = ""

    @classmethod
    def of(cls, value: object, *, path: str = "") -> "CaseReader":
        """Read *value* as an object.

        :raises FieldNotReadable: it is something else.
        """
        if not isinstance(value, Mapping):
            raise FieldNotReadable(field=path)
        return cls(value, path)

    def __contains__(self, name: str) -> bool:
        return self.fields.get(name) is not None

    def field(self, name: str) -> str:
        """Give the path of a field."""
        return f"{self.path}.{name}" if self.path else name

    def value(self, name: str) -> object:
        """Give a field as it is.

        :raises FieldMissing: it is absent.
        """
        value = self.fields.get(name)
        if value is None:
            raise FieldMissing(field=self.field(name))
        return value

    def text(self, name: str) -> str:
        """Give a text, or raise :class:`FieldMissing`, :class:`FieldNotReadable`."""
        value = self.value(name)
        if not isinstance(value, str):
            raise FieldNotReadable(field=self.field(name))
        return value

    def vat_code(self, name: str) -> str:
        """Give a VAT code, or raise also :class:`stragan.core.vat.UnknownVatCode`."""
        return parse_vat_code(self.text(name)).text

    def number(self, name: str, *, places: int, limit: Decimal, positive: bool = False) -> Decimal:
        """Give a decimal from 0 up to *limit* with at most *places* written decimals.

        Strings, integers and decimal literals are exact; floats are refused.

        :raises FieldMissing: the field is absent.
        :raises NumberNotExact: not a decimal, or too many decimals.
        :raises NumberNegative: below zero.
        :raises NumberOutOfRange: above the limit, or zero although *positive*.
        """
        field = self.field(name)
        number = _decimal(self.value(name), field=field)
        exponent = number.as_tuple().exponent
        if not isinstance(exponent, int):  # NaN or infinity
            raise NumberNotExact(field=field)
        if number < 0:
            raise NumberNegative(field=field)
        if number > limit or (positive and not number):
            raise NumberOutOfRange(field=field)
        if -exponent > places:
            raise NumberNotExact(field=field)
        return abs(number)

    def amount(self, name: str, *, positive: bool = False) -> Decimal:
        """Give an amount of money as two decimals; raises as :meth:`number`."""
        return self.number(name, places=2, limit=AMOUNT_LIMIT, positive=positive).quantize(CENT)

    def day(self, name: str) -> date:
        """Give a day written YYYY-MM-DD, or raise :class:`FieldMissing`, :class:`FieldNotReadable`."""
        text = self.text(name)
        try:
            if _DAY.fullmatch(text):
                return date.fromisoformat(text)
        except ValueError:
            pass  # such as 30 February: refused below
        raise FieldNotReadable(field=self.field(name))

    def inner(self, name: str) -> "CaseReader":
        """Give an inner object, or raise :class:`FieldMissing`, :class:`FieldNotReadable`."""
        return CaseReader.of(self.value(name), path=self.field(name))

    def objects(self, name: str) -> Iterator["CaseReader"]:
        """Go through a list of at least one object.

        :raises FieldMissing: the list is absent or empty.
        :raises FieldNotReadable: it is no list, or holds something else than objects.
        """
        items = self.value(name)
        if isinstance(items, str | bytes) or not isinstance(items, Sequence):
            raise FieldNotReadable(field=self.field(name))
        if not items:
            raise FieldMissing(field=self.field(name))
        for place, item in enumerate(items):
            yield CaseReader.of(item, path=f"{self.field(name)}[{place}]")

    def amounts_per_code(self) -> dict[str, Decimal]:
        """Read the object itself as VAT code → amount; raises as :meth:`number` and for unknown codes.

        :raises FieldMissing: the object is empty.
        """
        if not self.fields:
            raise FieldMissing(field=self.path)
        return {parse_vat_code(str(code)).text: self.amount(code) for code in self.fields}
