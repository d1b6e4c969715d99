"""Documents written by hand, without an order: begun, edited, issued, discarded."""

from typing import Any, Final
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from stragan.companies.models import Receipts
from stragan.companies.queries import vat_standing
from stragan.companies.states import Ability
from stragan.core.errors import StraganError
from stragan.core.snapshot import ORDER_KINDS, DocumentKind
from stragan.documents.content import Refusal
from stragan.documents.drafting import allowed_codes
from stragan.documents.queries import number_to_be
from stragan.flows import hand_document
from stragan.flows.hand_document import DraftNotFound, HandDraft, IssuedByHand
from stragan.kit import clock
from stragan.kit.messages import text_of, text_of_error
from stragan.web.documents import draft_form, words
from stragan.web.documents.undo_views import UNPROCESSABLE, author_of
from stragan.web.shell import kinds
from stragan.web.shell.access import member_page, with_seller_address
from stragan.web.shell.middleware import CompanyRequest

CONFLICT: Final = 409
# What a draft lacks until it is filled in.
STILL_EMPTY: Final = frozenset(
    {
        "buyer_data_missing",
        "company_nip_missing",
        "document_worth_nothing",
        "fiscal_receipt_missing",
        "goods_missing",
        "goods_name_missing",
        "line_name_missing",
        "vat_missing",
    }
)


