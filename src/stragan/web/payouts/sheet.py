"""One payout as a table: balance before, operations with their orders, the rest, the payout, what is left."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from stragan.core.dates import warsaw_date
from stragan.formats.sheets import Column, Kind
from stragan.orders.payout_account import Entry, PayoutAccount
from stragan.shops.money_names import move_word
from stragan.web.shell import show

_BLANK: Final = ("", "", "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """What ``table_response`` writes."""

    title: str
    columns: Sequence[Column]
    rows: Iterable[Sequence[Any]]


def table(account: PayoutAccount, entries: Sequence[Entry]) -> Table:
    """Set the payout out so that its amounts add up from the first row to what is left."""
    columns = [
        Column(title=_("When"), kind=Kind.MOMENT, width=18),
        Column(title=pgettext("operation", "What"), kind=Kind.TEXT, width=32),
        Column(title=_("Order"), kind=Kind.TEXT, width=10),
        Column(title=_("Buyer"), kind=Kind.TEXT, width=32),
        Column(title=_("Payment"), kind=Kind.TEXT, width=38),
        Column(title=_("Amount"), kind=Kind.AMOUNT, width=14),
        Column(title=_("Currency"), kind=Kind.TEXT, width=8),
    ]
    day = warsaw_date(account.payout.occurred_at)
    name = pgettext("name of a file", "Payout")
    return Table(title=f"{name} {day}", columns=columns, rows=list(_rows(account, entries)))


def _rows(account: PayoutAccount, entries: Sequence[Entry]) -> Iterable[Sequence[Any]]:
    currency = account.payout.currency

    def sum_row(word: str, amount: Decimal | None, at: datetime | None = None) -> Sequence[Any]:
        return (_local(at), word, *_BLANK, amount, currency)

    yield sum_row(_("Balance before"), account.opening, account.since)
    for entry in entries:
        order = entry.order
        yield (
            _local(entry.at),
            move_word(entry.kind),
            str(order.number) if order else "",
            order.buyer if order else "",
            entry.payment_id,
            entry.amount,
            currency,
        )
    if account.rest:
        yield sum_row(_("Not explained by any operation"), account.rest)
    yield sum_row(_("Payout"), -account.amount, account.payout.occurred_at)
    yield sum_row(_("Balance left"), account.closing)


def _local(moment: datetime | None) -> datetime | None:
    return show.local(moment).replace(tzinfo=None) if moment else None
