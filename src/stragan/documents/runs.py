"""What the pages of a run ask: its preview, and its progress once a second."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from django.db.models import Count, Sum

from stragan.companies.models import Company
from stragan.core.money import ZERO
from stragan.core.numbering import format_number
from stragan.core.snapshot import DocumentKind
from stragan.documents.models import IssueItem, IssueRun
from stragan.documents.queries import next_sequence, pattern_of
from stragan.documents.states import ItemState

SHOWN_REFUSED: Final = 5
SHOWN_LATEST: Final = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadyRow:
    """One line of the tab *Gotowe*. ``number`` is what it would be if it were issued now."""

    order_id: int
    order_number: int
    number: str
    buyer: str
    buyer_source: str
    buyer_replaced: bool
    buyer_nip: str
    net: Decimal
    vat: Decimal
    gross: Decimal
    currency: str
    pieces: str = ""  # that would leave the stock
    is_short: bool = False  # more than is on hand
    books: tuple[str, ...] = ()  # registers it would be posted to


@dataclass(frozen=True, slots=True, kw_only=True)
class TroubleRow:
    """One order that is blocked or was refused, with the code and facts of its sentence."""

    order_id: int
    order_number: int
    buyer: str
    offer_id: str
    offer_name: str
    total: Decimal
    currency: str
    code: str
    params: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """The head of the preview: counts and the sums of what is ready; ``blocked`` counts per code."""

    ready: int
    blocked: Mapping[str, int]
    net: Decimal
    vat: Decimal
    gross: Decimal
    first_number: str
    last_number: str

    @property
    def blocked_count(self) -> int:
        """All blocked orders."""
        return sum(self.blocked.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class LatestRow:
    """One document the run has issued."""

    order_number: int
    document_public_id: UUID
    number: str
    buyer: str
    gross: Decimal
    currency: str
    issued_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far a run has come. ``per_second`` and ``remaining_s`` are None until that can be told."""

    state: str
    issued: int
    refused: int
    waiting: int
    started_at: datetime | None
    finished_at: datetime | None
    per_second: float | None
    remaining_s: int | None
    refused_rows: tuple[TroubleRow, ...]
    latest_rows: tuple[LatestRow, ...]

    @property
    def total(self) -> int:
        """Orders the run takes on; blocked ones are not among them."""
        return self.issued + self.refused + self.waiting

    @property
    def done_percent(self) -> int:
        """Whole percent of the work that is behind."""
        return 100 * (self.issued + self.refused) // self.total if self.total else 100


def run_of(company: Company, public_id: UUID) -> IssueRun | None:
    """Find the run with this public id, if it is the company's."""
    rows = IssueRun.objects.for_company(company).select_related("company", "started_by")
    return rows.filter(public_id=public_id).first()


def preview_of(run: IssueRun) -> Preview:
    """Give the head of the preview; two statements."""
    groups = run.items.values("state", "code").annotate(
        count=Count("id"), net=Sum("net"), vat=Sum("vat"), gross=Sum("gross")
    )
    rows: list[Mapping[str, Any]] = [dict(row) for row in groups.order_by("state", "code")]
    ready = [row for row in rows if row["state"] == ItemState.READY]
    count = sum(row["count"] for row in ready)
    kind = DocumentKind(run.kind)
    first = next_sequence(run.company, kind=kind, issue_date=run.issue_date)
    pattern = pattern_of(run.company, kind)
    return Preview(
        ready=count,
        blocked={row["code"]: row["count"] for row in rows if row["state"] == ItemState.BLOCKED},
        net=sum((row["net"] or ZERO for row in ready), ZERO),
        vat=sum((row["vat"] or ZERO for row in ready), ZERO),
        gross=sum((row["gross"] or ZERO for row in ready), ZERO),
        first_number=_number(run, first, pattern=pattern) if count else "",
        last_number=_number(run, first + count - 1, pattern=pattern) if count else "",
    )


