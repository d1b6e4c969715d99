"""The conditions of the stock pages: read from the address, turned into queries."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final, Self

from django.db.models import Q, QuerySet
from django.http import QueryDict

from stragan.companies.models import Company
from stragan.core.folding import fold
from stragan.documents.models import Document
from stragan.kit.among import Among
from stragan.kit.counting import SEARCH_LIMIT, Counted, count_rows
from stragan.kit.search import SHORTEST_TRIGRAM, containing
from stragan.products.listing import starting
from stragan.products.models import Product
from stragan.warehouse.models import StockLevel, StockNote
from stragan.warehouse.states import NoteKind

LONGEST_TEXT: Final = 100
FEW: Final = 1_000
DOCUMENTS_LOOKED_AT: Final = 200
DEFAULT_SORT: Final = "name"
Rows = QuerySet[Any]  # of StockLevel, or of Product joined with its level
# As the indexes of levels say it.
_BY_LEVEL: Final = {
    "below": "warehouse_stocklevel.on_hand < 0",
    "reserved": "warehouse_stocklevel.reserved > 0",
}
_OF_NOTE: Final = (
    *("public_id", "kind", "number", "date", "document_id", "document_number", "supplier", "reason"),
    *("order__number", "reverses__number", "reversed_by__number"),
    *("by__first_name", "by__last_name", "by__email"),
)
_SORTS: Final = ("name", "on_hand", "reserved", "available")


@dataclass(frozen=True, slots=True, kw_only=True)
class StockFilter:
    """What the stock list shows. ``only`` is empty, ``below``, ``none`` or ``reserved``."""

    text: str = ""
    only: str = ""
    sort: str = DEFAULT_SORT

    @classmethod
    def read(cls, query: QueryDict) -> Self:
        """Read the address; what makes no sense is left out."""
        only, sort = query.get("only", ""), query.get("sort", "")
        return cls(
            text=query.get("q", "").strip()[:LONGEST_TEXT],
            only=only if only in {"below", "none", "reserved"} else "",
            sort=sort if sort.removeprefix("-") in _SORTS else DEFAULT_SORT,
        )


def matching(company: Company, wanted: StockFilter) -> Rows:
    """What lies on the company's shelves, in the order asked for: levels, or products that a text finds.

    A search gives the newest first, or by SKU what starts with it, unless something else is asked for.
    """
    if not wanted.text:
        return _in_order(_listed(StockLevel.objects.for_company(company), wanted), wanted)
    shelf = _listed(Product.objects.for_company(company), wanted)
    if any(len(word) >= SHORTEST_TRIGRAM for word in fold(wanted.text).split()):
        found = containing(shelf, wanted.text)
    else:
        found = starting(shelf, wanted.text)
    return found if wanted.sort == DEFAULT_SORT else _in_order(found, wanted)


def _listed(rows: Rows, wanted: StockFilter) -> Rows:
    """What lies on a shelf and in the tab.

    SQLite takes an index that begins with a truth value for "IN" and never for the bare value. So the two
    tabs with an index of their own say it bare, and no larger index is taken for theirs.
    """
    level = _level_of(rows)
    if wanted.only in _BY_LEVEL:
        # Written into the statement: of a parameter SQLite does not know that the index holds it.
        return rows.filter(**{f"{level}is_listed": True}).extra(where=[_BY_LEVEL[wanted.only]])  # noqa: S610 -- our own words
    rows = rows.filter(**{f"{level}is_listed__in": (True,)})
    return rows.filter(**{f"{level}on_hand": 0}) if wanted.only == "none" else rows


def _in_order(rows: Rows, wanted: StockFilter) -> Rows:
    direction = "-" if wanted.sort.startswith("-") else ""
    figure = wanted.sort.removeprefix("-")
    columns = ("name_key", "product_id") if figure == "name" else (figure, "name_key", "product_id")
    return rows.order_by(*(f"{direction}{_level_of(rows)}{column}" for column in columns))


def _level_of(rows: Rows) -> str:
    """How the columns of the level are named from *rows*."""
    return "" if rows.model is StockLevel else "level__"


def count_stock(company: Company, wanted: StockFilter) -> Counted:
    """How many lines there are, exact up to the limit of lists, of a search up to ``SEARCH_LIMIT``."""
    rows = matching(company, replace(wanted, sort=DEFAULT_SORT))
    # The order of a search makes SQLite start from the search index; no other order matters.
    return count_rows(rows, limit=SEARCH_LIMIT) if wanted.text else count_rows(rows.order_by())


def count_of(rows: QuerySet[StockNote]) -> Counted:
    """How many notes there are, exact up to the limit of lists."""
    return count_rows(rows.order_by())


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteFilter:
    """What the list of notes shows; days are both included."""

    text: str = ""
    kind: str = ""
    since: date | None = None
    until: date | None = None

    @classmethod
    def read(cls, query: QueryDict) -> Self:
        """Read the address; what makes no sense is left out."""
        kind = query.get("kind", "")
        return cls(
            text=query.get("q", "").strip()[:LONGEST_TEXT],
            kind=kind if kind in set(NoteKind) else "",
            since=_day(query.get("from", "")),
            until=_day(query.get("to", "")),
        )

    def address(self, **changes: object) -> str:
        """The query part of an address with some parts changed; an empty one is left out."""
        values: dict[str, object] = {
            "q": self.text,
            "kind": self.kind,
            "from": self.since,
            "to": self.until,
        }
        query = QueryDict(mutable=True)
        for name, value in (values | changes).items():
            if value:
                query[name] = str(value)
        return f"?{query.urlencode()}" if query else "?"


def notes_matching(company: Company, wanted: NoteFilter) -> QuerySet[StockNote]:
    """Notes that fit, newest first. The text is the start of a number: of the note or of its document."""
    rows = StockNote.objects.for_company(company)
    if wanted.kind:
        rows = rows.filter(kind=wanted.kind)
    if wanted.since:
        rows = rows.filter(date__gte=wanted.since)
    if wanted.until:
        rows = rows.filter(date__lte=wanted.until)
    if wanted.text:
        text = wanted.text.upper()
        # A range, and not LIKE, is what both databases answer from the index of numbers.
        begins = Q(number__gte=text, number__lt=f"{text}\U0010ffff")
        documents = Document.objects.for_company(company).filter(begins).values_list("id", flat=True)
        rows = rows.filter(begins | Q(document_id__in=list(documents[:DOCUMENTS_LOOKED_AT])))
    return rows.order_by("-date", "-id")


def notes_of_page(rows: QuerySet[StockNote], *, count: int, start: int, size: int) -> list[StockNote]:
    """Read *size* of *count* notes from *start* on; where few fit, they are not looked for among all."""
    if count <= FEW:
        days = sorted(rows.order_by().values_list("date", "pk"), reverse=True)
        ids = [pk for _, pk in days[start : start + size]]
    else:
        ids = list(rows.values_list("pk", flat=True)[start : start + size])
    found = StockNote.objects.across_companies().filter(Among("id", ids)).order_by()
    rows_read = found.select_related("order", "by", "reverses", "reversed_by").only(*_OF_NOTE)
    by_id = {note.pk: note for note in rows_read}
    return [by_id[pk] for pk in ids]


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
