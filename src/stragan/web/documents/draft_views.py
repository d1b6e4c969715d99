"""One document before it has a number: shown, edited, discarded, issued."""

from typing import Final

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from stragan.companies.states import Ability, may
from stragan.core.errors import StraganError
from stragan.core.snapshot import DocumentKind
from stragan.documents.actions import Author
from stragan.documents.models import Document
from stragan.documents.states import AVAILABLE_KINDS
from stragan.flows import draft_document
from stragan.flows.draft_document import DraftView, OrderNotFound
from stragan.flows.issue_document import Issued
from stragan.kit import clock
from stragan.kit.audit import Actor
from stragan.kit.messages import text_of, text_of_error
from stragan.web.documents import draft_page, draft_saving, draft_why, first_receipt
from stragan.web.shell.access import member_page, with_seller_address
from stragan.web.shell.middleware import CompanyRequest

UNPROCESSABLE: Final = 422
FIRST_QUESTION: Final = "lines.0.vat_code"


@require_http_methods(["GET", "HEAD", "POST"])
@member_page(Ability.ISSUE_DOCUMENTS)
def draft(request: CompanyRequest, order_id: int, kind: str) -> HttpResponse:
    """The draft; sent, it is saved, and for htmx comes back with its amounts and errors."""
    view = _view_or_404(request, order_id, kind)
    if view.issued is not None:
        return _already_issued(request, view.issued)
    if question := first_receipt.question(request, kind, order=order_id):
        return redirect(question)
    if request.method != "POST":
        return _page(request, view)
    deed = request.POST.get("do", "")
    try:
        view, typed = draft_saving.saved(request, view, deed)
    except StraganError as refusal:
        messages.error(request, text_of_error(refusal))
        return _page(request, _view_or_404(request, order_id, kind), status=409)
    if deed == "save" and not draft_saving.is_unread(view):
        messages.success(request, _("The draft is saved."))
        return redirect("orders:detail", order_id)
    return _page(request, view, typed=typed)


@require_POST
@member_page(Ability.ISSUE_DOCUMENTS)
@with_seller_address
def issue(request: CompanyRequest, order_id: int, kind: str) -> HttpResponse:
    """Save the form and issue its document; what stands in the way comes back beside its field."""
    view = _view_or_404(request, order_id, kind)
    if view.issued is not None:
        return _already_issued(request, view.issued)
    if question := first_receipt.question(request, kind, order=order_id):
        return redirect(question)
    try:
        view, typed = draft_saving.saved(request, view, "issue")
    except StraganError as refusal:
        messages.error(request, text_of_error(refusal))
        return _page(request, _view_or_404(request, order_id, kind), status=409)
    is_allowed = may(request.membership.role, Ability.ISSUE_UNRELEASED)
    overrides = view.can_override and is_allowed and bool(view.reason.strip())
    if not view.can_issue and not overrides:
        if view.can_override and is_allowed:
            messages.error(request, _("Write the reason for issuing in spite of that."))
        return _page(request, view, typed=typed, status=UNPROCESSABLE)
    outcome = draft_document.issue_draft(
        company=request.company,
        order_id=order_id,
        kind=DocumentKind(kind),
        author=Author(
            user=request.user, actor=Actor.USER, now=clock.business_now(), asked_at=clock.real_now()
        ),
        role=request.membership.role,
        override_reason=view.reason if overrides else "",
    )
    if isinstance(outcome, Issued):
        messages.success(request, _("Issued %(number)s.") % {"number": outcome.document.number})
        return redirect("documents:detail", outcome.document.public_id)
    messages.error(request, text_of(outcome.refusal.code, outcome.refusal.params))
    return _page(request, _view_or_404(request, order_id, kind), status=UNPROCESSABLE)


@require_POST
@member_page(Ability.ISSUE_DOCUMENTS)
def discard(request: CompanyRequest, order_id: int, kind: str) -> HttpResponse:
    """Forget what was edited: the draft is prefilled from the order again."""
    _view_or_404(request, order_id, kind)
    draft_document.discard_draft(company=request.company, order_id=order_id, kind=DocumentKind(kind))
    messages.success(request, _("The draft was discarded and prefilled from the order again."))
    return redirect("documents:draft", order_id, kind)


@require_GET
@member_page(Ability.ISSUE_DOCUMENTS)
def preview_pdf(request: CompanyRequest, order_id: int, kind: str) -> HttpResponse:
    """The draft as it would be printed, marked as a draft."""
    view = _view_or_404(request, order_id, kind)
    data = draft_document.draft_pdf(view, now=clock.business_now())
    if data is None:
        messages.warning(request, _("The PDF can be made when every line has its VAT rate."))
        return redirect("documents:draft", order_id, kind)
    response = HttpResponse(data, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="szkic-{view.order.number}.pdf"'
    response["Cache-Control"] = "private, no-store"
    return response


def _view_or_404(request: CompanyRequest, order_id: int, kind: str) -> DraftView:
    """Show the draft of an order of the member's company; others do not exist here."""
    if kind not in {one.value for one in AVAILABLE_KINDS}:
        raise Http404
    try:
        return draft_document.view_draft(
            company=request.company, order_id=order_id, kind=DocumentKind(kind), now=clock.business_now()
        )
    except OrderNotFound as unknown:
        raise Http404 from unknown


def _already_issued(request: CompanyRequest, document: Document) -> HttpResponse:
    """Lead to the document that the order has; also out of a fragment that came too late."""
    messages.info(request, _("This order has its document already."))
    if request.headers.get("HX-Request") == "true":
        url = reverse("documents:detail", args=[document.public_id])
        return HttpResponse(headers={"HX-Redirect": url})
    return redirect("documents:detail", document.public_id)


def _page(
    request: CompanyRequest,
    view: DraftView,
    *,
    typed: dict[str, str] | None = None,
    status: int = 200,
) -> HttpResponse:
    deed = request.POST.get("do", "")
    asked = request.GET.get("why") or request.POST.get("why") or FIRST_QUESTION
    if deed.startswith("why."):
        asked = deed.removeprefix("why.")
    if request.method == "GET" and request.headers.get("HX-Request") == "true" and "why" in request.GET:
        return render(
            request, "documents/parts/why.html", {"answer": draft_why.answer(view, asked), "asked": asked}
        )
    context = draft_page.context(view, role=request.membership.role, asked=asked, typed=typed)
    is_fragment = request.headers.get("HX-Request") == "true"
    template = "documents/_draft.html" if is_fragment else "documents/draft.html"
    return render(request, template, context, status=status)
