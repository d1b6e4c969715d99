"""Walks the operations of a wallet in pages of 50, newest first, each of them once.

Pages follow each other by time, not by offset, which ends at 10,000. The oldest instant of a full page is
held back and read whole with the next one, so that operations of one instant can be counted.
"""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Final

from stragan.gateways.allegro import AllegroClient, PaymentOperation, PaymentOperations, UnreadableAnswer
from stragan.shops.payments import Move, numbered

PAGE: Final = 50
REACHABLE: Final = 10_000  # as far as offsets go
_MS: Final = timedelta(milliseconds=1)  # Allegro's filters know nothing finer

Ask = Callable[[Callable[[AllegroClient], PaymentOperations]], PaymentOperations]


def walk_wallet(
    ask: Ask,
    *,
    wallet: str,
    start: datetime | None,
    end: datetime | None,
    payment_id: str | None = None,
    group: str | None = None,
) -> Iterator[list[Move]]:
    """Give part after part of the operations from *start* to *end* (both included), newest first.

    Only those of a payment or of a *group* where one is named.

    :raises UnreadableAnswer: one instant fills all that can be reached of it, so the pages lead to no end.
    """
    ceiling, offset, held = end, 0, list[Move]()
    while True:
        page = ask(
            _question(
                wallet=wallet, start=start, end=ceiling, offset=offset, payment_id=payment_id, group=group
            )
        ).payment_operations
        moves = [
            move
            for move in (move_of(one, wallet=wallet) for one in page)
            if ceiling is None or _whole_ms(move.occurred_at) <= _whole_ms(ceiling)
        ]
        oldest = min((_whole_ms(one.occurred_at) for one in page), default=None)
        if len(page) < PAGE or oldest is None:
            yield numbered([*held, *moves])
            return
        if ceiling is not None and oldest >= _whole_ms(ceiling):
            held += moves
            offset += PAGE  # a page of one instant
            if offset >= REACHABLE:
                raise UnreadableAnswer(problem="paging")
            continue
        yield numbered([*held, *(move for move in moves if _whole_ms(move.occurred_at) > oldest)])
        ceiling, offset, held = oldest, 0, []


def move_of(operation: PaymentOperation, *, wallet: str) -> Move:
    """Say an operation in our own words; *wallet* is the one that was asked for."""
    return Move(
        wallet=wallet,
        operator=operation.wallet.payment_operator or "",
        kind=operation.type,
        group=operation.group or "",
        occurred_at=operation.occurred_at,
        amount=operation.value.amount,
        currency=operation.value.currency,
        payment_id=(operation.payment.id if operation.payment else None) or "",
        payout_id=(operation.payout.id if operation.payout else None) or "",
        marketplace=operation.marketplace_id or "",
        balance=operation.wallet.balance.amount if operation.wallet.balance else None,
    )


def _question(
    *,
    wallet: str,
    start: datetime | None,
    end: datetime | None,
    offset: int,
    payment_id: str | None,
    group: str | None,
) -> Callable[[AllegroClient], PaymentOperations]:
    return lambda client: client.list_payment_operations(
        limit=PAGE,
        offset=offset,
        occurred_from=start,
        occurred_to=end + _MS if end is not None else None,  # what is finer than a millisecond too
        payment_id=payment_id,
        wallet_type=wallet,
        group=group,
    )


def _whole_ms(instant: datetime) -> datetime:
    return instant.replace(microsecond=instant.microsecond // 1000 * 1000)