@require_http_methods(["GET", "HEAD", "POST"])
@member_page(Ability.ISSUE_DOCUMENTS)
def new(request: CompanyRequest) -> HttpResponse:
    """Choose a kind and begin; unfinished drafts wait below."""
    if request.method == "POST":
        if request.POST.get("kind") not in ORDER_KINDS:
            raise Http404
        chosen = hand_document.contractor_with(request.company, _id(request.POST.get("contractor", "")))
        draft = hand_document.begin(
            company=request.company,
            kind=DocumentKind(request.POST["kind"]),
            contractor=chosen,
            user=request.user,
            now=clock.business_now(),
        )
        return redirect("documents:hand", draft.public_id)
    is_payer = vat_standing(request.company, on=clock.business_today()).vat_payer
    context = {
        "kinds": [
            {
                "value": kind.value,
                "name": words.kind_name(kind, vat_payer=is_payer),
                "icon": kinds.ICONS[kind],
            }
            for kind in ORDER_KINDS
        ],
        "contractor": request.GET.get("contractor", ""),
        "drafts": [
            {
                "row": row,
                "kind": words.kind_name(row.kind, vat_payer=is_payer),
                "buyer": _buyer_of(row.content),
            }
            for row in hand_document.unfinished(request.company)
        ],
    }
    return render(request, "documents/new.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@member_page(Ability.ISSUE_DOCUMENTS)
def hand(request: CompanyRequest, public_id: UUID) -> HttpResponse:
    """The draft; sent, it is saved, and for htmx comes back with its amounts and errors."""
    view = _view_or_404(request, public_id)
    if request.method != "POST":
        return _page(request, view)
    try:
        view, typed = _saved(request, view)
        view = _chosen(request, view)
    except StraganError as refusal:
        messages.error(request, text_of_error(refusal))
        return _page(request, _view_or_404(request, public_id), status=CONFLICT)
    return _page(request, view, typed=typed if view.row.saved_at and _is_plain(request) else None)


@require_POST
@member_page(Ability.ISSUE_DOCUMENTS)
@with_seller_address
def issue_hand(request: CompanyRequest, public_id: UUID) -> HttpResponse:
    """Save the form and issue its document; what stands in the way comes back beside its field."""
    view = _view_or_404(request, public_id)
    try:
        view, typed = _saved(request, view)
        outcome = (
            hand_document.issue(company=request.company, public_id=public_id, author=author_of(request))
            if view.can_issue
            else view.refusals
        )
    except StraganError as refusal:
        messages.error(request, text_of_error(refusal))
        return redirect("documents:list")
    if isinstance(outcome, IssuedByHand):
        messages.success(request, _("Issued %(number)s.") % {"number": outcome.document.number})
        return redirect("documents:detail", outcome.document.public_id)
    return _page(request, view, typed=typed, refusals=outcome, status=UNPROCESSABLE)


@require_POST
@member_page(Ability.ISSUE_DOCUMENTS)
def discard_hand(request: CompanyRequest, public_id: UUID) -> HttpResponse:
    """Forget the draft."""
    _view_or_404(request, public_id)
    hand_document.discard(company=request.company, public_id=public_id)
    messages.success(request, _("The draft was discarded."))
    return redirect("documents:new")


def _view_or_404(request: CompanyRequest, public_id: UUID) -> HandDraft:
    try:
        return hand_document.view(company=request.company, public_id=public_id, now=clock.business_now())
    except DraftNotFound as unknown:
        raise Http404 from unknown


def _saved(request: CompanyRequest, view: HandDraft) -> tuple[HandDraft, dict[str, str]]:
    """Save what was typed, after adding or removing a line."""
    values = draft_form.sent_values(request.POST)
    verb, _sep, rest = request.POST.get("do", "").partition(".")
    if verb == "add":
        values = draft_form.with_added_line(values, place=int(values["lines.count"]))
    elif verb == "remove" and rest.isdigit():
        values = draft_form.without_line(values, int(rest))
    view = hand_document.save(
        company=request.company,
        public_id=view.row.public_id,
        edit=draft_form.edit_of(values),
        method=request.POST.get("method", ""),
        seen_at=request.POST.get("seen_at", ""),
        user=request.user,
        now=clock.business_now(),
    )
    return view, values


def _chosen(request: CompanyRequest, view: HandDraft) -> HandDraft:
    """Take over a contractor or a product that was chosen beside the form."""
    verb, _sep, rest = request.POST.get("do", "").partition(".")
    options: dict[str, Any] = {
        "company": request.company,
        "public_id": view.row.public_id,
        "user": request.user,
        "now": clock.business_now(),
    }
    contractor = hand_document.contractor_with(request.company, _id(rest)) if verb == "contractor" else None
    if contractor is not None:
        return hand_document.choose_contractor(contractor=contractor, **options)
    product = hand_document.product_with(request.company, _id(rest)) if verb == "product" else None
    if product is not None:
        return hand_document.add_product(product=product, **options)
    return view


def _page(
    request: CompanyRequest,
    view: HandDraft,
    *,
    typed: dict[str, str] | None = None,
    refusals: tuple[Any, ...] | None = None,
    status: int = 200,
) -> HttpResponse:
    content, company = view.content, request.company
    values = typed or draft_form.values_of(content, reason="")
    shown = refusals if refusals is not None else view.refusals
    if status != UNPROCESSABLE:  # nothing is red for what nobody has typed yet
        shown = tuple(one for one in shown if one.code not in STILL_EMPTY)
    wrong: dict[str, list[str]] = {}
    for one in shown:
        wrong.setdefault(one.field, []).append(_sentence(one))
    is_asked = request.method == "POST"
    searched = request.POST.get("find_contractor", ""), request.POST.get("find_product", "")
    count = int(values["lines.count"])
    context = {
        "view": view,
        "content": content,
        "values": values,
        "fields": {name.replace(".", "_"): text for name, text in values.items()},
        "wrong": {name.replace(".", "_"): texts for name, texts in wrong.items()} if is_asked else {},
        "errors": [{"field": field, "text": text} for field, texts in wrong.items() for text in texts],
        "warnings": [text_of(one.code, one.params) for one in view.warnings],
        "shows_errors": is_asked and status == UNPROCESSABLE,
        "lines": [_line(values, place, view, wrong if is_asked else {}) for place in range(count)],
        "codes": [(code, words.vat_label(code)) for code in allowed_codes(view.profile)],
        "shows_vat": view.profile.vat_payer,
        "kind": words.kind_name(content.kind, vat_payer=view.profile.vat_payer),
        "has_buyer": content.kind is not DocumentKind.OTHER_INCOME,
        "has_receipt": content.kind is DocumentKind.RECEIPT and company.receipts == Receipts.FISCAL,
        "is_offer": content.kind is DocumentKind.OFFER,
        "methods": [(name, words.method_name(name)) for name in hand_document.METHODS],
        "number_to_be": number_to_be(company, kind=content.kind, issue_date=content.issue_date),
        "rates": [
            {"label": words.vat_label(rate.code), "rate": rate}
            for rate in (view.sums.rates if view.sums else ())
        ],
        "contractors": hand_document.contractors_like(company, searched[0]) if searched[0] else [],
        "products": hand_document.products_like(company, searched[1]) if searched[1] else [],
        "find_contractor": searched[0],
        "find_product": searched[1],
        "foreseen": hand_document.foresee(view, company=company),
        "seen_at": view.row.saved_at.isoformat(),
    }
    is_fragment = request.headers.get("HX-Request") == "true"
    return render(
        request, "documents/_hand.html" if is_fragment else "documents/hand.html", context, status=status
    )


def _sentence(refusal: Refusal) -> str:
    """Say what is wrong; a document without an order has nothing from Allegro."""
    if refusal.code == "buyer_data_missing":
        return _("Give the buyer's name and whole address.")
    if refusal.code == "vat_missing":
        return _("Choose the VAT rate of this line.")
    if refusal.code == "company_nip_missing":
        return _("Give the company's NIP, or say that the buyer is no company.")
    return text_of(refusal.code, refusal.params)


def _line(values: dict[str, str], place: int, view: HandDraft, wrong: dict[str, list[str]]) -> dict[str, Any]:
    texts = {name: values[f"lines.{place}.{name}"] for name in draft_form.LINE_FIELDS}
    lines = view.content.lines
    known = lines[place] if place < len(lines) else None
    errors = {
        name.rpartition(".")[2]: said for name, said in wrong.items() if name.startswith(f"lines.{place}.")
    }
    return {"place": place, **texts, "gross": known.gross if known else None, "errors": errors}


def _is_plain(request: CompanyRequest) -> bool:
    verb = request.POST.get("do", "").partition(".")[0]
    return verb not in {"contractor", "product"}


def _buyer_of(content: dict[str, Any] | None) -> str:
    buyer = (content or {}).get("buyer", {})
    return str(buyer.get("name", ""))


def _id(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 18 else 0  # noqa: PLR2004 -- bigint
