"""What ``stragan payouts`` does once Django is there."""

import argparse
from decimal import Decimal

from stragan.cli.choosing import chosen_company
from stragan.cli.output import write_line
from stragan.companies.models import Company
from stragan.core.errors import Refused
from stragan.orders import payout_account
from stragan.orders.payout_account import Entry, PayoutAccount
from stragan.shops.actions import ShopUnknown
from stragan.shops.models import PaymentOperation, Shop
from stragan.shops.queries import shops_of


class PayoutUnknown(Refused):
    """No payout has that id."""

    code = "payout_unknown"


def list_payouts(options: argparse.Namespace) -> int:
    """Write one line per payout, shop by shop, newest first; gives the exit code."""
    company = chosen_company(options)
    for shop in _shops(company, options.shop):
        for row in payout_account.payouts_of(company, shop).iterator(chunk_size=500):
            line = {
                "id": row.pk,
                "shop": shop.name,
                "at": row.occurred_at.isoformat(),
                "operator": row.operator,
                "amount": _text(-row.amount if row.amount is not None else None),
                "currency": row.currency,
                "payout": row.payout_id,
            }
            write_line(line, as_json=options.json)
    return 0


def show_payout(options: argparse.Namespace) -> int:
    """Write one line per operation and then the sums; gives 1 where something stays unexplained."""
    company = chosen_company(options)
    account, entries = payout_account.explained(_payout(company, options.payout))
    for entry in entries:
        write_line(_line(entry, account.payout.currency), as_json=options.json)
    write_line(_result(account), as_json=options.json)
    return 1 if account.rest else 0


def _shops(company: Company, name: str | None) -> list[Shop]:
    shops = list(shops_of(company))
    if name is None:
        return shops
    found = [shop for shop in shops if shop.name == name]
    if not found:
        raise ShopUnknown(shop=name)
    return found


def _payout(company: Company, wanted: str) -> PaymentOperation:
    payout = payout_account.payout_of(company, int(wanted)) if wanted.isdecimal() else None
    if payout is None:
        shops = list(shops_of(company))
        rows = (payout_account.payouts_of(company, shop).filter(payout_id=wanted) for shop in shops)
        payout = next((row for found in rows for row in found.select_related("shop")[:1]), None)
    if payout is None:
        raise PayoutUnknown(payout=wanted)
    return payout


def _line(entry: Entry, currency: str) -> dict[str, object]:
    return {
        "at": entry.at.isoformat(),
        "kind": entry.kind,
        "part": entry.part.value,
        "amount": _text(entry.amount),
        "currency": currency,
        "order": entry.order.number if entry.order else None,
        "payment": entry.payment_id or None,
    }


def _result(account: PayoutAccount) -> dict[str, object]:
    return {
        "paid_out": _text(account.amount),
        "currency": account.payout.currency,
        "since": account.since.isoformat() if account.since else None,
        "before": _text(account.opening),
        **{part.value: _text(amount) for part, amount, _count in account.parts},
        "left": _text(account.closing),
        "unexplained": _text(account.rest),
        "cancelled": account.is_cancelled,
    }


def _text(amount: Decimal | None) -> str | None:
    return f"{amount:.2f}" if amount is not None else None
