"""Sending stock to Allegro: the switch with its consequence, what would be sent, the queue (S47)."""

from typing import Any, Final

from django.contrib import messages
from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django.views.decorators.http import require_GET, require_POST

from stragan.companies.queries import name_of
from stragan.companies.states import Ability, may
from stragan.core.errors import StraganError
from stragan.flows import push_stock
from stragan.kit import clock
from stragan.kit.messages import text_of, text_of_error
from stragan.products.models import Product
from stragan.shops import pushes
from stragan.shops.models import OfferPush, PushState
from stragan.web.orders.links import offer_url
from stragan.web.shell import show
from stragan.web.shell.access import member_page
from stragan.web.shell.listing import Pages, page_number, page_size, page_within
from stragan.web.shell.middleware import CompanyRequest

PREVIEWED: Final = 100
RETRIED: Final = 1_000
_STATES: Final = {
    "waiting": (PushState.WAITING, PushState.SENDING),
    "sent": (PushState.SENT,),
    "failed": (PushState.FAILED,),
}


@require_GET
@member_page()
def stock(request: CompanyRequest) -> HttpResponse:
    """The switch, and below it one of: preview, waiting, sent, refused."""
    company = request.company
    tab = request.GET.get("tab", "")
    if tab not in {"preview", *_STATES}:
        tab = "waiting" if company.push_stock else "preview"
    counts = dict(
        OfferPush.objects.for_company(company)
        .order_by()
        .values("state")
        .annotate(count=Count("id"))
        .values_list("state", "count")
    )
    context: dict[str, Any] = {
        "is_on": company.push_stock,
        "changed_at": company.push_stock_changed_at,
        "changed_by": name_of(company.push_stock_changed_by),
        "has_warehouse": company.warehouse,
        "may_switch": may(request.membership.role, Ability.MANAGE_SHOPS),
        "tab": tab,
        "tabs": _tabs(tab, counts),
        "failed": counts.get(PushState.FAILED, 0),
    }
    context |= _preview(request) if tab == "preview" else _queue(request, tab)
    return render(request, "offers/stock.html", context)


@require_POST
@member_page(Ability.MANAGE_SHOPS)
def switch(request: CompanyRequest) -> HttpResponse:
    """Switch the sending on or off."""
    on = request.POST.get("push_stock") == "on"
    try:
        push_stock.switch(company=request.company, on=on, by=request.user, now=clock.business_now())
    except StraganError as refusal:
        messages.error(request, text_of_error(refusal))
    else:
        messages.success(
            request,
            _("Stock is sent to Allegro from now on.") if on else _("Nothing is sent to Allegro any more."),
        )
    return redirect("offers:stock")


@require_POST
@member_page(Ability.MANAGE_SHOPS)
def retry(request: CompanyRequest) -> HttpResponse:
    """Try one refused stock again, or all of them."""
    rows = OfferPush.objects.for_company(request.company).filter(state=PushState.FAILED).order_by("-id")
    chosen = request.POST.get("push", "")
    if chosen:
        rows = rows.filter(pk=int(chosen) if chosen.isdigit() else 0)
    ids = list(rows.values_list("id", flat=True)[:RETRIED])
    count = pushes.retry(request.company, ids, now=clock.real_now())
    text = ngettext("%(count)s offer waits again.", "%(count)s offers wait again.", count)
    messages.success(request, text % {"count": show.number(count)})
    return redirect(f"{reverse('offers:stock')}?tab=waiting")


def _tabs(tab: str, counts: dict[str, int]) -> list[dict[str, Any]]:
    names = {
        "preview": pgettext("stock to be sent", "Preview"),
        "waiting": pgettext("stock to be sent", "Waiting"),
        "sent": pgettext("stock to be sent", "Sent"),
        "failed": pgettext("stock to be sent", "Refused"),
    }
    return [
        {
            "label": label,
            "url": f"?tab={name}",
            "is_current": name == tab,
            "is_warning": name == "failed" and bool(counts.get(PushState.FAILED)),
            "count": sum(counts.get(state, 0) for state in _STATES[name]) if name in _STATES else None,
        }
        for name, label in names.items()
    ]


def _preview(request: CompanyRequest) -> dict[str, Any]:
    if not request.company.warehouse:
        return {"planned": [], "has_more": False}
    planned, has_more = push_stock.preview(request.company, limit=PREVIEWED)
    wanted = {one.offer.product_id for one in planned if one.offer.product_id}
    products = Product.objects.for_company(request.company).filter(pk__in=wanted)
    pages = {
        pk: reverse("products:detail", args=[page]) for pk, page in products.values_list("pk", "public_id")
    }
    rows = [
        {
            "offer": one.offer,
            "url": offer_url(marketplace=one.offer.marketplace, offer_id=one.offer.offer_id),
            "product": one.product,
            "product_url": pages.get(one.offer.product_id or 0, ""),
            "allegro": one.allegro,
            "stock": one.stock,
        }
        for one in planned
    ]
    return {"planned": rows, "has_more": has_more}


def _queue(request: CompanyRequest, tab: str) -> dict[str, Any]:
    found = pushes.pushes_of(request.company).filter(state__in=_STATES[tab])
    number, size = page_number(request), page_size(request)
    total = found.count()
    number = page_within(number, size=size, total=total)
    shown = list(found[(number - 1) * size : number * size])
    rows = [
        {
            "push": push,
            "url": offer_url(marketplace=push.offer.marketplace, offer_id=push.offer.offer_id),
            "is_sending": push.state == PushState.SENDING,
            "why": " ".join(
                filter(None, (text_of(push.reason_code) if push.reason_code else "", push.reason))
            ),
        }
        for push in shown
    ]
    return {
        "rows": rows,
        "pages": Pages.of(request, number=number, size=size, shown=len(shown), total=total),
    }
