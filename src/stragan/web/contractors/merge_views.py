"""Two contractors that are one buyer: found, looked at side by side, joined, taken apart."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from stragan.companies.states import Ability
from stragan.contractors import actions, queries
from stragan.contractors.models import Contractor
from stragan.core.errors import Refused
from stragan.documents.turnover import turnover_of
from stragan.kit import clock
from stragan.kit.messages import text_of_error
from stragan.web.contractors import words
from stragan.web.contractors.detail_views import contractor_or_404
from stragan.web.shell import show
from stragan.web.shell.access import member_page
from stragan.web.shell.middleware import CompanyRequest

COMPARED = ("name", "nip", "vat_eu", "allegro_login", "street", "postal_code", "city", "country")


def live_or_404(request: CompanyRequest, contractor_id: int) -> Contractor:
    """The company's contractor with this id, unless it was merged into another."""
    row = contractor_or_404(request, contractor_id)
    if row.merged_into_id is not None:
        raise Http404
    return row


@require_GET
@member_page(Ability.CHANGE_CONTRACTORS)
def choose(request: CompanyRequest, contractor_id: int) -> HttpResponse:
    """Find the other one."""
    row = live_or_404(request, contractor_id)
    text = request.GET.get("q", "").strip()[:100]
    context = {"contractor": row, "text": text, "rows": queries.candidates(request.company, row, text)}
    return render(request, "contractors/merge_choose.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@member_page(Ability.CHANGE_CONTRACTORS)
def preview(request: CompanyRequest, contractor_id: int, other_id: int) -> HttpResponse:
    """Say what joining does, and do it: the first one stays, the other goes up in it."""
    keep, other = live_or_404(request, contractor_id), live_or_404(request, other_id)
    if request.method == "POST":
        try:
            actions.merge_contractors(
                company=request.company,
                keep_id=keep.pk,
                merge_id=other.pk,
                by=request.user,
                now=clock.business_now(),
            )
        except Refused as refusal:
            messages.error(request, text_of_error(refusal))
        else:
            text = _("“%(name)s” was merged into this contractor.") % {"name": other.name}
            messages.success(request, text)
        return redirect("contractors:detail", keep.pk)
    context = {
        "keep": keep,
        "other": other,
        "keep_documents": _documents(request, keep),
        "other_documents": _documents(request, other),
        "fields": [
            {
                "name": words.COLUMNS[name],
                "keep": _shown(keep, name),
                "other": _shown(other, name),
                "differs": getattr(keep, name) != getattr(other, name),
            }
            for name in COMPARED
        ],
        "is_doubtful": bool(keep.nip and other.nip and keep.nip != other.nip),
    }
    return render(request, "contractors/merge.html", context)


@require_POST
@member_page(Ability.CHANGE_CONTRACTORS)
def split(request: CompanyRequest, contractor_id: int) -> HttpResponse:
    """Take a merged contractor out again."""
    row = contractor_or_404(request, contractor_id)
    try:
        actions.split_contractor(
            company=request.company, merged_id=row.pk, by=request.user, now=clock.business_now()
        )
    except Refused as refusal:
        messages.error(request, text_of_error(refusal))
    else:
        messages.success(request, _("“%(name)s” stands for itself again.") % {"name": row.name})
    return redirect("contractors:detail", row.pk)


def _shown(row: Contractor, name: str) -> str:
    value: str = getattr(row, name)
    return show.nip(value) if name == "nip" and value else value


def _documents(request: CompanyRequest, row: Contractor) -> int:
    ids = [row.pk, *(one.pk for one in queries.merged_into(row))]
    return sum(one.documents for one in turnover_of(request.company, ids))
