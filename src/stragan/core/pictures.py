"""What kind of picture some bytes are, and how large: read from their head, nothing is decoded."""

import struct
from dataclasses import dataclass
from typing import Final

_PNG_HEAD: Final = b"\x89PNG\r\n\x1a\n"
_JPEG_HEAD: Final = b"\xff\xd8\xff"
_IHDR_AT: Final = 12
_SIZE_AT: Final = 16
_FRAME_LENGTH: Final = 9
_STANDALONE: Final = frozenset({0x01, *range(0xD0, 0xD9)})  # markers that carry no segment
_FRAMES: Final = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}  # start of frame, all codings
_SCAN: Final = frozenset({0xD9, 0xDA})


class UnknownPicture(ValueError):
    """Neither a PNG nor a JPEG, or one without a size."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A picture's media type and its sides in points."""

    media_type: str
    width: int
    height: int


def picture_of(data: bytes) -> Picture:
    """Tell the kind and the sides of a PNG (ISO 15948) or JPEG (ITU T.81).

    :raises UnknownPicture: it is neither.
    """
    if data.startswith(_PNG_HEAD) and data[_IHDR_AT : _IHDR_AT + 4] == b"IHDR" and len(data) >= _SIZE_AT + 8:
        width, height = struct.unpack_from(">II", data, _SIZE_AT)
        return Picture(media_type="image/png", width=width, height=height)
    if data.startswith(_JPEG_HEAD):
        return _jpeg(data)
    raise UnknownPicture


def _jpeg(data: bytes) -> Picture:
    place = 2
    while place + 4 <= len(data):
        if data[place] != 0xFF:  # noqa: PLR2004 -- every marker begins with it
            break
        marker = data[place + 1]
        if marker == 0xFF or marker in _STANDALONE:  # noqa: PLR2004 -- a fill byte
            place += 1 if marker == 0xFF else 2  # noqa: PLR2004
            continue
        if marker in _SCAN:
            break
        (length,) = struct.unpack_from(">H", data, place + 2)
        if marker in _FRAMES and place + _FRAME_LENGTH <= len(data):
            height, width = struct.unpack_from(">HH", data, place + 5)
            return Picture(media_type="image/jpeg", width=width, height=height)
        place += 2 + length
    raise UnknownPicture
