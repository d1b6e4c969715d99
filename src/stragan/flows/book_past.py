"""Post the past ("Zaksięguj przeszłość"): documents issued while no books were kept, chunk by chunk.

Safe to repeat: the database lets a document stand once in a register, and what stands there is left out.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Final

from django.db import transaction
from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Sum
from django.db.models.functions import TruncMonth

from stragan.books import queries
from stragan.books.actions.posting import Posting, lock_ledger, post
from stragan.books.entries import NO_ENTRIES
from stragan.books.models import AwaitedReceipt, CorrectionReceipt, PastPosting, RevenueRow, VatRow
from stragan.books.states import POSTED_KINDS, Register, period_of
from stragan.companies.models import Company, User
from stragan.core.errors import Conflict
from stragan.core.money import ZERO
from stragan.documents.models import Document
from stragan.documents.queries import snapshot_of
from stragan.flows.book_checks import IN_MINUS
from stragan.flows.book_effects import plan
from stragan.kit import audit, jobs

JOB: Final = "books.post_past"
CHUNK: Final = 100
LOOKED_AT: Final = 20  # documents that tell whether there is a past at all


class PastPostingRunning(Conflict):
    """The past is being posted already."""

    code = "past_posting_running"


@dataclass(frozen=True, slots=True, kw_only=True)
class PastMonth:
    """What a month of the past would bring into the books, by issue date, in PLN.

    ``awaited`` is tax of corrections in minus that would wait for the day of receipt; it is not in ``vat``.
    """

    period: str
    documents: int
    net: Decimal
    vat: Decimal
    awaited: Decimal
    is_closed: bool


def candidates(company: Company, *, book: Register) -> QuerySet[Document]:
    """Documents that count in the books and have no row there, and no tax that waits.

    Receipts of a cash register stay among them: only their content tells that they write nothing.
    """
    of_document = {"document_id": OuterRef("pk"), "document__isnull": False, "reverses__isnull": True}
    revenue = RevenueRow.objects.for_company(company).filter(book=book, **of_document)
    vat = VatRow.objects.for_company(company).filter(**of_document)
    documents = Document.objects.for_company(company).filter(kind__in=POSTED_KINDS, void__isnull=True)
    awaited = AwaitedReceipt.objects.for_company(company).filter(document_id=OuterRef("pk"))
    return documents.exclude(Exists(revenue)).exclude(Exists(vat)).exclude(Exists(awaited))


def has_past(company: Company, *, book: Register) -> bool:
    """Whether the oldest documents are not posted: a cheap sign that the past is to be offered."""
    documents = Document.objects.for_company(company).filter(kind__in=POSTED_KINDS)
    documents = documents.order_by("issue_date", "id")  # an index gives them so
    oldest = list(documents.values_list("id", flat=True)[:LOOKED_AT])
    return candidates(company, book=book).filter(pk__in=oldest).exists()


def preview(company: Company, *, book: Register) -> list[PastMonth]:
    """Say per month how much would be posted; reads all documents, so only where somebody asks."""
    closed = queries.closed_months(company)
    received = CorrectionReceipt.objects.for_company(company).filter(document_id=OuterRef("pk"))
    will_wait = IN_MINUS & Q(~Exists(received))
    months = (
        candidates(company, book=book)
        .order_by()
        .annotate(month=TruncMonth("issue_date"))
        .values("month")
        .annotate(
            documents=Count("id"),
            all_net=Sum("net"),
            all_vat=Sum("vat"),
            will_wait=Sum("vat", filter=will_wait),
        )
        .order_by("month")
    )
    return [
        PastMonth(
            period=period_of(row["month"]),
            documents=row["documents"],
            net=row["all_net"] or ZERO,
            vat=(row["all_vat"] or ZERO) - (row["will_wait"] or ZERO),
            awaited=row["will_wait"] or ZERO,
            is_closed=any(period_of(row["month"]) in closed.get(name, ()) for name in (book, Register.VAT)),
        )
        for row in months
    ]


def start(company: Company, *, by: User, now: datetime, asked_at: datetime) -> PastPosting:
    """Have a job post the past.

    :raises stragan.books.queries.BooksOff: the company keeps no books.
    :raises PastPostingRunning: a job is at it.
    """
    book = queries.book_of(company)
    if book is None:
        raise queries.BooksOff
    with transaction.atomic():
        lock_ledger(company)
        rows = PastPosting.objects.for_company(company)
        if rows.filter(finished_at__isnull=True).exists():
            raise PastPostingRunning
        found = candidates(company, book=book)
        latest = found.order_by("-id").values_list("id", flat=True).first()
        run = rows.create(
            company=company,
            book=book,
            state="waiting",
            until_document=latest or 0,
            total=found.count(),
            started_at=now,
            started_by=by,
        )
        jobs.enqueue(
            jobs.Request(
                name=JOB,
                key=f"{JOB}:{run.pk}",
                arguments={"run_id": run.pk},
                company_id=company.pk,
                priority=4,
            ),
            now=asked_at,
        )
    return run


def work(*, run_id: int, clock: Callable[[], datetime]) -> None:
    """Post what is left of a run: what the job ``books.post_past`` does. Safe to repeat and to kill."""
    while _work_chunk(run_id, now=clock()):
        pass


def _work_chunk(run_id: int, *, now: datetime) -> bool:
    """Post the next documents in a transaction of their own; whether there may be more."""
    with transaction.atomic():
        run = (
            PastPosting.objects.across_companies()
            .select_for_update(of=("self",))
            .select_related("company")
            .get(pk=run_id)
        )
        if run.finished_at is not None:
            return False
        company, book = run.company, Register(run.book)
        lock_ledger(company)
        documents = list(
            candidates(company, book=book)
            .filter(pk__gt=run.last_document, pk__lte=run.until_document)
            .order_by("id")[:CHUNK]
        )
        if not documents or queries.book_of(company) is not book:
            _finish(run, now=now)
            return False
        pairs = [(one, snapshot_of(one)) for one in documents]
        keeping = queries.keeping_of(company, book)
        planned = {
            pk: entries
            for pk, entries in plan(pairs, company=company, keeping=keeping).items()
            if entries != NO_ENTRIES
        }
        post(
            [Posting(document_id=pk, entries=entries) for pk, entries in planned.items()],
            company=company,
            now=now,
        )
        run.last_document = documents[-1].pk
        run.seen += len(documents)
        run.posted += len(planned)
        run.save(update_fields=["last_document", "seen", "posted"])
    return True


def _finish(run: PastPosting, *, now: datetime) -> None:
    run.state, run.finished_at = "done", now
    run.save(update_fields=["state", "finished_at"])
    deed = audit.Deed(
        verb="books.past_posted",
        subject="books",
        subject_id=run.pk,
        company_id=run.company_id,
        user_id=run.started_by_id,
        actor=audit.Actor.SYSTEM,
        facts={"documents": run.posted},
    )
    audit.record([deed], at=now)
