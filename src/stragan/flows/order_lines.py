"""The lines of an order with the VAT code each would get on a document, and where it comes from."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from stragan.companies.models import Company
from stragan.documents import rates
from stragan.documents.sellers import profile_of
from stragan.orders.data import LineData, OrderData


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedLine:
    """One line; ``vat_code`` and ``vat_source`` are None while no rate is certain."""

    data: LineData
    vat_code: str | None
    vat_source: str | None


def listed_lines(order: OrderData, *, company: Company, today: date) -> Sequence[ListedLine]:
    """The goods of an order; a document of *today* would carry these codes."""
    profile = profile_of(company, on=today)
    goods = rates.without_contradictions(
        [rates.goods_line(line, profile=profile, on=today) for line in order.lines]
    )
    return [
        ListedLine(
            data=line,
            vat_code=drafted.vat_code,
            vat_source=str(drafted.vat_source) if drafted.vat_code is not None else None,
        )
        for line, drafted in zip(order.lines, goods, strict=True)
    ]
