"""Check before issuing (S28, S29): start it, watch it, see what differs, and put it right."""

from datetime import date
from typing import cast

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from stragan.companies.states import Ability
from stragan.core.errors import StraganError
from stragan.flows import reconcile_deeds, reconcile_orders
from stragan.kit import clock
from stragan.kit.messages import text_of_error
from stragan.orders import check_runs
from stragan.orders.models import ReconcileRun
from stragan.shops.queries import shops_of
from stragan.web.checks import page
from stragan.web.shell import show
from stragan.web.shell.access import member_page
from stragan.web.shell.exporting import FORMATS, table_response
from stragan.web.shell.middleware import CompanyRequest


@require_GET
@member_page()
def latest(request: CompanyRequest) -> HttpResponse:
    """The newest check, or what a check is where there was none."""
    run = check_runs.runs_of(request.company).first()
    return render(request, "checks/page.html", page.context(request, run))


@require_GET
@member_page()
def one(request: CompanyRequest, run_id: int) -> HttpResponse:
    """One check of the past."""
    return render(request, "checks/page.html", page.context(request, run_or_404(request, run_id)))


@require_GET
@member_page()
def progress(request: CompanyRequest, run_id: int) -> HttpResponse:
    """The moving part of a check that goes on, asked for once a second."""
    return render(request, "checks/_result.html", page.context(request, run_or_404(request, run_id)))


@require_POST
@member_page(Ability.FETCH_ORDERS)
def start(request: CompanyRequest) -> HttpResponse:
    """Have a period checked, of one shop or of all."""
    shops = {str(shop.pk): shop for shop in shops_of(request.company)}
    wanted = request.POST.get("shop", "")
    if wanted and wanted not in shops:
        raise Http404
    try:
        since = date.fromisoformat(request.POST.get("from", ""))
        until = date.fromisoformat(request.POST.get("to", ""))
    except ValueError:
        messages.error(request, _("Choose the first and the last day of the period."))
        return redirect("checks:latest")
    try:
        run = reconcile_orders.ask_for_check(
            company=request.company,
            shop=shops.get(wanted),
            since=since,
            until=until,
            user=request.user,
            now=clock.real_now(),
        )
    except StraganError as refusal:
        messages.error(request, text_of_error(refusal))
        return redirect("checks:latest")
    return redirect("checks:run", run.pk)


@require_POST
@member_page(Ability.FETCH_ORDERS)
def fetch(request: CompanyRequest, run_id: int) -> HttpResponse:
    """Have one order fetched once more, or all that this may put right."""
    run = run_or_404(request, run_id)
    findings = check_runs.findings_of(run).filter(explained=False)
    asked_for = request.POST.get("finding", "")
    if asked_for:
        findings = findings.filter(pk=int(asked_for) if asked_for.isdigit() else 0)
    try:
        count = reconcile_deeds.fetch_again(
            company=request.company,
            findings=list(findings[: reconcile_deeds.AT_ONCE]),
            by=request.user,
            now=clock.real_now(),
        )
    except StraganError as refusal:
        messages.error(request, text_of_error(refusal))
    else:
        text = ngettext(
            "%(count)s order will be fetched in a moment. Then check once more.",
            "%(count)s orders will be fetched in a moment. Then check once more.",
            count,
        )
        messages.success(request, text % {"count": show.number(count)})
    return redirect("checks:run", run_id)


@require_GET
@member_page()
def export(request: CompanyRequest, run_id: int) -> HttpResponse:
    """Everything a check found, as a sheet."""
    run = run_or_404(request, run_id)
    file_format = request.GET.get("format", "xlsx")
    if file_format not in FORMATS:
        raise Http404
    title = _("Check of orders %(since)s %(until)s") % {"since": run.since, "until": run.until}
    table = table_response(
        page.export_rows(run), columns=page.export_columns(), title=title, file_format=file_format
    )
    return cast("HttpResponse", table)


def run_or_404(request: CompanyRequest, run_id: int) -> ReconcileRun:
    """Find a check of the member's company; one of another company does not exist here."""
    rows = ReconcileRun.objects.for_company(request.company).select_related("shop", "started_by")
    run = rows.filter(pk=run_id).first()
    if run is None:
        raise Http404
    return run
