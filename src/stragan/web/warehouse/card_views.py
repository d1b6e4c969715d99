"""The stock card of a product: every move with the balance after it, and what is reserved."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from stragan.companies.models import Company
from stragan.companies.states import Ability, may
from stragan.documents.queries import public_ids_of
from stragan.kit.counting import count_rows
from stragan.products.models import BundleComponent, Product
from stragan.warehouse.costs import value_of
from stragan.warehouse.models import Reservation, StockLevel, StockMove
from stragan.warehouse.queries import stands
from stragan.web.shell.access import member_page
from stragan.web.shell.listing import Pages, address, page_number, page_size, page_within
from stragan.web.shell.middleware import CompanyRequest
from stragan.web.warehouse import words

RESERVATIONS_SHOWN = 20


@require_GET
@member_page()
def card(request: CompanyRequest, public_id: UUID) -> HttpResponse:
    """The page of one product's stock."""
    company = request.company
    rows = Product.objects.for_company(company).select_related("level")
    product = rows.filter(public_id=public_id).first()
    if product is None:
        raise Http404
    is_oldest_first = request.GET.get("order") == "oldest"
    moves = StockMove.objects.for_company(company).filter(product=product)
    count = count_rows(moves)
    number, size = page_number(request), page_size(request)
    number = page_within(number, size=size, total=count)
    shown = list(
        moves.select_related("note", "order").order_by("id" if is_oldest_first else "-id")[
            (number - 1) * size : number * size
        ]
    )
    level = getattr(product, "level", None) or StockLevel()
    [stand] = stands(company, [product.pk])
    reserved = Reservation.objects.for_company(company).filter(product=product, ended_at__isnull=True)
    context = {
        "product": product,
        "stand": stand,
        "average": level.average,
        "value": value_of(on_hand=level.on_hand, average=level.average),
        "rows": move_rows(company, shown),
        "count": count,
        "pages": Pages.of(request, number=number, size=size, shown=len(shown), total=count),
        "is_oldest_first": is_oldest_first,
        "turn_url": address(request, order=None if is_oldest_first else "oldest", page=None),
        "reservations": reserved.select_related("order").order_by("id")[:RESERVATIONS_SHOWN],
        "reservation_count": count_rows(reserved),
        "components": _components(company, product),
        "may_move": may(request.membership.role, Ability.MOVE_STOCK),
    }
    return render(request, "warehouse/card.html", context)


def move_rows(company: Company, moves: list[StockMove]) -> list[dict[str, Any]]:
    """Moves as the pages show them, with the ways to note, document and order."""
    ids = {move.note.document_id for move in moves if move.note.document_id is not None}
    documents = public_ids_of(company, ids)
    return [
        {
            "move": move,
            "kind": words.KINDS[move.note.kind],
            "document_url": reverse("documents:detail", args=[documents[move.note.document_id]])
            if move.note.document_id in documents
            else "",
            "is_reversal": move.note.reverses_id is not None,
        }
        for move in moves
    ]


def _components(company: Company, product: Product) -> list[dict[str, Any]]:
    """What a bundle is made of, with what there is of each."""
    if not product.is_bundle:
        return []
    rows = BundleComponent.objects.for_company(company).filter(bundle=product).select_related("product")
    parts = list(rows.order_by("product__name_key", "id"))
    known = {one.product_id: one for one in stands(company, [part.product_id for part in parts])}
    return [{"part": part, "stand": known[part.product_id]} for part in parts]
