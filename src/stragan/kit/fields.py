"""Two column types of ours: money as whole minor units, and secrets that are encrypted at rest."""

from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import models

from stragan.core.money import from_minor, to_minor

if TYPE_CHECKING:
    from django.db.backends.base.base import BaseDatabaseWrapper

    _IntegerBase = models.BigIntegerField[Decimal | None, Decimal | None]
    _QuantityBase = models.BigIntegerField[Decimal, Decimal]
    _TextBase = models.TextField[str, str]
else:
    _QuantityBase = models.BigIntegerField
    _IntegerBase = models.BigIntegerField
    _TextBase = models.TextField

QUANTITY_SCALE: Final = 4


class MinorUnitsField(_IntegerBase):
    """Money as an integer in minor units (1/100); ``Decimal`` with two places in Python.

    SQLite does arithmetic on decimals as floats, so no decimal column ever holds money. Writing a
    float or a fraction of a minor unit raises ``NotExact``.
    """

    description = "Money in minor units"

    def from_db_value(self, value: int | None, *_: object) -> Decimal | None:
        """Make the stored integer an amount again."""
        return None if value is None else from_minor(int(value))

    def to_python(self, value: Any) -> Decimal | None:
        """Accept an amount, or its text in forms and fixtures."""
        if value is None or isinstance(value, Decimal):
            return value
        return Decimal(value)

    def get_prep_value(self, value: Any) -> int | None:
        """Turn the amount into minor units."""
        if value is None:
            return None
        return to_minor(value)


class TenThousandths:
    """Stores a ``Decimal`` as an integer in 1/10,000; a finer one is an error."""

    def from_db_value(self, value: int | None, *_: object) -> Decimal | None:
        """Make the stored integer a number again, without needless zeros."""
        return None if value is None else plain_quantity(Decimal(value).scaleb(-QUANTITY_SCALE))

    def to_python(self, value: Any) -> Decimal | None:
        """Accept a number, or its text."""
        if value is None or isinstance(value, Decimal):
            return value
        return Decimal(value)

    def get_prep_value(self, value: Any) -> int | None:
        """Turn the number into ten-thousandths."""
        if value is None:
            return None
        scaled = Decimal(value).scaleb(QUANTITY_SCALE)
        whole = int(scaled)
        assert whole == scaled, f"quantity {value} is finer than 1/10,000"
        return whole


class QuantityField(TenThousandths, _QuantityBase):
    """A quantity as an integer in 1/10,000; ``Decimal`` in Python."""

    description = "Quantity in 1/10,000"


class AverageCostField(TenThousandths, _IntegerBase):
    """An average cost of one unit in PLN as an integer in 1/10,000; None where it is not known."""

    description = "Cost in 1/10,000"


def plain_quantity(value: Decimal) -> Decimal:
    """Drop trailing zeros without turning 10 into 1E+1."""
    normal = value.normalize()
    exponent = normal.as_tuple().exponent
    assert isinstance(exponent, int), f"quantity {value} is not a number"
    return normal.quantize(Decimal(1)) if exponent > 0 else normal


class EncryptedTextField(_TextBase):
    """Text encrypted with ``STRAGAN_FIELD_KEYS``; the first key encrypts, all of them decrypt."""

    description = "Encrypted text"

    def from_db_value(self, value: str | None, *_: object) -> str | None:
        """Decrypt; an unknown key is a fault of the installation, not of the user."""
        if not value:
            return value
        try:
            return _fernet(tuple(settings.FIELD_KEYS)).decrypt(value.encode()).decode()
        except InvalidToken as error:
            raise ImproperlyConfigured("STRAGAN_FIELD_KEYS holds no key for a stored secret") from error

    def get_db_prep_value(
        self,
        value: Any,
        connection: "BaseDatabaseWrapper",
        prepared: bool = False,  # noqa: FBT001, FBT002 -- Django's signature
    ) -> Any:
        """Encrypt."""
        text = super().get_db_prep_value(value, connection, prepared)
        return _fernet(tuple(settings.FIELD_KEYS)).encrypt(text.encode()).decode() if text else text


@lru_cache(maxsize=4)
def _fernet(keys: tuple[str, ...]) -> MultiFernet:
    return MultiFernet([Fernet(key) for key in keys])
