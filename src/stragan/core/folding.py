"""Text folded for search, so that "żółw" finds "ŻÓŁW" and "lodz" finds "Łódź"."""

import unicodedata
from typing import Final

# Letters that Unicode does not decompose, and invisible signs that people paste with names.
_LETTERS: Final = str.maketrans(
    {
        "ł": "l",
        "đ": "d",
        "ð": "d",
        "ø": "o",
        "æ": "ae",
        "œ": "oe",
        "þ": "th",
        "ħ": "h",
        "ŧ": "t",
        "ı": "i",
        "ĸ": "k",
        "ŋ": "n",
        "\u00ad": None,
        "\u200b": None,
        "\u200c": None,
        "\u200d": None,
        "\ufeff": None,
    }
)


def fold(text: str) -> str:
    """Give *text* in lower case, without accents, with single spaces; folding twice changes nothing."""
    if not text.isascii():
        decomposed = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
        bare = "".join(sign for sign in decomposed if not unicodedata.combining(sign))
        text = bare.translate(_LETTERS)
    return " ".join(text.casefold().split())
