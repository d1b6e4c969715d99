"""One product: its page, its form, archiving it."""

from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from stragan.companies.models import Books
from stragan.companies.states import Ability, may
from stragan.flows import match_products
from stragan.kit import clock
from stragan.orders.products import latest_lines, sold_since
from stragan.products import actions, listing, queries
from stragan.products.models import Product, SoldOffer
from stragan.warehouse.queries import stands
from stragan.web.products import undo, words
from stragan.web.products.forms import ProductForm, initial_of, typed_amount, units
from stragan.web.shell.access import member_page
from stragan.web.shell.context import address
from stragan.web.shell.middleware import CompanyRequest

MONTH: Final = timedelta(days=30)


@require_GET
@member_page()
def detail(request: CompanyRequest, public_id: UUID) -> HttpResponse:
    """What is known of a product."""
    company = request.company
    product = _product(request, public_id)
    data = queries.data_of(company, [product])[product.pk]
    parts = {one.pk: one for one in queries.products_of(company, [c.product_id for c in data.components])}
    ids = [product.pk, *parts]
    known = {stand.product_id: stand for stand in stands(company, ids)} if company.warehouse else {}
    context = {
        "product": product,
        "data": data,
        "vat": words.vat_name(data.vat_code),
        "shows_ryczalt": company.books == Books.RYCZALT or bool(data.ryczalt_rate),
        "components": [
            {
                "product": parts[component.product_id],
                "quantity": component.quantity,
                "stock": known.get(component.product_id),
            }
            for component in data.components
        ],
        "bundles": queries.bundles_with(company, product),
        "stock": known.get(product.pk),
        "card_url": _card_url(product),
        "offers": listing.linked_offers(company, product),
        "sold": sold_since(company, product.pk, since=clock.business_now() - MONTH),
        "lines": latest_lines(company, product.pk),
        "may_change": may(request.membership.role, Ability.CHANGE_PRODUCTS),
        "toast": undo.announced(request),
    }
    return render(request, "products/detail.html", context)


@require_http_methods(["GET", "POST"])
@member_page(Ability.CHANGE_PRODUCTS)
def new(request: CompanyRequest) -> HttpResponse:
    """DODAJ PRODUKT; with ``offer`` in the address prefilled from that offer, and linked to it."""
    offer = _offer(request)
    form = ProductForm(request.POST if request.method == "POST" else None, initial=_from_offer(offer))
    if request.method == "POST":
        product = _save(request, form, None)
        if product is not None:
            if offer is not None:
                key = (offer.seller_id, offer.offer_id)
                match_products.link(
                    company=request.company,
                    products={key: product.pk},
                    by=request.user.pk,
                    now=clock.business_now(),
                )
            messages.success(request, _("Added the product."))
            if "another" in request.POST:
                return redirect("products:new")
            return redirect("products:detail", product.public_id)
    return _form_page(request, form, product=None, offer=offer)


@require_http_methods(["GET", "POST"])
@member_page(Ability.CHANGE_PRODUCTS)
def edit(request: CompanyRequest, public_id: UUID) -> HttpResponse:
    """Change a product."""
    product = _product(request, public_id)
    form = ProductForm(
        request.POST if request.method == "POST" else None, initial=initial_of(request.company, product)
    )
    if request.method == "POST" and _save(request, form, product) is not None:
        messages.success(request, _("Saved the product."))
        return redirect("products:detail", public_id)
    return _form_page(request, form, product=product)


@require_POST
@member_page(Ability.CHANGE_PRODUCTS)
def archive(request: CompanyRequest, public_id: UUID) -> HttpResponse:
    """Archive a product, or take it into use again."""
    product = _product(request, public_id)
    now = clock.business_now()
    if product.archived_at is None:
        actions.archive_products(
            company=request.company,
            product_ids=[product.pk],
            reason=request.POST.get("reason", ""),
            by=request.user.pk,
            now=now,
        )
        messages.success(request, _("Archived the product. Documents and stock cards keep it."))
    else:
        match_products.restore(company=request.company, product_ids=[product.pk], by=request.user.pk, now=now)
        messages.success(request, _("The product is in use again."))
    return redirect("products:detail", public_id)


def _save(request: CompanyRequest, form: ProductForm, product: Product | None) -> Product | None:
    """Save what was typed; None where something is wrong, which the form then says."""
    data, errors = form.data_for(request.company)
    if not errors:
        try:
            saved = match_products.save_product(
                company=request.company,
                product_id=product.pk if product else None,
                data=data,
                by=request.user.pk,
                now=clock.business_now(),
            )
        except actions.ProductInvalid as refusal:
            errors = list(refusal.errors)
        else:
            return saved.product
    form.tell(errors)
    return None


def _form_page(
    request: CompanyRequest, form: ProductForm, *, product: Product | None, offer: SoldOffer | None = None
) -> HttpResponse:
    context = {
        "form": form,
        "product": product,
        "offer": offer,
        "units": units(),
        "shows_ryczalt": request.company.books == Books.RYCZALT,
        "cancel_url": reverse("products:detail", args=[product.public_id])
        if product
        else reverse("products:list"),
    }
    return render(request, "products/form.html", context, status=422 if form.errors else 200)


def _product(request: CompanyRequest, public_id: UUID) -> Product:
    product = queries.product_of(request.company, public_id)
    if product is None:
        raise Http404
    return product


def _offer(request: CompanyRequest) -> SoldOffer | None:
    text = request.GET.get("offer", "")
    if not (text.isascii() and text.isdecimal() and len(text) < len(str(2**62))):
        return None
    return SoldOffer.objects.for_company(request.company).filter(pk=int(text)).first()


def _from_offer(offer: SoldOffer | None) -> dict[str, Any]:
    if offer is None:
        return {"unit": units()[0]}
    data = queries.data_from_offer(offer)
    return {
        "name": data.name,
        "sku": data.sku,
        "ean": data.ean,
        "unit": data.unit,
        "price": typed_amount(data.price),
        "vat_code": data.vat_code,
    }


def _card_url(product: Product) -> str:
    if not address("warehouse:stock"):
        return ""
    return reverse("warehouse:card", args=[product.public_id])
