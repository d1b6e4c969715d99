"""What is asked about documents."""

from collections.abc import Iterable, Sequence
from datetime import date
from uuid import UUID

from django.db.models import QuerySet

from stragan.companies.models import Company
from stragan.core.numbering import format_number, period_of
from stragan.core.snapshot import DocumentKind, DocumentSnapshot, from_bytes
from stragan.documents.models import Document, NumberSeries
from stragan.documents.states import PATTERNS


def snapshot_of(document: Document) -> DocumentSnapshot:
    """Read what the document says."""
    return from_bytes(bytes(document.snapshot))


def document_of(company: Company, public_id: UUID) -> Document | None:
    """Find the document with this public id, if it is the company's."""
    return (
        Document.objects.for_company(company)
        .select_related("order", "contractor", "issued_by")
        .filter(public_id=public_id)
        .first()
    )


def documents_of_order(company: Company, order_id: int) -> list[Document]:
    """Give all documents of an order, oldest first."""
    return list(Document.objects.for_company(company).filter(order_id=order_id).order_by("id"))


def originals_of(company: Company, order_ids: Sequence[int]) -> dict[int, Document]:
    """Give the original fiscal documents of orders, by order id."""
    rows = Document.objects.for_company(company).filter(order_id__in=order_ids, original=True)
    return {row.order_id: row for row in rows if row.order_id is not None}


def numbers_by_order(company: Company, order_ids: Iterable[int]) -> dict[int, list[str]]:
    """Give the numbers of all documents of orders, oldest first, by order id."""
    rows = Document.objects.for_company(company).filter(order_id__in=list(order_ids)).order_by("id")
    numbers: dict[int, list[str]] = {}
    for order_id, number in rows.values_list("order_id", "number"):
        if order_id is not None:
            numbers.setdefault(order_id, []).append(number)
    return numbers


def links_by_order(company: Company, order_ids: Iterable[int]) -> dict[int, list[tuple[str, UUID]]]:
    """Give number and public id of all documents of orders, oldest first, by order id."""
    rows = Document.objects.for_company(company).filter(order_id__in=list(order_ids)).order_by("id")
    links: dict[int, list[tuple[str, UUID]]] = {}
    for order_id, number, public_id in rows.values_list("order_id", "number", "public_id"):
        if order_id is not None:
            links.setdefault(order_id, []).append((number, public_id))
    return links


def newest_documents(company: Company) -> QuerySet[Document]:
    """Give the documents of a company for lists: newest first, without their snapshots."""
    return (
        Document.objects.for_company(company)
        .select_related("order")
        .defer("snapshot")
        .order_by("-issue_date", "-id")
    )


def series_of(company: Company, *, kind: DocumentKind, issue_date: date) -> NumberSeries | None:
    """Find the series of the kind in the month of *issue_date*, if it was begun; takes no lock."""
    pattern = PATTERNS[kind]
    rows = NumberSeries.objects.for_company(company)
    return rows.filter(pattern=pattern, period=period_of(pattern, on=issue_date)).first()


def next_sequence(company: Company, *, kind: DocumentKind, issue_date: date) -> int:
    """Tell which sequence would be next; nothing is taken by asking."""
    series = series_of(company, kind=kind, issue_date=issue_date)
    return series.next_sequence if series else 1


def number_to_be(company: Company, *, kind: DocumentKind, issue_date: date, place: int = 0) -> str:
    """Tell the number a document issued now would get, *place* documents later."""
    sequence = next_sequence(company, kind=kind, issue_date=issue_date) + place
    return format_number(PATTERNS[kind], sequence=sequence, issue_date=issue_date)
