"""The stock list: what is on hand, reserved and available, with its value; also as a file."""

from collections.abc import Iterator, Sequence
from typing import Any, cast

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from stragan.companies.models import Company
from stragan.companies.states import Ability, may
from stragan.formats.sheets import Column, Kind
from stragan.warehouse.queries import total_value
from stragan.web.shell.access import member_page
from stragan.web.shell.exporting import FORMATS, table_response
from stragan.web.shell.listing import Pages, address, page_number, page_size, page_within
from stragan.web.shell.middleware import CompanyRequest
from stragan.web.warehouse.filtering import DEFAULT_SORT, StockFilter, count_stock, matching
from stragan.web.warehouse.stock_rows import StockLine, lines_of, page_lines, rows_of


@require_GET
@member_page()
def stock(request: CompanyRequest) -> HttpResponse:
    """The list; for htmx only its body."""
    company = request.company
    wanted = StockFilter.read(request.GET)
    found = matching(company, wanted)
    count = count_stock(company, wanted)
    number, size = page_number(request), page_size(request)
    number = page_within(number, size=size, total=count)
    rows = rows_of(page_lines(found, start=(number - 1) * size, size=size))
    context = {
        "rows": rows,
        "count": count,
        "pages": Pages.of(request, number=number, size=size, shown=len(rows), total=count),
        "wanted": wanted,
        "sort": "" if wanted.text and wanted.sort == DEFAULT_SORT else wanted.sort,
        "tabs": _tabs(request, company, wanted),
        # Adding up a hundred thousand products takes longer than the page; then it is asked for.
        "value": total_value(company) if "value" in request.GET or _is_small(company) else None,
        "value_url": address(request, value=1, page=None),
        "exports": [
            {"label": name.upper(), "url": f"{reverse('warehouse:export', args=[name])}{address(request)}"}
            for name in FORMATS
        ],
        "may_move": may(request.membership.role, Ability.MOVE_STOCK),
    }
    is_fragment = request.headers.get("HX-Request") == "true" and (
        request.headers.get("HX-History-Restore-Request") != "true"
    )
    return render(request, "warehouse/_stock.html" if is_fragment else "warehouse/stock.html", context)


def _is_small(company: Company) -> bool:
    """Whether adding up everything on hand takes no longer than the page."""
    return not count_stock(company, StockFilter()).is_capped


@require_GET
@member_page()
def export(request: CompanyRequest, file_format: str) -> HttpResponse:
    """Everything the list matches, as a file."""
    if file_format not in FORMATS:
        raise Http404
    wanted = StockFilter.read(request.GET)
    columns = [
        Column(title=_("Product"), width=50),
        Column(title="SKU", width=20),
        Column(title="EAN", width=16),
        Column(title=_("Unit"), width=8),
        Column(title=_("On hand"), kind=Kind.NUMBER),
        Column(title=_("Reserved"), kind=Kind.NUMBER),
        Column(title=_("Available"), kind=Kind.NUMBER),
        Column(title=_("Average cost"), kind=Kind.NUMBER),
        Column(title=_("Value"), kind=Kind.AMOUNT),
    ]
    lines = lines_of(matching(request.company, wanted))
    file = table_response(_exported(lines), columns=columns, title=_("Stock"), file_format=file_format)
    return cast("HttpResponse", file)  # pages are typed as whole answers; this one is streamed


def _exported(lines: Iterator[StockLine]) -> Iterator[Sequence[Any]]:
    for line in lines:
        yield (
            line.name,
            line.sku,
            line.ean,
            line.unit,
            line.on_hand,
            line.reserved,
            line.available,
            line.average,
            line.value,
        )


def _tabs(request: CompanyRequest, company: Company, wanted: StockFilter) -> list[dict[str, Any]]:
    labels = (
        ("", _("All")),
        ("below", _("Below zero")),
        ("none", _("None on hand")),
        ("reserved", _("Reserved")),
    )
    below = count_stock(company, StockFilter(only="below"))
    return [
        {
            "label": label,
            "url": address(request, only=only or None, page=None),
            "is_current": only == wanted.only,
            "count": below if only == "below" else None,
        }
        for only, label in labels
    ]
