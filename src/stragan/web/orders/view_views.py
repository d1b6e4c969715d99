"""Columns and saved views: chosen, saved, renamed, shared, set to open with, deleted."""

from dataclasses import replace

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from stragan.companies.states import Ability, may
from stragan.core.errors import Refused
from stragan.kit import clock
from stragan.kit.messages import text_of_error
from stragan.orders import views_kept
from stragan.orders.models import SavedView
from stragan.web.orders import columns, filtering, views
from stragan.web.orders.list_views import back_to_list
from stragan.web.shell.access import member_page
from stragan.web.shell.middleware import CompanyRequest


@require_POST
@member_page()
def save_columns(request: CompanyRequest) -> HttpResponse:
    """Keep the person's columns in the order they were sent; "default" forgets the choice."""
    names = columns.known(request.POST.getlist("column"))
    if "default" in request.POST:
        names = ()
    elif move := request.POST.get("move"):
        names = columns.moved(names, move)
    views_kept.choose_columns(company=request.company, user=request.user, columns=names)
    address, _mark, query = back_to_list(request).partition("?")
    state = filtering.read(QueryDict(query))
    # A view has columns of its own: whoever chooses others leaves it.
    text = replace(state, view=None).text
    return redirect(address + (text if len(text) > 1 else "?tab=all"))


@require_GET
@member_page()
def manage(request: CompanyRequest) -> HttpResponse:
    """All views a person can open, with what may be done about each."""
    return render(request, "orders/views.html", _context(request))


@require_POST
@member_page()
def save(request: CompanyRequest) -> HttpResponse:
    """Save the list as it is filtered, sorted and set out now."""
    address = back_to_list(request)
    state = filtering.read(QueryDict(address.partition("?")[2]))
    liking = views.liking_of(request.company, request.user, view_id=state.view)
    try:
        view = views_kept.save_view(
            company=request.company,
            user=request.user,
            name=request.POST.get("name", ""),
            query=replace(state, view=None, page=1).text.removeprefix("?"),
            columns=[column.name for column in columns.shown(liking.columns)],
            is_shared=_shared(request),
            now=clock.business_now(),
        )
    except Refused as refusal:
        messages.error(request, text_of_error(refusal))
        return redirect(address)
    messages.success(request, _("View “%(name)s” saved") % {"name": view.name})
    return redirect(reverse("orders:list") + views.address(view.query, view.pk))


@require_POST
@member_page()
def change(request: CompanyRequest, view_id: int) -> HttpResponse:
    """Rename, share, delete a view, or have the list open with it."""
    view = views_kept.views_of(request.company, request.user).filter(pk=view_id).first()
    if view is None:
        raise Http404
    match request.POST.get("deed"):
        case "open":
            views_kept.open_with(company=request.company, user=request.user, view=view)
            messages.success(request, _("The list opens with “%(name)s”") % {"name": view.name})
        case "open_plain":
            views_kept.open_with(company=request.company, user=request.user, view=None)
            messages.success(request, _("The list opens plainly"))
        case "delete":
            _may_change(request, view)
            views_kept.delete_view(view=view, user=request.user, now=clock.business_now())
            messages.success(request, _("View “%(name)s” deleted") % {"name": view.name})
        case "rename":
            return _rename(request, view)
        case _:
            raise Http404
    return redirect("orders:views")


def _rename(request: CompanyRequest, view: SavedView) -> HttpResponse:
    _may_change(request, view)
    try:
        views_kept.rename_view(
            view=view,
            user=request.user,
            name=request.POST.get("name", ""),
            is_shared=_shared(request),
            now=clock.business_now(),
        )
    except Refused as refusal:
        context = _context(request) | {"error": text_of_error(refusal), "wrong": view.pk}
        return render(request, "orders/views.html", context, status=422)
    messages.success(request, _("View “%(name)s” saved") % {"name": view.name})
    return redirect("orders:views")


def _context(request: CompanyRequest) -> dict[str, object]:
    return {
        "liking": views.liking_of(request.company, request.user),
        "may_share": may(request.membership.role, Ability.CHANGE_ORDERS),
        "name_length": views_kept.NAME_LENGTH,
    }


def _shared(request: CompanyRequest) -> bool:
    """Whether the view is to be shared: only people who change orders may set out the company's list."""
    wants = request.POST.get("shared") == "1"
    if wants and not may(request.membership.role, Ability.CHANGE_ORDERS):
        raise PermissionDenied
    return wants


def _may_change(request: CompanyRequest, view: SavedView) -> None:
    """Own views are one's own; shared ones of others belong to everybody who changes orders."""
    is_own = view.owner_id == request.user.pk
    if not is_own and not may(request.membership.role, Ability.CHANGE_ORDERS):
        raise PermissionDenied
