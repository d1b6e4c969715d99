"""One contractor: its data with their history, what was sold to it; adding and putting right."""

from typing import Any, Final

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from stragan.companies.states import Ability, may
from stragan.contractors import actions, queries
from stragan.contractors.models import Contractor, ContractorChange
from stragan.core.errors import Refused
from stragan.documents.turnover import documents_of, turnover_of
from stragan.flows import look_up_contractor
from stragan.kit import clock
from stragan.kit.messages import text_of_error
from stragan.web.contractors import words
from stragan.web.contractors.forms import ContractorForm, initial_of
from stragan.web.documents.words import kind_name
from stragan.web.shell.access import member_page
from stragan.web.shell.listing import Pages, page_number
from stragan.web.shell.middleware import CompanyRequest

DOCUMENTS_SHOWN: Final = 50
_FIELD_OF: Final = {"contractor_exists": "nip", "contractor_name_missing": "name"}


def contractor_or_404(request: CompanyRequest, contractor_id: int) -> Contractor:
    """The company's contractor with this id."""
    row = queries.contractor_of(request.company, contractor_id)
    if row is None:
        raise Http404
    return row


@require_GET
@member_page()
def detail(request: CompanyRequest, contractor_id: int) -> HttpResponse:
    """The page of a contractor; one that was merged leads to the other."""
    row = contractor_or_404(request, contractor_id)
    if row.merged_into_id is not None:
        messages.info(request, _("“%(name)s” was merged into this contractor.") % {"name": row.name})
        return redirect("contractors:detail", row.merged_into_id)
    merged = queries.merged_into(row)
    ids = [row.pk, *(one.pk for one in merged)]
    turnover = turnover_of(request.company, ids)
    number = page_number(request)
    documents = list(
        documents_of(request.company, ids)[(number - 1) * DOCUMENTS_SHOWN : number * DOCUMENTS_SHOWN]
    )
    total = sum(one.documents for one in turnover)
    context = {
        "contractor": row,
        "kind": words.kind_of(row),
        "trouble": words.trouble_of(row),
        "merged": merged,
        "turnover": [{"row": one, "kind": kind_name(one.kind)} for one in turnover],
        "totals": _totals(turnover),
        "documents": [{"document": one, "kind": kind_name(one.kind)} for one in documents],
        "pages": Pages.of(request, number=number, size=DOCUMENTS_SHOWN, shown=len(documents), total=total),
        "changes": [_change(one) for one in queries.changes_of(row)],
        "checks": [
            {"check": one, "registry": words.REGISTRIES[one.registry], **words.answer_of(one)}
            for one in queries.latest_checks(row)
        ],
        "can_check": look_up_contractor.can_check(request.company, row),
        "may_change": may(request.membership.role, Ability.CHANGE_CONTRACTORS),
    }
    return render(request, "contractors/detail.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@member_page(Ability.CHANGE_CONTRACTORS)
def add(request: CompanyRequest) -> HttpResponse:
    """Add a contractor by hand."""
    return _form_page(request, None)


@require_http_methods(["GET", "HEAD", "POST"])
@member_page(Ability.CHANGE_CONTRACTORS)
def edit(request: CompanyRequest, contractor_id: int) -> HttpResponse:
    """Put a contractor's data right."""
    row = contractor_or_404(request, contractor_id)
    if row.merged_into_id is not None:
        return redirect("contractors:edit", row.merged_into_id)
    return _form_page(request, row)


@require_POST
@member_page(Ability.CHANGE_CONTRACTORS)
def release(request: CompanyRequest, contractor_id: int) -> HttpResponse:
    """Let documents bring the data up to date again."""
    row = contractor_or_404(request, contractor_id)
    actions.let_documents_update(contractor=row, by=request.user, now=clock.business_now())
    messages.success(request, _("The next document brings these data up to date again."))
    return redirect("contractors:detail", row.pk)


@require_POST
@member_page(Ability.CHANGE_CONTRACTORS)
def check(request: CompanyRequest, contractor_id: int) -> HttpResponse:
    """Ask VIES and the white list about the contractor's numbers, and keep what they say."""
    row = contractor_or_404(request, contractor_id)
    try:
        checks = look_up_contractor.check(
            company=request.company, contractor=row, by=request.user, now=clock.real_now()
        )
    except Refused as refusal:
        messages.error(request, text_of_error(refusal))
        return redirect("contractors:detail", row.pk)
    for one in checks:
        said = f"{words.REGISTRIES[one.registry]}: {words.answer_of(one)['word']}"
        (messages.success if one.answer != "unknown" else messages.warning)(request, said)
    return redirect("contractors:detail", row.pk)


def _form_page(request: CompanyRequest, row: Contractor | None) -> HttpResponse:
    form = ContractorForm(request.POST or None, initial=initial_of(row) if row else None)
    status = 200
    if request.method == "POST" and request.POST.get("do") == "look_up":
        form = _filled(request)
    elif request.method == "POST":
        saved = _saved(request, form, row)
        if saved is not None:
            return redirect("contractors:detail", saved.pk)
        status = 422
    context = {
        "form": form,
        "contractor": row,
        "can_look_up": look_up_contractor.can_look_up(request.company),
    }
    return render(request, "contractors/form.html", context, status=status)


def _saved(request: CompanyRequest, form: ContractorForm, row: Contractor | None) -> Contractor | None:
    if not form.is_valid():
        return None
    now = clock.business_now()
    try:
        if row is None:
            saved = actions.add_contractor(
                company=request.company, data=form.contractor_data(), by=request.user, now=now
            )
            messages.success(request, _("The contractor was added."))
        else:
            saved = actions.edit_contractor(
                contractor=row, data=form.contractor_data(), by=request.user, now=now
            )
            messages.success(request, _("Saved. Documents already issued keep what they say."))
    except actions.ContractorExists as refusal:
        url = reverse("contractors:detail", args=[refusal.params["contractor_id"]])
        field = "nip" if form.cleaned_data["nip"] else "vat_eu"
        form.add_error(field, format_html('<a href="{}">{}</a>', url, text_of_error(refusal)))
        return None
    except Refused as refusal:
        form.add_error(_FIELD_OF.get(refusal.code), text_of_error(refusal))
        return None
    return saved


def _filled(request: CompanyRequest) -> ContractorForm:
    """The form with what the registry knows of the NIP; what it does not know stays as typed."""
    typed = {name: request.POST.get(name, "") for name in ContractorForm.base_fields}
    try:
        found = look_up_contractor.look_up(company=request.company, nip=typed["nip"], now=clock.real_now())
    except look_up_contractor.LookUpFailed as refusal:
        messages.warning(request, text_of_error(refusal))
        return ContractorForm(initial=typed)
    except Refused as refusal:
        form = ContractorForm(typed)
        form.is_valid()
        form.errors.clear()
        form.add_error("nip", text_of_error(refusal))
        return form
    known = {name: value for name, value in found.items() if value}
    messages.success(request, _("Filled in from the registry. Look through it and save."))
    return ContractorForm(initial=typed | known)


def _change(one: ContractorChange) -> dict[str, Any]:
    return {
        "change": one,
        "source": words.SOURCES[one.source],
        "icon": words.SOURCE_ICONS[one.source],
        "columns": [
            {"name": words.COLUMNS.get(name, name), "before": before, "after": after}
            for name, (before, after) in one.changes.items()
        ],
    }


def _totals(turnover: list[Any]) -> list[dict[str, Any]]:
    """Everything that is turnover, by currency."""
    sums: dict[str, Any] = {}
    for one in turnover:
        if one.counts:
            sums[one.currency] = sums.get(one.currency, 0) + one.gross
    return [{"currency": currency, "gross": sums[currency]} for currency in sorted(sums)]
