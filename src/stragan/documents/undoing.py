"""Corrections, voids and ended links. All of it inside the caller's one transaction."""

from collections.abc import Iterable, Sequence

from stragan.companies.models import Company
from stragan.core.numbering import format_number
from stragan.core.snapshot import DocumentSnapshot
from stragan.documents.actions import Author, ask_for_files
from stragan.documents.correcting import Correction, freeze_correction
from stragan.documents.logos import keep_logo
from stragan.documents.models import Document, DocumentVoid, NumberSeries, OrderDocument
from stragan.documents.order_marks import refresh_marks
from stragan.documents.rows import columns_of
from stragan.documents.states import LinkEnd, LinkOrigin
from stragan.kit import audit


def issue_correction(
    correction: Correction,
    *,
    corrects: Document,
    original: DocumentSnapshot,
    frame: DocumentSnapshot,
    reason: str,
    series: NumberSeries,
    author: Author,
) -> tuple[Document, DocumentSnapshot]:
    """Take the next number of *series* for a planned correction of *corrects*, freeze and store it.

    The series must be locked by this transaction and everything checked: from here on nothing is refused.
    *frame* gives dates and seller.
    """
    sequence = series.next_sequence
    series.next_sequence = sequence + 1
    series.save(update_fields=["next_sequence"])
    number = format_number(series.pattern, sequence=sequence, issue_date=frame.issue_date)
    snapshot = freeze_correction(original, correction, frame=frame, number=number, reason=reason)
    keep_logo(corrects.company, snapshot.seller.logo_sha256)
    document = Document.objects.for_company(corrects.company_id).create(
        **columns_of(snapshot),
        company_id=corrects.company_id,
        series=series,
        sequence=sequence,
        order_id=corrects.order_id,
        shop_id=corrects.shop_id,
        corrects=corrects,
        contractor_id=corrects.contractor_id,
        issued_by_id=author.user_id,
    )
    ask_for_files([document], author=author)
    record(
        "document.issued",
        document,
        author=author,
        facts={"number": number, "corrects": corrects.number, "sha256": document.sha256, "reason": reason},
    )
    record("document.corrected", corrects, author=author, facts={"number": corrects.number, "by": number})
    return document, snapshot


def void(document: Document, *, reason: str, author: Author) -> DocumentVoid:
    """Note that *document* is void; its number stays taken."""
    made = DocumentVoid.objects.for_company(document.company_id).create(
        company_id=document.company_id, document=document, at=author.now, by_id=author.user_id, reason=reason
    )
    record("document.voided", document, author=author, facts={"number": document.number, "reason": reason})
    return made


def current_links(company: Company, document_ids: Iterable[int]) -> list[OrderDocument]:
    """Give the links of these documents that have not ended, locked until the transaction ends."""
    rows = OrderDocument.objects.for_company(company).select_for_update()
    return list(rows.filter(document_id__in=list(document_ids), ended_at__isnull=True).order_by("id"))


def end_links(links: Sequence[OrderDocument], *, code: LinkEnd, reason: str, author: Author) -> None:
    """End links: the orders have these documents no longer."""
    for link in links:
        link.ended_at, link.ended_by_id = author.now, author.user_id
        link.end_code, link.end_reason = code.value, reason
    OrderDocument.objects.across_companies().bulk_update(
        links, ["ended_at", "ended_by_id", "end_code", "end_reason"]
    )
    refresh_marks(link.order_id for link in links)


def link(
    document: Document,
    *,
    order_id: int,
    origin: LinkOrigin,
    original: bool,
    author: Author,
) -> OrderDocument:
    """Let an order have *document* too; the database refuses a second original."""
    made = OrderDocument.objects.for_company(document.company_id).create(
        company_id=document.company_id,
        order_id=order_id,
        document=document,
        original=original,
        origin=origin.value,
        at=author.now,
        by_id=author.user_id,
    )
    refresh_marks([order_id])
    return made


def record(verb: str, document: Document, *, author: Author, facts: dict[str, object]) -> None:
    """Write a deed about a document into the trail."""
    deed = audit.Deed(
        verb=verb,
        subject="document",
        subject_id=document.pk,
        company_id=document.company_id,
        user_id=author.user_id,
        actor=author.actor,
        facts={key: value for key, value in facts.items() if value not in ("", None)},
    )
    audit.record([deed], at=author.now)
