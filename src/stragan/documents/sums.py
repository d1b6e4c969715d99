"""Sums over the documents of a list, what is a sale apart from what is none."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from django.db.models import Case, CharField, Count, Q, QuerySet, Sum, Value, When

from stragan.core.money import ZERO
from stragan.core.snapshot import DocumentKind
from stragan.documents.models import Document, DocumentVoid
from stragan.documents.states import PAPER_KINDS


class Share(StrEnum):
    """What documents are to the seller's turnover, in the order in which sums are shown."""

    SALES = "sales"  # invoices, receipts, other income, and corrections with their difference
    REPEATS = "repeats"  # invoices to receipts with their corrections: the receipt counts already
    PAPERS = "papers"  # pro formas and offers


@dataclass(frozen=True, slots=True, kw_only=True)
class Sums:
    """Sums of documents of one share and currency."""

    share: Share
    currency: str
    count: int
    net: Decimal
    vat: Decimal
    gross: Decimal
    to_pay: Decimal

    def __add__(self, other: "Sums") -> "Sums":
        """Both together, of one share and currency."""
        return Sums(
            share=self.share,
            currency=self.currency,
            count=self.count + other.count,
            net=self.net + other.net,
            vat=self.vat + other.vat,
            gross=self.gross + other.gross,
            to_pay=self.to_pay + other.to_pay,
        )


def sums_of(rows: QuerySet[Document]) -> Sequence[Sums]:
    """Sum all of *rows* but void ones: sales first, then by currency; corrections are differences."""
    # Not joins: voids and corrections of repeats are few, and read once.
    voids = DocumentVoid.objects.across_companies().values("document_id")
    repeated = Document.objects.across_companies().filter(
        corrects__isnull=False, corrects__kind=DocumentKind.INVOICE, corrects__original__in=[False]
    )
    share = Case(
        When(kind__in=PAPER_KINDS, then=Value(Share.PAPERS.value)),
        When(Q(kind=DocumentKind.INVOICE, original__in=[False]), then=Value(Share.REPEATS.value)),
        default=Value(Share.SALES.value),
        output_field=CharField(),
    )
    standing = rows.exclude(pk__in=voids)
    # Apart: grouped by what depends on the id, PostgreSQL expects a group for each document and sorts all.
    is_repeated = Q(kind=DocumentKind.CORRECTION, pk__in=repeated.values("pk"))
    parts = (
        *_added(standing.filter(~is_repeated), share=share),
        *_added(standing.filter(is_repeated), share=Value(Share.REPEATS.value)),
    )
    found: dict[tuple[int, str], Sums] = {}
    order = list(Share)
    for part in parts:
        place = (order.index(part.share), part.currency)
        found[place] = found[place] + part if place in found else part
    return [found[place] for place in sorted(found)]


def _added(rows: QuerySet[Document], *, share: Case | Value) -> Iterator[Sums]:
    sums = rows.order_by().annotate(share=share).values("share", "currency")
    for row in sums.annotate(
        count=Count("id"),
        all_net=Sum("net"),
        all_vat=Sum("vat"),
        all_gross=Sum("gross"),
        all_to_pay=Sum("to_pay"),
    ):
        yield Sums(
            share=Share(row["share"]),
            currency=row["currency"],
            count=row["count"],
            net=row["all_net"] or ZERO,
            vat=row["all_vat"] or ZERO,
            gross=row["all_gross"] or ZERO,
            to_pay=row["all_to_pay"] or ZERO,
        )
