"""What happens when a document would take more than is in stock, with the consequence said before."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from stragan.companies import queries
from stragan.companies.actions import set_negative_stock
from stragan.companies.models import NegativeStock
from stragan.companies.states import Ability
from stragan.kit import clock
from stragan.web.settings.page import can, demand, show
from stragan.web.settings.stock_forms import StockForm
from stragan.web.shell.access import member_page
from stragan.web.shell.middleware import CompanyRequest


@require_http_methods(["GET", "HEAD", "POST"])
@member_page()
def warehouse(request: CompanyRequest) -> HttpResponse:
    """Show and save the policy."""
    row = request.company
    form = StockForm(request.POST or None, initial={"negative_stock": row.negative_stock})
    if request.method == "POST":
        demand(request, Ability.MANAGE_COMPANY)
        if form.is_valid():
            set_negative_stock(
                company=row,
                policy=NegativeStock(form.cleaned_data["negative_stock"]),
                by=request.user,
                now=clock.business_now(),
            )
            messages.success(request, _("Warehouse settings saved."))
            return redirect("settings:warehouse")
    context = {
        "form": form,
        "change": queries.latest_changes(row).get("negative_stock"),
        "can_change": can(request, Ability.MANAGE_COMPANY),
    }
    return show(
        request,
        "settings/warehouse.html",
        context,
        current="warehouse",
        status=422 if form.is_bound else 200,
    )
