"""Text made printable: what no font draws becomes □, what nobody sees is taken out.

PDF/A refuses a document with a missing glyph, and an issued invoice without its PDF must not
exist. The snapshot keeps the original text.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from typing import Final, NamedTuple

from stragan.core.snapshot import DocumentSnapshot
from stragan.formats.pdf.faces import drawable

MISSING: Final = "□"
SPACES: Final = frozenset("\t\n\v\f\r\x1c\x1d\x1e\x1f\x85\u2028\u2029")
INVISIBLE_CATEGORIES: Final = frozenset({"Cc", "Cf"})
"""Control and format characters: bidi overrides would print an amount backwards."""

INVISIBLE: Final = frozenset(
    {0x034F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x3164, 0xFFA0}
    | set(range(0x180B, 0x1810))
    | set(range(0xFE00, 0xFE10))
    | set(range(0xE0000, 0xE1000))
)
"""Fillers and variation selectors that Unicode lets fonts ignore (Default_Ignorable_Code_Point)."""


ORDINARY: Final = re.compile("[ -~\u00a0-\u00ac\u00ae-\u017f\u2013\u2014\u2018-\u201e\u2026\u2212]*")
"""Text that needs no looking at: Latin letters of Europe and common signs, all drawn by Lato."""


class GlyphGap(NamedTuple):
    """A text of the document with characters that will be printed as □."""

    field: str
    text: str
    missing: str


def _visible(text: str) -> Iterator[str]:
    """Yield the characters of *text* that print or separate; line ends become spaces."""
    for char in text:
        if char in SPACES:
            yield " "
        elif unicodedata.category(char) not in INVISIBLE_CATEGORIES and ord(char) not in INVISIBLE:
            yield char


def _clusters(text: str) -> Iterator[str]:
    """Yield base characters, each with the combining marks that follow it."""
    cluster = ""
    for char in text:
        if cluster and unicodedata.category(char).startswith("M"):
            cluster += char
            continue
        if cluster:
            yield cluster
        cluster = char
    if cluster:
        yield cluster


def _printable(cluster: str) -> bool:
    """Tell whether PDF/A takes a cluster: the fonts draw it and all agree what it means."""
    return drawable(cluster) and not any(unicodedata.category(char) == "Co" for char in cluster)


def _printed(cluster: str) -> str:
    """Return a cluster as it can be printed: whole, or each impossible character as □."""
    if _printable(cluster):
        return cluster
    base = cluster[0] if _printable(cluster[0]) else MISSING
    return base + MISSING * (len(cluster) - 1)


@lru_cache(maxsize=4096)
def substituted(text: str) -> str:
    """Return *text* as the PDF prints it: composed (NFC), one line, without invisible characters.

    Characters neither Lato nor Noto Sans draws become □. Applying it twice changes nothing.
    """
    if ORDINARY.fullmatch(text):
        return text
    composed = unicodedata.normalize("NFC", "".join(_visible(text)))
    return "".join(_printed(cluster) for cluster in _clusters(composed))


def missing_in(text: str) -> str:
    """Return the characters of *text* that will be printed as □, each once, in order."""
    composed = unicodedata.normalize("NFC", "".join(_visible(text)))
    lost = [
        char
        for cluster in _clusters(composed)
        for char, printed in zip(cluster, _printed(cluster), strict=True)
        if printed == MISSING != char
    ]
    return "".join(dict.fromkeys(lost))


def texts_of(snapshot: DocumentSnapshot) -> Iterator[tuple[str, str]]:
    """Yield every free text of a document with the path of its field, as in the snapshot's JSON."""
    seller, buyer, payment = snapshot.seller, snapshot.buyer, snapshot.payment
    for name in ("number", "exemption_basis", "notes", "order_id", "shop", "currency"):
        yield name, getattr(snapshot, name)
    for name in (
        "name",
        "street",
        "postal_code",
        "city",
        "country",
        "nip",
        "bdo",
        "bank_account",
        "bank_name",
        "footer",
    ):
        yield f"seller.{name}", getattr(seller, name)
    for name in ("name", "street", "postal_code", "city", "country", "nip", "vat_eu"):
        yield f"buyer.{name}", getattr(buyer, name)
    for name in ("method", "provider"):
        yield f"payment.{name}", getattr(payment, name)
    for place, line in enumerate(snapshot.lines):
        for name in ("name", "unit", "vat_code", "sku", "ean"):
            yield f"lines[{place}].{name}", getattr(line, name)
    for place, deposit in enumerate(snapshot.deposits):
        yield f"deposits[{place}].name", deposit.name


def glyph_gaps(snapshot: DocumentSnapshot) -> tuple[GlyphGap, ...]:
    """List the texts of a document that lose characters in print; empty when all can be drawn.

    Ask before a number is taken, so that a person can mend a name the fonts cannot write.
    """
    gaps = (
        (field, text, missing_in(text)) for field, text in texts_of(snapshot) if not ORDINARY.fullmatch(text)
    )
    return tuple(GlyphGap(field, text, missing) for field, text, missing in gaps if missing)
