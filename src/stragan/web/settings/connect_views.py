"""Connecting an Allegro account: by Allegro's page of consent, or by a code on another device."""

from typing import Final
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from stragan.companies.states import Ability
from stragan.core.errors import StraganError
from stragan.flows import connect_shop
from stragan.kit import clock
from stragan.kit.messages import text_of_error
from stragan.shops.actions import Wish
from stragan.shops.models import Authorization, Shop
from stragan.web.settings.page import show
from stragan.web.settings.shop_forms import NewShopForm
from stragan.web.settings.shop_views import shop_or_404
from stragan.web.shell.access import member_page
from stragan.web.shell.middleware import CompanyRequest

FIELD_OF: Final = {
    "shop_seller_differs": "name",
    "shop_seller_known": "name",
    "shop_name_missing": "name",
    "allegro_client_missing": "client_id",
}


_TYPED: Final = "shop_typed"  # in the session: what was typed for a shop that is not connected yet, no secret


def callback_url() -> str:
    """The address Allegro sends the browser back to; registered with the application there."""
    return f"{settings.PUBLIC_URL}{reverse('settings:allegro_callback')}"


@sensitive_post_parameters("client_secret")
@require_http_methods(["GET", "HEAD", "POST"])
@member_page(Ability.MANAGE_SHOPS)
def add(request: CompanyRequest) -> HttpResponse:
    """Ask what the shop is called and whose data become the buyer, then send the seller to Allegro."""
    typed = request.session.get(_TYPED)
    form = NewShopForm(request.POST or None, today=clock.business_today(), initial=typed)
    if request.method == "POST" and form.is_valid():
        request.session[_TYPED] = form.typed()
        try:
            return _start(request, form.wish())
        except StraganError as refusal:
            form.add_error(FIELD_OF.get(refusal.code), text_of_error(refusal))
    context = {
        "form": form,
        "callback_url": callback_url(),
        "has_client_id": bool(settings.ALLEGRO_CLIENT_ID),
        "can_change": True,
    }
    return show(
        request, "settings/shop_add.html", context, current="shops", status=422 if form.is_bound else 200
    )


@require_POST
@member_page(Ability.MANAGE_SHOPS)
def reconnect(request: CompanyRequest, shop_id: int) -> HttpResponse:
    """Ask for the seller's consent once more; another account is refused when it comes back."""
    shop = shop_or_404(request, shop_id)
    request.session.pop(_TYPED, None)
    try:
        return _start(request, _wish_again(shop))
    except StraganError as refusal:
        messages.error(request, text_of_error(refusal))
        return redirect("settings:shop", shop.pk)


@require_safe
@member_page(Ability.MANAGE_SHOPS)
def callback(request: CompanyRequest) -> HttpResponse:
    """Take the browser back from Allegro with the seller's yes or no."""
    try:
        shop = connect_shop.finish_code(
            company=request.company,
            user=request.user,
            session_key=request.session.session_key or "",
            state=request.GET.get("state", ""),
            code=request.GET.get("code", ""),
            redirect_uri=callback_url(),
            now=clock.business_now(),
        )
    except StraganError as refusal:
        messages.error(request, text_of_error(refusal))
        return redirect("settings:shop_add" if _TYPED in request.session else "settings:shops")
    return _connected(request, shop)


@require_safe
@member_page(Ability.MANAGE_SHOPS)
def device(request: CompanyRequest, authorization_id: int) -> HttpResponse:
    """Show the code to be entered on Allegro's page, and wait for the consent."""
    row = _device_or_404(request, authorization_id)
    if row.shop is not None:
        return redirect("settings:shop", row.shop.pk)
    return show(request, "settings/device.html", _device_context(row), current="shops")


@require_POST
@member_page(Ability.MANAGE_SHOPS)
def device_poll(request: CompanyRequest, authorization_id: int) -> HttpResponse:
    """Ask Allegro once whether the seller has confirmed."""
    row = _device_or_404(request, authorization_id)
    trouble = ""
    is_over = False
    try:
        shop = connect_shop.poll_device(
            company=request.company, authorization_id=row.pk, user=request.user, now=clock.business_now()
        )
    except StraganError as refusal:
        shop, trouble = None, text_of_error(refusal)
        row.refresh_from_db()
        is_over = row.used_at is not None
    if shop is not None:
        return _connected(request, shop)
    context = {**_device_context(row), "trouble": trouble, "is_over": is_over}
    if request.headers.get("HX-Request") != "true":
        return show(request, "settings/device.html", context, current="shops")
    return render(request, "settings/parts/device_state.html", context)


def _start(request: CompanyRequest, wish: Wish) -> HttpResponse:
    now = clock.business_now()
    if request.POST.get("way") == "device":
        row = connect_shop.start_device(company=request.company, wish=wish, user=request.user, now=now)
        return redirect("settings:device", row.pk)
    if not request.session.session_key:
        request.session.save()
    url = connect_shop.start_code(
        company=request.company,
        wish=wish,
        user=request.user,
        session_key=request.session.session_key or "",
        redirect_uri=callback_url(),
        now=now,
    )
    return HttpResponseRedirect(url)


def _wish_again(shop: Shop) -> Wish:
    """The same shop once more: with the installation's application unless it has its own."""
    has_own = bool(shop.client_secret) or not settings.ALLEGRO_CLIENT_ID
    return Wish(
        name=shop.name,
        buyer_source=shop.buyer_source,
        since_date=shop.since_date,
        client_id=shop.client_id if has_own else "",
        client_secret=shop.client_secret if has_own else "",
    )


def _connected(request: CompanyRequest, shop: Shop) -> HttpResponse:
    request.session.pop(_TYPED, None)
    messages.success(
        request,
        _("%(shop)s is connected as %(login)s. Fetching has begun.")
        % {"shop": shop.name, "login": shop.allegro_login},
    )
    target = reverse("settings:shop", args=[shop.pk])
    if request.headers.get("HX-Request") == "true":
        return HttpResponse(status=204, headers={"HX-Redirect": target})
    return HttpResponseRedirect(target)


def _device_or_404(request: CompanyRequest, authorization_id: int) -> Authorization:
    row = (
        Authorization.objects.for_company(request.company)
        .filter(pk=authorization_id, user=request.user, kind="device")
        .first()
    )
    if row is None:
        raise Http404
    return row


def _device_context(row: Authorization) -> dict[str, object]:
    is_web = urlsplit(row.verification_url).scheme in {"http", "https"}
    return {
        "authorization": row,
        "link": row.verification_url if is_web else "",
        "poll_s": row.interval_s + 1,  # a question asked too early is not passed on
        "is_over": row.used_at is not None,
        "trouble": "",
    }
