"""The list of contractors, and the same as a file."""

from collections.abc import Iterator
from typing import Any, Final

from django.http import Http404, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from stragan.companies.states import Ability, may
from stragan.contractors import queries
from stragan.contractors.models import Contractor
from stragan.contractors.queries import ContractorFilter, Sort, Trait, Who
from stragan.formats.sheets import Column, Kind
from stragan.kit.paging import page_of
from stragan.web.contractors import words
from stragan.web.contractors.rows import rows_of
from stragan.web.shell.access import member_page
from stragan.web.shell.exporting import FORMATS, table_response
from stragan.web.shell.listing import Pages, address, page_number, page_size, page_within
from stragan.web.shell.middleware import CompanyRequest
from stragan.web.shell.show import WARSAW

LONGEST_TEXT: Final = 100
EXPORTED: Final = 1_000_000


def filter_of(query: QueryDict) -> ContractorFilter:
    """Read the address; what makes no sense is left out."""
    who, trait, sort = query.get("who", ""), query.get("trait", ""), query.get("sort", "")
    return ContractorFilter(
        text=query.get("q", "").strip()[:LONGEST_TEXT],
        who=who if who in set(Who) else "",
        trait=trait if trait in set(Trait) else "",
        sort=Sort(sort) if sort in set(Sort) else Sort.NEWEST,
    )


@require_GET
@member_page()
def contractor_list(request: CompanyRequest) -> HttpResponse:
    """The list; for htmx only its body."""
    wanted = filter_of(request.GET)
    number, size = page_number(request), page_size(request)
    count = queries.count(request.company, wanted)
    number = page_within(number, size=size, total=count)
    rows = page_of(queries.matching(request.company, wanted), start=(number - 1) * size, size=size)
    context = {
        "rows": rows_of(rows),
        "count": count,
        "pages": Pages.of(request, number=number, size=size, shown=len(rows), total=count),
        "wanted": wanted,
        "sort": wanted.sort.value,
        "filter_count": sum(map(bool, (wanted.text, wanted.who, wanted.trait))),
        "may_change": may(request.membership.role, Ability.CHANGE_CONTRACTORS),
        "query": request.GET.urlencode(),
        **_menus(request, wanted),
    }
    is_fragment = request.headers.get("HX-Request") == "true" and (
        request.headers.get("HX-History-Restore-Request") != "true"
    )
    template = "contractors/_contractors.html" if is_fragment else "contractors/list.html"
    return render(request, template, context)


@require_GET
@member_page()
def export(request: CompanyRequest, file_format: str) -> HttpResponseBase:
    """Everything the filter lets through, as XLSX or CSV."""
    if file_format not in FORMATS:
        raise Http404
    rows = queries.matching(request.company, filter_of(request.GET))[:EXPORTED]
    columns = [
        Column(title=_("Name"), width=40),
        Column(title=_("NIP"), width=14),
        Column(title=_("EU VAT number"), width=16),
        Column(title=_("Allegro login"), width=20),
        Column(title=_("Street and number"), width=30),
        Column(title=_("Postal code"), width=10),
        Column(title=_("City"), width=20),
        Column(title=_("Country"), width=8),
        Column(title=_("Kind"), width=12),
        Column(title=_("Added"), kind=Kind.MOMENT, width=18),
        Column(title=_("Problem"), width=30),
    ]
    return table_response(
        _cells(rows.iterator(chunk_size=2000)),
        columns=columns,
        title=_("Contractors"),
        file_format=file_format,
    )


def _cells(rows: Iterator[Contractor]) -> Iterator[tuple[Any, ...]]:
    for row in rows:
        yield (
            row.name,
            row.nip,
            row.vat_eu,
            row.allegro_login,
            row.street,
            row.postal_code,
            row.city,
            row.country,
            words.kind_of(row),
            row.created_at.astimezone(WARSAW).replace(tzinfo=None),
            words.trouble_of(row),
        )


def _menus(request: CompanyRequest, wanted: ContractorFilter) -> dict[str, Any]:
    """Choices of the filter bar, each with the address it leads to."""
    return {
        "who_choices": [
            {
                "label": label,
                "url": address(request, who=key, page=None),
                "is_current": key == wanted.who,
            }
            for key, label in words.WHO.items()
        ],
        "trait_choices": [
            {
                "label": label,
                "url": address(request, trait=key, page=None),
                "is_current": key == wanted.trait,
            }
            for key, label in words.TRAITS.items()
        ],
        "who": words.WHO.get(wanted.who, ""),
        "trait": words.TRAITS.get(wanted.trait, ""),
        "clear_who": address(request, who=None, page=None),
        "clear_trait": address(request, trait=None, page=None),
        "clear_text": address(request, q=None, page=None),
    }
