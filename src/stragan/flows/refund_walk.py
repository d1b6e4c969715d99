"""Walks Allegro's list of refunds of a period in pages of 100.

Allegro promises no order of this list, so pages follow each other by offset. Refunds are added and none is
taken away, so what shifts is seen twice, never missed. A period with more than 10,000 is read in halves.
Answers that lead nowhere, a page again and again or halves with more than the whole, are unreadable.
"""

from collections.abc import Callable, Generator, Iterator
from datetime import datetime, timedelta
from typing import Final

from stragan.gateways.allegro import AllegroClient, Refund, Refunds, UnreadableAnswer
from stragan.orders.reconciling_refunds import DONE, Refunded

PAGE: Final = 100
REACHABLE: Final = 10_000  # as far as Allegro's other lists of money go
_MS: Final = timedelta(milliseconds=1)

Ask = Callable[[Callable[[AllegroClient], Refunds]], Refunds]


def walk_refunds(ask: Ask, *, start: datetime, end: datetime) -> Iterator[Refunded]:
    """Give the refunds that moved money from *start* to *end* (both included); some may come twice.

    :raises UnreadableAnswer: the answers lead to no end.
    """
    yield from _walk(ask, start=start, end=end)


def _walk(
    ask: Ask, *, start: datetime, end: datetime, at_most: int | None = None
) -> Generator[Refunded, None, int]:
    """As ``walk_refunds``; gives how many there are, which are *at_most* so many, or the answers are odd.

    All may lie in one half, but both together never hold more than the whole, save what came meanwhile.
    """
    first = ask(_page(start=start, end=end, offset=0))
    count = first.total_count
    if at_most is not None and count > at_most + PAGE:
        raise UnreadableAnswer(problem="paging")
    if count > REACHABLE and end - start > _MS:
        middle = start + (end - start) / 2
        left = yield from _walk(ask, start=start, end=middle, at_most=count)
        yield from _walk(ask, start=middle, end=end, at_most=count - left)
    else:
        yield from _read(ask, first, page_at=lambda offset: _page(start=start, end=end, offset=offset))
    return count


def refunds_of_payment(ask: Ask, payment_id: str) -> Iterator[Refunded]:
    """Give all refunds of a payment, whatever became of them.

    :raises UnreadableAnswer: the answers lead to no end.
    """

    def page_at(offset: int) -> Callable[[AllegroClient], Refunds]:
        return lambda client: client.list_refunds(limit=PAGE, offset=offset, payment_id=payment_id)

    yield from _read(ask, ask(page_at(0)), page_at=page_at)


def refunded_of(refund: Refund) -> Refunded:
    """Say a refund in our own words."""
    return Refunded(
        refund_id=refund.id,
        payment_id=refund.payment.id or "",
        form_id=(refund.order.id if refund.order else None) or "",
        status=refund.status,
        amount=refund.total_value.amount,
        currency=refund.total_value.currency,
        created_at=refund.created_at,
        surcharge_ids=tuple(one.id for one in refund.surcharges or () if one.id),
    )


def _read(
    ask: Ask, page: Refunds, *, page_at: Callable[[int], Callable[[AllegroClient], Refunds]]
) -> Iterator[Refunded]:
    offset, seen = 0, set[str]()
    while page.refunds:
        new = {one.id for one in page.refunds} - seen
        if offset >= REACHABLE or not new:
            raise UnreadableAnswer(problem="paging")
        seen |= new
        yield from map(refunded_of, page.refunds)
        offset += len(page.refunds)
        if offset >= page.total_count if page.total_count else len(page.refunds) < PAGE:
            return
        page = ask(page_at(offset))


def _page(*, start: datetime, end: datetime, offset: int) -> Callable[[AllegroClient], Refunds]:
    return lambda client: client.list_refunds(
        limit=PAGE, offset=offset, occurred_from=start, occurred_to=end, status=[DONE]
    )
