"""The catalog as a list, what is done with selected products, and the list as a file."""

from typing import Final, cast

from django.contrib import messages
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from stragan.companies.states import Ability, may
from stragan.flows import match_products
from stragan.kit import clock
from stragan.kit.paging import page_of
from stragan.products import actions, exporting, listing, queries
from stragan.web.products import filtering
from stragan.web.products.rows import rows_of
from stragan.web.shell import exporting as files
from stragan.web.shell import show
from stragan.web.shell.access import member_page
from stragan.web.shell.listing import Pages, page_number, page_size, page_within
from stragan.web.shell.middleware import CompanyRequest

LARGEST_ID: Final = 2**62


@require_GET
@member_page()
def product_list(request: CompanyRequest) -> HttpResponse:
    """The list; for htmx only its body."""
    company = request.company
    wanted = filtering.read(request.GET)
    number, size = page_number(request), page_size(request)
    found = listing.matching(company, wanted)
    total = listing.count(found, wanted)
    number = page_within(number, size=size, total=total)
    shown = page_of(found, start=(number - 1) * size, size=size)
    context = {
        "rows": rows_of(company, shown),
        "total": total,
        "pages": Pages.of(request, number=number, size=size, shown=len(shown), total=total),
        "wanted": wanted,
        "sort": "" if wanted.text else wanted.sort.value,  # a search has its own order
        "has_any": bool(shown) or wanted.count > 0 or queries.has_products(company.pk),
        "unmatched": listing.count_offers(company),
        "may_change": may(request.membership.role, Ability.CHANGE_PRODUCTS),
        **filtering.menus(wanted),
    }
    is_fragment = request.headers.get("HX-Request") == "true" and (
        request.headers.get("HX-History-Restore-Request") != "true"
    )
    return render(request, "products/_products.html" if is_fragment else "products/list.html", context)


@require_POST
@member_page(Ability.CHANGE_PRODUCTS)
def selected(request: CompanyRequest) -> HttpResponse:
    """Archive or restore the selected products."""
    ids = _chosen(request)
    deed = request.POST.get("deed", "")
    now = clock.business_now()
    if deed == "archive" and ids:
        reason = request.POST.get("reason", "")
        count = actions.archive_products(
            company=request.company, product_ids=ids, reason=reason, by=request.user.pk, now=now
        )
        text = ngettext("Archived %(count)s product.", "Archived %(count)s products.", count)
        messages.success(request, text % {"count": show.number(count)})
    elif deed == "restore" and ids:
        count = match_products.restore(company=request.company, product_ids=ids, by=request.user.pk, now=now)
        text = ngettext("Restored %(count)s product.", "Restored %(count)s products.", count)
        messages.success(request, text % {"count": show.number(count)})
    else:
        messages.warning(request, _("Select products first."))
    return redirect(f"{reverse('products:list')}{filtering.address(_filter_of(request))}")


@require_GET
@member_page()
def export(request: CompanyRequest) -> HttpResponse:
    """The list as XLSX or CSV, all rows of the filter; the import takes it back."""
    file_format = request.GET.get("format", "xlsx")
    if file_format not in files.FORMATS:
        raise Http404
    found = listing.matching(request.company, filtering.read(request.GET))
    answer = files.table_response(
        exporting.rows(request.company, found),
        columns=exporting.columns(in_polish=show.is_polish()),
        title=_("Products"),
        file_format=file_format,
    )
    return cast("HttpResponse", answer)  # a stream is answered the same way


def _filter_of(request: CompanyRequest) -> listing.ProductFilter:
    return filtering.read(QueryDict(request.POST.get("query", "").lstrip("?")))


def _chosen(request: CompanyRequest) -> list[int]:
    """Ids the form means; ids that are not the company's are left out by the deed itself."""
    if request.POST.get("all") == "1":
        return list(listing.matching(request.company, _filter_of(request)).values_list("id", flat=True))
    return ids_of(request, "product")


def ids_of(request: CompanyRequest, name: str) -> list[int]:
    """Ids that a form sent under *name*.

    :raises Http404: something else was sent.
    """
    sent = request.POST.getlist(name)
    ids = [int(text) for text in sent if text.isascii() and text.isdecimal()]
    if len(ids) != len(sent) or any(pk > LARGEST_ID for pk in ids):
        raise Http404
    return list(dict.fromkeys(ids))
