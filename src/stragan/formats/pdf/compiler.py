"""The typesetter: one warm compiler per process, the same bytes for the same document anywhere."""

import os
from functools import cache
from pathlib import Path
from threading import Lock
from typing import Final

import msgspec
import typst

from stragan.core.snapshot import DocumentSnapshot
from stragan.formats.pdf.document import document_of
from stragan.formats.pdf.faces import FOLDER

TEMPLATE: Final = Path(__file__).parent / "invoice.typ"
LOCK: Final = Lock()


@cache
def _compiler() -> tuple[typst.Compiler, int]:
    """Make the compiler of this process. It reads no fonts but ours, so every machine agrees.

    The process id comes with it: threads of the typesetter do not survive a fork, and a child that
    inherited it would wait for them for ever.
    """
    fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[FOLDER])
    compiler = typst.Compiler(TEMPLATE, root=TEMPLATE.parent, font_paths=fonts, ignore_system_fonts=True)
    return compiler, os.getpid()


def render(snapshot: DocumentSnapshot) -> bytes:
    """Print a document as PDF/A-3a with PDF/UA-1 tags.

    The bytes depend on the snapshot alone: its ``issued_at`` is the time of creation. Any text can
    be printed; what the fonts lack becomes □ (see ``glyph_gaps``). Threads wait for each other.

    :raises stragan.formats.pdf.document.KindNotPrintable: the kind has no template yet.
    """
    data = msgspec.json.encode(document_of(snapshot)).decode()
    with LOCK:
        compiler, owner = _compiler()
        assert owner == os.getpid(), "a process that has printed must not be forked: start workers first"
        pdf = compiler.compile(
            format="pdf",
            sys_inputs={"document": data},
            pdf_standards=["a-3a", "ua-1"],
            timestamp=int(snapshot.issued_at.timestamp()),
        )
    assert isinstance(pdf, bytes)
    return pdf
