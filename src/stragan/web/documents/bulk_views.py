"""What is done with many documents of the list at once: one file to print, a table to take away."""

import io
from collections.abc import Iterator, Sequence
from typing import Any, Final

from django.contrib import messages
from django.http import Http404, HttpResponse, JsonResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from stragan.documents.models import Document
from stragan.documents.queries import linked_numbers
from stragan.flows import document_files
from stragan.formats.sheets import Column, Kind
from stragan.kit import clock
from stragan.kit.messages import text_of_error
from stragan.web.documents import words
from stragan.web.documents.filtering import LARGEST_ID, DocumentFilter, matching
from stragan.web.shell import frozen, show
from stragan.web.shell.access import member_page
from stragan.web.shell.exporting import FORMATS, table_response
from stragan.web.shell.middleware import CompanyRequest

PRINTED_AT_ONCE: Final = 200  # about 15 s where no file was made before
READ_AT_ONCE: Final = 1_000
MOST_TICKED: Final = 10_000
_AREA: Final = "documents"


@require_POST
@member_page()
def freeze(request: CompanyRequest) -> HttpResponse:
    """Select all that match now: counted exactly, kept for a day; the answer is for the page's script."""
    try:
        made = frozen.keep(request.company, _AREA, _matching_ids(request))
    except frozen.SelectionTooLarge as refusal:
        return JsonResponse({"error": text_of_error(refusal)}, status=422)
    return JsonResponse({"set": made.token, "count": made.count})


@require_POST
@member_page()
def print_many(request: CompanyRequest) -> HttpResponse:
    """Give the chosen documents as one PDF, in the order of the list."""
    try:
        ids = _chosen(request)
    except frozen.SelectionGone as refusal:
        messages.error(request, text_of_error(refusal))
        return redirect(_back(request))
    if not ids:
        messages.warning(request, _("Select documents first."))
        return redirect(_back(request))
    if len(ids) > PRINTED_AT_ONCE:
        text = _("At most %(limit)s documents are printed at once. Select fewer, by days for instance.")
        messages.error(request, text % {"limit": PRINTED_AT_ONCE})
        return redirect(_back(request))
    found = Document.objects.for_company(request.company).in_bulk(ids)
    response = HttpResponse(_together([found[pk] for pk in ids]), content_type="application/pdf")
    response["Content-Disposition"] = 'inline; filename="dokumenty.pdf"'
    response["Cache-Control"] = "private, no-store"
    return response


def _together(documents: Sequence[Document]) -> bytes:
    """Give one PDF of all these documents, each under its number."""
    import pypdf  # noqa: PLC0415 -- 6 MiB of every web process that few of them ever need

    together = pypdf.PdfWriter()
    for document in documents:
        data = document_files.pdf_of(document, now=clock.real_now())
        together.append(io.BytesIO(data), outline_item=document.number)
    target = io.BytesIO()
    together.write(target)
    return target.getvalue()


@require_POST
@member_page()
def export(request: CompanyRequest) -> HttpResponseBase:
    """Give the chosen documents, or all of the filter, as XLSX or CSV."""
    file_format = request.POST.get("file", "xlsx")
    if file_format not in FORMATS:
        raise Http404
    try:
        ids = _chosen(request) or _matching_ids(request)
    except frozen.SelectionGone as refusal:
        messages.error(request, text_of_error(refusal))
        return redirect(_back(request))
    if len(ids) > frozen.LARGEST_SET:
        text = _("More than %(limit)s documents match: narrow the filter, by days for instance.")
        messages.error(request, text % {"limit": show.number(frozen.LARGEST_SET)})
        return redirect(_back(request))
    return table_response(
        _table(request, ids), columns=_columns(), title=_("Documents"), file_format=file_format
    )


def _chosen(request: CompanyRequest) -> list[int]:
    """Ids of the ticked documents or of the frozen set that is meant, in the order of the list.

    :raises SelectionGone: the set was made too long ago.
    """
    if token := request.POST.get("set"):
        return frozen.kept(request.company, _AREA, token)
    if request.POST.get("all") == "1":
        return _matching_ids(request)
    texts = request.POST.getlist("document")[:MOST_TICKED]
    ids = [int(text) for text in texts if text.isascii() and text.isdigit() and int(text) < LARGEST_ID]
    rows = matching(request.company, DocumentFilter()).filter(pk__in=ids)
    return list(rows.values_list("pk", flat=True)) if ids else []


def _matching_ids(request: CompanyRequest) -> list[int]:
    """Ids of what the list's address matches now, at most one more than a set may have."""
    rows = matching(request.company, DocumentFilter.read(_query(request)))
    return list(rows.values_list("pk", flat=True)[: frozen.LARGEST_SET + 1])


def _query(request: CompanyRequest) -> QueryDict:
    return QueryDict(request.POST.get("query", ""))


def _back(request: CompanyRequest) -> str:
    query = request.POST.get("query", "")
    return f"{reverse('documents:list')}{f'?{query}' if query else ''}"


def _columns() -> list[Column]:
    texts = (_("Number"), _("Kind"), _("State"), _("Issue date"), _("Supply date"), _("Buyer"), _("NIP"))
    amounts = (_("Net"), _("VAT"), _("Gross"), _("Deposit"), _("To pay"))
    days = {texts[3], texts[4]}
    return [
        *(Column(title=title, kind=Kind.DAY if title in days else Kind.TEXT) for title in texts),
        *(Column(title=title, kind=Kind.AMOUNT) for title in amounts),
        *(Column(title=title, kind=Kind.TEXT) for title in (_("Currency"), _("Order"), "KSeF")),
    ]


def _table(request: CompanyRequest, ids: Sequence[int]) -> Iterator[list[Any]]:
    """Lines of the table, read some at a time."""
    for start in range(0, len(ids), READ_AT_ONCE):
        part = ids[start : start + READ_AT_ONCE]
        found = matching(request.company, DocumentFilter()).in_bulk(part)
        linked = linked_numbers(request.company, part)
        for pk in part:
            one = found[pk]
            order = linked.get(pk)
            yield [
                one.number,
                words.kind_name(one.kind),
                _("void") if hasattr(one, "void") else "",
                one.issue_date,
                one.supply_date,
                one.buyer_name,
                one.buyer_nip,
                one.net,
                one.vat,
                one.gross,
                one.deposit,
                one.to_pay,
                one.currency,
                str(order[1]) if order else "",
                str(words.KSEF.get(one.ksef, one.ksef)),
            ]
