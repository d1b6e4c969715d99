"""POBIERZ NOWE ZAMÓWIENIA: asking for a fetch, and watching it by short polling."""

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from stragan.companies.states import Ability
from stragan.flows.fetch_by_hand import ask_for_fetch
from stragan.kit import clock
from stragan.kit.messages import text_of_error
from stragan.shops import queries as shops
from stragan.shops.models import ShopState
from stragan.web.orders import fetching
from stragan.web.shell.access import member_page
from stragan.web.shell.middleware import CompanyRequest

CHANGED = "orders-changed"


@require_POST
@member_page(Ability.FETCH_ORDERS)
def fetch(request: CompanyRequest) -> HttpResponse:
    """Ask for a fetch of one shop, or of all that may be asked now."""
    wanted = list(shops.shops_of(request.company))
    now = clock.real_now()
    if asked_for := request.POST.get("shop"):
        wanted = [shop for shop in wanted if str(shop.pk) == asked_for]
        if not wanted:
            raise Http404
    else:
        connected = [shop for shop in wanted if shop.state == ShopState.CONNECTED]
        ready = [shop for shop in connected if not fetching.wait_s(shop, now)]
        wanted = ready or connected or wanted
    asked = ask_for_fetch(shops=wanted, user=request.user, now=now)
    fetching.watch(request, [run.pk for run in asked.runs])
    refusals = [text_of_error(refusal) for refusal in asked.refusals]
    if request.headers.get("HX-Request") != "true":
        fetching.tell(request, refusals)
        return redirect("orders:list")
    context = {"fetches": fetching.watched(request), "refusals": refusals}
    return render(request, "orders/_fetch_progress.html", context)


@require_GET
@member_page()
def progress(request: CompanyRequest) -> HttpResponse:
    """How the watched fetches go; once all have ended, the list is told to refresh itself."""
    if request.GET.get("close") == "1":
        fetching.forget(request)
        return HttpResponse("")
    fetches = fetching.watched(request)
    response = render(request, "orders/_fetch_progress.html", {"fetches": fetches})
    if not fetches.is_going:
        response["HX-Trigger"] = CHANGED
    return response
