"""Undo an issued document: void it, or correct it."""

from typing import Final
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from stragan.companies.states import Ability
from stragan.documents.actions import Author
from stragan.documents.content import Refusal
from stragan.flows import change_radar
from stragan.flows.change_radar import Examined
from stragan.flows.correct_document import chain_of, correct_document, correction_refusal
from stragan.flows.void_document import void_document, void_refusal
from stragan.kit import clock
from stragan.kit.audit import Actor
from stragan.kit.messages import text_of
from stragan.web.documents import correct_page
from stragan.web.documents.detail_views import document_or_404
from stragan.web.shell.access import member_page, with_seller_address
from stragan.web.shell.middleware import CompanyRequest

UNPROCESSABLE: Final = 422
LONGEST_ID: Final = 19  # figures of a bigint


@require_http_methods(["GET", "HEAD", "POST"])
@member_page(Ability.UNDO_DOCUMENTS)
def void(request: CompanyRequest, public_id: UUID) -> HttpResponse:
    """Ask whether the document was handed over and why it is voided; then void it."""
    document = document_or_404(request, public_id)
    refusal = void_refusal(document, company=request.company)
    context = {
        "document": document,
        "blocked": text_of(refusal.code, refusal.params) if refusal else "",
        "may_correct": document.original,
    }
    if request.method != "POST":
        examined = _changed_order(request)
        wanted = examined.proposal(document) if examined else None
        context["reason"] = wanted.reason if wanted else ""
        return render(request, "documents/void.html", context)
    context |= {"reason": request.POST.get("reason", ""), "confirmed": "confirmed" in request.POST}
    if not context["confirmed"]:
        context["error"] = _("Confirm that the buyer has not received the document. Otherwise correct it.")
        return render(request, "documents/void.html", context, status=UNPROCESSABLE)
    outcome = void_document(
        company=request.company,
        document_id=document.pk,
        reason=str(context["reason"])[:300],
        author=author_of(request),
    )
    if isinstance(outcome, Refusal):
        context["error"] = text_of(outcome.code, outcome.params)
        return render(request, "documents/void.html", context, status=UNPROCESSABLE)
    messages.success(request, _("Voided %(number)s.") % {"number": document.number})
    return redirect("documents:detail", public_id)


@require_http_methods(["GET", "HEAD", "POST"])
@member_page(Ability.UNDO_DOCUMENTS)
@with_seller_address
def correct(request: CompanyRequest, public_id: UUID) -> HttpResponse:
    """The form of a correction with its sums; sent with *issue*, the correction is issued."""
    document = document_or_404(request, public_id)
    chain = chain_of(document, company=request.company)
    refusal = correction_refusal(chain)
    if refusal is None and chain.corrections and chain.state.is_zero:
        refusal = Refusal(code="corrected_to_zero", params={"number": chain.root.number})
    if refusal is not None:
        context = {"root": chain.root, "blocked": text_of(refusal.code, refusal.params)}
        return render(request, "documents/correct.html", context)
    today = clock.business_today()
    deed = request.POST.get("do", "show")
    examined = _changed_order(request)
    wanted = examined.proposal(chain.root) if examined and request.method != "POST" else None
    typed = correct_page.filled_in(chain, wanted) if wanted else request.POST
    form = correct_page.read(typed, chain=chain, today=today, to_zero=deed == "zero")
    if deed == "issue" and not form.errors:
        outcome = correct_document(
            wish=form.wish(request.company, document_id=chain.root.pk, today=today),
            author=author_of(request),
        )
        if not isinstance(outcome, Refusal):
            messages.success(request, _("Issued %(number)s.") % {"number": outcome.document.number})
            return redirect("documents:detail", outcome.document.public_id)
        form.errors.append(outcome)
    context = correct_page.context(chain, form, company=request.company, today=today, deed=deed)
    context |= {"changed": examined, "is_filled_in": wanted is not None}
    is_fragment = request.headers.get("HX-Request") == "true"
    template = "documents/_correct.html" if is_fragment else "documents/correct.html"
    return render(request, template, context, status=UNPROCESSABLE if deed == "issue" else 200)


def _changed_order(request: CompanyRequest) -> Examined | None:
    """Give the order whose change led here, if it still waits."""
    order_id = request.GET.get("change", "")
    is_id = order_id.isascii() and order_id.isdigit() and len(order_id) < LONGEST_ID
    return change_radar.examine(request.company, int(order_id)) if is_id else None


def author_of(request: CompanyRequest) -> Author:
    """The person at the page, now."""
    return Author(user=request.user, actor=Actor.USER, now=clock.business_now(), asked_at=clock.real_now())
