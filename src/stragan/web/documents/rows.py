"""One line of the documents list with every word ready, so that the template only places it."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache
from html import escape
from typing import Final
from uuid import UUID

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, pgettext

from stragan.core.money import ZERO, to_minor
from stragan.core.snapshot import KsefState
from stragan.documents.queries import DocumentRow
from stragan.web.documents import words
from stragan.web.shell import show
from stragan.web.shell.templatetags import st
from stragan.web.shell.templatetags.rows import NONE

_ANY_ID: Final = UUID(int=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class RowView:
    """What the template places, all of it text. ``*_html`` are made here from constants and escaped words."""

    id: str
    css: str
    number: str
    href: str
    pdf: str
    minor: str
    currency: str
    kind: str
    kind_title: str
    mark_html: str
    buyer: str
    nip: str
    order_html: str
    issued: str
    net: str
    vat: str
    gross: str
    to_pay: str
    ksef_html: str


def rows_of(
    documents: Sequence[DocumentRow],
    *,
    tail: str,
    linked: Mapping[int, tuple[int, int]],
    corrected: Collection[int],
    is_payer: Callable[[date], bool],
) -> list[RowView]:
    """Make the lines of a page. *tail* is the list's filter, carried into details.

    *linked* are the orders (id and number) that have the documents now, *corrected* those with corrections;
    *is_payer* tells whether the company was a VAT payer on a day.
    """
    # Addresses are looked up once and not a hundred times.
    before, after = reverse("documents:detail", args=[_ANY_ID]).split(str(_ANY_ID))
    order_base = reverse("orders:detail", args=[0]).removesuffix("0/")
    language = get_language() or "pl"
    amount, day = show.amounts(), show.days()
    is_payer = cache(is_payer)
    return [
        _row(
            document,
            issued=day(document.issue_date),
            amounts=tuple(map(amount, (document.net, document.vat, document.gross, document.to_pay))),
            href=f"{before}{document.public_id}{after}{tail}",
            pdf=f"{before}{document.public_id}{after}pdf/",
            order_html=_order(document, linked.get(document.id), base=order_base),
            mark_html=_mark(
                is_void=document.is_void, is_corrected=document.id in corrected, language=language
            ),
            ksef_html=_ksef(document.ksef, language),
            kind=_kind(document.kind, language, vat_payer=is_payer(document.issue_date)),
        )
        for document in documents
    ]


def _row(
    document: DocumentRow,
    *,
    issued: str,
    amounts: Sequence[str],
    href: str,
    pdf: str,
    order_html: str,
    mark_html: str,
    kind: tuple[str, str],
    ksef_html: str,
) -> RowView:
    return RowView(
        id=str(document.id),
        css="do-void-row" if document.is_void else "",
        number=document.number,
        href=href,
        pdf=pdf,
        minor=str(to_minor(document.to_pay or ZERO)),
        currency=document.currency,
        kind=kind[0],
        kind_title=kind[1],
        mark_html=mark_html,
        buyer=document.buyer_name or show.NONE,
        nip=show.nip(document.buyer_nip) or show.NONE,
        order_html=order_html,
        issued=issued,
        net=amounts[0],
        vat=amounts[1],
        gross=amounts[2],
        to_pay=amounts[3],
        ksef_html=ksef_html,
    )


@lru_cache(maxsize=64)
def _kind(kind: str, language: str, *, vat_payer: bool) -> tuple[str, str]:  # noqa: ARG001 -- the key of the cache
    """The kind as the column has room for it, and whole."""
    whole = words.kind_name(kind, vat_payer=vat_payer)
    return str(words.SHORT_KINDS.get(kind, whole)), whole


@lru_cache(maxsize=8)
def _mark(*, is_void: bool, is_corrected: bool, language: str) -> SafeString:  # noqa: ARG001 -- the key of the cache
    if is_void:
        return format_html(" {}", st.icon("circle-x", "st-red st-icon--14", pgettext("document", "void")))
    if is_corrected:
        word = pgettext("document", "corrected")
        return format_html(" {}", st.icon("file-diff", "st-amber st-icon--14", word))
    return SafeString("")


@lru_cache(maxsize=16)
def _ksef(state: str, language: str) -> SafeString:  # noqa: ARG001 -- the key of the cache
    word = str(words.SHORT_KSEF.get(state) or words.KSEF.get(state, state))
    if state == KsefState.NOT_SENT:
        return st.status("grey", "cloud-off", word, "st-status--sm")
    return mark_safe(f'<span class="st-3">{escape(word)}</span>')  # noqa: S308 -- escaped


def _order(document: DocumentRow, linked: tuple[int, int] | None, *, base: str) -> SafeString:
    """The way to the order that has the document; grey where that order has it no longer."""
    if linked:
        return mark_safe(f'<a href="{base}{linked[0]}/">{linked[1]}</a>')  # noqa: S308 -- figures
    if document.order_id:
        link = f'<a class="st-3" href="{base}{document.order_id}/">{document.order_number}</a>'
        return mark_safe(link)  # noqa: S308 -- figures
    return NONE
