"""What ``stragan orders changes`` does once Django is there."""

import argparse
from collections.abc import Iterator, Mapping
from typing import Final

from stragan.cli.choosing import chosen_company
from stragan.cli.output import write_line
from stragan.companies.models import Company
from stragan.documents import change_words, radar
from stragan.documents.changes import Deed, Item
from stragan.documents.models import OrderChange
from stragan.documents.states import ChangeState
from stragan.flows import change_radar
from stragan.flows.replay_orders import chosen_orders
from stragan.kit.audit import Actor
from stragan.kit.clock import business_now

CHUNK: Final = 500


def list_changes(options: argparse.Namespace) -> int:
    """Write one line per order, or settle the change of one; gives the exit code."""
    company = chosen_company(options)
    chosen = chosen_orders(company, order=options.order).order_by("-id") if options.order else None
    order = chosen.first() if chosen is not None else None
    if order is not None and options.settle is not None:
        change_radar.settle(
            company=company,
            order_id=order.pk,
            reason=options.settle,
            by=None,
            actor=Actor.COMMAND,
            now=business_now(),
        )
        options.state = ChangeState.SETTLED.value
    for change in _changes(company, ChangeState(options.state), order_id=order.pk if order else None):
        row = _row(change)
        write_line(row if options.json else _short(row, change), as_json=options.json)
    return 0


def _changes(company: Company, state: ChangeState, *, order_id: int | None) -> Iterator[OrderChange]:
    rows = radar.changes_in(company, state)
    if order_id is not None:
        rows = rows.filter(order_id=order_id)
    yield from rows.iterator(chunk_size=CHUNK)


def _row(change: OrderChange) -> dict[str, object]:
    order = change.order
    return {
        "order": order.allegro_id,
        "number": order.number,
        "shop": order.shop.name,
        "document": change.document.number,
        "state": change.state,
        "deed": change.deed,
        "since": change.found_at.isoformat(),
        "changes": [_item(item) for item in radar.items_of(change)],
        "currency": order.currency,
        "settled_at": change.settled_at.isoformat() if change.settled_at else None,
        "settled_how": change.settled_how or None,
        "reason": change.settle_reason or None,
    }


def _item(item: Item) -> dict[str, object]:
    """Values of personal data are not among them."""
    return {
        "change": item.change.value,
        "deed": item.deed.value,
        "line": item.line or None,
        "old": item.old or None,
        "new": item.new or None,
        "message": change_words.why(item.change, item.deed),
    }


def _short(row: Mapping[str, object], change: OrderChange) -> dict[str, object]:
    """For people: one readable line."""
    told = [
        " ".join(filter(None, (str(change_words.NAMES[item.change]), item.line, _values(item))))
        for item in radar.items_of(change)
    ]
    short = {name: row[name] for name in ("number", "document")}
    short |= {"changes": "; ".join(told), "deed": str(change_words.DEEDS[Deed(change.deed)])}
    return short | {name: row[name] for name in ("settled_how", "reason")}


def _values(item: Item) -> str:
    return " → ".join(filter(None, (item.old, item.new)))
