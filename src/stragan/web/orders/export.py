"""The list as a table to take away: the same columns, or all of them, a chunk of orders at a time."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from stragan.companies.models import Company
from stragan.documents.queries import numbers_by_order
from stragan.formats import sheets
from stragan.formats.sheets import Kind
from stragan.orders import money_rows, queries
from stragan.orders.money import Sums
from stragan.orders.queries import OrderFilter, OrderRow
from stragan.web.orders import columns, links, money_words, words
from stragan.web.orders.list_page import line_words
from stragan.web.orders.rows import LineWords
from stragan.web.shell import show

LARGEST: Final = 100_000
_CHUNK: Final = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """An order with what stands beside it."""

    order: OrderRow
    shop: str
    documents: Sequence[str]
    lines: LineWords
    money: Sums | None
    now: datetime

    @property
    def state_word(self) -> str:
        """Whether its money is settled."""
        return money_words.state_word(self.money, now=self.now) if self.money else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Field:
    """One column of the file: ``part_of`` names the column of the list it belongs to."""

    part_of: str
    title: str | Promise
    value: Callable[[Row], Any]
    kind: Kind = Kind.TEXT
    width: int = 16


def _local(moment: datetime | None) -> datetime | None:
    return show.local(moment).replace(tzinfo=None) if moment else None


def _yes(value: bool) -> str:  # noqa: FBT001 -- the value itself, no switch
    return _("yes") if value else _("no")


_FIELDS: Final[tuple[_Field, ...]] = (
    _Field(part_of="", title=gettext_lazy("Number"), value=lambda row: row.order.number, kind=Kind.NUMBER),
    _Field(part_of="buyer", title=gettext_lazy("Buyer"), value=lambda row: row.order.buyer_name, width=32),
    _Field(part_of="buyer", title=gettext_lazy("Allegro account"), value=lambda row: row.order.buyer_login),
    _Field(part_of="nip", title=gettext_lazy("NIP"), value=lambda row: row.order.buyer_nip),
    _Field(part_of="offer", title=gettext_lazy("Offer"), value=lambda row: row.order.offer_name, width=48),
    _Field(
        part_of="offer", title=gettext_lazy("Items"), value=lambda row: row.order.line_count, kind=Kind.NUMBER
    ),
    _Field(
        part_of="offer_id", title=gettext_lazy("Number of the offer"), value=lambda row: row.order.offer_id
    ),
    _Field(part_of="sku", title=gettext_lazy("SKU"), value=lambda row: row.lines.sku, width=24),
    _Field(part_of="product", title=gettext_lazy("Product"), value=lambda row: row.lines.product, width=32),
    _Field(
        part_of="amount", title=gettext_lazy("Amount"), value=lambda row: row.order.total, kind=Kind.AMOUNT
    ),
    _Field(part_of="amount", title=gettext_lazy("Currency"), value=lambda row: row.order.currency, width=8),
    _Field(
        part_of="delivery_cost",
        title=gettext_lazy("Delivery cost"),
        value=lambda row: row.order.delivery_cost,
        kind=Kind.AMOUNT,
    ),
    _Field(
        part_of="commission",
        title=gettext_lazy("Commission"),
        value=lambda row: row.money.commission if row.money else None,
        kind=Kind.AMOUNT,
    ),
    _Field(
        part_of="profit",
        title=pgettext_lazy("of an order", "Profit"),
        value=lambda row: row.money.profit if row.money else None,
        kind=Kind.AMOUNT,
    ),
    _Field(
        part_of="profit",
        title=gettext_lazy("Profit compares"),
        value=lambda row: money_words.basis_word(row.money) if row.money else "",
        width=24,
    ),
    _Field(
        part_of="money_state",
        title=pgettext_lazy("of an order", "Settlement"),
        value=lambda row: row.state_word,
        width=28,
    ),
    _Field(
        part_of="invoice",
        title=gettext_lazy("Asks for an invoice"),
        value=lambda row: _yes(row.order.wants_invoice),
    ),
    _Field(
        part_of="payment",
        title=gettext_lazy("Payment"),
        value=lambda row: str(words.PAYMENTS[row.order.payment_state].word),
    ),
    _Field(
        part_of="payment",
        title=gettext_lazy("Paid on"),
        value=lambda row: _local(row.order.paid_at),
        kind=Kind.MOMENT,
        width=18,
    ),
    _Field(
        part_of="delivery",
        title=gettext_lazy("Delivery method"),
        value=lambda row: row.order.delivery_method,
        width=28,
    ),
    _Field(part_of="country", title=gettext_lazy("Country"), value=lambda row: row.order.country, width=8),
    _Field(part_of="shop", title=gettext_lazy("Shop"), value=lambda row: row.shop, width=20),
    _Field(
        part_of="marketplace",
        title=gettext_lazy("Marketplace"),
        value=lambda row: links.MARKETPLACES.get(row.order.marketplace, row.order.marketplace),
    ),
    _Field(
        part_of="allegro_status",
        title=gettext_lazy("State on Allegro"),
        value=lambda row: words.allegro_status(row.order.allegro_status),
        width=24,
    ),
    _Field(
        part_of="fulfillment",
        title=gettext_lazy("Fulfilment"),
        value=lambda row: words.fulfillment(row.order.fulfillment_status),
    ),
    _Field(
        part_of="bought",
        title=gettext_lazy("Bought"),
        value=lambda row: _local(row.order.bought_at),
        kind=Kind.MOMENT,
        width=18,
    ),
    _Field(
        part_of="created",
        title=gettext_lazy("Date created"),
        value=lambda row: _local(row.order.created_at),
        kind=Kind.MOMENT,
        width=18,
    ),
    _Field(
        part_of="status",
        title=gettext_lazy("Status"),
        value=lambda row: str(words.STATUSES[row.order.status].word),
        width=22,
    ),
    _Field(
        part_of="documents",
        title=gettext_lazy("Documents"),
        value=lambda row: ", ".join(row.documents),
        width=28,
    ),
    _Field(
        part_of="documents",
        title=gettext_lazy("Problems"),
        value=lambda row: ", ".join(words.problem_name(code) for code in row.order.problems),
        width=24,
    ),
    _Field(part_of="note", title=gettext_lazy("Own note"), value=lambda row: row.order.note, width=32),
    _Field(
        part_of="allegro_id",
        title=gettext_lazy("Order on Allegro"),
        value=lambda row: row.order.allegro_id,
        width=38,
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """What ``table_response`` writes: heads, and rows that are read while they are written."""

    title: str
    columns: Sequence[sheets.Column]
    rows: Iterator[Sequence[Any]]


def table(
    company: Company,
    *,
    wanted: OrderFilter,
    ids: Sequence[int] | None,
    shops: Mapping[int, str],
    shown: Sequence[columns.Column] | None,
    now: datetime,
) -> Table:
    """Set out the orders: those of *ids* in that order, else all that match; *shown* None is every column."""
    names = {"", *(column.name for column in shown)} if shown is not None else None
    fields = [one for one in _FIELDS if names is None or one.part_of in names]
    if shown is not None:
        places = {column.name: place for place, column in enumerate(shown)}
        fields.sort(key=lambda one: places.get(one.part_of, -1))
    found = _selected(company, ids) if ids is not None else _matching(company, wanted)
    needs_lines = any(one.part_of in {"sku", "product"} for one in fields)
    needs_money = any(one.part_of in {"commission", "profit", "money_state"} for one in fields)
    rows = _rows(company, found, shops=shops, needs_lines=needs_lines, needs_money=needs_money, now=now)
    return Table(
        title=pgettext("name of a file", "Orders"),
        columns=[sheets.Column(title=str(one.title), kind=one.kind, width=one.width) for one in fields],
        rows=([one.value(row) for one in fields] for row in rows),
    )


def _matching(company: Company, wanted: OrderFilter) -> Iterator[list[OrderRow]]:
    """All matching orders as they are when the first is read: their ids first, then chunk by chunk."""
    yield from _selected(company, queries.ids_matching(company, wanted, limit=LARGEST))


def _selected(company: Company, ids: Sequence[int]) -> Iterator[list[OrderRow]]:
    for start in range(0, len(ids), _CHUNK):
        yield queries.rows_of_orders(company, ids[start : start + _CHUNK])


def _rows(
    company: Company,
    chunks: Iterator[list[OrderRow]],
    *,
    shops: Mapping[int, str],
    needs_lines: bool,
    needs_money: bool,
    now: datetime,
) -> Iterator[Row]:
    nothing = LineWords()
    for chunk in chunks:
        ids = [order.id for order in chunk]
        documents = numbers_by_order(company, ids)
        lines = line_words(company, ids) if needs_lines else {}
        sums = money_rows.sums_of(company, ids) if needs_money else {}
        for order in chunk:
            yield Row(
                order=order,
                shop=shops.get(order.shop_id, ""),
                documents=documents.get(order.id, ()),
                lines=lines.get(order.id, nothing),
                money=sums.get(order.id),
                now=now,
            )
