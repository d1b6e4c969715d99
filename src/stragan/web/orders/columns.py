"""Columns of the list: how each is headed and filled, the default set, what a person chose (S27)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from django.utils.functional import Promise
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

_ROOM_OF_OFFER: Final = 150  # the elastic column is never narrower
_FIXED: Final = 118  # box and number
_STEP: Final = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column. ``cell`` is a pattern for ``each_row``; ``width`` in pixels, 0 is elastic."""

    name: str
    label: str | Promise
    width: int
    cell: SafeString
    short: str | Promise = ""  # the head, where the label is too long for it
    sort: str = ""
    head_class: str = ""
    needs_lines: bool = False
    needs_money: bool = False


def _cell(text: str) -> SafeString:
    return mark_safe(text)  # noqa: S308 -- constants of this file


def _plain(name: str) -> SafeString:
    return _cell(f'<td class="st-2" title="{{row.{name}}}">{{row.{name}}}</td>')


ALL: Final[tuple[Column, ...]] = (
    Column(
        name="buyer",
        label=_("Buyer"),
        width=196,
        cell=_cell(
            '<td class="ph-title" title="{row.buyer_title}">{row.buyer}'
            ' <span class="st-login">{row.login}</span></td>'
        ),
    ),
    Column(name="nip", label=_("NIP"), width=120, cell=_cell('<td class="st-2">{row.nip}</td>')),
    Column(
        name="offer",
        label=pgettext_lazy("column", "Offer"),
        width=0,
        cell=_cell(
            '<td class="ph-text"><div class="st-offer"><span title="{row.offer_title}">{row.offer}</span>'
            "{row.offer_end_html}</div></td>"
        ),
    ),
    Column(name="offer_id", label=_("Number of the offer"), width=128, cell=_plain("offer_id")),
    Column(name="sku", label=_("SKU"), width=128, cell=_plain("sku"), needs_lines=True),
    Column(name="product", label=_("Product"), width=196, cell=_plain("product"), needs_lines=True),
    Column(
        name="amount",
        label=_("Amount"),
        width=104,
        cell=_cell('<td class="st-num st-sum ph-amount">{row.amount}</td>'),
        sort="total",
        head_class="st-num",
    ),
    Column(
        name="delivery_cost",
        label=_("Delivery cost"),
        width=120,
        cell=_cell('<td class="st-num st-2">{row.delivery_cost}</td>'),
        head_class="st-num",
    ),
    Column(
        name="commission",
        label=_("Commission"),
        width=104,
        cell=_cell('<td class="st-num st-2">{row.commission}</td>'),
        head_class="st-num",
        needs_money=True,
    ),
    Column(
        name="profit",
        label=pgettext_lazy("of an order", "Profit"),
        width=104,
        cell=_cell('<td class="st-num" title="{row.profit_title}">{row.profit_html}</td>'),
        head_class="st-num",
        needs_money=True,
    ),
    Column(
        name="money_state",
        label=pgettext_lazy("of an order", "Settlement"),
        width=160,
        cell=_cell('<td title="{row.money_title}">{row.money_html}</td>'),
        needs_money=True,
    ),
    Column(
        name="invoice",
        label=_("Asks for an invoice"),
        short=pgettext_lazy("column: asks for an invoice", "INV"),
        width=38,
        cell=_cell("<td>{row.invoice_html}</td>"),
    ),
    Column(
        name="payment",
        label=_("Payment"),
        width=96,
        cell=_cell('<td title="{row.payment_title}">{row.payment_html}</td>'),
    ),
    Column(name="delivery", label=_("Delivery method"), width=160, cell=_plain("delivery")),
    Column(name="country", label=_("Country"), width=80, cell=_plain("country")),
    Column(name="shop", label=_("Shop"), width=120, cell=_plain("shop")),
    Column(name="marketplace", label=_("Marketplace"), width=144, cell=_plain("marketplace")),
    Column(name="allegro_status", label=_("State on Allegro"), width=178, cell=_plain("allegro_status")),
    Column(name="fulfillment", label=_("Fulfilment"), width=144, cell=_plain("fulfillment")),
    Column(
        name="bought",
        label=_("Bought"),
        width=128,
        cell=_cell('<td class="st-2">{row.bought}</td>'),
        sort="bought",
    ),
    Column(
        name="created",
        label=_("Date created"),
        width=128,
        cell=_cell('<td class="st-2" title="{row.created_title}">{row.created}</td>'),
        sort="created",
    ),
    Column(
        name="status",
        label=_("Status"),
        width=160,
        cell=_cell('<td class="ph-status">{row.status_html}</td>'),
    ),
    Column(
        name="documents",
        label=_("Documents"),
        width=196,
        cell=_cell('<td class="ph-end">{row.documents_html}</td>'),
    ),
    Column(name="note", label=_("Own note"), width=196, cell=_plain("note")),
)
BY_NAME: Final = {column.name: column for column in ALL}
DEFAULT: Final = ("buyer", "offer", "amount", "invoice", "payment", "created", "status", "documents")


@dataclass(frozen=True, slots=True, kw_only=True)
class Chooser:
    """Lines of the chooser: shown columns in their order, then the others."""

    shown: tuple[Column, ...]
    others: tuple[Column, ...]


def known(names: Iterable[str]) -> tuple[str, ...]:
    """Those of *names* that are columns, each once, in the given order."""
    return tuple(dict.fromkeys(name for name in names if name in BY_NAME))


def shown(names: Sequence[str]) -> tuple[Column, ...]:
    """The columns to show, in their order; the default set where none is chosen."""
    return tuple(BY_NAME[name] for name in known(names) or DEFAULT)


def chooser(columns: Sequence[Column]) -> Chooser:
    """All columns, those shown first."""
    return Chooser(shown=tuple(columns), others=tuple(column for column in ALL if column not in columns))


def room(columns: Sequence[Column]) -> int:
    """The narrowest the table may get, in whole hundreds of pixels: a class of the style sheet."""
    wanted = _FIXED + sum(column.width or _ROOM_OF_OFFER for column in columns)
    return min(-(-wanted // _STEP), 40)


def moved(names: Sequence[str], move: str) -> tuple[str, ...]:
    """Order *names* anew after "name:up" or "name:down"."""
    name, _colon, way = move.partition(":")
    found = list(names)
    if name in found:
        place = found.index(name)
        found.insert(max(0, place + (-1 if way == "up" else 1)), found.pop(place))
    return tuple(found)
