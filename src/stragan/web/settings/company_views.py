"""Pages about the company itself: its data, its taxes, its series of numbers."""

from typing import Final

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from stragan.companies import queries
from stragan.companies.states import Ability
from stragan.core.errors import Refused
from stragan.core.snapshot import DocumentKind
from stragan.documents.queries import number_to_be
from stragan.documents.states import AVAILABLE_KINDS, PATTERNS
from stragan.flows import company_settings
from stragan.kit import clock
from stragan.kit.messages import text_of_error
from stragan.web.people.forms import BASES
from stragan.web.settings.company_forms import CompanyForm, TaxForm, settings_of
from stragan.web.settings.page import can, demand, show
from stragan.web.settings.words import KIND_NAMES
from stragan.web.shell.access import member_page
from stragan.web.shell.middleware import CompanyRequest

_PRINTED: Final = ("name", "street", "postal_code", "city", "bdo", "bank_account", "bank_name", "footer")


@require_http_methods(["GET", "HEAD", "POST"])
@member_page()
def company(request: CompanyRequest) -> HttpResponse:
    """Show and save what is printed about the seller."""
    row = request.company
    form = CompanyForm(request.POST or None, initial={name: getattr(row, name) for name in _PRINTED})
    if request.method == "POST":
        demand(request, Ability.MANAGE_COMPANY)
        if form.is_valid():
            try:
                company_settings.save_company(
                    company=row,
                    changes=settings_of(row, **form.cleaned_data),
                    by=request.user,
                    now=clock.business_now(),
                )
            except Refused as refusal:
                form.add_error(None, text_of_error(refusal))
            else:
                messages.success(request, _("Company data saved. Documents issued from now on bear them."))
                return redirect("settings:company")
    context = {"form": form, "can_change": can(request, Ability.MANAGE_COMPANY)}
    return show(
        request,
        "settings/company.html",
        context,
        current="company",
        status=422 if form.is_bound else 200,
    )


@require_http_methods(["GET", "HEAD", "POST"])
@member_page()
def taxes(request: CompanyRequest) -> HttpResponse:
    """Show and save VAT status, books and warehouse."""
    row = request.company
    form = TaxForm(
        request.POST or None,
        initial={
            "vat_payer": "yes" if row.vat_payer else "no",
            "vat_exemption_basis": row.vat_exemption_basis,
            "books": row.books,
            "warehouse": row.warehouse,
        },
    )
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
    context = {
        "form": form,
        "bases": BASES,
        "changes": queries.latest_changes(row),
        "can_change": can(request, Ability.MANAGE_COMPANY),
    }
    return show(
        request, "settings/taxes.html", context, current="taxes", status=422 if form.is_bound else 200
    )


@require_safe
@member_page()
def series(request: CompanyRequest) -> HttpResponse:
    """Show how documents are numbered and which number comes next."""
    today = clock.business_today()
    kinds = [kind for kind in DocumentKind if kind in PATTERNS and kind in AVAILABLE_KINDS]
    rows = [
        {
            "name": KIND_NAMES[kind],
            "pattern": PATTERNS[kind],
            "next": number_to_be(request.company, kind=kind, issue_date=today),
        }
        for kind in kinds
    ]
    return show(request, "settings/series.html", {"rows": rows}, current="series")
