"""Switching what may be sent to a shop's orders on Allegro: off until somebody turns it on."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from stragan.companies.states import Ability
from stragan.kit import clock
from stragan.outbox import actions
from stragan.web.settings.shop_views import shop_or_404
from stragan.web.settings.writers import NAMES, chosen
from stragan.web.shell.access import member_page
from stragan.web.shell.middleware import CompanyRequest


@require_POST
@member_page(Ability.MANAGE_SHOPS)
def save(request: CompanyRequest, shop_id: int) -> HttpResponse:
    """Switch what may be sent to a shop."""
    shop = shop_or_404(request, shop_id)
    for kind in NAMES:
        actions.switch(
            shop=shop,
            kind=kind,
            on=request.POST.get(kind.value) == "on",
            choice=chosen(kind, request.POST.dict()),
            by=request.user,
            now=clock.real_now(),
        )
    messages.success(request, _("Saved what is sent to Allegro."))
    return redirect("settings:shop", shop.pk)
