"""The conditions of the documents list: read from the address, written back, turned into a query."""

from calendar import monthrange
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Final, Self
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import QueryDict

from stragan.companies.models import Company
from stragan.core.money import round_half_up
from stragan.core.snapshot import DocumentKind, KsefState
from stragan.documents.models import Document, DocumentVoid, NumberSeries, OrderDocument
from stragan.documents.queries import newest_documents
from stragan.kit.search import SHORTEST_TRIGRAM, containing

LONGEST_TEXT: Final = 100
TOTALS_AT_ONCE: Final = 2_000  # sums of more documents come after the page
LARGEST_ID: Final = 2**62
LARGEST_AMOUNT: Final = Decimal(10) ** 12
STATES: Final = ("valid", "void", "corrected")
ORDERS: Final = ("with", "without")
NEWEST: Final = ("-issue_date", "-id")
SORTS: Final[dict[str, tuple[str, str]]] = {
    "issue_date": ("issue_date", "id"),
    "-to_pay": ("-to_pay", "-id"),
    "to_pay": ("to_pay", "id"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentFilter:
    """What the list shows; empty parts narrow nothing. Days are issue dates, both included."""

    text: str = ""
    since: date | None = None
    until: date | None = None
    kind: str = ""
    ksef: str = ""
    state: str = ""  # of STATES
    order: str = ""  # of ORDERS
    shop: int = 0
    contractor: int = 0
    least: Decimal | None = None  # to pay, both included
    most: Decimal | None = None
    sort: str = ""  # of SORTS

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
            state=_one_of(query, "state", STATES),
            order=_one_of(query, "order", ORDERS),
            shop=_id(query.get("shop", "")),
            contractor=_id(query.get("contractor", "")),
            least=_amount(query.get("least", "")),
            most=_amount(query.get("most", "")),
            sort=_one_of(query, "sort", SORTS),
        )

    @property
    def is_plain(self) -> bool:
        """Whether nothing narrows the list."""
        return self == DocumentFilter(sort=self.sort)

    @property
    def is_search(self) -> bool:
        """Whether the text is looked for anywhere: then what was issued last comes first."""
        return any(len(word) >= SHORTEST_TRIGRAM for word in self.text.split())

    @property
    def month(self) -> date | None:
        """The first day of the month where the days are exactly one month, else None."""
        if self.since is None or self.until is None or self.since.day != 1:
            return None
        return self.since if self.until == last_of_month(self.since) else None

    @property
    def tail(self) -> str:
        """What is put behind a document's address, so that its page knows the list; empty where plain."""
        text = self.address()
        return text if len(text) > 1 else ""

    def address(self, **changes: object) -> str:
        """The query part of an address with some parts changed; an empty one is left out."""
        values: dict[str, object] = {
            "q": self.text,
            "from": self.since,
            "to": self.until,
            "kind": self.kind,
            "ksef": self.ksef,
            "state": self.state,
            "order": self.order,
            "shop": self.shop,
            "contractor": self.contractor,
            "least": self.least,
            "most": self.most,
            "sort": self.sort,
        }
        query = QueryDict(mutable=True)
        for name, value in (values | changes).items():
            if value or isinstance(value, Decimal):
                query[name] = str(value)
        return f"?{query.urlencode()}" if query else "?"


def matching(company: Company, wanted: DocumentFilter) -> QuerySet[Document]:
    """Documents of *company* that fit, newest first unless another order is wished."""
    rows = newest_documents(company)
    days = {"issue_date__gte": wanted.since, "issue_date__lte": wanted.until}
    columns = {"kind": wanted.kind, "ksef": wanted.ksef, "contractor_id": wanted.contractor}
    columns |= {"shop_id": wanted.shop}
    narrow = {name: value for name, value in (days | columns).items() if value}
    rows = rows.filter(**narrow)
    if wanted.least is not None:
        rows = rows.filter(Q(to_pay__gte=wanted.least))
    if wanted.most is not None:
        rows = rows.filter(Q(to_pay__lte=wanted.most))
    rows = _by_order(_by_state(rows, company, wanted.state), company, wanted.order)
    if wanted.text:
        rows = (
            containing(rows, wanted.text) if wanted.is_search else _by_beginning(rows, company, wanted.text)
        )
    return rows.order_by(*SORTS[wanted.sort]) if wanted.sort else rows


def _by_state(rows: QuerySet[Document], company: Company, state: str) -> QuerySet[Document]:
    if state == "void":
        return rows.filter(pk__in=DocumentVoid.objects.for_company(company).values("document_id"))
    if state == "valid":
        # Not a join: voids are few, and read once.
        return rows.exclude(pk__in=DocumentVoid.objects.for_company(company).values("document_id"))
    if state == "corrected":
        corrections = Document.objects.for_company(company).filter(corrects__isnull=False)
        return rows.filter(pk__in=corrections.values("corrects_id"))
    return rows


def _by_order(rows: QuerySet[Document], company: Company, order: str) -> QuerySet[Document]:
    """Documents that were written by hand and that no order has, or all others."""
    if not order:
        return rows
    links = OrderDocument.objects.for_company(company).filter(
        document_id=OuterRef("pk"), ended_at__isnull=True
    )
    if order == "without":
        return rows.filter(~Exists(links), order__isnull=True)
    return rows.filter(Q(order__isnull=False) | Exists(links))


def _by_beginning(rows: QuerySet[Document], company: Company, text: str) -> QuerySet[Document]:
    """Documents for a text too short to look for anywhere: a sequence, the start of a NIP or of a series."""
    if text.isascii() and text.isdigit():
        every = NumberSeries.objects.for_company(company).values("pk")
        return rows.filter(
            Q(series_id__in=every, sequence=int(text)) | Q(buyer_nip__gte=text, buyer_nip__lt=f"{text}:")
        )
    series = NumberSeries.objects.for_company(company).filter(pattern__istartswith=text)
    return rows.filter(series_id__in=series.values("pk"))


def neighbors(
    company: Company, wanted: DocumentFilter, document: Document
) -> tuple[UUID | None, UUID | None]:
    """Public ids of the documents before and after *document* in the list as filtered, None at its ends."""
    rows = matching(company, wanted)
    if wanted.is_search and not wanted.sort:
        sides = (rows.filter(pk__gt=document.pk).reverse(), rows.filter(pk__lt=document.pk))
    else:
        first, _by_id = SORTS[wanted.sort] if wanted.sort else NEWEST
        column, value = first.lstrip("-"), getattr(document, first.lstrip("-"))
        # The range beside the tie-break is what lets an index start at the right place.
        lower = rows.filter(
            Q(**{f"{column}__lt": value}) | Q(pk__lt=document.pk), **{f"{column}__lte": value}
        )
        higher = rows.filter(
            Q(**{f"{column}__gt": value}) | Q(pk__gt=document.pk), **{f"{column}__gte": value}
        )
        below, above = lower.order_by(f"-{column}", "-id"), higher.order_by(column, "id")
        sides = (above, below) if first.startswith("-") else (below, above)
    before, after = (side.values_list("public_id", flat=True).first() for side in sides)
    return before, after


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


def _one_of(query: QueryDict, name: str, choices: Collection[str]) -> str:
    text = query.get(name, "")
    return text if text in choices else ""


def _id(text: str) -> int:
    value = int(text) if text.isascii() and text.isdigit() else 0
    return value if value <= LARGEST_ID else 0


def _amount(text: str) -> Decimal | None:
    plain = "".join(text.split()).replace(",", ".")
    try:
        value = Decimal(plain)
    except InvalidOperation:
        return None
    return round_half_up(value) if value.is_finite() and abs(value) < LARGEST_AMOUNT else None


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
