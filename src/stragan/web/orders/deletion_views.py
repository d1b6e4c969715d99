"""The bin: orders are deleted with a reason, single and many, and brought back."""

from typing import Final

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from stragan.companies.states import Ability
from stragan.flows.delete_orders import (
    REASON_LENGTH,
    Deleted,
    DeleteReasonMissing,
    OrderHasDocument,
    delete_orders,
    restore_orders,
)
from stragan.kit import clock
from stragan.kit.messages import text_of_error
from stragan.orders.models import Order
from stragan.web.orders import selection, undo
from stragan.web.orders.list_views import back_to_list
from stragan.web.orders.selection_views import acts_on_selection, came_from
from stragan.web.shell import show
from stragan.web.shell.access import member_page
from stragan.web.shell.middleware import CompanyRequest

_NAMED: Final = 12
_REFUSALS_TOLD: Final = 3


@require_POST
@member_page(Ability.CHANGE_ORDERS)
@acts_on_selection
def ask(request: CompanyRequest) -> HttpResponse:
    """Ask for the reason, then delete the very orders that were selected."""
    ids = _posted_ids(request) or selection.order_ids(request, request.company)
    if not ids:
        messages.warning(request, _("Select orders first."))
        return redirect(back_to_list(request))
    if "reason" not in request.POST:
        return _page(request, ids)
    try:
        deleted = _delete(request, ids, reason=request.POST["reason"])
    except DeleteReasonMissing as refusal:
        return _page(request, ids, error=text_of_error(refusal))
    _tell(request, deleted)
    return redirect(back_to_list(request))


@require_POST
@member_page(Ability.CHANGE_ORDERS)
@acts_on_selection
def restore(request: CompanyRequest) -> HttpResponse:
    """Bring the selected orders back from the bin."""
    _restore(request, selection.order_ids(request, request.company))
    return redirect(back_to_list(request))


@require_POST
@member_page(Ability.CHANGE_ORDERS)
def undo_delete(request: CompanyRequest, token: str) -> HttpResponse:
    """Bring back what was deleted a moment ago."""
    ids = undo.take_deleted(request.company, token)
    if ids:
        _restore(request, ids)
    else:
        messages.warning(request, _("It is too late to undo here: restore the orders from the bin."))
    return redirect(came_from(request))


def _posted_ids(request: CompanyRequest) -> list[int]:
    """Ids kept in the page that asks for the reason: the set cannot change in between."""
    sent = [
        int(text) for text in request.POST.get("ids", "").split(".") if text.isascii() and text.isdecimal()
    ]
    return [pk for pk in sent if pk < selection.LARGEST_ID]


def _page(request: CompanyRequest, ids: list[int], *, error: str = "") -> HttpResponse:
    rows = Order.objects.for_company(request.company).filter(pk__in=ids[:_NAMED]).order_by("-number")
    context = {
        "ids": ".".join(map(str, ids)),
        "count": len(ids),
        "numbers": list(rows.values_list("number", flat=True)),
        "more": max(0, len(ids) - _NAMED),
        "reason": request.POST.get("reason", ""),
        "reason_length": REASON_LENGTH,
        "error": error,
        "back": back_to_list(request),
    }
    return render(request, "orders/delete.html", context, status=422 if error else 200)


def _delete(request: CompanyRequest, ids: list[int], *, reason: str) -> Deleted:
    done: list[int] = []
    refusals: list[OrderHasDocument] = []
    for part in selection.chunks(ids):
        deleted = delete_orders(
            company=request.company,
            order_ids=part,
            reason=reason,
            user=request.user,
            now=clock.business_now(),
        )
        done += deleted.ids
        refusals += deleted.refusals
    return Deleted(ids=tuple(done), refusals=tuple(refusals))


def _tell(request: CompanyRequest, deleted: Deleted) -> None:
    """Say how many went to the bin, with a way back, and which did not and why."""
    count = len(deleted.ids)
    if count:
        text = ngettext("%(count)s order moved to the bin", "%(count)s orders moved to the bin", count)
        toast = undo.Toast(
            text=text % {"count": show.number(count)},
            undo_url=undo.keep_deleted(request.company, deleted.ids),
        )
        undo.announce(request, toast)
    for refusal in deleted.refusals[:_REFUSALS_TOLD]:
        messages.error(request, text_of_error(refusal))
    if rest := len(deleted.refusals[_REFUSALS_TOLD:]):
        text = ngettext(
            "%(count)s more order has a document and stays.",
            "%(count)s more orders have documents and stay.",
            rest,
        )
        messages.error(request, text % {"count": show.number(rest)})


def _restore(request: CompanyRequest, ids: list[int]) -> None:
    done = 0
    for part in selection.chunks(ids):
        done += len(
            restore_orders(
                company=request.company, order_ids=part, user=request.user, now=clock.business_now()
            )
        )
    text = ngettext("Restored %(count)s order", "Restored %(count)s orders", done)
    messages.success(request, text % {"count": show.number(done)})
