"""The operations of a payout on its page, with every word ready for the template."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import pgettext

from stragan.orders.payout_account import Entry
from stragan.shops.money_names import move_word
from stragan.web.shell import show
from stragan.web.shell.templatetags.rows import NONE


@dataclass(frozen=True, slots=True, kw_only=True)
class RowView:
    """What ``each_row`` places, all of it text; ``order_html`` is a link, a sign or a dash."""

    when: str
    word: str
    order_html: SafeString
    buyer: str
    amount: str


def rows_of(entries: Sequence[Entry], *, currency: str) -> list[RowView]:
    """Make the lines of a page."""
    # Looking these up once and not for each row spares much of the page's time.
    moment, money = show.moments(seconds=True), show.moneys()
    order = reverse("orders:detail", args=[0])
    not_here = pgettext("order", "not here")
    kinds = {kind: move_word(kind) for kind in {entry.kind for entry in entries}}
    return [
        RowView(
            when=moment(entry.at),
            word=kinds[entry.kind],
            order_html=_order(entry, address=order, not_here=not_here),
            buyer=entry.order.buyer if entry.order and entry.order.buyer else show.NONE,
            amount=money(entry.amount, currency),
        )
        for entry in entries
    ]


def _order(entry: Entry, *, address: str, not_here: str) -> SafeString:
    if entry.order is not None:
        url = address.replace("0", str(entry.order.id))
        return mark_safe(f'<a href="{url}">{entry.order.number}</a>')  # noqa: S308 -- numbers
    if entry.payment_id:
        return format_html('<span class="st-amber" title="{}">{}</span>', entry.payment_id, not_here)
    return NONE
