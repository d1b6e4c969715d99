"""USTAWIENIA » INTEGRACJE » ALLEGRO: the module's switches, and each shop's page."""

from typing import Final

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from stragan.companies import queries
from stragan.companies.models import User
from stragan.companies.states import Ability
from stragan.core.errors import Refused
from stragan.flows import company_settings, connect_shop
from stragan.kit import clock
from stragan.kit.messages import text_of_error
from stragan.kit.models import AuditEvent
from stragan.shops import actions
from stragan.shops.models import Shop
from stragan.shops.queries import shops_of
from stragan.web.settings import writers
from stragan.web.settings.company_forms import settings_of
from stragan.web.settings.page import can, demand, show
from stragan.web.settings.shop_forms import ModuleForm, ShopForm
from stragan.web.settings.shop_rows import rows_of
from stragan.web.settings.words import SHOP_DEEDS
from stragan.web.shell.access import member_page
from stragan.web.shell.middleware import CompanyRequest

DEEDS_SHOWN: Final = 8


def shop_or_404(request: CompanyRequest, shop_id: int) -> Shop:
    """The company's shop with this id, unless it was removed."""
    shop = shops_of(request.company).select_related("company").filter(pk=shop_id).first()
    if shop is None:
        raise Http404
    return shop


@require_http_methods(["GET", "HEAD", "POST"])
@member_page()
def shops(request: CompanyRequest) -> HttpResponse:
    """Show the module's switches and the shops; save the switches."""
    company = request.company
    if request.method == "POST":
        demand(request, Ability.MANAGE_COMPANY)
        form = ModuleForm(request.POST)
        form.full_clean()
        company_settings.save_company(
            company=company,
            changes=settings_of(company, **form.cleaned_data),
            by=request.user,
            now=clock.business_now(),
        )
        messages.success(request, _("Allegro settings saved."))
        return redirect("settings:shops")
    now = clock.real_now()
    context = {
        "form": ModuleForm(
            initial={
                "allegro_module": company.allegro_module,
                "close_order_on_issue": company.close_order_on_issue,
            }
        ),
        "rows": rows_of(company, now=now, business_now=clock.business_now()),
        "changes": queries.latest_changes(company),
        "now": now,
        "can_change": can(request, Ability.MANAGE_COMPANY),
        "can_manage_shops": can(request, Ability.MANAGE_SHOPS),
        "has_client_id": bool(settings.ALLEGRO_CLIENT_ID),
    }
    return show(request, "settings/shops.html", context, current="shops")


@require_http_methods(["GET", "HEAD", "POST"])
@member_page()
def shop(request: CompanyRequest, shop_id: int) -> HttpResponse:
    """Show one shop; save its name, source of buyers' data and first day."""
    row = shop_or_404(request, shop_id)
    form = ShopForm(
        request.POST or None,
        initial={"name": row.name, "buyer_source": row.buyer_source, "since_date": row.since_date},
        today=clock.business_today(),
        latest_since=row.since_date,
    )
    if request.method == "POST":
        demand(request, Ability.MANAGE_SHOPS)
        if form.is_valid():
            try:
                company_settings.save_shop(
                    shop=row, **form.cleaned_data, user=request.user, now=clock.business_now()
                )
            except Refused as refusal:
                form.add_error("name", text_of_error(refusal))
            else:
                messages.success(request, _("Settings of the shop saved."))
                return redirect("settings:shop", row.pk)
        row.refresh_from_db()
    return _shop_page(request, row, form)


def _shop_page(request: CompanyRequest, row: Shop, form: ShopForm) -> HttpResponse:
    now = clock.real_now()
    rows = rows_of(request.company, now=now, business_now=clock.business_now())
    others = [each for each in rows if each.shop.pk != row.pk]
    deeds = list(
        AuditEvent.objects.for_company(request.company)
        .filter(subject="shop", subject_id=row.pk)
        .order_by("-id")[:DEEDS_SHOWN]
    )
    people = User.objects.in_bulk([deed.user_id for deed in deeds if deed.user_id])
    context = {
        "row": next(each for each in rows if each.shop.pk == row.pk),
        "others_work": all(each.works for each in others) and bool(others),
        "form": form,
        "now": now,
        "deeds": [
            (SHOP_DEEDS[deed.verb], deed, queries.name_of(people.get(deed.user_id or 0)))
            for deed in deeds
            if deed.verb in SHOP_DEEDS
        ],
        "can_change": can(request, Ability.MANAGE_SHOPS),
        **writers.context_of(row),
    }
    return show(request, "settings/shop.html", context, current="shops", status=422 if form.is_bound else 200)


@require_POST
@member_page(Ability.MANAGE_SHOPS)
def disable(request: CompanyRequest, shop_id: int) -> HttpResponse:
    """Stop fetching from a shop."""
    row = shop_or_404(request, shop_id)
    actions.disable_shop(shop=row, user=request.user, now=clock.business_now())
    messages.success(request, _("%(shop)s is switched off. Its orders stay.") % {"shop": row.name})
    return redirect("settings:shop", row.pk)


@require_POST
@member_page(Ability.MANAGE_SHOPS)
def enable(request: CompanyRequest, shop_id: int) -> HttpResponse:
    """Fetch from a shop again."""
    row = shop_or_404(request, shop_id)
    actions.enable_shop(shop=row, user=request.user, now=clock.business_now())
    messages.success(
        request, _("%(shop)s is switched on; fetching goes on where it stopped.") % {"shop": row.name}
    )
    return redirect("settings:shop", row.pk)


@require_http_methods(["GET", "HEAD", "POST"])
@member_page(Ability.MANAGE_SHOPS)
def remove(request: CompanyRequest, shop_id: int) -> HttpResponse:
    """Say what removing a shop does, and do it."""
    row = shop_or_404(request, shop_id)
    if request.method == "POST":
        connect_shop.disconnect(shop=row, user=request.user, now=clock.business_now())
        messages.success(request, _("%(shop)s was removed. Its orders stay.") % {"shop": row.name})
        return redirect("settings:shops")
    return show(request, "settings/shop_remove.html", {"shop": row}, current="shops")
