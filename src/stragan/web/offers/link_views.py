"""Say which product an offer sells, or that the one it has is wrong."""

from typing import Final

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from stragan.companies.models import Company
from stragan.companies.states import Ability
from stragan.core.errors import StraganError
from stragan.flows import match_products, offer_products
from stragan.kit import clock
from stragan.kit.messages import text_of_error
from stragan.kit.search import SHORTEST_TRIGRAM, containing
from stragan.products.matching import Offer as Asked
from stragan.products.models import Product
from stragan.products.queries import catalog_for
from stragan.shops.models import Offer
from stragan.shops.offers import offers_of
from stragan.web.orders.links import offer_url
from stragan.web.shell.access import member_page
from stragan.web.shell.middleware import CompanyRequest

SHOWN: Final = 40
LONGEST_TEXT: Final = 100


@require_http_methods(["GET", "POST"])
@member_page(Ability.CHANGE_PRODUCTS)
def product(request: CompanyRequest, pk: int) -> HttpResponse:
    """Choose the product of an offer: what fits first, then a search."""
    offer = offer_or_404(request, pk)
    if request.method == "POST":
        return _link(request, offer)
    text = request.GET.get("q", "").strip()[:LONGEST_TEXT]
    fitting = [] if text else _fitting(request.company, offer)
    found = _found(request.company, text) if text else _near(request.company, offer)
    context = {
        "offer": offer,
        "offer_url": offer_url(marketplace=offer.marketplace, offer_id=offer.offer_id),
        "current": Product.objects.for_company(request.company).filter(pk=offer.product_id or 0).first(),
        "fitting": fitting,
        "found": [one for one in found if one.pk not in {each.pk for each in fitting}],
        "text": text,
    }
    return render(request, "offers/product.html", context)


@require_POST
@member_page(Ability.CHANGE_PRODUCTS)
def unlink(request: CompanyRequest, pk: int) -> HttpResponse:
    """Take the product away from an offer; it asks again and matches nothing by itself."""
    offer = offer_or_404(request, pk)
    key = (offer.shop.seller_id, offer.offer_id)
    now = clock.business_now()
    try:
        match_products.unlink(company=request.company, offers=[key], by=request.user.pk, now=now)
    except StraganError as refusal:
        messages.error(request, text_of_error(refusal))
    else:
        messages.success(request, _("The offer has no product any more."))
    offer_products.follow(company=request.company, offer_ids=[offer.offer_id])
    return redirect("offers:list")


def _link(request: CompanyRequest, offer: Offer) -> HttpResponse:
    chosen = request.POST.get("product", "")
    now = clock.business_now()
    key = (offer.shop.seller_id, offer.offer_id)
    try:
        match_products.link(
            company=request.company,
            products={key: int(chosen) if chosen.isdigit() else 0},
            by=request.user.pk,
            now=now,
        )
    except StraganError as refusal:
        messages.error(request, text_of_error(refusal))
        return redirect("offers:product", offer.pk)
    offer_products.follow(company=request.company, offer_ids=[offer.offer_id])
    messages.success(request, _("Linked: open orders with this offer have the product too."))
    return redirect("offers:list")


def _fitting(company: Company, offer: Offer) -> list[Product]:
    """Products that the rules find by themselves."""
    asked = Asked(seller_id=offer.shop.seller_id, offer_id=offer.offer_id, name=offer.name, sku=offer.sku)
    match = catalog_for(company.pk, [asked], by_links=False).match(asked)
    rows = Product.objects.for_company(company).filter(pk__in=match.product_ids)
    return list(rows.order_by("name_key", "id"))


def _near(company: Company, offer: Offer) -> list[Product]:
    """Products whose names share the longest word of the offer's."""
    words = sorted(offer.name.split(), key=len, reverse=True)
    return _found(company, words[0]) if words else []


def _found(company: Company, text: str) -> list[Product]:
    rows = Product.objects.for_company(company).filter(archived_at__isnull=True)
    if len(text) < SHORTEST_TRIGRAM:
        return list(rows.filter(sku__istartswith=text).order_by("name_key", "id")[:SHOWN])
    return list(containing(rows, text)[:SHOWN])


def offer_or_404(request: CompanyRequest, pk: int) -> Offer:
    """Find an offer of the member's company; one of another company does not exist here."""
    offer = offers_of(request.company).select_related("shop").filter(pk=pk).first()
    if offer is None:
        raise Http404
    return offer
