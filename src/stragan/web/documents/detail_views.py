"""One issued document: what it says, its files, who issued it."""

from typing import Final
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from stragan.companies.states import Ability, may
from stragan.core.snapshot import DocumentSnapshot, KsefState
from stragan.core.totals import document_totals
from stragan.documents import queries
from stragan.documents.models import Document
from stragan.flows import change_radar, convert_document, document_files
from stragan.kit import clock
from stragan.web.changes.card import card_of
from stragan.web.documents import around, words
from stragan.web.documents.filtering import DocumentFilter
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
            "left_to_pay_shown": abs(snapshot.to_pay - snapshot.payment.paid),
            "conversions": _conversions(request, document),
            "groups": around.groups_of(snapshot.corrected) if snapshot.corrected else [],
            "before_after": _around_sums(snapshot),
            "may_undo": may(request.membership.role, Ability.UNDO_DOCUMENTS),
            **around.context(document, company=request.company, wanted=DocumentFilter.read(request.GET)),
            "change_card": card_of(
                request.company, change_radar.examine_document(document), role=request.membership.role
            ),
            "file_name": document_files.file_name(document.number, "pdf"),
        },
    )


def _conversions(request: CompanyRequest, document: Document) -> list[tuple[str, str]]:
    """Give what may be made of the document by this person, with the words of the buttons."""
    if not may(request.membership.role, Ability.ISSUE_DOCUMENTS):
        return []
    kinds = convert_document.conversions_of(document)
    return [(kind.value, str(words.CONVERSIONS[document.kind, kind])) for kind in kinds]


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


def _around_sums(snapshot: DocumentSnapshot) -> list[dict[str, object]]:
    """Sums of a correction's document before and after it."""
    corrected = snapshot.corrected
    if corrected is None:
        return []
    states = ((_("Before"), corrected.rates_before), (_("After"), corrected.rates_after))
    return [{"label": label, "sums": document_totals(rates)} for label, rates in states]


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
