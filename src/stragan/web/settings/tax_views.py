"""Taxes and books: the VAT status with its days, packages as switches, what a receipt is."""

from datetime import date

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from stragan.companies import queries
from stragan.companies.models import Company
from stragan.companies.queries import VatStretch
from stragan.companies.states import Ability
from stragan.flows import company_settings
from stragan.kit import clock
from stragan.web.people.forms import BASES
from stragan.web.settings.company_forms import BooksForm, VatForm, settings_of
from stragan.web.settings.page import can, demand, show
from stragan.web.shell.access import member_page
from stragan.web.shell.middleware import CompanyRequest

FROM_START = "start"  # stands in the address for the status before the first change


@require_http_methods(["GET", "HEAD", "POST"])
@member_page()
def taxes(request: CompanyRequest) -> HttpResponse:
    """Show the VAT status with its days; show and save packages, books and receipts."""
    row = request.company
    initial = {name: getattr(row, name) for name in ("books", "ryczalt_rate", "receipts", "warehouse")}
    form = BooksForm(request.POST or None, initial=initial, current=row)
    if request.method == "POST":
        demand(request, Ability.MANAGE_COMPANY)
        if form.is_valid():
            company_settings.save_company(
                company=row,
                changes=settings_of(row, **form.cleaned_data),
                by=request.user,
                now=clock.business_now(),
            )
            messages.success(request, _("Taxes and books saved."))
            return redirect("settings:taxes")
    today = clock.business_today()
    context = {
        "form": form,
        "stretches": [
            {
                "stretch": one,
                "is_now": one.holds(today),
                "is_ahead": one.since is not None and one.since > today,
                "key": one.since.isoformat() if one.since else FROM_START,
            }
            for one in reversed(queries.vat_history(row))
        ],
        "changes": queries.latest_changes(row),
        "can_change": can(request, Ability.MANAGE_COMPANY),
    }
    return show(
        request, "settings/taxes.html", context, current="taxes", status=422 if form.is_bound else 200
    )


@require_http_methods(["GET", "HEAD", "POST"])
@member_page(Ability.MANAGE_COMPANY)
def vat_add(request: CompanyRequest) -> HttpResponse:
    """Ask from which day the company has another VAT status."""
    now = queries.vat_standing(request.company, on=clock.business_today())
    form = VatForm(
        request.POST or None,
        initial={
            "since": clock.business_today(),
            "vat_payer": "no" if now.vat_payer else "yes",
            "exemption_basis": "" if not now.vat_payer else now.exemption_basis,
        },
    )
    return _vat_page(request, form, key="")


@require_http_methods(["GET", "HEAD", "POST"])
@member_page(Ability.MANAGE_COMPANY)
def vat_change(request: CompanyRequest, key: str) -> HttpResponse:
    """Put one entry of the VAT status right: its status and basis; its day stays."""
    one = _stretch_or_404(request.company, key)
    form = VatForm(
        request.POST or None,
        has_day=True,
        initial={
            "vat_payer": "yes" if one.vat_payer else "no",
            "exemption_basis": one.exemption_basis,
        },
    )
    return _vat_page(request, form, key=key, since=one.since)


@require_http_methods(["GET", "HEAD", "POST"])
@member_page(Ability.MANAGE_COMPANY)
def vat_remove(request: CompanyRequest, key: str) -> HttpResponse:
    """Say what taking an entry away does, and do it."""
    one = _stretch_or_404(request.company, key)
    if one.since is None:
        raise Http404
    if request.method == "POST":
        company_settings.remove_vat(
            company=request.company, since=one.since, by=request.user, now=clock.business_now()
        )
        messages.success(request, _("The change of the VAT status was removed."))
        return redirect("settings:taxes")
    context = {
        "stretch": one,
        "touched": company_settings.documents_touched(request.company, since=one.since),
    }
    return show(request, "settings/vat_remove.html", context, current="taxes")


def _vat_page(request: CompanyRequest, form: VatForm, *, key: str, since: date | None = None) -> HttpResponse:
    """Save a change; where documents lie in its days, only once that was read and confirmed."""
    touched = 0
    is_asking = False
    if request.method == "POST" and form.is_valid():
        change = form.change(since=since)
        touched = company_settings.documents_touched(request.company, since=change.since)
        is_asking = bool(touched) and request.POST.get("confirmed") != "yes"
        if not is_asking:
            company_settings.change_vat(
                company=request.company, change=change, by=request.user, now=clock.business_now()
            )
            messages.success(request, _("The VAT status is saved."))
            return redirect("settings:taxes")
    context = {
        "form": form,
        "bases": BASES,
        "key": key,
        "since": since,
        "touched": touched,
        "is_asking": is_asking,
    }
    status = 422 if form.is_bound and not is_asking else 200
    return show(request, "settings/vat_change.html", context, current="taxes", status=status)


def _stretch_or_404(company: Company, key: str) -> VatStretch:
    for one in queries.vat_history(company):
        if key == (one.since.isoformat() if one.since else FROM_START):
            return one
    raise Http404
