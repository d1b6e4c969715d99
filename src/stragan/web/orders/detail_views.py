"""The page of one order."""

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from stragan.companies.states import Ability, may
from stragan.kit import clock
from stragan.orders import queries
from stragan.orders.models import Order
from stragan.web.orders import details, filtering, links, undo, words
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
        "toast": undo.announced(request),
        **details.place(request.company, order, state),
        **details.load(request.company, order, today=clock.business_today()),
    }
    context["provider"] = words.provider(context["data"].payment.provider)
    context["features"] = ", ".join(words.feature(value) for value in context["data"].payment.features)
    context["payment_type"] = words.payment_type(context["data"].payment.type)
    return render(request, "orders/detail.html", context)
