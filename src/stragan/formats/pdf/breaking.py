"""Breaking text into lines and fitting figures to their column, by the widths of the fonts.

Lines are final: the template prints each as it is, so that the height of everything is known
beforehand and no identifier is ever hyphenated.
"""

import re
import unicodedata
from dataclasses import dataclass
from typing import Final

from stragan.formats.pdf.faces import width
from stragan.formats.pdf.styles import FLOOR, STYLES

SLACK: Final = 0.998
"""Share of a column that text may fill: kerning can make a line a hair wider than its characters."""

STEP: Final = 0.05  # points; sizes of shrunken text are multiples of it
LETTER: Final = re.compile(r"[aiouwzAIOUWZ]")
CODES: Final = frozenset({"SKU", "EAN"})
NUMBER: Final = re.compile(r"\d[\d.,]*")
BEFORE_NUMBER: Final = re.compile(
    r"KRS|REGON|NIP|BDO|nr|lok\.|art\.|ust\.|pkt|poz\.|§|×|tel\.", re.IGNORECASE
)
UNIT: Final = re.compile(
    r"(%|°C|szt|kg|g|dag|mg|l|ml|m|cm|mm|km|m²|mm²|cm²|m³|W|kW|V|A|Ah|mAh|GB|TB|MB|Hz|op|egz|zł|par|cali)[.,;)]*"
)
COMPOUND: Final = re.compile(r"\W*[^\W\d_]+(-[^\W\d_]+)+\W*")
"""Words of letters joined by hyphens; an address or a code with a hyphen is none."""

HYPHEN: Final = re.compile(r"(?<=[^\W\d_]{2}-)(?=[^\W\d_]{2})")
SOFT_ENDS: Final = frozenset(" -/._@,;:&?=+\u00a0")


@dataclass(frozen=True, slots=True)
class Fitted:
    """Text and the size at which it fits; more than one line only at the smallest size."""

    size: float
    lines: list[str]


def _glued(before: str, after: str) -> bool:
    """Tell whether two words stay on one line: "w domu", "25 m", "KRS 0000000000", "SKU AB-1"."""
    if LETTER.fullmatch(before) or before in CODES:
        return True
    if NUMBER.fullmatch(before):
        return UNIT.fullmatch(after) is not None
    return after[0].isdigit() and BEFORE_NUMBER.fullmatch(before) is not None


def _words(text: str) -> list[str]:
    """Split at spaces, leaving together what must not part."""
    words: list[str] = []
    before = ""
    for word in filter(None, text.split(" ")):
        if before and _glued(before, word):
            words[-1] += " " + word
        else:
            words.append(word)
        before = word
    return words


def _hyphen_cut(word: str, room: float, *, bold: bool) -> int:
    """Place after the last hyphen between words that still fits into *room* ems, or 0."""
    if not COMPOUND.fullmatch(word):
        return 0
    places = [match.start() for match in HYPHEN.finditer(word)]
    return max((place for place in places if width(word[:place], bold=bold) <= room), default=0)


def _hard_cut(word: str, room: float, *, bold: bool) -> int:
    """Place at which a word longer than a line is cut: after a sign if one stands in its second half."""
    total, end = 0.0, 0
    for char in word:
        total += width(char, bold=bold)
        if total > room:
            break
        end += 1
    end = max(end, 1)
    soft = next((place for place in range(end, end // 2, -1) if word[place - 1] in SOFT_ENDS), end)
    while soft > 1 and unicodedata.category(word[soft]).startswith("M"):
        soft -= 1  # a combining mark stays with its letter
    return soft


def wrap(text: str, *, style: str, limit: float, exact: bool = False) -> list[str]:
    """Break *text* into lines no wider than *limit* points; an empty text has no lines.

    A word joined by a hyphen ("Budowlano-Usługowa") repeats it on the next line, as Polish
    typography asks; nothing else is hyphenated, and nothing at all in *exact* texts.
    """
    kind = STYLES[style]
    room = limit * SLACK / kind.size
    space = width(" ", bold=kind.bold)
    lines: list[str] = []
    line, used = "", 0.0
    for whole in _words(text):
        word = whole
        while word:
            wide = width(word, bold=kind.bold)
            start = used + space if line else 0.0
            if start + wide <= room:
                line, used = (f"{line} {word}" if line else word), start + wide
                break
            cut = 0 if exact else _hyphen_cut(word, room - start, bold=kind.bold)
            if cut:
                lines.append(f"{line} {word[:cut]}" if line else word[:cut])
                word = "-" + word[cut:]
            elif line:
                lines.append(line)
            else:
                cut = _hard_cut(word, room, bold=kind.bold)
                lines.append(word[:cut].rstrip(" "))
                word = word[cut:].lstrip(" ")
            line, used = "", 0.0
    return [*lines, line] if line else lines


def wrap_all(text: str, *, style: str, limit: float) -> list[str]:
    """Break a text with paragraphs: its own line ends stay, blank ones are dropped."""
    return [line for part in text.splitlines() for line in wrap(part, style=style, limit=limit)]


def fit(text: str, *, style: str, limit: float, floor: float = FLOOR) -> Fitted:
    """Shrink *text* until it fits *limit* points in one line; below *floor* break it instead."""
    kind = STYLES[style]
    wide = width(text, bold=kind.bold)
    size = min(kind.size, limit * SLACK / wide) if wide else kind.size
    size = int(size / STEP + 1e-9) * STEP
    if size >= floor:
        return Fitted(round(size, 2), [text])
    return Fitted(floor, _cut(text, room=limit * SLACK / floor, bold=kind.bold))


def _cut(text: str, *, room: float, bold: bool) -> list[str]:
    """Cut an identifier at any place, without a hyphen."""
    lines = []
    rest = text
    while rest:
        cut = len(rest) if width(rest, bold=bold) <= room else _hard_cut(rest, room, bold=bold)
        lines.append(rest[:cut])
        rest = rest[cut:]
    return lines
