"""The fonts of a document, read once: which characters they draw and how wide each one is.

Knowing widths here, before typesetting, lets lines be broken and pages be planned by arithmetic,
without asking the typesetter to measure and lay out again.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Final

FOLDER: Final = Path(__file__).parent / "fonts"
FAMILIES: Final = {
    False: (FOLDER / "Lato-Regular.ttf", FOLDER / "NotoSans-Regular.ttf"),
    True: (FOLDER / "Lato-Bold.ttf", FOLDER / "NotoSans-Bold.ttf"),
}
"""Files by weight (bold or not), the fallback second: the order in which the template tries them."""

SEGMENTED, GROUPED = 4, 12  # formats of the cmap subtable
TO_END: Final = 0xFFFF


@dataclass(frozen=True, slots=True)
class Face:
    """One font file: advance width of each character it draws, in ems."""

    advances: dict[int, float]


def _tables(data: bytes) -> dict[bytes, bytes]:
    """Split a TrueType file into its tables by tag."""
    (count,) = struct.unpack_from(">H", data, 4)
    entries = struct.iter_unpack(">4sIII", data[12 : 12 + 16 * count])
    return {tag: data[offset : offset + length] for tag, _, offset, length in entries}


def _segmented(sub: bytes) -> Iterator[tuple[int, int]]:
    """Yield (character, glyph) of a format 4 subtable (OpenType "cmap")."""
    (doubled,) = struct.unpack_from(">H", sub, 6)
    count = doubled // 2
    ends = struct.unpack_from(f">{count}H", sub, 14)
    starts = struct.unpack_from(f">{count}H", sub, 16 + doubled)
    deltas = struct.unpack_from(f">{count}H", sub, 16 + 2 * doubled)
    offsets_at = 16 + 3 * doubled
    offsets = struct.unpack_from(f">{count}H", sub, offsets_at)
    for place, (start, end) in enumerate(zip(starts, ends, strict=True)):
        for code in range(start, min(end, TO_END - 1) + 1):
            glyph = code
            if offsets[place]:
                (glyph,) = struct.unpack_from(
                    ">H", sub, offsets_at + 2 * place + offsets[place] + 2 * (code - start)
                )
                if not glyph:
                    continue
            yield code, (glyph + deltas[place]) & TO_END


def _grouped(sub: bytes) -> Iterator[tuple[int, int]]:
    """Yield (character, glyph) of a format 12 subtable."""
    (count,) = struct.unpack_from(">I", sub, 12)
    for start, end, first in struct.iter_unpack(">III", sub[16 : 16 + 12 * count]):
        yield from zip(range(start, end + 1), range(first, first + end - start + 1), strict=True)


READERS: Final = {SEGMENTED: _segmented, GROUPED: _grouped}


@cache
def read_face(path: Path) -> Face:
    """Read the widths of a TrueType file that has horizontal metrics and a Unicode character map."""
    tables = _tables(path.read_bytes())
    (units_per_em,) = struct.unpack_from(">H", tables[b"head"], 18)
    (measured,) = struct.unpack_from(">H", tables[b"hhea"], 34)
    widths = [width for width, _ in struct.iter_unpack(">Hh", tables[b"hmtx"][: 4 * measured])]
    cmap = tables[b"cmap"]
    (subtables,) = struct.unpack_from(">H", cmap, 2)
    advances: dict[int, float] = {}
    forms: dict[int, bytes] = {}
    for _, _, offset in struct.iter_unpack(">HHI", cmap[4 : 4 + 8 * subtables]):
        (form,) = struct.unpack_from(">H", cmap, offset)
        forms[form] = cmap[offset:]
    best = max(form for form in forms if form in READERS)  # format 12 holds all that 4 does
    for code, glyph in READERS[best](forms[best]):
        if glyph:
            advances[code] = widths[min(glyph, measured - 1)] / units_per_em
    return Face(advances)


def family(*, bold: bool) -> Iterator[Face]:
    """Faces of a weight: Lato, then the fallback, which is read only when it is asked for."""
    return map(read_face, FAMILIES[bold])


@lru_cache(maxsize=4096)
def drawable(cluster: str) -> bool:
    """Tell whether one font draws every character of *cluster*, at each weight."""
    return all(
        any(all(ord(char) in face.advances for char in cluster) for face in family(bold=bold))
        for bold in FAMILIES
    )


@cache
def advance(char: str, *, bold: bool) -> float:
    """Width of one character in ems; one em where no font has it."""
    code = ord(char)
    return next((face.advances[code] for face in family(bold=bold) if code in face.advances), 1.0)


def width(text: str, *, bold: bool = False) -> float:
    """Width of *text* in ems, without kerning: at most a hair from what is printed."""
    return sum(advance(char, bold=bold) for char in text)
