"""What is asked about documents."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Final, NamedTuple
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet

from stragan.companies.models import Company
from stragan.core.numbering import format_number, period_of
from stragan.core.snapshot import DocumentKind, DocumentSnapshot, from_bytes
from stragan.documents.models import (
    Document,
    DocumentVoid,
    NumberSeries,
    OrderDocument,
    SeriesPattern,
)
from stragan.documents.states import ORIGINAL_KINDS, PATTERNS, LinkOrigin
from stragan.kit.among import Among


class DocumentRow(NamedTuple):
    """What a list shows of a document; amounts in its currency."""

    id: int
    public_id: UUID
    kind: str
    number: str
    issue_date: date
    currency: str
    net: Decimal
    vat: Decimal
    gross: Decimal
    to_pay: Decimal
    buyer_name: str
    buyer_nip: str
    ksef: str
    order_id: int | None  # of the order it was issued for
    order_number: int | None
    void_id: int | None

    @property
    def is_void(self) -> bool:
        """Whether the document was voided."""
        return self.void_id is not None


# Where each field of a row is read.
_ROW: Final = (*DocumentRow._fields[:-2], "order__number", "void__id")


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


def document_by_id(company: Company, document_id: int) -> Document | None:
    """Find a document by its id, if it is the company's."""
    return Document.objects.for_company(company).filter(pk=document_id).first()


def document_by_number(company: Company, number: str) -> Document | None:
    """Find a document by its number."""
    return Document.objects.for_company(company).filter(number=number).first()


def allegro_id_of(company: Company, document: Document) -> str | None:
    """Give the Allegro id of the order a document was issued for or linked to first, None without one."""
    rows = OrderDocument.objects.for_company(company).filter(document_id=document.pk).order_by("id")
    return rows.values_list("order__allegro_id", flat=True).first()


def locked_document(company: Company, document_id: int) -> Document | None:
    """Find a document and hold it until the transaction ends: undoing one document is one queue."""
    return Document.objects.for_company(company).select_for_update().filter(pk=document_id).first()


def corrections_of(document: Document) -> list[Document]:
    """Give the corrections of a document, oldest first."""
    rows = Document.objects.for_company(document.company_id).filter(corrects_id=document.pk)
    return list(rows.order_by("id"))


def conversions_of(document: Document) -> list[Document]:
    """Give the documents made from this one that are not void, oldest first, without their snapshots."""
    rows = Document.objects.for_company(document.company_id).filter(converted_from_id=document.pk)
    return list(rows.filter(void__isnull=True).defer("snapshot").order_by("id"))


def is_linked(document: Document) -> bool:
    """Whether an order has the document now."""
    rows = OrderDocument.objects.for_company(document.company_id)
    return rows.filter(document_id=document.pk, ended_at__isnull=True).exists()


def void_of(document: Document) -> DocumentVoid | None:
    """Say since when and why a document is void, if it is."""
    rows = DocumentVoid.objects.for_company(document.company_id).select_related("by")
    return rows.filter(document_id=document.pk).first()


def voided_at(document_ids: Iterable[int]) -> dict[int, datetime]:
    """Say since when documents are void, by id; those that stand are left out."""
    rows = DocumentVoid.objects.across_companies().filter(document_id__in=list(document_ids))
    return dict(rows.values_list("document_id", "at"))


def free_documents(company: Company) -> QuerySet[Document]:
    """Give fiscal documents and papers that no order has now: not void, no corrections."""
    taken = OrderDocument.objects.for_company(company).filter(
        document_id=OuterRef("pk"), ended_at__isnull=True
    )
    rows = Document.objects.for_company(company).exclude(kind=DocumentKind.CORRECTION)
    return rows.filter(~Exists(taken), void__isnull=True).defer("snapshot")


def documents_of_order(company: Company, order_id: int) -> list[Document]:
    """Give the documents an order has now, oldest first."""
    links = _current_links(company, [order_id]).select_related("document").defer("document__snapshot")
    return [link.document for link in links]


def links_by_hand(company: Company, order_id: int) -> dict[int, int]:
    """Documents that a person linked to the order and that it still has, with their links: ids of both."""
    links = _current_links(company, [order_id]).filter(origin=LinkOrigin.LINKED)
    return dict(links.values_list("document_id", "id"))


def past_links_of_order(company: Company, order_id: int) -> list[OrderDocument]:
    """Give the links of an order that have ended, with their documents, newest end first."""
    rows = OrderDocument.objects.for_company(company).filter(order_id=order_id, ended_at__isnull=False)
    return list(
        rows.select_related("document", "ended_by").defer("document__snapshot").order_by("-ended_at", "-id")
    )


def originals_of(company: Company, order_ids: Iterable[int]) -> dict[int, Document]:
    """Give the original fiscal documents that orders have now, by order id."""
    links = _current_links(company, order_ids).filter(original=True).select_related("document")
    return {link.order_id: link.document for link in links}


def fiscal_links(company: Company, order_ids: Iterable[int]) -> list[OrderDocument]:
    """Give the links of orders to the sales documents they have now, oldest first, without snapshots."""
    links = _current_links(company, order_ids).filter(document__kind__in=ORIGINAL_KINDS)
    return list(links.select_related("document").defer("document__snapshot"))


