"""The page of an order's versions: list, one opened, two compared."""

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from stragan.orders import queries
from stragan.web.orders import filtering, versions
from stragan.web.shell.access import member_page
from stragan.web.shell.middleware import CompanyRequest


@require_GET
@member_page()
def order_versions(request: CompanyRequest, order_id: int) -> HttpResponse:
    """Versions of one order; ``old`` and ``new`` are compared, ``new`` alone is opened.

    Without either the newest is compared with the one before it.
    """
    order = queries.order_of(request.company, order_id)
    if order is None:
        raise Http404
    new = _number(request, "new") or order.revision_count
    old = _number(request, "old")
    if old is None and "new" not in request.GET and new > 1:
        old = new - 1
    content = versions.content_of(order, new)
    before = versions.content_of(order, old) if old else None
    if content is None or (old and before is None):
        raise Http404
    tail = filtering.read(request.GET).text
    context = {
        "order": order,
        "versions": versions.versions_of(order),
        "new": new,
        "old": old,
        "facts": versions.facts_of(content) if before is None else (),
        "changes": versions.changes_between(before, content) if before else (),
        "tail": tail if len(tail) > 1 else "",
    }
    return render(request, "orders/versions.html", context)


def _number(request: CompanyRequest, name: str) -> int | None:
    text = request.GET.get(name, "")
    is_number = text.isascii() and text.isdecimal() and len(text) < len("1000000")
    return int(text) if is_number and int(text) else None
