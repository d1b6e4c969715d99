"""Writing a note by hand: goods receipt, internal receipt and issue, stocktaking."""

from datetime import date
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from stragan.companies.states import Ability
from stragan.core.errors import StraganError
from stragan.kit import clock
from stragan.kit.messages import text_of, text_of_error
from stragan.warehouse import actions
from stragan.warehouse.actions import CountLine, CountOutdated, NoteHead, NoteLine
from stragan.warehouse.models import StockNote
from stragan.warehouse.states import KINDS_BY_HAND, NoteKind
from stragan.web.shell.access import member_page
from stragan.web.shell.middleware import CompanyRequest
from stragan.web.warehouse import words
from stragan.web.warehouse.entry import Entry, EntryLine

_GROSZ = Decimal("0.01")
_LARGEST_COST = Decimal(10_000_000)


@require_http_methods(["GET", "HEAD", "POST"])
@member_page(Ability.MOVE_STOCK)
def note_new(request: CompanyRequest, kind: str) -> HttpResponse:
    """A note with its lines; each Enter adds one, *save* writes the note."""
    if kind not in set(KINDS_BY_HAND):
        raise Http404
    today = clock.business_today()
    if request.method != "POST":
        entry = Entry.empty(NoteKind(kind), today=today)
        if code := request.GET.get("product", ""):
            entry.take_code(request.company, picked=code)
        return _page(request, entry, today=today)
    entry = Entry.read(request.POST, kind=NoteKind(kind), company=request.company)
    if "save" not in request.POST:
        entry.take_code(request.company, picked=request.POST.get("pick", ""))
        return _page(request, entry, today=today)
    troubles = _troubles(entry)
    if not troubles:
        try:
            note = _write(request, entry)
        except CountOutdated as warning:
            # What is shown from here on is what there is now: saving again confirms it.
            entry.lines = [_shown_anew(line) for line in entry.lines]
            return _page(request, entry, today=today, troubles=[text_of_error(warning)], status=409)
        except StraganError as refusal:
            troubles = [text_of_error(refusal)]
        else:
            messages.success(request, _("%(number)s saved.") % {"number": note.number})
            return redirect("warehouse:note", note.public_id)
    return _page(request, entry, today=today, troubles=troubles, status=422)


def _write(request: CompanyRequest, entry: Entry) -> StockNote:
    head = NoteHead(
        date=date.fromisoformat(entry.day),
        reason=entry.reason,
        supplier=entry.supplier,
        supplier_number=entry.supplier_number,
        key=entry.key,
    )
    now = clock.business_now()
    if entry.kind is NoteKind.INW:
        counts = [
            CountLine(product_id=line.product.pk, counted=line.amount or Decimal(0), shown=line.shown)
            for line in entry.lines
        ]
        return actions.take_stock(company=request.company, head=head, lines=counts, by=request.user, now=now)
    lines = [
        NoteLine(product_id=line.product.pk, quantity=line.amount or Decimal(0), unit_cost=line.unit_cost)
        for line in entry.lines
    ]
    return actions.write_note(
        company=request.company, kind=entry.kind, head=head, lines=lines, by=request.user, now=now
    )


def _troubles(entry: Entry) -> list[str]:
    """What cannot be read in the form at all; what may not be is said by the action."""
    troubles = []
    try:
        date.fromisoformat(entry.day)
    except ValueError:
        troubles.append(_("Give the date of the note."))
    for line in entry.lines:
        if line.amount is None:
            troubles.append(text_of("note_quantity_wrong", {"product": line.product.name}))
        cost = line.unit_cost
        if line.cost and (cost is None or not 0 <= cost <= _LARGEST_COST or cost != cost.quantize(_GROSZ)):
            troubles.append(
                _("The cost of “%(product)s” must be an amount in PLN.") % {"product": line.product.name}
            )
    return troubles


def _shown_anew(line: EntryLine) -> EntryLine:
    return EntryLine(
        product=line.product, quantity=line.quantity, cost=line.cost, shown=line.now, now=line.now
    )


def _page(
    request: CompanyRequest,
    entry: Entry,
    *,
    today: date,
    troubles: list[str] | None = None,
    status: int = 200,
) -> HttpResponse:
    is_receipt = entry.kind in {NoteKind.PZ, NoteKind.PW}
    context: dict[str, Any] = {
        "entry": entry,
        "kind": words.KINDS[entry.kind],
        "code": entry.kind.name,
        "today": today,
        "has_costs": is_receipt,
        "is_supply": entry.kind is NoteKind.PZ,
        "is_count": entry.kind is NoteKind.INW,
        "troubles": troubles,
    }
    return render(request, "warehouse/note_new.html", context, status=status)
