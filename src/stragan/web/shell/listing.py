"""The pagination line under a list: which rows are shown, and the addresses beside it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Self
from urllib.parse import urlencode

from django.http import HttpRequest

from stragan.kit.counting import is_capped

SIZES: Final = (50, 100, 200)
DEFAULT_SIZE: Final = 100
LAST_PAGE: Final = 1_000_000  # keeps offsets within what databases count


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """A choice of rows on a page."""

    rows: int
    url: str
    is_current: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Pages:
    """The line itself; ``previous`` and ``next`` are empty where there is no such page."""

    first: int
    last: int
    total: int
    size: int
    number: int
    previous: str
    next: str
    sizes: tuple[Size, ...]

    @classmethod
    def of(cls, request: HttpRequest, *, number: int, size: int, shown: int, total: int) -> Self:
        """Build the line for page *number* (from 1) that shows *shown* rows of *total*.

        *total* may be a count that stopped early: there is a next page as long as this one is full.
        """
        first = (number - 1) * size + 1 if shown else 0
        last = (number - 1) * size + shown
        return cls(
            first=first,
            last=last,
            total=total,
            size=size,
            number=number,
            previous=address(request, page=number - 1 if number > 2 else None) if number > 1 else "",  # noqa: PLR2004 -- page 1 needs no number
            next=address(request, page=number + 1)
            if shown == size and (last < total or is_capped(total))
            else "",
            sizes=tuple(
                Size(rows=rows, url=address(request, size=rows, page=None), is_current=rows == size)
                for rows in SIZES
            ),
        )


def address(request: HttpRequest, **changes: object) -> str:
    """Return the query of this page with some parameters changed; None removes one."""
    pairs: list[tuple[str, str]] = []
    for key, values in request.GET.lists():
        if key not in changes:
            pairs += [(key, value) for value in values]
        elif changes[key] is not None:
            pairs.append((key, str(changes[key])))
    new = {key: value for key, value in changes.items() if value is not None and key not in request.GET}
    return f"?{urlencode(pairs + [(key, str(value)) for key, value in new.items()])}"


def page_number(request: HttpRequest) -> int:
    """Read ``page`` of the address; anything but a positive number means the first."""
    text = request.GET.get("page", "")
    return min(max(int(text), 1), LAST_PAGE) if text.isascii() and text.isdigit() else 1


def page_within(number: int, *, size: int, total: int) -> int:
    """A page past the end is the last one; a count that stopped early knows no end."""
    return number if is_capped(total) else min(number, max(1, -(-total // size)))


def page_size(request: HttpRequest, *, sizes: Sequence[int] = SIZES, default: int = DEFAULT_SIZE) -> int:
    """Read ``size`` of the address; anything but one of *sizes* means *default*."""
    text = request.GET.get("size", "")
    return int(text) if text in {str(size) for size in sizes} else default
