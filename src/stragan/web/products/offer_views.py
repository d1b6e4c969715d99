"""Offers of orders that have no product: seen, linked, made into products."""

from typing import Final
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from stragan.companies.models import Company
from stragan.companies.states import Ability, may
from stragan.flows import link_offers, match_products
from stragan.kit import clock
from stragan.kit.counting import LIMIT, SEARCH_LIMIT, count_rows
from stragan.kit.messages import text_of_error
from stragan.kit.paging import page_of
from stragan.products import listing
from stragan.products.actions import LinkNotFound, OfferNotFound
from stragan.products.models import Product, SoldOffer
from stragan.shops.models import Shop
from stragan.web.products import filtering, undo, words
from stragan.web.products.list_views import ids_of
from stragan.web.products.offer_rows import linking_form, rows_of
from stragan.web.shell import show
from stragan.web.shell.access import member_page
from stragan.web.shell.listing import Pages, page_number, page_size, page_within
from stragan.web.shell.middleware import CompanyRequest

SIZES: Final = 50
SHOWN_CHOSEN: Final = 20
OUTSIDE: Final = "https://allegro.pl/oferta/"


@require_GET
@member_page()
def unmatched(request: CompanyRequest) -> HttpResponse:
    """The page; for htmx only its body."""
    company = request.company
    wanted = filtering.read_offers(request.GET)
    number, size = page_number(request), page_size(request, default=SIZES)
    found = listing.unmatched(company, wanted)
    total = count_rows(found, limit=SEARCH_LIMIT if wanted.text else LIMIT)
    number = page_within(number, size=size, total=total)
    shown = page_of(found, start=(number - 1) * size, size=size)
    shops = list(Shop.objects.for_company(company).order_by("name", "id"))
    names = {shop.seller_id: shop.name for shop in shops}
    may_change = may(request.membership.role, Ability.CHANGE_PRODUCTS)
    context = {
        "rows": rows_of(
            shown,
            listing.suggestions(company, shown),
            shops=names,
            linking=linking_form(request, back=f"{request.path}{filtering.offers_address(wanted)}")
            if may_change
            else None,
        ),
        "outside": OUTSIDE,
        "total": total,
        "pages": Pages.of(request, number=number, size=size, shown=len(shown), total=total),
        "wanted": wanted,
        "shops": [
            {"label": name, "url": filtering.offers_address(wanted, seller=seller_id)}
            for seller_id, name in names.items()
        ],
        "shop": names.get(wanted.seller_id, ""),
        "clear_shop": filtering.offers_address(wanted, seller=""),
        "clear_text": filtering.offers_address(wanted, q=""),
        "newest_url": filtering.offers_address(wanted, sort=""),
        "most_url": filtering.offers_address(wanted, sort="most"),
        "filter_count": bool(wanted.text) + bool(wanted.seller_id),
        "query": filtering.offers_address(wanted),
        "may_change": may_change,
        "toast": undo.announced(request),
    }
    is_fragment = request.headers.get("HX-Request") == "true" and (
        request.headers.get("HX-History-Restore-Request") != "true"
    )
    return render(request, "products/_unmatched.html" if is_fragment else "products/unmatched.html", context)


@require_POST
@member_page(Ability.CHANGE_PRODUCTS)
def selected_offers(request: CompanyRequest) -> HttpResponse:
    """What is done with selected offers: take suggestions, make products, or choose one for all."""
    company = request.company
    ids = _chosen(request)
    deed = request.POST.get("deed", "")
    if not ids:
        messages.warning(request, _("Select offers first."))
        return redirect(_back(request))
    if deed == "choose":
        chosen = ids[: link_offers.MOST_AT_ONCE]
        return redirect(f"{reverse('products:choose')}?{urlencode({'offer': chosen}, doseq=True)}")
    if deed == "make":
        return _made(request, ids)
    if deed == "accept":
        linked = link_offers.accept_suggestions(
            company=company, offer_ids=ids, by=request.user.pk, now=clock.business_now()
        )
        count = len(linked.before)
        if count == 0:
            messages.warning(request, _("None of these offers has a certain suggestion: choose by hand."))
        else:
            _announce(request, linked)
        return redirect(_back(request))
    raise Http404


@require_POST
@member_page(Ability.CHANGE_PRODUCTS)
def link(request: CompanyRequest) -> HttpResponse:
    """Link offers to one product: ``pair`` is offer:product of one button, else ``offer``, ``product``."""
    pair = request.POST.get("pair", "").split(":")
    if len(pair) == 2 and all(text.isascii() and text.isdecimal() for text in pair):  # noqa: PLR2004 -- offer and product
        ids, product_id = [int(pair[0])], int(pair[1])
    else:
        ids, product_id = ids_of(request, "offer"), next(iter(ids_of(request, "product")), 0)
    offers = _offers(request.company, ids)
    if not offers or len(offers) != len(ids):
        raise Http404
    try:
        linked = match_products.link(
            company=request.company,
            products={(offer.seller_id, offer.offer_id): product_id for offer in offers},
            by=request.user.pk,
            now=clock.business_now(),
        )
    except LinkNotFound as refusal:
        messages.error(request, text_of_error(refusal))
    else:
        _announce(request, linked)
    return redirect(_back(request))


