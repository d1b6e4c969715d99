"""The filtered list, or the selected orders, as XLSX or CSV."""

from django.contrib import messages
from django.http import Http404, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from stragan.kit import clock
from stragan.orders import queries
from stragan.web.orders import columns, export, filtering, list_page, selection, views
from stragan.web.orders.list_views import back_to_list
from stragan.web.orders.selection_views import acts_on_selection
from stragan.web.shell import show
from stragan.web.shell.access import member_page
from stragan.web.shell.exporting import FORMATS, table_response
from stragan.web.shell.middleware import CompanyRequest


@require_POST
@member_page()
@acts_on_selection
def export_orders(request: CompanyRequest) -> HttpResponseBase:
    """Give the file: selected orders, else all that the list's address shows."""
    file_format, _dash, extent = request.POST.get("file", "xlsx").partition("-")
    if file_format not in FORMATS:
        raise Http404
    address = back_to_list(request)
    state = filtering.read(QueryDict(address.partition("?")[2]))
    ids = selection.order_ids(request, request.company) if _is_selected(request) else None
    if ids is None and queries.exceeds(request.company, state.wanted, limit=export.LARGEST):
        text = _(
            "More than %(limit)s orders match: narrow the filter, by days for instance, and export again."
        )
        messages.error(request, text % {"limit": show.number(export.LARGEST)})
        return redirect(address)
    liking = views.liking_of(request.company, request.user, view_id=state.view)
    table = export.table(
        request.company,
        wanted=state.wanted,
        ids=ids,
        shops={shop.pk: shop.name for shop in list_page.shops_of(request.company)},
        shown=None if extent == "all" else columns.shown(liking.columns),
        now=clock.business_now(),
    )
    return table_response(table.rows, columns=table.columns, title=table.title, file_format=file_format)


def _is_selected(request: CompanyRequest) -> bool:
    return any(name in request.POST for name in ("order", "all", "set"))
