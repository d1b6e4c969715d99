"""Who may open a page: members of a company, with the ability the page asks for."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, cast

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse

from stragan.companies.queries import has_address
from stragan.companies.states import Ability, may
from stragan.kit.messages import text_of
from stragan.web.shell.middleware import CompanyRequest

P = ParamSpec("P")
View = Callable[Concatenate[CompanyRequest, P], HttpResponseBase]


def member_page(
    ability: Ability = Ability.SEE,
) -> Callable[[View[P]], Callable[Concatenate[HttpRequest, P], HttpResponseBase]]:
    """Let members with *ability* in; others get 403, people without a company their start page."""

    def decorate(view: View[P]) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
        @wraps(view)
        def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            membership = getattr(request, "membership", None)
            if membership is None:
                return redirect("people:no_company")
            if not may(membership.role, ability):
                raise PermissionDenied
            return view(cast("CompanyRequest", request), *args, **kwargs)

        return guarded

    return decorate


def with_seller_address(view: View[P]) -> View[P]:
    """Let documents be issued only by a seller whose address is known (VAT Act art. 106e(1)(3)).

    Others are led to the settings that ask for it. Commands warn instead: a script may go on.
    """

    @wraps(view)
    def guarded(request: CompanyRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if has_address(request.company):
            return view(request, *args, **kwargs)
        messages.error(request, text_of("company_address_missing"))
        target = reverse("settings:company")
        if request.headers.get("HX-Request") == "true":
            return HttpResponseBase(status=204, headers={"HX-Redirect": target})
        return redirect(target)

    return guarded
