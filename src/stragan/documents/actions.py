"""Give documents their numbers and freeze them. All of it inside the caller's one transaction."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from stragan.companies.models import Company, User
from stragan.contractors.actions import BuyerFacts, keep_changes, match_or_create
from stragan.core.errors import Refused
from stragan.core.numbering import format_number, period_of
from stragan.core.snapshot import DocumentKind, DocumentSnapshot
from stragan.documents.content import DraftContent
from stragan.documents.freezing import Sums, freeze
from stragan.documents.logos import keep_logo
from stragan.documents.models import Document, Draft, NumberSeries, OrderDocument
from stragan.documents.order_marks import refresh_marks
from stragan.documents.queries import pattern_of
from stragan.documents.rows import columns_of
from stragan.documents.sellers import profile_of, seller_of
from stragan.documents.states import LinkOrigin
from stragan.kit import audit, jobs
from stragan.kit.bulk import insert_instances, insert_rows

_LINK_COLUMNS: Final = (
    "company",
    "order",
    "document",
    "original",
    "origin",
    "at",
    "by",
    "end_code",
    "end_reason",
)
RENDER_PDF: Final = "documents.render_pdf"


class IssueDateTooEarly(Refused):
    """A later date stands in the series already: numbers must follow dates."""

    code = "issue_date_too_early"


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """A checked document that only lacks its number. ``reason`` is why it was allowed to differ.

    ``order_id`` is 0 for one written by hand. ``buyer`` is None where no contractor stands on it;
    ``source_id`` is the document it is made from.
    """

    order_id: int
    shop: str
    content: DraftContent
    sums: Sums
    buyer: BuyerFacts | None
    reason: str = ""
    source_id: int | None = None
    shop_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Author:
    """Who issues, and when. ``now`` is the instant of business, ``asked_at`` the machine's for the queue."""

    user: User | None
    actor: audit.Actor
    now: datetime
    asked_at: datetime

    @property
    def user_id(self) -> int | None:
        """Id of the person, None for a command or the system."""
        return self.user.pk if self.user else None


def lock_series(*, company: Company, kind: DocumentKind, issue_date: date) -> NumberSeries:
    """Give the series of the kind in the month of *issue_date*, locked until the transaction ends.

    The lock is taken before anything else is read, so issuing documents of one series is one queue. On
    SQLite the transaction itself holds the lock.
    """
    pattern = pattern_of(company, kind)
    period = period_of(pattern, on=issue_date)
    rows = NumberSeries.objects.for_company(company)
    locked = rows.select_for_update().filter(pattern=pattern, period=period)
    series = locked.first()
    if series is None:
        # Two that begin a month at once: the unique key keeps one row, both then wait for it.
        new = NumberSeries(company=company, pattern=pattern, period=period)
        rows.bulk_create([new], ignore_conflicts=True)
        series = locked.get()
    return series


def require_order_of_dates(series: NumberSeries, *, issue_date: date) -> None:
    """See that numbers keep following dates within the series.

    :raises IssueDateTooEarly: the latest document of the series has a later date.
    """
    # Not by company, whose the series is: PostgreSQL would rather read and sort every document of both.
    rows = Document.objects.across_companies().filter(series=series)
    latest = rows.order_by("-sequence").values_list("issue_date", flat=True).first()
    if latest is not None and latest > issue_date:
        raise IssueDateTooEarly(latest=latest.isoformat())


def issue_prepared(
    prepared: Sequence[Prepared], *, company: Company, series: NumberSeries, author: Author
) -> list[tuple[Document, DocumentSnapshot]]:
    """Take one block of numbers for exactly these documents, freeze and store them, ask for their files.

    The series must be locked by this transaction and every document must be valid: from here on nothing
    is refused, so that no number is lost. Contractors are matched or created, drafts are used up.
    """
    if not prepared:
        return []
    buyers = [one.buyer for one in prepared if one.buyer is not None]
    contractors = match_or_create(buyers, company_id=company.pk, now=author.now)
    first = series.next_sequence
    series.next_sequence = first + len(prepared)
    series.save(update_fields=["next_sequence"])
    profile = profile_of(company, on=prepared[0].content.issue_date)
    seller = seller_of(company, profile=profile)
    keep_logo(company, seller.logo_sha256)
    documents, snapshots = [], []
    for sequence, one in enumerate(prepared, start=first):
        number = format_number(series.pattern, sequence=sequence, issue_date=one.content.issue_date)
        snapshot = freeze(
            one.content,
            sums=one.sums,
            seller=seller,
            profile=profile,
            number=number,
            shop=one.shop,
            issued_at=author.now,
        )
        snapshots.append(snapshot)
        documents.append(
            _row(
                snapshot,
                one,
                company_id=company.pk,
                contractor_id=contractors[one.buyer.match_key].pk if one.buyer else None,
                series_id=series.pk,
                sequence=sequence,
                user_id=author.user_id,
            )
        )
    insert_instances(documents, key="number")
    pairs = zip(prepared, documents, strict=True)
    numbers = {one.buyer.match_key: row.number for one, row in pairs if one.buyer}
    keep_changes(contractors, numbers=numbers, user_id=author.user_id)
    Draft.objects.for_company(company).filter(
        order_id__in=[one.order_id for one in prepared], kind=prepared[0].content.kind
    ).delete()
    _link_to_orders(documents, author=author)
    ask_for_files(documents, author=author)
    _record(documents, prepared, author=author)
    return list(zip(documents, snapshots, strict=True))


def _row(
    snapshot: DocumentSnapshot,
    one: Prepared,
    *,
    company_id: int,
    contractor_id: int | None,
    series_id: int,
    sequence: int,
    user_id: int | None,
) -> Document:
    return Document(
        **columns_of(snapshot, allegro_login=one.buyer.allegro_login if one.buyer else ""),
        company_id=company_id,
        series_id=series_id,
        sequence=sequence,
        order_id=one.order_id or None,
        shop_id=one.shop_id,
        converted_from_id=one.source_id,
        contractor_id=contractor_id,
        issued_by_id=user_id,
    )


def _link_to_orders(documents: Sequence[Document], *, author: Author) -> None:
    """Let orders have these documents; the database refuses a second original."""
    insert_rows(
        OrderDocument,
        columns=_LINK_COLUMNS,
        rows=(
            (
                document.company_id,
                document.order_id,
                document.pk,
                document.original,
                LinkOrigin.ISSUED.value,
                author.now,
                author.user_id,
                "",
                "",
            )
            for document in documents
            if document.order_id is not None
        ),
    )
    refresh_marks(document.order_id for document in documents if document.order_id is not None)


def ask_for_files(documents: Sequence[Document], *, author: Author) -> None:
    """Have a worker make the PDFs."""
    jobs.enqueue_many(
        (
            jobs.Request(
                name=RENDER_PDF,
                key=f"{RENDER_PDF}:{document.pk}",
                arguments={"document_id": document.pk},
                company_id=document.company_id,
                priority=7,
            )
            for document in documents
        ),
        now=author.asked_at,
    )


def _record(documents: Sequence[Document], prepared: Sequence[Prepared], *, author: Author) -> None:
    audit.record(
        (
            audit.Deed(
                verb="document.issued",
                subject="document",
                subject_id=document.pk,
                company_id=document.company_id,
                user_id=author.user_id,
                actor=author.actor,
                facts={"number": document.number, "order": one.order_id or None, "sha256": document.sha256}
                | ({"reason": one.reason} if one.reason else {})
                | ({"made_from": one.source_id} if one.source_id else {}),
            )
            for document, one in zip(documents, prepared, strict=True)
        ),
        at=author.now,
    )
