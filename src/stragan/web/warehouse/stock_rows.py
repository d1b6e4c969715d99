"""The lines of the stock list: read in one statement, and with every word ready for the template."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe

from stragan.kit.among import Among
from stragan.warehouse.costs import value_of
from stragan.warehouse.models import StockLevel
from stragan.web.shell import show
from stragan.web.shell.templatetags.rows import NONE
from stragan.web.warehouse.filtering import Rows

_AT_ONCE: Final = 1_000
_ANY_ID: Final = UUID(int=0)
_OF_PRODUCT: Final = ("id", "public_id", "name", "sku", "ean", "unit")
_OF_LEVEL: Final = ("on_hand", "reserved", "available", "average")
_NONE_WIDE: Final = mark_safe('<span class="st-none st-only-wide">–</span>')


@dataclass(frozen=True, slots=True)
class StockLine:
    """What there is of one product."""

    id: int
    public_id: UUID
    name: str
    sku: str
    ean: str
    unit: str
    on_hand: Decimal
    reserved: Decimal
    available: Decimal
    average: Decimal | None

    @property
    def value(self) -> Decimal | None:
        """What lies on the shelf at its average cost in PLN."""
        return value_of(on_hand=self.on_hand, average=self.average)


@dataclass(frozen=True, slots=True, kw_only=True)
class RowView:
    """What ``each_row`` places, all of it text; ``*_html`` are constants around escaped words."""

    id: str
    url: str
    name: str
    sku_html: str
    ean_html: str
    unit: str
    on_hand: str
    on_hand_css: str
    reserved: str
    reserved_html: str
    available: str
    available_css: str
    average_html: str
    value_html: str


def page_lines(rows: Rows, *, start: int, size: int) -> list[StockLine]:
    """Read *size* lines from *start* on: first the ids of products, which the index of the list holds."""
    product = "product_id" if rows.model is StockLevel else "pk"
    ids = list(rows.values_list(product, flat=True)[start : start + size])
    levels = StockLevel.objects.across_companies().filter(Among("product_id", ids)).order_by()
    found = {line.id: line for line in lines_of(levels)}
    return [found[pk] for pk in ids if pk in found]


def lines_of(rows: Rows) -> Iterator[StockLine]:
    """Read all lines in bounded memory."""
    level, product = ("", "product__") if rows.model is StockLevel else ("level__", "")
    columns = [f"{product}{name}" for name in _OF_PRODUCT] + [f"{level}{name}" for name in _OF_LEVEL]
    values: Any = rows.values_list(*columns)
    return (StockLine(*row) for row in values.iterator(chunk_size=_AT_ONCE))


def rows_of(lines: Iterable[StockLine]) -> list[RowView]:
    """Make the lines of a page."""
    # Looking the address up once and not a hundred times spares a tenth of the page's time.
    before, after = reverse("warehouse:card", args=[_ANY_ID]).split(str(_ANY_ID))
    return [_row(line, url=f"{before}{line.public_id}{after}") for line in lines]


def _row(line: StockLine, *, url: str) -> RowView:
    reserved, value = show.quantity(line.reserved), line.value
    return RowView(
        id=str(line.id),
        url=url,
        name=line.name,
        sku_html=_or_none(line.sku),
        ean_html=_or_none(line.ean),
        unit=line.unit,
        on_hand=show.quantity(line.on_hand),
        on_hand_css=" st-red st-600" if line.on_hand < 0 else "",
        reserved=reserved,
        reserved_html=_wide(reserved) if line.reserved else _NONE_WIDE,
        available=show.quantity(line.available),
        available_css=" st-red" if line.available < 0 else "",
        average_html=NONE if line.average is None else show.amount(line.average),
        value_html=NONE if value is None else show.amount(value),
    )


def _or_none(text: str) -> str:
    """Plain text, which ``each_row`` escapes, or the dash of an empty cell."""
    return text or NONE


def _wide(quantity: str) -> SafeString:
    return mark_safe(f'<span class="st-only-wide">{quantity}</span>')  # noqa: S308 -- digits
