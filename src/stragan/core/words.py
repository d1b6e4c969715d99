"""Amounts in words, as Polish documents print them below the figure."""

from decimal import Decimal
from typing import Final

from num2words import num2words

from stragan.core.errors import Refused
from stragan.core.money import to_minor

LARGEST: Final = Decimal("999999999999.99")
"""The largest amount that has words here: just under a Polish bilion (10¹²)."""

FEW: Final = (2, 3, 4)
TEENS: Final = (12, 13, 14)


class NoWords(Refused):
    """The amount is negative or too large to be written in words."""

    code = "amount_without_words"


def zloty_plural(whole: int) -> str:
    """Return the form of "złoty" that follows a whole number: złoty, złote or złotych.

    ``num2words`` declines by the last digit only, which is wrong for 12–14 and 112–114.
    """
    if whole == 1:
        return "złoty"
    if whole % 10 in FEW and whole % 100 not in TEENS:
        return "złote"
    return "złotych"


def in_words(amount: Decimal, *, currency: str) -> str:
    """Write an amount with two decimals in Polish words, its hundredths as a fraction of 100.

    ``in_words(Decimal("106.97"), currency="PLN")`` is "sto sześć złotych 97/100"; other currencies
    keep their code: "dziewięćdziesiąt siedem i 40/100 EUR". The words are a custom, not a duty.

    :raises NoWords: the amount is negative or above ``LARGEST``.
    :raises stragan.core.money.NotExact: the amount has a fraction of a hundredth.
    """
    if not 0 <= amount <= LARGEST:
        raise NoWords(amount=str(amount))
    whole, hundredths = divmod(to_minor(amount), 100)
    words: str = num2words(whole, lang="pl")
    if currency == "PLN":
        return f"{words} {zloty_plural(whole)} {hundredths:02d}/100"
    return f"{words} i {hundredths:02d}/100 {currency}"
