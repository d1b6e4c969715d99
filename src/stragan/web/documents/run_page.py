"""What the pages of a run show: the preview with its two tabs, and the work with its progress."""

from datetime import datetime
from typing import Any, Final

from django.http import HttpRequest
from django.utils.translation import pgettext

from stragan.companies.models import Books
from stragan.companies.queries import vat_standing
from stragan.core.money import ZERO
from stragan.core.snapshot import DocumentKind, KsefState
from stragan.documents import runs
from stragan.documents.drafting import allowed_codes
from stragan.documents.models import IssueRun
from stragan.documents.runs import Preview, ReadyRow, TroubleRow
from stragan.documents.sellers import profile_of
from stragan.documents.states import PAPER_KINDS, ItemState, RunState
from stragan.kit.messages import text_of
from stragan.orders.states import Problem
from stragan.web.documents import effects, rate_fix, words
from stragan.web.documents.troubles import trouble_of
from stragan.web.shell import kinds
from stragan.web.shell.listing import Pages, page_number, page_size

READY: Final = "ready"
BLOCKED: Final = "blocked"
SHOWN_IN_GROUP: Final = 5
WORKING: Final = frozenset({RunState.WAITING, RunState.RUNNING, RunState.STOPPING})


def preview_context(request: HttpRequest, run: IssueRun, *, today: str) -> dict[str, Any]:
    """Collect the preview: its head, and the tab that was asked for."""
    preview = runs.preview_of(run)
    profile = profile_of(run.company, on=run.issue_date)
    tab = request.GET.get("tab", READY)
    is_blocked = tab == BLOCKED or (tab == READY and not preview.ready and bool(preview.blocked_count))
    context: dict[str, Any] = {
        "run": run,
        "preview": preview,
        "total": preview.ready + preview.blocked_count,
        "kind": words.kind_name(run.kind, vat_payer=profile.vat_payer),
        "numbers": number_range(preview),
        "today": today,
        "zero": ZERO,
        "icon": kinds.ICONS[run.kind],
        "effects": effects.figures(run.foreseen),
        "warnings": effects.warnings_of(run.foreseen),
        "is_paper": run.kind in PAPER_KINDS,
        "is_invoice": run.kind == DocumentKind.INVOICE,
        "moves": run.company.warehouse and run.kind not in PAPER_KINDS,
        "posts": run.company.books != Books.NONE and run.kind not in PAPER_KINDS,
        "shows_vat": profile.vat_payer,
        "is_blocked_tab": is_blocked,
    }
    return context | (_blocked(request, run, preview) if is_blocked else _ready(request, run, preview))


def _ready(request: HttpRequest, run: IssueRun, preview: Preview) -> dict[str, Any]:
    number, size = page_number(request), page_size(request)
    rows = runs.ready_rows(run, offset=(number - 1) * size, limit=size)
    return {
        "rows": [_ready_row(row, kind=run.kind) for row in rows],
        "pages": Pages.of(request, number=number, size=size, shown=len(rows), total=preview.ready),
    }


def _ready_row(row: ReadyRow, *, kind: str) -> dict[str, Any]:
    is_unsent = kind == DocumentKind.INVOICE and bool(row.buyer_nip)
    return {
        "row": row,
        "source": words.SOURCES.get(row.buyer_source, row.buyer_source),
        "is_unsent": is_unsent,
        "ksef": pgettext("to KSeF", "not sent") if is_unsent else words.KSEF[KsefState.OUTSIDE],
        "pieces": effects.pieces(row.pieces) if row.pieces else "",
        "books": effects.registers(row.books),
    }


def _blocked(request: HttpRequest, run: IssueRun, preview: Preview) -> dict[str, Any]:
    """Groups by reason, the first few orders of each; one whole group, paginated, when asked for."""
    chosen = request.GET.get("code", "")
    if chosen in preview.blocked:
        number, size = page_number(request), page_size(request)
        rows = runs.trouble_rows(
            run, state=ItemState.BLOCKED, code=chosen, offset=(number - 1) * size, limit=size
        )
        total = preview.blocked[chosen]
        pages = Pages.of(request, number=number, size=size, shown=len(rows), total=total)
        return {"groups": [_group(chosen, total, rows, is_whole=True)], "pages": pages, "chosen": chosen}
    offers = rate_fix.offers_without_rate(run) if Problem.VAT_MISSING in preview.blocked else []
    groups = [
        _group(code, count, runs.trouble_rows(run, state=ItemState.BLOCKED, code=code, limit=SHOWN_IN_GROUP))
        for code, count in sorted(
            preview.blocked.items(), key=lambda pair: (trouble_of(pair[0]).waits, -pair[1], pair[0])
        )
    ]
    return {
        "groups": groups,
        "offers": offers[: rate_fix.SHOWN_OFFERS],
        "vat_choices": [
            (code, words.vat_label(code))
            for code in allowed_codes(profile_of(run.company, on=run.issue_date))
        ],
    }


def _group(code: str, count: int, rows: list[TroubleRow], *, is_whole: bool = False) -> dict[str, Any]:
    return {
        "code": code,
        "trouble": trouble_of(code),
        "count": count,
        "more": 0 if is_whole else count - len(rows),
        "rows": [trouble_row(row) for row in rows],
    }


def trouble_row(row: TroubleRow) -> dict[str, Any]:
    """Give an order in trouble with the sentence about it."""
    return {"row": row, "trouble": trouble_of(row.code), "text": text_of(row.code, row.params)}


def number_range(preview: Preview) -> str:
    """Write the numbers to be: the only one, or the first and the last: ``FV 50–175/11/2026``."""
    first, last = preview.first_number, preview.last_number
    if first == last:
        return first
    (first_head, _, first_tail), (last_head, _, last_tail) = first.partition("/"), last.partition("/")
    if first_tail and first_tail == last_tail:
        return f"{first_head}–{last_head.rpartition(' ')[2]}/{first_tail}"
    return f"{first} – {last}"


def progress_context(run: IssueRun, *, now: datetime) -> dict[str, Any]:
    """Collect the progress: asked for once a second while the run is worked off."""
    progress = runs.progress_of(run, now=now)
    files = files_made(run) if progress.issued else 0
    is_working = progress.state in WORKING
    return {
        "run": run,
        "progress": progress,
        "is_working": is_working,
        "is_waiting": progress.state == RunState.WAITING,
        "is_stopping": progress.state == RunState.STOPPING,
        "is_stopped": progress.state == RunState.STOPPED,
        "is_done": progress.state == RunState.DONE,
        "polls": is_working or files < progress.issued,
        "files": files,
        "refused": [trouble_row(row) for row in progress.refused_rows],
        "more_refused": progress.refused - len(progress.refused_rows),
        "seconds": progress.remaining_s,
        "kind": words.kind_name(run.kind, vat_payer=vat_standing(run.company, on=run.issue_date).vat_payer),
    }


def files_made(run: IssueRun) -> int:
    """Count the run's documents that have their PDF already."""
    return run.items.filter(state=ItemState.ISSUED, document__files__format="pdf").count()
