"""The list of orders, its columns, and the names its filter offers."""

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET, require_POST

from stragan.kit import clock
from stragan.orders import queries
from stragan.web.orders import columns, fetching, filtering, list_page, undo
from stragan.web.shell.access import member_page
from stragan.web.shell.middleware import CompanyRequest


@require_GET
@member_page()
def order_list(request: CompanyRequest) -> HttpResponse:
    """The list, or for htmx its body; addresses with empty parts are rewritten without them."""
    state = filtering.read(request.GET)
    is_fragment = request.headers.get("HX-Request") == "true" and (
        request.headers.get("HX-History-Restore-Request") != "true"
    )
    address = reverse("orders:list") + (state.text if len(state.text) > 1 else "")
    if not is_fragment and "" in request.GET.values():
        return HttpResponseRedirect(address)
    context = list_page.context(
        request,
        company=request.company,
        role=request.membership.role,
        state=state,
        now=clock.business_now(),
        today=clock.business_today(),
    )
    if not is_fragment:
        context |= {
            "toast": undo.announced(request),
            "fetches": fetching.watched(request),
            "refusals": fetching.told(request),
        }
        return render(request, "orders/list.html", context)
    response = render(request, "orders/_orders.html", context)
    if request.headers.get("HX-Boosted") == "true":
        response["HX-Push-Url"] = address
    return response


@require_POST
@member_page()
def save_columns(request: CompanyRequest) -> HttpResponse:
    """Keep the chosen columns in this browser; "default" forgets the choice."""
    response = redirect(back_to_list(request))
    names = [name for name in request.POST.getlist("column") if name in columns.NAMES]
    if "default" in request.POST or not names:
        response.delete_cookie(columns.COOKIE)
    else:
        response.set_cookie(
            columns.COOKIE,
            ".".join(names),
            max_age=columns.COOKIE_AGE_S,
            secure=request.is_secure(),
            httponly=True,
            samesite="Lax",
        )
    return response


@require_GET
@member_page()
def delivery_methods(request: CompanyRequest) -> HttpResponse:
    """Names of delivery methods for the filter, asked for when its menu is opened."""
    return render(
        request, "orders/_delivery_methods.html", {"methods": queries.delivery_methods(request.company)}
    )


def back_to_list(request: CompanyRequest) -> str:
    """Where a form of the list returns to: the address it was sent from, if it is ours."""
    address = request.POST.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(address, allowed_hosts=None)
    return address if is_ours and address.startswith("/") else reverse("orders:list")
