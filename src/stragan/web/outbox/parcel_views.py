"""Tracking numbers by hand on an order's page, and many at once from a file."""

from typing import Any, Final

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from stragan.companies.states import Ability
from stragan.core.errors import StraganError
from stragan.flows import parcels as flow
from stragan.flows.parcels import Added, NotAdded, ParcelFileUnreadable
from stragan.formats.sheets import MAX_BYTES_IN
from stragan.kit import clock
from stragan.kit.audit import Actor
from stragan.kit.messages import text_of_error
from stragan.orders import queries
from stragan.outbox.parcels import names
from stragan.web.shell.access import member_page
from stragan.web.shell.middleware import CompanyRequest

SHOWN: Final = 500


@require_POST
@member_page(Ability.CHANGE_ORDERS)
def add(request: CompanyRequest, order_id: int) -> HttpResponse:
    """Note one parcel of an order."""
    order = queries.order_of(request.company, order_id)
    if order is None:
        raise Http404
    try:
        added = flow.add_parcel(
            order=order,
            carrier=request.POST.get("other", "").strip() or request.POST.get("carrier", ""),
            waybill=request.POST.get("waybill", ""),
            user=request.user,
            actor=Actor.USER,
            now=clock.real_now(),
        )
    except StraganError as refusal:
        messages.error(request, text_of_error(refusal))
    else:
        text = (
            _("%(waybill)s waits to be sent to Allegro.")
            if added.sending is not None
            else _(
                "%(waybill)s is noted here. Nothing is sent to Allegro: that is switched off for the shop."
            )
        )
        messages.success(request, text % {"waybill": added.parcel.waybill})
    return redirect("orders:detail", order_id)


@require_http_methods(["GET", "HEAD", "POST"])
@member_page(Ability.CHANGE_ORDERS)
def import_file(request: CompanyRequest) -> HttpResponse:
    """Ask for a file; with one, note its parcels and say what became of each line."""
    if request.method != "POST":
        return render(request, "outbox/import.html", {})
    sent = request.FILES.get("file")
    try:
        if sent is None or sent.size is None or sent.size > MAX_BYTES_IN:
            raise ParcelFileUnreadable
        found = list(
            flow.add_from_file(
                company=request.company,
                data=sent.read(),
                user=request.user,
                actor=Actor.USER,
                now=clock.real_now(),
            )
        )
    except StraganError as refusal:
        return render(request, "outbox/import.html", {"trouble": text_of_error(refusal)}, status=422)
    return render(request, "outbox/import.html", _result(found))


def _result(found: list[Added | NotAdded]) -> dict[str, Any]:
    added = [one for one in found if isinstance(one, Added)]
    refused = [one for one in found if isinstance(one, NotAdded)]
    known = names()
    return {
        "is_done": True,
        "added": [
            {
                "one": one,
                "carrier": one.parcel.carrier_name or known.get(one.parcel.carrier, one.parcel.carrier),
            }
            for one in added[:SHOWN]
        ],
        "refused": [
            {"line": one.line, "order": one.order, "why": text_of_error(one.refusal)}
            for one in refused[:SHOWN]
        ],
        "new": sum(one.is_new for one in added),
        "known": sum(not one.is_new for one in added),
        "bad": len(refused),
    }
