"""Walks the billing entries of a marketplace in pages of 100, newest first, each of them once.

Pages follow each other by time, not by offset, which ends at 10,000: the next page begins with the oldest
instant of the one before, and what was there already is known by its id.
"""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Final

from stragan.gateways.allegro import AllegroClient, BillingEntry
from stragan.shops.billing import Fee

PAGE: Final = 100
_MS: Final = timedelta(milliseconds=1)  # Allegro's filters know nothing finer
_WITHOUT_VAT: Final = frozenset({"OUT_OF_SCOPE", "NOT_APPLICABLE"})

Ask = Callable[[Callable[[AllegroClient], tuple[BillingEntry, ...]]], tuple[BillingEntry, ...]]


def walk_billing(ask: Ask, *, marketplace: str, start: datetime, end: datetime) -> Iterator[list[Fee]]:
    """Give page after page of the entries from *start* to *end* (both included), newest first."""
    ceiling, offset, seen = end, 0, set[str]()
    while True:
        page = ask(_question(marketplace=marketplace, start=start, end=ceiling, offset=offset))
        yield [fee_of(entry, marketplace=marketplace) for entry in page if entry.id not in seen]
        if len(page) < PAGE:
            return
        oldest = _whole_ms(min(entry.occurred_at for entry in page))
        if oldest >= _whole_ms(ceiling):
            offset += PAGE  # a page of one instant
        else:
            ceiling, offset = oldest, 0
            seen = {entry.id for entry in page}


def fee_of(entry: BillingEntry, *, marketplace: str) -> Fee:
    """Say an entry in our own words; *marketplace* is the one that was asked for."""
    group = entry.type.group
    return Fee(
        entry_id=entry.id,
        type_id=entry.type.id,
        occurred_at=entry.occurred_at,
        amount=entry.value.amount,
        currency=entry.value.currency,
        tax_percent=_tax_percent(entry),
        form_id=(entry.order.id if entry.order else None) or "",
        offer_id=(entry.offer.id if entry.offer else None) or "",
        marketplace=entry.marketplace_id or marketplace,
        name=entry.type.name or "",
        group=(group.id if group else None) or "",
    )


def _tax_percent(entry: BillingEntry) -> int | None:
    """The VAT in the value in 1/100 of a percent; None where Allegro does not say."""
    if entry.tax is None:
        return None
    if entry.tax.percentage is not None:
        try:
            percent = Decimal(str(entry.tax.percentage).replace(",", "."))
            return int((percent * 100).to_integral_value(ROUND_HALF_UP))
        except (InvalidOperation, ValueError):
            return None
    return 0 if entry.tax.annotation in _WITHOUT_VAT else None


def _question(
    *, marketplace: str, start: datetime, end: datetime, offset: int
) -> Callable[[AllegroClient], tuple[BillingEntry, ...]]:
    return lambda client: client.list_billing_entries(
        limit=PAGE,
        offset=offset,
        occurred_from=start,
        occurred_to=end + _MS,  # what is finer than a millisecond too
        marketplace_id=marketplace,
    )


def _whole_ms(instant: datetime) -> datetime:
    return instant.replace(microsecond=instant.microsecond // 1000 * 1000)
