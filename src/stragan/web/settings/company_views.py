"""Pages about the company itself: its data, its series of numbers."""

from typing import Final

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from stragan.companies import queries
from stragan.companies.states import Ability
from stragan.core.errors import Refused
from stragan.core.iban import format_iban
from stragan.flows import company_settings
from stragan.kit import clock
from stragan.kit.messages import text_of_error
from stragan.web.settings.company_forms import CompanyForm, LogoForm, settings_of
from stragan.web.settings.page import can, demand, show
from stragan.web.shell.access import member_page
from stragan.web.shell.middleware import CompanyRequest

_PRINTED: Final = ("name", "street", "postal_code", "city", "bdo", "bank_account", "bank_name", "footer")


@require_http_methods(["GET", "HEAD", "POST"])
@member_page()
def company(request: CompanyRequest) -> HttpResponse:
    """Show and save what is printed about the seller."""
    row = request.company
    initial = {name: getattr(row, name) for name in _PRINTED}
    form = CompanyForm(
        request.POST or None, initial=initial | {"bank_account": format_iban(row.bank_account)}
    )
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
    context = {
        "form": form,
        "logo": queries.logo_of(row),
        "logo_form": LogoForm(),
        "has_address": queries.has_address(row),
        "can_change": can(request, Ability.MANAGE_COMPANY),
    }
    return show(
        request,
        "settings/company.html",
        context,
        current="company",
        status=422 if form.is_bound else 200,
    )
