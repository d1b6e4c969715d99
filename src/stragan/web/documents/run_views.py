"""Issuing many documents: look first, then start, watch, stop, and try the refused ones again."""

from datetime import date
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from stragan.companies.states import Ability
from stragan.core.errors import StraganError
from stragan.core.snapshot import DocumentKind
from stragan.documents import runs
from stragan.documents.drafting import allowed_codes
from stragan.documents.models import IssueRun
from stragan.documents.sellers import profile_of
from stragan.documents.states import RunState
from stragan.flows import draft_document, issue_many
from stragan.kit import clock
from stragan.kit.messages import text_of_error
from stragan.web.documents import first_receipt, rate_fix, run_page
from stragan.web.shell.access import member_page, with_seller_address
from stragan.web.shell.middleware import CompanyRequest

CLOCK = issue_many.Clock(business=clock.business_now, real=clock.real_now)


@require_GET
@member_page(Ability.ISSUE_DOCUMENTS)
def run(request: CompanyRequest, public_id: UUID) -> HttpResponse:
    """The preview of a run, or once it was started its progress and its result."""
    found = run_or_404(request, public_id)
    question = first_receipt.question(request, found.kind, run=public_id)
    if question and found.state == RunState.PREVIEW:
        return redirect(question)
    if found.state != RunState.PREVIEW:
        context = run_page.progress_context(found, now=clock.business_now())
        return render(request, "documents/run.html", context)
    today = clock.business_today().isoformat()
    return render(request, "documents/preview.html", run_page.preview_context(request, found, today=today))


@require_POST
@member_page(Ability.ISSUE_DOCUMENTS)
def recheck(request: CompanyRequest, public_id: UUID) -> HttpResponse:
    """Look again at every order, for the issue date that was chosen."""
    found = run_or_404(request, public_id)
    try:
        day = date.fromisoformat(request.POST.get("issue_date", ""))
    except ValueError:
        messages.error(request, _("This is not a day. Choose the issue date again."))
        return redirect("documents:preview", public_id)
    try:
        issue_many.recheck_run(run=found, now=clock.business_now(), issue_date=day)
    except StraganError as refusal:
        messages.error(request, text_of_error(refusal))
    return redirect("documents:preview", public_id)


@require_POST
@member_page(Ability.ISSUE_DOCUMENTS)
def set_rate(request: CompanyRequest, public_id: UUID) -> HttpResponse:
    """Give one offer without a rate a VAT code in all drafts it blocks, and look again."""
    found = run_or_404(request, public_id)
    offer_id, code = request.POST.get("offer", ""), request.POST.get("vat_code", "")
    offers = {offer.offer_id: offer for offer in rate_fix.offers_without_rate(found)}
    if offer_id not in offers or code not in allowed_codes(profile_of(request.company, on=found.issue_date)):
        messages.warning(request, _("Choose the rate once more: something changed meanwhile."))
        return redirect(reverse("documents:preview", args=[public_id]) + "?tab=blocked")
    count = draft_document.set_offer_rate(
        company=request.company,
        order_ids=list(offers[offer_id].order_ids[: rate_fix.ORDERS_AT_ONCE]),
        kind=DocumentKind(found.kind),
        offer_id=offer_id,
        vat_code=code,
        user=request.user,
        now=clock.business_now(),
    )
    issue_many.recheck_run(run=found, now=clock.business_now())
    text = ngettext("The rate was set in %(count)s draft.", "The rate was set in %(count)s drafts.", count)
    messages.success(request, text % {"count": count})
    return redirect(reverse("documents:preview", args=[public_id]) + "?tab=blocked")


@require_POST
@member_page(Ability.ISSUE_DOCUMENTS)
@with_seller_address
def start(request: CompanyRequest, public_id: UUID) -> HttpResponse:
    """Have everything that is ready issued; also goes on with what was stopped."""
    return _asked(request, public_id, retry=False)


@require_POST
@member_page(Ability.ISSUE_DOCUMENTS)
@with_seller_address
def retry(request: CompanyRequest, public_id: UUID) -> HttpResponse:
    """Try again what was refused; what is issued stays as it is."""
    return _asked(request, public_id, retry=True)


@require_POST
@member_page(Ability.ISSUE_DOCUMENTS)
def stop(request: CompanyRequest, public_id: UUID) -> HttpResponse:
    """Stop after the documents that are being issued now."""
    found = run_or_404(request, public_id)
    try:
        issue_many.stop_run(run=found)
    except StraganError:
        messages.info(request, _("There was nothing left to stop: the work had ended."))
    return redirect("documents:preview", public_id)


@require_GET
@member_page(Ability.ISSUE_DOCUMENTS)
def progress(request: CompanyRequest, public_id: UUID) -> HttpResponse:
    """The moving part of the progress page, asked for once a second."""
    found = run_or_404(request, public_id)
    return render(
        request, "documents/_progress.html", run_page.progress_context(found, now=clock.business_now())
    )


def run_or_404(request: CompanyRequest, public_id: UUID) -> IssueRun:
    """Find a run of the member's company; one of another company does not exist here."""
    found = runs.run_of(request.company, public_id)
    if found is None:
        raise Http404
    return found


def _asked(request: CompanyRequest, public_id: UUID, *, retry: bool) -> HttpResponse:
    found = run_or_404(request, public_id)
    if question := first_receipt.question(request, found.kind, run=public_id):
        return redirect(question)
    try:
        issue_many.start_run(run=found, user=request.user, clock=CLOCK, retry_refused=retry)
    except StraganError as refusal:
        messages.error(request, text_of_error(refusal))
    return redirect("documents:preview", public_id)
