"""Sending one thing to an order on Allegro because somebody asks for it."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from stragan.companies.states import Ability
from stragan.core.errors import StraganError
from stragan.documents.models import Document
from stragan.flows import outgoing
from stragan.kit import clock
from stragan.kit.messages import text_of_error
from stragan.orders.queries import order_of
from stragan.web.outbox.words import FULFILLMENTS
from stragan.web.shell.access import member_page
from stragan.web.shell.middleware import CompanyRequest


@require_POST
@member_page(Ability.CHANGE_ORDERS)
def document(request: CompanyRequest, public_id: UUID) -> HttpResponse:
    """Have a document sent to its order."""
    rows = Document.objects.for_company(request.company).select_related("company", "corrects")
    found = rows.filter(public_id=public_id).first()
    if found is None:
        raise Http404
    try:
        sending = outgoing.send_document(document=found, by=request.user, now=clock.real_now())
    except StraganError as refusal:
        messages.error(request, text_of_error(refusal))
        return redirect("documents:detail", public_id)
    messages.success(request, _("%(number)s waits to be sent to Allegro.") % {"number": found.number})
    return redirect("orders:detail", sending.order_id)


@require_POST
@member_page(Ability.CHANGE_ORDERS)
def status(request: CompanyRequest, order_id: int) -> HttpResponse:
    """Have the fulfilment status of an order set."""
    order = order_of(request.company, order_id)
    if order is None:
        raise Http404
    target = request.POST.get("target", "")
    try:
        outgoing.send_status(order=order, target=target, by=request.user, now=clock.real_now())
    except StraganError as refusal:
        messages.error(request, text_of_error(refusal))
    else:
        messages.success(
            request, _("“%(status)s” waits to be sent to Allegro.") % {"status": FULFILLMENTS[target]}
        )
    return redirect("orders:detail", order_id)
