"""The card that says what an order brought and cost, worked out before the template."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from stragan.companies.models import Company
from stragan.core.money import ZERO
from stragan.flows.order_money import OrderAccount, account_of
from stragan.orders.models import Order
from stragan.orders.money import Basis, net_of
from stragan.shops import billing
from stragan.shops.billing import Fee
from stragan.shops.money_names import fee_word, move_word
from stragan.web.orders import money_words
from stragan.web.shell import show


@dataclass(frozen=True, slots=True, kw_only=True)
class MoneyLine:
    """A line of the card: several entries of one kind added up; ``note`` says when and how many."""

    word: str
    amount: Decimal
    note: str


def card_of(company: Company, order: Order, *, now: datetime) -> dict[str, Any]:
    """What the card shows; nothing where no fee and no payment is known and none will come."""
    account = account_of(company, order)
    sums = account.sums
    is_final = sums.is_final(now)
    is_net = sums.basis == Basis.NET
    return {
        "sums": sums,
        "moves": _moves(account),
        "fees": _fees(account.fees, is_net=is_net and sums.profit is not None),
        "is_net": is_net,
        "own_net": _own_net(account) if is_net and sums.profit is not None else None,
        "refunded_back": -sums.refunded,
        "cost_back": -sums.cost if sums.cost is not None else None,
        "is_final": is_final,
        "state": money_words.state_word(sums, now=now),
        "reason": money_words.reason_of(sums, now=now),
        "gap": money_words.gap_word(sums),
        "basis": money_words.basis_word(sums),
    }


def _own_net(account: OrderAccount) -> Decimal:
    """What is left of the buyer's money without VAT: the profit less all that is shown beside it."""
    sums = account.sums
    fees = sum((net_of(fee) or ZERO for fee in account.fees), ZERO)
    return (sums.profit or ZERO) - fees + (sums.cost or ZERO)


def _fees(fees: Iterable[Fee], *, is_net: bool) -> list[MoneyLine]:
    """Fees by kind, in the order in which each kind came first."""
    fees = list(fees)
    names = billing.names() if fees else {}
    kinds: dict[tuple[str, str], list[Fee]] = {}
    for fee in fees:
        kinds.setdefault((fee.type_id, fee.currency), []).append(fee)
    return [
        MoneyLine(
            word=fee_word(type_id, names),
            amount=sum(((net_of(fee) if is_net else fee.amount) or ZERO for fee in members), ZERO),
            note=_when([fee.occurred_at for fee in members]),
        )
        for (type_id, _currency), members in kinds.items()
    ]


def _moves(account: OrderAccount) -> list[MoneyLine]:
    """Operations one by one, oldest first."""
    return [
        MoneyLine(word=move_word(move.kind), amount=move.amount, note=show.moment(move.occurred_at, "long"))
        for move in account.moves
    ]


def _when(instants: list[datetime]) -> str:
    first = show.day(min(instants), short=True)
    if len(instants) == 1:
        return first
    return _("%(count)s entries since %(day)s") % {"count": len(instants), "day": first}
