"""The browsers we know, as Debian puts them."""

from pathlib import Path
from typing import Final

# The same engine twice: one that only ever runs without a screen, and needs half as much for a page.
KNOWN: Final = (Path("/usr/bin/chromium-headless-shell"), Path("/usr/bin/chromium"))


def found() -> Path | None:
    """The first one there is."""
    return next((path for path in KNOWN if path.exists()), None)
