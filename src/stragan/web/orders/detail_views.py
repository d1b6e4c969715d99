"""The page of one order."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from stragan.companies.states import Ability, may
from stragan.flows import change_radar
from stragan.kit import clock
from stragan.orders import actions, queries
from stragan.orders.models import Order
from stragan.web.changes.card import card_of
from stragan.web.orders import details, filtering, links, money_card, undo, words
from stragan.web.shell.access import member_page
from stragan.web.shell.middleware import CompanyRequest


@require_GET
@member_page()
def detail(request: CompanyRequest, order_id: int) -> HttpResponse:
    """Everything about one order; the phone number only when it was asked for."""
    order = queries.order_of(request.company, order_id)
    if order is None:
        raise Http404
    state = filtering.read(request.GET)
    role = request.membership.role
    sign = words.STATUSES[order.status]
    context = {
        "order": order,
        "sign": sign,
        "statuses": words.STATUSES,
        "allegro_status": words.allegro_status(order.allegro_status),
        "fulfillment": words.fulfillment(order.fulfillment_status),
        "allegro_url": links.order_url(order.allegro_id),
        "marketplace": links.MARKETPLACES.get(order.marketplace, order.marketplace),
        "shows_phone": request.GET.get("phone") == "1",
        "supersedes": list(
            Order.objects.for_company(request.company)
            .filter(superseded_by=order)
            .order_by("id")
            .only("id", "number")
        ),
        "may_change": may(role, Ability.CHANGE_ORDERS),
        "may_issue": may(role, Ability.ISSUE_DOCUMENTS),
        "may_undo": may(role, Ability.UNDO_DOCUMENTS),
        "toast": undo.announced(request),
        **details.place(request.company, order, state),
        "money": money_card.card_of(request.company, order, now=clock.business_now())
        if order.superseded_by_id is None
        else None,
        **details.load(request.company, order, today=clock.business_today()),
        "change_card": card_of(request.company, change_radar.examine(request.company, order.pk), role=role)
        if order.changed_after_issue
        else None,
    }
    context["provider"] = words.provider(context["data"].payment.provider)
    context["features"] = ", ".join(words.feature(value) for value in context["data"].payment.features)
    context["payment_type"] = words.payment_type(context["data"].payment.type)
    return render(request, "orders/detail.html", context)


@require_POST
@member_page(Ability.CHANGE_ORDERS)
def save_note(request: CompanyRequest, order_id: int) -> HttpResponse:
    """Keep the seller's own note."""
    order = queries.order_of(request.company, order_id)
    if order is None:
        raise Http404
    actions.write_note(
        order=order, text=request.POST.get("note", ""), user=request.user, now=clock.business_now()
    )
    messages.success(request, _("Note saved"))
    tail = filtering.read(request.GET).text
    return redirect(reverse("orders:detail", args=[order_id]) + (tail if len(tail) > 1 else ""))
