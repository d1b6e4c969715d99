"""Wymaga uwagi: what went wrong, why, and the button that puts it right."""

import zlib

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from stragan.companies.states import Ability, may
from stragan.documents import radar
from stragan.flows.put_right import can_be_fetched, fetch_form_again
from stragan.kit import clock, jobs
from stragan.shops.queries import quarantined
from stragan.web.shell.access import member_page
from stragan.web.shell.middleware import CompanyRequest
from stragan.web.start import troubles

FORMS_SHOWN = 100


@require_safe
@member_page()
def attention(request: CompanyRequest) -> HttpResponse:
    """Show everything that waits for a person."""
    company = request.company
    role = request.membership.role
    forms = list(quarantined(company).defer("payload")[:FORMS_SHOWN])
    context = {
        "jobs": troubles.failed_jobs(company),
        "shops": troubles.shop_troubles(company, now=clock.real_now()),
        "forms": [(form, can_be_fetched(form.form_id)) for form in forms],
        "problems": troubles.problem_counts(company),
        "check": troubles.open_check(company),
        "unproven": troubles.unproven(company, now=clock.real_now()),
        "unsent": troubles.unsent(company),
        "changed": radar.open_count(company),
        "may_act": may(role, Ability.FETCH_ORDERS),
        "may_manage_shops": may(role, Ability.MANAGE_SHOPS),
        "may_see_raw": may(role, Ability.MANAGE_COMPANY),
    }
    parts = ("jobs", "shops", "forms", "problems", "check", "unproven", "unsent", "changed")
    context["is_empty"] = not any(context[part] for part in parts)
    return render(request, "attention/list.html", context)


@require_POST
@member_page(Ability.FETCH_ORDERS)
def retry(request: CompanyRequest, job_id: int) -> HttpResponse:
    """Give failed work all its attempts again."""
    if not jobs.retry_by_hand(job_id=job_id, company_id=request.company.pk, now=clock.real_now()):
        raise Http404
    messages.success(request, _("The task waits for its turn again."))
    return redirect("attention:list")


@require_POST
@member_page(Ability.FETCH_ORDERS)
def dismiss(request: CompanyRequest, job_id: int) -> HttpResponse:
    """Take failed work off the list without doing it."""
    if not jobs.dismiss(job_id=job_id, company_id=request.company.pk):
        raise Http404
    messages.success(request, _("Taken off the list. The task was not done."))
    return redirect("attention:list")


@require_POST
@member_page(Ability.FETCH_ORDERS)
def fetch_again(request: CompanyRequest, form_id: int) -> HttpResponse:
    """Ask Allegro once more for an order that could not be read."""
    is_asked = fetch_form_again(
        company=request.company, quarantined_id=form_id, by=request.user, now=clock.real_now()
    )
    if not is_asked:
        if not quarantined(request.company).filter(pk=form_id).exists():
            raise Http404
        messages.error(request, _("This order cannot be fetched now: connect its shop first."))
    else:
        messages.success(request, _("The order will be fetched again in a moment."))
    return redirect("attention:list")


@require_safe
@member_page(Ability.MANAGE_COMPANY)
def raw_form(request: CompanyRequest, form_id: int) -> HttpResponse:
    """Hand out what Allegro sent, as a file; it holds personal data, so only the owner gets it."""
    form = quarantined(request.company).filter(pk=form_id).first()
    if form is None:
        raise Http404
    return HttpResponse(
        zlib.decompress(bytes(form.payload)),
        content_type="application/octet-stream",
        headers={"Content-Disposition": f'attachment; filename="allegro-{form.pk}.json"'},
    )
