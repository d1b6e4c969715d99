"""One line of the list with every word ready, so that the template only places it."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cache, lru_cache, partial
from html import escape
from typing import ClassVar, Final, Self

from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import get_language, ngettext, pgettext
from django.utils.translation import gettext as _

from stragan.core.money import to_minor
from stragan.orders.money import Sums
from stragan.orders.queries import OrderRow
from stragan.orders.states import PaymentState
from stragan.web.orders import links, money_words, words
from stragan.web.orders.money_words import NO_MONEY, MoneyWords
from stragan.web.shell import show
from stragan.web.shell.templatetags import st
from stragan.web.shell.templatetags.rows import NONE

_NO_DOCUMENT: Final = '<span class="st-none st-only-wide">–</span><span class="st-only-phone st-3">%s</span>'


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentMark:
    """A document of an order: its number and where it opens."""

    number: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LineWords:
    """What the lines of an order are here: their SKUs and products, one after the other."""

    sku: str = ""
    product: str = ""


_NO_LINES: Final = LineWords()


@dataclass(slots=True, kw_only=True)
class RowView:
    """What the template places; a word of ``WORDS`` is made when it is asked for: most are not shown."""

    order: OrderRow
    href: str
    shop: str
    marks: Sequence[DocumentMark]
    lines: LineWords
    differs: bool
    money: MoneyWords
    page: "Page"
    WORDS: ClassVar[Mapping[str, Callable[["RowView"], str]]]  # below, after what makes them

    def __getattr__(self, name: str) -> str:
        """Make the word of that name."""
        try:
            return self.WORDS[name](self)
        except KeyError:
            raise AttributeError(name) from None


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """How this page writes, looked up once and not for each cell; its icons and words of titles."""

    language: str
    money: Callable[[Decimal | None, str], str]
    moment: Callable[[datetime | None], str]
    day: Callable[[date], str]
    delivery: str
    bought: str
    shop: str
    message: SafeString
    offer: SafeString
    invoice: SafeString

    @classmethod
    def now(cls, now: datetime) -> Self:
        """The page in the active language; days of the year of *now* are written without it."""
        return cls(
            language=get_language() or "pl",
            money=show.moneys(),
            moment=show.moments(show.local(now).year),
            day=cache(partial(show.day, short=True)),
            delivery=_("Delivery"),
            bought=_("Bought"),
            shop=_("Shop"),
            message=st.icon("message", "st-icon--14", _("Message from the buyer")),
            offer=st.icon("external-link", "", _("Open the offer on Allegro")),
            invoice=st.icon("check", "st-icon--14", _("Asks for an invoice")),
        )


def rows_of(
    orders: Sequence[OrderRow],
    *,
    query: str,
    shops: Mapping[int, str],
    documents: Mapping[int, Sequence[DocumentMark]],
    lines: Mapping[int, LineWords],
    differing: Collection[int],
    sums: Mapping[int, Sums],
    now: datetime,
) -> list[RowView]:
    """Make the lines of a page. *query* is the list's address, carried into details.

    *lines* and *sums* are read only where a column shows them; *differing* are orders that a check found to
    differ.
    """
    base = reverse("orders:detail", args=[0]).removesuffix("0/")
    tail = query if len(query) > 1 else ""
    page = Page.now(now)
    return [
        RowView(
            order=order,
            href=f"{base}{order.id}/{tail}",
            shop=shops.get(order.shop_id, ""),
            marks=documents.get(order.id, ()),
            lines=lines.get(order.id, _NO_LINES),
            differs=order.id in differing,
            money=money_words.words_of(sums.get(order.id), order.currency, now=now) if sums else NO_MONEY,
            page=page,
        )
        for order in orders
    ]


def _name(order: OrderRow) -> str:
    return order.buyer_name or order.buyer_login or show.NONE


def _login(order: OrderRow) -> str:
    return order.buyer_login if order.buyer_name else ""


def _buyer_title(order: OrderRow) -> str:
    nip = show.nip(order.buyer_nip)
    return " · ".join(part for part in (_name(order), _login(order), nip and f"NIP {nip}") if part)


def _created_title(row: RowView) -> str:
    page = row.page
    return f"{page.bought}: {page.moment(row.order.bought_at)} · {page.shop}: {row.shop}"


@lru_cache(maxsize=32)
def status_html(value: str, language: str) -> SafeString:  # noqa: ARG001 -- the key of the cache
    """The seller's status: a colored icon with a plain word."""
    sign = words.STATUSES[value]
    return st.status(sign.color, sign.icon, str(sign.word), "st-status--quiet" if sign.is_quiet else "")


def _offer_end(row: RowView) -> SafeString:
    """The way to the offer, and how many lines more the order has."""
    order = row.order
    url = links.offer_url(marketplace=order.marketplace, offer_id=order.offer_id)
    link = f'<a href="{escape(url)}" target="_blank" rel="noopener">{row.page.offer}</a>' if url else ""
    more = f'<span class="st-more">+{order.line_count - 1}</span>' if order.line_count > 1 else ""
    return SafeString(link + more)