def ready_rows(run: IssueRun, *, offset: int, limit: int) -> list[ReadyRow]:
    """Give one page of what would be issued, in the order of the numbers."""
    first = next_sequence(run.company, kind=DocumentKind(run.kind), issue_date=run.issue_date)
    pattern = pattern_of(run.company, DocumentKind(run.kind))
    items = run.items.filter(state=ItemState.READY).select_related("order").order_by("position")
    return [
        ReadyRow(
            order_id=item.order_id,
            order_number=item.order.number,
            number=_number(run, first + place, pattern=pattern),
            buyer=item.params.get("buyer", item.order.buyer_name),
            buyer_source=item.params.get("source", ""),
            buyer_replaced=item.params.get("replaced", False),
            buyer_nip=item.params.get("nip", ""),
            net=item.net or ZERO,
            vat=item.vat or ZERO,
            gross=item.gross or ZERO,
            currency=item.order.currency,
            pieces=item.params.get("pieces", ""),
            is_short=item.params.get("short", False),
            books=tuple(item.params.get("books", ())),
        )
        for place, item in enumerate(items[offset : offset + limit], start=offset)
    ]


def trouble_rows(
    run: IssueRun, *, state: ItemState, code: str = "", offset: int = 0, limit: int = 100
) -> list[TroubleRow]:
    """Give orders that are blocked or were refused, of one code or of all, in the run's order."""
    items = run.items.filter(state=state).select_related("order").order_by("code", "position")
    if code:
        items = items.filter(code=code)
    return [_trouble(item) for item in items[offset : offset + limit]]


def progress_of(run: IssueRun, *, now: datetime) -> Progress:
    """Say how far the run has come; four short statements, cheap enough for once a second."""
    row = IssueRun.objects.for_company(run.company_id).get(pk=run.pk)
    grouped = run.items.values_list("state").annotate(count=Count("id")).order_by("state")
    counts = dict(grouped.values_list("state", "count"))
    issued, refused = counts.get(ItemState.ISSUED, 0), counts.get(ItemState.REFUSED, 0)
    waiting = counts.get(ItemState.READY, 0)
    speed = None
    if row.started_at is not None:
        elapsed_s = ((row.finished_at or now) - row.started_at).total_seconds()
        speed = (issued + refused) / elapsed_s if elapsed_s > 0 and issued + refused else None
    return Progress(
        state=row.state,
        issued=issued,
        refused=refused,
        waiting=waiting,
        started_at=row.started_at,
        finished_at=row.finished_at,
        per_second=speed,
        remaining_s=round(waiting / speed) if speed and not row.finished_at else None,
        refused_rows=tuple(trouble_rows(run, state=ItemState.REFUSED, limit=SHOWN_REFUSED)),
        latest_rows=_latest(run),
    )


def _latest(run: IssueRun) -> tuple[LatestRow, ...]:
    items = run.items.filter(state=ItemState.ISSUED, document__isnull=False).select_related(
        "document", "order"
    )
    wanted = items.defer("document__snapshot", "document__search_text").order_by("-position")[:SHOWN_LATEST]
    return tuple(
        LatestRow(
            order_number=item.order.number,
            document_public_id=item.document.public_id,
            number=item.document.number,
            buyer=item.document.buyer_name,
            gross=item.document.gross or ZERO,
            currency=item.document.currency,
            issued_at=item.document.issued_at,
        )
        for item in wanted
        if item.document is not None
    )


def _trouble(item: IssueItem) -> TroubleRow:
    order = item.order
    return TroubleRow(
        order_id=order.pk,
        order_number=order.number,
        buyer=order.buyer_name,
        offer_id=order.offer_id,
        offer_name=order.offer_name,
        total=order.total or ZERO,
        currency=order.currency,
        code=item.code,
        params=item.params,
    )


def _number(run: IssueRun, sequence: int, *, pattern: str) -> str:
    return format_number(pattern, sequence=sequence, issue_date=run.issue_date)
