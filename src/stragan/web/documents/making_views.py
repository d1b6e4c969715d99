"""Before a receipt: what receipts are here. From a document: another one made of it."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from stragan.companies import actions as companies
from stragan.companies import queries
from stragan.companies.models import Receipts, Role
from stragan.companies.states import Ability, may
from stragan.core.errors import StraganError
from stragan.core.snapshot import ORDER_KINDS, DocumentKind
from stragan.flows import convert_document, issue_many
from stragan.kit import clock
from stragan.kit.messages import text_of_error
from stragan.web.documents.detail_views import document_or_404
from stragan.web.documents.run_views import run_or_404
from stragan.web.shell.access import member_page
from stragan.web.shell.middleware import CompanyRequest


@require_http_methods(["GET", "HEAD", "POST"])
@member_page(Ability.ISSUE_DOCUMENTS)
def receipts(request: CompanyRequest) -> HttpResponse:
    """Ask once what a receipt is here, before the first one; nothing is guessed (VAT Act art. 111)."""
    may_answer = may(request.membership.role, Ability.MANAGE_COMPANY)
    sent = request.POST if request.method == "POST" else request.GET
    order, run = sent.get("order", ""), sent.get("run", "")
    answer = request.POST.get("receipts", "")
    if request.method == "POST" and may_answer and answer in set(Receipts):
        companies.set_receipts(
            company=request.company, receipts=answer, by=request.user, now=clock.business_now()
        )
        messages.success(request, _("Saved. You can change it in the settings of the company."))
        return _back(request, order=order, run=run)
    owners = [one for one in queries.members_of(request.company) if one.role == Role.OWNER]
    context = {
        "may_answer": may_answer,
        "current": request.company.receipts,
        "order": order,
        "run": run,
        "is_unanswered": request.method == "POST",
        "owners": ", ".join(queries.name_of(one.user) for one in owners),
    }
    return render(
        request, "documents/receipts.html", context, status=422 if request.method == "POST" else 200
    )


@require_POST
@member_page(Ability.ISSUE_DOCUMENTS)
def convert(request: CompanyRequest, public_id: UUID, kind: str) -> HttpResponse:
    """Fill the draft of another kind with what the document says, and open it."""
    document = document_or_404(request, public_id)
    if kind not in {one.value for one in ORDER_KINDS}:
        raise Http404
    try:
        draft = convert_document.convert(
            document=document, kind=DocumentKind(kind), user=request.user, now=clock.business_now()
        )
    except StraganError as refusal:
        messages.error(request, text_of_error(refusal))
        return redirect("documents:detail", public_id)
    if draft.order_id is None:
        return redirect("documents:hand", draft.public_id)
    return redirect("documents:draft", draft.order_id, kind)


def _back(request: CompanyRequest, *, order: str, run: str) -> HttpResponse:
    """Go on where the question came up; a preview is checked again by the answer."""
    if order.isascii() and order.isdigit():
        return redirect("documents:draft", int(order), DocumentKind.RECEIPT.value)
    try:
        found = run_or_404(request, UUID(run))
    except ValueError:
        return redirect("orders:list")
    try:
        issue_many.recheck_run(run=found, now=clock.business_now())
    except StraganError as refusal:
        messages.error(request, text_of_error(refusal))
    return redirect("documents:preview", found.public_id)
