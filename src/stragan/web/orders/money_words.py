"""The money of an order in words: for the list, the page of the order and the file."""

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Final

from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext_lazy, pgettext
from django.utils.translation import gettext as _

from stragan.orders.money import SETTLED_AFTER, Basis, Sums
from stragan.orders.states import MoneyGap
from stragan.web.shell import show
from stragan.web.shell.templatetags import st

# Why it is open, and what would close it.
GAPS: Final[dict[str, str | Promise]] = {
    MoneyGap.FEES_UNREAD: gettext_lazy(
        "Fees of that time were not read: connect the shop again if it says so."
    ),
    MoneyGap.PAYMENTS_UNREAD: gettext_lazy("Payments of that time were not read, so refunds are unknown."),
    MoneyGap.UNPAID: gettext_lazy("No money of the buyer is known to have come."),
    MoneyGap.PAYMENT_SHARED: gettext_lazy(
        "One payment is for several orders: whose the refund is, is unknown."
    ),
    MoneyGap.CURRENCY: gettext_lazy("Fees or goods are in another currency than the order."),
    MoneyGap.DOCUMENT: gettext_lazy("No fiscal document yet, so the VAT in the price is not certain."),
    MoneyGap.FEE_TAX: gettext_lazy("Allegro does not say how much VAT is in a fee."),
    MoneyGap.GOODS: gettext_lazy("Goods have not left the warehouse yet."),
    MoneyGap.PAYOUT: gettext_lazy("The money was not paid out yet."),
    MoneyGap.COMMISSION: gettext_lazy("No commission was charged yet."),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class MoneyWords:
    """Cells of the list."""

    commission: str
    profit_html: SafeString | str
    profit_title: str
    state_html: SafeString | str
    state_title: str


NO_MONEY: Final = MoneyWords(
    commission=show.NONE, profit_html=show.NONE, profit_title="", state_html=show.NONE, state_title=""
)


def words_of(sums: Sums | None, currency: str, *, now: datetime) -> MoneyWords:
    """Say the sums of an order; None where nothing moved its money yet."""
    if sums is None:
        return NO_MONEY
    return MoneyWords(
        commission=show.money(sums.commission, currency) if sums.commission is not None else show.NONE,
        profit_html=_profit(sums, currency),
        profit_title=basis_word(sums) if sums.profit is not None else gap_word(sums),
        state_html=state_html(sums.is_final(now), get_language() or "pl"),
        state_title=reason_of(sums, now=now),
    )


def _profit(sums: Sums, currency: str) -> SafeString | str:
    if sums.profit is None:
        return show.NONE
    text = show.money(sums.profit, currency)
    return format_html('<span class="st-red">{}</span>', text) if sums.profit < 0 else text


def basis_word(sums: Sums) -> str:
    """Which amounts the profit compares."""
    if sums.basis == Basis.NET:
        return _("net, before cost of goods") if sums.cost is None else _("net")
    return _("gross, before cost of goods") if sums.cost is None else _("gross")


def gap_word(sums: Sums) -> str:
    """What is missing; empty when nothing is."""
    return str(GAPS[sums.gap]) if sums.gap in GAPS else ""


def reason_of(sums: Sums, *, now: datetime) -> str:
    """Why the money of an order is final or still open."""
    if sums.is_final(now):
        return _("Nothing moved for %(days)s days, and nothing is missing.") % {"days": SETTLED_AFTER.days}
    parts = [gap_word(sums)]
    if sums.settles_at is not None:
        parts.append(_("Fees and refunds may come until %(day)s.") % {"day": show.day(sums.settles_at)})
    return " ".join(filter(None, parts))


def state_word(sums: Sums, *, now: datetime) -> str:
    """Final or still open, in a word."""
    return _state(is_final=sums.is_final(now))


def _state(*, is_final: bool) -> str:
    return pgettext("money of an order", "Final") if is_final else pgettext("money of an order", "Still open")


@lru_cache(maxsize=8)
def state_html(is_final: bool, language: str) -> SafeString:  # noqa: ARG001, FBT001 -- the key of the cache
    """The same as a sign."""
    sign = ("green", "circle-check") if is_final else ("grey", "clock")
    return st.status(*sign, _state(is_final=is_final))