@lru_cache(maxsize=1024)  # a year of days in both languages
def _payment_sign(state: str, word: str, language: str) -> SafeString:  # noqa: ARG001 -- the key of the cache
    sign = words.PAYMENTS[state]
    return st.status(sign.color, sign.icon, word or str(sign.word), "st-status--sm")


def _payment(row: RowView) -> SafeString:
    order = row.order
    if order.payment_state == PaymentState.CANCELLED:
        return NONE
    day = ""
    if order.payment_state == PaymentState.PAID and order.paid_at is not None:
        day = row.page.day(show.local(order.paid_at).date())
    return _payment_sign(order.payment_state, day, row.page.language)


@lru_cache(maxsize=64)
def _problem(code: str, count: int, language: str) -> SafeString:  # noqa: ARG001 -- the key of the cache
    name = words.problem_name(code)
    rest = ngettext("and %(count)s more problem", "and %(count)s more problems", count) % {"count": count}
    return st.badge("red", "alert-circle", name, f"{name} · {rest}" if count else name)


@lru_cache(maxsize=4)
def _changed_icon(language: str) -> SafeString:  # noqa: ARG001 -- the key of the cache
    return st.icon("refresh-alert", "st-icon--14 st-amber", _("Changed after issuing"))


@lru_cache(maxsize=4)
def _differs_icon(language: str) -> SafeString:  # noqa: ARG001 -- the key of the cache
    return st.icon("arrows-diff", "st-icon--14 st-red", _("Differs from Allegro"))


@lru_cache(maxsize=4)
def _issued(language: str) -> str:  # noqa: ARG001 -- the key of the cache
    return escape(pgettext("document of an order", "issued"))


def _documents_cell(row: RowView) -> SafeString:
    """Numbers of documents, else the problem that blocks one or what a check found, else when it came."""
    order, language, marks = row.order, row.page.language, row.marks
    changed = _changed_icon(language) if order.changed_after_issue else ""
    if row.differs:
        changed += _differs_icon(language)
    if marks:
        first, rest = marks[0], len(marks) - 1
        more = f' <span class="st-3">+{rest}</span>' if rest else ""
        found = f'<a href="{escape(first.url)}">{escape(first.number)}</a>{more} {changed}'
    elif order.has_original:
        found = f"{_issued(language)} {changed}"
    elif order.problem:
        found = f"{_problem(order.problem, len(order.problems) - 1, language)} {changed}"
    elif row.differs:
        found = st.badge("red", "arrows-diff", _("Differs from Allegro"))
    else:
        found = _NO_DOCUMENT % show.moment(order.created_at, "time")
    return SafeString(found)


# ``*_html`` are made here from constants and escaped words; the rest is escaped where it is placed.
RowView.WORDS = {
    "id": lambda row: str(row.order.id),
    "number": lambda row: str(row.order.number),
    "outside": lambda row: links.order_url(row.order.allegro_id),
    "minor": lambda row: str(to_minor(row.order.total)),
    "currency": lambda row: row.order.currency,
    "message_html": lambda row: row.page.message if row.order.has_message else "",
    "buyer": lambda row: _name(row.order),
    "login": lambda row: _login(row.order),
    "buyer_title": lambda row: _buyer_title(row.order),
    "nip": lambda row: show.nip(row.order.buyer_nip) or show.NONE,
    "offer": lambda row: row.order.offer_name or show.NONE,
    "offer_title": lambda row: f"{row.order.offer_name} ({row.order.offer_id})",
    "offer_end_html": _offer_end,
    "amount": lambda row: row.page.money(row.order.total, row.order.currency),
    "invoice_html": lambda row: row.page.invoice if row.order.wants_invoice else NONE,
    "payment_html": _payment,
    "payment_title": lambda row: f"{row.page.delivery}: {row.order.delivery_method or show.NONE}",
    "delivery": lambda row: row.order.delivery_method or show.NONE,
    "bought": lambda row: row.page.moment(row.order.bought_at),
    "created": lambda row: row.page.moment(row.order.created_at),
    "created_title": _created_title,
    "status_html": lambda row: status_html(row.order.status, row.page.language),
    "documents_html": _documents_cell,
    "offer_id": lambda row: row.order.offer_id or show.NONE,
    "sku": lambda row: row.lines.sku or show.NONE,
    "product": lambda row: row.lines.product or show.NONE,
    "delivery_cost": lambda row: row.page.money(row.order.delivery_cost, row.order.currency),
    "country": lambda row: row.order.country or show.NONE,
    "marketplace": lambda row: (
        links.MARKETPLACES.get(row.order.marketplace, row.order.marketplace) or show.NONE
    ),
    "allegro_status": lambda row: words.allegro_status(row.order.allegro_status),
    "fulfillment": lambda row: words.fulfillment(row.order.fulfillment_status) or show.NONE,
    "note": lambda row: row.order.delete_reason or row.order.note or show.NONE,
    "commission": lambda row: row.money.commission,
    "profit_html": lambda row: row.money.profit_html,
    "profit_title": lambda row: row.money.profit_title,
    "money_html": lambda row: row.money.state_html,
    "money_title": lambda row: row.money.state_title,
}
