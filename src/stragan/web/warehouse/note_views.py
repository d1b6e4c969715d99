"""Stock notes: the list, one note to read, print or reverse."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from stragan.companies.states import Ability, may
from stragan.core.errors import StraganError
from stragan.documents.queries import public_ids_of
from stragan.kit import clock
from stragan.kit.messages import text_of_error
from stragan.warehouse import actions
from stragan.warehouse.models import StockNote
from stragan.warehouse.queries import note_of
from stragan.warehouse.states import KINDS_BY_HAND, NoteKind
from stragan.web.shell.access import member_page
from stragan.web.shell.listing import Pages, page_number, page_size, page_within
from stragan.web.shell.middleware import CompanyRequest
from stragan.web.warehouse import words
from stragan.web.warehouse.filtering import NoteFilter, count_of, notes_matching, notes_of_page
from stragan.web.warehouse.note_rows import rows_of


@require_GET
@member_page()
def notes(request: CompanyRequest) -> HttpResponse:
    """The list; for htmx only its body."""
    company = request.company
    wanted = NoteFilter.read(request.GET)
    rows = notes_matching(company, wanted)
    count = count_of(rows)
    number, size = page_number(request), page_size(request)
    number = page_within(number, size=size, total=count)
    shown = notes_of_page(rows, count=count, start=(number - 1) * size, size=size)
    documents = public_ids_of(company, {note.document_id for note in shown if note.document_id is not None})
    kinds = [
        {"label": words.KINDS[kind], "code": kind.name, "url": wanted.address(kind=kind.value)}
        for kind in NoteKind
    ]
    context = {
        "rows": rows_of(shown, documents=documents),
        "pages": Pages.of(request, number=number, size=size, shown=len(shown), total=count),
        "count": count,
        "wanted": wanted,
        "kinds": kinds,
        "kind": words.KINDS.get(wanted.kind, ""),
        "clear_kind": wanted.address(kind=""),
        "clear_days": wanted.address(**{"from": None, "to": None}),
        "clear_text": wanted.address(q=""),
        "filter_count": sum(map(bool, (wanted.kind, wanted.since or wanted.until, wanted.text))),
        "may_move": may(request.membership.role, Ability.MOVE_STOCK),
    }
    is_fragment = request.headers.get("HX-Request") == "true" and (
        request.headers.get("HX-History-Restore-Request") != "true"
    )
    return render(request, "warehouse/_notes.html" if is_fragment else "warehouse/notes.html", context)


@require_GET
@member_page()
def note(request: CompanyRequest, public_id: UUID) -> HttpResponse:
    """The page of a note."""
    return _note_page(request, _note_or_404(request, public_id))


@require_POST
@member_page(Ability.MOVE_STOCK)
def reverse_note(request: CompanyRequest, public_id: UUID) -> HttpResponse:
    """Reverse a note that was written by hand."""
    found = _note_or_404(request, public_id)
    try:
        reversal = actions.reverse_note(
            company=request.company,
            note_id=found.pk,
            reason=request.POST.get("reason", ""),
            by=request.user,
            now=clock.business_now(),
        )
    except StraganError as refusal:
        return _note_page(request, found, trouble=text_of_error(refusal), status=422)
    messages.success(
        request, _("%(number)s reverses %(old)s.") % {"number": reversal.number, "old": found.number}
    )
    return redirect("warehouse:note", reversal.public_id)


def _note_page(
    request: CompanyRequest, found: StockNote, *, trouble: str = "", status: int = 200
) -> HttpResponse:
    moves = list(found.moves.select_related("product").order_by("id"))
    documents = public_ids_of(request.company, [found.document_id] if found.document_id else [])
    reversed_by = getattr(found, "reversed_by", None)
    values = [move.quantity * move.unit_cost for move in moves if move.unit_cost is not None]
    context = {
        "note": found,
        "kind": words.KINDS[found.kind],
        "icon_name": words.ICONS[found.kind],
        "who": words.signature(found),
        "moves": [
            {
                "move": move,
                "value": None if move.unit_cost is None else move.quantity * move.unit_cost,
            }
            for move in moves
        ],
        "value": sum(values) if values else None,
        "is_count": found.kind == NoteKind.INW,
        "document_url": reverse("documents:detail", args=[documents[found.document_id]])
        if found.document_id in documents
        else "",
        "reversed_by": reversed_by,
        "may_reverse": may(request.membership.role, Ability.MOVE_STOCK)
        and found.kind in KINDS_BY_HAND
        and found.reverses_id is None
        and reversed_by is None,
        "trouble": trouble,
    }
    return render(request, "warehouse/note.html", context, status=status)


def _note_or_404(request: CompanyRequest, public_id: UUID) -> StockNote:
    found = note_of(request.company, public_id)
    if found is None:
        raise Http404
    return found