@require_POST
@member_page(Ability.CHANGE_PRODUCTS)
def make(request: CompanyRequest) -> HttpResponse:
    """Make a product of an offer as it is."""
    ids = ids_of(request, "offer")
    if len(_offers(request.company, ids)) != len(ids) or not ids:
        raise Http404
    return _made(request, ids)


@require_GET
@member_page(Ability.CHANGE_PRODUCTS)
def choose(request: CompanyRequest) -> HttpResponse:
    """Look for the product of one or more offers."""
    texts = request.GET.getlist("offer")
    ids = [int(text) for text in texts if text.isascii() and text.isdecimal() and len(text) < SIZES]
    offers = _offers(request.company, ids[: link_offers.MOST_AT_ONCE])
    if not offers:
        return redirect("products:unmatched")
    text = request.GET.get("q", "").strip()[: filtering.LONGEST_TEXT]
    company = request.company
    suggested: dict[int, str] = {}
    products: list[Product] = []
    if text:
        products = listing.search(company, text)
    else:
        for one in listing.suggestions(company, offers[:1])[offers[0].pk]:
            suggested[one.product.pk] = str(words.WHY[one.why])
            products.append(one.product)
        others = listing.alike(company, offers[0].name)
        products += [product for product in others if product.pk not in suggested]
    context = {
        "offers": offers[:SHOWN_CHOSEN],
        "more": max(len(offers) - SHOWN_CHOSEN, 0),
        "ids": [offer.pk for offer in offers],
        "count": len(offers),
        "text": text,
        "rows": [
            {
                "product": product,
                "why": suggested.get(product.pk, ""),
                "vat": words.vat_name(product.vat_code),
            }
            for product in products
        ],
    }
    return render(request, "products/choose.html", context)


@require_POST
@member_page(Ability.CHANGE_PRODUCTS)
def unlink(request: CompanyRequest) -> HttpResponse:
    """Take the product away from an offer: ``key`` is seller and offer."""
    seller_id, _sign, offer_id = request.POST.get("key", "").partition("/")
    try:
        linked = match_products.unlink(
            company=request.company,
            offers=[(seller_id, offer_id)],
            by=request.user.pk,
            now=clock.business_now(),
        )
    except OfferNotFound as refusal:
        raise Http404 from refusal
    text = _("The offer %(offer)s has no product now and waits among unmatched offers.")
    undo.announce(request, request.company, text % {"offer": offer_id}, linked.before)
    return redirect(_back(request))


@require_POST
@member_page(Ability.CHANGE_PRODUCTS)
def undo_link(request: CompanyRequest, token: str) -> HttpResponse:
    """Let offers stand again as they did."""
    before = undo.take(request.company, token)
    if not before:
        messages.warning(request, _("It is too late to undo: link the offer again by hand."))
        return redirect(_referer(request))
    try:
        match_products.undo(
            company=request.company, before=before, by=request.user.pk, now=clock.business_now()
        )
    except LinkNotFound as refusal:
        messages.error(request, text_of_error(refusal))
    else:
        text = ngettext("%(count)s offer stands as before.", "%(count)s offers stand as before.", len(before))
        messages.success(request, text % {"count": show.number(len(before))})
    return redirect(_referer(request))


def _made(request: CompanyRequest, ids: list[int]) -> HttpResponse:
    done = link_offers.make_products(
        company=request.company, offer_ids=ids, by=request.user.pk, now=clock.business_now()
    )
    if done.linked.before:
        _announce(request, done.linked, made=done.created)
    if done.refused:
        names = "; ".join(f"{name}: {reason}" for name, reason in done.told(limit=3))
        text = ngettext(
            "No product could be made of %(count)s offer. %(names)s",
            "No products could be made of %(count)s offers. %(names)s",
            len(done.refused),
        )
        messages.warning(request, text % {"count": show.number(len(done.refused)), "names": names})
    return redirect(_back(request))


def _announce(request: CompanyRequest, linked: match_products.Linked, *, made: int = 0) -> None:
    count = len(linked.before)
    if made:
        text = ngettext(
            "Made %(count)s product. Undo takes the link away, not the product.",
            "Made %(count)s products. Undo takes the links away, not the products.",
            made,
        ) % {"count": show.number(made)}
    else:
        text = ngettext("Linked %(count)s offer.", "Linked %(count)s offers.", count) % {
            "count": show.number(count)
        }
    undo.announce(request, request.company, text, linked.before)


def _chosen(request: CompanyRequest) -> list[int]:
    if request.POST.get("all") == "1":
        wanted = filtering.read_offers(QueryDict(request.POST.get("query", "").lstrip("?")))
        return list(listing.unmatched(request.company, wanted).values_list("id", flat=True))
    return ids_of(request, "offer")


def _offers(company: Company, ids: list[int]) -> list[SoldOffer]:
    return list(SoldOffer.objects.for_company(company).filter(pk__in=ids).order_by("-sold_at", "-id"))


def _back(request: HttpRequest) -> str:
    address = request.POST.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(address, allowed_hosts=None) and address.startswith("/")
    return address if is_ours else reverse("products:unmatched")


def _referer(request: HttpRequest) -> str:
    referer = request.headers.get("Referer", "")
    path = referer.removeprefix(f"{request.scheme}://{request.get_host()}")
    return path if path.startswith(reverse("products:list")) else reverse("products:unmatched")
