"""The typesetter: one warm compiler per process, the same bytes for the same document anywhere."""

import os
from datetime import date, datetime
from functools import cache
from pathlib import Path
from threading import Lock
from typing import Final

import msgspec
import typst

from stragan.core.snapshot import DocumentSnapshot
from stragan.formats.pdf.document import Document, document_of
from stragan.formats.pdf.faces import FOLDER

TEMPLATE: Final = Path(__file__).parent / "invoice.typ"
LOCK: Final = Lock()


@cache
def _compiler(template: Path) -> tuple[typst.Compiler, int]:
    """Make this process's compiler of a template. It reads no fonts but ours, so every machine agrees.

    The process id comes with it: threads of the typesetter do not survive a fork, and a child that
    inherited it would wait for them for ever.
    """
    fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[FOLDER])
    compiler = typst.Compiler(template, root=template.parent, font_paths=fonts, ignore_system_fonts=True)
    return compiler, os.getpid()


def render(snapshot: DocumentSnapshot, *, voided_on: date | None = None, logo: bytes = b"") -> bytes:
    """Print a document as PDF/A-3a with PDF/UA-1 tags.

    A document *voided_on* a day is marked all over its pages. The bytes depend on these alone: the
    snapshot's ``issued_at`` is the time of creation. Any text can
    be printed; what the fonts lack becomes □ (see ``glyph_gaps``). Threads wait for each other.
    A *logo* (PNG or JPEG) that cannot be drawn is left out.
    """
    try:
        return _compiled(document_of(snapshot, voided_on=voided_on, logo=logo), snapshot)
    except typst.TypstError:
        if not logo:
            raise
        return _compiled(document_of(snapshot, voided_on=voided_on), snapshot)


def _compiled(document: Document, snapshot: DocumentSnapshot) -> bytes:
    data = msgspec.json.encode(document).decode()
    return compiled(TEMPLATE, {"document": data}, made_at=snapshot.issued_at)


def compiled(template: Path, inputs: dict[str, str], *, made_at: datetime) -> bytes:
    """Print what *template* makes of *inputs* as PDF/A-3a with PDF/UA-1 tags, one thread at a time."""
    with LOCK:
        compiler, owner = _compiler(template)
        assert owner == os.getpid(), "a process that has printed must not be forked: start workers first"
        pdf = compiler.compile(
            format="pdf",
            sys_inputs=inputs,
            pdf_standards=["a-3a", "ua-1"],
            timestamp=int(made_at.timestamp()),
        )
    assert isinstance(pdf, bytes)
    return pdf
