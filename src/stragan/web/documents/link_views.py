"""Link existing documents to orders, from either side, and take a link away."""

from typing import Any, Final
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_http_methods

from stragan.companies.states import Ability
from stragan.documents import queries
from stragan.documents.content import Refusal
from stragan.documents.models import Document, OrderDocument
from stragan.flows.link_document import (
    document_refusal,
    link_document,
    order_refusal,
    unlink_document,
)
from stragan.flows.link_suggestions import documents_for, orders_for
from stragan.kit.messages import text_of
from stragan.orders.models import Order
from stragan.web.documents import words
from stragan.web.documents.detail_views import document_or_404
from stragan.web.documents.undo_views import UNPROCESSABLE, author_of
from stragan.web.shell.access import member_page
from stragan.web.shell.middleware import CompanyRequest

LONGEST_TEXT: Final = 100
REASONS: Final[dict[str, str | Promise]] = {
    "noted": gettext_lazy("names this order"),
    "nip": gettext_lazy("same NIP"),
    "amount": gettext_lazy("same amount"),
    "buyer": gettext_lazy("same buyer"),
    "near": pgettext_lazy("of two days", "dates close together"),
}


@require_http_methods(["GET", "HEAD", "POST"])
@member_page(Ability.ISSUE_DOCUMENTS)
def link(request: CompanyRequest, order_id: int) -> HttpResponse:
    """Documents that may be this order's: suggested, or searched; sent with one, it is linked (S40, S41)."""
    order = _order_or_404(request, order_id)
    if request.method == "POST":
        document = queries.document_by_number(request.company, request.POST.get("document", ""))
        if document is None:
            raise Http404
        return _link(request, document, order, back="orders:detail", key=order.pk)
    refusal = order_refusal(order)
    text = _text(request)
    found = [] if refusal else documents_for(request.company, order, text=text)
    context = {
        "order": order,
        "text": text,
        "blocked": text_of(refusal.code, refusal.params) if refusal else "",
        "rows": [
            {
                "document": one.document,
                "kind": words.kind_name(one.document.kind),
                "reasons": _said(one.reasons),
                "is_same": one.document.to_pay == order.total,
            }
            for one in found
        ],
        "taken": None if found or not text else _taken(request, text),
    }
    return render(request, _template(request, "link_document"), context)


@require_http_methods(["GET", "HEAD", "POST"])
@member_page(Ability.ISSUE_DOCUMENTS)
def link_order(request: CompanyRequest, public_id: UUID) -> HttpResponse:
    """Orders that this document may belong to; sent with one, it is linked."""
    document = document_or_404(request, public_id)
    if request.method == "POST":
        order = _order_or_404(request, request.POST.get("order", ""))
        return _link(request, document, order, back="documents:detail", key=public_id)
    refusal = document_refusal(document, company=request.company)
    text = _text(request)
    found = [] if refusal else orders_for(request.company, document, text=text)
    context = {
        "document": document,
        "text": text,
        "blocked": text_of(refusal.code, refusal.params) if refusal else "",
        "rows": [
            {
                "order": one.order,
                "reasons": _said(one.reasons),
                "is_same": one.order.total == document.to_pay,
            }
            for one in found
        ],
    }
    return render(request, _template(request, "link_order"), context)


@require_http_methods(["GET", "HEAD", "POST"])
@member_page(Ability.UNDO_DOCUMENTS)
def unlink(request: CompanyRequest, public_id: UUID, link_id: int) -> HttpResponse:
    """Ask why the document is not the order's, then end the link."""
    document = document_or_404(request, public_id)
    rows = OrderDocument.objects.for_company(request.company).select_related("order")
    found = rows.filter(pk=link_id, document_id=document.pk).first()
    if found is None:
        raise Http404
    context: dict[str, Any] = {"document": document, "order": found.order}
    if request.method != "POST":
        return render(request, "documents/unlink.html", context)
    reason = request.POST.get("reason", "")[:300]
    outcome = unlink_document(
        company=request.company, link_id=link_id, reason=reason, author=author_of(request)
    )
    if isinstance(outcome, Refusal):
        context |= {"error": text_of(outcome.code, outcome.params), "reason": reason}
        return render(request, "documents/unlink.html", context, status=UNPROCESSABLE)
    messages.success(request, _("%(number)s no longer belongs to the order.") % {"number": document.number})
    return redirect("documents:detail", public_id)


def _link(
    request: CompanyRequest, document: Document, order: Order, *, back: str, key: int | UUID
) -> HttpResponse:
    outcome = link_document(
        company=request.company, document_id=document.pk, order_id=order.pk, author=author_of(request)
    )
    if isinstance(outcome, Refusal):
        messages.error(request, text_of(outcome.code, outcome.params))
    else:
        facts = {"number": document.number, "order": order.number}
        messages.success(request, _("%(number)s belongs to order %(order)s now.") % facts)
    return redirect(back, key)


def _taken(request: CompanyRequest, text: str) -> dict[str, Any] | None:
    """Say why a document that was searched by its number is not offered."""
    document = queries.document_by_number(request.company, text)
    refusal = document_refusal(document, company=request.company) if document else None
    if document is None or refusal is None:
        return None
    return {"document": document, "why": text_of(refusal.code, refusal.params)}


def _order_or_404(request: CompanyRequest, order_id: int | str) -> Order:
    is_id = isinstance(order_id, int) or (order_id.isascii() and order_id.isdigit())
    rows = Order.objects.for_company(request.company).select_related("shop", "superseded_by")
    order = rows.filter(pk=int(order_id)).first() if is_id else None
    if order is None:
        raise Http404
    return order


def _text(request: CompanyRequest) -> str:
    return request.GET.get("q", "").strip()[:LONGEST_TEXT]


def _said(reasons: tuple[str, ...]) -> list[str]:
    return [str(REASONS[name]) for name in reasons]


def _template(request: CompanyRequest, name: str) -> str:
    is_fragment = request.headers.get("HX-Request") == "true"
    return f"documents/{'_' if is_fragment else ''}{name}.html"
