"""How documents are numbered: patterns with the number that comes next, changed with the consequence said."""

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from stragan.companies.states import Ability
from stragan.core.errors import Refused
from stragan.core.numbering import InvalidPattern, format_number
from stragan.core.snapshot import DocumentKind
from stragan.documents import series as numbering
from stragan.documents.queries import patterns_of, series_with
from stragan.kit import clock
from stragan.kit.messages import text_of, text_of_error
from stragan.web.settings.page import can, demand, show
from stragan.web.shell import kinds
from stragan.web.shell.access import member_page
from stragan.web.shell.middleware import CompanyRequest


@require_http_methods(["GET", "HEAD", "POST"])
@member_page()
def series(request: CompanyRequest) -> HttpResponse:
    """Show and save the patterns; for htmx only the table with the numbers they would give."""
    before = patterns_of(request.company)
    if request.method != "POST":
        return _page(request, before, {})
    demand(request, Ability.MANAGE_COMPANY)
    typed = {kind: " ".join(request.POST.get(kind.value, "").split()) for kind in before}
    faults = numbering.faults_of(request.company, {k: v for k, v in typed.items() if v != before[k]})
    if request.headers.get("HX-Request") == "true" or "look" in request.POST:
        return _page(request, typed, faults)
    if not faults:
        try:
            changed = numbering.set_patterns(
                company=request.company, wanted=typed, by=request.user, now=clock.business_now()
            )
        except Refused as refusal:
            messages.error(request, text_of_error(refusal))
            return redirect("settings:series")
        text = _("Saved. Documents issued from now on get these numbers.")
        messages.success(request, text if changed else _("Nothing was changed."))
        return redirect("settings:series")
    return _page(request, typed, faults, status=422)


def _page(
    request: CompanyRequest,
    typed: Mapping[DocumentKind, str],
    faults: Mapping[DocumentKind, Refused],
    *,
    status: int = 200,
) -> HttpResponse:
    before = patterns_of(request.company)
    rows = [_row(request, kind, typed[kind], was=before[kind], fault=faults.get(kind)) for kind in before]
    context = {
        "rows": rows,
        "can_change": can(request, Ability.MANAGE_COMPANY),
        "errors": [row for row in rows if row["error"]],
    }
    if request.headers.get("HX-Request") == "true":
        return render(request, "settings/parts/series_table.html", context)
    return show(request, "settings/series.html", context, current="series", status=status)


def _row(
    request: CompanyRequest, kind: DocumentKind, pattern: str, *, was: str, fault: Refused | None
) -> dict[str, Any]:
    """Give one kind: its pattern, the number it would give next, and what a change means."""
    today = clock.business_today()
    found = None if fault else series_with(request.company, pattern, issue_date=today)
    sequence = found.next_sequence if found else 1
    return {
        "kind": kind.value,
        "icon": kinds.ICONS[kind],
        "name": kinds.kind_name(kind),
        "pattern": pattern,
        "was": was,
        "is_changed": pattern != was,
        "error": _told(fault),
        "next": "" if fault else format_number(pattern, sequence=sequence, issue_date=today),
        "goes_on": sequence > 1,
    }


def _told(fault: Refused | None) -> str:
    if fault is None:
        return ""
    if isinstance(fault, InvalidPattern):
        return text_of(f"pattern_{fault.params['reason']}")
    return text_of_error(fault)
