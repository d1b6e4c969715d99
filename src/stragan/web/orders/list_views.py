"""The list of orders, and the names its filter offers."""

from typing import Final

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET

from stragan.kit import clock
from stragan.orders import queries
from stragan.products.queries import search_products
from stragan.web.orders import fetching, filtering, list_page, undo, views
from stragan.web.shell import frame
from stragan.web.shell.access import member_page
from stragan.web.shell.middleware import CompanyRequest

PRODUCTS_OFFERED: Final = 12


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
    if not is_fragment and not request.GET:
        opening = views.opening_address(request.company, request.user)
        if opening:
            return HttpResponseRedirect(reverse("orders:list") + opening)
    context = list_page.context(
        request,
        company=request.company,
        role=request.membership.role,
        state=state,
        now=clock.business_now(),
        today=clock.business_today(),
    )
    if not is_fragment:
        frame.counts_once(request, request.company, known=context["counts"])
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


@require_GET
@member_page()
def delivery_methods(request: CompanyRequest) -> HttpResponse:
    """Names of delivery methods for the filter, asked for when its menu is opened."""
    return render(
        request, "orders/_delivery_methods.html", {"methods": queries.delivery_methods(request.company)}
    )


@require_GET
@member_page()
def products(request: CompanyRequest) -> HttpResponse:
    """Products to narrow the list by: for htmx the lines of the menu, else a page of its own."""
    state = filtering.read(request.GET)
    text = request.GET.get("words", "")[:200]
    found = search_products(request.company, text, limit=PRODUCTS_OFFERED)
    context = {
        "choices": [(product, state.query(product_id=product.pk)) for product in found],
        "text": text,
        "list_url": reverse("orders:list") + (state.text if len(state.text) > 1 else "?tab=all"),
    }
    is_fragment = request.headers.get("HX-Request") == "true"
    return render(request, "orders/_products.html" if is_fragment else "orders/products.html", context)


def back_to_list(request: CompanyRequest) -> str:
    """Where a form of the list returns to: the address it was sent from, if it is ours."""
    address = request.POST.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(address, allowed_hosts=None)
    return address if is_ours and address.startswith("/") else reverse("orders:list")
