"""How long contact data of buyers are kept, with what would go before it does; what the archive holds."""

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from stragan.archive.queries import held, latest_purge
from stragan.companies import queries
from stragan.companies.actions import set_contact_months
from stragan.companies.states import CONTACT_MONTHS, LEAST_MONTHS, MOST_MONTHS, Ability
from stragan.flows.purge_contact import due
from stragan.kit import clock
from stragan.web.settings.page import can, demand, show
from stragan.web.shell.access import member_page
from stragan.web.shell.middleware import CompanyRequest


class ArchiveForm(forms.Form):
    """For how many months after the purchase."""

    contact_months = forms.IntegerField(
        label=gettext_lazy("Months after the purchase"), min_value=LEAST_MONTHS, max_value=MOST_MONTHS
    )


@require_http_methods(["GET", "HEAD", "POST"])
@member_page()
def archive(request: CompanyRequest) -> HttpResponse:
    """Show and save the age; for htmx only what would be purged at the age that was typed."""
    row = request.company
    form = ArchiveForm(request.POST or None, initial={"contact_months": row.contact_months})
    is_look = request.headers.get("HX-Request") == "true" or "look" in request.POST
    months = row.contact_months
    if request.method == "POST":
        demand(request, Ability.MANAGE_COMPANY)
        if form.is_valid():
            months = form.cleaned_data["contact_months"]
            if not is_look:
                set_contact_months(company=row, months=months, by=request.user, now=clock.business_now())
                messages.success(request, _("Saved. What is older goes with the next night."))
                return redirect("settings:archive")
    context = {
        "form": form,
        "is_valid": not form.is_bound or form.is_valid(),
        "months": months,
        "due": due(row, now=clock.business_now(), months=months),
        "can_change": can(request, Ability.MANAGE_COMPANY),
    }
    if request.headers.get("HX-Request") == "true":
        return render(request, "settings/parts/archive_due.html", context)
    context |= {
        "held": held(row),
        "latest": latest_purge(row),
        "change": queries.latest_changes(row).get("contact_months"),
        "standard": CONTACT_MONTHS,
    }
    status = 422 if form.is_bound and not form.is_valid() else 200
    return show(request, "settings/archive.html", context, current="archive", status=status)
