"""One issued document: what it says, its files, who issued it."""

from typing import Final
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from stragan.core.snapshot import KsefState
from stragan.documents import queries
from stragan.documents.models import Document
from stragan.flows import document_files
from stragan.kit import clock
from stragan.web.documents import words
from stragan.web.shell.access import member_page
from stragan.web.shell.middleware import CompanyRequest

PDF: Final = "application/pdf"


@require_GET
@member_page()
def detail(request: CompanyRequest, public_id: UUID) -> HttpResponse:
    """The page of a document: its frozen content, with the ways to everything around it."""
    document = document_or_404(request, public_id)
    snapshot = queries.snapshot_of(document)
    lines = [
        {
            "line": line,
            "kind": words.LINE_KINDS[line.kind],
            "vat": words.vat_label(line.vat_code),
            "source": words.VAT_SOURCES[line.vat_source],
        }
        for line in snapshot.lines
    ]
    return render(
        request,
        "documents/detail.html",
        {
            "document": document,
            "snapshot": snapshot,
            "kind": words.kind_name(document.kind, vat_payer=snapshot.seller.vat_payer),
            "lines": lines,
            "rates": [{"rate": rate, "label": words.vat_label(rate.code)} for rate in snapshot.rates],
            "ksef": words.KSEF.get(document.ksef, document.ksef),
            "is_unsent": document.ksef == KsefState.NOT_SENT,
            "source": words.SOURCES[snapshot.buyer.source],
            "method": words.method_name(snapshot.payment.method),
            "left_to_pay": snapshot.to_pay - snapshot.payment.paid,
            "file_name": document_files.file_name(document.number, "pdf"),
        },
    )


@require_GET
@member_page()
def pdf(request: CompanyRequest, public_id: UUID) -> HttpResponse:
    """The PDF, shown in the browser under the document's own file name."""
    document = document_or_404(request, public_id)
    data = document_files.pdf_of(document, now=clock.real_now())
    return _file(data, content_type=PDF, name=document_files.file_name(document.number, "pdf"))


@require_GET
@member_page()
def as_json(request: CompanyRequest, public_id: UUID) -> HttpResponse:
    """The frozen content byte for byte, as its SHA-256 was taken."""
    document = document_or_404(request, public_id)
    name = document_files.file_name(document.number, "json")
    return _file(bytes(document.snapshot), content_type="application/json", name=name, shown=False)


def document_or_404(request: CompanyRequest, public_id: UUID) -> Document:
    """Find a document of the member's company; one of another company does not exist here."""
    document = queries.document_of(request.company, public_id)
    if document is None:
        raise Http404
    return document


def _file(data: bytes, *, content_type: str, name: str, shown: bool = True) -> HttpResponse:
    response = HttpResponse(data, content_type=content_type)
    response["Content-Disposition"] = f'{"inline" if shown else "attachment"}; filename="{name}"'
    response["Cache-Control"] = "private, no-store"
    return response
