"""What words before a number mean: orders were "transakcje", offers "aukcje" once (S62). Pure."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from stragan.core.folding import fold


class Scope(StrEnum):
    """What is searched."""

    ANYTHING = "anything"
    ORDER = "order"
    OFFER = "offer"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """The words left to search for, folded, and where."""

    scope: Scope
    text: str

    @property
    def number(self) -> int | None:
        """The order's number, where an order was named by figures."""
        is_number = self.scope is Scope.ORDER and self.text.isascii() and self.text.isdecimal()
        return int(self.text) if is_number and len(self.text) <= LONGEST_NUMBER else None


LONGEST_NUMBER: Final = 10
# Folded stems: Polish endings follow them.
_STEMS: Final = {
    "zamowien": Scope.ORDER,
    "transakcj": Scope.ORDER,
    "order": Scope.ORDER,
    "transaction": Scope.ORDER,
    "ofert": Scope.OFFER,
    "aukcj": Scope.OFFER,
    "offer": Scope.OFFER,
    "auction": Scope.OFFER,
}
_LONGEST_ENDING: Final = 3
_NUMBER_WORDS: Final = frozenset({"nr", "nr.", "numer", "numeru", "no", "no.", "number", "#"})


def read(text: str) -> Asked:
    """Read what is asked for: ``nr transakcji 10482``, ``aukcja 12345678901``, or just words."""
    words = fold(text).split()
    scope = Scope.ANYTHING
    while words:
        word = words[0].rstrip(":")
        named = _scope_of(word)
        is_number_word = word in _NUMBER_WORDS
        if not is_number_word and (named is None or scope is not Scope.ANYTHING):
            break
        if is_number_word and (len(words) == 1 or not (scope is not Scope.ANYTHING or _scope_of(words[1]))):
            break
        scope = named or scope
        words.pop(0)
    if not words:  # nothing but such a word: it is what is looked for
        return Asked(scope=Scope.ANYTHING, text=fold(text).strip())
    rest = " ".join(words)
    return Asked(scope=scope, text=rest.removeprefix("#").strip() if scope is not Scope.ANYTHING else rest)


def _scope_of(word: str) -> Scope | None:
    for stem, scope in _STEMS.items():
        if word.startswith(stem) and len(word) - len(stem) <= _LONGEST_ENDING:
            return scope
    return None
