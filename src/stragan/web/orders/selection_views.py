"""What is done with selected orders: issuing, setting the status, taking that back."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.contrib import messages
from django.http import Http404, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from stragan.companies.states import Ability
from stragan.core.snapshot import DocumentKind
from stragan.documents.states import AVAILABLE_KINDS
from stragan.flows import issue_many, order_statuses
from stragan.kit import clock
from stragan.kit.messages import text_of_error
from stragan.orders import actions
from stragan.orders.states import OrderStatus
from stragan.web.orders import selection, undo, words
from stragan.web.orders.list_views import back_to_list
from stragan.web.shell import show
from stragan.web.shell.access import member_page
from stragan.web.shell.frozen import SelectionGone, SelectionTooLarge
from stragan.web.shell.middleware import CompanyRequest

FOLLOW = "follow"


P = ParamSpec("P")
View = Callable[Concatenate[CompanyRequest, P], HttpResponseBase]


def acts_on_selection(view: View[P]) -> View[P]:
    """Tell on the list why a selection cannot be worked on."""

    @wraps(view)
    def guarded(request: CompanyRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        try:
            return view(request, *args, **kwargs)
        except (SelectionGone, SelectionTooLarge) as refusal:
            messages.error(request, text_of_error(refusal))
            return redirect(back_to_list(request))

    return guarded


@require_POST
@member_page()
def freeze(request: CompanyRequest) -> HttpResponse:
    """Select all that match now: counted exactly, kept for a day; the answer is for the page's script."""
    try:
        kept = selection.freeze(request.company, request.POST.get("query", ""))
    except SelectionTooLarge as refusal:
        return JsonResponse({"error": text_of_error(refusal)}, status=422)
    return JsonResponse({"set": kept.token, "count": kept.count})


@require_POST
@member_page(Ability.ISSUE_DOCUMENTS)
@acts_on_selection
def issue(request: CompanyRequest) -> HttpResponse:
    """WYSTAW: one order opens its draft, several the preview of a frozen set."""
    kind = request.POST.get("kind", DocumentKind.INVOICE)
    if kind not in {available.value for available in AVAILABLE_KINDS}:
        raise Http404
    ids = selection.order_ids(request, request.company)
    if not ids:
        messages.warning(request, _("Select orders first."))
        return redirect(back_to_list(request))
    if len(ids) == 1:
        return redirect("documents:draft", ids[0], kind)
    try:
        run = issue_many.prepare_run(
            company=request.company,
            order_ids=ids,
            kind=DocumentKind(kind),
            issue_date=clock.business_today(),
            user=request.user,
            now=clock.business_now(),
        )
    except issue_many.RunTooLarge as refusal:
        messages.error(request, text_of_error(refusal))
        return redirect(back_to_list(request))
    return redirect("documents:preview", run.public_id)


@require_POST
@member_page(Ability.CHANGE_ORDERS)
@acts_on_selection
def set_status(request: CompanyRequest) -> HttpResponse:
    """Set the seller's own status of the selected orders, or let it follow the payment again."""
    wanted = request.POST.get("status", "")
    if wanted != FOLLOW and wanted not in set(OrderStatus):
        raise Http404
    status = None if wanted == FOLLOW else OrderStatus(wanted)
    changes: list[actions.StatusChange] = []
    for ids in selection.chunks(selection.order_ids(request, request.company)):
        changes += order_statuses.set_status(
            company=request.company,
            order_ids=ids,
            status=status,
            user=request.user,
            now=clock.business_now(),
        )
    if changes:
        text = _changed_text(status, len(changes))
        undo.announce(request, undo.Toast(text=text, undo_url=undo.keep(request.company, changes)))
    else:
        messages.info(request, _("Nothing to change: the status was set already."))
    return redirect(back_to_list(request))


@require_POST
@member_page(Ability.CHANGE_ORDERS)
def undo_status(request: CompanyRequest, token: str) -> HttpResponse:
    """Put back the statuses that the last change replaced."""
    changes = undo.take(request.company, token)
    if changes:
        order_statuses.undo_status(
            company=request.company, changes=changes, user=request.user, now=clock.business_now()
        )
        count = len(changes)
        text = ngettext(
            "Restored the status of %(count)s order", "Restored the status of %(count)s orders", count
        )
        messages.success(request, text % {"count": show.number(count)})
    else:
        messages.warning(request, _("It is too late to undo: set the status again by hand."))
    return redirect(came_from(request))


def came_from(request: CompanyRequest) -> str:
    """The page of the orders that a toast was pressed on, else the list."""
    referer = request.headers.get("Referer", "")
    path = referer.removeprefix(f"{request.scheme}://{request.get_host()}")
    return path if path.startswith("/orders/") else reverse("orders:list")


def _changed_text(status: OrderStatus | None, count: int) -> str:
    if status is None:
        text = ngettext(
            "The status of %(count)s order follows the payment again",
            "The status of %(count)s orders follows the payment again",
            count,
        )
        return text % {"count": show.number(count)}
    text = ngettext(
        "Changed the status of %(count)s order to %(status)s",
        "Changed the status of %(count)s orders to %(status)s",
        count,
    )
    return text % {"count": show.number(count), "status": words.STATUSES[status].word}
