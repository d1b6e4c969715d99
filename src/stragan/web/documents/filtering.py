"""The conditions of the documents list: read from the address, written back, turned into a query."""

from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final, Self

from django.db.models import Count, Q, QuerySet, Sum
from django.http import QueryDict

from stragan.companies.models import Company
from stragan.core.money import ZERO
from stragan.core.snapshot import DocumentKind, KsefState
from stragan.documents.models import Document
from stragan.documents.queries import newest_documents
from stragan.kit.search import SHORTEST_TRIGRAM, containing

LONGEST_TEXT: Final = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentFilter:
    """What the list shows; empty parts narrow nothing. Days are issue dates, both included."""

    text: str = ""
    since: date | None = None
    until: date | None = None
    kind: str = ""
    ksef: str = ""

    @classmethod
    def read(cls, query: QueryDict) -> Self:
        """Read the address; what makes no sense is left out."""
        kind, ksef = query.get("kind", ""), query.get("ksef", "")
        return cls(
            text=query.get("q", "").strip()[:LONGEST_TEXT],
            since=_day(query.get("from", "")),
            until=_day(query.get("to", "")),
            kind=kind if kind in set(DocumentKind) else "",
            ksef=ksef if ksef in set(KsefState) else "",
        )

    @property
    def is_plain(self) -> bool:
        """Whether nothing narrows the list."""
        return self == DocumentFilter()

    @property
    def month(self) -> date | None:
        """The first day of the month where the days are exactly one month, else None."""
        if self.since is None or self.until is None or self.since.day != 1:
            return None
        return self.since if self.until == last_of_month(self.since) else None

    def address(self, **changes: object) -> str:
        """The query part of an address with some parts changed; an empty one is left out."""
        values: dict[str, object] = {
            "q": self.text,
            "from": self.since,
            "to": self.until,
            "kind": self.kind,
            "ksef": self.ksef,
        }
        query = QueryDict(mutable=True)
        for name, value in (values | changes).items():
            if value:
                query[name] = str(value)
        return f"?{query.urlencode()}" if query else "?"


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """Sums over every document of a filter, in one currency."""

    currency: str
    count: int
    net: Decimal
    vat: Decimal
    gross: Decimal
    to_pay: Decimal


def matching(company: Company, wanted: DocumentFilter) -> QuerySet[Document]:
    """Documents of *company* that fit, newest first."""
    rows = newest_documents(company)
    if wanted.since:
        rows = rows.filter(issue_date__gte=wanted.since)
    if wanted.until:
        rows = rows.filter(issue_date__lte=wanted.until)
    if wanted.kind:
        rows = rows.filter(kind=wanted.kind)
    if wanted.ksef:
        rows = rows.filter(ksef=wanted.ksef)
    if not wanted.text:
        return rows
    if any(len(word) >= SHORTEST_TRIGRAM for word in wanted.text.split()):
        return containing(rows, wanted.text)
    short = wanted.text
    return rows.filter(Q(number__istartswith=short) | Q(buyer_nip__startswith=short))


def totals_of(rows: QuerySet[Document]) -> Sequence[Totals]:
    """Sum all of *rows*, one result per currency, by its name."""
    sums = (
        rows.order_by()
        .values("currency")
        .annotate(
            count=Count("id"),
            all_net=Sum("net"),
            all_vat=Sum("vat"),
            all_gross=Sum("gross"),
            all_to_pay=Sum("to_pay"),
        )
        .order_by("currency")
    )
    return [
        Totals(
            currency=row["currency"],
            count=row["count"],
            net=row["all_net"] or ZERO,
            vat=row["all_vat"] or ZERO,
            gross=row["all_gross"] or ZERO,
            to_pay=row["all_to_pay"] or ZERO,
        )
        for row in sums
    ]


def last_of_month(day: date) -> date:
    """The last day of the month of *day*."""
    return day.replace(day=monthrange(day.year, day.month)[1])


def months_back(today: date, count: int) -> list[date]:
    """First days of the latest *count* months, this one first."""
    months = []
    year, month = today.year, today.month
    for _ in range(count):
        months.append(date(year, month, 1))
        year, month = (year, month - 1) if month > 1 else (year - 1, 12)
    return months


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