def current_of_kind(company: Company, order_ids: Iterable[int], *, kind: DocumentKind) -> dict[int, Document]:
    """Give the first document of one kind that orders have now, by order id."""
    links = _current_links(company, order_ids).filter(document__kind=kind).select_related("document")
    found: dict[int, Document] = {}
    for link in links:
        found.setdefault(link.order_id, link.document)
    return found


def numbers_by_order(company: Company, order_ids: Iterable[int]) -> dict[int, list[str]]:
    """Give the numbers of the documents that orders have now, oldest first, by order id."""
    numbers: dict[int, list[str]] = {}
    rows = _current_links(company, order_ids).values_list("order_id", "document__number")
    for order_id, number in rows:
        numbers.setdefault(order_id, []).append(number)
    return numbers


def links_by_order(company: Company, order_ids: Iterable[int]) -> dict[int, list[tuple[str, UUID]]]:
    """Give number and public id of the documents that orders have now, oldest first, by order id."""
    links: dict[int, list[tuple[str, UUID]]] = {}
    rows = _current_links(company, order_ids)
    for order_id, number, public_id in rows.values_list(
        "order_id", "document__number", "document__public_id"
    ):
        links.setdefault(order_id, []).append((number, public_id))
    return links


def _current_links(company: Company, order_ids: Iterable[int]) -> QuerySet[OrderDocument]:
    """Links that have not ended, oldest first."""
    rows = OrderDocument.objects.for_company(company)
    return rows.filter(Among("order_id", order_ids), ended_at__isnull=True).order_by("id")


def linked_numbers(company: Company, document_ids: Iterable[int]) -> dict[int, tuple[int, int]]:
    """Give id and number of the order that has each document now, by document id."""
    rows = OrderDocument.objects.for_company(company)
    rows = rows.filter(Among("document_id", document_ids), ended_at__isnull=True).order_by("-id")
    found = rows.values_list("document_id", "order_id", "order__number")
    return {document_id: (order_id, number) for document_id, order_id, number in found}


def corrected_ids(company: Company, document_ids: Iterable[int]) -> set[int]:
    """Say which of these documents have corrections."""
    rows = Document.objects.across_companies().filter(
        Among("corrects_id", document_ids), corrects__isnull=False
    )
    # The company is looked at here: in the statement SQLite would rather read all of its documents.
    found = rows.values_list("corrects_id", "company_id")
    return {pk for pk, company_id in found if pk is not None and company_id == company.pk}


def rows_in(rows: QuerySet[Document], *, start: int, size: int) -> list[DocumentRow]:
    """Read *size* documents of a list from *start* on: their ids from an index alone, then these rows."""
    return rows_by_id(list(rows.values_list("pk", flat=True)[start : start + size]))


def rows_by_id(ids: Sequence[int]) -> list[DocumentRow]:
    """Read the documents of a list that have these ids, in their order."""
    # By id and nothing else: beside a company or an order SQLite would read the index of all documents.
    found = Document.objects.across_companies().filter(Among("id", ids)).order_by().values_list(*_ROW)
    by_id = {values[0]: DocumentRow(*values) for values in found}
    return [by_id[pk] for pk in ids]


def newest_documents(company: Company) -> QuerySet[Document]:
    """Give the documents of a company for lists: newest first, without their snapshots."""
    return (
        Document.objects.for_company(company)
        .select_related("order", "void")
        .defer("snapshot")
        .order_by("-issue_date", "-id")
    )


def patterns_of(company: Company) -> dict[DocumentKind, str]:
    """Give the pattern of numbers of every kind: the company's own, else the usual one."""
    own = SeriesPattern.objects.for_company(company).values_list("kind", "pattern")
    return {**PATTERNS, **{DocumentKind(kind): pattern for kind, pattern in own}}


def pattern_of(company: Company, kind: DocumentKind) -> str:
    """Give the pattern of numbers of one kind."""
    own = SeriesPattern.objects.for_company(company).filter(kind=kind)
    return own.values_list("pattern", flat=True).first() or PATTERNS[kind]


def series_of(company: Company, *, kind: DocumentKind, issue_date: date) -> NumberSeries | None:
    """Find the series of the kind in the month of *issue_date*, if it was begun; takes no lock."""
    return series_with(company, pattern_of(company, kind), issue_date=issue_date)


def series_with(company: Company, pattern: str, *, issue_date: date) -> NumberSeries | None:
    """Find the series that counts by *pattern* in the period of *issue_date*, if it was begun."""
    rows = NumberSeries.objects.for_company(company)
    return rows.filter(pattern=pattern, period=period_of(pattern, on=issue_date)).first()


def next_sequence(company: Company, *, kind: DocumentKind, issue_date: date) -> int:
    """Tell which sequence would be next; nothing is taken by asking."""
    series = series_of(company, kind=kind, issue_date=issue_date)
    return series.next_sequence if series else 1


def number_to_be(company: Company, *, kind: DocumentKind, issue_date: date, place: int = 0) -> str:
    """Tell the number a document issued now would get, *place* documents later."""
    sequence = next_sequence(company, kind=kind, issue_date=issue_date) + place
    return format_number(pattern_of(company, kind), sequence=sequence, issue_date=issue_date)


def public_ids_of(company: Company, document_ids: Iterable[int]) -> dict[int, UUID]:
    """Give the public ids of documents, by id; asks nothing where there is none."""
    ids = list(document_ids)
    if not ids:
        return {}
    return dict(Document.objects.for_company(company).filter(pk__in=ids).values_list("id", "public_id"))
