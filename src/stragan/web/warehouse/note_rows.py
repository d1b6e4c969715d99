"""The lines of the list of stock notes, with every word ready for the template."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from html import escape
from typing import Final
from uuid import UUID

from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from stragan.warehouse.models import StockNote
from stragan.web.shell import show
from stragan.web.shell.templatetags import st
from stragan.web.shell.templatetags.rows import NONE
from stragan.web.warehouse import words

_ANY_ID: Final = UUID(int=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class RowView:
    """What ``each_row`` places, all of it text; ``*_html`` are made here from constants and escaped words."""

    id: str
    url: str
    number: str
    kind_html: str
    day: str
    document_html: str
    order_html: str
    remark_html: str
    who_html: str


def rows_of(notes: Iterable[StockNote], *, documents: Mapping[int, UUID]) -> list[RowView]:
    """Make the lines of a page; *documents* are the public ids of documents by id."""
    language = get_language() or "pl"
    # Looking addresses up once and not a hundred times spares a tenth of the page's time.
    before, after = reverse("warehouse:note", args=[_ANY_ID]).split(str(_ANY_ID))
    document = reverse("documents:detail", args=[_ANY_ID])
    order = reverse("orders:detail", args=[0])
    system = _html('<span class="st-3">', _("the system"), "</span>")
    return [
        RowView(
            id=str(note.pk),
            url=f"{before}{note.public_id}{after}",
            number=note.number,
            kind_html=_kind(note.kind, language),
            day=show.day(note.date),
            document_html=_document(note, documents, address=document),
            order_html=_html(
                f'<a href="{order.replace("0", str(note.order_id))}">', str(note.order.number), "</a>"
            )
            if note.order
            else NONE,
            remark_html=_remark(note),
            who_html=words.signature(note) or system,
        )
        for note in notes
    ]


@lru_cache(maxsize=32)
def _kind(kind: str, language: str) -> SafeString:  # noqa: ARG001 -- the key of the cache
    return st.status("grey", words.ICONS[kind], str(words.KINDS[kind]))


def _document(note: StockNote, documents: Mapping[int, UUID], *, address: str) -> str:
    public_id = documents.get(note.document_id or 0)
    if public_id is None:
        return note.document_number or NONE
    url = address.replace(str(_ANY_ID), str(public_id))
    return _html(f'<a href="{url}">', note.document_number, "</a>")


def _remark(note: StockNote) -> str:
    """What it reverses or is reversed by, else supplier or reason; on a phone else its document."""
    if note.reverses:
        told = _("reverses")
        return _html('<span class="st-amber">', f"{told} {note.reverses.number}", "</span>")
    reversed_by = getattr(note, "reversed_by", None)
    if reversed_by is not None:
        told = _("reversed by")
        return _html('<span class="st-3">', f"{told} {reversed_by.number}", "</span>")
    if note.supplier or note.reason:
        return note.supplier or note.reason
    if note.document_number:
        none = '</span><span class="st-none st-only-wide">–</span>'
        return _html('<span class="st-only-phone st-3">', note.document_number, none)
    return NONE


def _html(*parts: str) -> SafeString:
    """Constants at even places, words between them, which are escaped."""
    pieces = (escape(part) if place % 2 else part for place, part in enumerate(parts))
    return mark_safe("".join(pieces))  # noqa: S308 -- constants, and what is escaped here
