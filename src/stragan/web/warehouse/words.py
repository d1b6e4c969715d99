"""Names and signs of stock notes."""

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from stragan.warehouse.models import StockNote
from stragan.warehouse.states import NoteKind

KINDS: Final[Mapping[str, Promise]] = {
    NoteKind.PZ: _("Goods receipt"),
    NoteKind.WZ: _("Goods issue"),
    NoteKind.ZW: _("Return from a customer"),
    NoteKind.PW: _("Internal receipt"),
    NoteKind.RW: _("Internal issue"),
    NoteKind.INW: _("Stocktaking"),
}
ICONS: Final[Mapping[str, str]] = {
    NoteKind.PZ: "package-import",
    NoteKind.WZ: "package-export",
    NoteKind.ZW: "truck-return",
    NoteKind.PW: "plus",
    NoteKind.RW: "minus",
    NoteKind.INW: "clipboard-list",
}


def signature(note: StockNote) -> str:
    """Who wrote a note; empty for one that a command or the system wrote."""
    return (note.by.get_full_name() or note.by.email) if note.by else ""
