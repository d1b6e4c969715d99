"""Walks Allegro's order list in pages of 100, however long it is, without losing what moves meanwhile.

Pages follow each other by time, not by offset: a form that vanishes or moves to the end while we read
would shift offsets, and offsets end at 10,000. The last instant of a page is where the next one
starts, so neighbors overlap and nothing falls between them.
"""

from collections.abc import Callable, Generator
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import Enum
from typing import Final, TypeVar

import msgspec

from stragan.gateways.allegro import AllegroClient, FormPage, RawForm

T = TypeVar("T")
PAGE: Final = 100


class By(Enum):
    """What the list is ordered and cut by; the value is Allegro's word."""

    BOUGHT = "lineItems.boughtAt"
    UPDATED = "updatedAt"


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One page: its forms, and the instant up to which everything has been seen now."""

    forms: tuple[RawForm, ...]
    reached: datetime
    total: int
    is_last: bool


class _Line(msgspec.Struct, rename="camel"):
    bought_at: str | None = None


class _Times(msgspec.Struct, rename="camel"):
    updated_at: str | None = None
    line_items: list[_Line] | None = None


_TIMES: Final = msgspec.json.Decoder(_Times)  # made once: threads must not meet a shape first at once


def walk(
    ask: Callable[[Callable[[AllegroClient], FormPage]], FormPage],
    *,
    by: By,
    start: datetime,
    end: datetime | None = None,
) -> Generator[Step, datetime | None, None]:
    """Give page after page from *start* to *end* (both included), oldest first.

    The receiver may send a later instant into the generator to skip to it.
    """
    floor, offset = start, 0
    while True:
        page = ask(_question(by=by, start=floor, end=end, offset=offset))
        reached = latest_instant(page.forms, by=by) or floor
        is_last = len(page.forms) < PAGE
        skip_to = yield Step(
            forms=page.forms, reached=max(reached, floor), total=page.total_count, is_last=is_last
        )
        if is_last:
            return
        if skip_to is not None and skip_to > max(reached, floor):
            floor, offset = skip_to, 0
        elif reached > floor:
            floor, offset = reached, 0
        else:
            offset += PAGE  # a hundred forms of one instant


def latest_instant(forms: tuple[RawForm, ...], *, by: By) -> datetime | None:
    """The instant of the last form that states one; of a form's purchases the first counts."""
    for form in reversed(forms):
        instants = _instants(form, by=by)
        if instants:
            return min(instants)
    return None


def _question(
    *, by: By, start: datetime, end: datetime | None, offset: int
) -> Callable[[AllegroClient], FormPage]:
    if by is By.BOUGHT:
        return lambda client: client.list_forms(
            limit=PAGE, offset=offset, sort=by.value, bought_from=start, bought_to=end
        )
    return lambda client: client.list_forms(
        limit=PAGE, offset=offset, sort=by.value, updated_from=start, updated_to=end
    )


def _instants(form: RawForm, *, by: By) -> list[datetime]:
    try:
        times = _TIMES.decode(form.payload)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return []
    texts = [times.updated_at] if by is By.UPDATED else [line.bought_at for line in times.line_items or ()]
    return [instant for text in texts if text and (instant := _instant(text))]


def _instant(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
