"""The company's picture: put there, looked at by members only, taken away."""

from typing import Final

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from stragan.companies import actions, queries
from stragan.companies.states import Ability
from stragan.kit import clock
from stragan.kit.messages import text_of_error
from stragan.web.settings.company_forms import LogoForm
from stragan.web.shell.access import member_page
from stragan.web.shell.middleware import CompanyRequest

_READ_BYTES: Final = actions.LARGEST_LOGO_BYTES + 1


@require_safe
@member_page()
def logo(request: CompanyRequest) -> HttpResponse:
    """The picture itself, as it came."""
    row = queries.logo_of(request.company)
    if row is None:
        raise Http404
    response = HttpResponse(bytes(row.image), content_type=row.media_type)
    response["Cache-Control"] = "private, no-cache"
    response["X-Content-Type-Options"] = "nosniff"
    return response


@require_POST
@member_page(Ability.MANAGE_COMPANY)
def upload(request: CompanyRequest) -> HttpResponse:
    """Keep another picture."""
    form = LogoForm(request.POST, request.FILES)
    if not form.is_valid():
        messages.error(request, _("Choose a file first."))
        return redirect("settings:company")
    data = form.cleaned_data["logo"].read(_READ_BYTES)  # what is larger is refused without being read
    try:
        actions.set_logo(company=request.company, data=data, by=request.user, now=clock.business_now())
    except actions.LogoRefused as refusal:
        messages.error(request, text_of_error(refusal))
    else:
        messages.success(request, _("The logo is kept."))
    return redirect("settings:company")


@require_POST
@member_page(Ability.MANAGE_COMPANY)
def remove(request: CompanyRequest) -> HttpResponse:
    """Forget the picture."""
    if actions.remove_logo(company=request.company, by=request.user, now=clock.business_now()):
        messages.success(request, _("The logo was removed."))
    return redirect("settings:company")
