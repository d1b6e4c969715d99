"""Lines of both registers with every word ready, so that the template only places them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from html import escape
from typing import Any, Final
from uuid import UUID

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, ngettext, pgettext
from django.utils.translation import gettext as _

from stragan.books.register import RATE_FIELDS, Line, RevenueLine, VatLine
from stragan.books.states import RowType
from stragan.core.money import ZERO
from stragan.web.books import words
from stragan.web.shell import show
from stragan.web.shell.templatetags import st
from stragan.web.shell.templatetags.rows import NONE

_EMPTY: Final = SafeString("")
_ANY_ID: Final = UUID(int=0)
_ANY_DAY: Final = "2000-01-01"


@dataclass(frozen=True, slots=True, kw_only=True)
class RowView:
    """What both registers place, all of it text. ``*_html`` are made from constants and escaped words.

    ``rates_html`` and ``marks_html`` are of the VAT register, ``description`` to ``amount`` of the other.
    """

    css: str
    href: str
    number: str
    day: str
    sold_html: SafeString = _EMPTY
    name_html: SafeString
    name_title: str
    due_html: SafeString
    nip: str
    order_html: SafeString
    marks_html: SafeString = _EMPTY
    rates_html: SafeString = _EMPTY
    net: str = ""
    vat: str = ""
    gross: str = ""
    gtu: str = ""
    address: str = ""
    description: str = ""
    rate: str = ""
    amount: str = ""


class Writer:
    """Writes the lines of one page: addresses and the language are looked up once."""

    def __init__(self, *, period: str) -> None:
        self.language = get_language() or "pl"
        self.amount, self.day = show.amounts(), show.days()
        self._document = reverse("documents:detail", args=[_ANY_ID]).split(str(_ANY_ID))
        self._day_page = reverse("books:day", args=[_ANY_DAY]).split(_ANY_DAY)
        self._order = reverse("orders:detail", args=[0]).removesuffix("0/")
        self._month = reverse("books:month", args=[period])

    def vat(self, line: VatLine, rates: Sequence[str]) -> RowView:
        """A line of the VAT register with the columns of *rates*."""
        sold = f'<span class="st-second">{self.day(line.sale_date)}</span>' if line.sale_date else ""
        return RowView(
            **self._shared(line),
            css="bo-shown" if line.type == RowType.FP else "",
            day=self.day(line.issue_date),
            sold_html=mark_safe(sold),  # noqa: S308 -- figures
            marks_html=_marks(line.type, line.mark, self.language),
            rates_html=rate_cells(line.fields, rates, amount=self.amount),
            net=self.amount(line.net),
            vat=self.amount(line.vat),
            gross=self.amount(line.gross),
            gtu=f"GTU {line.gtu}" if line.gtu else "",
        )

    def revenue(self, line: RevenueLine) -> RowView:
        """A line of KPiR or of the flat-rate register."""
        return RowView(
            **self._shared(line),
            css="",
            day=self.day(line.day),
            address=line.address,
            description=str(words.DESCRIPTIONS[line.description]),
            rate=line.rate,
            amount=self.amount(line.amount),
        )

    def _shared(self, line: Line) -> dict[str, Any]:
        order = f'<a href="{self._order}{line.order_id}/">{line.order_number}</a>' if line.order_id else NONE
        return {
            "href": self._href(line),
            "number": line.number,
            "name_html": self._name(line),
            "name_title": line.name or line.buyer,
            "due_html": _due(line.due_period, self.language) if line.due_period else _EMPTY,
            "nip": show.nip(line.tax_id) if line.tax_id else _nobody(self.language),
            "order_html": mark_safe(order),  # noqa: S308 -- figures
        }

    def _href(self, line: Line) -> str:
        if line.is_daily:
            return line.day.isoformat().join(self._day_page)
        if line.document_id:
            return str(line.document_id).join(self._document)
        return self._month  # of a report

    def _name(self, line: Line) -> SafeString:
        if line.is_daily:
            text = ngettext("%(shown)s document", "%(shown)s documents", line.count)
            return format_html('<span class="st-2">{}</span>', text % {"shown": show.number(line.count)})
        if line.name:
            return mark_safe(escape(line.name))  # noqa: S308 -- escaped
        if line.report_id:
            return format_html('<span class="st-2">{}</span>', words.TYPES.get(line.type, ""))
        if line.buyer:
            return mark_safe(f'<span class="st-3">{escape(line.buyer)}</span>')  # noqa: S308 -- escaped
        return NONE


def rate_cells(
    fields: dict[str, Decimal], rates: Sequence[str], *, amount: Callable[[Decimal | None], str]
) -> SafeString:
    """A cell per shown rate: its base, and under it the tax where the code has one."""
    cells = []
    for code, base, tax in RATE_FIELDS:
        if code in rates:
            is_taxed = bool(tax) and base in fields
            under = f'<span class="st-second">{amount(fields.get(tax, ZERO))}</span>' if is_taxed else ""
            cells.append(f'<td class="st-num st-2">{amount(fields.get(base))}{under}</td>')
    return mark_safe("".join(cells))  # noqa: S308 -- figures


@lru_cache(maxsize=4)
def _nobody(language: str) -> str:  # noqa: ARG001 -- the key of the cache
    return pgettext("brak", "none")


@lru_cache(maxsize=64)
def _marks(kind: str, mark: str, language: str) -> SafeString:  # noqa: ARG001 -- the key of the cache
    """Type and mark of JPK_V7, each with what it means."""
    sign = format_html('<abbr title="{}">{}</abbr>', words.MARKS[mark], mark)
    if not kind:
        return sign
    return format_html('<abbr title="{}">{}</abbr> · {}', words.TYPES.get(kind, ""), kind, sign)


@lru_cache(maxsize=64)
def _due(period: str, language: str) -> SafeString:  # noqa: ARG001 -- the key of the cache
    """Where a row belonged, had that month not been closed."""
    return format_html(
        '<span class="bo-due" title="{}">{}{}</span>',
        _("That month was closed already"),
        st.icon("calendar-event", "st-icon--14 st-amber"),
        _("due in %(month_name)s") % {"month_name": words.month_name(period)},
    )
