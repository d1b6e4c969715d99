"""The lines of the change radar, with every word ready for the template."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from html import escape
from typing import Final
from uuid import UUID

from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from stragan.companies.queries import name_of
from stragan.documents import change_words
from stragan.documents.changes import Deed, Item
from stragan.documents.models import OrderChange
from stragan.web.changes import words
from stragan.web.changes.words import Line
from stragan.web.shell import show
from stragan.web.shell.templatetags import st

SHOWN: Final = 3  # changes told per order; the rest is on its page
# Addresses are looked up once for all lines: these stand in them for what differs.
_ANY_ORDER: Final = 10**17
_ANY_DOCUMENT: Final = UUID(int=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class RowView:
    """What ``each_row`` places, all of it text; ``*_html`` are made from constants and escaped words."""

    id: str
    order_id: str
    order_url: str
    number: str
    when: str
    buyer: str
    login: str
    document_url: str
    document: str
    lines_html: SafeString
    why: str
    status_html: SafeString
    step_url: str
    step_html: SafeString
    settle_url: str
    how: str
    how_title: str
    reason_html: str
    who: str


class Writer:
    """Writes the lines of one page: addresses and words of deeds are looked up once."""

    def __init__(self, *, is_settled: bool) -> None:
        self.is_settled = is_settled
        self.before_the_page = _("changed before this page existed")
        self.order = reverse("orders:detail", args=[_ANY_ORDER])
        self.document = reverse("documents:detail", args=[_ANY_DOCUMENT])
        self.settle = reverse("changes:settle", args=[_ANY_ORDER])
        self.step_of = cache(lambda deed: words.step_of(deed, order_id=_ANY_ORDER, document=_ANY_DOCUMENT))
        self.status_of = cache(_status)

    def write(self, row: OrderChange, items: Sequence[Item], public: Mapping[int, UUID]) -> RowView:
        """Write one line; *public* are the public ids of documents by id."""
        deed, order = Deed(row.deed), row.order
        paper = next((item.paper for item in items if item.deed is deed and item.paper), row.document_id)
        lines = [words.line_of(item, currency=order.currency) for item in items]
        step = self.step_of(deed)
        order_url = self.order.replace(str(_ANY_ORDER), str(order.pk))
        how = words.HOW.get(row.settled_how, pgettext("a change", "no change waits"))
        return RowView(
            id=str(row.pk),
            order_id=str(order.pk),
            order_url=order_url,
            number=str(order.number),
            when=show.moment(row.settled_at if self.is_settled else row.found_at, "short"),
            buyer=order.buyer_name,
            login=order.buyer_login,
            document_url=self.document.replace(str(_ANY_DOCUMENT), str(row.document.public_id)),
            document=row.document.number,
            lines_html=self._lines(lines, order_url),
            why=" ".join(words.reasons_of(lines)),
            status_html=self.status_of(deed),
            step_url=step.url.replace(str(_ANY_ORDER), str(order.pk)).replace(
                str(_ANY_DOCUMENT), str(public.get(paper, row.document.public_id))
            ),
            step_html=_html(st.icon(step.icon), step.text),
            settle_url=self.settle.replace(str(_ANY_ORDER), str(order.pk)),
            how=str(how),
            how_title=f"{how}: {row.settle_reason}" if row.settle_reason else str(how),
            reason_html=_html('<span class="st-3">', row.settle_reason, "</span>")
            if row.settle_reason
            else "",
            who=name_of(row.settled_by) if row.settled_by else "",
        )

    def _lines(self, lines: Sequence[Line], order_url: str) -> SafeString:
        if not lines:
            return _html('<div class="st-2">', self.before_the_page, "</div>")
        parts = [_line(line) for line in lines[:SHOWN]]
        if more := len(lines) - len(parts):
            text = ngettext("and %(n)s more", "and %(n)s more", more) % {"n": show.number(more)}
            parts.append(_html(f'<div><a href="{order_url}">', text, "</a></div>"))
        return mark_safe("".join(parts))  # noqa: S308 -- what is escaped here


def rows_of(
    changes: Sequence[OrderChange],
    items: Mapping[int, Sequence[Item]],
    *,
    public: Mapping[int, UUID],
    is_settled: bool,
) -> list[RowView]:
    """Make the lines of a page; *items* are what changed, by id of the change."""
    writer = Writer(is_settled=is_settled)
    return [writer.write(row, items[row.pk], public) for row in changes]


def _line(line: Line) -> SafeString:
    title = f"{line.name} · {line.about}" if line.about else line.name
    old = _html("<del>", line.old, "</del>") if line.old else ""
    new = _html("<ins>", line.new, "</ins>") if line.new else ""
    values = f'<span class="cg-values">{old}{" → " if old and new else ""}{new}</span>' if old or new else ""
    about = _html(' <span class="st-3">', line.about, "</span>") if line.about else ""
    name = _html('<div title="', title, '"><span class="st-500">', line.name, "</span>")
    return mark_safe(f"{name}{values}{about}</div>")  # noqa: S308 -- what is escaped here


def _status(deed: Deed) -> SafeString:
    color, icon = words.SIGNS[deed]
    text = str(change_words.DEEDS[deed])
    return st.badge(color, icon, text) if color == "red" else st.status(color, icon, text)


def _html(*parts: str) -> SafeString:
    """Constants at even places, words between them, which are escaped."""
    pieces = (escape(part) if place % 2 else part for place, part in enumerate(parts))
    return mark_safe("".join(pieces))  # noqa: S308 -- constants, and what is escaped here
