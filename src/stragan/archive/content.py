"""What is kept of one answer, and how it is packed. Pure."""

import hashlib
import json
import zlib
from dataclasses import dataclass
from typing import Final

_QUICK: Final = 1  # half the time of the default level for a tenth more bytes
MARK: Final = b"\x00"  # no JSON holds that byte


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """What one part of an answer became.

    Of ``forms``: the revision of the order ``name`` that holds its bytes, or (0) the bytes themselves, of a
    form that could not be read. Of ``payments``: the wallet and the number among its twins.
    """

    name: str
    number: int
    payload: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """What is kept of an answer: its parts, and its bytes.

    Of ``forms`` the bytes are those around the forms, each of them replaced by ``MARK``; they are empty
    where a form of the page was as we had it, since then the page cannot be put together again.
    """

    body: bytes = b""
    parts: tuple[Part, ...] = ()


def packed(content: Content) -> tuple[bytes, str]:
    """Compress; gives the SHA-256 of what was compressed too."""
    parts = [[part.name, part.number, *([part.payload] if part.payload else [])] for part in content.parts]
    plain = json.dumps(parts, separators=(",", ":")).encode() + b"\n" + content.body
    return zlib.compress(plain, _QUICK), hashlib.sha256(plain).hexdigest()


def unpacked(stored: bytes) -> Content:
    """Read what ``packed`` gave.

    :raises ValueError: it is nothing of the kind.
    """
    try:
        parts, _, body = zlib.decompress(stored).partition(b"\n")
    except zlib.error as broken:
        raise ValueError from broken
    return Content(
        body=body,
        parts=tuple(
            Part(name=name, number=number, payload=next(iter(rest), ""))
            for name, number, *rest in json.loads(parts)
        ),
    )
