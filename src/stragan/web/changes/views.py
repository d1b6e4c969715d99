"""The change radar: what changed on Allegro after documents were issued, and what is to be done."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from stragan.companies.states import Ability, may
from stragan.core.errors import StraganError
from stragan.documents import queries as documents
from stragan.documents import radar
from stragan.documents.states import ChangeState
from stragan.flows import change_radar
from stragan.kit import clock
from stragan.kit.audit import Actor
from stragan.kit.messages import text_of_error
from stragan.orders.models import Order
from stragan.web.changes import words
from stragan.web.changes.rows import rows_of
from stragan.web.shell.access import member_page
from stragan.web.shell.listing import Pages, page_number, page_size, page_within
from stragan.web.shell.middleware import CompanyRequest


@require_GET
@member_page()
def listing(request: CompanyRequest) -> HttpResponse:
    """Show what waits, what asks for nothing, and what was settled, by tab."""
    counts = radar.counts(request.company)
    wanted = request.GET.get("tab", "")
    tab = next((state for state in ChangeState if state.value == wanted), ChangeState.OPEN)
    number, size = page_number(request), page_size(request, sizes=(50, 100, 200), default=50)
    number = page_within(number, size=size, total=counts[tab])
    changes = radar.page_of_changes(request.company, tab, start=(number - 1) * size, size=size)
    items = {row.pk: radar.items_of(row) for row in changes}
    papers = {item.paper for several in items.values() for item in several if item.paper}
    public = documents.public_ids_of(request.company, papers)
    context = {
        "tab": tab.value,
        "tabs": [
            {
                "label": label,
                "count": counts[state],
                "url": f"?tab={state.value}",
                "is_current": state is tab,
                "is_warning": state is ChangeState.OPEN and counts[state] > 0,
            }
            for state, label in words.TABS.items()
        ],
        "rows": rows_of(changes, items, public=public, is_settled=tab is ChangeState.SETTLED),
        "pages": Pages.of(request, number=number, size=size, shown=len(changes), total=counts[tab]),
        "may_act": may(request.membership.role, Ability.UNDO_DOCUMENTS),
        "here": request.get_full_path(),
    }
    return render(request, "changes/list.html", context)


@require_POST
@member_page(Ability.UNDO_DOCUMENTS)
def settle(request: CompanyRequest, order_id: int) -> HttpResponse:
    """Note that nothing is to be done about what changed, and why."""
    order = Order.objects.for_company(request.company).filter(pk=order_id).only("id", "number").first()
    if order is None:
        raise Http404
    try:
        change_radar.settle(
            company=request.company,
            order_id=order_id,
            reason=request.POST.get("reason", ""),
            by=request.user,
            actor=Actor.USER,
            now=clock.business_now(),
        )
    except StraganError as refusal:
        messages.error(request, text_of_error(refusal))
    else:
        messages.success(request, _("The change of order %(number)s is settled.") % {"number": order.number})
    target = request.POST.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(target, allowed_hosts=None) and target.startswith("/")
    return redirect(target if is_ours else reverse("changes:list"))
