"""Balances of wallets, and what follows from them: each day at 04:00 UTC all of it goes to the bank."""

from typing import Final

from standins.allegro.clock import DAY, HOUR, MINUTE, iso
from standins.allegro.forms import price
from standins.allegro.orders import Json, identifier

PAYOUT_AT: Final = 4 * HOUR
_MONDAY: Final = 4  # 1970 began on a Thursday
_DEDUCTED: Final = 10  # percent of what came in on a Monday's period

Operations = list[tuple[int, Json]]


def with_payouts(operations: Operations, *, seller: int, deducting: bool, now_ms: int) -> Operations:
    """Add payouts, deductions and top-ups to whole days of operations, and write all balances, oldest first.

    A day that went below zero is topped up by the seller, so that each day begins with nothing.
    """
    wallets: dict[tuple[int, str, str], Operations] = {}
    for instant_ms, entry in operations:
        day = -(-(instant_ms - PAYOUT_AT) // DAY)  # the payout at the end of it
        wallet = entry["wallet"]
        key = (day, str(wallet["paymentOperator"]), str(entry["value"]["currency"]))
        wallets.setdefault(key, []).append((instant_ms, entry))
    found: Operations = []
    for (day, operator, currency), members in wallets.items():
        found += _day(members, day=day, wallet=(operator, currency), seller=seller, deducting=deducting)
    return [one for one in sorted(found, key=lambda pair: pair[0]) if one[0] <= now_ms]


def _day(
    members: Operations, *, day: int, wallet: tuple[str, str], seller: int, deducting: bool
) -> Operations:
    end_ms = day * DAY + PAYOUT_AT
    rows = sorted(members, key=lambda pair: pair[0])
    total = sum(_minor(entry["value"]) for _, entry in rows)
    number = (day * 8 + seller) * 64 + sum(map(ord, "".join(wallet))) % 64
    if deducting and total > 0 and day % 7 == _MONDAY:
        taken = -max(1, total * _DEDUCTED // 100)
        total += taken
        deduction = {"deduction": {"id": identifier("d", 3, number)}}
        rows.append((end_ms - MINUTE, _entry("DEDUCTION_CHARGE", "OUTCOME", taken, wallet, deduction)))
    if total < 0:
        rows.append((end_ms, _entry("TOP_UP", "INCOME", -total, wallet, {})))
    elif total > 0:
        payout = {"payout": {"id": identifier("d", 4, number)}}
        rows.append((end_ms, _entry("PAYOUT", "OUTCOME", -total, wallet, payout)))
    balance = 0
    for instant_ms, entry in rows:
        balance += _minor(entry["value"])
        entry["occurredAt"] = iso(instant_ms)
        entry["wallet"] = {**entry["wallet"], "balance": price(balance, wallet[1])}
    return rows


def _entry(name: str, group: str, minor: int, wallet: tuple[str, str], more: Json) -> Json:
    return {
        "type": name,
        "group": group,
        "occurredAt": "",
        "wallet": {"paymentOperator": wallet[0], "type": "AVAILABLE", "balance": None},
        "value": price(minor, wallet[1]),
        "marketplaceId": None,
        **more,
    }


def _minor(amount: Json) -> int:
    return int(str(amount["amount"]).replace(".", ""))
