"""Look at a month before it is closed: what is missing, what was moved, and whether books are documents."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final, TypeVar

from django.db.models import Exists, OuterRef, Q, QuerySet, Sum
from django.db.models.lookups import Exact

from stragan.books import queries
from stragan.books.entries import NO_ENTRIES, Keeping
from stragan.books.models import AwaitedReceipt, CorrectionReceipt, RevenueRow, VatRow, VatSum
from stragan.books.register import standing
from stragan.books.states import POSTED_KINDS, Register, RowType, first_day, next_period
from stragan.companies.models import Company
from stragan.core.dates import start_of_warsaw_day
from stragan.core.money import ZERO
from stragan.core.snapshot import DocumentKind, KsefState
from stragan.documents.models import Document, DocumentVoid
from stragan.documents.queries import snapshot_of
from stragan.flows.book_effects import plan
from stragan.kit.by_itself import ByItself
from stragan.orders.models import Order
from stragan.orders.states import AllegroStatus

R = TypeVar("R", VatRow, RevenueRow)
CHUNK: Final = 200
MOST_NAMED: Final = 20
# Corrections that lower tax by the day their receipt is confirmed: those of invoices outside KSeF.
# Their state chooses no index: SQLite took that of all documents outside KSeF for narrower.
IN_MINUS: Final = Q(
    Exact(ByItself("ksef"), KsefState.OUTSIDE),
    kind=DocumentKind.CORRECTION,
    vat__lt=ZERO,
    corrects__kind=DocumentKind.INVOICE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """Documents issued in a month against what they have in the books, in PLN; all zero where all is well.

    ``net`` and ``vat`` are documents less rows; tax that waits for the day of receipt is missing in neither.
    ``unposted`` counts documents that should have rows and have none, or neither tax nor a note that it
    waits; the first of them are in ``examples`` (numbers).
    """

    documents: int = 0
    net: Decimal = ZERO
    vat: Decimal = ZERO
    unposted: int = 0
    examples: tuple[str, ...] = ()

    @property
    def is_none(self) -> bool:
        """Whether the books say exactly what the documents say."""
        return not (self.net or self.vat or self.unposted)


@dataclass(frozen=True, slots=True, kw_only=True)
class Checklist:
    """What to look at before closing; counts of a month."""

    orders_without_document: int
    voids: int
    without_ksef_number: int
    awaited: queries.Awaited  # corrections of this and earlier months whose tax stands nowhere yet
    unconfirmed_corrections: int  # those that stand in the register and have no day of receipt
    moved_here: int  # rows that belonged to an earlier month, closed by then
    moved_away: int  # rows that belonged here and stand in a later month
    fiscal_receipts: int


def documents_of(company: Company, period: str) -> QuerySet[Document]:
    """Documents issued in a month that count in the books, void ones left out."""
    return _issued(company, period).filter(kind__in=POSTED_KINDS, void__isnull=True)


def _issued(company: Company, period: str) -> QuerySet[Document]:
    return Document.objects.for_company(company).filter(
        issue_date__gte=first_day(period), issue_date__lt=first_day(next_period(period))
    )


def difference(company: Company, period: str, *, book: Register) -> Difference:
    """Compare documents issued in a month with their rows, wherever these stand; reads every one of them."""
    documents = documents_of(company, period)
    of_document = {"document_id": OuterRef("pk")}
    vat = standing(VatRow.objects.for_company(company)).exclude(type=RowType.FP)
    revenue = standing(RevenueRow.objects.for_company(company)).filter(book=book)
    any_vat = standing(VatRow.objects.for_company(company))
    said = documents.filter(Exists(revenue.filter(**of_document))).aggregate(net=Sum("net"))
    taxed = documents.filter(Exists(vat.filter(**of_document))).aggregate(vat=Sum("vat"))
    net_rows = _rows_of(RevenueRow, company, period).filter(book=book).aggregate(net=Sum("amount"))
    vat_rows = _rows_of(VatRow, company, period).exclude(type=RowType.FP).aggregate(vat=Sum("vat"))
    without = documents.exclude(Exists(revenue.filter(**of_document))).exclude(
        Exists(any_vat.filter(**of_document))
    )
    awaited = AwaitedReceipt.objects.for_company(company).filter(**of_document)
    unposted = list(
        _to_be_posted(without.exclude(Exists(awaited)).order_by("id"), company=company, book=book)
    )
    lost = documents.filter(IN_MINUS).filter(Exists(revenue.filter(**of_document)))
    lost = lost.exclude(Exists(any_vat.filter(**of_document))).exclude(Exists(awaited))
    unposted += lost.order_by("id").values_list("number", flat=True)
    return Difference(
        documents=documents.count(),
        net=(said["net"] or ZERO) - (net_rows["net"] or ZERO),
        vat=(taxed["vat"] or ZERO) - (vat_rows["vat"] or ZERO),
        unposted=len(unposted),
        examples=tuple(unposted[:MOST_NAMED]),
    )


def _rows_of(model: type[R], company: Company, period: str) -> QuerySet[R]:
    """Rows that stand of every document issued in a month, void ones too."""
    of_month = _issued(company, period).values("pk")
    rows: QuerySet[R] = model.objects.across_companies()
    # By document and nothing else: beside the company SQLite would read all of its rows.
    return standing(rows.filter(document__isnull=False, document_id__in=of_month))


def _to_be_posted(documents: QuerySet[Document], *, company: Company, book: Register) -> Iterator[str]:
    """Numbers of documents that should write rows: most of those without any are receipts of a register."""
    keeping = queries.keeping_of(company, book)
    chunk: list[Document] = []
    for document in documents.iterator(chunk_size=CHUNK):
        chunk.append(document)
        if len(chunk) == CHUNK:
            yield from _with_entries(chunk, company=company, keeping=keeping)
            chunk = []
    yield from _with_entries(chunk, company=company, keeping=keeping)


def _with_entries(chunk: Sequence[Document], *, company: Company, keeping: Keeping) -> list[str]:
    planned = plan([(one, snapshot_of(one)) for one in chunk], company=company, keeping=keeping)
    return [one.number for one in chunk if planned[one.pk] != NO_ENTRIES]


def corrections_in_minus(company: Company, period: str) -> QuerySet[Document]:
    """Corrections issued in a month that lower tax by the day their receipt is confirmed."""
    return documents_of(company, period).filter(IN_MINUS).order_by("id")


def checklist(company: Company, period: str, *, book: Register) -> Checklist:
    """Count what a person should see before closing the month."""
    since, until = first_day(period), first_day(next_period(period))
    documents = documents_of(company, period)
    orders = Order.objects.for_company(company).filter(
        visible=True,  # neither closed, cancelled, deleted, gone nor superseded
        has_original=False,
        allegro_status=AllegroStatus.READY_FOR_PROCESSING,
        bought_at__gte=start_of_warsaw_day(since),
        bought_at__lt=start_of_warsaw_day(until),
    )
    of_document = {"document_id": OuterRef("pk")}
    taxed = standing(VatRow.objects.for_company(company)).exclude(type=RowType.FP)
    received = CorrectionReceipt.objects.for_company(company).filter(**of_document)
    corrections = corrections_in_minus(company, period).filter(Exists(taxed.filter(**of_document)))
    # By the sums: a row belonged to the month of its day, unless it is a cash register's report.
    sums = VatSum.objects.for_company(company).exclude(type=RowType.RO)
    here = sums.filter(period=period, day__lt=since)
    away = sums.filter(period__gt=period, day__gte=since, day__lt=until)
    return Checklist(
        orders_without_document=orders.count(),
        voids=DocumentVoid.objects.for_company(company)
        .filter(document__issue_date__gte=since, document__issue_date__lt=until)
        .count(),
        without_ksef_number=documents.filter(ksef=KsefState.NOT_SENT).count(),
        awaited=queries.awaited_sums(queries.awaiting_receipt(company).filter(issue_date__lt=until)),
        unconfirmed_corrections=corrections.exclude(Exists(received)).count(),
        moved_here=here.aggregate(rows=Sum("count"))["rows"] or 0,
        moved_away=away.aggregate(rows=Sum("count"))["rows"] or 0,
        fiscal_receipts=_receipts_without_rows(company, documents, book=book),
    )


def _receipts_without_rows(company: Company, documents: QuerySet[Document], *, book: Register) -> int:
    # A row that takes back has one that it takes back: those of the index of documents tell.
    revenue = RevenueRow.objects.for_company(company).filter(
        book=book, document_id=OuterRef("pk"), document__isnull=False, reverses__isnull=True
    )
    return documents.filter(kind=DocumentKind.RECEIPT).exclude(Exists(revenue)).count()
